"""What stands for pictures where they are not shown, or not seen (standards E-H-04, E-H-06)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsfeed.digest.lint.finding import Finding, error, quoted, warning
from newsfeed.digest.lint.page import above, text_of

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.page import Node, Page

_FILE = re.compile(r"[^\s/]+\.(?:jpe?g|png|gif|webp|svg|avif|heic|bmp)", re.IGNORECASE)


def check(page: Page, _: About) -> Iterator[Finding]:
    """Findings about alternative texts."""
    for image in page.tagged("img"):
        if image.hidden:
            continue
        alt, source = image.attrs.get("alt"), quoted(image.attrs.get("src", ""))
        if alt is None:
            yield error(
                "alt.missing",
                f"the image {source} has no alt attribute",
                image.where,
                'write one, or alt="" for decoration',
            )
        elif _FILE.fullmatch(alt.strip()):
            yield warning(
                "alt.file-name",
                f"the alternative text of an image is a file's name: {quoted(alt)}",
                image.where,
                "say what the image shows",
            )
        elif not alt.strip() and _only_content(image):
            yield warning(
                "alt.link",
                f"a link holds nothing but the image {source}, which has no alternative text",
                image.where,
                "say where the link leads",
            )


def _only_content(image: Node) -> bool:
    """Whether the image is all that a link around it has to say."""
    for node in above(image):
        if node.tag == "a":
            named = node.attrs.get("aria-label", "") or node.attrs.get("title", "")
            return "aria-hidden" not in node.attrs and not (text_of(node) + named).strip()
    return False
