"""Subscribers as CSV and JSON: safe for spreadsheets, and the same when they come back."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.exports import COLUMNS, Exported, marked, unmarked, write_csv, write_json

ROW = Exported("a@example.com", "김민지", "ko", "weekly", "active", 0, "form", 86_400, "")


def as_csv(*rows: Exported) -> str:
    out = io.StringIO(newline="")
    assert list(write_csv(rows, out)) == list(range(1, len(rows) + 1))
    return out.getvalue()


def as_json(*rows: Exported) -> str:
    out = io.StringIO(newline="")
    list(write_json(rows, out))
    return out.getvalue()


@pytest.mark.parametrize("first", list("=+-@\t\r＝＋－＠"))
def test_a_cell_that_a_spreadsheet_would_calculate_is_inert(first: str) -> None:
    """Every character of S-20, also the full-width ones."""
    assert marked(f"{first}cmd|' /C calc'!A0").startswith(f"'{first}")


@given(text=st.text() | st.text(st.sampled_from("'=+-@＝a"), max_size=6))
def test_the_mark_can_be_taken_away_again(text: str) -> None:
    """Whatever the text, also one that begins with the mark; and no marked cell is a formula."""
    cell = marked(text)
    assert unmarked(cell) == text
    assert not cell.startswith(tuple("=+-@\t\r＝＋－＠"))


def test_what_is_harmless_stays_as_it_is() -> None:
    """An apostrophe alone is part of a name."""
    for text in ("O'Hara", "'t Hooft", "a=b", "김민지", ""):
        assert marked(text) == text


def test_csv_can_be_read_by_others() -> None:
    """RFC 4180: a header, CRLF, and quotation marks where they are needed."""
    row = ROW._replace(name='Ann "x", and\nothers', source="=1+1")
    text = as_csv(row, ROW._replace(consented=None))
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(first) == COLUMNS
    assert (first["name"], first["consent_source"]) == ('Ann "x", and\nothers', "'=1+1")
    assert (first["since"], first["consent_date"]) == (
        "1970-01-01T00:00:00+00:00",
        "1970-01-02T00:00:00+00:00",
    )
    assert second["consent_date"] == ""
    assert text.endswith("\r\n")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_is_an_array_of_objects(count: int) -> None:
    """With the same names, null for what is not known, and text as it is."""
    row = ROW._replace(name="=SUM(1)", consented=None)
    found = json.loads(as_json(*[row] * count))
    assert len(found) == count
    for one in found:
        assert tuple(one) == COLUMNS
        assert (one["name"], one["consent_date"], one["state"]) == ("=SUM(1)", None, "active")
