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
    from lxml.etree import _Element as Element

MAX_SOURCE_BYTES = 1_000_000  # what is all markup takes some 400 times as much memory
_BYTES_PER_CHARACTER = 4
_MEGABYTE = 1_000_000


def render(source: str, context: MarkupContext, profile: Profile) -> Rendered:
    """The body `source` as HTML that is safe to show, with absolute addresses.

    Raises ArticleError where the source is larger than MAX_SOURCE_BYTES, nests too deep, or
    would grow out of all proportion.
    """
    _refuse_large(source)
    html = to_html(source, kramdown=context.kramdown) if context.markdown else source
    body = parse(html)
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
    return Rendered(
        html=sanitise(serialise(body), profile),
        has_lead_image=lead_image is not None and lead.has_image(body, lead_image),
    )


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
