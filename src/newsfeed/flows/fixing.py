"""A mistake in an edition that is under way: the same articles, composed again as they are now.

Whoever was served keeps what they got; whoever is claimed from then on gets the new letter.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import msgspec

from newsfeed.digest.select import Choice
from newsfeed.flows.build import Workshop
from newsfeed.flows.composing import OwnWords, compose_choice
from newsfeed.flows.editions import zone_of
from newsfeed.flows.letters import language_of, view_url
from newsfeed.flows.naming import RefusedError, edition_named, newsletter_of, refused
from newsfeed.flows.pictures import keep
from newsfeed.flows.reading import readable
from newsfeed.flows.webcopies import is_public, write_web_copies
from newsfeed.model import DeliveryState, EditionState, Letter
from newsfeed.output.writer import Output
from newsfeed.store import articles as identities
from newsfeed.store import database, deliveries, editions
from newsfeed.store.editions import EditionRecord

_UNSERVED = frozenset(DeliveryState) - {DeliveryState.SENT, DeliveryState.DROPPED}


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """New letters for an edition, not yet recorded, by language, one in its own `language`. `diff`
    are lines of a unified diff of subject and text part of that one: none where it differs in its
    HTML alone, where only others differ, or (`changed`) nothing at all.

    `served` got, or may have got, the old one; `waiting` may get the new one. `pictures` are the
    images that it shows, not yet written.
    """

    edition: EditionRecord
    language: str
    letters: dict[str, Letter]
    words: OwnWords
    diff: tuple[str, ...]
    changed: bool
    served: int
    waiting: int
    pictures: tuple[Output, ...] = ()

    @property
    def letter(self) -> Letter:
        """The new one in its own language."""
        return self.letters[self.language]


class Fixed(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that is recorded. `revision` counts them; `web_copy` is its address, "" where
    the edition has none yet. The numbers are those of the fix.
    """

    edition: str
    state: EditionState
    revision: int
    served: int
    waiting: int
    web_copy: str


def prepare_fix(
    shop: Workshop, name: str, *, intro: str | None = None, subject: str | None = None
) -> Fix:
    """Compose an edition again: its articles in their places, from what they say now.

    `intro` (Markdown) and `subject` replace what the operator said before; "" takes an `intro`
    back, so that the newsletter's own words stand there. Records nothing.
    Raises UsageError, SettingsError, RefusedError, and what composing raises.
    """
    db = shop.db
    edition = _fixable(shop, name)
    newsletter = newsletter_of(shop.plan, edition)
    old = editions.letters(db, edition.id)
    words = OwnWords(
        intro=edition.intro if intro is None else intro,
        subject=edition.own_subject if subject is None else subject,
    )
    choice = _same_choice(shop, edition)
    if not (words.intro or choice.items):
        raise refused(edition, "it has no article, and says nothing without own words", "keep them")
    made = compose_choice(
        shop,
        newsletter,
        choice,
        slot=edition.slot.astimezone(zone_of(newsletter, shop.plan.site.timezone)),
        origin=edition.origin,
        words=words,
        kept=old,
    )
    language = language_of(shop.plan, newsletter)
    return Fix(
        edition=edition,
        language=language,
        letters=made.letters,
        words=words,
        diff=tuple(_difference(old[edition.language], made.letters[language], language)),
        pictures=made.pictures,
        changed=old != made.letters,
        served=deliveries.served(db, edition.id),
        waiting=_waiting(shop, edition),
    )


def apply_fix(shop: Workshop, fix: Fix) -> Fixed:
    """Record a correction and write the web copy anew.

    Raises RefusedError where the edition changed since, ForeignFileError, OutputError.
    """
    db, plan = shop.db, shop.plan
    keep(shop, fix.pictures)
    with database.transaction(db):
        edition = _fixable(shop, fix.edition.name)
        if edition.revision != fix.edition.revision:
            raise RefusedError(
                "somebody else corrected it at the same time; nothing was changed",
                where=edition.name,
                remedy=f"`newsfeed editions fix {edition.name}` shows what is different now",
            )
        editions.put_letters(db, edition.id, fix.letters)
        editions.correct(db, edition, fix.language, fix.words.intro, fix.words.subject)
    write_web_copies(shop)
    public = is_public(db, edition.id, shop.seams.now)
    return Fixed(
        edition=edition.name,
        state=edition.state,
        revision=edition.revision + 1,
        served=deliveries.served(db, edition.id),
        waiting=_waiting(shop, edition),
        web_copy=view_url(plan, edition.origin) if public else "",
    )


def _fixable(shop: Workshop, name: str) -> EditionRecord:
    """The edition, if somebody can still get another letter of it. Raises RefusedError."""
    edition = edition_named(shop.db, name)
    if edition.state is EditionState.CANCELLED:
        remedy = f"`newsfeed editions new {edition.newsletter}` makes another"
        raise refused(edition, "nobody gets it any more", remedy)
    if edition.state is EditionState.SENT and not _waiting(shop, edition):
        remedy = f"send a correction: `newsfeed editions new --to-recipients-of {edition.name}`"
        raise refused(edition, "everybody has it", remedy)
    return edition


def _waiting(shop: Workshop, edition: EditionRecord) -> int:
    """How many may still get the edition: before its release, whoever is to."""
    if edition.released:
        counts = deliveries.counts_of(shop.db, edition.id)
        return sum(number for state, number in counts.items() if state in _UNSERVED)
    return deliveries.expected(shop.db, edition.newsletter, edition.recipients_of)


def _same_choice(shop: Workshop, edition: EditionRecord) -> Choice:
    """The articles that the ledger names, in its order, whatever else is new by now."""
    there = {article.id: article for article in shop.collection.articles}
    places = editions.articles(shop.db, edition.id)
    gone = [place.id for place in places if place.id not in there]
    if gone:
        paths = {one.id: one.path for one in identities.load(shop.db)}
        named = ", ".join(paths.get(one, one) for one in gone)
        are = "is no longer published" if len(gone) == 1 else "are no longer published"
        raise refused(
            edition,
            f"{named} {are}, and the edition was made of it",
            "put it back (`newsfeed articles` says why it is left out), or "
            f"`newsfeed editions cancel {edition.name}`",
        )
    return Choice(
        items=tuple(there[place.id] for place in places if not place.listed),
        more=tuple(there[place.id] for place in places if place.listed),
    )


def _difference(old: Letter, new: Letter, language: str) -> Iterator[str]:
    """Lines of a unified diff of what people read."""
    return difflib.unified_diff(
        [f"Subject: {old.subject}", "", *readable(old.text, language).splitlines()],
        [f"Subject: {new.subject}", "", *readable(new.text, language).splitlines()],
        "before",
        "after",
        lineterm="",
    )
