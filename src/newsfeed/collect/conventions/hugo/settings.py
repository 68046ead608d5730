"""Hugo's settings: one file or a folder of them, put together as Hugo does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.hugo.addresses import Style
from newsfeed.collect.conventions.hugo.moments import Handlers, handlers
from newsfeed.errors import Fault, SettingsError

_ENDINGS = (".toml", ".yaml", ".yml", ".json")
OWN = tuple(f"hugo{ending}" for ending in _ENDINGS)
SHARED = tuple(f"config{ending}" for ending in _ENDINGS)
"""Names that other programs have too."""

FOLDERS = ("config/_default", "config/production")
_BARE = {"menu": "menus", "menus": "menus", "params": "params"}
_OTHERS = frozenset({"base_url", "sources", "newsletters"})
"""Keys of Zola's and of our own `config.toml`."""

_TRUE = frozenset({"true", "1", "yes", "on"})
_DEEPEST = 20

Values = dict[str, object]


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """One language of a site. `prefix` stands before its addresses, "" or "/ko"; `content` is
    where its articles lie; `permalinks` are patterns by section.
    """

    code: str
    tag: str
    title: str
    weight: int
    content: str
    prefix: str
    style: Style
    permalinks: dict[str, str]
    ugly_sections: frozenset[str]
    handlers: Handlers

    @property
    def code_as_tag(self) -> str:
        """The code as a language tag: Hugo takes `pt_br` too, and feeds must not (RFC 5646)."""
        return self.code.replace("_", "-")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What we use of a site's settings. `languages` begin with the main one; `cascade` is front
    matter for pages by where they lie; `output` is the folder that Hugo writes, and `themes` are
    names of folders below `themes`.
    """

    title: str = ""
    url: str = ""
    base_path: str = ""
    description: str = ""
    author: str = ""
    timezone: str = ""
    main: str = "en"
    languages: tuple[Language, ...]
    many: bool = False
    cascade: tuple[Values, ...] = ()
    main_sections: tuple[str, ...] = ()
    drafts: bool = False
    future: bool = False
    expired: bool = False
    feed: str = "index.xml"
    limit: int = 0
    output: str = "public"
    environment: str = "production"
    themes: tuple[str, ...] = ()


def files(folder: Path) -> list[Path]:
    """The settings files of a site in the order in which they count; later ones win."""
    main = sites.first(folder, (*OWN, *SHARED))
    found = [main] if main else []
    for name in FOLDERS:
        below = folder / name
        if below.is_dir():
            there = [one for one in sorted(below.iterdir()) if one.suffix in _ENDINGS]
            whole = [one for one in there if one.name in (*OWN, *SHARED)]
            found += [*whole, *(one for one in there if one not in whole)]
    return found


def read(folder: Path) -> Values:
    """All settings of a site, keys in lower case. Raises SettingsError naming the file."""
    values: Values = {}
    for path in files(folder):
        here = lowered(sites.read_values(path))
        for key in reversed(_place(path)):
            here = {key: here}
        _merge(values, here)
    return values


def _place(path: Path) -> list[str]:
    """The keys below which a file's values belong: `params.ko.toml` is about one language."""
    if path.name in (*OWN, *SHARED):
        return []
    name, _, language = path.stem.lower().partition(".")
    if not language:
        return [name]
    return ["languages", language, *([_BARE[name]] if name in _BARE else [])]


def lowered(values: Mapping[str, object], depth: int = 0) -> Values:
    """Keys in lower case, as Hugo reads them, in mappings within each other too."""
    if depth > _DEEPEST:
        return {}
    found: Values = {}
    for key, value in values.items():
        if isinstance(value, dict):
            value = lowered(value, depth + 1)
        elif isinstance(value, list):
            value = [lowered(one, depth + 1) if isinstance(one, dict) else one for one in value]
        found[str(key).lower()] = value
    return found


def _merge(values: Values, more: Values) -> None:
    for key, value in more.items():
        here = values.get(key)
        if isinstance(here, dict) and isinstance(value, dict):
            _merge(here, value)
        else:
            values[key] = value


def is_hugo(values: Mapping[str, object]) -> bool:
    """Whether the values of a `config.toml` and the like are Hugo's."""
    keys = {key.lower() for key in values}
    return not keys & _OTHERS and bool(keys & {"baseurl", "languagecode", "theme", "contentdir"})


def may_be_hugo(values: Mapping[str, object]) -> bool:
    """Whether they may be Hugo's where the folder looks like it."""
    return not {key.lower() for key in values} & _OTHERS


def site_of(values: Values) -> Site:
    """What we use of the settings. Raises SettingsError for a time zone that there is not."""
    params = table(values, "params")
    url = sites.line_at(values, "baseurl")
    languages = _languages(values)
    rss = table(table(values, "outputformats"), "rss")
    feed = f"{sites.line_at(rss, 'basename') or 'index'}.xml"
    return Site(
        title=sites.line_at(values, "title"),
        url=sites.usable_url(url),
        base_path=urlsplit(url).path.rstrip("/") if sites.usable_url(url) else "",
        description=sites.line_at(params, "description"),
        author=sites.name_at(params, "author") or sites.name_at(values, "author"),
        timezone=_zone(sites.line_at(values, "timezone")),
        main=languages[0].code,
        languages=languages,
        many=bool(table(values, "languages")),
        cascade=mappings(values.get("cascade")),
        main_sections=texts(params.get("mainsections") or values.get("mainsections")),
        drafts=flag(values, "builddrafts"),
        future=flag(values, "buildfuture"),
        expired=flag(values, "buildexpired"),
        feed=feed if _has_feed(values) else "",
        limit=max(_number(values, "rsslimit"), _number(_rss_service(values), "limit"), 0),
        themes=texts(values.get("theme")),
        output=sites.line_at(values, "publishdir").strip("/") or "public",
    )


def _rss_service(values: Values) -> Values:
    return table(table(values, "services"), "rss")


def _has_feed(values: Values) -> bool:
    """Whether Hugo writes a feed of the whole site."""
    if "rss" in {kind.lower() for kind in texts(values.get("disablekinds"))}:
        return False
    home = table(values, "outputs").get("home")
    return home is None or "rss" in {name.lower() for name in texts(home)}


def _languages(values: Values) -> tuple[Language, ...]:
    """The languages that the site is made in, its main one first, then by weight."""
    tables = table(values, "languages")
    main = sites.line_at(values, "defaultcontentlanguage").lower() or "en"
    off = {code.lower() for code in texts(values.get("disablelanguages"))}
    found = [
        _language(code, {**values, **one}, main)
        for code, one in tables.items()
        if isinstance(one, dict) and code not in off and not flag(one, "disabled")
    ]
    if main not in {one.code for one in found}:
        found.append(_language(main, values, main))
    return tuple(sorted(found, key=lambda one: (one.code != main, one.weight or 9999, one.code)))


def _language(code: str, values: Values, main: str) -> Language:
    below = flag(values, "defaultcontentlanguageinsubdir") and bool(table(values, "languages"))
    ugly = values.get("uglyurls")
    patterns = table(values, "permalinks")
    patterns = {**patterns, **table(patterns, "page")}
    content = sites.line_at(values, "contentdir").strip("/").removeprefix("./") or "content"
    return Language(
        code=code,
        tag=sites.language_tag(sites.line_at(values, "languagecode")) or code,
        title=sites.line_at(values, "title"),
        weight=_number(values, "weight"),
        content=content,
        prefix=f"/{code}" if code != main or below else "",
        style=Style(
            ugly=flag(values, "uglyurls"),
            keep_case=flag(values, "disablepathtolower"),
            plain_letters=flag(values, "removepathaccents"),
        ),
        permalinks={key: one for key, one in patterns.items() if isinstance(one, str)},
        ugly_sections=frozenset(key for key in ugly if flag(ugly, key))
        if isinstance(ugly, dict)
        else frozenset(),
        handlers=handlers(table(values, "frontmatter")),
    )


def _zone(name: str) -> str:
    """The zone of dates without one, which Hugo takes for UTC. Raises SettingsError."""
    try:
        ZoneInfo(name or "UTC")
    except (OSError, ValueError, KeyError):
        raise SettingsError(
            f"`timeZone`: there is no time zone {name!r}",
            where="Hugo's settings",
            remedy="write one such as Europe/Paris",
        ) from None
    return name


def table(values: Mapping[str, object], key: str) -> Values:
    """The mapping at `key`, or an empty one."""
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> tuple[Values, ...]:
    """A mapping or a list of such."""
    many = value if isinstance(value, list) else [value]
    return tuple(one for one in many if isinstance(one, dict))


def texts(value: object) -> tuple[str, ...]:
    """A text or a list of such."""
    many = value if isinstance(value, list) else [value]
    return tuple(
        str(one) for one in many if isinstance(one, str | int) and not isinstance(one, bool)
    )


def flag(values: Mapping[str, object], key: str) -> bool:
    """Whether the value at `key` is true."""
    return str(values.get(key, "")).strip().lower() in _TRUE


def _number(values: Mapping[str, object], key: str) -> int:
    try:
        return int(str(values.get(key, "")) or 0)
    except ValueError:
        return 0


def problems(folder: Path) -> tuple[Fault, ...]:
    """A warning for each settings file that cannot be read."""
    found = []
    for path in files(folder):
        try:
            sites.read_values(path)
        except SettingsError as error:
            found.append(sites.problem(error))
    return tuple(found)
