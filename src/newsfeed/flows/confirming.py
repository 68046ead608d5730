"""Those who have yet to confirm: who they are, and the mail that asks them.

Nobody is mailed but by the operator's order, or because somebody asked by the web form: who asks
may be a stranger, so that one mail answers each asking. A person gets one mail for a request, and
by the operator's order another one if the link of the first no longer works; an address gets one
in 24 hours and three for ever, whatever is asked in its name (standards S-08).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from newsfeed.audience.lifecycle import (
    BETWEEN_MAILS,
    MOST_FOR_ONE,
    MOST_MAILS,
    PENDING_FOR,
    Mailing,
)
from newsfeed.audience.tokens import CONFIRM_WITHIN
from newsfeed.audience.wording import current_versions
from newsfeed.errors import StoreError
from newsfeed.flows.confirmation import FOLDER, Mailed, count, mailing_of, request_of
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan
from newsfeed.flows.stopping import Stop
from newsfeed.store import confirmations, database, facts, newsletters, subscribers
from newsfeed.store.confirmations import Askable
from newsfeed.store.subscribers import Expired, Waiting

Progress = Callable[[str, int], None]


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has yet to confirm since `since` (UTC), and whether they may be mailed."""

    address: str
    newsletter: str
    since: datetime
    mailing: Mailing


def pending(people: People, newsletter: str = "") -> Iterator[Pending]:
    """Who has yet to confirm a newsletter ("" for any), longest waiting first."""
    for one in subscribers.waiting(people.db, newsletter):
        yield Pending(
            address=one.subscriber.address,
            newsletter=one.newsletter,
            since=one.since,
            mailing=mailing_of(people, one),
        )


def send_confirmations(
    people: People,
    newsletter: str = "",
    *,
    limit: int = 100,
    only_asked: bool = False,
    progress: Progress = lambda _what, _done: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    environ: Mapping[str, str] = os.environ,
    stop: Stop | None = None,
) -> Mailed:
    """Mail up to `limit` of those who may be mailed, each once; `only_asked`: of those only who
    asked by the web form and were not mailed since, and so need no order of the operator's.

    Into the outbox a message is written first and noted then: whoever is noted has it, and after a
    crash the same message is written again over itself. By SMTP it is the other way round, by
    `clock`, until `stop`; `environ` may hold the relay's password. Raises SettingsError, StoreError
    where the store is paused, OutputError.
    """
    facts.notice_copy(people.db, people.plan.store)
    _refuse_while_paused(people)
    chosen, left, waiting = (_asked if only_asked else _chosen)(people, newsletter, limit)
    if people.plan.mail.transport == "files":
        mailed = _write_all(people, chosen, progress)
        return Mailed(mailed=mailed, left=left, waiting=waiting)
    if not chosen:
        return Mailed(mailed=0, left=left, waiting=waiting)
    from newsfeed.flows.confirming_smtp import mail_all

    done = mail_all(people, chosen, clock=clock, progress=progress, environ=environ, stop=stop)
    return msgspec.structs.replace(done, left=done.left + left, waiting=waiting)


def mail_folders(outbox: Path) -> list[Path]:
    """Where confirmation mails lie, of whatever newsletter. Links are not followed."""
    return sorted(
        folder
        for folder in outbox.glob(f"*/{FOLDER}")
        if not folder.is_symlink() and not folder.parent.is_symlink()
    )


def remove_mails(plan: Plan, db: sqlite3.Connection, expired: Iterable[Expired]) -> None:
    """Remove the confirmation mails of requests that are over (standards L-C-14).

    To be called before the commit that forgets the requests: after a crash they are still there,
    and the same call removes the rest. Raises OutputError.
    """
    from newsfeed.deliver import outbox

    former = newsletters.former_names(db)
    doomed: dict[str, set[str]] = {}
    for newsletter, hashed in expired:
        doomed.setdefault(newsletter, set()).add(hashed)
    for folder in mail_folders(plan.outbox):
        name = folder.parent.name
        names = doomed.get(former.get(name, name))
        if names:
            outbox.erase(folder, names)


def _refuse_while_paused(people: People) -> None:
    why = facts.paused(people.db, people.now)
    if why:
        raise StoreError(
            f"nothing is sent from this store: {why}",
            where=str(people.plan.store),
            remedy="`newsfeed resume` lets it go on",
        )


def _asked(people: People, newsletter: str, limit: int) -> tuple[list[Waiting], int, int]:
    """The same of those who asked by the web form. They are looked for every minute: so nobody
    else is read, `left` is at least so many, and who waits for another try is not counted.
    """
    found: list[Waiting] = []
    for one in people.plan.newsletters:
        if newsletter in ("", one.name):
            may = Askable(
                asked_within=PENDING_FOR,
                mails=MOST_MAILS,
                between=BETWEEN_MAILS,
                for_one=MOST_FOR_ONE,
                works_for=CONFIRM_WITHIN,
                wordings=current_versions(one.title),
            )
            found += confirmations.askers(people.db, one.name, may, people.now, limit + 1)
    able = [one for one in found if mailing_of(people, one).able]
    able.sort(key=lambda one: (one.since, one.subscriber.id, one.newsletter))
    return able[:limit], max(0, len(able) - limit), 0


def _chosen(people: People, newsletter: str, limit: int) -> tuple[list[Waiting], int, int]:
    """Whom to mail now, how many more could be, and how many wait since a mail was put off."""
    chosen: list[Waiting] = []
    left = waiting = 0
    for one in subscribers.waiting(people.db, newsletter):
        mailing = mailing_of(people, one)
        waiting += mailing is Mailing.PUT_OFF
        if mailing.able and len(chosen) < limit:
            chosen.append(one)
        else:
            left += mailing.able
    return chosen, left, waiting


def _write_all(people: People, chosen: Iterable[Waiting], progress: Progress) -> int:
    """Write the mails into the outbox; gives how many."""
    mailed = 0
    for one in chosen:
        if _write(people, one):
            mailed += 1
            progress("confirmation mails", mailed)
    return mailed


def _write(people: People, one: Waiting) -> bool:
    """Write and note one mail. False where it is no longer to be written."""
    from newsfeed.deliver import outbox

    with database.transaction(people.db):
        request = request_of(people, one)
        if request is None:
            return False
        folder = people.plan.outbox / request.newsletter.name / FOLDER
        outbox.write(folder, request.person.address_hash, request.message)
        count(people, request)
    return True
