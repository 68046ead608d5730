"""Links: that each leads somewhere, and where it says (standards E-H-12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsfeed.digest.lint.finding import Finding, error, note, quoted, warning
from newsfeed.digest.lint.page import text_of

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.page import Node, Page

MANY = 300
"""Links; a list of 200 titles has fewer."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_RUNS = frozenset({"javascript", "vbscript", "data", "file", "blob"})
_ADDRESS = re.compile(
    r"(?:https?://|www\.)([\w.-]+\.[a-z]{2,})(?:[:/?#]\S*)?"
    r"|([\w-]+(?:\.[\w-]+)*\.(?:com|org|net|kr|jp|edu|gov|info|biz|de|uk|eu|fr))(?:[:/?#]\S*)?",
    re.IGNORECASE,
)


def check(page: Page, about: About) -> Iterator[Finding]:
    """Findings about links."""
    links = [node for node in page.tagged("a", "area") if "href" in node.attrs]
    targets = {
        node.attrs[name] for node in page.nodes for name in ("id", "name") if name in node.attrs
    }
    insecure = 0
    for link in links:
        href = link.attrs["href"].strip()
        yield from _flaw(link, href, targets)
        insecure += href.lower().startswith("http:")
    if insecure:
        yield note("links.http", f"{insecure} links are http, not https", "html")
    if len(links) > MANY:
        yield warning(
            "links.many",
            f"the letter has {len(links)} links",
            "html",
            "show fewer articles: filters take so many for advertising",
        )
    yield from _hosts(links, about)
    yield from _missing(page, {link.attrs["href"].strip() for link in links}, about)


def _flaw(link: Node, href: str, targets: set[str]) -> Iterator[Finding]:
    scheme = match[1].lower() if (match := _SCHEME.match(href)) else ""
    if href in {"", "#"}:
        yield warning(
            "links.empty",
            f"the link {quoted(text_of(link))} leads nowhere",
            link.where,
            "give it an address or make it plain text",
        )
    elif href.startswith("#"):
        if href[1:] not in targets:
            yield warning(
                "links.dead-anchor",
                f"a link leads to {quoted(href)}, which is not in the letter",
                link.where,
                "give that place its id, or link to the article",
            )
    elif scheme in _RUNS:
        yield error(
            "links.script",
            f"a link begins with `{scheme}:`, which no mail program opens",
            link.where,
            "link to an https address",
        )
    elif not scheme:
        yield error(
            "links.relative",
            f"the link {quoted(href)} has no host: in a mail it leads nowhere",
            link.where,
            "write the whole address",
        )
    elif scheme in {"http", "https"} and (said := _misleading(link, href)):
        yield warning(
            "links.other-host",
            f"a link says {quoted(said)} and leads to {quoted(_host(href))}",
            link.where,
            "let it say where it leads: filters take it for phishing",
        )


def _misleading(link: Node, href: str) -> str:
    """The address that a link's text shows where that is another host's, else ""."""
    text = text_of(link).strip()
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return ""
    said = (match[1] or match[2]).lower().removeprefix("www.").rstrip(".")
    leads = _host(href).removeprefix("www.")
    related = said == leads or said.endswith(f".{leads}") or leads.endswith(f".{said}")
    return "" if related else text


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _hosts(links: list[Node], about: About) -> Iterator[Finding]:
    hosts = {_host(link.attrs["href"]) for link in links} - {"", "unsubscribe.invalid"}
    if others := hosts - set(about.hosts):
        yield note("links.hosts", f"links lead to {len(others)} other hosts", "html")


def _missing(page: Page, addresses: set[str], about: About) -> Iterator[Finding]:
    """What a letter must lead to, or say."""
    for name, address in (("view_url", about.view_url), ("preferences_url", about.preferences_url)):
        if address and address not in addresses:
            yield warning(
                "links.missing",
                f"the letter does not link to {quoted(address)}",
                "html",
                f"put `{{{{ {name} }}}}` into the template",
            )
    if about.postal_address:
        shown = " ".join(" ".join(node.text for node in page.nodes if not node.hidden).split())
        if " ".join(about.postal_address.split()) not in shown:
            yield warning(
                "links.postal-address",
                "the letter does not show the sender's postal address",
                "html",
                "put `{{ postal_address }}` into the template",
            )
