"""Mails to subscribers that are no editions leave by SMTP, each once whatever happens.

Each is over, and on record, before it is on the wire. What the relay surely did not take is open
again, after growing waits where it was put off. Where nobody knows, it counts as sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from newsfeed.deliver.outcome import Verdict
from newsfeed.deliver.smtp.trouble import RelayError
from newsfeed.deliver.waits import next_try
from newsfeed.flows.carrying import WITHIN, Carrier
from newsfeed.flows.confirmation import Mailed, Refused
from newsfeed.flows.notice import Ready, count, newsletter_of
from newsfeed.flows.notices import taken_up
from newsfeed.flows.people import People
from newsfeed.flows.posting import Errands, Fate, Post, Posted, run_errands
from newsfeed.flows.preflight import refuse_unless_one_can_leave
from newsfeed.flows.relaying import relay_of
from newsfeed.flows.stopping import Stop
from newsfeed.store import database, notice_mails
from newsfeed.store.notice_mails import Notice
from newsfeed.units import duration

_ON_ITS_WAY = "it was on its way when a run ended"
_KEPT_BACK = "kept back for its domain's sake"

_MOST_TRIES = 15
"""Tries after which a mail is given up: about two days of growing waits."""

_CLOSED = timedelta(minutes=5)
"""After that a mail is tried again for which the connection was closed: others come before."""

_WAITS = (Verdict.DEFER, Verdict.HOLD)
_FINAL = (Verdict.FAIL, Verdict.SUPPRESS)


def mail_all(
    people: People,
    chosen: Sequence[Notice],
    *,
    clock: Callable[[], datetime],
    progress: Callable[[str, int], None],
    environ: Mapping[str, str],
    stop: Stop | None = None,
) -> Mailed:
    """Mail those of `chosen` that still are to be sent, as far as the quotas allow it now, until
    `stop` is set.

    Raises SettingsError where the relay, a key, or the way to leave is not as it has to be.
    """
    plan = people.plan
    relay = relay_of(plan, environ)
    refuse_unless_one_can_leave(plan, people.keys, relay)
    batch = _Batch(people, chosen, clock, progress)
    errands = Errands(
        [notice.id for notice in chosen],
        prepare=batch.prepare,
        settle=batch.settle,
        together=partial(database.transaction, people.db),
    )
    try:
        run_errands(relay, errands, within=WITHIN, stop=stop)
    except RelayError as error:
        return batch.told(str(error))
    return batch.told()


class _Batch:
    """One call's mails, by their numbers."""

    def __init__(
        self,
        people: People,
        chosen: Sequence[Notice],
        clock: Callable[[], datetime],
        progress: Callable[[str, int], None],
    ) -> None:
        self._people, self._clock, self._progress = people, clock, progress
        found = {one.name: one for notice in chosen if (one := newsletter_of(people, notice))}
        self._carrier = Carrier(people, found.values())
        self._out: dict[int, Ready] = {}
        self._taken = 0
        self._refused: dict[int, Refused] = {}
        self._lost: list[str] = []

    def prepare(self, number: int) -> Post | None:
        """The mail, which is over and on record from now on; None where none is to leave now."""
        people = msgspec.structs.replace(self._people, now=self._clock())
        one = taken_up(people, number)
        if one is None or self._carrier.keeps_all(people.now):
            return None
        due = self._carrier.kept_until(one.person.address, people.now)
        if due is not None:  # so that it is in nobody else's way
            notice_mails.put_off(people.db, number, due, one.notice.tries, _KEPT_BACK)
            return None
        count(people, one, _ON_ITS_WAY)
        self._out[number] = one
        return self._carrier.post(one.sender, one.person.address, one.message, people.now)

    def settle(self, number: int, posted: Posted) -> None:
        """Keep what became of the mail; open again is what was not taken and may be."""
        one, now = self._out[number], self._clock()
        db, address = self._people.db, one.person.address
        self._refused.pop(number, None)
        self._carrier.suppress(one.person.address_hash, posted, now)
        self._carrier.hear(address, posted)
        if posted.fate is Fate.TAKEN:
            self._taken += 1
            self._progress("notices", self._taken)
            notice_mails.finish(db, number, now)
        elif posted.fate is Fate.LOST:
            self._lost.append(address)
            notice_mails.finish(db, number, now, posted.said)
        else:
            if one.proof:
                notice_mails.retract(db, one.person.id, one.proof)
            self._open_again(one.notice, posted, now)
            if posted.fate is Fate.REFUSED:
                self._refused[number] = Refused(address=address, why=posted.said)

    def told(self, trouble: str = "") -> Mailed:
        """What became of them; `trouble` is why it ended early."""
        return Mailed(
            mailed=self._taken,
            left=0,
            refused=tuple(self._refused.values()),
            unanswered=tuple(self._lost),
            trouble=trouble or self._carrier.trouble,
        )

    def _open_again(self, notice: Notice, posted: Posted, now: datetime) -> None:
        """What was not taken waits; unless it was refused for good, or too often put off."""
        db = self._people.db
        if posted.verdict in _FINAL:
            notice_mails.finish(db, notice.id, now, posted.said)
        elif posted.verdict is Verdict.REQUEUE:
            notice_mails.put_off(db, notice.id, now + _CLOSED, notice.tries, posted.said)
        elif posted.verdict not in _WAITS:
            notice_mails.put_off(db, notice.id, now, notice.tries, posted.said)
        elif (due := self._next(notice, now)) is None:
            notice_mails.finish(db, notice.id, now, f"given up: {posted.said}")
        else:
            notice_mails.put_off(db, notice.id, due, notice.tries + 1, posted.said)

    def _next(self, notice: Notice, now: datetime) -> datetime | None:
        """When a mail that was put off is tried again; None where it is given up."""
        if notice.tries + 1 >= _MOST_TRIES:
            return None
        give_up_after = duration(self._people.plan.mail.give_up_after)
        return next_try(notice.tries, None, now, give_up_after, lost=False)
