"""A body from source to sanitised HTML, in the one order that is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.collect.markup import lead, links, media, paragraphs
from newsfeed.collect.markup.attributes import drop_attribute_lists
from newsfeed.collect.markup.autolink import has_bare_address, link_addresses
from newsfeed.collect.markup.context import MarkupContext, Profile, Rendered
from newsfeed.collect.markup.dom import parse, serialise
from newsfeed.collect.markup.markdown import to_html
from newsfeed.collect.markup.sanitise import DROPPED, sanitise
from newsfeed.collect.markup.style import filter_styles
from newsfeed.errors import ArticleError
from newsfeed.urls import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.etree import _Element as Element

MAX_SOURCE_BYTES = 1_000_000  # what is all markup takes some 400 times as much memory
TOGETHER = 32  # bodies; more save no more time
_BYTES_PER_CHARACTER = 4
_MEGABYTE = 1_000_000


def render(source: str, context: MarkupContext, profile: Profile) -> Rendered:
    """The body `source` as HTML that is safe to show, with absolute addresses.

    Raises ArticleError where the source is larger than MAX_SOURCE_BYTES, nests too deep, or
    would grow out of all proportion.
    """
    return render_all([(source, context)], profile)[0]


def render_all(bodies: Sequence[tuple[str, MarkupContext]], profile: Profile) -> list[Rendered]:
    """Each source in its context as `render` gives it.

    A step is done for a portion of bodies before the next one. Its code is large, and the
    processor keeps it at hand that way: a fifth less time than body after body.
    """
    return [one for portion in _portions(bodies) for one in _rendered(portion, profile)]


def _portions(
    bodies: Iterable[tuple[str, MarkupContext]],
) -> Iterator[list[tuple[str, MarkupContext]]]:
    """The bodies in their order, never so many that they need more memory than a large one."""
    portion: list[tuple[str, MarkupContext]] = []
    size = 0
    for source, context in bodies:
        size += len(source)
        if len(portion) == TOGETHER or (portion and size > MAX_SOURCE_BYTES):
            yield portion
            portion, size = [], len(source)
        portion.append((source, context))
    yield portion


def _rendered(bodies: Sequence[tuple[str, MarkupContext]], profile: Profile) -> list[Rendered]:
    marked_up = [_html(source, context) for source, context in bodies]
    trees = list(map(parse, marked_up))
    finished = [
        _finished(body, html, source, context, profile)
        for body, html, (source, context) in zip(trees, marked_up, bodies, strict=True)
    ]
    return [
        Rendered(html=sanitise(html, profile), has_lead_image=has_lead_image)
        for html, has_lead_image in finished
    ]


def _html(source: str, context: MarkupContext) -> str:
    _refuse_large(source)
    return to_html(source, kramdown=context.kramdown) if context.markdown else source


def _finished(
    body: Element, html: str, source: str, context: MarkupContext, profile: Profile
) -> tuple[str, bool]:
    """The HTML of `body`, the tree of `html`, with all that is done in it, and whether it shows
    the lead image. It is not yet safe.
    """
    etree.strip_elements(body, *DROPPED, with_tail=False)
    if context.markdown:
        _finish_markdown(body, source, html, context)
    media.make_plain(body)
    written = media.sources(body) if context.show else {}
    links.make_absolute(body, context.url, context.local)
    media.add_fallbacks(body)
    lead_image = absolute(context.lead_image, context.url) if context.lead_image else None
    if lead_image and context.drop_lead_image:
        lead.drop_first_image(body, lead_image)
    if context.show:
        media.show(body, written, context.show)
    paragraphs.tidy(body)
    paragraphs.shift_headings(body, context.heading_shift)
    if profile is Profile.STYLED:
        filter_styles(body)
    return serialise(body), lead_image is not None and lead.has_image(body, lead_image)


def _finish_markdown(body: Element, source: str, html: str, context: MarkupContext) -> None:
    """What the Markdown engine leaves to do in the tree."""
    if context.kramdown and ("{:" in source or "{#" in source):
        drop_attribute_lists(body)
    if has_bare_address(html):
        link_addresses(body)


def _refuse_large(source: str) -> None:
    if len(source) * _BYTES_PER_CHARACTER <= MAX_SOURCE_BYTES:
        return
    size = len(source.encode("utf-8", "replace"))
    if size > MAX_SOURCE_BYTES:
        raise ArticleError(
            f"the body is {size / _MEGABYTE:.1f} MB, and the limit is "
            f"{MAX_SOURCE_BYTES / _MEGABYTE:.0f} MB",
            remedy="split the article, or move its data into a file that it links to",
        )
