"""Somebody else's site on this machine: a feed that changes, moves, fails or hangs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit import NEWSLETTER, SETTINGS, Site
from tests.net.kit import Server, Web, serving

ENTRY = """<item><title>{title}</title><link>https://blog.example.com/{name}/</link>
<guid isPermaLink="false">https://blog.example.com/?p={name}</guid><dc:creator>Kim</dc:creator>
<pubDate>{date}</pubDate><category>News</category><description>&lt;p&gt;{title}&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>{body}</p>]]></content:encoded></item>"""

FEED = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Their blog</title><link>https://blog.example.com</link><description>x</description>
<language>en-GB</language>{items}</channel></rss>"""


def entry(name: str, title: str = "", body: str = "Text.", day: int = 10) -> str:
    """An item of the blog's RSS."""
    date = f"{day:02} Nov 2026 08:00:00 +0000"
    return ENTRY.format(name=name, title=title or f"Title of {name}", body=body, date=date)


def feed(*items: str) -> str:
    """The blog's RSS with these items."""
    return FEED.format(items="".join(items))


class Blog:
    """The server of a blog and what it answers; `asked` are the headers of each request."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.asked: list[dict[str, str]] = []
        self.show(feed(entry("a", day=2), entry("b", day=1)))
        server.say = self._said

    @property
    def url(self) -> str:
        """Where its feed is."""
        return f"http://127.0.0.1:{self.server.port}/feed"

    def show(self, text: str, status: int = 200, **headers: str) -> None:
        """Answer this from now on."""
        self.answer: Callable[[Web], object] = lambda web: web.answer(status, text, **headers)

    def _said(self, web: Web) -> None:
        self.asked.append({name.lower(): value for name, value in web.headers.items()})
        self.answer(web)


@contextmanager
def blog() -> Iterator[Blog]:
    """A blog on this machine."""
    with serving() as server:
        yield Blog(server)


def remote_site(folder: Path, *urls: str, local: bool = True, more: str = "") -> Site:
    """A site with a newsletter, and these feeds beside its own folder or, without, alone."""
    head = SETTINGS if local else SETTINGS.partition("[[sources]]")[0]
    sources = "".join(f'[[sources]]\nfeed = "{url}"\n' for url in urls)
    return Site(folder, head + sources + more + NEWSLETTER)
