"""A first settings file for a folder, and samples for an empty one."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from newsfeed import config
from newsfeed.address import AddressError, parse_address
from newsfeed.collect.conventions.base import About, Generator, Located
from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.files import walk
from newsfeed.errors import Fault, SettingsError, UsageError
from newsfeed.text import one_line
from newsfeed.urls import ascii_url

PLACEHOLDER_URL = "https://news.example.org"
PRIVATE = ".newsfeed"
LIMIT = 20
"""Entries of a feed where the generator's own does not tell."""

_SAMPLE_FILES = 20
_SAMPLE_BYTES = 4096
_SCRIPTS = (("ja", r"[\u3040-\u30ff]"), ("ko", r"[\uac00-\ud7a3]"))


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a folder tells of the site that it belongs to: its generator and what told,
    what its settings say with what is missing filled in, how many files may be articles, and the
    address that letters come from.
    """

    generator: str
    reasons: tuple[str, ...]
    about: About
    articles: int
    sender: str


def look(folder: Path) -> Guess:
    """Tell generator and site from a folder's files. Changes nothing."""
    generator, located = detect(folder)
    about = generator.about(located.site)
    files = _articles(folder, generator, located)
    url = _usable(about.url)
    return Guess(
        generator=generator.name,
        reasons=located.reasons,
        about=msgspec.structs.replace(
            about,
            title=about.title or one_line(folder.resolve().name) or "News",
            url=url,
            language=about.language or _language(files),
            timezone=about.timezone or _local_zone(),
            problems=(*about.problems, *_inside(generator.name, located)),
        ),
        articles=len(files),
        sender=sender_at(url),
    )


def _inside(generator: str, located: Located) -> tuple[Fault, ...]:
    """A warning where the folder is within a site, whose generator may publish what is there."""
    if not located.prefix:
        return ()
    problem = (
        f"{located.prefix} is part of this site of {generator}, which may publish what we write"
    )
    remedy = "run `newsfeed init` in the site's folder"
    return (Fault(path=str(located.site), problem=problem, remedy=remedy, warning=True),)


def answered(guess: Guess, *, url: str, sender: str) -> Guess:
    """The guess with what somebody said who knows."""
    about = msgspec.structs.replace(guess.about, url=url)
    return msgspec.structs.replace(guess, about=about, sender=sender)


def _usable(url: str) -> str:
    """The address of the site, where it is one that people could open."""
    try:
        return url if url and ascii_url(url) else PLACEHOLDER_URL
    except ValueError:
        return PLACEHOLDER_URL


def sender_at(url: str) -> str:
    """An address for mail at the site's host, which is in ASCII there."""
    try:
        return parse_address(f"news@{urlsplit(ascii_url(url)).hostname}").address
    except AddressError:
        return "news@example.org"


def settings_text(guess: Guess) -> str:
    """The text of a settings file: what was guessed, and the keys that people change first."""
    about = guess.about
    permalink = f"permalink = {_quoted(about.permalink)}\n" if about.permalink else ""
    return f"""\
# Settings of newsfeed; `newsfeed config` shows every key with its value.

[site]
title = {_quoted(about.title)}
url = {_quoted(about.url)}
description = {_quoted(about.description)}
language = {_quoted(about.language)}
author = {_quoted(about.author)}
timezone = {_quoted(about.timezone)}
{_titles(about)}
[[sources]]
path = {_quoted(about.source)}
generator = {_quoted(guess.generator)}
{permalink}
[feeds]
output = {_quoted(about.output)}
limit = {about.limit or LIMIT}
{_content(about)}{_paths(about)}{_newsletters(guess)}"""


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _titles(about: About) -> str:
    """The site's title in its other languages, whose feeds are called so."""
    others = [one for one in about.languages[1:] if about.titles.get(one)]
    pairs = ", ".join(f"{_quoted(one)} = {_quoted(about.titles[one])}" for one in others)
    return f"titles = {{ {pairs} }}\n" if pairs else ""


def _content(about: About) -> str:
    return 'content = "excerpt"\n' if about.excerpts else ""


def _paths(about: About) -> str:
    """Feeds where the generator's own are, and no others in their way."""
    if not about.feeds:
        return ""
    formats = ", ".join(map(_quoted, about.feeds))
    lines = "".join(f"{name} = {_quoted(path)}\n" for name, path in about.feeds.items())
    if about.by_category:
        lines += f"category = {_quoted(about.by_category)}\n"
    own = ""
    if about.language_feeds and len(about.languages) > 1:
        main = _quoted(about.languages[0])
        own = f'language = {main}\nby = ["categories", "languages"]\n'
        lines += f"language = {_quoted(about.language_feeds)}\n"
    return f"formats = [{formats}]\n{own}\n[feeds.paths]\n{lines}"


def _newsletters(guess: Guess) -> str:
    """A weekly letter; in a site of several languages, one in each."""
    languages = guess.about.languages if len(guess.about.languages) > 1 else ("",)
    return "".join(_newsletter(guess, language) for language in languages)


def _newsletter(guess: Guess, language: str) -> str:
    about = guess.about
    name = f"weekly-{language.lower()}" if language else "weekly"
    only = (
        f"language = {_quoted(language)}\nlanguages = [{_quoted(language)}]\n" if language else ""
    )
    return f"""
[[newsletters]]
name = {_quoted(name)}
title = {_quoted(about.titles.get(language) or about.title)}
schedule = "mon 08:00"
from = {_quoted(guess.sender)}
{only}{_commercial(language or about.language, about.timezone)}"""


def _commercial(language: str, timezone: str) -> str:
    """What Korean law asks for, where it may apply: others are not asked (standards L-K-06)."""
    if language.partition("-")[0].lower() != "ko" and timezone != "Asia/Seoul":
        return ""
    return """\
# true where letters promote or sell anything: then (광고) stands before their subjects, and
# `phone` and `postal_address` are needed (정보통신망법 제50조).
commercial = false
"""


def start(
    folder: Path, *, demo: Path | None, ask: Callable[[Guess], Guess] | None = None
) -> tuple[Path, Guess]:
    """Write the settings file, and what keeps the folder's generator from reading what we write;
    with `demo`, fill the empty folder with those samples first. `ask` is asked what nobody can
    tell from a folder.

    Raises UsageError where a settings file is there already, the folder is not empty, or cannot be
    used; SettingsError where the settings that the folder leads to would not do.
    """
    try:
        return _start(folder, demo, ask)
    except OSError as error:
        raise UsageError(
            f"cannot be used: {error.strerror}",
            where=os.fsdecode(error.filename or folder),
            remedy="mend its permissions, or name another folder",
        ) from None


def _start(
    folder: Path, demo: Path | None, ask: Callable[[Guess], Guess] | None
) -> tuple[Path, Guess]:
    folder.mkdir(parents=True, exist_ok=True)
    usual, hidden = (folder / name for name in config.FILE_NAMES[:2])
    for there in (usual, hidden):
        if there.exists():
            raise UsageError("there is a settings file already", where=str(there), remedy="edit it")
    if demo:
        if any(folder.iterdir()):
            raise UsageError(
                "the folder is not empty", where=str(folder), remedy="name a new one for --demo"
            )
        shutil.copytree(demo, folder / "articles", copy_function=shutil.copyfile)
    guess = look(folder / "articles" if demo else folder)
    if demo:
        about = msgspec.structs.replace(guess.about, title="Sample News", source="articles")
        guess = msgspec.structs.replace(guess, about=about)
    elif ask:
        guess = ask(guess)
    text = settings_text(guess)
    target = hidden if guess.about.hidden else usual
    try:
        _try(text, target)
    except SettingsError:
        if not guess.about.problems:
            raise
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    if name := guess.about.ignored_by:
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write(f"{guess.about.output}/\n{PRIVATE}/\n")
    return target, guess


def _try(text: str, target: Path) -> None:
    """Settings that we write are settings that we can read. Raises SettingsError."""
    settings = config.parse(text, target, {})
    zone = ZoneInfo(settings.site.timezone)
    for source in settings.sources:
        convention(source.generator, target.parent / source.path, zone, source.permalink)


def _articles(folder: Path, generator: Generator, located: Located) -> list[Path]:
    """The files that the generator's rules would read; none where those cannot be told."""
    try:
        rules = generator.convention(located, ZoneInfo("UTC"), "")
    except SettingsError:
        return []
    found = walk(folder, rules.accepts, frozenset(), lambda _: None)
    return sorted(folder / file.raw for file in found)


def _language(files: list[Path]) -> str:
    """The language of the first files, by their script; what cannot be read does not count."""
    text = ""
    for path in islice(files, _SAMPLE_FILES):
        with suppress(OSError), path.open("rb") as file:
            text += file.read(_SAMPLE_BYTES).decode("utf-8", "ignore")
    for language, letters in _SCRIPTS:
        if len(re.findall(letters, text)) * 20 > len(text):
            return language
    return "en"


def _local_zone() -> str:
    """The zone of this machine by its name, or UTC."""
    target = os.path.realpath("/etc/localtime")
    _, found, name = target.partition("zoneinfo/")
    return name if found and not name.startswith(("posix", "right")) else "UTC"
