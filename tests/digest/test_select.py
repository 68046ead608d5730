"""Which articles an edition gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest.select import Selection, choose
from tests.digest.letters import article

ALL = Selection(max_items=2)
FOUR = [article(name) for name in "dcba"]


def ids(articles: object) -> str:
    """The one-letter ids in order."""
    assert isinstance(articles, tuple)
    return "".join(each.id for each in articles)


def test_a_first_edition_shows_the_newest_and_passes_over_the_rest() -> None:
    """Guarantee 2: the newest `max_items`; what is older is before the newsletter's time."""
    choice = choose(FOUR, ALL, first=True)
    assert (ids(choice.items), ids(choice.more), ids(choice.before)) == ("dc", "", "ba")


def test_a_later_edition_has_all_that_is_new() -> None:
    """Guarantee 2: the newest in full, the others by title; nothing is left for the next."""
    choice = choose(FOUR, ALL, used={"b"})
    assert (ids(choice.items), ids(choice.more), ids(choice.before)) == ("dc", "a", "")


def test_an_article_is_never_in_two_editions() -> None:
    """What an edition has is not chosen again."""
    assert choose(FOUR, ALL, used=set("abcd")).items == ()


def test_an_article_with_an_older_date_that_appears_later_is_in_the_next_edition() -> None:
    """Guarantee 2: new is what no edition has, whatever its date."""
    late = [*FOUR, article("0")]
    assert ids(choose(late, ALL, used=set("abcd")).items) == "0"


def test_undated_articles_of_a_first_build_are_shown_first_and_never_announced_later() -> None:
    """They are no news; but a first letter of a site without dates is not empty."""
    old = [article("a", news=False)]
    assert ids(choose(old, ALL, first=True).items) == "a"
    assert choose(old, ALL).items == ()


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (Selection(max_items=9), "abc"),
        (Selection(max_items=9, sources=("posts",)), "ab"),
        (Selection(max_items=9, categories=("뉴스",)), "a"),
        (Selection(max_items=9, categories=("뉴스", "sport")), "ac"),
        (Selection(max_items=9, tags=("seoul",)), "b"),
        (Selection(max_items=9, languages=("ko",)), "ac"),
        (Selection(max_items=9, languages=("ko-KR",)), "c"),
        (Selection(max_items=9, sources=("posts",), languages=("en",)), "b"),
        (Selection(max_items=9, sources=("posts",), categories=("sport",)), ""),
    ],
)
def test_an_article_must_fit_one_name_of_every_kind_that_is_given(
    selection: Selection, chosen: str
) -> None:
    """Names match in any case and Unicode form; a language also matches its regions."""
    articles = [
        article("a", categories=("뉴스", "etc")),
        article("b", tags=("Seoul",), language="en"),
        article("c", source="desk", categories=("Sport",), language="ko-KR"),
    ]
    assert ids(choose(articles, selection).items) == chosen


def test_names_match_in_any_unicode_form() -> None:
    """A category typed on a Mac (decomposed) is the same category."""
    decomposed = "\u1102\u1172\u1109\u1173"
    chosen = choose(
        [article("a", categories=("뉴스",))], Selection(max_items=1, categories=(decomposed,))
    )
    assert ids(chosen.items) == "a"


@given(st.sets(st.sampled_from("abcdefgh")), st.integers(1, 9), st.booleans())
def test_nothing_is_lost_and_nothing_comes_twice(used: set[str], most: int, first: bool) -> None:
    """Items, more and before are the unused articles, each once, in order."""
    articles = [article(name) for name in "hgfedcba"]
    choice = choose(articles, Selection(max_items=most), used, first=first)
    together = ids(choice.items) + ids(choice.more) + ids(choice.before)
    assert together == "".join(name for name in "hgfedcba" if name not in used)
    assert len(choice.items) <= most
