"""How a file of the site is served: its type, and what its headers say. Pure.

Types come from the plan for feeds, whatever their names are (standards F-H-07), and from a table of
our own for the rest: what a machine's table says must not decide what readers get.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

from newsfeed.feeds.names import OPML
from newsfeed.flows.feedpaths import FeedFile, alternate_links, feed_files, feed_link
from newsfeed.flows.paging import HOME
from newsfeed.flows.paging import OPML as OPML_FILE
from newsfeed.flows.plan import Plan

Header = tuple[bytes, bytes]

TEXT = {
    ".html": "text/html",
    ".htm": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".vtt": "text/vtt",
    ".xml": "application/xml",
    ".xsl": "text/xsl",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".opml": OPML,
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
}
"""Types that are text in UTF-8, and worth packing."""

BINARY = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".pdf": "application/pdf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".gz": "application/gzip",
}

FEED_CACHE = b"public, max-age=900, stale-while-revalidate=86400"
"""Standards F-H-06."""

PAGE_CACHE = b"public, max-age=300, stale-while-revalidate=3600"
MEDIA_CACHE = b"public, max-age=86400"
"""Media have the names that authors gave them: the bytes behind one may change."""

_STYLE = re.compile(r"<style(?:\s[^>]*)?>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_SVG_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Manner(NamedTuple):
    """How one file is served. `always` are headers that a 304 repeats; `whole` those of a 200."""

    content_type: bytes
    cache: bytes
    packs: bool
    is_feed: bool
    always: tuple[Header, ...]
    whole: tuple[Header, ...]
    rank: int
    """What stays in memory first: 0 feeds, 1 pages, 2 the rest."""


class Manners:
    """How the files of a plan's output folder are served."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._feed_of = feed_files(plan)
        self._home = alternate_links(plan).encode()
        self._forms = _origin(plan.links_url)

    def __call__(self, path: str, body: bytes = b"", *, is_ours: bool = False) -> Manner:
        """The manner of the file at `path` below the folder. `body` is b"" where it is not read;
        `is_ours` tells that newsfeed wrote it.
        """
        found = self._feed_of(path)
        if found is not None or path == OPML_FILE:
            return self._feed(path, found)
        home = self._home if path == HOME else b""
        return _file(path, body, home, self._forms if is_ours else None)

    def _feed(self, path: str, found: FeedFile | None) -> Manner:
        links = [(b"link", feed_link(self._plan, path, found).encode())] if found else []
        return Manner(
            content_type=f"{found.media_type if found else OPML}; charset=utf-8".encode(),
            cache=FEED_CACHE,
            packs=True,
            is_feed=True,
            always=((b"access-control-allow-origin", b"*"), *links),
            whole=((b"access-control-expose-headers", b"ETag, Link"),),
            rank=0,
        )


def _file(path: str, body: bytes, link: bytes, forms: str | None) -> Manner:
    """A file that is no feed; `forms` is None where newsfeed did not write it."""
    ending = PurePosixPath(path).suffix.lower()
    text = TEXT.get(ending)
    is_page = text == "text/html"
    policy = b""
    if is_page and forms is not None:
        policy = page_policy(body.decode("utf-8", "replace"), forms).encode()
    elif ending == ".svg":
        policy = _SVG_POLICY
    kind = text or BINARY.get(ending, "application/octet-stream")
    return Manner(
        content_type=f"{kind}; charset=utf-8".encode() if text else kind.encode(),
        cache=MEDIA_CACHE if ending in BINARY or ending == ".svg" else PAGE_CACHE,
        packs=text is not None,
        is_feed=False,
        always=((b"link", link),) if link else (),
        whole=((b"content-security-policy", policy),) if policy else (),
        rank=1 if is_page else 2,
    )


def page_policy(page: str, forms: str = "") -> str:
    """What a page that newsfeed wrote may load (standards S-18): nothing runs, no page frames it.

    Its style elements are let in by their hashes; articles may have styled elements, and images
    and media from elsewhere. Forms lead to the site, and to the origin `forms` of our links.
    """
    hashes = sorted({_hash(style) for style in _STYLE.findall(page)})
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' https: data:",
            "media-src 'self' https:",
            " ".join(("style-src 'self'", *hashes)),
            "style-src-attr 'unsafe-inline'",
            " ".join(("form-action 'self'", *filter(None, [forms]))),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _hash(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
