"""What became of slots, for people: lines for stdout, and warnings for stderr."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from newsfeed.cli.report import counted
from newsfeed.flows.outcomes import Decided, Forecast, Leaving
from newsfeed.model import EditionState, SlotOutcome

_SAID = {
    SlotOutcome.NOTHING_NEW: "nothing new, nothing sent",
    SlotOutcome.TOO_LATE: "too late for its slot (max_late), nothing sent",
    SlotOutcome.SKIPPED: "its slot is left out (skip), nothing sent",
    SlotOutcome.PAUSED: "paused, nothing sent",
}


def decision_lines(decided: Iterable[Decided]) -> list[str]:
    """What became of the slots that were decided."""
    return [line for one in decided for line in _lines(one)]


def warnings(decided: Iterable[Decided]) -> list[str]:
    """What an operator has to know about the clock, and about the letters that were composed."""
    decided = tuple(decided)
    clocks = [
        f"newsfeed: {one.newsletter}: slots far in the future are decided already, so the clock "
        f"was wrong once. `newsfeed resume {one.newsletter}` lets it start from now"
        for one in decided
        if one.ahead
    ]
    return clocks + [f"warning: {line}" for one in decided for line in one.warnings]


def _lines(one: Decided) -> list[str]:
    if not one.edition:
        return _without_edition(one)
    lines = [f"{one.edition}: {counted(len(one.articles), 'article')}: {one.subject}"]
    if one.state is EditionState.HELD:
        lines.append(
            f"  waits for approval: `newsfeed test {one.newsletter} --to ADDRESS`, then "
            f"`newsfeed editions approve {one.edition}`"
        )
    return lines


def _without_edition(one: Decided) -> list[str]:
    return [f"{one.newsletter}: {_SAID[one.outcome]}"] if one.outcome else []


def forecast_lines(
    found: Iterable[Forecast], waiting: Iterable[str] = (), leaving: Iterable[Leaving] = ()
) -> list[str]:
    """What would be made and sent, and which editions would be delivered besides."""
    described = {one.edition: one for one in leaving}
    lines = [line for one in found for line in _forecast(one)]
    for name in waiting:
        lines += _leaving(described[name]) if name in described else [f"{name}: would be delivered"]
    return lines


def _forecast(found: Forecast) -> list[str]:
    one = found.decided
    if not one.edition:
        return _without_edition(one)
    held = ", held for approval" if one.state is EditionState.HELD else ""
    return [
        f"{one.newsletter}: would go to {counted(found.recipients, 'subscriber')}{held}",
        f"  {one.subject}",
        *(f"  - {title}" for title in one.articles),
        *_weight(one.size, found),
    ]


def _leaving(one: Leaving) -> list[str]:
    return [
        f"{one.edition}: would be delivered to {counted(one.recipients, 'subscriber')}",
        f"  {one.subject}",
        *(f"  - {title}" for title in one.articles),
        *_weight(one.size, one),
    ]


def _weight(size: int, one: Forecast | Leaving) -> list[str]:
    pace = f", at least {timedelta(seconds=round(one.takes))} by the quota" if one.takes else ""
    lines = [f"  {size / 1024:.0f} KB each, {size * one.recipients / 1e6:.1f} MB in all{pace}"]
    if one.canary:
        others = f"the others {one.canary_wait} later"
        lines.append(f"  {counted(one.canary, 'letter')} first, and {others}")
    return lines
