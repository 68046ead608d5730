"""Somebody asks by the web: for newsletters, or for a link to their preferences.

Whoever asks may be a stranger: nobody gets a letter by it, and an address gets few mails, whatever
is asked in its name (standards S-08). Nothing here is answered to them (S-09).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from newsfeed.address import Address
from newsfeed.audience.evidence import cut_agent, cut_ip
from newsfeed.audience.keys import address_hash
from newsfeed.audience.lifecycle import BETWEEN_MAILS, MOST_MAILS, Event, Refusal, after, is_fresh
from newsfeed.audience.tokens import Confirmation, new_public_id
from newsfeed.audience.wording import Wording, wording_for
from newsfeed.flows.notice_queue import enqueue
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Confirmed, Visitor, begin, confirm_within
from newsfeed.model import SubscriptionState
from newsfeed.store import consents, database, newsletters, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber, Subscription


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a form was sent with: `newsletters` by name, and the `language` that it was shown in.

    `form` is its address; the visitor's way is "form".
    """

    address: Address
    newsletters: tuple[str, ...]
    language: str
    form: str
    visitor: Visitor


class Also(msgspec.Struct, frozen=True, kw_only=True):
    """Another newsletter that somebody asked for, and what they agree to by confirming it."""

    name: str
    title: str
    wording: Wording


class Asked(StrEnum):
    """What there is to do now; never told to whoever asked."""

    CONFIRMATION = "a confirmation mail may be due"
    NOTICE = "a notice is due"
    NOTHING = "nothing"


def ask(people: People, said: Ask) -> Asked:
    """Note what somebody asked for, if anything may come of it.

    A suppressed address is left alone. Whoever left is asked again: the owner of the address
    alone can say yes. Whoever has all that was asked for is told so by mail, once a day.
    """
    db, now = people.db, people.now
    number = address_hash(people.keys, said.address.key)
    with database.transaction(db):
        if suppression.reason(db, number):
            return Asked.NOTHING
        names = _offered(people, said.newsletters)
        person = subscribers.find(db, number)
        if person is None and names:
            person = subscribers.add(
                db,
                public_id=new_public_id(),
                address_hash=number,
                address=said.address.address,
                name="",
                language=said.language,
                now=now,
            )
        if person is None:
            return Asked.NOTHING
        found = {name: subscribers.subscription(db, person.id, name) for name in names}
        active = [name for name in names if _is_active(found[name])]
        for name in names:
            if name not in active:
                _request(people, said, person, name, found[name])
        if len(active) < len(names):
            return Asked.CONFIRMATION
        if active and enqueue(
            db,
            kind="already",
            subscriber_id=person.id,
            newsletter=active[0],
            language=said.language,
            now=now,
        ):
            return Asked.NOTICE
    return Asked.NOTHING


def ask_for_preferences(people: People, address: Address, language: str = "") -> Asked:
    """A link to their preferences for somebody who gets a newsletter, once an hour at most; in the
    language of the form that they asked by, "" for their own.

    Nobody else is mailed: an address that never confirmed may be a stranger's.
    """
    db = people.db
    number = address_hash(people.keys, address.key)
    with database.transaction(db):
        person = subscribers.find(db, number)
        if person is None or suppression.reason(db, number):
            return Asked.NOTHING
        if not any(map(_is_active, subscribers.subscriptions(db, person.id))):
            return Asked.NOTHING
        if enqueue(
            db,
            kind="preferences",
            subscriber_id=person.id,
            newsletter="",
            language=language,
            now=people.now,
        ):
            return Asked.NOTICE
    return Asked.NOTHING


def asked_too(
    people: People, newsletter: str, public_id: str, *, by: datetime, language: str
) -> list[Also]:
    """The other newsletters that the person of a link to confirm had asked for by the form when the
    link was made; what is agreed to is in `language`.

    One mail and one click are enough for whoever ticked two: each was agreed to by itself in the
    form (standards L-C-05), and the link proves that the mailbox is theirs. What somebody asked
    for later is in no mail that they read.
    """
    db = people.db
    name = newsletters.current_name(db, newsletter)
    person = subscribers.by_public_id(db, public_id)
    if person is None or suppression.reason(db, person.address_hash):
        return []
    found = []
    for one in people.plan.newsletters:
        waiting = subscribers.subscription(db, person.id, one.name)
        if one.name == name or waiting is None or waiting.state is not SubscriptionState.PENDING:
            continue
        request = form_request(people, person, waiting)
        if request is not None and is_fresh(by, request.at):
            wording = wording_for(language).titled(one.title)
            found.append(Also(name=one.name, title=one.title, wording=wording))
    return found


def confirm_all(
    people: People, newsletter: str, said: Confirmation, visitor: Visitor, language: str
) -> tuple[Confirmed, list[Also]]:
    """The person of a link says yes, and with it to those of `asked_too`, which are given too: all
    of it, or nothing. `language` is that of the page that they saw.
    """
    db = people.db
    with database.transaction(db):
        outcome = confirm_within(people, newsletter, said, visitor)
        person = subscribers.by_public_id(db, said.public_id)
        if outcome is Confirmed.DEAD or person is None:
            return outcome, []
        also = asked_too(people, newsletter, said.public_id, by=said.issued, language=language)
        for one in also:
            begin(people, person, one.name, one.wording, visitor)
    return outcome, also


def form_request(people: People, person: Subscriber, waiting: Subscription) -> Consent | None:
    """The newest form that asked for what waits; None where none did."""
    for one in reversed(_of_this(people, person, waiting)):
        if one.event == "requested" and one.way == "form":
            return one
    return None


def _offered(people: People, names: tuple[str, ...]) -> list[str]:
    """Those of the names that are in the settings, in their order and by their present name."""
    current = {newsletters.current_name(people.db, name) for name in names}
    return [one.name for one in people.plan.newsletters if one.name in current]


def _is_active(found: Subscription | None) -> bool:
    return found is not None and found.state is SubscriptionState.ACTIVE


def _request(
    people: People, said: Ask, person: Subscriber, name: str, found: Subscription | None
) -> None:
    """One newsletter waits for the person's confirmation from now on.

    Where it waits already and a mail can be written now, the request begins anew: its link may be
    lost. Where none can, the link that was sent goes on to work.
    """
    db, now = people.db, people.now
    state = after(found.state if found else None, Event.REQUESTED_AGAIN, suppressed=False)
    again = suppression.own_word_only(db, person.address_hash) or (
        found is not None and (found.asked_again or found.state is SubscriptionState.UNSUBSCRIBED)
    )
    if not isinstance(state, Refusal):
        subscribers.put_subscription(db, person.id, name, state, now, asked_again=again)
    elif found is not None:
        mailed = any(c.event == "mailed" for c in _of_this(people, person, found))
        if mailed and _may_be_mailed(people, person):
            subscribers.put_subscription(db, person.id, name, found.state, now, asked_again=again)
        elif form_request(people, person, found):
            return  # it waits for its mail, or its mail is with them
    _record(people, said, person, name)


def _of_this(people: People, person: Subscriber, found: Subscription) -> list[Consent]:
    """What is on record of a request that waits."""
    return [
        one
        for one in consents.of(people.db, person.id)
        if one.newsletter == found.newsletter and one.at >= found.since
    ]


def _may_be_mailed(people: People, person: Subscriber) -> bool:
    mails, last = consents.mails(people.db, person.address_hash)
    return mails < MOST_MAILS and (last is None or abs(people.now - last) >= BETWEEN_MAILS)


def _record(people: People, said: Ask, person: Subscriber, name: str) -> None:
    """The proof of what was asked for, and in which words (standards L-C-04)."""
    newsletter = people.newsletter(name)
    title = newsletter.title if newsletter else name
    wording = wording_for(said.language).titled(title)
    consents.keep_wording(people.db, wording.version, wording.language, wording.consent)
    consent = Consent(
        event="requested",
        at=people.now,
        newsletter=name,
        way=said.visitor.way,
        source=said.form,
        wording=wording.version,
        ip=cut_ip(said.visitor.ip),
        user_agent=cut_agent(said.visitor.user_agent),
    )
    consents.record(people.db, person.id, consent)
