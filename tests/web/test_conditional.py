"""Validators, codings and ranges as RFC 9110 has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.web.conditional import byte_range, http_date, moment, preferred, tags


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b'"a"', (b'"a"',)),
        (b'W/"a"', (b'"a"',)),
        (b' "a" , W/"b",, "c,d" ', (b'"a"', b'"b"', b'"c,d"')),
        (b'""', (b'""',)),
        (b'"\xea\xb0\x80"', (b'"\xea\xb0\x80"',)),
        (b"*", ()),
        (b"", ()),
        (b"a", ()),
        (b'"a', ()),
        (b'"a" "b"', ()),
        (b'w/"a"', ()),
        (b'"a" garbage', ()),
    ],
)
def test_tags_are_read_weakly_and_garbage_is_none(header: bytes, found: tuple[bytes, ...]) -> None:
    assert tags(header) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("gzip", ("gzip", "")),
        ("gzip, deflate, br", ("br", "gzip", "")),
        ("GZIP;Q=1.0", ("gzip", "")),
        ("x-gzip", ("gzip", "")),
        ("br;q=0.5, gzip", ("gzip", "br", "")),
        ("gzip;q=0", ("",)),
        ("identity", ("",)),
        ("", ("",)),
        ("*", ("br", "gzip", "")),
        ("*;q=0", ()),
        ("identity;q=0", ()),
        ("gzip, identity;q=0", ("gzip",)),
        ("gzip;q=0.5, identity", ("", "gzip")),
        ("*, gzip;q=0", ("br", "")),
        ("*;q=0, gzip", ("gzip",)),
        ("zstd", ("",)),
        ("gzip;q=nonsense", ("gzip", "")),
        (";;,,gzip;x=y;q=0.3", ("gzip", "")),
    ],
)
def test_codings_are_chosen_by_weight(header: str, found: tuple[str, ...]) -> None:
    assert preferred(header.encode()) == found


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (b"bytes=0-9", (0, 10)),
        (b"bytes=5-", (5, 100)),
        (b"bytes=-5", (95, 100)),
        (b"bytes=-500", (0, 100)),
        (b"bytes=90-500", (90, 100)),
        (b"Bytes = 0 - 0 ", (0, 1)),
        (b"bytes=100-", (0, 0)),
        (b"bytes=-0", (0, 0)),
        (b"bytes=9-5", None),
        (b"bytes=-", None),
        (b"bytes=0-1,5-6", None),
        (b"items=0-1", None),
        (b"bytes=a-b", None),
        (b"", None),
    ],
)
def test_one_range_is_read(header: bytes, span: tuple[int, int] | None) -> None:
    assert byte_range(header, 100) == span


def test_a_date_is_read_back() -> None:
    assert http_date(784111777) == b"Sun, 06 Nov 1994 08:49:37 GMT"
    assert moment(b"Sun, 06 Nov 1994 08:49:37 GMT") == 784111777
    assert moment(b"Sunday, 06-Nov-94 08:49:37 GMT") == 784111777  # RFC 850, which must be read


@given(st.binary(max_size=60))
def test_no_header_makes_it_fail(header: bytes) -> None:
    tags(header)
    moment(header)
    assert set(preferred(header)) <= {"br", "gzip", ""}
    span = byte_range(header, 10)
    assert span is None or 0 <= span[0] <= span[1] <= 10
