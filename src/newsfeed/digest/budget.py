"""How much of each article a letter of limited size can show. Sizes in, shares out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsfeed.model import LetterItem

FRAME = 7_900
"""Bytes of HTML, styles inlined, that a letter takes without any article."""

ROW = 1_120
"""Bytes of an article's row beside its text."""

IMAGE = 680
"""Bytes that an image adds to a row, beside its address."""

ENTRY = 290
"""Bytes of an entry in the list of titles beside the title."""

STYLES = {
    "a": 25,
    "blockquote": 90,
    "code": 110,
    "figcaption": 60,
    "figure": 30,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), 85),
    "hr": 60,
    "img": 110,
    "li": 30,
    "ol": 55,
    "p": 30,
    "pre": 400,
    "table": 110,
    "td": 160,
    "th": 220,
    "ul": 55,
}
"""Bytes of the style attribute that an element of a body gets."""


class Weight(msgspec.Struct, frozen=True):
    """Bytes that an article takes in full (0: it cannot be), as an excerpt, and as a title."""

    full: int
    excerpt: int
    entry: int


class Shares(msgspec.Struct, frozen=True):
    """What of the articles is shown: the numbers of those in `full`, how many have a row at all
    (`rows`), and how many further ones are listed by title (`entries`).
    """

    full: frozenset[int]
    rows: int
    entries: int


def weigh(item: LetterItem, summary: str, *, with_body: bool) -> Weight:
    """The estimated size of `item` in its three forms, with `summary` in its excerpt.

    An article without a body, or whose body is not wanted, is never shown in full.
    """
    title, url = len(item.title.encode()), len(item.url.encode())
    row = ROW + 3 * url + 2 * title
    if item.image:
        row += IMAGE + len(item.image.url.encode()) + len(item.image.alt.encode())
    return Weight(
        full=row + body_size(item.content_html) if with_body and item.content_html else 0,
        excerpt=row + len(summary.encode()),
        entry=ENTRY + url + title,
    )


def body_size(body_html: str) -> int:
    """The estimated bytes of a body with its styles inlined."""
    tags = Counter(re.findall(r"<([a-z0-9]+)", body_html))
    styles = sum(STYLES.get(tag, 0) * count for tag, count in tags.items())
    return len(body_html.encode()) + styles


def share(items: Sequence[Weight], more: Sequence[Weight], room: int) -> Shares:
    """Divide `room` bytes: titles first, up to half of it, then rows, then bodies, from the top.

    An article whose body does not fit is shown as an excerpt, and a shorter one after it may
    still be shown in full.
    """
    room -= FRAME
    titles = [weight.entry for weight in (*items, *more)]
    listed = _fitting(titles, room // 2)
    room -= sum(titles[:listed])
    steps = [weight.excerpt - weight.entry for weight in items[:listed]]
    rows = _fitting(steps, room)
    room -= sum(steps[:rows])
    full = set()
    for number, weight in enumerate(items[:rows]):
        extra = weight.full - weight.excerpt
        if weight.full and extra <= room:
            full.add(number)
            room -= extra
    return Shares(full=frozenset(full), rows=rows, entries=listed - rows)


def _fitting(sizes: Sequence[int], room: int) -> int:
    """How many of `sizes`, from the first on, fit into `room` together."""
    for number, size in enumerate(sizes):
        room -= size
        if room < 0:
            return number
    return len(sizes)
