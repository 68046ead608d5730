"""Promises about images and recordings, for readers without scripts."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import MarkupContext, Profile
from newsfeed.collect.markup.context import Shown
from tests.collect.markup.kit import LEAD, URL, Tags, feed, rendered

DROPPED = MarkupContext(url=URL, lead_image=LEAD, drop_lead_image=True)
SHOWN = MarkupContext(url=URL, lead_image=LEAD)


@pytest.mark.parametrize("attribute", ["data-src", "data-original", "data-lazy-src"])
def test_lazy_images_are_there_at_once(attribute: str) -> None:
    """The true address takes the placeholder's place (F-X-17)."""
    html = feed(f"<img src='data:image/gif;base64,AA' {attribute}='/true.jpg' loading=lazy>")
    assert html == '<p><img src="https://news.example.org/true.jpg"></p>'


def test_lazy_sets_are_there_at_once() -> None:
    """A set of images counts as well, and gives an image without address its first."""
    tags = Tags(feed("<img data-srcset='/a.jpg 1x, /b.jpg 2x'>"))
    assert tags.values("src") == ["https://news.example.org/a.jpg"]
    assert "https://news.example.org/b.jpg 2x" in tags.values("srcset")[0]


def test_a_lazy_image_is_not_shown_twice() -> None:
    """The image that noscript repeats is left out, one that it alone shows is kept."""
    html = feed("<img data-src=/a.jpg><noscript><img src=/a.jpg></noscript>글")
    assert Tags(html).values("src") == ["https://news.example.org/a.jpg"]
    assert html.endswith("글</p>")
    only = feed("글<noscript><img src=/a.jpg></noscript>")
    assert Tags(only).values("src") == ["https://news.example.org/a.jpg"]


def test_a_picture_is_an_image() -> None:
    """Of <picture> the plain <img> stays."""
    html = feed("<picture><source srcset=a.webp><source srcset=b.avif><img src=c.jpg></picture>")
    assert html == f'<p><img src="{URL}c.jpg"></p>'


@pytest.mark.parametrize(
    "html", ["<video src=/v.mp4 autoplay></video>", "<video><source src=/v.mp4></video>"]
)
def test_a_recording_can_be_opened_without_a_player(html: str) -> None:
    """A link stands inside for readers that do not play it."""
    tags = Tags(feed(html))
    assert tags.values("href") == ["https://news.example.org/v.mp4"]
    assert tags.values("autoplay") == []
    assert tags.values("controls") == [""]


def test_an_authors_own_fallback_stays() -> None:
    """Where there is a link already, none is added; a player without address goes."""
    assert feed("<audio src=a.mp3><a href=b>듣기</a></audio>").count("<a ") == 1
    assert feed("<a href=b><audio src=a.mp3>듣기</audio></a>").count("<a ") == 1
    assert feed("글<video></video><video src='javascript:x'></video>") == "<p>글</p>"


def test_the_lead_image_is_found_by_its_address() -> None:
    """However the body writes it."""
    for source in ("![x](/assets/lead.jpg)", "<p><img src=../../assets/lead.jpg></p>"):
        assert rendered(source, SHOWN).has_lead_image
    assert not rendered("![x](/assets/other.jpg)", SHOWN).has_lead_image
    assert not rendered("![x](/assets/lead.jpg)").has_lead_image


@pytest.mark.parametrize(
    "source",
    [
        "![x](/assets/lead.jpg)\n\n글",
        "<p><img src='/assets/lead.jpg' alt=x /></p>\n\n글",
        "<p>&nbsp;</p><figure><a href=/x><img src=/assets/lead.jpg></a></figure>\n\n글",
        "<div><br><img src=/assets/lead.jpg></div>\n\n글",
    ],
)
def test_a_lead_image_shown_above_is_not_shown_again(source: str) -> None:
    """Where the body begins with it, it goes, and what it leaves empty."""
    result = rendered(source, DROPPED, Profile.STYLED)
    assert not result.has_lead_image
    assert result.html == "<p>글</p>"


@pytest.mark.parametrize(
    "source",
    [
        "글\n\n![x](/assets/lead.jpg)",
        "글 ![x](/assets/lead.jpg)",
        "![y](/y.jpg)\n\n![x](/assets/lead.jpg)",
        "---\n\n![x](/assets/lead.jpg)",
    ],
)
def test_a_lead_image_further_down_stays(source: str) -> None:
    """What stands in the text has its place there."""
    assert rendered(source, DROPPED).has_lead_image


def test_a_caption_outlives_its_image() -> None:
    """The credit under a lead image is not lost with it."""
    source = "<figure><img src=/assets/lead.jpg><figcaption>사진: 가</figcaption></figure>"
    html = rendered(source, DROPPED).html
    assert html == "<figure><figcaption>사진: 가</figcaption></figure>"


def test_only_the_first_of_two_is_dropped() -> None:
    """The same image later in the body stays."""
    result = rendered("![x](/assets/lead.jpg)\n\n글\n\n![x](/assets/lead.jpg)", DROPPED)
    assert result.html.count("<img") == 1
    assert result.has_lead_image


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("there![gone](/a.jpg)now", "there gone now"),
        ("there ![gone](/a.jpg).", "there gone."),
        ("*there*![gone](/a.jpg)", "<em>there</em> gone"),
        ("![one](/a.jpg)![two](/b.jpg)", "one two"),
        ("(![gone](/a.jpg))", "(gone)"),
        ("there<br>![gone](/a.jpg)", "there<br>gone"),
        ("there![](/a.jpg)now", "therenow"),
    ],
)
def test_the_words_of_an_image_that_is_not_shown_stand_apart(written: str, text: str) -> None:
    context = MarkupContext(url=URL, show=lambda _reference, _width: Shown(""))
    assert feed(written, context) == f"<p>{text}</p>"
