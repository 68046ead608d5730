"""`newsfeed run`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.listening import insecure, listen_option, place_of
from newsfeed.cli.options import config_option
from newsfeed.cli.report import shown

if TYPE_CHECKING:
    import socket
    from types import FrameType

    from newsfeed.service.present import Present
    from newsfeed.service.running import Service


@click.command()
@config_option
@listen_option
@click.option("--once", is_flag=True, help="Do what is due once, and end; serve no pages.")
@click.option("--no-web", is_flag=True, help="Serve no pages.")
def command(*, file: Path | None, listen_at: str | None, once: bool, no_web: bool) -> None:
    """Publish, send and serve pages on schedule, until Ctrl-C or SIGTERM.

    Publishes when files change, every few minutes, and at each slot of a newsletter. Any number of
    these may run on one store: one leads, and another takes over when it ends. The settings may be
    edited meanwhile. On a signal it finishes what is on its way, within 25 seconds.
    """
    from newsfeed.service.logs import log_to_stderr
    from newsfeed.service.present import Present

    project = open_project(file)
    plan = make_plan(project)
    place = None
    if not (once or no_web):
        place = place_of(listen_at, project.settings.server.listen, project.file)
    with people(plan, _clock()):
        pass  # a store or keys that cannot be used are told before anything begins
    log_to_stderr(project.settings.run.log)
    present = Present(project, plan)
    if once:
        from newsfeed.service.running import once as single_pass

        sys.exit(single_pass(present, _clock))
    if place is None:
        _without_pages(present)
        return
    from newsfeed.web.server import listen

    _with_pages(present, listen(place))


def _with_pages(present: Present, sockets: list[socket.socket]) -> None:
    from newsfeed.service.pages import pages
    from newsfeed.service.running import FOR_REQUESTS, Service
    from newsfeed.web.server import Place, serve
    from newsfeed.web.signals import counted, counted_at_once

    service = Service(present, _clock)
    shown = pages(service.shift)
    heard = service.shift.signals.metrics.answered
    places = [str(Place(*opened.getsockname()[:2])) for opened in sockets]

    def begun() -> None:
        _begin(service, places)

    try:
        serve(
            counted(shown, heard),
            sockets,
            begun,
            answer=counted_at_once(shown.answer, heard),
            wind_down=service.stop,
            finish=FOR_REQUESTS,
        )
    finally:
        service.stop()


def _without_pages(present: Present) -> None:
    from newsfeed.service.running import Service

    service = Service(present, _clock)
    # A handler in Python waits for this thread, which sleeps where the signal found another thread;
    # what C writes to the pipe wakes it in either case.
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    before = {number: signal.signal(number, _heed) for number in (signal.SIGTERM, signal.SIGINT)}
    _begin(service, [])
    os.read(heard, 1)
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():  # a second signal ends it at once
        signal.signal(number, handler)
    service.stop()


def _heed(_number: int, _frame: FrameType | None) -> None:
    """The signal is in the pipe already."""


def _begin(service: Service, places: list[str]) -> None:
    leads = service.shift.lead()
    as_json = service.shift.present.now.settings.run.log == "json"
    for line in _greeting(service, places, leads=leads):
        if as_json:
            logging.getLogger("newsfeed.service").info("%s", line.strip())
        else:
            click.echo(line, err=True)
    service.start()


def _greeting(service: Service, places: list[str], *, leads: bool) -> Iterator[str]:
    """Where it listens, what is there, who leads, and when letters are due next."""
    from newsfeed.flows.timetable import timetable

    plan = service.shift.plan
    for place in places:
        yield f"listening on http://{place}/"
        for feed in plan.feeds.formats:
            yield f"  http://{place}/{getattr(plan.feeds.paths, feed)}"
        if plan.newsletters:
            yield f"  http://{place}/s: a form to subscribe by"
    if places:
        yield f"links lead to {plan.links_url}/"
        yield from filter(None, [insecure(plan.links_url)])
    yield (
        "this process leads" if leads else "another process leads; this one takes over when it ends"
    )
    with people(plan, _clock()) as opened:
        for newsletter in plan.newsletters:
            table = timetable(opened, newsletter, 1)
            when = "by hand, without a schedule"
            if table.slots:
                slot = table.slots[0]
                mark = "" if slot.fate == "due" else f", {slot.fate.value}"
                when = f"next slot {slot.at:%a %Y-%m-%d %H:%M %Z}{mark}"
            letter = plan.preview / f"{newsletter.name}.html"
            yield f"{newsletter.name}: {when}; as it stands: {shown(letter)}"
    yield "Ctrl-C ends it"


def _clock() -> datetime:
    return datetime.now(UTC)
