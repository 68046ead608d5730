"""A body from source to sanitised HTML, in the one order that is safe."""

from __future__ import annotations

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

MAX_SOURCE_BYTES = 2_000_000
MAX_HTML_CHARACTERS = 8_000_000


def render(source: str, context: MarkupContext, profile: Profile) -> Rendered:
    """The body `source` as HTML that is safe to show, with absolute addresses.

    Raises ArticleError where the source is larger than MAX_SOURCE_BYTES, grows beyond
    MAX_HTML_CHARACTERS, or nests too deep.
    """
    _refuse_large(source)
    html = to_html(source, kramdown=context.kramdown) if context.markdown else source
    if len(html) > MAX_HTML_CHARACTERS:
        raise ArticleError(
            f"the body grows to {len(html) / 1e6:.0f} MB of HTML", remedy="split the article"
        )
    body = parse(html)
    etree.strip_elements(body, *DROPPED, with_tail=False)
    if context.markdown:
        if context.kramdown and ("{:" in source or "{#" in source):
            drop_attribute_lists(body)
        if has_bare_address(html):
            link_addresses(body)
    media.make_plain(body)
    references = links.make_absolute(body, context.url)
    media.add_fallbacks(body)
    paragraphs.make_known(body)
    paragraphs.wrap_bare(body)
    paragraphs.drop_blank(body)
    lead_image = absolute(context.lead_image, context.url) if context.lead_image else None
    if lead_image and context.drop_lead_image:
        lead.drop_first_image(body, lead_image)
    paragraphs.shift_headings(body, context.heading_shift)
    if profile is Profile.STYLED:
        filter_styles(body)
    return Rendered(
        html=sanitise(serialise(body), profile),
        has_lead_image=lead_image is not None and lead.has_image(body, lead_image),
        references=references,
    )


def _refuse_large(source: str) -> None:
    size = len(source.encode("utf-8", "replace"))
    if size > MAX_SOURCE_BYTES:
        raise ArticleError(
            f"the body is {size / 1e6:.1f} MB, and {MAX_SOURCE_BYTES / 1e6:.0f} MB is the limit",
            remedy="split the article, or move its data into a file that it links to",
        )
