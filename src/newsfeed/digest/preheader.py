"""The preheader: the hidden line that mail programs show beside the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.digest import cells
from newsfeed.digest.pattern import counts_others, fill, parse
from newsfeed.digest.plain import running_text
from newsfeed.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsfeed.digest.pattern import Facts
    from newsfeed.model import LetterItem

LIMIT = 100
"""Cells (standards E-M-12)."""


def preheader(own_html: str, items: Sequence[LetterItem]) -> str:
    """The sender's own words, the lead's summary, and the other titles where there is room."""
    lead, others = items[:1], items[1:]
    parts = [
        running_text(own_html),
        *(item.summary for item in lead),
        *(item.title for item in others),
    ]
    return cells.cut(" · ".join(line for part in parts if (line := one_line(part))), LIMIT)


def preheader_by(pattern: str, facts: Facts, where: str = "") -> str:
    """What an operator's pattern makes, at most 100 cells wide; the lead is shortened first. "" for
    a pattern that says how many more there are where there is none.

    Raises SettingsError for a pattern that cannot be read; `where` names file and key.
    """
    parts = parse(pattern, "preheader", where)
    return "" if counts_others(parts) and not facts.more else fill(parts, facts, LIMIT)
