"""Those who have yet to confirm: who they are, and the mail that asks them.

Nobody is mailed but by the operator's order. A person gets one mail for a request, and another one
if the link of the first no longer works; an address gets one in 24 hours and three for ever,
whatever is asked in its name (standards S-08).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from newsfeed.audience.lifecycle import Mailing, mailing
from newsfeed.audience.tokens import CONFIRM_WITHIN, confirm_token, confirm_url
from newsfeed.audience.wording import Wording, wording_for, wording_of
from newsfeed.errors import SettingsError, StoreError
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan
from newsfeed.model import SubscriptionState
from newsfeed.settings import Newsletter
from newsfeed.store import consents, database, facts, newsletters, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Expired, Subscriber, Waiting

FOLDER = "confirm"
"""Where the outbox of a newsletter holds these mails, each by the keyed hash of its address: it is
found even after the person is forgotten.
"""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has yet to confirm since `since` (UTC), and whether they may be mailed."""

    address: str
    newsletter: str
    since: datetime
    mailing: Mailing


class Mailed(msgspec.Struct, frozen=True, kw_only=True):
    """How many were mailed, and how many could be by a further call."""

    mailed: int
    left: int


def pending(people: People, newsletter: str = "") -> Iterator[Pending]:
    """Who has yet to confirm a newsletter ("" for any), longest waiting first."""
    for one in subscribers.waiting(people.db, newsletter):
        yield Pending(
            address=one.subscriber.address,
            newsletter=one.newsletter,
            since=one.since,
            mailing=_mailing(people, one),
        )


def send_confirmations(
    people: People,
    newsletter: str = "",
    *,
    limit: int = 100,
    progress: Callable[[str, int], None] = lambda _what, _done: None,
) -> Mailed:
    """Mail up to `limit` of those who may be mailed, each once.

    The message is written first and noted then: whoever is noted has it, and after a crash the
    same message is written again over itself. Raises SettingsError where mail leaves in a way
    that is not there yet, StoreError where the store is paused, OutputError.
    """
    facts.notice_copy(people.db, people.plan.store)
    _refuse_unless_ready(people)
    chosen: list[Waiting] = []
    left = 0
    for one in subscribers.waiting(people.db, newsletter):
        if not _mailing(people, one).able:
            continue
        if len(chosen) < limit:
            chosen.append(one)
        else:
            left += 1
    mailed = 0
    for one in chosen:
        settings = people.newsletter(one.newsletter)
        if settings is not None and _mail(people, settings, one):
            mailed += 1
            progress("confirmation mails", mailed)
    return Mailed(mailed=mailed, left=left)


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


def _mailing(people: People, one: Waiting) -> Mailing:
    newsletter = people.newsletter(one.newsletter)
    if newsletter is None:
        return Mailing.GONE
    return mailing(
        one.mails,
        one.last_mail,
        asked=one.asked,
        dead=_dead(people, newsletter, one),
        imported=one.imported,
        now=people.now,
    )


def _dead(people: People, newsletter: Newsletter, one: Waiting) -> Mailing | None:
    """Why the link of the last mail for this request no longer works; None where it does."""
    if one.asked_last is None:
        return None
    if wording_of(one.wording, newsletter.title) is None:
        return Mailing.REWORDED
    return Mailing.RAN_OUT if people.now - one.asked_last > CONFIRM_WITHIN else None


def _refuse_unless_ready(people: People) -> None:
    if people.plan.mail.transport != "files":
        raise SettingsError(
            f"confirmation mails cannot leave by {people.plan.mail.transport} yet",
            where="mail.transport",
            remedy='write "files": they are put into the outbox, from where you can send them',
        )
    why = facts.paused(people.db, people.now)
    if why:
        raise StoreError(
            f"nothing is sent from this store: {why}",
            where=str(people.plan.store),
            remedy="`newsfeed resume` lets it go on",
        )


def _mail(people: People, newsletter: Newsletter, one: Waiting) -> bool:
    """Write and note one mail. False where it is no longer to be written."""
    from newsfeed.deliver import outbox

    db = people.db
    with database.transaction(db):
        still = _reread(people, one)
        if still is None or not _mailing(people, still).able:
            return False
        person = still.subscriber
        language = person.language or newsletter.language or people.plan.site.language
        wording = wording_for(language).titled(newsletter.title)
        number, message = _message(people, newsletter, person, wording, still.mails)
        folder = people.plan.outbox / newsletter.name / FOLDER
        outbox.write(folder, person.address_hash, message)
        consents.keep_wording(db, wording.version, wording.language, wording.consent)
        consent = Consent(
            event="mailed",
            at=people.now,
            newsletter=newsletter.name,
            way="command",
            wording=wording.version,
            message_id=number,
        )
        consents.record(db, person.id, consent)
        consents.count_mail(db, person.address_hash, people.now)
    return True


def _reread(people: People, one: Waiting) -> Waiting | None:
    """The same person as they wait now, or None where they do not: another process may have
    written a mail, and the person may have left, since the list was read.
    """
    db = people.db
    person = subscribers.by_public_id(db, one.subscriber.public_id)
    found = subscribers.subscription(db, person.id, one.newsletter) if person else None
    if person is None or found is None or found.state is not SubscriptionState.PENDING:
        return None
    if suppression.reason(db, person.address_hash):
        return None
    mails, last_mail = consents.mails(db, person.address_hash)
    of_this = [
        c
        for c in consents.of(db, person.id)
        if c.newsletter == one.newsletter and c.at >= found.since
    ]
    asked = [c for c in of_this if c.event == "mailed"]
    return Waiting(
        subscriber=person,
        newsletter=one.newsletter,
        since=found.since,
        mails=mails,
        last_mail=last_mail,
        asked=len(asked),
        asked_last=asked[-1].at if asked else None,
        wording=asked[-1].wording if asked else "",
        imported=any(c.event == "requested" and c.way == "import" for c in of_this),
    )


def _message(
    people: People, newsletter: Newsletter, person: Subscriber, wording: Wording, mails: int
) -> tuple[str, bytes]:
    """The Message-ID, which the same mail always has, and the message."""
    from newsfeed.digest.notice import build_notice
    from newsfeed.flows.editions import sender_of
    from newsfeed.flows.letters import message_id

    plan = people.plan
    sender = sender_of(newsletter)
    domain = sender.address.rpartition("@")[2]
    number = message_id(f"{newsletter.name}/{FOLDER}", person.public_id, mails, domain)
    token = confirm_token(
        people.keys, newsletter.name, person.public_id, wording.version, people.now
    )
    message = build_notice(
        wording.subject,
        wording.letter(
            link=confirm_url(plan.links_url, newsletter.name, token),
            sender=f"{sender.name} <{sender.address}>" if sender.name else sender.address,
            site=plan.site_url + "/",
        ),
        from_name=sender.name,
        from_address=sender.address,
        to_address=person.address,
        date=people.now,
        message_id=number,
    )
    return number, message
