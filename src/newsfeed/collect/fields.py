"""Front matter to typed fields: one place that knows the keys and the shapes their values may have.

Values keep the author's text; what has an impossible shape or date is an error with its line.
"""

from __future__ import annotations

import re
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from newsfeed.collect.dates import parse_date
from newsfeed.collect.frontmatter.shapes import Values, as_list, unique
from newsfeed.collect.frontmatter.values import FrontMatter, Remark
from newsfeed.text import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

_UPDATED = ("last_modified_at", "updated", "modified", "lastmod")
_EXCERPT = ("excerpt", "summary", "description")
_IMAGE = ("image", "thumbnail", "cover")
_SPONSORED = ("sponsored", "advertisement")
_IMAGE_ADDRESS = ("path", "src", "url", "image")
_KEYS = frozenset(
    {"title", "date", "draft", "published", "slug", "permalink", "guid", "categories", "category"}
    | {"tags", "tag", "image", "author", "authors", "excerpt", "lang", "language"}
    | {*_UPDATED, *_EXCERPT, *_IMAGE, *_SPONSORED, "id", "layout", "future", "name", "subtitle"}
)
"""Keys that are read, and some of others that look like them and mean no mistake."""

_NO_IMAGE = frozenset(["", "false", "no", "none"])
_PIXELS = re.compile(r"0*([1-9][0-9]{0,4})(?:px)?", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


class ImageField(msgspec.Struct, frozen=True, kw_only=True):
    """A lead image as front matter names it: `src` is not yet absolute; sizes are in pixels."""

    src: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What front matter says about an article. "" and None stand for what it does not say.

    Texts are on one line, except `excerpt`, which is the author's own with its lines. Datetimes
    are aware. `left_out` tells why the article is not to be published, such as `draft: true`;
    `sponsored` is the key that says that somebody paid for it.
    `remarks` are about the values alone; those about the syntax are in `FrontMatter`.
    """

    title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    left_out: str = ""
    slug: str = ""
    permalink: str = ""
    guid: str = ""
    excerpt: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: ImageField | None = None
    sponsored: str = ""
    remarks: tuple[Remark, ...] = ()


def read_fields(front: FrontMatter, zone: ZoneInfo) -> Fields:
    """The fields in `front`; dates without a zone are in `zone`.

    Raises `ArticleError`, with the line of the key, for a date that cannot be or cannot be read,
    for `draft` and `published` that are neither true nor false, and for values of a shape that
    their key cannot have, such as a mapping as title.
    """
    values = Values(front)
    _doubt_keys(values, front)
    return Fields(
        title=values.text("title"),
        date=_moment(values, ["date"], zone),
        updated=_moment(values, _UPDATED, zone),
        left_out=_left_out(values),
        slug=values.text("slug"),
        permalink=values.text("permalink"),
        guid=values.text("guid") or values.text("id"),
        excerpt=_excerpt(values),
        language=_language(values),
        authors=_authors(values),
        categories=_terms(values, "categories", "category"),
        tags=_terms(values, "tags", "tag"),
        image=_image(values),
        sponsored=next((key for key in _SPONSORED if values.said(key)), ""),
        # Last, since the lines above add to the remarks.
        remarks=tuple(values.remarks),
    )


def _doubt_keys(values: Values, front: FrontMatter) -> None:
    """Remark on keys that look like misspelt ones of ours: `darft: true` would publish a draft."""
    for key in front.values:
        meant = _nearest(key)
        if meant and meant not in front.values:
            values.remarks.append(
                Remark(
                    line=front.lines.get(key, 0),
                    problem=f'"{key}" is not a key that is known here',
                    remedy=f"if it means {meant}, write that",
                )
            )


@lru_cache(1024)  # thousands of articles have the same keys
def _nearest(key: str) -> str:
    """The key of ours that `key` misspells, or ""."""
    if key in _KEYS:
        return ""
    near = get_close_matches(key.lower(), _KEYS, n=1, cutoff=0.79)
    return near[0] if near else ""


def _moment(values: Values, keys: Iterable[str], zone: ZoneInfo) -> datetime | None:
    """The date at the first of `keys` that has a value."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, str):
            value = one_line(value)
        if value is None or value == "":
            continue
        try:
            return parse_date(value, zone)
        except ValueError as error:
            values.fail(key, f'in "{key}", {error}', "write it as 2024-07-12 09:00:00 +0900")
    return None


def _left_out(values: Values) -> str:
    """The reason in the front matter not to publish the article, or ""."""
    if values.flag("draft", default=False):
        return "draft: true"
    if not values.flag("published", default=True):
        return "published: false"
    return ""


def _excerpt(values: Values) -> str:
    """The first of the author's own summaries that is not empty, with its lines."""
    for key in _EXCERPT:
        value = values.get(key)
        if value is not None and (text := clean(values.scalar(key, value)).strip()):
            return text
    return ""


def _language(values: Values) -> str:
    """The language tag (BCP 47) with hyphens; what cannot be one is left out with a remark."""
    key = "lang" if values.get("lang") else "language"
    tag = values.text(key).replace("_", "-")
    if not tag or _LANGUAGE.fullmatch(tag):
        return tag
    values.doubt(
        key, f'"{key}" is no language tag and is not used', "write one such as ko or en-GB"
    )
    return ""


def _authors(values: Values) -> tuple[str, ...]:
    """The names at both keys: text, a mapping with a name, or a list of these."""
    return unique(
        _author(values, key, entry)
        for key in ("authors", "author")
        for entry in as_list(values.get(key))
    )


def _author(values: Values, key: str, entry: object) -> str:
    if isinstance(entry, dict):
        if "name" not in entry:
            values.fail(key, f'"{key}" has a mapping without a name', "write name: and the name")
        entry = entry["name"]
    return values.scalar(key, entry)


def _terms(values: Values, plural: str, singular: str) -> tuple[str, ...]:
    """The terms at both keys. As in Jekyll, text is split only at the plural key.

    It is split at commas where it has any (Jekyll would leave them in the terms), else at spaces.
    """
    many = values.get(plural)
    if isinstance(many, str):
        many = many.split(",") if "," in many else many.split()
    found = [values.scalar(plural, term) for term in as_list(many)]
    found += [values.scalar(singular, term) for term in as_list(values.get(singular))]
    return unique(found)


def _image(values: Values) -> ImageField | None:
    """The lead image: an address, or a mapping with one; the first of a list."""
    for key in _IMAGE:
        first = next(iter(as_list(values.get(key))), None)
        if first is None:
            continue
        if isinstance(first, dict):
            if image := _image_mapping(values, key, first):
                return image
        elif (src := one_line(values.scalar(key, first))).lower() not in _NO_IMAGE:
            return ImageField(src=src)
    return None


def _image_mapping(values: Values, key: str, entry: dict[str, object]) -> ImageField | None:
    address = next((entry[name] for name in _IMAGE_ADDRESS if entry.get(name)), None)
    src = one_line(values.scalar(key, address))
    if not src:
        values.doubt(
            key, f'"{key}" does not tell where the image is', "write path: and its address"
        )
        return None
    return ImageField(
        src=src,
        alt=one_line(values.scalar(key, entry.get("alt"))),
        width=_pixels(values, key, entry.get("width")),
        height=_pixels(values, key, entry.get("height")),
    )


def _pixels(values: Values, key: str, value: object) -> int | None:
    """A whole number of pixels; None, with a remark, for what is none."""
    text = one_line(values.scalar(key, value))
    if match := _PIXELS.fullmatch(text):
        return int(match[1])
    if text:
        values.doubt(key, f'a size in "{key}" is not in pixels and is not used', "write 800")
    return None
