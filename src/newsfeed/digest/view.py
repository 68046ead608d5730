"""What a letter's templates see: plain values, ready to be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from newsfeed.digest import cells
from newsfeed.digest.body import INTRO_HEADING, fit_body
from newsfeed.digest.disclosure import disclosed
from newsfeed.digest.plain import plain_text
from newsfeed.digest.preheader import preheader
from newsfeed.digest.skin import skin
from newsfeed.digest.words import direction, rest, words_for, written_date, written_day
from newsfeed.digest.wrap import wrapped
from newsfeed.text import one_line

if TYPE_CHECKING:
    from datetime import tzinfo

    from newsfeed.digest.body import Body
    from newsfeed.digest.budget import Shares
    from newsfeed.digest.sender import Sender
    from newsfeed.digest.theme import Theme
    from newsfeed.digest.words import Words
    from newsfeed.model import Edition, Image, LetterItem
    from newsfeed.templating import Plain

UNSUBSCRIBE = "https://unsubscribe.invalid/__UNSUBSCRIBE__"
"""Stands for the subscriber's own link until the letter is addressed. Safe in any URL or HTML."""

GREETING = "__GREETING__"
"""Stands for the line that greets the subscriber, in both parts of the letter."""

_PLACEHOLDERS = re.compile("__(?:UNSUBSCRIBE|GREETING)__")

THUMBNAIL = 112
SECTION_HEADING = 2
"""h1 is the letter's title; articles come below it, or below their section."""

LONGEST_LEAD = 480
LONGEST_SUMMARY = 240
MOST_KICKERS = 3
_SEPARATOR = "=" * 72


def view(
    edition: Edition, sender: Sender, shares: Shares, theme: Theme, *, by_category: bool = False
) -> dict[str, Plain]:
    """Everything that a template may use, for the articles that `shares` lets appear.

    Texts are not escaped. `intro_html` are the sender's own words, "" for none. The articles of
    each of the `sections` have a body where they are shown in full; without `by_category`, for
    which they must stand together, there is one section without a name. `more` are listed by
    title; `rest` says how many are not even that. `author_colours` are rules for the bodies in
    dark mode, class -> colour.
    """
    words = words_for(edition.spoken or edition.language)
    zone = edition.slot.tzinfo
    intro = fit_body(edition.intro_html, theme, top=INTRO_HEADING, language=edition.language)
    heading = SECTION_HEADING + 1 if by_category else SECTION_HEADING
    bodies = {
        number: fit_body(item.content_html, theme, top=heading + 1, language=item.language)
        for number, item in enumerate(edition.items)
        if number in shares.full
    }
    articles = [
        {
            **_article(item, bodies.get(number), theme.column, lead=number == 0),
            "heading": f"h{heading}",
            "categories": [one_line(name) for name in item.categories[by_category:MOST_KICKERS]],
            "meta": _meta(item, words, zone),
        }
        for number, item in enumerate(edition.items[: shares.rows])
    ]
    listed = [*edition.items[shares.rows :], *edition.more]
    left_out = len(listed) - shares.entries
    shown: dict[str, Plain] = {
        **skin(theme, edition.language, edition.spoken),
        **_frame(edition, sender, words),
        "preheader": edition.preheader or preheader(edition.intro_html, edition.items),
        "intro_html": intro.html,
        "intro_text": plain_text(edition.intro_html),
        "sections": _sections(edition.items, articles, by_category=by_category),
        "more": [_entry(item) for item in listed[: shares.entries]],
        "rest": rest(left_out, words) if left_out else "",
        "author_colours": {
            name: colour
            for body in (intro, *(bodies[number] for number in sorted(bodies)))
            for name, colour in body.dark.items()
        },
    }
    defused = {name: _defused(value) for name, value in shown.items()}
    return {**defused, "greeting": GREETING, "unsubscribe_url": UNSUBSCRIBE}


_PERSONAL = ("greeting", "unsubscribe_url", "preferences_url", "why", "view_url", "preheader")


def web_view(data: Mapping[str, Plain], sender: Sender) -> dict[str, Plain]:
    """`data` for the copy that everybody can read on the web: nothing in it is personal.

    It says its own address, has a description instead of a hidden line, and leads to the page
    where one subscribes instead of away.
    """
    return {
        **data,
        **dict.fromkeys(_PERSONAL, ""),
        "canonical_url": sender.view_url,
        "description": data["preheader"],
        "subscribe_url": sender.subscribe_url,
    }


def _frame(edition: Edition, sender: Sender, words: Words) -> dict[str, Plain]:
    """The letter without its articles."""
    return {
        "subject": edition.subject,
        "title": one_line(edition.title),
        "date": written_day(edition.slot, words),
        "separator": _SEPARATOR,
        "site_title": one_line(sender.site_title),
        "site_url": sender.site_url,
        "view_url": sender.view_url,
        "preferences_url": sender.preferences_url,
        "postal_address": "" if sender.disclosure else one_line(sender.postal_address),
        "law": disclosed(sender.disclosure, edition.spoken or edition.language)
        if sender.disclosure
        else None,
        "why": words.why.format(title=one_line(edition.title)),
        # What only the web copy has.
        "subscribe_url": "",
    }


def _defused(value: Plain) -> Plain:
    """`value` without our placeholders: an article that holds one would get the reader's link.

    With it a stranger's link or image could carry away the reader's name or way out.
    """
    if isinstance(value, str):
        return _PLACEHOLDERS.sub(lambda match: match[0].lower(), value)
    if isinstance(value, Mapping):
        return {name: _defused(one) for name, one in value.items()}
    return [_defused(one) for one in value] if isinstance(value, Sequence) else value


def section_of(item: LetterItem) -> str:
    """The category under which an article stands, "" for none."""
    return one_line(item.categories[0]) if item.categories else ""


def _sections(
    items: Sequence[LetterItem], articles: Sequence[dict[str, Plain]], *, by_category: bool
) -> list[dict[str, Plain]]:
    """The articles by section; the first of each `opens` it, as does each section but the first."""
    names = [section_of(item) if by_category else "" for item in items]
    found: list[dict[str, Plain]] = []
    for name, group in groupby(zip(names, articles, strict=False), key=lambda pair: pair[0]):
        shown: list[dict[str, Plain]] = [
            {**article, "opens": number == 0} for number, (_, article) in enumerate(group)
        ]
        found.append({"name": name, "opens": bool(found), "articles": shown})
    return found


def _article(item: LetterItem, body: Body | None, column: int, *, lead: bool) -> dict[str, Plain]:
    summary = cells.cut(one_line(item.summary), LONGEST_LEAD if lead else LONGEST_SUMMARY)
    image, small = item.image, item.thumbnail or item.image
    if body and any(one and one.url in item.content_html for one in (image, small)):
        image = small = None
    return {
        **_entry(item),
        "is_lead": lead,
        "summary": summary,
        "summary_text": wrapped(summary),
        "figure": _image(image, column) if image else None,
        "thumbnail": _image(small, THUMBNAIL) if small else None,
        "body_html": body.html if body else "",
        "body_text": plain_text(item.content_html) if body else "",
    }


def _meta(item: LetterItem, words: Words, zone: tzinfo | None) -> str:
    """Date, authors, and the feed that it is from."""
    date = written_date(item.published.astimezone(zone), words)
    names = dict.fromkeys(map(one_line, (*item.authors, item.source)))
    return " · ".join((date, *filter(None, names)))


def _entry(item: LetterItem) -> dict[str, Plain]:
    title = one_line(item.title)
    return {
        "url": item.url,
        "title": title,
        "title_text": wrapped(title),
        "language": item.language,
        "direction": direction(item.language),
    }


def _image(image: Image, most: int) -> dict[str, Plain]:
    """`image` at most `most` pixels wide; its height is 0 where it is not known."""
    width = min(image.width or most, most)
    height = round(image.height * width / image.width) if image.width and image.height else 0
    return {
        "url": image.url,
        "alt": one_line(image.alt),
        "width": width,
        "height": height,
        "small": most == THUMBNAIL,
    }
