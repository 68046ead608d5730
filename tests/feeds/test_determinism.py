"""The same values give the same bytes, whatever the process around them is like."""

from __future__ import annotations

import locale
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from newsfeed.feeds.names import ATOM, JSON, RSS
from newsfeed.feeds.rss import write_rss
from newsfeed.feeds.scrub import scrubbed
from tests.feeds.samples import WRITERS, document, full_document, full_links

# A fresh process sets the locale that its environment names, and writes every format.
PROBE = """
import hashlib, locale, sys
locale.setlocale(locale.LC_ALL, "")
from tests.feeds.samples import WRITERS, full_document, full_links
for media_type, write in WRITERS.items():
    print(media_type, hashlib.sha256(write(full_document(), full_links())).hexdigest())
print(locale.setlocale(locale.LC_ALL), file=sys.stderr)
"""


def _hashes(root: Path, **environment: str) -> tuple[str, str]:
    """The hashes of all formats, and the locale afterwards, of a process with `environment`."""
    path = os.pathsep.join(map(str, (root / "src", root)))
    run = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout, run.stderr.strip()


def test_two_hash_seeds_give_the_same_bytes(root: Path) -> None:
    """No order of a set or dictionary gets into a feed (F-X-12)."""
    first, _ = _hashes(root, PYTHONHASHSEED="1")
    second, _ = _hashes(root, PYTHONHASHSEED="2")
    assert first == second
    assert len(first.splitlines()) == len(WRITERS)


def test_a_korean_locale_gives_the_same_bytes(root: Path) -> None:
    """Dates have English names everywhere, and the process keeps its locale (F-R-04)."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "ko_KR.UTF-8")
    except locale.Error:
        pytest.skip("the locale ko_KR.UTF-8 is not on this machine")
    finally:
        locale.setlocale(locale.LC_ALL, before)
    korean, afterwards = _hashes(root, LC_ALL="ko_KR.UTF-8")
    plain, _ = _hashes(root, LC_ALL="C")
    assert korean == plain
    assert afterwards == "ko_KR.UTF-8"


def test_writing_never_touches_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """feedgen's own dates set it twice each, which other threads would see."""

    def refuse(*_arguments: object) -> str:
        raise AssertionError("the locale was touched")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert write_rss(full_document(), full_links())


def test_loading_the_writer_changes_nothing_in_feedgen(root: Path) -> None:
    """feedgen gets its date formatter when a feed is built, not when a module is imported."""
    probe = """
import feedgen.feed, feedgen.entry, feedgen.util
import newsfeed.feeds.rss, newsfeed.feeds.atom
assert feedgen.feed.formatRFC2822 is feedgen.util.formatRFC2822
assert feedgen.entry.formatRFC2822 is feedgen.util.formatRFC2822
"""
    run = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_threads_that_write_at_the_same_time_write_the_same() -> None:
    """Nothing is shared between two builds but feedgen's formatter, which is set for good."""
    expected = write_rss(full_document(), full_links())
    written: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: written.append(write_rss(full_document(), full_links())))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written == [expected] * len(threads)


def test_a_clean_document_is_left_as_it_is() -> None:
    """Scrubbing takes nothing from what is clean, and does nothing when done again."""
    assert scrubbed(document()) == document()
    assert scrubbed(scrubbed(full_document())) == scrubbed(full_document())


@pytest.mark.parametrize("media_type", [RSS, ATOM, JSON])
def test_a_file_is_utf8_and_ends_with_a_line(media_type: str) -> None:
    """No byte order mark, nothing before the declaration, one newline at the end (F-X-01)."""
    data = WRITERS[media_type](full_document(), full_links())
    assert data.decode("utf-8").endswith("\n")
    assert not data.endswith(b"\n\n")
    start = b"{" if media_type == JSON else b"<?xml version='1.0' encoding='UTF-8'?>\n<"
    assert data.startswith(start)


@pytest.mark.parametrize("media_type", [RSS, ATOM])
def test_only_references_of_xml_itself_are_used(media_type: str) -> None:
    """No DTD, so no `&nbsp;` (F-X-05)."""
    text = WRITERS[media_type](full_document(), full_links()).decode()
    assert "<!DOCTYPE" not in text
    for reference in text.split("&")[1:]:
        assert reference.startswith(("amp;", "lt;", "gt;", "quot;", "apos;", "#x26;", "#x3C;"))
