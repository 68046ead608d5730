"""Edition -> letter: rendered, inlined, and small enough to arrive whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from newsfeed.digest import budget, cells
from newsfeed.digest.inline import inline
from newsfeed.digest.sender import Sender
from newsfeed.digest.theme import DEFAULT
from newsfeed.digest.view import GREETING, LONGEST_SUMMARY, UNSUBSCRIBE, section_of, view, web_view
from newsfeed.digest.wrap import folded
from newsfeed.errors import OutputError
from newsfeed.model import Letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsfeed.digest.theme import Theme
    from newsfeed.model import Edition, LetterItem
    from newsfeed.templating import Plain, Templates

__all__ = ["GREETING", "LIMIT", "UNSUBSCRIBE", "Sender", "compose"]

LIMIT = 72 * 1024
"""Bytes of HTML. Gmail cuts a letter near 102 KB, and with it the way to unsubscribe (E-M-13)."""

STANDARD_TEXT = "digest.txt.j2"
"""The text part of a look that has none of its own."""

_STEP = 2 * 1024
_OF_EXCERPTS = frozenset({"brief", "gallery"})


def compose(
    edition: Edition,
    sender: Sender,
    templates: Templates,
    *,
    template: str = "digest",
    content: Literal["full", "excerpt"] = "full",
    theme: Theme = DEFAULT,
    by_category: bool = False,
) -> Letter:
    """Render `edition` as HTML with inlined styles, as text, and as a page for the web, all with
    the same articles.

    The HTML has 72 KB at most: the sender's own words, a title of every article, then excerpts,
    then bodies, each from the top as long as they fit; `content="excerpt"` leaves the bodies out,
    and so do the looks `brief` and `gallery`. With `by_category` the articles of one category
    stand together, those of the newest article's first.
    Dates are those of the zone of `edition.slot`. What is personal are placeholders
    (`UNSUBSCRIBE`, `GREETING`), so that one letter serves all; the web copy has none. A letter
    that is `spoken` in another language than the edition's own comes without one.
    Raises TemplateError, and OutputError where the sender's words alone are too long.
    """
    if by_category:
        edition = _grouped(edition)
    with_bodies = content == "full" and template not in _OF_EXCERPTS
    items = [_weight(item, with_body=with_bodies) for item in edition.items]
    more = [_weight(item, with_body=False) for item in edition.more]
    page, text = f"{template}.html.j2", f"{template}.txt.j2"
    room = LIMIT - budget.body_size(edition.intro_html)
    while True:
        data = view(
            edition, sender, budget.share(items, more, room), theme, by_category=by_category
        )
        html = inline(templates.html(page, data), page)
        excess = len(html.encode()) - LIMIT
        if excess <= 0 or room <= 0:
            break
        room -= max(excess, _STEP)  # the estimate was too low: once more with less
    if excess > 0 and edition.intro_html:
        raise OutputError(
            f"the letter's own words make it {excess // 1024 + 1} KB too large for mail programs",
            where=edition.subject,
            remedy="shorten them, or put the long part into an article",
        )
    return Letter(
        subject=edition.subject,
        html=html,
        text=folded(templates.text(text if templates.has(text) else STANDARD_TEXT, data)),
        web="" if edition.spoken else _page(data, sender, templates, page),
    )


def _page(data: Mapping[str, Plain], sender: Sender, templates: Templates, name: str) -> str:
    return inline(templates.html(name, web_view(data, sender)), name)


def _grouped(edition: Edition) -> Edition:
    order = list(dict.fromkeys(section_of(item) for item in edition.items))
    items = sorted(edition.items, key=lambda item: order.index(section_of(item)))
    return msgspec.structs.replace(edition, items=tuple(items))


def _weight(item: LetterItem, *, with_body: bool) -> budget.Weight:
    return budget.weigh(item, cells.cut(item.summary, LONGEST_SUMMARY), with_body=with_body)
