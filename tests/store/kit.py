"""Stores in the states that tests need, and programs that use them in processes of their own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from newsfeed.store import articles, database
from newsfeed.store.articles import Identity

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OPEN = "from newsfeed.store import database\nfrom tests.store.kit import NOW, article\n"


def article(number: int = 0) -> Identity:
    """What the store keeps of an article."""
    url = f"https://example.org/{number}/"
    return Identity(
        id=url,
        source="s",
        path=f"글{number}.md",
        url=url,
        content_hash="0" * 64,
        first_seen=NOW,
        sequence=number,
    )


def old_store(path: Path) -> None:
    """A store of version 1, with an article; made as a release before this one made it."""
    script = (database.MIGRATIONS / "0001.articles.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "INSERT INTO article VALUES (:id, :source, :path, :url, :content_hash, :seen, NULL,"
            " :dated, :sequence, :news, NULL)",
            msgspec.structs.asdict(article()) | {"seen": NOW.timestamp()},
        )
        db.commit()
    path.chmod(0o600)


def newer_store(path: Path) -> None:
    """A store that a later release has upgraded."""
    with database.connect(path, NOW) as db:
        db.execute("UPDATE store_version SET version = 9999")


def full_store(path: Path, number: int = 200) -> None:
    """A store with so many articles that it fills several pages."""
    with database.connect(path, NOW) as db:
        articles.save(db, map(article, range(number)))


def child(program: str, *words: str) -> subprocess.Popen[str]:
    """A Python program in a process of its own; what it prints can be read."""
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", OPEN + program, *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())
