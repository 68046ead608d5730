"""A part cut at its placeholders: the same text comes back, and only a little is encoded anew."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest import segments
from newsfeed.digest.segments import CRLF
from tests.digest.reading import as_sent

NAMES = {b"__A__": b"a", b"__B__": b"b"}


def put_together(content: str, values: dict[str, str], *, is_html: bool = False) -> str:
    """The decoded part with `values` in the places of `__A__` and `__B__`."""
    octets = segments.canonical(content)
    ends = segments.html_ends(octets) if is_html else segments.text_ends(octets)
    body = segments.arranged(segments.pieces(octets, ends, NAMES))
    lines = segments.filled(body, {key.encode(): text.encode() for key, text in values.items()})
    encoded = CRLF.join(lines)
    assert re.fullmatch(rb"(?:[A-Za-z0-9+/]{76}\r\n)*[A-Za-z0-9+/]*={0,2}", encoded)
    return base64.b64decode(encoded).decode()


PIECES = st.lists(st.sampled_from(["__A__", "__B__", "\n", "한", "x" * 56, "%", "%(a)b", " "]))


@given(PIECES, st.text("a한%", max_size=130), st.text("b글_", max_size=130))
def test_a_part_decodes_to_its_content_with_the_values(
    pieces: list[str], one: str, other: str
) -> None:
    """Wherever placeholders and line ends fall, only spaces before line ends are added."""
    content = "".join(pieces)
    found = put_together(content, {"a": one, "b": other})
    ended = content.removesuffix("\n") + "\n"
    wanted = re.sub("__A__|__B__", lambda m: one if m[0] == "__A__" else other, ended)
    assert as_sent(found.replace("\r\n", "\n")) == as_sent(wanted)


@pytest.mark.parametrize(
    "kept",
    [
        '<a title="one\n two" href="__A__">x</a>',
        "<a title='>\n' href='__A__'>x</a>",
        "<pre>__A__\n  two\n</pre>",
        "<textarea>__A__\n</textarea>",
        "<!-- __A__\n -->",
        "<style>p {\n __A__ }\n</style>",
        "<p\n>__A__<br\n></p>",
    ],
)
def test_spaces_are_never_added_where_they_would_be_read(kept: str) -> None:
    """Not in an attribute, a tag, a comment or text that keeps its white space."""
    found = put_together(f"<p>x</p>\n{kept}\n<p>y</p>", {"a": "한글" * 20, "b": ""}, is_html=True)
    assert kept.replace("__A__", "한글" * 20).replace("\n", "\r\n") in found
    assert re.search(r"> +\r\n<p>y", found)


def test_what_follows_a_window_is_encoded_once() -> None:
    """A letter of 40 KB has a few short windows, and they hold all that a copy encodes."""
    filler = "<p>본문입니다</p>\n" * 500
    content = f"<p>__A__</p>\n{filler}<a href='__B__'>x</a>\n{filler}<a href='__B__'>x</a>\n"
    octets = segments.canonical(content)
    body = segments.arranged(segments.pieces(octets, segments.html_ends(octets), NAMES))
    assert len(body.patterns) == 3
    assert sum(map(len, body.patterns)) < 300


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", b"\r\n"), ("a", b"a\r\n"), ("a\r\nb\rc\n", b"a\r\nb\r\nc\r\n"), ("\n\n", b"\r\n\r\n")],
)
def test_lines_end_as_mail_has_them(text: str, wanted: bytes) -> None:
    """RFC 2046 section 4.1.1, inside of base64 as well."""
    assert segments.canonical(text) == wanted
