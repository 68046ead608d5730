"""The letter that all senders of the benchmark send, and the people who get it.

The letter is newsfeed's own: a site with one subscriber writes it as a file, with an article that
is lengthened until the letter has the size that is wanted. smtp-source gets that file, nodemailer
its two parts with gaps for name and link.
"""

from __future__ import annotations

import email.policy
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from random import Random

from benchmarks import prose
from benchmarks.subscribers import NEWSFEED, subscriber

TEXT_ONLY_BELOW = 15_000
"""Bytes: the frame of an HTML letter has 11,700, so that smaller letters are plain text."""

SENDER = "Island News <news@example.org>"
LETTERS = "https://news.example.org/letters"

SETTINGS = """\
[site]
title = "Island News"
url = "https://news.example.org"
language = "en"
timezone = "UTC"
[[sources]]
path = "posts"
[[newsletters]]
name = "weekly"
title = "Island weekly"
from = "{sender}"
format = "{format}"
postal_address = "1 Harbour Street, Example Town"
[server]
url = "{letters}"
"""

_PERSON = ("reader@mail.example.com", "Probe Person")
_NEAR = 0.01
_TRIES = 8


class LetterError(Exception):
    """The letter could not be made as long as it was to be."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter as it leaves, and what it was made of.

    `body` is the article's text, `message` the whole with LF line ends, `html` ("" where there is
    none) and `text` have {{name}} and {{link}} for what is personal.
    """

    body: str
    message: bytes
    subject: str
    html: str
    text: str


def settings(size: int) -> str:
    """The settings of a site that sends letters of `size` bytes, but for [mail]."""
    form = "text" if size < TEXT_ONLY_BELOW else "html"
    return SETTINGS.format(format=form, sender=SENDER, letters=LETTERS)


def article(number: int, body: str) -> str:
    """A file of the source."""
    day = f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
    return f"---\ntitle: The island in week {number:04}\ndate: {day}T09:00:00Z\n---\n\n{body}\n"


def text(size: int) -> str:
    """News of about `size` bytes, always the same, English and Korean in turn."""
    random, found = Random(1), bytearray()
    while len(found) < size:
        patterns = prose.KOREAN if len(found) % 2 else prose.ENGLISH
        found += f"{prose.sentences(random, patterns, 4)}\n\n".encode()
    return found[:size].decode(errors="ignore").rpartition(" ")[0]


def people(count: int) -> Iterator[tuple[str, str]]:
    """Address and name of everybody who gets the letter."""
    for number in range(count):
        address, name, *_ = subscriber(number, count)
        yield address, name


def write_csv(path: Path, rows: Iterator[tuple[str, str]]) -> None:
    """A file of subscribers for `newsfeed subscribers import`."""
    lines = [f"{address},{name.replace(',', '')},2024-05-01\n" for address, name in rows]
    path.write_text("email,name,date\n" + "".join(lines), "utf-8")


def write_json(path: Path, count: int) -> None:
    """The same people for nodemailer, each with a link as long as ours."""
    found = [
        {
            "address": address,
            "name": name,
            "link": f"{LETTERS}/u/weekly/{hashlib.sha256(address.encode()).hexdigest()[:45]}",
        }
        for address, name in people(count)
    ]
    path.write_text(json.dumps(found, ensure_ascii=False), "utf-8")


def new_site(folder: Path, size: int, mail: str, rows: Iterator[tuple[str, str]]) -> None:
    """Make a site anew, with these subscribers, who consented."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "posts").mkdir(parents=True)
    (folder / "newsfeed.toml").write_text(settings(size) + mail, "utf-8")
    write_csv(folder / "rows.csv", rows)
    consent = ("--consent-source", "sign-up form", "--consent-date-column", "date")
    newsfeed(folder, "subscribers", "import", "rows.csv", *consent)


def newsfeed(folder: Path, *words: str) -> None:
    """Run newsfeed in `folder`. Raises CalledProcessError."""
    subprocess.run((NEWSFEED, *words), cwd=folder, check=True, stdout=subprocess.DEVNULL)


def probe(folder: Path, size: int) -> Letter:
    """A letter of `size` bytes, within one in a hundred. Raises LetterError."""
    new_site(folder, size, '[mail]\ntransport = "files"\n', iter([_PERSON]))
    length = size // 4
    for number in range(_TRIES):
        body = text(length)
        (folder / "posts" / f"{number}.md").write_text(article(number, body), "utf-8")
        newsfeed(folder, "send", "weekly")
        found = max((folder / ".newsfeed" / "outbox").rglob("*.eml"), key=_made)
        message = found.read_bytes()
        if abs(len(message) - size) <= size * _NEAR:
            return _taken_apart(message, body)
        length = max(length + (size - len(message)) * 2 // 5, 10)
    raise LetterError(f"no letter of {size} bytes, but of {len(message)}")


def _made(path: Path) -> int:
    return path.stat().st_mtime_ns


def _taken_apart(message: bytes, body: str) -> Letter:
    policy = email.policy.default
    found = BytesParser(EmailMessage, policy=policy).parsebytes(message)
    link = found["List-Unsubscribe"].strip("<>")

    def part(kind: str) -> str:
        one = found.get_body((kind,))
        whole = str(one.get_content()) if one else ""
        return whole.replace(link, "{{link}}").replace(_PERSON[1], "{{name}}")

    return Letter(
        body=body,
        message=message.replace(b"\r\n", b"\n"),
        subject=str(found["Subject"]),
        html=part("html"),
        text=part("plain"),
    )
