"""The copy of an edition for the web: the same articles, and nothing of any reader."""

from __future__ import annotations

import pytest

from newsfeed.digest.compose import GREETING, UNSUBSCRIBE, Sender
from newsfeed.model import Edition
from tests.digest.letters import SENDER, SMALL, SPECIAL, edition, item, made, page_of, tree


@pytest.mark.parametrize("edition_of", [SMALL, SPECIAL])
def test_the_web_copy_has_nothing_personal(edition_of: Edition) -> None:
    """E-H-13: no placeholder, no way out, no reason why it came; it leads to the newsletter."""
    web = made(edition_of).web
    page = page_of(web)
    words = ("__", "unsubscribe", "구독 해지", "안녕하세요", "신청하셔서", "웹에서 보기", "robots")
    assert [word for word in words if word in web] == []
    assert page.xpath("//link[@rel='canonical']/@href") == [SENDER.view_url]
    assert page.xpath("//a[@href=$url]", url=SENDER.subscribe_url)
    assert page.xpath("//*[contains(@class, 'preheader')]") == []
    assert page.xpath("//meta[@name='description']/@content")


def test_the_web_copy_shows_what_the_letter_shows() -> None:
    """The same articles in the same words."""
    small = made(SMALL)
    headings = "//h1 | //h2 | //h3"
    titles = [h.text_content() for h in tree(small).xpath(headings)]
    web = page_of(small.web)
    assert [h.text_content() for h in web.xpath(headings)] == titles
    assert "따로 세운 말" in small.web


def test_a_web_copy_without_addresses_has_no_dead_links() -> None:
    """Neither canonical nor subscribe page."""
    web = page_of(made(SPECIAL, sender=Sender(site_title="Site")).web)
    assert web.xpath("//link | //a[@href='']") == []


def test_an_article_cannot_ask_for_what_is_personal() -> None:
    """A stranger's link with our placeholder would carry a reader's name and way out away."""
    link = f"https://evil.example/?{UNSUBSCRIBE}&amp;_&#95;GREETING__"
    body = (
        f'<p>{GREETING} __UNSUB<b></b>SCRIBE__</p><a href="{link}">x</a><img src="{link}" alt="">'
    )
    hostile = edition(
        item(1, body, title=GREETING, url=UNSUBSCRIBE, summary=UNSUBSCRIBE),
        more=(item(2, title=UNSUBSCRIBE),),
        intro=body,
    )
    letter = made(hostile)
    clean = made(edition(item(1), more=(item(2),), intro="<p>x</p>"))
    for place in (GREETING, "__UNSUBSCRIBE__"):
        assert letter.html.count(place) == clean.html.count(place)
        assert letter.text.count(place) == clean.text.count(place)
        assert place not in letter.web
