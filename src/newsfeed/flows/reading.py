"""The ledger of editions for people: a line of each, or all that there is of one."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.digest.greeting import ShownName, greeting
from newsfeed.digest.view import GREETING, UNSUBSCRIBE
from newsfeed.digest.words import words_for
from newsfeed.flows.editions import zone_of
from newsfeed.flows.letters import view_url
from newsfeed.flows.naming import edition_named
from newsfeed.flows.pausing import known_newsletter
from newsfeed.flows.people import People
from newsfeed.flows.webcopies import is_public
from newsfeed.model import DeliveryState, EditionKind, EditionState
from newsfeed.store import articles as identities
from newsfeed.store import deliveries, editions
from newsfeed.store.editions import EditionRecord

_OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
LINK = "(the link of the one who reads it)"
"""Stands in a text for the way to leave."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An edition in short. `slot` and `not_before` are aware, in the newsletter's zone; `left`
    letters are to be delivered. `why` says why it is paused.
    """

    edition: str
    state: EditionState
    why: str
    kind: EditionKind
    slot: datetime
    not_before: datetime
    subject: str
    recipients: int
    sent: int
    left: int


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An article of an edition. `path` is where it was last, "" where the store forgot it."""

    id: str
    path: str
    listed: bool


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about an edition. Datetimes are aware, in the newsletter's zone.

    `recipients_of` is the edition whose readers it is for, "" for all; `languages` are those it is
    in, its own first, in which `text` and `html` are; `counts` are the letters
    in each state; `text` and `html` what it says, with nobody's name and nobody's link.
    """

    line: Line
    revision: int
    recipients_of: str
    languages: tuple[str, ...]
    transport: str
    composed: datetime
    released: datetime | None
    finished: datetime | None
    counts: dict[DeliveryState, int]
    articles: tuple[Shown, ...]
    web_copy: str
    intro: str
    text: str
    html: str


def listed(people: People, newsletter: str = "") -> list[Line]:
    """Every edition, or those of a newsletter, the newest first.

    Raises UsageError for a newsletter that nobody knows.
    """
    db = people.db
    if newsletter:
        known_newsletter(people, newsletter)
    subjects, counts = editions.subjects(db), deliveries.counts(db)
    return [
        _line(people, edition, subjects[edition.id], counts.get(edition.id, {}))
        for edition in editions.everything(db)
        if newsletter in ("", edition.newsletter)
    ]


def shown(people: People, name: str) -> Whole:
    """All that there is of an edition. Raises UsageError for a name that there is not."""
    db = people.db
    edition = edition_named(db, name)
    zone = _zone(people, edition)
    said = editions.letters(db, edition.id)
    own, letter = edition.language, said[edition.language]
    counts = deliveries.counts_of(db, edition.id)
    paths = {one.id: one.path for one in identities.load(db)}
    public = is_public(db, edition.id, people.now)
    other = edition.recipients_of
    return Whole(
        line=_line(people, edition, letter.subject, counts),
        revision=edition.revision,
        recipients_of=editions.get(db, other).name if other is not None else "",
        languages=(own, *(language for language in said if language != own)),
        transport=edition.transport,
        composed=edition.composed.astimezone(zone),
        released=edition.released and edition.released.astimezone(zone),
        finished=edition.finished and edition.finished.astimezone(zone),
        counts=counts,
        articles=tuple(
            Shown(id=one.id, path=paths.get(one.id, ""), listed=one.listed)
            for one in editions.articles(db, edition.id)
        ),
        web_copy=view_url(people.plan, edition.origin) if public else "",
        intro=edition.intro,
        text=readable(letter.text, own),
        html=readable_html(letter.html, own),
    )


def readable(letter: str, language: str) -> str:
    """The text part of a letter as nobody in particular would read it."""
    return letter.replace(GREETING, _greeting(language)).replace(UNSUBSCRIBE, LINK)


def readable_html(letter: str, language: str) -> str:
    """The HTML part likewise; its link to leave by leads nowhere."""
    return letter.replace(GREETING, escape(_greeting(language))).replace(UNSUBSCRIBE, "#")


def _greeting(language: str) -> str:
    return greeting(words_for(language), ShownName(""))


def _line(
    people: People, edition: EditionRecord, subject: str, counts: dict[DeliveryState, int]
) -> Line:
    zone = _zone(people, edition)
    over = edition.state in (EditionState.SENT, EditionState.CANCELLED)
    return Line(
        edition=edition.name,
        state=edition.state,
        why=edition.why,
        kind=edition.kind,
        slot=edition.slot.astimezone(zone),
        not_before=edition.not_before.astimezone(zone),
        subject=subject,
        recipients=sum(counts.values()),
        sent=counts.get(DeliveryState.SENT, 0),
        left=0 if over else sum(counts.get(state, 0) for state in _OPEN),
    )


def _zone(people: People, edition: EditionRecord) -> ZoneInfo:
    settings, site_zone = people.newsletter(edition.newsletter), people.plan.site.timezone
    return zone_of(settings, site_zone) if settings else ZoneInfo(site_zone)
