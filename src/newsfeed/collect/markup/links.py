"""Every address in a tree made absolute, and those that lead nowhere good taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newsfeed.collect.markup.dom import remove
from newsfeed.collect.markup.srcset import candidates
from newsfeed.urls import LINK_SCHEMES, WEB_SCHEMES, absolute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

_KEPT_REL = ("nofollow", "sponsored", "ugc")
_CITING = ("blockquote", "q", "del", "ins")


def make_absolute(body: Element, url: str, local: Mapping[str, str]) -> None:
    """Resolve the addresses in `body` against the article's `url`.

    `local` knows the addresses of files that lie beside the article, by percent-decoded reference.

    A link that cannot be followed safely loses its address and keeps its text; an image without
    a usable address goes.
    """
    addresses = _Addresses(url, local)
    for element in list(body.iter("a", "img", "video", "audio", "source", *_CITING)):
        if element.tag == "a":
            _resolve_link(element, addresses)
        elif element.tag in _CITING:
            addresses.resolve(element, "cite", schemes=WEB_SCHEMES)
        else:
            _resolve_medium(element, addresses)


class _Addresses:
    """Resolves addresses of one article."""

    def __init__(self, url: str, local: Mapping[str, str]) -> None:
        self.url = url
        self.local = local
        self.host = urlsplit(url).netloc

    def resolve(
        self, element: Element, attribute: str, *, schemes: frozenset[str], refers: bool = False
    ) -> str:
        """Make `attribute` absolute, or drop it; its new value or ""."""
        raw = element.get(attribute)
        if raw is None:
            return ""
        url = self.absolute(raw, schemes)
        if url is None or (refers and not raw.strip()):
            del element.attrib[attribute]
            return ""
        element.set(attribute, url)
        return url

    def absolute(self, raw: str, schemes: frozenset[str]) -> str | None:
        """The address of a local file, else `raw` resolved."""
        if self.local and (known := self.local.get(unquote(raw))):
            return known
        return absolute(raw, self.url, schemes=schemes)


def _resolve_link(link: Element, addresses: _Addresses) -> None:
    url = addresses.resolve(link, "href", schemes=LINK_SCHEMES)
    is_web = url.startswith("http")
    parts = urlsplit(url) if is_web else None
    given = link.attrib.pop("rel", "").lower().split()
    rel = [word for word in _KEPT_REL if word in given]
    if parts and parts.netloc != addresses.host:
        rel.append("noopener")
    if rel:
        link.set("rel", " ".join(rel))


def _resolve_medium(medium: Element, addresses: _Addresses) -> None:
    for attribute in ("src", "poster"):
        addresses.resolve(medium, attribute, schemes=WEB_SCHEMES, refers=True)
    addresses.resolve(medium, "longdesc", schemes=WEB_SCHEMES)
    if srcset := medium.get("srcset"):
        _resolve_srcset(medium, srcset, addresses)
    if medium.tag == "img" and not medium.get("src"):
        remove(medium)


def _resolve_srcset(medium: Element, srcset: str, addresses: _Addresses) -> None:
    kept: list[str] = []
    for raw, descriptor in candidates(srcset):
        url = addresses.absolute(raw, WEB_SCHEMES)
        if url is not None:
            kept.append(f"{url} {descriptor}".rstrip())
    if kept:
        medium.set("srcset", ", ".join(kept))
    else:
        del medium.attrib["srcset"]
