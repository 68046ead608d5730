"""The letter's lint: what is wrong with a finished letter, before anybody gets it.

Values in, values out, and quick: it runs over every letter that is composed. Bytes of the message
are `digest.gate`'s business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from newsfeed.digest.lint import alt, clients, contrast, links, size, structure, subject, words
from newsfeed.digest.lint.about import About
from newsfeed.digest.lint.finding import Finding
from newsfeed.digest.lint.page import read

if TYPE_CHECKING:
    from newsfeed.model import Letter

__all__ = ["About", "Finding", "lint"]

MOST = 5
"""Findings of one rule that are told one by one."""

_TOO_LARGE_TO_READ = 2 * size.TOO_LARGE
_ORDER = {"error": 0, "warning": 1, "note": 2}
_FAMILIES = (structure.check, links.check, alt.check, contrast.check, clients.check)


def lint(letter: Letter, about: About | None = None) -> tuple[Finding, ...]:
    """What is wrong with a letter whose personal parts are still placeholders; errors first.

    `about` says what it must hold. Without HTML only its text and subject are looked at, and of
    HTML far beyond what may be sent only the size. Never raises, whatever the letter holds.
    """
    about = about or About()
    found = [*subject.check(letter.subject), *words.check_text(letter, about)]
    if letter.html:
        readable = len(letter.html) <= _TOO_LARGE_TO_READ
        page = read(letter.html if readable else "")
        found += size.check(letter, page, about)
        if readable:
            found += words.check(letter, page, about)
        for family in _FAMILIES if readable else ():
            found += family(page, about)
    return _told(found)


def _told(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; each once, and of one rule's many only the first by itself."""
    ordered = sorted(dict.fromkeys(found), key=lambda one: _ORDER[one.level])
    kept: list[Finding] = []
    counts: Counter[tuple[str, str]] = Counter()
    for one in ordered:
        key = (one.level, one.rule)
        counts[key] += 1
        if counts[key] <= MOST:
            kept.append(one)
    last = {(one.level, one.rule): number for number, one in enumerate(kept)}
    for key, number in last.items():
        if (further := counts[key] - MOST) > 0:
            problem = f"{kept[number].problem}; and {further} more like this"
            kept[number] = msgspec.structs.replace(kept[number], problem=problem)
    return tuple(kept)
