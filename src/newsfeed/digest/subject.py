"""The subject line from the operator's pattern, such as `{title}: {lead}`."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from newsfeed.digest import cells
from newsfeed.errors import SettingsError
from newsfeed.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("title", "lead", "count", "more", "date")

LIMIT = 60
"""Cells that a mail program shows before it cuts (standards E-M-11)."""

SHORTEST_LEAD = 16


def subject(
    pattern: str, *, title: str, lead: str, count: int, more: int, date: str, where: str = ""
) -> str:
    """One line of NFC text without controls, at most 60 cells wide where the lead allows it.

    `title` is the newsletter's, `lead` the first article's, `count` the number of articles,
    `more` that of the others than the lead, `date` the slot's day in words. Only the lead is
    shortened. A pattern knows these names and `{{`, `}}`; anything else, such as `{title.x}`,
    raises SettingsError, for which `where` names file and key.
    """
    values = {
        "title": one_line(title),
        "lead": one_line(lead),
        "count": str(count),
        "more": str(more),
        "date": one_line(date),
    }
    parts = list(_parts(pattern, where))
    leads = sum(name == "lead" for _, name in parts)
    if leads:
        rest = cells.width(_joined(parts, {**values, "lead": ""}))
        room = max((LIMIT - rest) // leads, SHORTEST_LEAD)
        values["lead"] = cells.cut(values["lead"], room)
    line = one_line(_joined(parts, values))
    if not line:
        raise SettingsError(
            f"the subject `{pattern}` comes out empty",
            where=where,
            remedy="write `{title}: {lead}`",
        )
    return line


def _joined(parts: list[tuple[str, str]], values: dict[str, str]) -> str:
    return "".join(literal + values.get(name, "") for literal, name in parts)


def _parts(pattern: str, where: str) -> Iterator[tuple[str, str]]:
    """Literal text and the name after it ("" at the end)."""
    known = ", ".join(f"{{{name}}}" for name in NAMES)
    try:
        fields = list(Formatter().parse(pattern))
    except ValueError:
        raise SettingsError(
            f"the subject `{pattern}` has a lone brace",
            where=where,
            remedy=f"write `{{{{` for a brace itself; names are {known}",
        ) from None
    for literal, name, form, conversion in fields:
        if name is not None and (name not in NAMES or form or conversion):
            raise SettingsError(
                f"the subject `{pattern}` uses `{{{name}}}` in a way that is not known",
                where=where,
                remedy=f"names are {known}",
            )
        yield literal, name or ""
