"""The settings file and the environment -> frozen `Settings`, or an error naming file and key.

Reads files and takes the environment as a value; changes nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, get_args

import msgspec

from newsfeed.errors import SettingsError
from newsfeed.settings import Settings, Table

FILE_NAMES = ("newsfeed.toml", "config.toml")
ENVIRONMENT_PREFIX = "NEWSFEED__"

_SECTIONS = frozenset(Settings.__struct_fields__)


def find(folder: Path) -> Path:
    """The settings file of `folder`: newsfeed.toml, else a config.toml that is ours.

    Hugo, Zola and listmonk have a config.toml too; ours holds no section that we do not know.
    Raises SettingsError when there is none.
    """
    for name in FILE_NAMES:
        path = folder / name
        if path.is_file() and (name == FILE_NAMES[0] or _is_ours(path)):
            return path
    raise SettingsError(
        f"no settings file ({' or '.join(FILE_NAMES)}) in {folder}",
        remedy="run `newsfeed init` there, or name one with -c FILE",
    )


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read `path`, apply overrides from `environment`, and check every key and value.

    Raises SettingsError that names file, key and the nearest right name.
    """
    tables = _read(path)
    _refuse_unknown_keys(tables, Settings, path)
    for name, value in sorted(environment.items()):
        if name.startswith(ENVIRONMENT_PREFIX):
            _override(tables, name, value)
    try:
        settings = msgspec.convert(tables, Settings)
    except msgspec.ValidationError as error:
        raise _explained(error, path) from None
    _check(settings, path)
    return settings


def _read(path: Path) -> dict[str, Any]:
    where = str(path)
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            "there is no such file", where=where, remedy="run `newsfeed init`"
        ) from None
    except OSError as error:
        raise SettingsError(
            f"cannot be read: {error.strerror}", where=where, remedy="mend its permissions"
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8", where=where, remedy="save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        problem, line = _toml_position(str(error))
        where = f"{where}:{line}" if line else where
        remedy = "mend the TOML; text values need quotes"
        raise SettingsError(problem, where=where, remedy=remedy) from None


def _toml_position(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", text, re.DOTALL)
    return (match[1], match[2] or "") if match else (text, "")


def _is_ours(path: Path) -> bool:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return False
    return "site" in tables and tables.keys() <= _SECTIONS


def _refuse_unknown_keys(
    value: object, kind: type[Table], path: Path, trail: tuple[str, ...] = ()
) -> None:
    if not isinstance(value, dict):
        return
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for key, inner in value.items():
        if key not in fields:
            import difflib

            near = difflib.get_close_matches(key, fields, n=1, cutoff=0.5)
            remedy = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(fields)}"
            raise SettingsError(
                f"`{'.'.join((*trail, key))}` is not a setting", where=str(path), remedy=remedy
            )
        table = _table_type(fields[key])
        if table:
            for element in inner if isinstance(inner, list) else [inner]:
                _refuse_unknown_keys(element, table, path, (*trail, key))


def _table_type(kind: object) -> type[Table] | None:
    """The table behind a field's type, looking through tuples and annotations."""
    if isinstance(kind, type) and issubclass(kind, Table):
        return kind
    return next((found for part in get_args(kind) if (found := _table_type(part))), None)


def _override(tables: dict[str, Any], name: str, value: str) -> None:
    """Set one key from `NEWSFEED__SECTION__KEY`; lists of tables take a number in between."""
    keys = [key.lower() for key in name.removeprefix(ENVIRONMENT_PREFIX).split("__")]
    target: object = tables
    kind: type[Table] | None = Settings
    for key in keys[:-1]:
        target, kind = _step(target, kind, key, name)
    fields = {} if kind is None else {f.encode_name: f.type for f in msgspec.structs.fields(kind)}
    if keys[-1] not in fields or not isinstance(target, dict):
        raise SettingsError("names no setting", where=name, remedy="see `newsfeed config`")
    target[keys[-1]] = _typed(value, fields[keys[-1]])


def _step(
    target: object, kind: type[Table] | None, key: str, name: str
) -> tuple[object, type[Table] | None]:
    if isinstance(target, list):
        if key.isdigit() and int(key) < len(target):
            return target[int(key)], kind
    elif kind is not None and isinstance(target, dict):
        types = {f.encode_name: f.type for f in msgspec.structs.fields(kind)}
        if key in types:
            return target.setdefault(key, {}), _table_type(types[key])
    raise SettingsError("names no setting", where=name, remedy="see `newsfeed config`")


def _typed(value: str, kind: object) -> object:
    """Environment text as the setting's type: text stays text, all else is read as TOML."""
    scalar = next((part for part in get_args(kind) if part is str), kind)
    if scalar is str:
        return value
    try:
        read: object = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    return read


def _explained(error: msgspec.ValidationError, path: Path) -> SettingsError:
    problem, _, trail = str(error).partition(" - at `$")
    key = trail.rstrip("`").lstrip(".") or "the file"
    missing = re.fullmatch(r"Object missing required field `(.+)`", problem)
    if missing:
        section = f"{key}.{missing[1]}" if trail else missing[1]
        return SettingsError(f"`{section}` is missing", where=str(path), remedy="add it")
    problem = re.sub(
        r"Expected `str` matching regex .*", "the value does not have its form", problem
    )
    return SettingsError(
        f"`{key}` is not right: {problem}", where=str(path), remedy="see `newsfeed config`"
    )


def _check(settings: Settings, path: Path) -> None:
    """What types cannot say. Raises SettingsError."""
    _check_url(settings.site.url, "site.url", path)
    for url, key in ((settings.feeds.hub, "feeds.hub"), (settings.server.url, "server.url")):
        if url:
            _check_url(url, key, path)
    zones = [("site.timezone", settings.site.timezone)]
    zones += [(f"newsletters.{n.name}.timezone", n.timezone) for n in settings.newsletters]
    for key, zone in zones:
        _check_zone(zone, key, path)
    languages = [("site.language", settings.site.language)]
    languages += [("sources.language", s.language) for s in settings.sources]
    languages += [(f"newsletters.{n.name}.language", n.language) for n in settings.newsletters]
    for key, tag in languages:
        if tag and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
            _refuse(f"`{key}`: {tag!r} is not a language tag", "write one like ko or en-GB", path)
    _check_sources(settings, path)
    _check_newsletters(settings, path)
    _check_output(settings, path)


def _check_url(url: str, key: str, path: Path) -> None:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        _refuse(
            f"`{key}`: {url!r} is not an http address", "write one like https://example.org", path
        )


def _check_zone(zone: str, key: str, path: Path) -> None:
    if not zone:
        return
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        _refuse(f"`{key}`: there is no time zone {zone!r}", "write one like Asia/Seoul", path)


def _check_sources(settings: Settings, path: Path) -> None:
    for source in settings.sources:
        if source.feed:
            _refuse("`sources.feed`: remote feeds cannot be read yet", "give a `path`", path)
        if not source.path:
            _refuse("`sources.path` is missing", "name the folder of articles", path)
        if source.generator not in {"auto", "jekyll", "plain"}:
            _refuse(
                f"`sources.generator`: the rules of {source.generator} are not known yet",
                'write "plain" and give its `permalink`',
                path,
            )
        if source.permalink and not source.permalink.startswith("/"):
            _refuse("`sources.permalink` does not begin with /", 'as in "/:slug/"', path)
    names = [source.name or source.path for source in settings.sources]
    if len(set(names)) < len(names):
        _refuse("two `[[sources]]` have one name", "give each a `name` of its own", path)


def _check_newsletters(settings: Settings, path: Path) -> None:
    names = [newsletter.name for newsletter in settings.newsletters]
    if len(set(names)) < len(names):
        _refuse("two `[[newsletters]]` have one name", "give each a `name` of its own", path)
    known = {source.name or source.path for source in settings.sources}
    for newsletter in settings.newsletters:
        unknown = sorted(set(newsletter.sources) - known)
        if unknown:
            _refuse(
                f"`newsletters.{newsletter.name}.sources`: there is no source {unknown[0]!r}",
                f"known are: {', '.join(sorted(known))}",
                path,
            )


def _check_output(settings: Settings, path: Path) -> None:
    paths = settings.feeds.paths
    for key in paths.__struct_fields__:
        value = getattr(paths, key)
        parts = PurePosixPath(value).parts
        if value.startswith("/") or ".." in parts or "\\" in value:
            _refuse(f"`feeds.paths.{key}`: {value!r} leaves the output folder", "mend it", path)
    files = [getattr(paths, name) for name in settings.feeds.formats]
    if len(set(files)) < len(files):
        _refuse("`feeds.paths`: two formats have one file name", "give each its own", path)
    for key in ("category", "tag", "author", "language"):
        value = getattr(paths, key)
        if "{slug}" not in value or not value.endswith("/"):
            _refuse(
                f"`feeds.paths.{key}`: {value!r} is not a folder with {{slug}} in it",
                'as in "categories/{slug}/"',
                path,
            )
    output = (path.parent / settings.feeds.output).resolve()
    if output == path.parent.resolve() or output in path.parent.resolve().parents:
        _refuse("`feeds.output` is the folder of the settings file", 'as in "public"', path)


def _refuse(problem: str, remedy: str, path: Path) -> None:
    raise SettingsError(problem, where=str(path), remedy=remedy)
