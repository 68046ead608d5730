"""An item's lead image as Media RSS elements (specification 1.5.1), in RSS and Atom alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.feeds.names import MEDIA_NS

if TYPE_CHECKING:
    from newsfeed.model import FeedItem

_CONTENT = f"{{{MEDIA_NS}}}content"
_DESCRIPTION = f"{{{MEDIA_NS}}}description"
_THUMBNAIL = f"{{{MEDIA_NS}}}thumbnail"


def add_media(element: etree._Element, item: FeedItem) -> None:
    """Append `media:content` and `media:thumbnail` of the lead image to an item's `element`.

    Readers take these for a list of articles; what would show an image beside the body, the
    enclosure, is left out where the body has it (F-M-04).
    """
    image = item.image
    if image is None:
        return
    size = {name: str(n) for name, n in (("width", image.width), ("height", image.height)) if n}
    kind = {"type": image.media_type} if image.media_type else {}
    content = etree.SubElement(
        element, _CONTENT, {"url": image.url, "medium": "image", **kind, **size}
    )
    if image.alt:
        etree.SubElement(content, _DESCRIPTION, {"type": "plain"}).text = image.alt
    etree.SubElement(element, _THUMBNAIL, {"url": image.url, **size})
