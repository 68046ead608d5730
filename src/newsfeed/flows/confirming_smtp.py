"""Confirmation mails leave by SMTP, never more of them than an address may get (standards S-08).

Each is counted and on record before it is on the wire, in a transaction that ends before: so the
limits hold whatever happens. What the relay surely did not take is taken back. Where nobody knows,
after a crash or a lost connection, it counts, and whoever never got it can be asked again once the
link would have run out. Right before, it is looked again whether the person still waits.
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
from newsfeed.flows.confirmation import Mailed, Refused, count, request_of
from newsfeed.flows.people import People
from newsfeed.flows.posting import Errands, Fate, Post, Posted, run_errands
from newsfeed.flows.preflight import refuse_unless_one_can_leave
from newsfeed.flows.relaying import relay_of
from newsfeed.flows.stopping import Stop
from newsfeed.store import confirmations, database
from newsfeed.store.confirmations import Counted
from newsfeed.store.subscribers import Waiting

_PUT_OFF = (Verdict.DEFER, Verdict.HOLD, Verdict.REQUEUE)

_OFTEN = 15
"""Tries after which a mail is tried once in `_RARELY`: about two days of growing waits."""

_RARELY = timedelta(days=1)


def mail_all(
    people: People,
    chosen: Sequence[Waiting],
    *,
    clock: Callable[[], datetime],
    progress: Callable[[str, int], None],
    environ: Mapping[str, str],
    stop: Stop | None = None,
) -> Mailed:
    """Mail those of `chosen` who still may be mailed, as far as the quotas allow it now, until
    `stop`.

    Raises SettingsError where the relay, a key, or the way to leave is not as it has to be.
    """
    plan = people.plan
    relay = relay_of(plan, environ)
    refuse_unless_one_can_leave(plan, people.keys, relay)
    batch = _Batch(people, chosen, clock, progress)
    errands = Errands(
        range(len(chosen)),
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
    """One call's mails, by their place among those who were chosen."""

    def __init__(
        self,
        people: People,
        chosen: Sequence[Waiting],
        clock: Callable[[], datetime],
        progress: Callable[[str, int], None],
    ) -> None:
        names = {one.newsletter for one in chosen}
        self._people, self._chosen, self._clock = people, chosen, clock
        self._progress = progress
        self._carrier = Carrier(people, [n for n in people.plan.newsletters if n.name in names])
        self._counted: dict[int, Counted] = {}
        self._posted: dict[int, Posted] = {}
        self._over: set[int] = set()

    def prepare(self, place: int) -> Post | None:
        """The mail, which is counted and on record from now on; None where none is to leave now."""
        people = msgspec.structs.replace(self._people, now=self._clock())
        if self._carrier.keeps_all(people.now):
            return None
        due = self._carrier.kept_until(self._address(place), people.now)
        if due is not None:
            number = self._chosen[place].subscriber.id
            confirmations.put_off(people.db, number, due, confirmations.tries(people.db, number))
            return None
        request = request_of(people, self._chosen[place])
        if request is None:
            self._over.add(place)  # mailed by another process, or they left
            return None
        self._counted[place] = count(people, request)
        return self._carrier.post(
            request.sender, request.person.address, request.message, people.now
        )

    def settle(self, place: int, posted: Posted) -> None:
        """Take back what surely was not taken; keep what became of the mail."""
        db, counted = self._people.db, self._counted[place]
        self._posted[place] = posted
        if posted.verdict is Verdict.FAIL:
            # Not repeated as often as somebody calls (standards E-S-07): it counts for the limits.
            confirmations.retract_record(db, counted)
        elif posted.fate in (Fate.REFUSED, Fate.UNTRIED):
            confirmations.retract(db, counted)
        self._let_wait(counted.subscriber_id, posted)
        self._carrier.suppress(counted.address_hash, posted, self._clock())
        self._carrier.hear(self._address(place), posted)
        if posted.fate is Fate.TAKEN:
            self._progress("confirmation mails", self._count(Fate.TAKEN))

    def _let_wait(self, subscriber_id: int, posted: Posted) -> None:
        """What was put off is tried again after growing waits, and keeps no other back."""
        db, now = self._people.db, self._clock()
        if posted.verdict in _PUT_OFF:
            tries = confirmations.tries(db, subscriber_id)
            requeued = posted.verdict is Verdict.REQUEUE
            due = next_try(tries, None, now, _RARELY, lost=requeued)
            if due is None or tries >= _OFTEN:
                due = now + _RARELY
            confirmations.put_off(db, subscriber_id, due, tries + 1)
        elif posted.fate is not Fate.UNTRIED and posted.verdict is not Verdict.PAUSE:
            confirmations.end_wait(db, subscriber_id)

    def told(self, trouble: str = "") -> Mailed:
        """What became of all of them; `trouble` is why it ended early."""
        final = (Verdict.FAIL, Verdict.SUPPRESS)
        over = {place for place, one in self._posted.items() if one.verdict in final}
        over |= self._over | set(self._places(Fate.TAKEN)) | set(self._places(Fate.LOST))
        return Mailed(
            mailed=self._count(Fate.TAKEN),
            left=len(self._chosen) - len(over),
            refused=tuple(
                Refused(address=self._address(place), why=self._posted[place].said)
                for place in self._places(Fate.REFUSED)
            ),
            unanswered=tuple(self._address(place) for place in self._places(Fate.LOST)),
            trouble=trouble or self._carrier.trouble,
        )

    def _places(self, fate: Fate) -> list[int]:
        return [place for place, one in sorted(self._posted.items()) if one.fate is fate]

    def _count(self, fate: Fate) -> int:
        return len(self._places(fate))

    def _address(self, place: int) -> str:
        return self._chosen[place].subscriber.address
