"""`(광고)`, with which the subject of an advertisement begins in Korea (standards L-K-05)."""

from __future__ import annotations

import re

from newsfeed.text import one_line

KOREAN_LABEL = "(광고)"
"""Exactly these characters, and nothing before them: no space, no other bracket, no `[test]`."""

_LIKE_IT = re.compile(r"[(\[（［〔【<《]\s*광[\s.·ㆍ-]*고\s*[)\]）］〕】>》]\s*")


def labelled(line: str, label: str) -> str:
    """`line` with `label` first; as it is where that is "".

    A label that stands there already is not said twice, and a variant of it, which the law
    forbids, goes.
    """
    return f"{label} {_unlabelled(line)}" if label else line


def _unlabelled(line: str) -> str:
    line = one_line(line)
    found = _LIKE_IT.match(line)
    return line[found.end() :] if found else line


def marked(subject: str, mark: str) -> str:
    """`subject` with `mark` first, or directly after its label."""
    if not subject.startswith(KOREAN_LABEL):
        return f"{mark} {subject}"
    return f"{KOREAN_LABEL} {mark} {subject.removeprefix(KOREAN_LABEL).strip()}"
