"""The subject line, and which of a newsletter's patterns makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.digest.pattern import counts_others, fill, parse
from newsfeed.errors import SettingsError

if TYPE_CHECKING:
    from newsfeed.digest.pattern import Facts

LIMIT = 60
"""Cells that a mail program shows before it cuts (standards E-M-11)."""

ALONE = "{title}: {lead}"
"""Makes the subject of a single article where the usual pattern counts the others."""


def pattern_of(usual: str, one: str, more: int) -> tuple[str, str]:
    """The pattern for an edition with `more` articles beside its lead, and its key in the settings:
    `one` is for a single article, and `usual` for several. Without `one`, a `usual` that says
    how many more there are gives way to `ALONE` where there is none: nobody writes "and 0 more".
    """
    if more:
        return usual, "subject"
    if one:
        return one, "subject_one"
    return ALONE if counts_others(parse(usual, "subject")) else usual, "subject"


def subject(pattern: str, facts: Facts, where: str = "") -> str:
    """One line of NFC text without controls, at most 60 cells wide; the lead is shortened first.

    Raises SettingsError for a pattern that cannot be read or comes out empty, for which `where`
    names file and key.
    """
    line = fill(parse(pattern, "subject", where), facts, LIMIT)
    if not line:
        raise SettingsError(
            f"the subject `{pattern}` comes out empty",
            where=where,
            remedy=f"write `{ALONE}`",
        )
    return line
