"""The ledger of editions: what each one is, what it says, and which articles belong to it.

Nothing here commits.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from newsfeed.model import EditionKind, EditionState, Letter


class EditionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An edition as the ledger knows it; people call it `name`. Datetimes are UTC.

    `not_before` is when it may be released, `recipients_of` the id of the edition whose readers
    it is for. `origin` is its name when it was composed, and `domain` that of its sender then:
    neither ever changes. `language` is its own, in which it is told of and its web copy is; it may
    have letters in others. `own_subject` is "" where the newsletter's pattern makes the subject.
    `revision` counts corrections; `why` says why it is paused. After its canary it waits until
    `canary_until`; `forgiven` failures were seen by whoever let it go on.
    """

    id: int
    newsletter: str
    slug: str
    origin: str
    domain: str
    language: str
    kind: EditionKind
    state: EditionState
    slot: datetime
    not_before: datetime
    intro: str
    own_subject: str
    recipients_of: int | None
    transport: str
    revision: int
    why: str
    composed: datetime
    released: datetime | None
    finished: datetime | None
    canary_until: datetime | None
    forgiven: int

    @property
    def name(self) -> str:
        """`weekly/2026-11-23`."""
        return f"{self.newsletter}/{self.slug}"


class EditionArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article's place in an edition; `listed` ones appear by title only."""

    id: str
    listed: bool = False


class WebCopy(msgspec.Struct, frozen=True, kw_only=True):
    """An edition on the web. `over`: nothing of it is to be delivered any more."""

    id: int
    newsletter: str
    origin: str
    revision: int
    over: bool


def add(
    db: sqlite3.Connection,
    *,
    newsletter: str,
    slug: str,
    origin: str,
    domain: str,
    language: str,
    kind: EditionKind,
    state: EditionState,
    slot: datetime,
    not_before: datetime,
    now: datetime,
    intro: str = "",
    own_subject: str = "",
    recipients_of: int | None = None,
) -> int:
    """Keep a new edition; gives its id. A slug that is taken raises sqlite3.IntegrityError."""
    from newsfeed.store.queries import queries

    touch(db)
    return int(
        queries.add_edition(
            db,
            newsletter=newsletter,
            slug=slug,
            origin=origin,
            domain=domain,
            language=language,
            kind=kind.value,
            state=state.value,
            slot=_seconds(slot),
            not_before=_seconds(not_before),
            intro=intro,
            own_subject=own_subject,
            recipients_of=recipients_of,
            composed=_seconds(now),
        )
    )


def everything(db: sqlite3.Connection) -> list[EditionRecord]:
    """All editions, the newest first."""
    from newsfeed.store.queries import queries

    return [_record(row) for row in queries.all_editions(db)]


def find(db: sqlite3.Connection, name: str) -> EditionRecord | None:
    """The edition that people call `weekly/2026-11-23`."""
    from newsfeed.store.queries import queries

    newsletter, _, slug = name.partition("/")
    row = queries.edition_by_slug(db, newsletter=newsletter, slug=slug)
    return _record(row) if row else None


def get(db: sqlite3.Connection, edition_id: int) -> EditionRecord:
    """The edition with that id, which there is."""
    from newsfeed.store.queries import queries

    return _record(queries.edition_by_id(db, id=edition_id))


def free_slug(
    db: sqlite3.Connection, newsletter: str, wish: str, is_taken: Callable[[str], bool]
) -> str:
    """`wish`, or `wish-2` and so on where it is taken, in the ledger or as `is_taken` knows."""
    from newsfeed.store.queries import queries

    taken = {slug for (slug,) in queries.slugs_like(db, newsletter=newsletter, slug=wish)}
    slug, number = wish, 1
    while slug in taken or is_taken(slug):
        number += 1
        slug = f"{wish}-{number}"
    return slug


def set_state(db: sqlite3.Connection, edition_id: int, state: EditionState, why: str = "") -> None:
    """Hold, ready, pause, resume or cancel an edition."""
    from newsfeed.store.queries import queries

    touch(db)
    queries.set_edition_state(db, id=edition_id, state=state.value, why=why)


def set_released(db: sqlite3.Connection, edition_id: int, now: datetime, transport: str) -> None:
    """Its recipients are fixed."""
    from newsfeed.store.queries import queries

    touch(db)
    queries.set_edition_released(db, id=edition_id, released=_seconds(now), transport=transport)


def set_finished(db: sqlite3.Connection, edition_id: int, now: datetime) -> None:
    """Every delivery is final."""
    from newsfeed.store.queries import queries

    touch(db)
    queries.set_edition_finished(db, id=edition_id, finished=_seconds(now))


def set_unreleased(db: sqlite3.Connection, edition_id: int, state: EditionState) -> None:
    """As before its release: ready, or held."""
    from newsfeed.store.queries import queries

    touch(db)
    queries.set_edition_unreleased(db, id=edition_id, state=state.value)


def set_canary(db: sqlite3.Connection, edition_id: int, until: datetime) -> None:
    """The first letters are out; the others wait until then."""
    from newsfeed.store.queries import queries

    queries.set_edition_canary(db, id=edition_id, canary_until=_seconds(until))


def forgive(db: sqlite3.Connection, edition_id: int, failures: int) -> None:
    """Whoever lets it go on has seen so many failures: they stop it no more."""
    from newsfeed.store.queries import queries

    queries.forgive_edition(db, id=edition_id, forgiven=failures)


def correct(
    db: sqlite3.Connection,
    edition: EditionRecord,
    language: str,
    intro: str,
    own_subject: str,
) -> None:
    """One more correction, after which the edition's own language, words and subject are these."""
    from newsfeed.store.queries import queries

    touch(db)
    queries.set_edition_corrected(
        db,
        id=edition.id,
        revision=edition.revision + 1,
        language=language,
        intro=intro,
        own_subject=own_subject,
    )


def put_letters(db: sqlite3.Connection, edition_id: int, said: Mapping[str, Letter]) -> None:
    """Keep what the edition says, by language, in place of all that it said."""
    from newsfeed.store.queries import queries

    rows = [
        {
            "edition_id": edition_id,
            "language": language,
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
            "web": letter.web,
        }
        for language, letter in said.items()
    ]
    queries.delete_edition_letters(db, edition_id=edition_id)
    queries.put_edition_letter(db, rows)


def own_letter(db: sqlite3.Connection, edition_id: int) -> Letter:
    """What an edition says in its own language."""
    from newsfeed.store.queries import queries

    subject, html, text, web = queries.own_letter(db, edition_id=edition_id)
    return Letter(subject=subject, html=html, text=text, web=web)


def letters(db: sqlite3.Connection, edition_id: int) -> dict[str, Letter]:
    """What an edition says, by language."""
    from newsfeed.store.queries import queries

    return {
        language: Letter(subject=subject, html=html, text=text, web=web)
        for language, subject, html, text, web in queries.edition_letters(db, edition_id=edition_id)
    }


def subjects(db: sqlite3.Connection) -> dict[int, str]:
    """The subject of each edition, in its own language, by its id."""
    from newsfeed.store.queries import queries

    return dict(queries.edition_subjects(db))


def web_copies(db: sqlite3.Connection, now: datetime) -> list[WebCopy]:
    """The editions that everybody may read on the web while their newsletters go."""
    from newsfeed.store.queries import queries

    return [
        WebCopy(id=id_, newsletter=newsletter, origin=origin, revision=revision, over=bool(over))
        for id_, newsletter, origin, revision, over in queries.web_copies(db, now=_seconds(now))
    ]


def take(
    db: sqlite3.Connection,
    newsletter: str,
    edition_id: int | None,
    articles: Iterable[EditionArticle],
) -> None:
    """Record that articles belong to an edition; with None, that they are before all editions.

    One that is taken already raises sqlite3.IntegrityError.
    """
    from newsfeed.store.queries import queries

    rows = [
        {
            "newsletter": newsletter,
            "article_id": article.id,
            "edition_id": edition_id,
            "place": place,
            "listed": int(article.listed),
        }
        for place, article in enumerate(articles)
    ]
    if rows:
        touch(db)
        queries.take_article(db, rows)


def free(db: sqlite3.Connection, edition: EditionRecord) -> None:
    """The edition's articles are new again; after a first digest those from before it, too."""
    from newsfeed.store.queries import queries

    touch(db)
    queries.free_articles(db, edition_id=edition.id)
    queries.free_earlier_articles(db, newsletter=edition.newsletter)


def has_digest(db: sqlite3.Connection, newsletter: str) -> bool:
    """Whether the newsletter had its first digest, in which an article stands."""
    from newsfeed.store.queries import queries

    return bool(queries.has_digest(db, newsletter=newsletter))


def used(db: sqlite3.Connection, newsletter: str) -> dict[str, int | None]:
    """The articles that are in an edition of the newsletter, with its id; None: before its time."""
    from newsfeed.store.queries import queries

    return dict(queries.used_articles(db, newsletter=newsletter))


def articles(db: sqlite3.Connection, edition_id: int) -> list[EditionArticle]:
    """The articles of an edition, in the order shown."""
    from newsfeed.store.queries import queries

    return [
        EditionArticle(id=article_id, listed=bool(listed))
        for article_id, listed in queries.edition_articles(db, edition_id=edition_id)
    ]


def by_article(db: sqlite3.Connection) -> dict[str, list[str]]:
    """The names of the editions that each article is in; nothing for those in none."""
    from newsfeed.store.queries import queries

    found: dict[str, list[str]] = defaultdict(list)
    for article_id, newsletter, slug in queries.articles_editions(db):
        found[article_id].append(f"{newsletter}/{slug}")
    return found


def touch(db: sqlite3.Connection) -> None:
    """Leave a new `revision`: a run that found nothing to do shall look again."""
    from newsfeed.store.queries import queries

    queries.set_revision(db, value=secrets.token_hex(16))


def _record(row: tuple[object, ...]) -> EditionRecord:
    values = dict(zip(EditionRecord.__struct_fields__, row, strict=True))
    return msgspec.convert(
        {
            name: datetime.fromtimestamp(value, UTC)
            if name in _MOMENTS and isinstance(value, int)
            else value
            for name, value in values.items()
        },
        EditionRecord,
    )


_MOMENTS = frozenset({"slot", "not_before", "composed", "released", "finished", "canary_until"})


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
