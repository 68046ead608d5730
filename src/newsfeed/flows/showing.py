"""What would be published and mailed now, for a look: made in memory, nothing recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

import msgspec

from newsfeed.digest.greeting import greeting, shown_name
from newsfeed.digest.lint import Finding
from newsfeed.digest.select import Choice, Selection, choose
from newsfeed.digest.view import GREETING, UNSUBSCRIBE
from newsfeed.digest.words import has_words, words_for
from newsfeed.errors import BodyError, Fault, NewsfeedError
from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import choice_for, next_slot_of, skips_of, zone_of
from newsfeed.flows.letters import (
    compose_letter,
    language_of,
    make_edition,
    sample,
    view_url,
)
from newsfeed.flows.plan import Complaints, Plan
from newsfeed.flows.reading import LINK
from newsfeed.flows.variants import languages_read
from newsfeed.model import Edition, EditionState, Letter
from newsfeed.output.writer import Output
from newsfeed.settings import Newsletter
from newsfeed.store import editions

GMAIL = 102 * 1024
"""Bytes of HTML from which on Gmail cuts a letter (standards E-M-13)."""

_WAITS = (EditionState.HELD, EditionState.READY)
_TRIES = 3
"""How often all is made again because an article turned out to have no body that can be shown."""


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A letter whose own words are in `language`, and all else in `own`; what the lint finds; and
    in `problem` why its message cannot be made, or "".
    """

    language: str
    own: str
    letter: Letter
    findings: tuple[Finding, ...]
    problem: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The next letter of a newsletter, in its own language, in those of its subscribers and in what
    else was asked for; or in `problem` why there is none.

    `slot` is when it is due, None without a schedule; `when` the time that it tells; both aware and
    in the newsletter's zone. `more` counts articles that are listed by title. `is_sample`: nothing
    is new, and the newest articles stand in. `waiting` are editions that have yet to leave.
    """

    newsletter: Newsletter
    language: str
    slot: datetime | None = None
    when: datetime | None = None
    articles: int = 0
    more: int = 0
    is_sample: bool = False
    waiting: tuple[str, ...] = ()
    variants: Mapping[str, Variant] = {}
    problem: str = ""


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment. `outputs` are what the output folder would hold, by path, made when
    they are asked for, and `pictures` the bytes of what letters show; `feeds` the main feed's
    paths; `errors` what is wrong with all of it.
    """

    articles: int
    shown: tuple[Shown, ...]
    outputs: Mapping[str, Output]
    pictures: Mapping[str, bytes]
    feeds: tuple[str, ...]
    errors: tuple[str, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a letter is shown to; `address` is that of the message."""

    address: str
    name: str = ""


class Addressed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as one reader gets it, but that its way to leave leads nowhere."""

    html: str
    text: str
    message: bytes


def glance(
    shop: Workshop, languages: Sequence[str] = (), pictures: Mapping[str, bytes] | None = None
) -> Glance:
    """Look at everything that would be published and mailed now; `languages` are those in which
    letters are wanted besides those that somebody gets. `pictures` are those of an earlier look,
    which are as their names say and need not be made again.

    Raises SourceError where a folder cannot be read, and BodyError for articles that change faster
    than they can be read.
    """
    for _ in range(_TRIES - 1):
        try:
            return _glance(shop, languages, pictures or {})
        except BodyError as error:
            shop.blame(error)
    return _glance(shop, languages, pictures or {})


def _glance(shop: Workshop, languages: Sequence[str], former: Mapping[str, bytes]) -> Glance:
    feeds, outputs, errors = _site(shop)
    shown: list[Shown] = []
    pictures: dict[str, bytes] = {}
    for newsletter in shop.plan.newsletters:
        one, theirs = _shown(shop, newsletter, languages)
        shown.append(one)
        pictures |= {p.path: former.get(p.path) or p.produce() for p in theirs}
    complaints = Complaints.of([*shop.collection.complaints, *shop.remarks])
    return Glance(
        articles=len(shop.collection.articles),
        shown=tuple(shown),
        outputs=outputs,
        pictures=pictures,
        feeds=feeds,
        errors=errors,
        faults=complaints.faults,
        warnings=complaints.warnings,
    )


def _site(shop: Workshop) -> tuple[tuple[str, ...], dict[str, Output], tuple[str, ...]]:
    """The main feed's paths, the output folder's files by path, and what is wrong with these."""
    from newsfeed.flows.outputs import all_outputs

    try:
        feeds, groups = all_outputs(shop.plan, shop.collection, shop.db, shop.seams.now)
    except BodyError:
        raise
    except NewsfeedError as error:
        return (), {}, (str(error),)
    return feeds, {output.path: output for group in groups for output in group}, ()


def _shown(
    shop: Workshop, newsletter: Newsletter, languages: Sequence[str]
) -> tuple[Shown, tuple[Output, ...]]:
    """The next letter, and the images that it shows."""
    language = language_of(shop.plan, newsletter)
    shown = Shown(newsletter=newsletter, language=language, waiting=_waiting(shop, newsletter))
    try:
        slot = next_slot_of(
            newsletter, shop.plan.site.timezone, shop.seams.now, skips_of(newsletter, shop.db)
        )
        choice = choice_for(shop, newsletter)
        is_sample = len(choice.items) < newsletter.min_items
        choice = _as_if_new(shop, newsletter) if is_sample else choice
        zone = zone_of(newsletter, shop.plan.site.timezone)
        shown = msgspec.structs.replace(
            shown,
            slot=slot,
            when=(slot or shop.seams.now).astimezone(zone),
            articles=len(choice.items),
            more=len(choice.more),
            is_sample=is_sample,
        )
        if not choice.items:
            return _without_letter(shown), ()
        return _composed(shop, shown, choice, languages)
    except BodyError:
        raise
    except NewsfeedError as error:
        return msgspec.structs.replace(shown, problem=str(error)), ()


def _waiting(shop: Workshop, newsletter: Newsletter) -> tuple[str, ...]:
    found = editions.everything(shop.db)
    return tuple(
        one.name for one in found if one.newsletter == newsletter.name and one.state in _WAITS
    )


def _as_if_new(shop: Workshop, newsletter: Newsletter) -> Choice:
    """What a first edition would have: the newest articles, whoever got them already."""
    selection = Selection(
        max_items=newsletter.max_items,
        sources=newsletter.sources,
        categories=newsletter.categories,
        tags=newsletter.tags,
        languages=newsletter.languages,
    )
    return choose(shop.collection.articles, selection, first=True)


def _without_letter(shown: Shown) -> Shown:
    problem = (
        f"newsletters.{shown.newsletter.name}: there is no article yet that belongs to it. Write"
        " one, or widen its `sources`, `categories`, `tags` or `languages`"
    )
    return msgspec.structs.replace(shown, problem=problem)


def _composed(
    shop: Workshop, shown: Shown, choice: Choice, languages: Sequence[str]
) -> tuple[Shown, tuple[Output, ...]]:
    """The letter in each language; all show the same images."""
    from newsfeed.flows.bodies import Bodies
    from newsfeed.flows.pictures import Pictures

    assert shown.when is not None  # noqa: S101  # it was set before anything is composed
    newsletter, plan = shown.newsletter, shop.plan
    pictures = Pictures(shop, newsletter)
    bodies = Bodies(plan.folders, shop.collection, pictures)
    variants: dict[str, Variant] = {}
    own = make_edition(plan, newsletter, choice, shown.when, bodies)
    read = languages_read(plan, shop.db, newsletter)
    for language in dict.fromkeys((shown.language, *read, *languages)):
        variants[language] = _variant(plan, newsletter, own, language)
    outputs = pictures.outputs(one.letter for one in variants.values())
    return msgspec.structs.replace(shown, variants=variants), outputs


def _variant(plan: Plan, newsletter: Newsletter, own: Edition, language: str) -> Variant:
    """The letter with its own words in a language; one that we have no words for is looked at as if
    the newsletter were in it.
    """
    from newsfeed.flows.linting import findings

    if language == own.language:
        edition = own
    elif has_words(language):
        edition = msgspec.structs.replace(own, spoken=language)
    else:
        edition = msgspec.structs.replace(own, language=language)
    address = view_url(plan, f"{newsletter.name}/{own.slot:%Y-%m-%d}")
    letter = compose_letter(plan, newsletter, edition, view_url=address)
    problem = ""
    try:
        sample(plan, newsletter, letter, own.slot, language=language)
    except NewsfeedError as error:
        problem = str(error)
    return Variant(
        language=language,
        own=edition.language,
        letter=letter,
        findings=findings(plan, newsletter, letter, view_url=address),
        problem=problem,
    )


def addressed(plan: Plan, shown: Shown, variant: Variant, reader: Reader) -> Addressed:
    """A variant as `reader` gets it; without a message where none can be made of it."""
    letter = variant.letter
    hello = greeting(words_for(variant.language), shown_name(reader.name))
    message = b""
    if not variant.problem and shown.when is not None:
        message = sample(
            plan,
            shown.newsletter,
            letter,
            shown.when,
            to=(reader.address, reader.name),
            language=variant.language,
        )
    return Addressed(
        html=letter.html.replace(GREETING, escape(hello)).replace(UNSUBSCRIBE, "#"),
        text=letter.text.replace(GREETING, hello).replace(UNSUBSCRIBE, LINK),
        message=message,
    )
