"""Generators' settings files: read with bounds, never run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from newsfeed.errors import Fault, SettingsError
from newsfeed.text import one_line

MAX_BYTES = 256 * 1024
_MOST = 4 * MAX_BYTES
"""Characters that a settings file may say with its aliases written out."""

EVERY = 10_000
"""The limit that stands for a feed of all entries."""

_URL = re.compile(r"https?://(?:[^\s/?#@\[\]]+|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?)(/[^\s?#]*)?")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def first(folder: Path, names: tuple[str, ...]) -> Path | None:
    """The first of the files `names` that is in `folder`."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read_text(path: Path) -> str:
    """The text of a settings file. Raises SettingsError where it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) <= MAX_BYTES:
            return data.decode("utf-8-sig")
        said = f"more than {MAX_BYTES // 1024} KB"
    except (OSError, UnicodeDecodeError) as error:
        said = str(error)
    raise _unreadable(path, said)


def read_values(path: Path) -> dict[str, object]:
    """The mapping in a YAML, TOML or JSON file, told by its ending; {} for a file without one.

    Raises SettingsError, which names the file, where it cannot be read.
    """
    text = read_text(path)
    try:
        values = _PARSERS.get(path.suffix.lower(), _yaml)(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(path, str(error)) from None
    if not isinstance(values, dict):
        return {}
    return {str(key): value for key, value in values.items()}


def _yaml(text: str) -> object:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        value = yaml.load(text, Loader=loader)  # noqa: S506  # a safe loader
    except (yaml.YAMLError, LookupError, AttributeError, TypeError) as error:
        # The others are what it does with tags such as `!!bool` before text that is none.
        raise ValueError(str(error) or "it is broken") from None
    if _extent(value, {}) > _MOST:
        raise ValueError("it says too much by its aliases")
    return value


def _extent(value: object, known: dict[int, int]) -> int:
    """Characters and values that there are with all aliases written out; what holds itself has no
    end. `known` are those of lists and mappings that were looked at.
    """
    if not isinstance(value, dict | list):
        return 1 + (len(value) if isinstance(value, str) else 0)
    if id(value) not in known:
        known[id(value)] = _MOST
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_extent(one, known) for one in inner)
    return known[id(value)]


def _toml(text: str) -> object:
    from newsfeed.collect.frontmatter.limits import TOO_DEEP

    if TOO_DEEP.search(text):
        raise ValueError("a key has too many parts")
    return tomllib.loads(text)


def _json(text: str) -> object:
    import json

    return json.loads(text)


_PARSERS: dict[str, Callable[[str], object]] = {".toml": _toml, ".json": _json}


def _unreadable(path: Path, said: str) -> SettingsError:
    return SettingsError(
        f"cannot be read: {said.splitlines()[0] if said else 'it is broken'}",
        where=str(path),
        remedy="mend it, or name the rules with `generator` and `permalink`",
    )


def problem(error: SettingsError) -> Fault:
    """The error as a warning, where work goes on without the file."""
    return Fault(path=error.where, problem=error.problem, remedy=error.remedy, warning=True)


def line_at(values: Mapping[str, object], key: str) -> str:
    """The text at `key` on one line; "" where there is none, or no text or number."""
    value = values.get(key)
    return one_line(str(value)) if isinstance(value, str | int | float) else ""


def name_at(values: Mapping[str, object], key: str) -> str:
    """The name at `key`, which may also be in a mapping there."""
    value = values.get(key)
    return line_at(value, "name") if isinstance(value, dict) else line_at(values, key)


def count(value: object) -> int:
    """A number of entries; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def usable_url(url: str) -> str:
    """An address without a slash at its end, if people could open it; else ""."""
    bare = url.strip().rstrip("/")
    return bare if _URL.fullmatch(bare) else ""


def language_tag(text: str) -> str:
    """A language tag from a locale such as ko_KR.UTF-8; "" where it holds none."""
    tag = text.partition(".")[0].replace("_", "-")
    return tag if _TAG.fullmatch(tag) else ""
