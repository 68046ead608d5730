"""Addresses that the site had: what is wrong with `[[redirects]]` and `[server] gone`. Pure."""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import unquote

from newsfeed.settings import Settings
from newsfeed.urls import ascii_url

_PATH = re.compile(r"/(?!/)[^?#\\\x00-\x1f\x7f]*")
_AWAY = re.compile(r"https?://[^\s/?#@]+(/[^\s#]*)?")

Trouble = tuple[str, str]
"""What is wrong, and what to do."""


def plain_path(path: str) -> str:
    """A path as it is compared: percent signs decoded, in NFC."""
    return normalize("NFC", unquote(path))


def moved_trouble(settings: Settings) -> Trouble | None:
    """The first thing that cannot be; None where all can."""
    feeds = {f"/{getattr(settings.feeds.paths, name)}" for name in settings.feeds.formats}
    old: set[str] = set()
    for redirect in settings.redirects:
        old.add(plain_path(redirect.from_))
    gone = {plain_path(path) for path in settings.server.gone}
    if len(old) < len(settings.redirects):
        return "two `[[redirects]]` have one `from`", "take one of them away"
    for path in settings.server.gone:
        if trouble := _old_trouble("server.gone", path, feeds):
            return trouble
    for redirect in settings.redirects:
        trouble = _old_trouble("redirects.from", redirect.from_, feeds)
        trouble = trouble or _target_trouble(redirect.to, old, gone)
        if trouble:
            return trouble
    if both := sorted(old & gone):
        return f"`server.gone`: {both[0]!r} is in `[[redirects]]` too", "take one of them away"
    return None


def _old_trouble(key: str, path: str, feeds: set[str]) -> Trouble | None:
    if not _PATH.fullmatch(path) or path == "/" or _leaves(path):
        return f"`{key}`: {path!r} is not a path of the site", 'write one like "/old.xml"'
    if plain_path(path) in feeds:
        return f"`{key}`: {path!r} is where a feed lies now", "mend it, or `feeds.paths`"
    return None


def _target_trouble(to: str, old: set[str], gone: set[str]) -> Trouble | None:
    """One step alone: readers follow few (standards F-H-09)."""
    if _AWAY.fullmatch(to):
        try:
            ascii_url(to)
        except ValueError as error:
            return f"`redirects.to`: {error}", "write one like https://example.org/feed.xml"
        return None
    if not _PATH.fullmatch(to) or _leaves(to):
        problem = f"`redirects.to`: {to!r} is neither a path of the site nor an address"
        return problem, 'write one like "/feed.xml" or "https://example.org/feed.xml"'
    if plain_path(to) in old:
        return f"`redirects.to`: {to!r} leads on to elsewhere", "name the last address"
    if plain_path(to) in gone:
        return f"`redirects.to`: {to!r} is in `server.gone`", "name an address that is there"
    return None


def _leaves(path: str) -> bool:
    return bool({".", ".."} & set(plain_path(path).split("/"))) or "\0" in plain_path(path)
