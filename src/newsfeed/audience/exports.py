"""Subscribers as CSV and as JSON, written row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

import msgspec

COLUMNS = (
    "address", "name", "language", "newsletter", "state", "since", "consent_source",
    "consent_date", "suppressed",
)  # fmt: skip
"""The header of the CSV, and the keys of the objects of the JSON."""


class Exported(NamedTuple):
    """One subscription. Times are seconds since 1970-01-01 UTC; `consented` is None without proof.

    `suppressed` is why the address gets nothing at all, "" where it may.
    """

    address: str
    name: str
    language: str
    newsletter: str
    state: str
    since: int
    source: str
    consented: int | None
    suppressed: str


# What a spreadsheet takes for a formula, also in the full-width forms of Korean and Japanese
# keyboards (CWE-1236, standards S-20). A mark before what has one already makes both come back.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_MARKED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def marked(text: str) -> str:
    """`text` as a cell that no spreadsheet calculates: with a `'` before what looks like a formula.

    `unmarked` is its inverse.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unmarked(cell: str) -> str:
    """The text of a cell that `marked` wrote."""
    return cell[1:] if _MARKED.match(cell) else cell


def write_csv(rows: Iterable[Exported], out: TextIO) -> Iterator[int]:
    """Write a header and the rows as RFC 4180 has it; tells after each how many there are."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for count, row in enumerate(rows, 1):
        address, name, language, newsletter, state, since, source, consented, suppressed = row
        writer.writerow(
            (
                marked(address),
                marked(name),
                marked(language),
                marked(newsletter),
                state,
                _iso(since),
                marked(source),
                "" if consented is None else _iso(consented),
                suppressed,
            )
        )
        yield count


def write_json(rows: Iterable[Exported], out: TextIO) -> Iterator[int]:
    """Write an array of objects, one on a line; tells after each how many there are.

    A time that is not known is null.
    """
    encoder = msgspec.json.Encoder()
    out.write("[")
    count = 0
    for count, row in enumerate(rows, 1):
        value = dict(zip(COLUMNS, row, strict=True))
        value["since"] = _iso(row.since)
        value["consent_date"] = None if row.consented is None else _iso(row.consented)
        out.write(",\n" if count > 1 else "\n")
        out.write(encoder.encode(value).decode())
        yield count
    out.write("\n]\n" if count else "]\n")


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
