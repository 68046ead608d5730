"""Edition -> letter: rendered, inlined, and small enough to arrive whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from newsfeed.digest import budget, cells
from newsfeed.digest.inline import inline
from newsfeed.digest.sender import Sender
from newsfeed.digest.view import LONGEST_SUMMARY, UNSUBSCRIBE, view
from newsfeed.model import Letter

if TYPE_CHECKING:
    from newsfeed.model import Edition, LetterItem
    from newsfeed.templating import Templates

__all__ = ["LIMIT", "UNSUBSCRIBE", "Sender", "compose"]

LIMIT = 72 * 1024
"""Bytes of HTML. Gmail cuts a letter near 102 KB, and with it the way to unsubscribe (E-M-13)."""

_STEP = 2 * 1024


def compose(
    edition: Edition,
    sender: Sender,
    templates: Templates,
    *,
    template: str = "digest",
    content: Literal["full", "excerpt"] = "full",
) -> Letter:
    """Render `edition` as HTML with inlined styles and as text, both with the same articles.

    The HTML has 72 KB at most: a title of every article, then excerpts, then bodies, each from
    the top as long as they fit; `content="excerpt"` leaves the bodies out. Dates are those of
    the zone of `edition.slot`. Personal links are placeholders (`UNSUBSCRIBE`), so that one
    letter serves all. Raises TemplateError.
    """
    items = [_weight(item, with_body=content == "full") for item in edition.items]
    more = [_weight(item, with_body=False) for item in edition.more]
    room = LIMIT
    while True:
        data = view(edition, sender, budget.share(items, more, room))
        html = inline(templates.html(f"{template}.html.j2", data))
        excess = len(html.encode()) - LIMIT
        if excess <= 0 or room <= 0:
            break
        # The estimate was too low: once more with less.
        room -= max(excess, _STEP)
    text = templates.text(f"{template}.txt.j2", data)
    return Letter(subject=edition.subject, html=html, text=text)


def _weight(item: LetterItem, *, with_body: bool) -> budget.Weight:
    return budget.weigh(item, cells.cut(item.summary, LONGEST_SUMMARY), with_body=with_body)
