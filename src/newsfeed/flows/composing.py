"""A choice of articles -> a draft: an edition that is complete but not yet in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

import msgspec

from newsfeed.digest.select import Choice
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import sender_of, zone_of
from newsfeed.flows.letters import language_of, make_edition, view_url
from newsfeed.flows.pictures import Pictures
from newsfeed.flows.plan import Plan
from newsfeed.flows.variants import compose_variants, languages_read
from newsfeed.flows.webcopies import web_path
from newsfeed.model import Article, EditionKind, EditionState, Letter
from newsfeed.output.writer import Output
from newsfeed.settings import Newsletter
from newsfeed.store import editions
from newsfeed.store.editions import EditionArticle


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An edition before it is recorded. `slot` and `not_before` are aware; `origin` is its name in
    its links for good, `domain` the sender's. `before` are articles that a first edition passes
    over; `letters` are what it says by language, one in its own `language`; `size` is that of the
    largest message, in bytes; `pictures` are to be kept before it is recorded.
    """

    newsletter: str
    kind: EditionKind
    slug: str
    origin: str
    domain: str
    slot: datetime
    not_before: datetime
    state: EditionState
    language: str
    letters: dict[str, Letter]
    size: int
    articles: tuple[EditionArticle, ...]
    before: tuple[EditionArticle, ...] = ()
    titles: tuple[str, ...] = ()
    intro: str = ""
    own_subject: str = ""
    recipients_of: int | None = None
    pictures: tuple[Output, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def letter(self) -> Letter:
        """What it says in its own language."""
        return self.letters[self.language]


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """Letters by language, the bytes of the largest message, and the images that they show, not yet
    written; `warnings` are lines of the lint for the operator.
    """

    letters: dict[str, Letter]
    size: int
    pictures: tuple[Output, ...]
    warnings: tuple[str, ...]


class OwnWords(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator writes into a special edition: Markdown, a subject, and when it leaves."""

    intro: str = ""
    subject: str = ""
    not_before: datetime | None = None
    recipients_of: int | None = None


def draft(
    shop: Workshop,
    newsletter: Newsletter,
    choice: Choice,
    *,
    kind: EditionKind,
    slot: datetime,
    words: OwnWords | None = None,
) -> Draft:
    """Compose the edition of a choice. Records nothing.

    Raises BodyError, TemplateError, SettingsError, OutputError.
    """
    own = words or OwnWords()
    plan = shop.plan
    local = slot.astimezone(zone_of(newsletter, plan.site.timezone))
    wish = f"{local:%Y-%m-%d}"
    slug = editions.free_slug(
        shop.db, newsletter.name, wish, partial(_has_traces, plan, newsletter)
    )
    origin = f"{newsletter.name}/{slug}"
    made = compose_choice(shop, newsletter, choice, slot=local, origin=origin, words=own)
    return Draft(
        newsletter=newsletter.name,
        kind=kind,
        slug=slug,
        origin=origin,
        domain=sender_of(newsletter).address.rpartition("@")[2],
        slot=slot,
        not_before=own.not_before or min(slot, shop.seams.now),
        state=EditionState.HELD if newsletter.approval == "manual" else EditionState.READY,
        language=language_of(plan, newsletter),
        letters=made.letters,
        size=made.size,
        pictures=made.pictures,
        warnings=made.warnings,
        articles=_articles(choice.items) + _articles(choice.more, listed=True),
        before=_articles(choice.before),
        titles=tuple(article.title for article in (*choice.items, *choice.more)),
        intro=own.intro,
        own_subject=own.subject,
        recipients_of=own.recipients_of,
    )


def compose_choice(
    shop: Workshop,
    newsletter: Newsletter,
    choice: Choice,
    *,
    slot: datetime,
    origin: str,
    words: OwnWords,
    kept: Iterable[str] = (),
) -> Composed:
    """The letters of a choice, which passed the lint and the gate: one in the newsletter's own
    language, and one in each that its subscribers read now, or that it is to be `kept` in.

    `slot` is in the zone of the newsletter's readers, `origin` the edition's name for good.
    Raises as `draft`.
    """
    pictures = Pictures(shop, newsletter)
    bodies = Bodies(shop.plan.folders, shop.collection, pictures)
    edition = make_edition(
        shop.plan, newsletter, choice, slot, bodies, intro=words.intro, line=words.subject
    )
    made = compose_variants(
        shop.plan,
        newsletter,
        edition,
        languages_read(shop.plan, shop.db, newsletter, kept),
        view_url=view_url(shop.plan, origin),
    )
    return Composed(
        letters=made.letters,
        size=made.size,
        pictures=pictures.outputs(made.letters.values()),
        warnings=made.warnings,
    )


def record(shop: Workshop, one: Draft) -> int:
    """Put a draft into the ledger; gives its id. The caller's transaction holds the store."""
    db = shop.db
    shop.remember()
    edition_id = editions.add(
        db,
        newsletter=one.newsletter,
        slug=one.slug,
        origin=one.origin,
        domain=one.domain,
        language=one.language,
        kind=one.kind,
        state=one.state,
        slot=one.slot,
        not_before=one.not_before,
        now=shop.seams.now,
        intro=one.intro,
        own_subject=one.own_subject,
        recipients_of=one.recipients_of,
    )
    editions.put_letters(db, edition_id, one.letters)
    editions.take(db, one.newsletter, edition_id, one.articles)
    editions.take(db, one.newsletter, None, one.before)
    return edition_id


def _has_traces(plan: Plan, newsletter: Newsletter, slug: str) -> bool:
    """Whether letters or a web copy of such an edition are there: the store may have been restored
    from a time before it.
    """
    origin = f"{newsletter.name}/{slug}"
    return (plan.outbox / origin).exists() or (plan.output / web_path(origin)).exists()


def _articles(found: Sequence[Article], *, listed: bool = False) -> tuple[EditionArticle, ...]:
    return tuple(EditionArticle(id=article.id, listed=listed) for article in found)
