"""The check of HTML bodies: what their addresses are, and that nothing in them runs.

A reader knows no address to resolve a relative one against, and some run what they are given.
The bodies are our own serialisation, in which `<` begins nothing but a tag; so a scan for tags
tells as much as a parser would, in a fraction of the time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsfeed.feeds.checks.values import shown
from newsfeed.urls import LINK_SCHEMES, WEB_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = 256
"""Bodies whose problems are known, since one article stands in several feeds."""

LONG = 64 * 1024
"""Characters from which on a body is not kept."""

_ACTIVE_ELEMENTS = frozenset({"script", "object", "embed", "form"})
# A tag with attributes or of an active element, which most are not. Possessive, and without `<`
# between attributes, so that no body makes the scan go back far.
_NAME = r"[a-zA-Z][^\s<>/]*+"
_TAG = re.compile(
    rf"""<(?={_NAME}\s|(?i:{"|".join(sorted(_ACTIVE_ELEMENTS))})[/>])({_NAME})"""
    r"""(\s[^<>"']*+(?:"[^"]*+"[^<>"']*+|'[^']*+'[^<>"']*+)*+)?/?>"""
)
_ATTRIBUTE = re.compile(r"""\s([^\s"'<>/=]++)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_CANDIDATE = re.compile(r"(?:^|,\s)\s*(\S+)")

_WEB = ("https://", "http://")
_FOLLOWED = (*_WEB, *(f"{scheme}:" for scheme in sorted(LINK_SCHEMES - WEB_SCHEMES)))
_QUOTED_WEB = ('"https://', '"http://')
_LINKS = frozenset({"href", "cite", "longdesc"})
_RESOURCES = frozenset({"src", "poster", "data", "background"})


def html_problems(body: str) -> tuple[str, ...]:
    """What is wrong with the HTML `body`, in words that follow the name of an element."""
    return _known_problems(body) if len(body) < LONG else tuple(_problems(body))


@lru_cache(KEPT)
def _known_problems(body: str) -> tuple[str, ...]:
    return tuple(_problems(body))


def _problems(body: str) -> Iterator[str]:
    for name, attributes in _TAG.findall(body):
        if name.lower() in _ACTIVE_ELEMENTS:
            yield f"contains a <{name.lower()}> element"
        if attributes:
            for attribute, value in _ATTRIBUTE.findall(attributes):
                if attribute != "href" or not value.startswith(_QUOTED_WEB):
                    yield from _attribute_problems(attribute.lower(), value.strip("\"'"))


def _attribute_problems(name: str, value: str) -> Iterator[str]:
    if name in _RESOURCES:
        if not value.startswith(_WEB):
            yield f"has no absolute http(s) address in {name}: {shown(value)}"
    elif name in _LINKS:
        if not value.startswith(_FOLLOWED):
            yield f"has no absolute address in {name}: {shown(value)}"
    elif name == "srcset":
        for address in _CANDIDATE.findall(value):
            if not address.startswith(_WEB):
                yield f"has no absolute http(s) address in srcset: {shown(address)}"
    elif name.startswith("on"):
        yield f"contains the event handler {name}"
