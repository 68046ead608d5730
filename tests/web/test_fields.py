"""The fields of a form, in both encodings, whatever is sent."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.web.fields import MOST_FIELDS, read_fields

URLENCODED = "application/x-www-form-urlencoded"
# A line end within a value is told from that before a boundary by the boundary alone.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def _sent(kind: str, data: dict[str, list[str]]) -> tuple[str, bytes]:
    """The type and bytes that an independent client sends."""
    if kind == "urlencoded":
        request = httpx.Request("POST", "https://x.example", data=data)
    else:
        parts = [(name, (None, value)) for name, values in data.items() for value in values]
        request = httpx.Request("POST", "https://x.example", files=parts)
    request.read()
    return request.headers.get("content-type", ""), request.content


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
@given(
    data=st.dictionaries(
        st.sampled_from(["address", "newsletter", "language"]),
        st.lists(TEXT, min_size=1, max_size=3),
    )
)
def test_what_a_client_sends_is_read(kind: str, data: dict[str, list[str]]) -> None:
    fields = read_fields(*_sent(kind, data))
    assert {name: list(values) for name, values in fields.items()} == data


@given(
    kind=st.one_of(
        st.sampled_from(
            [URLENCODED, "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"]
        ),
        st.text(max_size=30),
    ),
    body=st.binary(max_size=300),
)
def test_anything_else_is_read_as_something(kind: str, body: bytes) -> None:
    for name, values in read_fields(kind, body).items():
        assert isinstance(name, str)
        assert all(isinstance(value, str) for value in values)


def test_too_many_fields_are_none() -> None:
    assert read_fields(URLENCODED, b"a=1&" * MOST_FIELDS + b"a=1") == {}
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    assert read_fields("multipart/form-data; boundary=x", part * (MOST_FIELDS + 5)) == {}
    assert len(read_fields("multipart/form-data; boundary=x", part * 5 + b"--x--\r\n")["a"]) == 5


def test_a_file_is_a_field_and_a_nested_part_is_text() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n'
        b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nin\r\n--y--\r\n--x--\r\n"
    )
    assert read_fields("multipart/form-data; boundary=x", body) == {
        "a": ("--y\r\n\r\nin\r\n--y--",)
    }
