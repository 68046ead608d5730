"""Editions of the operator's own making: special ones, and corrections of what was sent."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import normalize
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.digest.select import Choice
from newsfeed.errors import StoreError, UsageError
from newsfeed.flows.build import Workshop
from newsfeed.flows.composing import Draft, OwnWords, draft, record
from newsfeed.flows.editions import zone_of
from newsfeed.flows.naming import RefusedError, edition_named, newsletter_of, refused, standstill
from newsfeed.flows.pictures import keep
from newsfeed.flows.reading import readable
from newsfeed.flows.renaming import refuse_former_names
from newsfeed.model import Article, EditionKind, EditionState
from newsfeed.settings import Newsletter
from newsfeed.store import database, deliveries, editions
from newsfeed.store.editions import EditionRecord
from newsfeed.urls import ascii_url

_ATTEMPTS = 5
_DAY = re.compile(r"[0-9W-]+")
"""A day alone is no time: midnight is hardly meant."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """An edition that was made, or in a dry run would be.

    `not_before` is aware, in the newsletter's zone; `recipients` are those of now, who are counted
    again at the release; `size` is that of one message, in bytes. `standstill` says why nothing of
    the newsletter is delivered, and what ends that, or "".
    """

    edition: str
    kind: EditionKind
    state: EditionState
    not_before: datetime
    subject: str
    articles: tuple[str, ...]
    recipients: int
    size: int
    text: str
    standstill: str


def leaving_time(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant (UTC) that `--at` means: `2026-11-28 09:00` in `zone`, or an ISO 8601 time with
    an offset. Raises UsageError for another form and for the past.
    """
    word = text.strip()
    try:
        local = datetime.fromisoformat("" if _DAY.fullmatch(word) else word)
        local = local if local.tzinfo else local.replace(tzinfo=zone)
        found = local.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise UsageError(
            f"`{text}` is not a day and a time",
            where="--at",
            remedy="write `2026-11-28 09:00`, or `2026-11-28T09:00+09:00`",
        ) from None
    if found <= now:
        raise UsageError(
            f"{found.astimezone(zone):%Y-%m-%d %H:%M %Z} is past",
            where="--at",
            remedy="leave it out, and the next run delivers it",
        )
    return found


def special(
    shop: Workshop,
    newsletter: Newsletter,
    words: OwnWords,
    articles: Sequence[str] = (),
    *,
    dry_run: bool = False,
) -> Made:
    """Make an edition of own words, and of articles that are named by id, address or path.

    It is for a newsletter's active subscribers, and ready at once, or held for approval. An
    article belongs to one edition only (guarantee 2). With `dry_run` nothing is recorded.
    Raises UsageError, RefusedError, SettingsError for a newsletter with another's former name,
    and what composing raises.
    """
    return _made(shop, newsletter, words, EditionKind.SPECIAL, articles, dry_run=dry_run)


def correction(shop: Workshop, name: str, words: OwnWords, *, dry_run: bool = False) -> Made:
    """Make an edition for those who got another one, or may have, and who are still active.

    Raises UsageError, SettingsError, RefusedError, and what composing raises.
    """
    edition, newsletter = corrected(shop, name)
    if not deliveries.served(shop.db, edition.id):
        raise refused(edition, "nobody got it", _instead(edition))
    words = msgspec.structs.replace(words, recipients_of=edition.id)
    return _made(shop, newsletter, words, EditionKind.CORRECTION, (), dry_run=dry_run)


def corrected(shop: Workshop, name: str) -> tuple[EditionRecord, Newsletter]:
    """The edition that a correction is for, and its newsletter.

    Raises UsageError, SettingsError.
    """
    edition = edition_named(shop.db, name)
    return edition, newsletter_of(shop.plan, edition)


def _instead(edition: EditionRecord) -> str:
    if edition.state is EditionState.CANCELLED:
        return f"`newsfeed editions new {edition.newsletter}` makes another"
    return f"mend it before it is sent: `newsfeed editions fix {edition.name}`"


def _made(
    shop: Workshop,
    newsletter: Newsletter,
    words: OwnWords,
    kind: EditionKind,
    articles: Sequence[str],
    *,
    dry_run: bool,
) -> Made:
    """Compose outside of the transaction, which takes long, and record if nobody came first."""
    refuse_former_names(shop)
    slot = words.not_before or shop.seams.now.replace(microsecond=0)
    chosen = tuple(dict.fromkeys(_article(shop, wanted) for wanted in articles))
    for _ in range(_ATTEMPTS):
        seen = database.revision(shop.db)
        _refuse_used(shop, newsletter, chosen)
        one = draft(shop, newsletter, Choice(items=chosen), kind=kind, slot=slot, words=words)
        if not dry_run:
            keep(shop, one.pictures)
        if dry_run or _recorded(shop, one, seen):
            return _report(shop, newsletter, one)
    raise StoreError(
        "other runs keep changing the ledger", where=newsletter.name, remedy="try again later"
    )


def _recorded(shop: Workshop, one: Draft, seen: str) -> bool:
    """Write the edition, all or nothing; False where the ledger changed."""
    with database.transaction(shop.db):
        if database.revision(shop.db) != seen:
            return False
        record(shop, one)
    return True


def _report(shop: Workshop, newsletter: Newsletter, one: Draft) -> Made:
    db = shop.db
    recipients = deliveries.expected(db, newsletter.name, one.recipients_of)
    zone = zone_of(newsletter, shop.plan.site.timezone)
    return Made(
        edition=f"{one.newsletter}/{one.slug}",
        kind=one.kind,
        state=one.state,
        not_before=one.not_before.astimezone(zone),
        subject=one.letter.subject,
        articles=one.titles,
        recipients=recipients,
        size=one.size,
        text=readable(one.letter.text, one.language),
        standstill=standstill(db, newsletter.name, shop.seams.now),
    )


def _article(shop: Workshop, wanted: str) -> Article:
    """The article that is meant by id, address or path. Raises UsageError."""
    found = list(_meant(shop, wanted))
    if not found:
        raise UsageError(
            f"there is no article `{wanted}`",
            where="--articles",
            remedy="`newsfeed articles` lists their paths, and says why one is left out",
        )
    if len(found) > 1:
        ids = " or ".join(f"`{article.id}`" for article in found)
        raise UsageError(
            f"`{wanted}` is the path of {len(found)} articles",
            where="--articles",
            remedy=f"name the one you mean by its id: {ids}",
        )
    return found[0]


def _meant(shop: Workshop, wanted: str) -> Iterator[Article]:
    """Articles of that id; else of that address; else of that path, in its source or from here."""
    articles = shop.collection.articles
    named = [a for a in articles if a.id == wanted]
    if not named and "://" in wanted:
        with suppress(ValueError):
            address = ascii_url(wanted)
            named = [a for a in articles if a.url == address]
    if named:
        yield from named
        return
    path = normalize("NFC", os.path.normpath(wanted))
    place = normalize("NFC", os.path.normpath(Path(wanted).absolute()))
    roots = {folder.name: folder.root for folder in shop.plan.folders}
    for article in articles:
        whole = normalize("NFC", str(roots[article.source] / article.path))
        if normalize("NFC", article.path) == path or whole == place:
            yield article


def _refuse_used(shop: Workshop, newsletter: Newsletter, articles: Sequence[Article]) -> None:
    """Raises RefusedError for an article that another edition has, or that is before them all."""
    used = editions.used(shop.db, newsletter.name)
    for article in articles:
        if article.id not in used:
            continue
        other = used[article.id]
        if other is None:
            why = f"is from before the first edition of {newsletter.name}"
        else:
            why = f"is in the edition {editions.get(shop.db, other).name} already"
        raise RefusedError(
            why, where=article.path, remedy="leave it out, and link to it in your own words"
        )
