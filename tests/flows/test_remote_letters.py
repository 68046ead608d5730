"""RSS to letters: a WordPress site that knows nothing of newsfeed, in feeds and in the mail."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from lxml import html

from newsfeed.feeds.check import problems
from newsfeed.feeds.names import ATOM, JSON, RSS
from tests.flows.remote_kit import Blog, blog, remote_site
from tests.kit import NOW, Site, plain

FERRY = "The ferry is back – at last"


@pytest.fixture(scope="module")
def gazette() -> Iterator[Blog]:
    with blog() as found:
        text = (Path(__file__).parent / "wordpress.xml").read_text(encoding="utf-8")
        found.show(text, Content_Type="application/rss+xml; charset=UTF-8")
        yield found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, gazette: Blog) -> Site:
    folder = tmp_path_factory.mktemp("letters") / "site"
    site = remote_site(folder, gazette.url, local=False, more='name = "gazette"\n')
    site.subscribe("kim@example.org")
    site.publish(NOW)
    return site


@pytest.fixture(scope="module")
def letter(site: Site) -> EmailMessage:
    done = site.run("send", "weekly")
    assert done.returncode == 0, done.stderr
    (data,) = site.outbox().values()
    found = message_from_bytes(data, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_its_feeds_are_valid_and_name_the_gazette(site: Site) -> None:
    for path, kind in (("feed.xml", RSS), ("atom.xml", ATOM), ("feed.json", JSON)):
        assert problems((site.output / path).read_bytes(), kind) == []
    first = site.feed("atom.xml").entries[0]
    assert first.source.title == "The Harbour Gazette"
    assert [tag.label for tag in first.tags] == ["Boats & piers", "Uncategorized"]


def test_an_excerpt_that_wordpress_cut_is_not_taken_for_the_authors(site: Site) -> None:
    summary = site.feed("atom.xml").entries[0].summary
    assert "[" not in summary
    assert "appeared first" not in summary
    assert "fish market." in summary


def test_an_item_without_a_title_is_called_by_its_text(site: Site) -> None:
    assert site.titles() == [FERRY, "Fog since noon. The horn sounds every two minutes."]


def test_the_letter_shows_articles_source_and_image(letter: EmailMessage) -> None:
    assert FERRY in letter["Subject"]
    part = letter.get_body(("html",))
    assert part is not None
    tree = html.fromstring(part.get_content())
    text = " ".join("".join(map(str, tree.itertext())).split())
    assert "the queue reached the fish market." in text
    assert "Ida Brandt · The Harbour Gazette" in text
    links = {link.get("href") for link in tree.iter("a")}
    assert "https://gazette.example.com/timetable/" in links
    images = [image.get("src") for image in tree.iter("img")]
    assert images[0] == (
        "https://gazette.example.com/wp-content/uploads/2026/11/ferry-1024x683.jpg"
    )
    assert list(tree.iter("script")) == []
    assert "count me" not in part.get_content()


def test_the_text_part_reads_as_the_letter_does(letter: EmailMessage) -> None:
    said = plain(letter)
    assert FERRY in said
    assert "every 40 minutes" in said
