"""Amounts as the settings write them: durations such as `6h`, shares such as `5%`."""

from __future__ import annotations

from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def duration(text: str) -> timedelta:
    """The time that a checked setting such as `90s`, `15m`, `6h` or `2d` means."""
    return timedelta(seconds=int(text[:-1]) * _SECONDS[text[-1]])


def share(text: str) -> float:
    """The part of one that a checked setting such as `5%` means."""
    return float(text.removesuffix("%")) / 100
