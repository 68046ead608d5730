"""What is wrong with a letter, as a value: one line for people."""

from __future__ import annotations

from typing import Literal

import msgspec

from newsfeed.errors import message

Level = Literal["error", "warning", "note"]

LONGEST_QUOTE = 60


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint. An `error` keeps the letter from leaving, a `warning` is told, a `note` is
    for whoever looks closely.

    `rule` is `family.rule` and never changes its name; `where` is the part of the letter
    (`html:LINE`, `text`, `subject`).
    """

    level: Level
    rule: str
    problem: str
    where: str
    remedy: str

    def __str__(self) -> str:
        return message(self.where, self.problem, self.remedy)


def error(rule: str, problem: str, where: str, remedy: str) -> Finding:
    """A finding for which the letter must not leave."""
    return Finding(level="error", rule=rule, problem=problem, where=where, remedy=remedy)


def warning(rule: str, problem: str, where: str, remedy: str) -> Finding:
    """A finding that some readers will notice."""
    return Finding(level="warning", rule=rule, problem=problem, where=where, remedy=remedy)


def note(rule: str, problem: str, where: str, remedy: str = "") -> Finding:
    """A finding that is worth knowing and asks for nothing."""
    return Finding(level="note", rule=rule, problem=problem, where=where, remedy=remedy)


def quoted(text: str) -> str:
    """The beginning of `text` on one line, in backticks."""
    line = " ".join(text.split())
    return f"`{line[:LONGEST_QUOTE]}…`" if len(line) > LONGEST_QUOTE else f"`{line}`"
