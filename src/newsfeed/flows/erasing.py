"""Forgetting somebody: everything but a keyed hash that keeps the address out (L-C-09).

With the hash stays how many confirmation mails the address got, and when the last: three are the
most for ever, also for one that is erased, reinstated and asked again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from newsfeed.address import Address
from newsfeed.audience import journal
from newsfeed.audience.keys import address_hash
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.people import People
from newsfeed.model import SuppressionReason
from newsfeed.store import database, notice_mails, subscribers, suppression
from newsfeed.store.subscribers import Subscriber


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What was forgotten: `known` tells whether anybody was, `before` whether the address had been
    erased already; `letters` are files that were removed.

    `copies` are older copies of the store beside it, which may hold the address and were left.
    `complete` is False where another process still reads: the store's own journal may hold the
    address until that process ends.
    """

    known: bool
    letters: tuple[Path, ...]
    copies: tuple[Path, ...]
    complete: bool
    before: bool = False


PATIENCE = 60.0
"""Seconds to wait for another run that writes letters."""


def erase(people: People, address: Address, *, patience: float = PATIENCE) -> Erased:
    """Forget a person, and suppress the address for whatever comes, known or not.

    While another run writes letters into the outbox this waits up to `patience` seconds: one more
    to this person could appear afterwards. Raises StoreError where it takes longer, OutputError.
    """
    if people.plan.mail.transport != "files":
        return _erase(people, address)
    with delivery_lock(people.plan, patience):
        return _erase(people, address)


def _erase(people: People, address: Address) -> Erased:
    """The letters are removed first, the journal is written next, and the commit comes last: after
    a crash the same call finishes it.

    While the whole outbox is walked others may write to the store. Only confirmation mails and
    notices can be written meanwhile, and only within a transaction, so that it is enough to look
    for these again.
    """
    from newsfeed.deliver import outbox
    from newsfeed.flows.confirming import mail_folders
    from newsfeed.flows.notice import file_names
    from newsfeed.flows.notices import notice_folders

    db, plan = people.db, people.plan
    number = address_hash(people.keys, address.key)
    entry = journal.Entry(
        at=people.now, event="erased", newsletter="", address_hash=number, reason="command"
    )
    names = _names(number, subscribers.find(db, number))
    letters = outbox.erase(plan.outbox, names)
    with database.transaction(db):
        person = subscribers.find(db, number)
        if new := _names(number, person) - names:  # added, and perhaps served, during the walk
            letters += outbox.erase(plan.outbox, new)
        for folder in mail_folders(plan.outbox):
            letters += outbox.erase(folder, {number})
        for folder in notice_folders(plan.outbox):
            letters += outbox.erase(folder, file_names(number))
        journal.append(plan.journal, [entry])
        if person:
            subscribers.clear_replies(db, person.id)
            notice_mails.delete_to(db, person.id)
            subscribers.drop_deliveries(db, person.id, "", "erased", people.now)
            subscribers.delete(db, person.id)
        before = suppression.reason(db, number)
        suppression.suppress(db, number, SuppressionReason.ERASED, people.now)
    return Erased(
        known=person is not None,
        letters=tuple(sorted(letters)),
        copies=older_copies(plan.store),
        complete=database.forget(db),
        before=before is not None and before[0] is SuppressionReason.ERASED,
    )


def _names(number: str, person: Subscriber | None) -> set[str]:
    """What files of somebody's are called."""
    from newsfeed.flows.notice import file_names

    names = {number, *file_names(number)}
    return {*names, person.public_id} if person else names


def older_copies(store: Path) -> tuple[Path, ...]:
    """Copies that upgrades left beside the store."""
    return tuple(sorted(store.parent.glob(f"{store.name}.before-*")))
