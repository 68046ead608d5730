"""Links of articles to each other and to files: `{filename}…`, `{static}…`, `{attach}…`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote

from newsfeed.collect.conventions.base import Find
from newsfeed.collect.conventions.pelican.settings import Settings
from newsfeed.collect.conventions.pelican.slugs import slugify

_LINK = re.compile(
    r"(?:\{(filename|static|attach|category|tag|author|index)\}"
    r"|\|(filename|static|attach|category|tag|author|index)\|)([^\s\"'<>)\]`]*)"
)


def resolved(text: str, path: str, settings: Settings, find: Find) -> str:
    """`text` with the addresses that Pelican's links stand for; those that lead nowhere stay.

    `path` is the article's, below the source; `find` knows others by theirs.
    """
    if "{" not in text and "|" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        what, value = match[1] or match[2], match[3]
        reference, mark, anchor = value.partition("#")
        url = _address(what, unquote(reference), path, settings, find)
        return url + mark + anchor if url else match[0]

    return _LINK.sub(replace, text)


def _address(what: str, value: str, path: str, settings: Settings, find: Find) -> str:
    root = settings.root
    if what == "filename":
        return find(_whole(value, path, settings))
    if what == "static":
        below = _whole(value, path, settings)
        inside = below[len(settings.path) + 1 :] if settings.path else below
        return f"{root}/{settings.urls['STATIC_URL'].replace('{path}', inside)}"
    if what == "attach":
        return _attached(value, path, settings)
    if what == "index":
        return f"{root}/{settings.urls['INDEX_SAVE_AS']}"
    try:
        slug = _SLUGS[what](value, settings)
    except LookupError:
        return ""
    return f"{root}/{settings.urls[f'{what.upper()}_URL'].replace('{slug}', slug)}"


def _whole(value: str, path: str, settings: Settings) -> str:
    """The path below the source of what is named from an article, or from the content's folder."""
    if not value.startswith("/"):
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), value))
    at = f"/{path}".find(f"/{settings.path}/") if settings.path else 0
    top = f"{path[:at]}{settings.path}/" if settings.path and at >= 0 else ""
    return top + value.lstrip("/")


def _attached(value: str, path: str, settings: Settings) -> str:
    """A file that Pelican moves to the article: below it where it lies below it, else beside it."""
    below = posixpath.relpath(_whole(value, path, settings) or ".", posixpath.dirname(path) or ".")
    return posixpath.basename(below) if below.startswith("../") else below


def _plain_slug(value: str, settings: Settings) -> str:
    return slugify(
        value,
        settings.substitutions,
        unicode=settings.unicode,
        preserve_case=settings.preserve_case,
    )


def category_slug(value: str, settings: Settings) -> str:
    """The slug of a category in addresses. Raises LookupError."""
    return slugify(
        value,
        settings.category_substitutions,
        unicode=settings.unicode,
        preserve_case=settings.preserve_case,
    )


_SLUGS: dict[str, Callable[[str, Settings], str]] = {
    "category": category_slug,
    "tag": _plain_slug,
    "author": _plain_slug,
}
