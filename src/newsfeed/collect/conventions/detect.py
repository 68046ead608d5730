"""Which generator a folder belongs to, and its rules ready to ask."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from newsfeed.collect import conventions
from newsfeed.collect.conventions.base import Convention, Generator, Located
from newsfeed.collect.permalinks import unknown_placeholder
from newsfeed.errors import SettingsError


@cache
def generators() -> dict[str, Generator]:
    """Every generator by its name: the modules of this package that have one."""
    names = sorted(module.name for module in pkgutil.iter_modules(conventions.__path__))
    found = ((name, generator_named(name)) for name in names)
    return {name: generator for name, generator in found if generator}


def generator_named(name: str) -> Generator | None:
    """The generator of that name, without a look at the others; None where there is none."""
    if not name.isidentifier() or not find_spec(f"{conventions.__name__}.{name}"):
        return None
    module = import_module(f"{conventions.__name__}.{name}")
    found: Generator | None = getattr(module, "GENERATOR", None)
    return found


def detect(folder: Path) -> tuple[Generator, Located]:
    """The generator of `folder`, which is the one that most speaks for; "plain" where none does."""
    found = [(g, where) for g in generators().values() if (where := g.locate(folder))]
    return max(found, key=lambda pair: len(pair[1].reasons))


def convention(name: str, folder: Path, zone: ZoneInfo, permalink: str) -> Convention:
    """The rules for `folder`; the generator's `name` may be "auto".

    Raises SettingsError for a generator that is not known, for a placeholder in `permalink` that
    is not, and for a generator's settings that cannot be read.
    """
    if unknown := unknown_placeholder(permalink):
        raise SettingsError(
            f"`sources.permalink`: there is no placeholder :{unknown}",
            where=permalink,
            remedy="known are :slug, :title, :categories, :year, :month, :day and others of Jekyll",
        )
    if name == "auto":
        generator, located = detect(folder)
    elif one := generator_named(name):
        generator, located = one, one.locate(folder) or Located(site=folder)
    else:
        raise SettingsError(
            f"`sources.generator`: there is no generator {name!r}",
            where=str(folder),
            remedy=f"known are auto, {', '.join(generators())}",
        )
    return generator.convention(located, zone, permalink)
