"""Addresses and order by Hugo's rules; the expected ones are what Hugo 0.111 wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsfeed.collect.conventions.hugo.addresses import (
    Names,
    Style,
    escaped,
    link,
    own_link,
    path_of,
)
from newsfeed.collect.conventions.hugo.order import title_key

PLAIN = Style()
DATE = datetime(2024, 3, 9, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("Hello World", "hello-world"),
        ("한글 글", "한글-글"),
        ("It's A—Title: “한글” & more?", "its-atitle-한글-more"),
        ("a--b__c~d@e+f=g", "a--b__c~d@e+fg"),
        (" lead - trail ", "lead-trail"),
        ("½ cup, Q&A: x…", "cup-qa-x"),
        ("dots.v1.2", "dots.v1.2"),
        ("My Slug/part Ünï", "my-slug/part-ünï"),
        ("100% 50%25", "100-50%25"),
        ("日本 語", "日本-語"),
    ],
)
def test_titles_become_paths_as_in_hugo(written: str, path: str) -> None:
    assert path_of(written, PLAIN) == path


def test_case_and_accents_are_as_the_settings_say() -> None:
    assert path_of("Été Ünï 한글", Style(keep_case=True, plain_letters=True)) == "Ete-Uni-한글"


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("", "/notes/q/r/one-two/"),
        ("/:year/:month/:day/:yearday/:weekday/:weekdayname/", "/2024/03/09/69/6/saturday/"),
        ("/:monthname/:section/:sections/:title/", "/march/notes/notes/q/r/it-is/"),
        (":slug/:filename/:slugorfilename", "/it-is/one-two/one-two/"),
        ("/:sections[1:]/:sections[last]/:sections[0]/", "/q/r/r/notes/"),
        ("/:2006/:January/:sections[9]/", "/2024/march/"),
        ("/News/:unknown/", "/news/unknown/"),
    ],
)
def test_patterns_are_filled_as_in_hugo(pattern: str, address: str) -> None:
    names = Names(
        folder="notes/q/r",
        name="One Two",
        title="It is",
        slug="",
        sections=("notes", "q", "r"),
        date=DATE,
    )
    assert link(names, pattern, PLAIN) == address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/My Url/Here/", "/My%20Url/Here/"),
        ("My Rel/x.html", "/ko/My%20Rel/x.html"),
        ("noslash", "/ko/noslash/"),
        ("/v1.2", "/v1.2"),
        ("/v1.2/notes", "/v1.2/notes"),
        ("/항구", "/%ED%95%AD%EA%B5%AC/"),
        ("/it's (x)/", "/it%27s%20%28x%29/"),
        ("/it's/", "/it's/"),
    ],
)
def test_an_address_of_its_own_stays_as_its_author_wrote_it(url: str, address: str) -> None:
    assert escaped(own_link(url, "/ko")) == address


def test_titles_sort_as_in_hugo() -> None:
    """Signs, digits, letters; case and accents count only between equals; scripts in turn."""
    titles = (
        "_under|-dash|–o|,j|!g|?f|.dot|'single'|\"quoted\"|(paren)|[b]|*star|#hash|+plus|~tilde"
        "|$dollar|€uro|10 things|2 cups|9 lives|A-b|ab|aB|Äpfel|apple|Apple|apple pie|co-op|coop"
        "|d|đ|e|E|é|É|e1|e10|e2|eclair|Éclair|f|re sume|re-sume|resume|Resume|résumé|ss|ß|z|Ωmega"
        "|яблоко|가나다|나무|한글|か|が|ガ|カタカナ|ひらがな|一|中国|日本"
    )
    assert sorted(titles.split("|"), key=lambda title: title_key(title, title)) == titles.split("|")
