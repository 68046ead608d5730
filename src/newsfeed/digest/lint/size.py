"""Size: what mail programs cut, and where the way out must not be lost (standards E-M-13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsfeed.digest.lint.finding import Finding, error, note, warning
from newsfeed.digest.lint.page import seen

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.page import Page
    from newsfeed.model import Letter

LARGE, TOO_LARGE = 80 * 1024, 100 * 1024
"""Bytes of HTML. Gmail cuts a letter near 102,000."""

LARGEST_STYLE = 16 * 1024
"""Bytes of one `<style>`; Gmail drops a longer one whole."""

LARGEST_MESSAGE = 500 * 1024

EARLY = 10 * 1024
"""Bytes within which the way to unsubscribe must stand once."""

_HEADERS = 2 * 1024
_BASE64 = 78 / 57
"""57 bytes become a line of 76 and its end (RFC 2045 section 6.8)."""


def check(letter: Letter, page: Page, about: About) -> Iterator[Finding]:
    """Findings about bytes."""
    html_size = len(letter.html.encode("utf-8", "replace"))
    if html_size > TOO_LARGE:
        yield error(
            "size.html",
            f"the letter has {html_size // 1024} KB of HTML, and Gmail cuts it at 100",
            "html",
            "show fewer articles (`max_items`), or excerpts alone (`content`)",
        )
    elif html_size > LARGE:
        yield warning(
            "size.html",
            f"the letter has {html_size // 1024} KB of HTML; more than 80 is near Gmail's limit",
            "html",
            "show fewer articles (`max_items`), or excerpts alone (`content`)",
        )
    else:
        yield note("size.html", f"the letter has {html_size // 1024} KB of HTML", "html")
    for style in page.tagged("style"):
        size = len(style.text.encode("utf-8", "replace"))
        if size > LARGEST_STYLE:
            yield warning(
                "size.style",
                f"a <style> of {size // 1024} KB is dropped by Gmail",
                style.where,
                "keep it below 16 KB",
            )
    yield from _message(letter, html_size)
    if about.unsubscribe:
        yield from _way_out(letter.html, page, about.unsubscribe)


def _message(letter: Letter, html_size: int) -> Iterator[Finding]:
    text = len(letter.text.encode("utf-8", "replace"))
    size = int((text + html_size) * _BASE64) + _HEADERS
    if size > LARGEST_MESSAGE:
        yield error(
            "size.message",
            f"the message has {size // 1024} KB, more than 500",
            "message",
            "show fewer articles (`max_items`), or excerpts alone (`content`)",
        )


def _way_out(html: str, page: Page, address: str) -> Iterator[Finding]:
    """Whether who wants to leave sees the way, even in a letter that was cut."""
    first = html.find(address)
    if not any(address in link.attrs.get("href", "") for link in page.tagged("a") if seen(link)):
        yield error(
            "size.unsubscribe-missing",
            "the letter has no link to unsubscribe that one can see",
            "html",
            "put `{{ unsubscribe_url }}` into the template, as a link with words that are shown",
        )
    elif len(html[:first].encode("utf-8", "replace")) > EARLY:
        yield warning(
            "size.unsubscribe-late",
            "the first link to unsubscribe stands after more than 10 KB, where a cut may hide it",
            "html",
            "put `{{ unsubscribe_url }}` near the top of the template, too",
        )
