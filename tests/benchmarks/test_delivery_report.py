"""The table of delivery: each figure beside the peer that it is to be compared with."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.delivery_report import Large, Measured, Row, goals, markdown
from benchmarks.measure import Cost
from benchmarks.senders import KEPT, Work
from benchmarks.sinks import Counted, Watched

WORK = Work(size=40_000, count=101, connections=20)
SIGNED = replace(WORK, signature="rsa")
LATE = replace(WORK, round_trip=0.02)
COUNTED = Counted(letters=101, recipients=101, message_ids=101, own=101, size=40_100, begun=0.0)
LARGE = Large(
    work=replace(WORK, count=500_000),
    counted=replace(COUNTED, recipients=500_000),
    first=1.25,
    cost=Cost(wall=100.0, cpu=90.0, memory=150_000_000),
)


def _row(sender: str, work: Work, *spans: float) -> Row:
    cost = Cost(wall=9.0, cpu=2.0, memory=30_000_000)
    seen = (
        Watched(begun=0.0, letters=101, at_first=1, first=0.5, span=span, cost=cost)
        for span in spans
    )
    runs = tuple(Measured(watched=one, sink=0.9, proxy=0.1) for one in seen)
    return Row(work=work, sender=sender, counted=COUNTED, runs=runs)


ROWS = [
    _row(KEPT, WORK, 2.0, 1.0, 50.0),
    _row("smtp-source", WORK, 3.0),
    _row("nodemailer", WORK, 10.0),
    _row("newsfeed", WORK, 1.0),
    _row("newsfeed", SIGNED, 4.0),
    _row(KEPT, LATE, 8.0),
    _row("newsfeed", LATE, 2.0),
]


def test_goals_are_ratios_of_the_medians_at_the_same_work() -> None:
    """smtp-source does not sign: its letters without a signature stand beside ours with one."""
    found = {(goal.work, goal.unit): goal.figure for goal in goals(ROWS, LARGE) if goal.figure}
    assert found == {
        ("40 KB, 20 connections", f"× {KEPT}"): 2.0,
        ("40 KB, 20 connections", "× smtp-source"): 3.0,
        ("40 KB, 20 connections", "× nodemailer"): 10.0,
        ("40 KB, 20 connections, signed with rsa", f"× {KEPT}"): 0.5,
        ("40 KB, 20 connections, signed with rsa", "× smtp-source"): 0.75,
        ("40 KB, 20 connections, 20 ms round trip", f"× {KEPT}"): 4.0,
        ("first letter on the wire, 500,000 subscribers", "s"): 1.25,
        ("peak memory to the last letter, 500,000 subscribers", "MB"): 150.0,
    }


def test_what_was_not_measured_is_said() -> None:
    """A goal without its row is neither met nor missed."""
    text = markdown(ROWS[:1], None, {})
    assert text.count("not measured") == len(list(goals([], None)))


def test_every_row_says_how_many_were_reached() -> None:
    """And the rate from the first to the last letter, beside the whole command."""
    lines = markdown(ROWS, LARGE, {"Postfix": "3"}).splitlines()
    ours = next(line for line in lines if line.startswith("| 40 | 20 | – | – | newsfeed"))
    assert ours.split(" | ")[5:9] == ["100", "2.00", "9.00", "1.00"]
    assert ours.endswith(" 40,100 | 101 | 1 |")
    assert any(line.startswith("| 500,000 | 40 | 20 | 1.25 | 100.0 |") for line in lines)
