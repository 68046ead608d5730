"""The bytes of somebody's feed -> its items, each string cleaned and each address absolute.

What a feed may say wrong costs the value or the item, never the feed: only what is no feed at all
is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from newsfeed.collect.dates import FIRST_YEAR, LAST_YEAR
from newsfeed.collect.feedfile import (
    json_feed,
    moment,
    shown_name,
    shown_title,
    word,
    written,
    xml_feed,
)
from newsfeed.collect.remote.item import Document, Item, RemoteImage
from newsfeed.model import Origin
from newsfeed.text import clean, one_line
from newsfeed.urls import WEB_SCHEMES, absolute

MOST_ITEMS = 1000
"""Of one document: a feed is the newest of a site and not all of it."""

MOST_NAMES = 50
"""Categories or authors of an item."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_IMAGE_NAME = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)$", re.IGNORECASE)
_PIXELS = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_BYTES = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)


def read_document(data: bytes, url: str) -> Document:
    """The RSS, Atom or JSON Feed in `data`, which was answered at `url`. Raises NoFeedError."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _of_json(json_feed(data, url), url)
    return _of_xml(xml_feed(data, url), url)


def _of_xml(found: Any, url: str) -> Document:  # noqa: ANN401  # feedparser has no types
    atom = found["version"].startswith("atom")
    feed = found["feed"]
    origin = Origin(
        title=shown_title(feed, atom=atom) or _host(url),
        url=url,
        id=one_line(feed.get("id", "")) if atom else "",
        home=_web(feed.get("link"), url),
        updated=_possible(moment(feed.get("updated_parsed") or feed.get("published_parsed"))),
    )
    authors = _authors(feed)
    items = [
        _xml_item(entry, url, authors, feed.get("language", ""), atom=atom)
        for entry in found["entries"][:MOST_ITEMS]
    ]
    return _document(origin, items, len(found["entries"]))


def _xml_item(
    entry: Any,  # noqa: ANN401
    url: str,
    authors: tuple[str, ...],
    language: str,
    *,
    atom: bool,
) -> Item:
    texts = entry.get("content") or []
    body = next((one for one in texts if one.get("value")), None)
    summary = entry.get("summary_detail") or {}
    detail = body or summary or entry.get("title_detail") or {}
    base = _web(detail.get("base"), url) if detail.get("base") else ""
    link = _web(entry.get("link"), base or url) or _enclosed(entry, base or url)
    updated = moment(entry["updated_parsed"]) if "updated" in entry else None
    return Item(
        id=one_line(entry.get("id", "")) or link,
        url=link,
        title=shown_title(entry, atom=atom),
        published=_possible(moment(entry.get("published_parsed")) or updated),
        updated=_possible(updated),
        language=_tag(detail.get("language") or language),
        authors=_authors(entry) or authors,
        categories=_names(map(shown_name, entry.get("tags", []))),
        image=next(_xml_images(entry, base or url), None),
        base=base,
        summary=_markup(summary),
        content=_markup(body or {}),
    )


def _markup(detail: Any) -> str:  # noqa: ANN401
    value = clean(detail.get("value") or "").strip()
    return _paragraphs(value) if detail.get("type") == "text/plain" else value


def _paragraphs(text: str) -> str:
    """Plain text as HTML: what is apart by an empty line is a paragraph."""
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in parts if part)


def _xml_images(entry: Any, base: str) -> Iterator[RemoteImage]:  # noqa: ANN401
    """The images that an item names, the best first: those of Media RSS tell their size."""
    media = [(one, "url", "filesize") for one in entry.get("media_content", [])]
    media += [(one, "url", "") for one in entry.get("media_thumbnail", [])]
    links = [one for one in entry.get("links", []) if one.get("rel") == "enclosure"]
    thumbnails = {id(one) for one in entry.get("media_thumbnail", [])}
    for one, address, size in [*((link, "href", "length") for link in links), *media]:
        url = _web(one.get(address), base)
        kind = str(one.get("type") or "").lower()
        named = kind.startswith("image/") or one.get("medium") == "image" or id(one) in thumbnails
        if url and (named or (not kind and _IMAGE_NAME.search(urlsplit(url).path))):
            yield RemoteImage(
                url=url,
                media_type=kind if kind.startswith("image/") else "",
                length=_number(_BYTES, one.get(size)),
                width=_number(_PIXELS, one.get("width")),
                height=_number(_PIXELS, one.get("height")),
            )


def _enclosed(entry: Any, base: str) -> str:  # noqa: ANN401
    """The address of what is attached, which is all that some items lead to."""
    links = (one for one in entry.get("links", []) if one.get("rel") == "enclosure")
    return next(filter(None, (_web(one.get("href"), base) for one in links)), "")


def _authors(element: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Names; addresses of mail are nobody else's business."""
    found = [one.get("name") for one in element.get("authors", [])]
    return _names(name for name in found if name and "@" not in name)


def _of_json(found: dict[str, Any], url: str) -> Document:
    origin = Origin(
        title=one_line(word(found, "title")) or _host(url),
        url=url,
        home=_web(word(found, "home_page_url"), url),
    )
    authors, language = _json_authors(found), word(found, "language")
    items = [
        _json_item(item, url, authors, language)
        for item in found["items"][:MOST_ITEMS]
        if isinstance(item, dict)
    ]
    return _document(origin, items, len(found["items"]))


def _json_item(item: dict[str, Any], url: str, authors: tuple[str, ...], language: str) -> Item:
    link = _web(word(item, "url"), url) or _web(word(item, "external_url"), url)
    body = clean(word(item, "content_html")).strip() or _paragraphs(
        clean(word(item, "content_text"))
    )
    image = _web(word(item, "image") or word(item, "banner_image"), url)
    published, updated = written(word(item, "date_published")), written(word(item, "date_modified"))
    return Item(
        id=one_line(word(item, "id")) or link,
        url=link,
        title=one_line(word(item, "title")),
        published=_possible(published or updated),
        updated=_possible(updated),
        language=_tag(word(item, "language") or language),
        authors=_json_authors(item) or authors,
        categories=_names(map(str, _listed(item, "tags"))),
        image=RemoteImage(url=image) if image else None,
        summary=_paragraphs(clean(word(item, "summary"))) if body else "",
        content=body or _paragraphs(clean(word(item, "summary"))),
    )


def _json_authors(table: dict[str, Any]) -> tuple[str, ...]:
    found = _listed(table, "authors") or [table.get("author")]
    names = [word(one, "name") for one in found if isinstance(one, dict)]
    return _names(name for name in names if "@" not in name)


def _listed(table: dict[str, Any], key: str) -> list[Any]:
    value = table.get(key)
    return value if isinstance(value, list) else []


def _document(origin: Origin, items: Iterable[Item], count: int) -> Document:
    by_id: dict[str, Item] = {}
    for item in items:
        if item.id:
            by_id.setdefault(item.id, item)
    return Document(origin=origin, items=tuple(by_id.values()), left_out=max(0, count - MOST_ITEMS))


def _names(found: Iterable[str | None]) -> tuple[str, ...]:
    names = dict.fromkeys(one_line(name) for name in found if name)
    return tuple(name for name in names if name)[:MOST_NAMES]


def _web(address: object, base: str) -> str:
    """An http address made absolute; "" for all else."""
    if not isinstance(address, str) or not address.strip():
        return ""
    return absolute(address, base, schemes=WEB_SCHEMES) or ""


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _tag(language: object) -> str:
    tag = str(language or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _number(form: re.Pattern[str], value: object) -> int | None:
    text = str(value or "").strip()
    return int(text) if form.fullmatch(text) else None


def _possible(at: datetime | None) -> datetime | None:
    return at if at and FIRST_YEAR <= at.year <= LAST_YEAR else None
