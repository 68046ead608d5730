"""The fields of a form that was sent, in both encodings (RFC 7578; WHATWG URL section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

MOST_FIELDS = 100

Fields = Mapping[str, tuple[str, ...]]


def read_fields(content_type: str, body: bytes) -> Fields:
    """Name -> values in their order. None at all where the body is no form, or one with too many
    fields; what is not UTF-8 has U+FFFD in its place. The caller bounds the body.
    """
    header = Message()
    header["Content-Type"] = content_type.encode("ascii", "replace").decode().strip()
    kind = header.get_content_type()
    pairs: list[tuple[str, str]] = []
    if kind == "application/x-www-form-urlencoded":
        pairs = _urlencoded(body)
    elif kind == "multipart/form-data":
        boundary = header.get_boundary()
        pairs = _multipart(body, boundary) if boundary else []
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found


def one(fields: Fields, name: str) -> str:
    """The first value of a field, "" where there is none."""
    return fields.get(name, ("",))[0]


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return []


def _multipart(body: bytes, boundary: str) -> list[tuple[str, str]]:
    """The parts between the boundaries. A file is a field like any other, and no part nests."""
    mark = b"\r\n--" + boundary.encode("ascii", "replace")
    parts = (b"\r\n" + body).split(mark, MOST_FIELDS + 2)[1:]
    if len(parts) > MOST_FIELDS + 1:
        return []
    pairs = []
    for part in parts:
        head, found, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _name(head) if found else None
        if name is not None:
            pairs.append((name, value.decode("utf-8", "replace")))
    return pairs


def _name(head: bytes) -> str | None:
    """What a part's Content-Disposition calls it."""
    headers = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
    name = headers.get_param("name", header="content-disposition")
    if isinstance(name, tuple):  # RFC 2231, which RFC 7578 section 4.2 forbids
        return None
    return name
