"""What an Eleventy site's settings say: its configuration file read as text, never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice, pairwise

import msgspec

from newsfeed.collect.conventions.eleventy.literals import (
    MAX_CONSTANTS,
    UNKNOWN,
    code_of,
    constants,
    value_at,
)

_FOLDERS = ("input", "output", "includes", "data", "layouts")
_DIR = re.compile(r"\bdir\s*[:=]\s*(?=\{)")
_DIRECTORIES = re.compile(r"\bdirectories\s*=\s*(?=\{)")
_SETTER = re.compile(r"\.set(Input|Output|Includes|Data|Layouts)Directory\(\s*(?=[\"'`\w])")
_PREFIX = re.compile(r"\bpathPrefix\s*[:=]\s*(?=[\"'`\w])")
_FEED = re.compile(r"\.addPlugin\(\s*[\w$.]+\s*,\s*(?=\{)")
_COLLECTION = re.compile(r"\.addCollection\(\s*(?=[\"'`])")
_BY_GLOB = re.compile(r"\.getFilteredByGlob\(\s*(?=[\"'`\[\w])")
_BY_TAG = re.compile(r"\.getFilteredByTags?\(\s*(?=[\"'`])")
_IGNORE = re.compile(r"\.ignores\.add\(\s*(?=[\"'`])")
_SEPARATOR = re.compile(r"\bexcerpt_separator\s*:\s*(?=[\"'`])")
_PERMALINK = re.compile(r"\.addGlobalData\(\s*(?=[\"'`])")
_ENGINE = re.compile(r"\bmarkdownTemplateEngine\s*[:=]\s*(?=[\"'`\w])")
_TYPES = {"atom": "atom", "rss": "rss", "json": "json"}
_TEMPLATE = re.compile(r"`|\(")


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of the RSS plugin's: its format, path below the site, collection, number of entries
    (0: all) and the site's `metadata`.
    """

    format: str
    path: str
    collection: str
    limit: int
    metadata: Mapping[str, object]


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """Folders are below the site, without slashes around them; "" is the site itself, and None
    what nothing tells. `globs` are those of each collection that is made by them, `aliases` the
    tags of those made by a tag; `permalink` is that of all files; `separator` ends an excerpt;
    `engine` is the template language of Markdown, "" where it has none.
    """

    input: str | None = None
    output: str = "_site"
    includes: str = "_includes"
    data: str = "_data"
    layouts: str | None = None
    prefix: str = ""
    feeds: tuple[Feed, ...] = ()
    globs: Mapping[str, tuple[str, ...]] = {}
    aliases: Mapping[str, str] = {}
    ignores: tuple[str, ...] = ()
    permalink: object = None
    separator: str = ""
    engine: str = "liquid"


def configured(text: str) -> Configured:
    """What the configuration file `text` tells; usual values for what it does not."""
    code = code_of(text)
    names = constants(text, code)

    def values(pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], object]]:
        found = islice(pattern.finditer(code), MAX_CONSTANTS)
        return ((m, value_at(text, m.end(), names)) for m in found)

    def first(pattern: re.Pattern[str]) -> str:
        return next((v for _, v in values(pattern) if isinstance(v, str)), "")

    folders: dict[str, object] = {}
    for pattern in (_DIR, _DIRECTORIES):
        for _, value in values(pattern):
            folders |= value if isinstance(value, dict) else {}
    folders |= {match[1].lower(): value for match, value in values(_SETTER)}
    globs, aliases = _collections(text, code, names)
    return Configured(
        **_folders(folders),
        prefix="/" + prefix if (prefix := first(_PREFIX).strip("/")) else "",
        feeds=tuple(_feeds(value for _, value in values(_FEED))),
        globs=globs,
        aliases=aliases,
        ignores=tuple(v for _, v in values(_IGNORE) if isinstance(v, str)),
        permalink=_permalink(text, code, names),
        separator=first(_SEPARATOR),
        engine=_engine([value for _, value in values(_ENGINE)]),
    )


def _engine(said: list[object]) -> str:
    if not said or said[-1] is UNKNOWN:
        return "liquid"
    return said[-1] if isinstance(said[-1], str) else ""


def _folders(told: Mapping[str, object]) -> dict[str, str]:
    """Folders below the site: all but input and output lie in the input folder."""
    texts = {key: value for key in _FOLDERS if isinstance(value := told.get(key), str)}
    where = _below(texts.get("input", "."))
    found = {}
    for key in _FOLDERS:
        if key in texts:
            inside = key in ("input", "output")
            found[key] = _below(texts[key] if inside else posixpath.join(where, texts[key]))
        elif key in ("includes", "data"):
            found[key] = _below(posixpath.join(where, f"_{key}"))
    if told.get("input") is UNKNOWN or "input" not in texts:
        found.pop("input", None)
    return found


def _below(path: str) -> str:
    """A path below the site in its shortest form; "" for the site, or what lies outside of it."""
    plain = posixpath.normpath(path.strip() or ".")
    return "" if plain == "." or plain.startswith(("..", "/")) else plain


def _feeds(options: Iterator[object]) -> Iterator[Feed]:
    """The feeds among the options of plugins: those that name a collection."""
    for option in options:
        if not isinstance(option, dict):
            continue
        collection, metadata = option.get("collection"), option.get("metadata")
        name = collection.get("name") if isinstance(collection, dict) else None
        kind = _TYPES.get(str(option.get("type", "atom")))
        path = option.get("outputPath", "/feed.xml")
        if not (isinstance(collection, dict) and isinstance(name, str)) or kind is None:
            continue
        limit = collection.get("limit", 0)
        yield Feed(
            format=kind,
            path=path.strip("/") if isinstance(path, str) else "feed.xml",
            collection=name,
            limit=limit if isinstance(limit, int) and limit > 0 else 0,
            metadata=metadata if isinstance(metadata, dict) else {},
        )


def _collections(
    text: str, code: str, names: Mapping[str, object]
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Collections that are made by globs, or are those of a tag, by their names."""
    globs: dict[str, tuple[str, ...]] = {}
    aliases: dict[str, str] = {}
    starts = [match.end() for match in islice(_COLLECTION.finditer(code), MAX_CONSTANTS)]
    for start, end in pairwise([*starts, len(code)]):
        name = value_at(text, start, names)
        by_glob, by_tag = _BY_GLOB.search(code, start, end), _BY_TAG.search(code, start, end)
        if not isinstance(name, str):
            continue
        if by_glob:
            value = value_at(text, by_glob.end(), names)
            many = value if isinstance(value, list) else [value]
            globs[name] = tuple(v.removeprefix("./") for v in many if isinstance(v, str))
        elif by_tag and isinstance(tag := value_at(text, by_tag.end(), names), str):
            aliases[name] = tag
    return globs, aliases


def _permalink(text: str, code: str, names: Mapping[str, object]) -> object:
    """The permalink that `addGlobalData` gives to all files: text, UNKNOWN, or None."""
    for match in islice(_PERMALINK.finditer(code), MAX_CONSTANTS):
        if value_at(text, match.end(), names) != "permalink":
            continue
        comma = code.find(",", match.end()) + 1
        if not comma:
            return UNKNOWN
        # A function that gives a function, as its documentation asks for: the inner one counts.
        inner = re.compile(r"\s*\(\s*\)\s*=>\s*(?:\{\s*return\s*)?(?=\()").match(code, comma)
        return value_at(text, inner.end() if inner else comma, names)
    return None
