"""The pass of the service: build, decide, release; then it says when to look again."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from newsfeed.app import workshop
from newsfeed.errors import message
from newsfeed.flows.build import BuildOptions, BuildReport
from newsfeed.flows.outcomes import Decided
from newsfeed.flows.plan import Seams
from newsfeed.flows.publishing import PublishReport, publish
from newsfeed.flows.waiting import next_moment
from newsfeed.model import EditionState
from newsfeed.service.shift import Shift
from newsfeed.store.private import HeldError
from newsfeed.text import counted

PUBLISH = "publish"
DELIVER = "deliver"
OUTPUT = "output"
PING = "ping"
CONFIRM = "confirm"
MAILS = "mails"

_PATIENCE = 1.0
"""Seconds to wait for another process that builds, such as a `newsfeed publish` by hand."""

_AGAIN = timedelta(seconds=5)
_LEFT_OUT = 3

log = logging.getLogger("newsfeed.publish")


def publish_pass(shift: Shift) -> int:
    """One pass, with the exit status that `newsfeed publish` would have. Raises as it does.

    Nothing forks here, since a child of a process with threads may find locks that nobody opens.
    """
    seams = Seams(
        now=shift.clock(),
        clock_ns=time.time_ns,
        workers=1,
        progress=lambda _what, _done: None,
        stop=shift.stop,
    )
    try:
        with workshop(shift.plan, seams, patience=_PATIENCE) as shop:
            try:
                report = publish(shop, BuildOptions(), ping=False)
            finally:
                shift.at(PUBLISH, next_moment(shop))
    except HeldError:
        log.info("another newsfeed builds just now; this one looks again in %d seconds", 5)
        shift.at(PUBLISH, shift.clock() + _AGAIN)
        return 0
    _told(shift, report)
    if report.build.written or report.build.removed:
        shift.wake(OUTPUT)
    if report.deployed:
        shift.wake(PING)
    shift.wake(MAILS)
    if not report.idle:
        shift.wake(DELIVER)
    if report.errors:
        return 1
    return _LEFT_OUT if report.build.faults else 0


def _told(shift: Shift, report: PublishReport) -> None:
    """What is new, a line each; what was said of the pass before is not said again."""
    build, state = report.build, shift.state
    if build.written or build.removed:
        log.info("%s", _summary(build))
    for one in report.decided:
        if one.outcome:
            log.info("%s", _decision(one))
    if report.deployed:
        log.info("deployed")
    for name in report.released:
        log.info("%s: released", name)
    for line in state.news("articles", tuple(map(str, build.faults))):
        log.warning("%s", line)
    for line in state.news("feeds", tuple(map(str, build.fetched))):
        log.warning("%s", line)
    for line in state.news("errors", report.errors):
        log.error("%s", line)
    ahead = tuple(_ahead(one) for one in report.decided if one.ahead)
    for line in state.news("warnings", (*report.warnings, *ahead)):
        log.warning("%s", line)


def _summary(build: BuildReport) -> str:
    removed = f", {len(build.removed)} removed" if build.removed else ""
    articles, files = counted(build.articles, "article"), counted(len(build.written), "file")
    return f"{articles}; {files} written{removed}"


def _decision(one: Decided) -> str:
    if not one.edition:
        return f"{one.newsletter}: {one.outcome.value}, nothing sent" if one.outcome else ""
    line = f"{one.edition}: composed of {counted(len(one.articles), 'article')}: {one.subject}"
    return line + (", waits for approval" if one.state is EditionState.HELD else "")


def _ahead(one: Decided) -> str:
    return message(
        one.newsletter,
        "slots far in the future are decided already, so the clock was wrong once",
        f"`newsfeed resume {one.newsletter}` lets it start from now",
    )
