"""One confirmation mail: whether somebody may be asked, and the message that asks them."""

from __future__ import annotations

import msgspec

from newsfeed.audience.lifecycle import Mailing, mailing
from newsfeed.audience.tokens import CONFIRM_WITHIN, confirm_token, confirm_url
from newsfeed.audience.wording import Wording, wording_for, wording_of
from newsfeed.flows.asking import Also, asked_too, form_request
from newsfeed.flows.people import People
from newsfeed.model import SubscriptionState
from newsfeed.settings import Newsletter
from newsfeed.store import confirmations, consents, subscribers, suppression
from newsfeed.store.confirmations import Counted
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber, Waiting

FOLDER = "confirm"
"""Where the outbox of a newsletter holds these mails, each by the keyed hash of its address: it is
found even after the person is forgotten.
"""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The mail that asks somebody now: `sender` is the newsletter's address, `message_id` is the
    same whenever the same mail is made. `by_form`: they asked by the web form. It asks for those of
    `also` as well.
    """

    person: Subscriber
    newsletter: Newsletter
    wording: Wording
    also: list[Also]
    by_form: bool
    sender: str
    message_id: str
    message: bytes


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose mail the relay did not take, and why, in words that name nobody."""

    address: str
    why: str


class Mailed(msgspec.Struct, frozen=True, kw_only=True):
    """How many were mailed, and how many could be by a further call. `waiting` are others, whose
    mail was put off before and is not tried yet.

    By SMTP some may be `refused`. After the mail to those `unanswered` the connection was lost:
    they may have it, and it counts. `trouble` says why it ended early; "" if it did not.
    """

    mailed: int
    left: int
    waiting: int = 0
    refused: tuple[Refused, ...] = ()
    unanswered: tuple[str, ...] = ()
    trouble: str = ""


def mailing_of(people: People, one: Waiting) -> Mailing:
    """Whether somebody who waits may be mailed now, or why not."""
    newsletter = people.newsletter(one.newsletter)
    if newsletter is None:
        return Mailing.GONE
    return mailing(
        one.mails,
        one.last_mail,
        asked=one.asked,
        dead=_dead(people, newsletter, one),
        imported=one.imported and not one.by_form,
        put_off=one.due is not None and one.due > people.now,
        now=people.now,
    )


def request_of(people: People, one: Waiting) -> Request | None:
    """The mail for somebody who was found waiting, or None where they may not be mailed any more.

    Another process may have written a mail, and the person may have left, since then: within the
    caller's transaction all is read anew, but for how long a mail was put off. Raises
    SettingsError, OutputError.
    """
    newsletter = people.newsletter(one.newsletter)
    still = _reread(people, one)
    if newsletter is None or still is None or not mailing_of(people, still).able:
        return None
    return _request(people, newsletter, still)


def count(people: People, request: Request) -> Counted:
    """Record that somebody is asked, for what and with which words, and count it as one mail. The
    caller commits.
    """
    person = request.person
    for one in request.also:
        by_form = msgspec.structs.replace(request, by_form=True)
        consents.record(people.db, person.id, _mailed(people, by_form, one.name, one.wording))
    consent = _mailed(people, request, request.newsletter.name, request.wording)
    return confirmations.count(people.db, person.id, person.address_hash, consent)


def _mailed(people: People, request: Request, newsletter: str, wording: Wording) -> Consent:
    consents.keep_wording(people.db, wording.version, wording.language, wording.consent)
    return Consent(
        event="mailed",
        at=people.now,
        newsletter=newsletter,
        way="form" if request.by_form else "command",
        wording=wording.version,
        message_id=request.message_id,
    )


def _dead(people: People, newsletter: Newsletter, one: Waiting) -> Mailing | None:
    """Why the link of the last mail for this request no longer works; None where it does."""
    if one.asked_last is None:
        return None
    if wording_of(one.wording, newsletter.title) is None:
        return Mailing.REWORDED
    return Mailing.RAN_OUT if abs(people.now - one.asked_last) > CONFIRM_WITHIN else None


def _reread(people: People, one: Waiting) -> Waiting | None:
    """The same person as they wait now, or None where they do not."""
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
        by_form=any(c.event == "requested" and c.way == "form" for c in of_this),
    )


def _request(people: People, newsletter: Newsletter, one: Waiting) -> Request:
    """The mail to somebody who waits, in the language of the form, or else the one they read."""
    from newsfeed.digest.notice import build_notice
    from newsfeed.flows.editions import sender_of
    from newsfeed.flows.letters import message_id

    person = one.subscriber
    wording = _wording(people, newsletter, person)
    also = asked_too(
        people, newsletter.name, person.public_id, by=people.now, language=wording.language
    )
    sender = sender_of(newsletter)
    domain = sender.address.rpartition("@")[2]
    number = message_id(f"{newsletter.name}/{FOLDER}", person.public_id, one.mails, domain)
    text, page = _said(people, newsletter, person, wording, also)
    message = build_notice(
        wording.subject,
        text,
        html=page,
        from_name=sender.name,
        from_address=sender.address,
        to_address=person.address,
        date=people.now,
        message_id=number,
    )
    return Request(
        person=person,
        newsletter=newsletter,
        wording=wording,
        also=also,
        by_form=one.by_form,
        sender=sender.address,
        message_id=number,
        message=message,
    )


def _wording(people: People, newsletter: Newsletter, person: Subscriber) -> Wording:
    waiting = subscribers.subscription(people.db, person.id, newsletter.name)
    asked = form_request(people, person, waiting) if waiting else None
    shown = wording_of(asked.wording, newsletter.title) if asked else None
    language = person.language or newsletter.language or people.plan.site.language
    return shown or wording_for(language).titled(newsletter.title)


def _said(
    people: People,
    newsletter: Newsletter,
    person: Subscriber,
    wording: Wording,
    also: list[Also],
) -> tuple[str, str]:
    """Text and HTML of the mail, with the link that confirms."""
    from newsfeed.digest.notice_page import LINK
    from newsfeed.flows.editions import sender_of
    from newsfeed.flows.noticing import both_parts

    plan, sender = people.plan, sender_of(newsletter)
    link = confirm_url(
        plan.links_url,
        newsletter.name,
        confirm_token(people.keys, newsletter.name, person.public_id, wording.version, people.now),
    )
    return both_parts(
        plan,
        newsletter,
        template="confirm",
        language=wording.language,
        subject=wording.subject,
        text=wording.letter(
            link=LINK,
            sender=f"{sender.name} <{sender.address}>" if sender.name else sender.address,
            site=plan.site_url + "/",
            others=[one.title for one in also],
        ),
        link=link,
        action=wording.action,
    )
