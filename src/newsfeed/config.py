"""The settings file and the environment -> frozen `Settings`, or an error naming file and key.

Reads files and takes the environment as a value; changes nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from newsfeed.errors import SettingsError
from newsfeed.settings import Duration, Name, Settings, Share, Table
from newsfeed.settings_checks import check

HIDDEN_NAME = "_newsfeed.toml"
FILE_NAMES = ("newsfeed.toml", HIDDEN_NAME, "config.toml")
"""Jekyll publishes what does not begin with an underscore."""

ENVIRONMENT_PREFIX = "NEWSFEED__"

_EXAMPLES = (
    (Duration, 'write it like "6h" (s, m, h or d)'),
    (Share, 'write it like "5%"'),
    (Name, "take a-z, 0-9, - and _, and begin with a letter or a digit"),
)

_SECTIONS = frozenset(Settings.__struct_fields__)


def find(folder: Path) -> Path:
    """The settings file of `folder`: newsfeed.toml or _newsfeed.toml, else a config.toml of ours.

    Hugo, Zola and listmonk have a config.toml too; ours holds no section that we do not know.
    Raises SettingsError when there is none.
    """
    for name in FILE_NAMES:
        path = folder / name
        if path.is_file() and (name != FILE_NAMES[-1] or _is_ours(path)):
            return path
    raise SettingsError(
        f"no settings file ({', '.join(FILE_NAMES[:-1])} or {FILE_NAMES[-1]}) in {folder}",
        remedy="run `newsfeed init` there, or name one with -c FILE",
    )


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read `path`, apply overrides from `environment`, and check every key and value.

    Raises SettingsError that names file, key and the nearest right name.
    """
    return parse(_read(path), path, environment)


def parse(text: str, path: Path, environment: Mapping[str, str]) -> Settings:
    """The settings in `text`, which is or will be the file `path`; otherwise as `load`."""
    tables = _tables(text, path)
    _refuse_unknown_keys(tables, Settings, path)
    variables = {}
    for name, value in sorted(environment.items()):
        if name.startswith(ENVIRONMENT_PREFIX):
            variables[_override(tables, name, value)] = name
    try:
        settings = _converted(tables, path)
        check(settings, path)
    except SettingsError as error:
        raise _blamed(error, variables) from None
    return settings


def _converted(tables: dict[str, Any], path: Path) -> Settings:
    try:
        return msgspec.convert(tables, Settings)
    except msgspec.ValidationError as error:
        raise _explained(error, path) from None


def _blamed(error: SettingsError, variables: Mapping[str, str]) -> SettingsError:
    """The error, which names the variable instead of the file where the value comes from one."""
    for key, name in variables.items():
        if re.search(rf"`{re.escape(key)}[`\[]", error.problem):
            return SettingsError(error.problem, where=name, remedy=error.remedy)
    return error


def _read(path: Path) -> str:
    where = str(path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            "there is no such file", where=where, remedy="run `newsfeed init`"
        ) from None
    except OSError as error:
        denied = isinstance(error, PermissionError)
        remedy = "mend its permissions" if denied else "name a settings file with -c FILE"
        raise SettingsError(
            f"cannot be read: {error.strerror}", where=where, remedy=remedy
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8", where=where, remedy="save it as UTF-8") from None


def _tables(text: str, path: Path) -> dict[str, Any]:
    where = str(path)
    try:
        return tomllib.loads(text)
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
    fields = _fields(kind)
    for key, inner in value.items():
        if key not in fields:
            raise SettingsError(
                f"`{'.'.join((*trail, key))}` is not a setting",
                where=str(path),
                remedy=_nearest(key, fields),
            )
        table = _table_type(fields[key])
        if table:
            for element in inner if isinstance(inner, list) else [inner]:
                _refuse_unknown_keys(element, table, path, (*trail, key))


def _nearest(key: str, known: Iterable[str]) -> str:
    """What somebody may have meant by `key`."""
    import difflib

    known = list(known)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(known)}"


def _fields(kind: type[Table]) -> dict[str, Any]:
    """The type of each key of a table."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(kind)}


def _table_type(kind: object) -> type[Table] | None:
    """The table behind a field's type, looking through tuples and annotations."""
    if isinstance(kind, type) and issubclass(kind, Table):
        return kind
    return next((found for part in get_args(kind) if (found := _table_type(part))), None)


def _override(tables: dict[str, Any], name: str, value: str) -> str:
    """Set one key from `NEWSFEED__SECTION__KEY`; lists of tables take a number in between.

    The key comes back as messages name it.
    """
    keys = [key.lower() for key in name.removeprefix(ENVIRONMENT_PREFIX).split("__")]
    target: object = tables
    kind: type[Table] | None = Settings
    for key in keys[:-1]:
        target, kind = _step(target, kind, key, name)
    fields = {} if kind is None else _fields(kind)
    if keys[-1] not in fields or not isinstance(target, dict):
        raise _no_setting(name, keys[-1], target, fields)
    target[keys[-1]] = _typed(value, fields[keys[-1]])
    return re.sub(r"\.([0-9]+)", r"[\1]", ".".join(keys))


def _step(
    target: object, kind: type[Table] | None, key: str, name: str
) -> tuple[object, type[Table] | None]:
    if isinstance(target, list):
        if key.isdigit() and int(key) < len(target):
            return target[int(key)], kind
    elif kind is not None and isinstance(target, dict):
        types = _fields(kind)
        if key in types:
            return target.setdefault(key, {}), _table_type(types[key])
    raise _no_setting(name, key, target, {} if kind is None else _fields(kind))


def _no_setting(name: str, key: str, target: object, fields: Mapping[str, object]) -> SettingsError:
    remedy = _nearest(key, fields) if fields else "it goes further than the setting does"
    if isinstance(target, list):
        remedy = f"write the number of one of the {len(target)} tables in the file, from 0"
    return SettingsError(f"names no setting at {key.upper()}", where=name, remedy=remedy)


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
        f"`{key}` is not right: {problem}", where=str(path), remedy=_expected(_type_of(key))
    )


def _type_of(trail: str) -> object:
    """The type of a setting from the path that messages give, such as `newsletters[0].name`."""
    kind: object = Settings
    for key in re.findall(r"\w+(?![\w\]])", trail):
        table = _table_type(kind)
        kind = _fields(table).get(key) if table else kind
    return kind


def _expected(kind: object) -> str:
    """What to write for a value of a type, in words."""
    for form, example in _EXAMPLES:
        if kind == form:
            return example
    parts = get_args(kind)
    if get_origin(kind) is Literal:
        return f"write one of {', '.join(parts)}"
    if get_origin(kind) is tuple and not _table_type(kind):
        return f"in a list, {_expected(parts[0])}"
    if get_origin(kind) is Annotated:
        return _within(parts) if parts[0] is int else _expected(parts[0])
    words = {str: "write text in quotes", int: "write a whole number"}
    words[bool] = "write true or false"
    return next((words[t] for t in (kind, *parts) if t in words), "write a table in brackets")


def _within(parts: tuple[Any, ...]) -> str:
    """What to write for a whole number with bounds."""
    bounds = next((part for part in parts if isinstance(part, msgspec.Meta)), msgspec.Meta())
    lowest = bounds.ge if bounds.ge is not None or bounds.gt is None else bounds.gt + 1
    if lowest is not None and bounds.le is not None:
        return f"write a whole number from {lowest} to {bounds.le}"
    return "write a number" if lowest is None else f"write a whole number, {lowest} or larger"
