"""The web servers that are compared, each with its exact settings: nginx and `newsfeed serve`.

Both serve the same folder on a loopback port. Linux only: what they use is read from /proc.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import make_corpus
from benchmarks.programs import NEWSFEED_SETTINGS
from benchmarks.sinks import PATIENCE, TICK, free_port, wait_for
from benchmarks.subscribers import NEWSFEED

ITEMS = 15
"""Posts of 5 to 7 KB each: about 100 KB of RSS."""

FEED = "feed.xml"

NGINX_SETTINGS = """\
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ application/rss+xml xml; text/html html; }}
  charset utf-8;
  charset_types application/rss+xml;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=1000;
  server {{
    listen 127.0.0.1:{port};
    root {root};
    gzip_static on;
    gzip_vary on;
    add_header Cache-Control "public, max-age=900, stale-while-revalidate=86400";
    add_header X-Content-Type-Options nosniff;
    add_header Access-Control-Allow-Origin "*";
    add_header Link '<https://news.example.org/feed.xml>; rel="self"';
  }}
}}
"""

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class WebServer:
    """A server that listens at `port`, in one process with its children or several."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], port: int) -> None:
        self.name, self.port = name, port
        self._process = process

    @property
    def url(self) -> str:
        """Where the feed is."""
        return f"http://127.0.0.1:{self.port}/{FEED}"

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its processes, in hundredths."""
        return sum(map(_cpu, self._pids()))

    def memory(self) -> int:
        """The greatest resident sets of its processes so far, added up, in bytes."""
        return sum(map(_peak, self._pids()))

    def _pids(self) -> list[int]:
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def make_site(folder: Path) -> bytes:
    """Publish a site, with its feed packed beside it for nginx; gives the feed."""
    shutil.rmtree(folder, ignore_errors=True)
    make_corpus.write(folder / "_posts", "jekyll", 2 * ITEMS)
    text = NEWSFEED_SETTINGS.format(newest=ITEMS, by="[]", archive="false")
    (folder / "newsfeed.toml").write_text(text, "utf-8")
    (folder / "_config.yml").write_text("permalink: pretty\n", "utf-8")
    subprocess.run((NEWSFEED, "build"), cwd=folder, check=True, stdout=subprocess.DEVNULL)
    feed = (folder / "public" / FEED).read_bytes()
    (folder / "public" / f"{FEED}.gz").write_bytes(gzip.compress(feed, 6, mtime=0))
    return feed


@contextmanager
def nginx(site: Path, folder: Path) -> Iterator[WebServer]:
    """nginx with the settings above."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    user = "" if os.geteuid() else "user root;"  # else its workers may not read our folder
    text = NGINX_SETTINGS.format(folder=folder, root=site / "public", port=port, user=user)
    (folder / "nginx.conf").write_text(text, "utf-8")
    words = (nginx_path() or "nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf")
    with _running(words, folder / "nginx.log") as process:
        wait_for(port)
        yield WebServer("nginx", process, port)


@contextmanager
def newsfeed(site: Path) -> Iterator[WebServer]:
    """`newsfeed serve` of the site."""
    log = site / "serve.log"
    words = (NEWSFEED, "serve", "-c", str(site / "newsfeed.toml"), "--listen", "127.0.0.1:0")
    with _running(words, log) as process:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(r"listening on \S+:(\d+)/\n", log.read_text("utf-8"))):
            if time.monotonic() > end or process.poll() is not None:
                raise OSError(f"it does not listen: {log.read_text('utf-8')}")
            time.sleep(TICK)
        yield WebServer("newsfeed", process, int(found[1]))


@contextmanager
def _running(words: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def nginx_path() -> str | None:
    """Where nginx is: outside of most people's PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
