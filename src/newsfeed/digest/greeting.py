"""A subscriber's name as a letter may show it, and the line that greets with it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NewType

from newsfeed.digest import cells
from newsfeed.text import one_line

if TYPE_CHECKING:
    from newsfeed.digest.words import Words

ShownName = NewType("ShownName", str)
"""A name that `shown_name` let through."""

LONGEST = 48
"""Cells of a name that are shown, so that the line that greets has 72 at most."""

_JOINERS = "\u200c\u200d"  # Persian names and emoji need them
_DOT = "[.\u3002\uff0e\uff61]"
# What mail programs make a link of, although it stands in plain text.
_LINK = re.compile(rf"//|[@\uff20]|[:\uff1a]\S|www{_DOT}|\S{_DOT}[^\W_]{{2}}", re.IGNORECASE)


def shown_name(name: str) -> ShownName:
    """`name` (anybody may have typed it) on one line of at most 48 cells, or "".

    Controls and invisible characters are dropped, those that turn the direction of text too.
    A name that a mail program would make a link of is none.
    """
    name = one_line(name)
    if not name.isprintable():
        name = one_line("".join(filter(_is_visible, name)))
    return ShownName("" if _LINK.search(name) else cells.cut(name, LONGEST))


def greeting(words: Words, name: ShownName) -> str:
    """The line at the top of a letter to the subscriber `name` ("" for none), as plain text."""
    # Not by format(): a name is never a template.
    return words.greeting.replace("{name}", name) if name else words.greeting_nobody


def _is_visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in {"Cf", "Co", "Cn"}
