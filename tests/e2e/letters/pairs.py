"""A choice of cases in which every two values of different axes meet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

Value = str | int
Case = tuple[Value, ...]


def every(axes: Sequence[Sequence[Value]]) -> list[Case]:
    """All combinations of a value of each axis."""
    return list(product(*axes))


def pairwise(axes: Sequence[Sequence[Value]]) -> list[Case]:
    """Few of these combinations, in which every two values meet; always the same ones.

    Takes again and again the first combination that brings most pairs together which have not met.
    """
    candidates = {case: _pairs(case) for case in every(axes)}
    unmet = set().union(*candidates.values())
    found = []
    while unmet:
        best = max(candidates, key=lambda case: len(candidates[case] & unmet))
        found.append(best)
        unmet -= candidates.pop(best)
    return found


def _pairs(case: Case) -> set[tuple[tuple[int, Value], ...]]:
    return set(combinations(enumerate(case), 2))
