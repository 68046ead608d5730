"""Frozen nouns that rooms share. Each is named by its moment and never fills up over time.

SourceFile -> Article -> FeedDocument, and Article -> Edition -> Letter -> Delivery.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class DateOrigin(StrEnum):
    """Where an article's date came from, in the order in which the places are asked."""

    FRONT_MATTER = "front matter"
    FEED = "feed"
    FILE_NAME = "file name"
    LAST_COMMIT = "last commit"
    GIT = "git"
    FIRST_SEEN = "first seen"


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A lead image. `width` and `height` are CSS pixels and, like `length` (bytes), known only
    for local files and where a feed tells them; `media_type` is "" when unknown. `url` is absolute
    and ASCII.
    """

    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None
    length: int | None = None
    media_type: str = ""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A category, tag, author or language as people write it, and its slug in addresses."""

    name: str
    slug: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The feed that an article was taken from, as it describes itself. `url` is where it was
    fetched; `id` is its own (Atom), "" where it has none, and `home` the page it stands for, or "".
    `updated` (aware) is what the feed said when the article was taken.
    """

    title: str
    url: str
    id: str = ""
    home: str = ""
    updated: datetime | None = None


class Head(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What an article's place among others depends on, and theirs on it; see there. It can be
    decoded alone: encoded, an article begins with its head.
    """

    url: str
    source: str
    path: str
    published: datetime
    updated: datetime
    dated: DateOrigin
    language: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sequence: int = 0
    news: bool = True
    rank: int = 0


class Article(Head, frozen=True, kw_only=True, array_like=True):
    """One post after reading, with its identity; its body is rendered only where needed.

    `id` is the feed id, given once and kept. `url` is the absolute, percent-encoded permalink.
    `summary` is the author's own excerpt as plain text, or "" where it is to be cut from the body.
    `content_hash` is a hex SHA-256 over the normalised source, what was measured for it, and what
    its site's own settings make of it.
    `sequence` counts in order of first publication, from 0. `news` is False for undated articles
    of a first build, which sort after all dated ones, and for what a remote feed had already when
    it became a source. In feeds articles stand by their `rank`, the lowest first, which is 0
    for most. `sponsored` is the key of the front matter that says that somebody paid for it, or
    "". `origin` is the remote feed that it is from. Datetimes are aware.
    """

    id: str
    title: str
    summary: str = ""
    image: Image | None = None
    content_hash: str = ""
    sponsored: str = ""
    origin: Origin | None = None


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An article as a feed shows it.

    `summary` is plain text; `content_html` is sanitised HTML with absolute URLs, or "" where the
    feed carries excerpts only. `image_in_content` tells that the lead image is also in the body,
    `origin` which other feed the item is from.
    """

    id: str
    url: str
    title: str
    summary: str
    content_html: str
    published: datetime
    updated: datetime
    language: str
    authors: tuple[str, ...] = ()
    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    image: Image | None = None
    image_in_content: bool = False
    origin: Origin | None = None


class FeedLinks(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of one feed document in one format. "" where there is none.

    `self_url` is the canonical address of this document; `home_url` the page it stands for.
    `current`, `prev_archive` and `next_archive` are of RFC 5005 section 4.
    """

    self_url: str
    home_url: str
    hub: str = ""
    current: str = ""
    prev_archive: str = ""
    next_archive: str = ""


class FeedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One feed before it has a format: RSS, Atom and JSON Feed are written from the same value.

    `id` is the Atom feed id. `updated` is that of the newest item, never the clock. `author` is
    the feed's author, always given. `archive` marks a closed or open RFC 5005 archive document.
    `icon_url` is "" when the site has none. Items are newest first.
    """

    id: str
    title: str
    description: str
    language: str
    author: str
    updated: datetime
    items: tuple[FeedItem, ...]
    icon_url: str = ""
    archive: bool = False


class LetterItem(msgspec.Struct, frozen=True, kw_only=True):
    """An article as a letter shows it. `content_html` keeps listed CSS properties and has absolute
    URLs; `summary` is plain text; `categories` are names. `thumbnail` is the `image` for where it
    is shown small; None where there is but one. `source` is the title of the feed that the article
    is from, or "".
    """

    url: str
    title: str
    summary: str
    content_html: str
    published: datetime
    language: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: Image | None = None
    thumbnail: Image | None = None
    source: str = ""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One digest of one newsletter: what was chosen, and the slot (aware) it is for.

    `items` are shown in full order, newest first; `more` are further new articles, listed by
    title; a special edition may have neither. `subject` is ready for the reader, and `preheader`,
    too; where that is "", the letter's first words make one. `intro_html` are the sender's own
    words before the articles, sanitised like an article's body. `language` is that of title,
    subject and intro; `spoken` that of the letter's own words, "" for the same.
    """

    newsletter: str
    title: str
    language: str
    subject: str
    slot: datetime
    items: tuple[LetterItem, ...]
    more: tuple[LetterItem, ...] = ()
    intro_html: str = ""
    preheader: str = ""
    spoken: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """An edition after rendering: a whole HTML document with inlined CSS, its text twin, and its
    web copy, which is the same document without anything personal.

    What is personal stands in `html` and `text` as placeholders, so that one letter serves all.
    `web` is "" in the variants for those who read another language.
    """

    subject: str
    html: str
    text: str
    web: str = ""


class SubscriptionState(StrEnum):
    """What an address is to one newsletter. Nobody gets letters but those who are active."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why an address gets nothing at all."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BLOCKED = "blocked"
    ERASED = "erased"


class SlotOutcome(StrEnum):
    """What became of a slot. Each is decided once."""

    EDITION = "edition"
    NOTHING_NEW = "nothing new"
    TOO_LATE = "too late"
    SKIPPED = "skipped"
    PAUSED = "paused"


class EditionKind(StrEnum):
    """Why an edition was made: its slot came, `send NEWSLETTER`, own words, or a correction."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    SPECIAL = "special"
    CORRECTION = "correction"


class EditionState(StrEnum):
    """Where an edition is on its way.

    held (waits for approval) -> ready -> released (recipients are fixed) -> sent (every delivery
    is final); a released one can be paused; any that is not sent can be cancelled.
    """

    HELD = "held"
    READY = "ready"
    RELEASED = "released"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """Where one letter to one subscriber is. `queued` and `deferred` are to be tried.

    `dropped`: the person left, or the address was suppressed, before it was served. `limited`:
    the outbox holds as many letters of the edition as it may.
    """

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    LIMITED = "limited"


class ReadEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a feed that was read: what a reader knows it by. "" and None: not said.

    `id` and `url` stand as the feed has them, `title` is text, `published` and `updated` are in
    UTC, `categories` are names in the feed's order.
    """

    id: str
    url: str
    title: str
    published: datetime | None = None
    updated: datetime | None = None
    categories: tuple[str, ...] = ()


class ReadFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that was read. `format` is rss, atom or json; `self_url` what it calls itself."""

    format: str
    self_url: str
    entries: tuple[ReadEntry, ...]
