"""Promises about lead images, in every format."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from newsfeed.model import Image
from tests.feeds.samples import (
    IMAGE,
    atom_entry,
    attributes,
    item,
    json_item,
    rss_item,
    texts,
)

SIZE = {"width": "640", "height": "480"}


def test_a_lead_image_is_content_and_thumbnail() -> None:
    """With type and size as they are known, and its description (F-M-02, F-M-03)."""
    for element in (rss_item(item(image=IMAGE)), atom_entry(item(image=IMAGE))):
        assert attributes(element, "media:content") == [
            {"url": IMAGE.url, "medium": "image", "type": "image/png", **SIZE}
        ]
        assert attributes(element, "media:thumbnail") == [{"url": IMAGE.url, **SIZE}]
        assert texts(element, "media:content/media:description") == ["항구의 배"]
        assert attributes(element, "media:content/media:description") == [{"type": "plain"}]
    assert json_item(item(image=IMAGE))["image"] == IMAGE.url


def test_what_is_not_known_of_an_image_is_not_written() -> None:
    """An image on another host has an address and nothing else (F-M-05)."""
    remote = Image(url="https://example.com/i.webp")
    for element in (rss_item(item(image=remote)), atom_entry(item(image=remote))):
        assert attributes(element, "media:content") == [{"url": remote.url, "medium": "image"}]
        assert attributes(element, "media:thumbnail") == [{"url": remote.url}]
        assert texts(element, "media:content/media:description") == []


def test_an_image_of_known_length_is_enclosed() -> None:
    """RSS has one enclosure, Atom a link, JSON an attachment, all with true length and type."""
    with_image = item(image=IMAGE)
    assert attributes(rss_item(with_image), "enclosure") == [
        {"url": IMAGE.url, "length": "12345", "type": "image/png"}
    ]
    assert attributes(atom_entry(with_image), "atom:link[@rel='enclosure']") == [
        {"rel": "enclosure", "type": "image/png", "length": "12345", "href": IMAGE.url}
    ]
    assert json_item(with_image)["attachments"] == [
        {"url": IMAGE.url, "mime_type": "image/png", "size_in_bytes": 12345}
    ]


@pytest.mark.parametrize(
    ("image", "in_content"),
    [
        (None, False),
        (IMAGE, True),
        (replace(IMAGE, length=None), False),
        (replace(IMAGE, length=0), False),
        (replace(IMAGE, media_type=""), False),
    ],
    ids=["no image", "in the body", "no length", "empty file", "no type"],
)
def test_otherwise_there_is_no_enclosure(image: Image | None, in_content: bool) -> None:
    """No length is made up, and an image in the body is not shown a second time (F-M-04)."""
    written = item(image=image, image_in_content=in_content)
    assert attributes(rss_item(written), "enclosure") == []
    assert attributes(atom_entry(written), "atom:link[@rel='enclosure']") == []
    assert "attachments" not in json_item(written)


def test_an_image_in_the_body_is_no_enclosure_as_well() -> None:
    """Readers that show an enclosure beside the body would show it twice (F-M-04)."""
    written = item(image=IMAGE, image_in_content=True)
    for element in (rss_item(written), atom_entry(written)):
        assert len(attributes(element, "media:content")) == 1
        assert attributes(element, "media:thumbnail") == [{"url": IMAGE.url, **SIZE}]
        assert attributes(element, "enclosure") == []
    assert json_item(written)["image"] == IMAGE.url
