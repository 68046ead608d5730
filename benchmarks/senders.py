"""The programs that send the same letters: Postfix's smtp-source, nodemailer's pool, and newsfeed.

Each is told the work and a port, and gives the command to run; `check` looks at what it says of
itself afterwards. Settings stand here in full.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from benchmarks import letters
from benchmarks.letters import Letter
from benchmarks.sinks import postfix
from benchmarks.subscribers import NEWSFEED

HERE = Path(__file__).parent
KEPT = "smtp-source -d"
"""Keeps its connections, as the others do: the peer that the table's ratios are to."""

SOURCES = (KEPT, "smtp-source")

MAIL = """\
[mail]
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
messages_per_connection = 1000000
"""
DKIM = """\
[[mail.dkim]]
domain = "example.org"
selector = "news"
key_file = "{key}"
"""


class WrongOutputError(Exception):
    """Other letters went than the work asks for; the times would be worth nothing."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a row is about: `count` letters of `size` bytes over so many connections, with a
    signature ("", "ed25519", "rsa") and a round trip in seconds.
    """

    size: int
    count: int
    connections: int
    signature: str = ""
    round_trip: float = 0.0


class Sender(Protocol):
    """A program that sends. `signs` are the signatures that it can make; `is_personal` tells
    whether every letter is another.
    """

    name: str
    signs: frozenset[str]
    is_personal: bool

    def ready(self, work: Work, letter: Letter, port: int) -> tuple[Sequence[str], Path]:
        """Make everything ready; gives the command and the folder it runs in."""
        ...

    def check(self, work: Work) -> None:
        """Raises WrongOutputError where it does not say itself that all have left."""
        ...


class SmtpSource:
    """Postfix's load generator: one fixed letter, each to another recipient (-N)."""

    signs = frozenset({""})
    is_personal = False

    def __init__(self, folder: Path, *, keeps: bool) -> None:
        self.name = SOURCES[0 if keeps else 1]
        self._folder, self._keeps = folder, keeps

    def ready(self, work: Work, letter: Letter, port: int) -> tuple[Sequence[str], Path]:
        """It reads newsfeed's letter from a file once, and sends it as it is."""
        file = self._folder / "letter.txt"
        file.write_bytes(letter.message)
        return (
            postfix("smtp-source") or "smtp-source",
            *(("-d",) if self._keeps else ()),
            *("-N", "-s", str(work.connections), "-m", str(work.count), "-F", str(file)),
            *("-f", "news@example.org", "-t", "reader@mail.example.com", f"127.0.0.1:{port}"),
        ), self._folder

    def check(self, work: Work) -> None:
        """It ends with another status than 0 where a letter is not taken."""


class Nodemailer:
    """nodemailer's pooled transport, which composes each letter: see nodemailer/send.mjs."""

    name = "nodemailer"
    signs = frozenset({"", "rsa"})
    is_personal = True

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder, self._keys = folder / "nodemailer", keys

    def install(self) -> None:
        """Let npm fetch it, unless the wanted version is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "send.mjs"):
            shutil.copy(HERE / "nodemailer" / name, self._folder)
        wanted = json.loads((self._folder / "package.json").read_text())["dependencies"]
        words = ("--no-package-lock", "--no-audit", "--no-fund", "--silent")
        if not self._package.exists() or self.version() != wanted["nodemailer"]:
            subprocess.run(("npm", "install", *words), cwd=self._folder, check=True)

    def version(self) -> str:
        """What it says of itself."""
        return str(json.loads(self._package.read_text())["version"])

    @property
    def _package(self) -> Path:
        return self._folder / "node_modules" / "nodemailer" / "package.json"

    def ready(self, work: Work, letter: Letter, port: int) -> tuple[Sequence[str], Path]:
        """It gets the letter's parts with gaps, and everybody's name and link."""
        people = self._folder / f"people-{work.count}.json"
        letters.write_json(people, work.count)
        job = {
            "port": port,
            "connections": work.connections,
            "people": people.name,
            "from": letters.SENDER,
            "list": "Island weekly <weekly.news.example.org>",
            "subject": letter.subject,
            "html": letter.html,
            "text": letter.text,
        }
        if work.signature:
            key = str(self._keys.file(work.signature))
            job["dkim"] = {"domainName": "example.org", "keySelector": "news", "privateKey": key}
        (self._folder / "job.json").write_text(json.dumps(job), "utf-8")
        return ("node", "send.mjs", "job.json"), self._folder

    def check(self, work: Work) -> None:
        """It ends well only when every letter was answered."""


class Newsfeed:
    """`newsfeed send` by its command line: each time an edition with a new article, to everybody in
    the store, by the ledger.
    """

    name = "newsfeed"
    signs = frozenset({"", "ed25519", "rsa"})
    is_personal = True

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder, self._keys = folder, keys
        self._articles = 0

    def ready(self, work: Work, letter: Letter, port: int) -> tuple[Sequence[str], Path]:
        """Settings and article are written anew; the subscribers are imported once."""
        site = self._site(work)
        if not site.exists():
            people = letters.people(work.count)
            letters.new_site(site, work.size, '[mail]\ntransport = "smtp"\n', people)
        mail = MAIL.format(port=port, connections=work.connections)
        if work.signature:
            mail += DKIM.format(key=self._keys.file(work.signature))
        (site / "newsfeed.toml").write_text(letters.settings(work.size) + mail, "utf-8")
        self._articles += 1
        post = site / "posts" / f"{self._articles:04}.md"
        post.write_text(letters.article(self._articles, letter.body), "utf-8")
        return (NEWSFEED, "send", "weekly", "--yes"), site

    def check(self, work: Work) -> None:
        """The ledger says of the newest edition that everybody got it."""
        db = sqlite3.connect(self._site(work) / ".newsfeed" / "newsfeed.db")
        (sent,) = db.execute(
            "SELECT count(DISTINCT subscriber_id) FROM delivery"
            " WHERE state = 'sent' AND edition_id = (SELECT max(id) FROM edition)"
        ).fetchone()
        db.close()
        if sent != work.count:
            raise WrongOutputError(f"the ledger has {sent:,} letters sent, not {work.count:,}")

    def _site(self, work: Work) -> Path:
        return self._folder / f"site-{work.size}-{work.count}"


class Keys:
    """DKIM keys that nobody publishes, made when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, algorithm: str) -> Path:
        """The file of a key: "ed25519", or "rsa" of 2,048 bits."""
        path = self._folder / f"{algorithm}.pem"
        if not path.exists():
            rsa = algorithm == "rsa"
            key = generate_private_key(65537, 2048) if rsa else Ed25519PrivateKey.generate()
            path.touch(0o600)
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        return path
