"""What we use of a Pelican site's settings, each with Pelican's own default."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions.pelican.constants import COMPUTED
from newsfeed.collect.conventions.pelican.slugs import USUAL

Substitutions = tuple[tuple[str, str], ...]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Paths are below the site's folder (`path`) or below that one (the others). `date` is
    DEFAULT_DATE, "fs" or None; `root` is the path of SITEURL; `urls` are the forms of addresses by
    their names in the settings, "" for those that are computed.
    """

    path: str
    output: str
    articles: tuple[str, ...]
    excluded: tuple[str, ...]
    ignored: tuple[str, ...]
    zone: ZoneInfo
    language: str
    category: str
    folder_is_category: bool
    date: datetime | str | None
    metadata: Mapping[str, str]
    path_metadata: Mapping[str, Mapping[str, str]]
    name_pattern: re.Pattern[str] | None
    path_pattern: re.Pattern[str] | None
    slug_source: str
    unicode: bool
    preserve_case: bool
    substitutions: Substitutions
    category_substitutions: Substitutions
    root: str
    urls: Mapping[str, str]


_URLS = {
    "ARTICLE_URL": "{slug}.html",
    "ARTICLE_LANG_URL": "{slug}-{lang}.html",
    "CATEGORY_URL": "category/{slug}.html",
    "TAG_URL": "tag/{slug}.html",
    "AUTHOR_URL": "author/{slug}.html",
    "STATIC_URL": "{path}",
    "INDEX_SAVE_AS": "index.html",
}


USED = (
    *_URLS,
    *("ARTICLE_EXCLUDES", "ARTICLE_PATHS", "DEFAULT_CATEGORY", "DEFAULT_DATE", "DEFAULT_LANG"),
    *("DEFAULT_METADATA", "EXTRA_PATH_METADATA", "FILENAME_METADATA", "IGNORE_FILES", "PATH"),
    *("PATH_METADATA", "PAGE_PATHS", "SITENAME", "SITEURL", "SLUG_REGEX_SUBSTITUTIONS"),
    *("SLUGIFY_SOURCE", "SLUGIFY_USE_UNICODE", "TIMEZONE", "USE_FOLDER_AS_CATEGORY"),
)
"""Settings on which articles and addresses depend."""


def read(values: Mapping[str, object], zone: ZoneInfo, usual_path: str) -> Settings:
    """The settings in `values`; `zone` is for a site whose own cannot be used, and `usual_path` the
    folder of a site that does not say where its articles are.
    """

    def text(key: str, usual: str) -> str:
        value = values.get(key)
        return value if isinstance(value, str) else usual

    def flag(key: str, *, usual: bool) -> bool:
        return bool(values.get(key, usual))

    slugs = _substitutions(values.get("SLUG_REGEX_SUBSTITUTIONS"), USUAL)
    pages = _texts(values.get("PAGE_PATHS"), ("pages",))
    name_pattern = text("FILENAME_METADATA", r"(?P<date>\d{4}-\d{2}-\d{2}).*")
    return Settings(
        path=below(text("PATH", usual_path)),
        output=below(text("OUTPUT_PATH", "output")),
        articles=tuple(map(below, _texts(values.get("ARTICLE_PATHS"), ("",)))),
        excluded=tuple(map(below, (*_texts(values.get("ARTICLE_EXCLUDES"), ()), *pages))),
        ignored=_texts(values.get("IGNORE_FILES"), (".#*",)),
        zone=_zone(values.get("TIMEZONE"), zone),
        language=text("DEFAULT_LANG", "en").lower(),
        category=text("DEFAULT_CATEGORY", "misc"),
        folder_is_category=flag("USE_FOLDER_AS_CATEGORY", usual=True),
        date=_date(values.get("DEFAULT_DATE")),
        metadata=_metadata(values.get("DEFAULT_METADATA")),
        path_metadata=_path_metadata(values.get("EXTRA_PATH_METADATA")),
        name_pattern=_pattern(name_pattern),
        path_pattern=_pattern(text("PATH_METADATA", "")),
        slug_source=text("SLUGIFY_SOURCE", "title"),
        unicode=flag("SLUGIFY_USE_UNICODE", usual=False),
        preserve_case=flag("SLUGIFY_PRESERVE_CASE", usual=False),
        substitutions=slugs,
        category_substitutions=_substitutions(values.get("CATEGORY_REGEX_SUBSTITUTIONS"), slugs),
        root=_root(text("SITEURL", "")),
        urls={
            key: "" if values.get(key) is COMPUTED else text(key, usual)
            for key, usual in _URLS.items()
        },
    )


def below(path: str) -> str:
    """A path in its shortest form, without slashes around it; "" for the folder itself, and for
    what lies outside of it.
    """
    plain = posixpath.normpath(path.strip() or ".")
    return "" if plain == "." or plain.startswith(("..", "/")) else plain


def _root(address: str) -> str:
    """The path of the site's address; "" where that cannot be read."""
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def _texts(value: object, usual: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return usual
    return tuple(one for one in value if isinstance(one, str))


def _zone(value: object, usual: ZoneInfo) -> ZoneInfo:
    """Pelican's own is UTC where its settings name none."""
    try:
        return ZoneInfo(value if isinstance(value, str) and value else "UTC")
    except (OSError, ValueError, KeyError):
        return usual


def _date(value: object) -> datetime | str | None:
    """DEFAULT_DATE: the parts of a date, text, or "fs" for the time of the file."""
    if isinstance(value, tuple | list) and all(isinstance(part, int) for part in value):
        try:
            return datetime(*value)  # noqa: DTZ001  # the site's zone is added with that of others
        except (TypeError, ValueError):
            return None
    return value if isinstance(value, str) and value else None


def _metadata(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(key).lower(): one for key, one in pairs if isinstance(one, str)}


def _path_metadata(value: object) -> dict[str, dict[str, str]]:
    """By path, so that the more exact one comes later."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(path).strip("/"): _metadata(one) for path, one in sorted(pairs, key=str)}


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error:
        return None


def _substitutions(value: object, usual: Substitutions) -> Substitutions:
    if not isinstance(value, list | tuple):
        return usual
    pairs = [tuple(map(str, one)) for one in value if isinstance(one, list | tuple)]
    return tuple((one[0], one[1]) for one in pairs if len(one) >= 2 and _pattern(one[0]))
