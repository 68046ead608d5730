"""Feed readers that come again and again: nothing is sent to them twice (standards F-H-02)."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import feedparser
import httpx
import pytest

from tests.e2e.service.kit import House, house
from tests.service.kit import Running

TIMES = 20
FEEDS = ("feed.xml", "atom.xml")

pytestmark = pytest.mark.timeout(240)


class Polled:
    """A service with one article, and what it counts of its answers."""

    def __init__(self, home: House, service: Running) -> None:
        self.home = home
        self._service = service

    def change(self) -> None:
        """A second article, from when it is in the feeds that are served.

        A second later than the first: dates of HTTP have no parts of it (RFC 9110, section 5.6.7),
        and newsboat's library passes over an answer that is not newer than what it has.
        """
        time.sleep(1.1)
        self.home.site.post("two.md", "The second text.", date="2026-11-02", title="Second")
        self._service.until(
            lambda: all(b"Second" in httpx.get(f"{self.home.url}/{f}").content for f in FEEDS),
            "the second article",
        )

    def answers(self) -> dict[str, int]:
        """How many answers of which class it gave, without those about this."""
        text = httpx.get(f"{self.home.url}/metrics").text
        found = re.findall(
            r'^newsfeed_http_responses_total{status="(\dxx)"} (\d+)', text, re.MULTILINE
        )
        return {status: int(count) for status, count in found}

    def since(self, before: dict[str, int]) -> dict[str, int]:
        """What came on top of it, without the answer about the numbers before."""
        now = self.answers()
        more = {status: now[status] - before[status] for status in now}
        more["2xx"] -= 1
        return {status: count for status, count in more.items() if count}


@pytest.fixture
def polled(tmp_path: Path) -> Iterator[Polled]:
    with house(tmp_path / "site", "") as home:
        home.site.post("one.md", "The first text.", date="2026-11-01", title="First")
        with home.running() as service:
            service.hears("files written")
            service.until(lambda: httpx.get(f"{home.url}/atom.xml").status_code == 200, "the feeds")
            yield Polled(home, service)


def test_feedparser_gets_304s_until_something_changes__f_h_02(polled: Polled) -> None:
    """By ETag and by date, by either of them; after a change exactly the new article."""
    urls = [f"{polled.home.url}/{path}" for path in FEEDS]
    first = {url: feedparser.parse(url) for url in urls}
    assert [len(one.entries) for one in first.values()] == [1, 1]
    before = polled.answers()
    for turn in range(TIMES):
        for url in urls:
            known = first[url]
            said = (
                {"etag": known.etag, "modified": known.modified},
                {"etag": known.etag},
                {"modified": known.modified},
            )[turn % 3]
            answer = feedparser.parse(url, **said)
            assert (answer.status, answer.entries) == (304, [])
    assert polled.since(before) == {"3xx": TIMES * len(urls)}

    polled.change()
    for url in urls:
        answer = feedparser.parse(url, etag=first[url].etag, modified=first[url].modified)
        assert answer.status == 200
        known_ids = {entry.id for entry in first[url].entries}
        assert [e.title for e in answer.entries if e.id not in known_ids] == ["Second"]


@pytest.mark.parametrize("path", FEEDS)
def test_newsboat_gets_304s_until_something_changes__f_h_02(
    polled: Polled, tmp_path: Path, require: Callable[[str], str], path: str
) -> None:
    newsboat = require("newsboat")
    urls, cache = tmp_path / "urls", tmp_path / "cache.db"
    urls.write_text(f"{polled.home.url}/{path}\n", encoding="ascii")

    def reload() -> list[str]:
        done = subprocess.run(
            [newsboat, "-u", urls, "-c", cache, "-C", "/dev/null", "-x", "reload"],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"},
            capture_output=True,
            timeout=50,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with closing(sqlite3.connect(cache)) as db:
            rows = db.execute("SELECT title FROM rss_item ORDER BY pubDate")
            return [title for (title,) in rows]

    for _ in range(2):  # it notes a feed's validators only of the second answer
        assert reload() == ["First"]
    before = polled.answers()
    for _ in range(TIMES):
        assert reload() == ["First"]
    assert polled.since(before) == {"3xx": TIMES}

    polled.change()
    assert reload() == ["First", "Second"]
