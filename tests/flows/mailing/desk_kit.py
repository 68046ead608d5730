"""Desks on a real ledger, and a relay that is a list: what it took, and when."""

from __future__ import annotations

import email
import email.policy
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from newsfeed.deliver.smtp.parcel import Parcel, Reply, Result, Stage
from newsfeed.flows.mailing.desk import LedgerDesk, Wait, always
from newsfeed.flows.people import People
from newsfeed.store import database, senders
from tests.flows.editions_kit import MONDAY
from tests.kit import NEWSLETTER, SETTINGS, Site

SMTP = """\
[mail]
transport = "smtp"
[mail.smtp]
host = "localhost"
security = "none"
connections = 4
"""
TAKEN = Reply(code=250, status="2.0.0", text="queued")
END = 1e12


def smtp_site(
    folder: Path, readers: Iterable[str], more: str = "", smtp: str = SMTP, english: str = ""
) -> Site:
    """A weekly newsletter whose edition of Monday is released, to leave by SMTP. The reader
    `english` says that they read English.
    """
    site = Site(folder / "site", SETTINGS + NEWSLETTER + more + smtp)
    site.post("one.md", "The first text.", date="2026-11-01")
    site.post("two.md", "The second text.", date="2026-11-02")
    site.publish(MONDAY - timedelta(days=3))
    site.subscribe(*readers, now=MONDAY - timedelta(days=3))
    if english:
        site.subscribe(english, language="en", now=MONDAY - timedelta(days=3))
    site.publish(MONDAY)
    return site


class Clock:
    """A wall clock and a monotonic one that go together, unless the wall clock jumps."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now, self.seconds = now, 1_000.0

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


class Wire:
    """What a relay took: recipients with the Message-ID of each time."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = defaultdict(list)

    def take(self, parcel: Parcel) -> None:
        message = email.message_from_bytes(parcel.message, policy=email.policy.SMTP)
        self.taken[parcel.recipient].append(str(message["Message-ID"]))

    @property
    def letters(self) -> int:
        return sum(len(ids) for ids in self.taken.values())


def desk_of(
    who: People, clock: Clock, sender: str, end: float = END, wait: Wait = always
) -> LedgerDesk:
    """A desk of a process of its own, noted as a sender."""
    with database.transaction(who.db):
        senders.join(who.db, sender, clock.now)
    return LedgerDesk(
        who,
        sender,
        end=end,
        clock=lambda: clock.now,
        monotonic=lambda: clock.seconds,
        wait=wait,
    )


def taken(parcel: Parcel) -> Result:
    """The relay took it."""
    return Result(parcel=parcel, stage=Stage.BODY, reply=TAKEN, begun=True)


def refused(parcel: Parcel, code: int, status: str, stage: Stage = Stage.RCPT) -> Result:
    """The relay said no."""
    reply = Reply(code=code, status=status, text="No.")
    return Result(parcel=parcel, stage=stage, reply=reply, begun=stage is Stage.BODY)


def lost(parcel: Parcel, *, begun: bool = True) -> Result:
    """The connection broke."""
    return Result(parcel=parcel, stage=Stage.BODY, lost="the relay hung up", begun=begun)


def untouched(parcel: Parcel) -> Result:
    """It never came to a try."""
    return Result(parcel=parcel, stage=Stage.MAIL)


def empty(desk: LedgerDesk, wire: Wire, at_once: int = 4) -> int:
    """Send everything that can go now, as a run does; the relay takes all. Gives how many."""
    number = 0
    parcels = list(desk.step([], at_once)) if desk.waiting(at_once) else []
    while parcels:
        for parcel in parcels:
            wire.take(parcel)
        number += len(parcels)
        parcels = list(desk.step([taken(one) for one in parcels], at_once))
    return number
