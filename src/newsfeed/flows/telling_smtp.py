"""Mails to the operator leave by SMTP."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from newsfeed.deliver.outcome import Verdict
from newsfeed.deliver.smtp.trouble import RelayError
from newsfeed.flows.carrying import Carrier
from newsfeed.flows.news import Item
from newsfeed.flows.people import People
from newsfeed.flows.posting import WITHIN, Errands, Fate, Post, Posted, run_errands
from newsfeed.flows.relaying import relay_of
from newsfeed.flows.stopping import Stop
from newsfeed.flows.telling import Desk, Outgoing
from newsfeed.store import database

_FINAL = (Verdict.FAIL, Verdict.SUPPRESS)


def mail_all(
    people: People, desk: Desk, *, environ: Mapping[str, str], stop: Stop | None = None
) -> None:
    """Mail what the desk hands out, until `stop` is set. What is put off is not told; what is
    refused for good is over, since it would be refused again. Raises SettingsError.
    """
    relay = relay_of(people.plan, environ)
    batch = _Batch(people, desk)
    errands = Errands(
        desk.items,
        prepare=batch.prepare,
        settle=batch.settle,
        together=partial(database.transaction, people.db),
    )
    try:
        run_errands(relay, errands, within=WITHIN, stop=stop)
    except RelayError as error:
        desk.trouble = str(error)


class _Batch:
    """One call's mails, by their keys."""

    def __init__(self, people: People, desk: Desk) -> None:
        self._people, self._desk = people, desk
        self._carrier = Carrier(people, people.plan.newsletters[:1])
        self._out: dict[str, Outgoing] = {}

    def prepare(self, item: Item) -> Post | None:
        people, to = self._people, self._people.plan.notify
        if self._carrier.has_no_room(to, people.now):
            return None
        mail = self._desk.prepare(item)
        if mail is None:
            return None
        self._out[item.key] = mail
        return self._carrier.post(mail.sender, to, mail.message, people.now)

    def settle(self, item: Item, posted: Posted) -> None:
        mail = self._out[item.key]
        self._carrier.hear(self._people.plan.notify, posted)
        if posted.fate is Fate.TAKEN:
            self._desk.mailed += 1
            return
        self._desk.trouble = f"the operator was not told by mail: {posted.said}"
        if posted.fate is not Fate.LOST and posted.verdict not in _FINAL:
            self._desk.take_back(mail)
