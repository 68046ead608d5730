"""The letter's words: its text part, what is left of markup, and what is seen without images."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsfeed.digest.lint.finding import Finding, error, note, quoted, warning
from newsfeed.digest.lint.page import above, text_of

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.page import Node, Page
    from newsfeed.model import Letter

THINNEST = 0.2
"""The least share of the HTML's words that the text part has."""

MOST_BLANK = 2
"""Empty paragraphs in a row, beyond which there is a gap."""

_FEWEST_WORDS = 40
_MARKDOWN = re.compile(r"^\s{0,3}#{1,6}\s\S|\*\*[^\s*][^*\n]*\*\*|\]\((?:https?:|/)", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|%\(\w+\)s")
_BLANK = " \t\r\n\xa0\u200b\ufeff"
_CODE = frozenset({"code", "pre", "kbd", "samp", "tt"})


def check(letter: Letter, page: Page, about: About) -> Iterator[Finding]:
    """Findings about what is said."""
    if letter.text.strip():
        yield from _text_part(letter, page)
    yield from _left_over(page)
    yield from _bands(page)
    yield from _images(page, about)


def check_text(letter: Letter, about: About) -> Iterator[Finding]:
    """Findings about the text part by itself, which may be all that there is."""
    if not letter.text.strip():
        yield error(
            "text.missing",
            "the letter has no text part",
            "text",
            "give the look a template NAME.txt.j2",
        )
    elif about.unsubscribe and about.unsubscribe not in letter.text:
        yield error(
            "text.unsubscribe",
            "the text part has no way to unsubscribe",
            "text",
            "put `{{ unsubscribe_url }}` into the template of the text",
        )
    else:
        yield from _ways(letter.text, about)


def _ways(text: str, about: About) -> Iterator[Finding]:
    """What the HTML leads to and the text must, too."""
    for name, address in (("view_url", about.view_url), ("preferences_url", about.preferences_url)):
        if address and address not in text:
            yield warning(
                "text.way",
                f"the text part does not lead to {quoted(address)}",
                "text",
                f"put `{{{{ {name} }}}}` into the template of the text",
            )


def _text_part(letter: Letter, page: Page) -> Iterator[Finding]:
    words = len(" ".join(n.text for n in page.nodes if not n.hidden).split())
    if words > _FEWEST_WORDS and len(letter.text.split()) < words * THINNEST:
        yield warning(
            "text.thin",
            "the text part has less than a fifth of the HTML's words",
            "text",
            "let it say the same as the HTML",
        )
    absent = list(
        dict.fromkeys(
            href
            for node in page.tagged("a")
            if not node.hidden
            and (href := node.attrs.get("href", "").strip()).startswith(("http:", "https:"))
            and href.partition("#")[0] not in letter.text
        )
    )
    if absent:
        more = f", and {len(absent) - 1} more" if len(absent) > 1 else ""
        yield note("text.links", f"the text part lacks the link {quoted(absent[0])}{more}", "text")


def _left_over(page: Page) -> Iterator[Finding]:
    for node in page.nodes:
        if node.hidden or not node.text or _is_code(node):
            continue
        if match := _MARKDOWN.search(node.text):
            yield warning(
                "text.markdown",
                f"Markdown is shown as it was written: {quoted(match[0])}",
                node.where,
                "mend it in the article",
            )
        if match := _PLACEHOLDER.search(node.text):
            yield warning(
                "text.placeholder",
                f"a placeholder is left over: {quoted(match[0])}",
                node.where,
                "let the template fill it, or mend it in the article",
            )


def _is_code(node: Node) -> bool:
    return node.tag in _CODE or any(one.tag in _CODE for one in above(node))


def _bands(page: Page) -> Iterator[Finding]:
    """Runs of paragraphs in which there is nothing."""
    blank = 0
    for node in page.tagged("p", "img", "table", "h1", "h2", "h3", "li", "pre"):
        if node.hidden:
            continue
        empty = node.tag == "p" and not text_of(node).strip(_BLANK) and not _holds_image(node)
        blank = blank + 1 if empty else 0
        if blank == MOST_BLANK:
            yield warning(
                "text.blank-band",
                "several empty paragraphs in a row leave a gap",
                node.where,
                "take them out of the article",
            )


def _holds_image(node: Node) -> bool:
    return any(not isinstance(part, str) for part in node.parts)


def _images(page: Page, about: About) -> Iterator[Finding]:
    """What becomes of the letter where images are not shown, and what images must not be."""
    images = [node for node in page.tagged("img") if not node.hidden]
    for node in images:
        source = node.attrs.get("src", "").strip()
        if not source.lower().startswith(("https:", "cid:")):
            yield warning(
                "images.source",
                "an image has no https address, and many programs do not show it",
                node.where,
                "put the file beside the article and refer to it",
            )
        width = node.attrs.get("width", "")
        if width.isascii() and width.isdecimal() and int(width[:6]) > about.width:
            yield warning(
                "images.width",
                f"an image is {width} pixels wide, and the letter {about.width}",
                node.where,
                f"give it a width of {about.width} at most",
            )
    for source, count in Counter(node.attrs.get("src", "") for node in images).items():
        if count > 1 and source and not source.startswith("data:"):
            yield note("images.twice", f"the image {quoted(source)} is shown {count} times", "html")
    said = " ".join(node.text for node in page.nodes if not node.hidden).split()
    if images and len(said) < 3 * len(images):
        yield warning(
            "images.only",
            f"the letter has {len(images)} images and {len(said)} words: without images it says "
            "little, and filters take it for advertising",
            "html",
            "say in words what the images show",
        )
