"""Promises about addresses: whatever an author writes becomes an absolute ASCII URL, or nothing."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.urls import WEB_SCHEMES, absolute, ascii_url

BASE = "https://news.example.org/a/b/"
RFC_BASE = "http://a/b/c/d;p?q"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("../img.png", "https://news.example.org/a/img.png"),
        ("img.png", "https://news.example.org/a/b/img.png"),
        ("/assets/x.jpg", "https://news.example.org/assets/x.jpg"),
        ("//cdn.example.com/x", "https://cdn.example.com/x"),
        ("?q=1", "https://news.example.org/a/b/?q=1"),
        ("#fn1", "https://news.example.org/a/b/#fn1"),
        ("", "https://news.example.org/a/b/"),
        ("https://EXAMPLE.com/A", "https://example.com/A"),
        ("HTTPS://example.com", "https://example.com"),
        (" \n/a\tb\r\n ", "https://news.example.org/ab"),
        ("images\\a.png", "https://news.example.org/a/b/images/a.png"),
        ("\\\\example.com\\x?a\\b", "https://example.com/x?a%5Cb"),
        ("첫:글.html", "https://news.example.org/a/b/%EC%B2%AB:%EA%B8%80.html"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("tel:+82-2-123", "tel:+82-2-123"),
        ("/%2e%2e/x", "https://news.example.org/x"),
    ],
)
def test_references_resolve_against_the_article(written: str, expected: str) -> None:
    """A reference becomes what a browser on the article's page would open (F-X-06, F-X-07)."""
    assert absolute(written, BASE) == expected


# RFC 3986 sections 5.4.1 and 5.4.2, but for "g:h", whose scheme nobody allows.
RFC_EXAMPLES = """
g=/b/c/g ./g=/b/c/g g/=/b/c/g/ /g=/g ?y=/b/c/d;p?y g?y=/b/c/g?y #s=/b/c/d;p?q#s g#s=/b/c/g#s
g?y#s=/b/c/g?y#s ;x=/b/c/;x g;x=/b/c/g;x .=/b/c/ ./=/b/c/ ..=/b/ ../=/b/ ../g=/b/g ../..=/
../../=/ ../../g=/g ../../../g=/g /./g=/g /../g=/g g.=/b/c/g. .g=/b/c/.g g..=/b/c/g..
..g=/b/c/..g ./../g=/b/g ./g/.=/b/c/g/ g/./h=/b/c/g/h g/../h=/b/c/h g?y/../x=/b/c/g?y/../x
g#s/../x=/b/c/g#s/../x
"""


@pytest.mark.parametrize("example", RFC_EXAMPLES.split())
def test_resolution_is_that_of_the_rfc(example: str) -> None:
    """The examples of RFC 3986 section 5.4 come out as printed there."""
    written, _, path = example.partition("=")
    assert absolute(written, RFC_BASE) == f"http://a{path}"


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " \x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x00\x1f javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,AA",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "blob:https://example.org/x",
        "http://[bad",
        "http://[::1",
        "http://",
        "http:///x",
        "http:x",
        "//",
        "http://a b/",
        "http://example.org:99999/",
        "http://exa<mple.org/",
        "http://%00/",
        "http://" + "가" * 80 + ".kr/",
        "/x\ud800",
    ],
)
def test_what_must_not_or_cannot_be_followed_is_nothing(written: str) -> None:
    """Other schemes, in whatever disguise, and what is no URL give None (S-19)."""
    assert absolute(written, BASE) is None


def test_the_caller_narrows_the_schemes() -> None:
    """Where only the web will do, a mail address is nothing."""
    assert absolute("mailto:a@example.org", BASE, schemes=WEB_SCHEMES) is None


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        (
            "https://한국.kr/글/첫 글?x=가#나",
            "https://xn--3e0b707e.kr/%EA%B8%80/%EC%B2%AB%20%EA%B8%80?x=%EA%B0%80#%EB%82%98",
        ),
        ("https://example.org/%EA%B8%80", "https://example.org/%EA%B8%80"),
        ("https://example.org/100%/%zz", "https://example.org/100%25/%25zz"),
        (
            'https://example.org/a|b[c]"<>^`{}',
            "https://example.org/a%7Cb%5Bc%5D%22%3C%3E%5E%60%7B%7D",
        ),
        ("https://user:p가@example.org:8080/", "https://user:p%EA%B0%80@example.org:8080/"),
        ("https://[2001:DB8::0001]/x", "https://[2001:db8::1]/x"),
        ("https://example.org/👉", "https://example.org/%F0%9F%91%89"),
        ("/글", "/%EA%B8%80"),
        ("https://%ED%95%9C%EA%B5%AD.kr/", "https://xn--3e0b707e.kr/"),
    ],
)
def test_an_iri_becomes_a_uri(iri: str, uri: str) -> None:
    """Path and query are percent-encoded once, the host becomes A-labels (F-X-08)."""
    assert ascii_url(iri) == uri
    assert ascii_url(uri) == uri


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://[bad", "host"),
        ("http:///x", "no host"),
        ("https://", "no host"),
        ("http://example.org:99999", "port"),
        ("http://a b/", "not a host name"),
        ("http://[1.2]/", "host"),
    ],
)
def test_what_is_no_url_is_refused_in_words(url: str, complaint: str) -> None:
    """The message says what is wrong with the URL."""
    with pytest.raises(ValueError, match=complaint):
        ascii_url(url)


LEGAL = re.compile(r"(?:https?://[a-z0-9]|mailto:|tel:)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")


@given(st.text())
def test_any_text_gives_a_legal_url_or_nothing(written: str) -> None:
    """The result is ASCII, has an allowed scheme, and means the same when resolved again."""
    url = absolute(written, BASE)
    if url is not None:
        assert LEGAL.match(url) or url.startswith(("https://[", "http://["))
        assert url.isascii()
        assert not re.search(r"[\x00-\x20\x7f\"<>\\^`{|}]", url)
        assert absolute(url, BASE) == url


@given(st.from_regex(r"(?:/|\./|\.\./|[a-z]{1,3}/?){0,6}(?:\?[a-z]{0,3})?", fullmatch=True))
def test_plain_references_resolve_as_in_the_standard_library(written: str) -> None:
    """An independent implementation agrees, where neither has to choose."""
    if "//" not in written:
        expected = urljoin(BASE, written)
        assert absolute(written, BASE) in {expected, expected + "?"}


@given(st.text(alphabet="가나ab.-_%/:@[]?# \\"))
def test_the_host_is_the_one_a_parser_finds(written: str) -> None:
    """No disguise moves a URL to a host that the standard library does not see in it."""
    url = absolute("https://" + written, BASE)
    if url is not None:
        assert urlsplit(url).hostname
