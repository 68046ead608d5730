"""One mail to a subscriber that is no edition: whether it still is to be sent, and the message."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from newsfeed.audience.notice_words import KINDS, Facts, NoticeWords, Told, notice_words
from newsfeed.audience.tokens import (
    leave_token,
    leave_url,
    preferences_token,
    preferences_url,
)
from newsfeed.errors import NewsfeedError
from newsfeed.flows.people import People
from newsfeed.model import SubscriptionState
from newsfeed.settings import Newsletter
from newsfeed.store import consents, newsletters, notice_mails, subscribers, suppression
from newsfeed.store.consents import Consent, Event
from newsfeed.store.notice_mails import Notice
from newsfeed.store.subscribers import Subscriber
from newsfeed.text import one_line

FOLDER = "notices"
"""Where the outbox of a newsletter holds these mails, by the keyed hash of their address."""

_BOUNDS = {"already": timedelta(days=1), "preferences": timedelta(hours=1)}
"""How long an address that got a mail of a kind gets no other (standards S-08, S-09)."""

_LATE = {
    "welcome": timedelta(days=2),
    "already": timedelta(days=2),
    "preferences": timedelta(days=1),
}
"""After what time an answer to somebody who asked is of no use, such as after a restore."""

_SHORT = 36
"""Cells of a newsletter's title in a subject, so that the whole has at most 60 (E-M-11)."""

_PROOF: dict[str, Event] = {"confirmed": "told", "left": "told", "renewal": "renewed"}
"""What stands on record of a person by a mail of a kind (standards L-K-08, L-K-09)."""

_TEMPLATES = {"welcome": "welcome", "confirmed": "welcome", "left": "goodbye", "renewal": "consent"}
"""What shows a mail of a kind; others have the template `notice`."""

_LAWFUL = frozenset(_PROOF)
"""Kinds that only newsletters with `commercial = true` send."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that may leave now. `proof` is what is on record when it did, if anything is.
    `message_id` is the same at each try.
    """

    notice: Notice
    person: Subscriber
    newsletter: Newsletter
    sender: str
    message: bytes
    proof: Consent | None


class NotSentError(NewsfeedError):
    """A mail is not sent, now or ever, since it would say what is not so or what is known."""


def file_name(notice: Notice, address_hash: str) -> str:
    """What a mail's file is called, so that it is found even after the person is forgotten."""
    return f"{address_hash}-{notice.kind}"


def file_names(address_hash: str) -> set[str]:
    """What files to an address can be called."""
    return {f"{address_hash}-{kind}" for kind in KINDS}


def ready(people: People, notice: Notice) -> Ready:
    """The mail as it leaves now. Raises NotSentError, and what building a message raises."""
    person = notice_mails.recipient(people.db, notice)
    newsletter = newsletter_of(people, notice)
    if person is None or newsletter is None or notice.kind not in KINDS:
        raise NotSentError("there is no such person, newsletter or mail")
    _refuse(people, notice, person, newsletter)
    return _ready(people, notice, person, newsletter)


def count(people: People, one: Ready, reply: str = "") -> None:
    """Record that a mail leaves now. The caller commits."""
    notice_mails.finish(people.db, one.notice.id, people.now, reply)
    if one.proof:
        consents.record(people.db, one.person.id, one.proof)


def newsletter_of(people: People, notice: Notice) -> Newsletter | None:
    """The newsletter that a mail is about; the first one where it concerns all."""
    if not notice.newsletter:
        return next(iter(people.plan.newsletters), None)
    return people.newsletter(newsletters.current_name(people.db, notice.newsletter))


def _refuse(people: People, notice: Notice, person: Subscriber, newsletter: Newsletter) -> None:
    """Raise NotSentError where a mail is not to be sent any more."""
    if suppression.reason(people.db, person.address_hash):
        raise NotSentError("the address is suppressed")
    if notice.kind in _LAWFUL and not newsletter.commercial:
        raise NotSentError("the newsletter is not commercial any more")
    if notice.kind == "welcome" and not newsletter.welcome:
        raise NotSentError("the newsletter welcomes nobody any more")
    bound = _BOUNDS.get(notice.kind)
    times = notice_mails.others(people.db, notice) if bound else ()
    if any(abs(people.now - time) < bound for time in times if bound):
        raise NotSentError("the address got such a mail a while ago")
    late = _LATE.get(notice.kind)
    if late and people.now - notice.at > late:
        raise NotSentError("it is too late for an answer")
    if not notice.newsletter:
        return
    found = subscribers.subscription(people.db, person.id, newsletter.name)
    is_active = found is not None and found.state is SubscriptionState.ACTIVE
    if notice.kind == "left" and is_active:
        raise NotSentError("the person has come back")
    if notice.kind in ("welcome", "confirmed", "renewal", "already") and not is_active:
        raise NotSentError("the person has left")


def _ready(people: People, notice: Notice, person: Subscriber, newsletter: Newsletter) -> Ready:
    from newsfeed.digest.notice import build_notice
    from newsfeed.flows.editions import sender_of
    from newsfeed.flows.letters import message_id, refuse_flaws
    from newsfeed.flows.noticing import both_parts

    sender = sender_of(newsletter)
    language = notice.language or person.language or newsletter.language
    words = notice_words(language or people.plan.site.language)
    told = _told(people, notice, person, newsletter, words)
    text, page = both_parts(
        people.plan,
        newsletter,
        template=_TEMPLATES.get(notice.kind, "notice"),
        language=words.language,
        subject=told.subject,
        text=told.text,
        link=_link(people, notice, person, newsletter),
        action=words.action,
    )
    number = message_id(
        f"{newsletter.name}/{FOLDER}/{notice.kind} {int(notice.at.timestamp())}",
        person.public_id,
        notice.id,
        sender.address.rpartition("@")[2],
    )
    message = build_notice(
        told.subject,
        text,
        html=page,
        from_name=sender.name,
        from_address=sender.address,
        to_address=person.address,
        date=people.now,
        message_id=number,
    )
    refuse_flaws(message, newsletter.name)
    event = _PROOF.get(notice.kind)
    return Ready(
        notice=notice,
        person=person,
        newsletter=newsletter,
        sender=sender.address,
        message=message,
        proof=Consent(
            event=event, at=people.now, newsletter=newsletter.name, way="mail", message_id=number
        )
        if event
        else None,
    )


def _told(
    people: People,
    notice: Notice,
    person: Subscriber,
    newsletter: Newsletter,
    words: NoticeWords,
) -> Told:
    """What the mail says, with LINK for the link."""
    from newsfeed.digest.cells import cut
    from newsfeed.digest.notice_page import LINK
    from newsfeed.digest.words import words_for, written_date
    from newsfeed.flows.editions import sender_of, zone_of

    plan = people.plan
    title = one_line(newsletter.title if notice.newsletter else plan.site.title)
    sender = sender_of(newsletter)
    moment = notice.at
    if notice.kind == "renewal":
        given = notice_mails.consent_given(people.db, person.id, newsletter.name)
        if given is None:
            raise NotSentError("it is not known when the person agreed")
        moment = given
    return words.notice(
        notice.kind,
        Facts(
            title=title,
            short=cut(title, _SHORT),
            sender=f"{sender.name} <{sender.address}>" if sender.name else sender.address,
            site=f"{plan.site_url}/",
            date=written_date(
                moment.astimezone(zone_of(newsletter, plan.site.timezone)),
                words_for(words.language),
            ),
            link=LINK,
        ),
    )


def _link(people: People, notice: Notice, person: Subscriber, newsletter: Newsletter) -> str:
    plan = people.plan
    if notice.kind == "preferences":
        token = preferences_token(people.keys, person.public_id, people.now)
        return preferences_url(plan.links_url, token)
    return _leave_link(people, newsletter, person)


def _leave_link(people: People, newsletter: Newsletter, person: Subscriber) -> str:
    """How a person leaves a newsletter, as its letters have it."""
    from newsfeed.flows.editions import sender_of

    token = leave_token(people.keys, newsletter.name, person.public_id)
    if people.plan.mail.unsubscribe == "https":
        return leave_url(people.plan.links_url, newsletter.name, token)
    return f"mailto:{sender_of(newsletter).address}?subject=unsubscribe%20{token}"
