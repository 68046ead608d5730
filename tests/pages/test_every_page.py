"""Promises that every page keeps, whatever its kind."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.model import Image
from newsfeed.pages.site import FORMATS, Site
from tests.pages.kit import (
    ARTICLE,
    ENGLISH,
    FOLDER,
    HOME,
    KINDS,
    SITE,
    make_pages,
    parse,
    texts,
    values,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}{# gone #}",
    "{{ site.__class__.__mro__ }}",
    "a & b &lt;i&gt; {count}",
)
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf")), min_size=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("site", [SITE, ENGLISH], ids=["ko", "en"])
def test_pages_have_what_browsers_and_readers_look_for(kind: str, site: Site) -> None:
    """Language, character set, viewport, title, a main part, and one h1 that says something."""
    page = make_pages(site)[kind]
    assert page.startswith(b"<!DOCTYPE html>\n")
    assert values(page, "/html/@lang") in (["ko"], ["en-GB"])
    assert values(page, "//meta/@charset") == ["utf-8"]
    assert values(page, "//meta[@name='viewport']/@content")
    assert all(texts(page, "//title"))
    assert len(texts(page, "//h1")) == 1
    assert all(texts(page, "//h1"))
    assert values(page, "//main/@id") == ["text"]
    assert values(page, "//body/a[1]/@href") == ["#text"]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_lead_to_the_feeds(kind: str) -> None:
    """Autodiscovery links are absolute, of feed types, with titles that differ; RSS is first."""
    links = parse(make_pages()[kind]).xpath("/html/head/link[@rel='alternate']")
    titles = [link.get("title") for link in links]
    assert len(links) >= 3
    assert len(set(titles)) == len(titles)
    assert all(str(link.get("href")).startswith(HOME) for link in links)
    assert {link.get("type") for link in links} == FORMATS.keys()
    assert links[0].get("type") == "application/rss+xml"


@pytest.mark.parametrize("kind", KINDS)
def test_pages_name_their_own_address(kind: str) -> None:
    """There is one canonical link, absolute, and the same as OpenGraph's."""
    page = make_pages()[kind]
    (canonical,) = values(page, "//link[@rel='canonical']/@href")
    assert canonical.startswith(HOME)
    assert values(page, "//meta[@property='og:url']/@content") == [canonical]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_load_nothing_from_elsewhere(kind: str) -> None:
    """No script, frame, style sheet, font or image of another host, and no handler."""
    page = make_pages()[kind]
    loaded = values(page, "//@src | //@srcset | //@poster | //@data | //@action")
    loaded += values(page, "//link[not(@rel='canonical' or @rel='alternate')]/@href")
    assert all(not urlsplit(address).netloc for address in loaded)
    assert not values(page, "//@*[starts-with(name(), 'on')]")
    assert not parse(page).xpath("//script | //iframe | //object | //embed | //form | //base")
    assert not re.search(r"url\(|@import|@font-face", (FOLDER / "style.css").read_text("utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_pages_forbid_scripts(kind: str) -> None:
    """The page itself tells the browser to run none, should one slip into an article."""
    (policy,) = values(make_pages()[kind], "//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "script-src 'none'" in policy


def test_links_within_the_site_are_relative() -> None:
    """Whoever reads the pages on a local server stays there."""
    pages = make_pages(body=f'<p><a href="{HOME}b/">b</a><img src="{HOME}c.png"></p>')
    for page in pages.values():
        followed = values(page, "//a/@href | //img/@src")
        assert followed
        assert not [address for address in followed if address.startswith(HOME)]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_the_same_each_time(kind: str) -> None:
    """Equal values give equal bytes."""
    assert make_pages()[kind] == make_pages()[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique(kind: str) -> None:
    """No two elements share an id."""
    ids = values(make_pages()[kind], "//@id")
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    """Titles, names and descriptions are shown as they are, and do nothing."""
    site = msgspec.structs.replace(SITE, title=text, description=text, author=text)
    article = msgspec.structs.replace(
        ARTICLE,
        title=text,
        summary=text,
        authors=(text,),
        categories=(text,),
        tags=(text,),
        image=Image(url=HOME + "a.png", alt=text),
    )
    shown = " ".join(text.split())
    pages = make_pages(site, article)
    for page in pages.values():
        assert not parse(page).xpath("//script | //*[@onerror or @onmouseover or @onfocus]")
        assert texts(page, "//*[contains(@class, 'brand')]") == [shown]
        assert b"49" not in re.sub(rb"<style>.*?</style>", b"", page, flags=re.DOTALL)
    assert texts(pages["article"], "//h1") == [shown]
    assert values(pages["article"], "//meta[@name='description']/@content") == [text]
    assert values(pages["article"], "//figure/img/@alt") == [text]


@given(title=TEXT, summary=TEXT)
def test_any_title_is_shown_exactly(title: str, summary: str) -> None:
    """What an author wrote is what a reader sees, on every page that names the article."""
    article = msgspec.structs.replace(ARTICLE, title=title, summary=summary)
    pages = make_pages(article=article)
    shown = " ".join(title.split())
    assert texts(pages["article"], "//h1") == [shown]
    assert texts(pages["index"], "//h2") == [shown]
    assert texts(pages["all"], "//li/a")[0] == shown
    assert values(pages["article"], "//meta[@property='og:title']/@content") == [title]
