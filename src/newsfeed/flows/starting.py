"""A first settings file for a folder, and samples for an empty one."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from newsfeed import config
from newsfeed.address import AddressError, parse_address
from newsfeed.collect.conventions.detect import convention, detect, read_jekyll_values
from newsfeed.errors import UsageError
from newsfeed.text import one_line
from newsfeed.urls import ascii_url

PLACEHOLDER_URL = "https://news.example.org"
FILE_NAME = "newsfeed.toml"
_KNOWN = frozenset({"jekyll", "plain"})
_SAMPLE_FILES = 20
_SAMPLE_BYTES = 4096
_SCRIPTS = (("ja", r"[\u3040-\u30ff]"), ("ko", r"[\uac00-\ud7a3]"))


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a folder tells of the site that it belongs to.

    `unknown` is a generator that was found and whose rules are not known: the folder is read as a
    plain one then, with `permalink` for the site's own addresses.
    """

    generator: str
    title: str
    url: str
    description: str
    language: str
    author: str
    timezone: str
    articles: int
    path: str = "."
    permalink: str = ""
    unknown: str = ""


def look(folder: Path) -> Guess:
    """Tell generator and site from a folder's files. Changes nothing."""
    found = detect(folder)
    generator = found if found in _KNOWN else "plain"
    values = read_jekyll_values(folder) if generator == "jekyll" else {}
    files = [path for path in _articles(folder) if path.is_file()]
    author = values.get("author")
    name = author.get("name") if isinstance(author, dict) else author
    return Guess(
        generator=generator,
        title=one_line(str(values.get("title") or folder.resolve().name)) or "News",
        url=_url(values),
        description=one_line(str(values.get("description") or "")),
        language=_tag(values.get("lang") or values.get("locale")) or _language(files),
        author=one_line(str(name or "")),
        timezone=str(values.get("timezone") or _local_zone()),
        articles=len(files),
        path="content" if found == "hugo" and (folder / "content").is_dir() else ".",
        permalink="" if found == generator else "/:path/:slug/",
        unknown="" if found == generator else found,
    )


def _url(values: Mapping[str, object]) -> str:
    """The address in Jekyll's settings, where it is one that people could open."""
    site, base = (str(values.get(key) or "").strip("/ ") for key in ("url", "baseurl"))
    url = f"{site}/{base}".rstrip("/")
    try:
        usable = re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url) and ascii_url(url)
    except ValueError:
        usable = None
    return url if usable else PLACEHOLDER_URL


def _tag(value: object) -> str:
    """A language tag from a locale such as ko_KR.UTF-8; "" where it holds none."""
    tag = str(value or "").partition(".")[0].replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag) else ""


def _address(url: str) -> str:
    """An address for mail at the site's host, which is in ASCII there."""
    try:
        return parse_address(f"news@{urlsplit(ascii_url(url)).hostname}").address
    except AddressError:
        return "news@example.org"


def settings_text(guess: Guess) -> str:
    """The text of a settings file: what was guessed, and the keys that people change first."""

    def quoted(value: str) -> str:
        return json.dumps(value, ensure_ascii=False)

    return f"""\
# Settings of newsfeed; `newsfeed config` shows every key with its value.

[site]
title = {quoted(guess.title)}
url = {quoted(guess.url)}
description = {quoted(guess.description)}
language = {quoted(guess.language)}
author = {quoted(guess.author)}
timezone = {quoted(guess.timezone)}

[[sources]]
path = {quoted(guess.path)}
generator = {quoted(guess.generator)}
{_own_site(guess)}
[feeds]
output = "public"
limit = 20

[[newsletters]]
name = "weekly"
title = {quoted(guess.title)}
schedule = "mon 08:00"
from = {quoted(_address(guess.url))}
{_commercial(guess)}"""


def _commercial(guess: Guess) -> str:
    """What Korean law asks for, where it may apply: others are not asked (standards L-K-06)."""
    if guess.language.partition("-")[0].lower() != "ko" and guess.timezone != "Asia/Seoul":
        return ""
    return """\
# true where letters promote or sell anything: then (광고) stands before their subjects, and
# `phone` and `postal_address` are needed (정보통신망법 제50조).
commercial = false
"""


def _own_site(guess: Guess) -> str:
    """What a generator needs whose rules are not known: it makes the pages, and we link to them."""
    if not guess.unknown:
        return ""
    return f"""\
# The rules of {guess.unknown} are not known yet: give the form of its addresses.
permalink = "{guess.permalink}"

[pages]
enabled = false
"""


def start(folder: Path, *, demo: Path | None) -> tuple[Path, Guess]:
    """Write the settings file; with `demo`, fill the empty folder with those samples first.

    Raises UsageError where a settings file is there already, the folder is not empty, or cannot be
    used; SettingsError where the settings that the folder leads to would not do.
    """
    try:
        return _start(folder, demo)
    except OSError as error:
        raise UsageError(
            f"cannot be used: {error.strerror}",
            where=os.fsdecode(error.filename or folder),
            remedy="mend its permissions, or name another folder",
        ) from None


def _start(folder: Path, demo: Path | None) -> tuple[Path, Guess]:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / FILE_NAME
    if target.exists():
        raise UsageError("there is a settings file already", where=str(target), remedy="edit it")
    if demo:
        if any(folder.iterdir()):
            raise UsageError(
                "the folder is not empty", where=str(folder), remedy="name a new one for --demo"
            )
        shutil.copytree(demo, folder / "articles", copy_function=shutil.copyfile)
    guess = look(folder / "articles" if demo else folder)
    if demo:
        guess = msgspec.structs.replace(guess, title="Sample News", path="articles")
    text = settings_text(guess)
    _try(text, target)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    return target, guess


def _try(text: str, target: Path) -> None:
    """Settings that we write are settings that we can read. Raises SettingsError."""
    settings = config.parse(text, target, {})
    zone = ZoneInfo(settings.site.timezone)
    for source in settings.sources:
        convention(source.generator, target.parent / source.path, zone, source.permalink)


def _articles(folder: Path) -> list[Path]:
    """Files that look like articles, not below hidden folders or those of tools."""
    endings = {".md", ".markdown", ".txt", ".html"}
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and f not in {"node_modules", "_site"}
        )
        found += [Path(place, n) for n in sorted(names) if Path(n).suffix.lower() in endings]
    return found


def _language(files: list[Path]) -> str:
    """The language of the first files, by their script."""
    text = ""
    for path in islice(files, _SAMPLE_FILES):
        with path.open("rb") as file:
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
