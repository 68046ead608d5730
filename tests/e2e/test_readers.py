"""What independent feed readers make of our feeds."""

from __future__ import annotations

import functools
import json
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest

from tests.kit import NOW, SETTINGS, Site


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A published site, and the loopback address at which a static server serves it."""
    site = Site(tmp_path_factory.mktemp("readers") / "site")
    handler = functools.partial(_Quiet, directory=str(site.output))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        site.configure(SETTINGS.replace("https://news.example.org", url))
        site.post(
            "2026-10-01-plain.md", "A *text* with a [link](../other/).", title="Plain & simple"
        )
        site.post(
            "2026-10-02-hangul.md", "본문입니다.", title="'\"따옴표\" <태그> 그리고 👩‍👩‍👧‍👦'"
        )
        site.post(
            "2026-10-03-cdata.md", "`]]>` and `&amp;`", title="'한글 제목: 셋'", categories="[News]"
        )
        site.publish(NOW)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site, url
        server.shutdown()


def _expected(site: Site) -> list[tuple[str, str, str]]:
    """Title, link and date of each item, newest first, by our JSON feed."""
    items = json.loads(site.read("feed.json"))["items"]
    return [(i["title"], i["url"], i["date_published"]) for i in items]


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_feedparser_reads_titles_links_dates_and_order(site: tuple[Site, str], path: str) -> None:
    entries = feedparser.parse((site[0].output / path).read_bytes()).entries
    expected = _expected(site[0])
    assert [(e.title, e.link) for e in entries] == [(t, u) for t, u, _ in expected]
    days = [f"{e.published_parsed.tm_mon:02}-{e.published_parsed.tm_mday:02}" for e in entries]
    assert days == ["10-02", "10-01", "09-30"]


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_newsboat_reads_titles_links_dates_and_order(
    site: tuple[Site, str], tmp_path: Path, require: Callable[[str], str], path: str
) -> None:
    newsboat = require("newsboat")
    urls, cache = tmp_path / "urls", tmp_path / "cache.db"
    urls.write_text(f"{site[1]}/{path}\n", encoding="ascii")
    done = subprocess.run(
        [newsboat, "-u", urls, "-c", cache, "-C", "/dev/null", "-x", "reload"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"},
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(cache)) as db:
        rows = list(db.execute("SELECT title, url, pubDate FROM rss_item ORDER BY pubDate DESC"))
    found = [(title, url, datetime.fromtimestamp(date, UTC)) for title, url, date in rows]
    assert found == [(t, u, datetime.fromisoformat(d)) for t, u, d in _expected(site[0])]


SCRIPT = """
const Parser = require('rss-parser');
(async () => {
  const found = {};
  for (const url of process.argv.slice(1)) {
    const feed = await new Parser().parseURL(url);
    found[url] = feed.items.map(i => [i.title, i.link, i.isoDate, i.guid || i.id]);
  }
  console.log(JSON.stringify(found));
})();
"""


def test_rss_parser_reads_titles_links_dates_and_order(
    site: tuple[Site, str], require: Callable[[str], str], rss_parser: str
) -> None:
    urls = [f"{site[1]}/{path}" for path in ("feed.xml", "atom.xml")]
    done = subprocess.run(
        [require("node"), "-e", SCRIPT, *urls],
        env={"NODE_PATH": rss_parser, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    expected = [
        [title, url, datetime.fromisoformat(date)] for title, url, date in _expected(site[0])
    ]
    for url in urls:
        read = [[t, link, datetime.fromisoformat(date)] for t, link, date, _ in found[url]]
        assert read == expected
        assert [guid for *_, guid in found[url]] == [link for _, link, *_ in found[url]]
