"""What somebody chose to look at, as the address says it. Pure; whatever is in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from newsfeed.web.preview.looks import LOOKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import QueryParams

MADE_UP = ""
"""Stands for a reader whom there is not."""

LANGUAGES = {"ko": "Korean", "en": "English", "ja": "Japanese", "ar": "Arabic (right to left)"}
"""Languages in which a letter can be looked at besides its own: those that we have words for, and
one of the other direction.
"""

WIDTHS = (375, 600)
"""CSS pixels: a phone, and a mail program's column (standards 2.8)."""

HEIGHTS = (700, 1400, 2800, 5600)
"""CSS pixels of a frame."""

PARTS = ("text", "source", "headers")
_AT_FIRST = ("light", "dark", "images-off", "stripped", *PARTS)
_LONGEST_NAME = 200


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the letter is for (`reader` is a public id), in which language ("" for its own), how it
    is looked at, how wide, and how much of it at a time.
    """

    reader: str = MADE_UP
    name: str = ""
    language: str = ""
    looks: tuple[str, ...] = _AT_FIRST
    widths: tuple[int, ...] = WIDTHS
    height: int = HEIGHTS[0]

    def query(self, **more: str) -> str:
        """The part of an address that says whom a letter is for, and `more`."""
        said = {"reader": self.reader, "name": self.name, "language": self.language, **more}
        return urlencode({name: value for name, value in said.items() if value})


def read_choices(query: QueryParams, known: Sequence[str]) -> Choices:
    """The choices of an address; what it does not say, or says wrong, is as at first. `known` are
    the public ids of those who may be chosen.
    """
    every = (*LOOKS, *PARTS)
    looks = tuple(one for one in every if one in query.getlist("look"))
    widths = tuple(one for one in WIDTHS if str(one) in query.getlist("width"))
    heights = [one for one in HEIGHTS if str(one) == query.get("height")]
    reader, language = query.get("reader", ""), query.get("language", "")
    return Choices(
        reader=reader if reader in known else MADE_UP,
        name=query.get("name", "")[:_LONGEST_NAME],
        language=language if language in LANGUAGES else "",
        looks=looks or _AT_FIRST,
        widths=widths or WIDTHS,
        height=heights[0] if heights else HEIGHTS[0],
    )
