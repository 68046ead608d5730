"""What a person is to a newsletter, and what an event makes of it. Values in, values out.

    nothing ──requested──▶ pending ──confirmed──▶ active ──left──▶ unsubscribed
       └──────────────────stated──────────────────▲

A suppressed address gets nothing and can be asked nothing, whatever it is to a newsletter. Whoever
left, or was suppressed, comes back by a confirmation of their own only (standards E-D-09): until
then no consent that somebody states for them counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from newsfeed.model import SubscriptionState

BETWEEN_MAILS = timedelta(hours=24)
MOST_MAILS = 3
"""Confirmation mails that one address gets, for ever (standards S-08)."""

MOST_FOR_ONE = 2
"""Mails for one request: a second where the link of the first no longer works."""

PENDING_FOR = timedelta(days=30)
"""How long a request may wait for its confirmation (standards L-C-14)."""


class Event(StrEnum):
    """What can happen to a subscription.

    `requested`: somebody asked for it, and the person has yet to confirm. `requested again` is
    the same, said on purpose of one who left. `stated`: the operator knows of a consent.
    """

    REQUESTED = "requested"
    REQUESTED_AGAIN = "requested again"
    STATED = "stated"
    CONFIRMED = "confirmed"
    LEFT = "left"
    REINSTATED = "reinstated"


class Refusal(StrEnum):
    """Why an event changes nothing."""

    ALREADY = "already so"
    UNKNOWN = "not subscribed"
    LEFT = "the person left"
    SUPPRESSED = "the address is suppressed"
    OWN_WORD = "the person left or was suppressed, and has to confirm"


class Mailing(StrEnum):
    """Whether a confirmation mail may be written, or why not."""

    MAY = "can be mailed"
    RAN_OUT = "can be mailed again: the link of the last mail ran out"
    REWORDED = "can be mailed again: the link of the last mail was for other words"
    ASKED = "was mailed already"
    ASKED_TWICE = "was mailed twice already"
    IMPORTED = "was mailed already, and an import is mailed once"
    TOO_SOON = "got a confirmation mail less than 24 hours ago"
    TOO_MANY = "got 3 confirmation mails, which is the most"
    PUT_OFF = "waits for another try: its server, or a quota, put the mail off"
    GONE = "asked for a newsletter that is not in the settings"

    @property
    def able(self) -> bool:
        """Whether a mail may be written."""
        return self in (Mailing.MAY, Mailing.RAN_OUT, Mailing.REWORDED)


_PENDING = SubscriptionState.PENDING
_ACTIVE = SubscriptionState.ACTIVE
_UNSUBSCRIBED = SubscriptionState.UNSUBSCRIBED

_NEXT: dict[tuple[SubscriptionState | None, Event], SubscriptionState | Refusal] = {
    (None, Event.REQUESTED): _PENDING,
    (None, Event.REQUESTED_AGAIN): _PENDING,
    (None, Event.STATED): _ACTIVE,
    (None, Event.CONFIRMED): Refusal.UNKNOWN,
    (None, Event.LEFT): Refusal.UNKNOWN,
    (None, Event.REINSTATED): Refusal.UNKNOWN,
    (_PENDING, Event.REQUESTED): Refusal.ALREADY,
    (_PENDING, Event.REQUESTED_AGAIN): Refusal.ALREADY,
    (_PENDING, Event.STATED): _ACTIVE,
    (_PENDING, Event.CONFIRMED): _ACTIVE,
    (_PENDING, Event.LEFT): _UNSUBSCRIBED,
    (_PENDING, Event.REINSTATED): _PENDING,
    (_ACTIVE, Event.REQUESTED): Refusal.ALREADY,
    (_ACTIVE, Event.REQUESTED_AGAIN): Refusal.ALREADY,
    (_ACTIVE, Event.STATED): Refusal.ALREADY,
    (_ACTIVE, Event.CONFIRMED): Refusal.ALREADY,
    (_ACTIVE, Event.LEFT): _UNSUBSCRIBED,
    (_ACTIVE, Event.REINSTATED): _PENDING,
    (_UNSUBSCRIBED, Event.REQUESTED): Refusal.LEFT,
    (_UNSUBSCRIBED, Event.REQUESTED_AGAIN): _PENDING,
    (_UNSUBSCRIBED, Event.STATED): Refusal.LEFT,
    (_UNSUBSCRIBED, Event.CONFIRMED): Refusal.LEFT,
    (_UNSUBSCRIBED, Event.LEFT): Refusal.ALREADY,
    (_UNSUBSCRIBED, Event.REINSTATED): Refusal.ALREADY,
}


def after(
    state: SubscriptionState | None, event: Event, *, suppressed: bool, own_word: bool = False
) -> SubscriptionState | Refusal:
    """What the person is after the event, or why the event changes nothing.

    `state` is None where the person is nothing to the newsletter. Leaving is always possible.
    `suppressed` is how it was before a reinstatement, which is refused without. After one, what
    waits for a confirmation waits for a new one. `own_word`: the person left or was suppressed,
    and has confirmed nothing since.
    """
    if suppressed and event not in (Event.LEFT, Event.REINSTATED):
        return Refusal.SUPPRESSED
    if event is Event.REINSTATED and not suppressed:
        return Refusal.ALREADY
    result = _NEXT[state, event]
    if own_word and event is Event.STATED and result is _ACTIVE:
        return Refusal.OWN_WORD
    return result


def is_fresh(issued: datetime, since: datetime) -> bool:
    """Whether a confirmation was issued for the request that waits since `since`, to the second."""
    return int(issued.timestamp()) >= int(since.timestamp())


def mailing(
    mails: int,
    last_mail: datetime | None,
    *,
    asked: int,
    dead: Mailing | None = None,
    imported: bool = False,
    put_off: bool = False,
    now: datetime,
) -> Mailing:
    """Whether somebody who is pending may get a confirmation mail (standards S-08).

    `mails` and `last_mail` are of the address, whatever the newsletter; a last mail far ahead is of
    a clock that was wrong. `asked` counts the mails
    for this request; `dead` is RAN_OUT or REWORDED where the link of the last of them no longer
    works. `imported`: an import made the request, which allows one mail (standards L-C-16).
    `put_off`: a mail did not leave, and is to be tried later.
    """
    if asked and dead is None:
        return Mailing.ASKED
    if asked and imported:
        return Mailing.IMPORTED
    if asked >= MOST_FOR_ONE:
        return Mailing.ASKED_TWICE
    if mails >= MOST_MAILS:
        return Mailing.TOO_MANY
    if last_mail is not None and abs(now - last_mail) < BETWEEN_MAILS:
        return Mailing.TOO_SOON
    if put_off:
        return Mailing.PUT_OFF
    return dead if asked and dead else Mailing.MAY
