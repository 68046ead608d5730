"""A first settings file for a folder, and samples for an empty one."""

from __future__ import annotations

import json
import os
import re
import shutil
from itertools import islice
from pathlib import Path

import msgspec

from newsfeed.collect.conventions.detect import detect, read_jekyll_values
from newsfeed.errors import UsageError

PLACEHOLDER_URL = "https://news.example.org"
FILE_NAME = "newsfeed.toml"
_SAMPLE_FILES = 20
_SAMPLE_BYTES = 4096
_SCRIPTS = (("ja", r"[\u3040-\u30ff]"), ("ko", r"[\uac00-\ud7a3]"))


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a folder tells of the site that it belongs to."""

    generator: str
    title: str
    url: str
    description: str
    language: str
    author: str
    timezone: str
    articles: int
    path: str = "."


def look(folder: Path) -> Guess:
    """Tell generator and site from a folder's files. Changes nothing."""
    generator = detect(folder)
    values = read_jekyll_values(folder) if generator == "jekyll" else {}
    files = [path for path in _articles(folder) if path.is_file()]
    site = str(values.get("url") or "").rstrip("/")
    base = str(values.get("baseurl") or "").strip("/")
    author = values.get("author")
    name = author.get("name") if isinstance(author, dict) else author
    return Guess(
        generator=generator,
        title=str(values.get("title") or folder.resolve().name or "News"),
        url=(f"{site}/{base}".rstrip("/") if site else PLACEHOLDER_URL),
        description=" ".join(str(values.get("description") or "").split()),
        language=str(values.get("lang") or values.get("locale") or _language(files)),
        author=str(name or ""),
        timezone=str(values.get("timezone") or _local_zone()),
        articles=len(files),
    )


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

[feeds]
output = "public"
limit = 20

[[newsletters]]
name = "weekly"
title = {quoted(guess.title)}
schedule = "mon 08:00"
from = {quoted("news@" + (re.sub(r"^https?://|[:/].*$", "", guess.url)))}
"""


def start(folder: Path, *, demo: Path | None) -> tuple[Path, Guess]:
    """Write the settings file; with `demo`, fill the empty folder with those samples first.

    Raises UsageError where a settings file is there already, or the folder is not empty.
    """
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
    with target.open("x", encoding="utf-8") as file:
        file.write(settings_text(guess))
    return target, guess


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
