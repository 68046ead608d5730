"""Promises about addresses in bodies, and the links made of them."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import MarkupContext
from newsfeed.collect.markup.srcset import Candidate, candidates
from tests.collect.markup.kit import URL, Tags, feed


@pytest.mark.parametrize(
    ("html", "attribute", "expected"),
    [
        ("<img src='../i.png'>", "src", "https://news.example.org/a/i.png"),
        ("<img src='//cdn.example.com/x'>", "src", "https://cdn.example.com/x"),
        ("<a href='?q'>x</a>", "href", f"{URL}?q"),
        ("<a href='#fn1'>x</a>", "href", f"{URL}#fn1"),
        ("<a href=''>x</a>", "href", URL),
        ("<a href='/글 1'>x</a>", "href", "https://news.example.org/%EA%B8%80%201"),
        ("[x](mailto:a@example.org)", "href", "mailto:a@example.org"),
        ("[x](tel:+82-2-1)", "href", "tel:+82-2-1"),
        ("<a href='http://[2001:db8::1]/x|y'>x</a>", "href", "http://[2001:db8::1]/x%7Cy"),
        ("<video src=/v.mp4 poster=p.png></video>", "poster", f"{URL}p.png"),
        ("<audio src=s.mp3></audio>", "src", f"{URL}s.mp3"),
        ("<audio><source src=s.mp3></audio>", "src", f"{URL}s.mp3"),
        ("<blockquote cite=q>x</blockquote>", "cite", f"{URL}q"),
        ("<q cite=q>x</q>", "cite", f"{URL}q"),
        ("<del cite=q>x</del>", "cite", f"{URL}q"),
        ("<img src=i longdesc=d>", "longdesc", f"{URL}d"),
        (
            "<img src=i srcset='i.png 1x, ../b.png 2x'>",
            "srcset",
            f"{URL}i.png 1x, https://news.example.org/a/b.png 2x",
        ),
    ],
)
def test_every_address_is_absolute(html: str, attribute: str, expected: str) -> None:
    """Addresses are resolved against the article, not the site (F-X-06, F-X-07, F-X-08)."""
    assert Tags(feed(html)).values(attribute) == [expected]


@pytest.mark.parametrize(
    "html",
    [
        "<form action=/x>a</form>",
        "<object data=/x>a</object>",
        "<table background=/x><tr><td background=/x>a</table>",
    ],
)
def test_addresses_of_what_is_not_allowed_are_gone(html: str) -> None:
    """Forms, objects and backgrounds keep their text and no address."""
    assert ">a<" in feed(html)
    assert "/x" not in feed(html)


def test_a_link_that_leads_nowhere_good_keeps_its_text() -> None:
    """The words stay where the address goes."""
    assert feed("<a href='javascript:alert(1)'>글</a>") == "<p><a>글</a></p>"


@pytest.mark.parametrize(
    "html",
    [
        "<img>",
        "<img src=''>",
        "<img src='data:image/png;base64,AA'>",
        "<img src='mailto:a@example.org'>",
    ],
)
def test_an_image_without_an_address_is_gone(html: str) -> None:
    """Nobody sees a broken image."""
    assert feed(f"글{html}") == "<p>글</p>"


@pytest.mark.parametrize(
    ("rel", "href", "expected"),
    [
        ("", "https://example.com/", ["noopener"]),
        ("dofollow", "https://example.com/", ["noopener"]),
        ("NoFollow Sponsored", "https://example.com/", ["nofollow sponsored noopener"]),
        ("ugc", "/x", ["ugc"]),
        ("", "/x", []),
        ("", "https://news.example.org/x", []),
        ("opener me", "https://news.example.org.example.com/", ["noopener"]),
        ("", "mailto:a@example.org", []),
    ],
)
def test_links_to_others_say_how_they_are_meant(rel: str, href: str, expected: list[str]) -> None:
    """What the author marked stays, invented words go, other hosts get noopener."""
    assert Tags(feed(f"<a href='{href}' rel='{rel}' target=_blank>x</a>")).values("rel") == expected


def test_files_beside_the_article_have_addresses_of_their_own() -> None:
    """What `local` knows goes to where it is published, percent-encoded by Markdown or not."""
    context = MarkupContext(url=URL, local={"그림.png": "https://news.example.org/media/1.png"})
    assert Tags(feed("![x](그림.png)", context)).values("src") == [
        "https://news.example.org/media/1.png"
    ]


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a.png", [("a.png", "")]),
        ("a.png 1x,b.png 2x", [("a.png", "1x"), ("b.png", "2x")]),
        (" , a.png 100w , b.png 1.5x , ", [("a.png", "100w"), ("b.png", "1.5x")]),
        (
            "data:image/png;base64,AA== 1x, b.png",
            [("data:image/png;base64,AA==", "1x"), ("b.png", "")],
        ),
        ("a,b.png 1x", [("a,b.png", "1x")]),
        ("a.png, b.png", [("a.png", ""), ("b.png", "")]),
        ("a.png x(1), b.png 2x", [("b.png", "2x")]),
        ("", []),
        (" ,, ", []),
    ],
)
def test_candidates_are_read_as_browsers_do(srcset: str, expected: list[tuple[str, str]]) -> None:
    """Commas end a candidate only where an address has ended."""
    assert list(candidates(srcset)) == [Candidate(*pair) for pair in expected]
