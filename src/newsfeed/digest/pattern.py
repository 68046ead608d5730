"""The operator's patterns, such as `{title}: {lead}`, and what they can say of an edition."""

from __future__ import annotations

from string import Formatter

import msgspec

from newsfeed.digest import cells
from newsfeed.errors import SettingsError
from newsfeed.text import one_line

SHORTEST_LEAD = 16
"""Cells that are left to a title, however long the rest of the line is."""

Parts = tuple[tuple[str, str], ...]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a pattern can say: the newsletter's `title`, the first article's (`lead`), the number
    of articles (`count`), that of the others than the lead (`more`), and the slot's day in words.
    """

    title: str
    lead: str
    count: int
    more: int
    date: str


NAMES = Facts.__struct_fields__


def parse(pattern: str, key: str, where: str = "") -> Parts:
    """Literal texts, each with the name that follows it ("" for none).

    A pattern knows the names of `Facts` and `{{`, `}}`; anything else, such as `{title.x}`, raises
    SettingsError, which calls the pattern `key`; its `where` names file and key.
    """
    known = ", ".join(f"{{{name}}}" for name in NAMES)
    try:
        fields = list(Formatter().parse(pattern))
    except ValueError:
        raise SettingsError(
            f"the {key} `{pattern}` has a lone brace",
            where=where,
            remedy=f"write `{{{{` for a brace itself; names are {known}",
        ) from None
    for _, name, form, conversion in fields:
        if name is not None and (name not in NAMES or form or conversion):
            raise SettingsError(
                f"the {key} `{pattern}` uses `{{{name}}}` in a way that is not known",
                where=where,
                remedy=f"names are {known}",
            )
    return tuple((literal, name or "") for literal, name, _, _ in fields)


def counts_others(parts: Parts) -> bool:
    """Whether it says how many articles there are beside the lead, which nobody does of none."""
    return any(name == "more" for _, name in parts)


def fill(parts: Parts, facts: Facts, limit: int) -> str:
    """One line of NFC text without controls, at most `limit` cells wide.

    First the lead is shortened, so that what stands behind it is read; where that is not enough,
    the line is cut. Both between graphemes.
    """
    values = {name: one_line(str(getattr(facts, name))) for name in NAMES}
    leads = sum(name == "lead" for _, name in parts)
    if leads:
        rest = cells.width(_joined(parts, {**values, "lead": ""}))
        room = max((limit - rest) // leads, SHORTEST_LEAD)
        values["lead"] = cells.cut(values["lead"], room)
    return cells.cut(one_line(_joined(parts, values)), limit)


def _joined(parts: Parts, values: dict[str, str]) -> str:
    return "".join(literal + values.get(name, "") for literal, name in parts)
