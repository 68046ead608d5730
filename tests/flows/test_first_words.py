"""What a letter opens with: its subject, the line beside that, and words above the articles."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.errors import SettingsError
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.fixing import apply_fix, prepare_fix
from newsfeed.flows.naming import RefusedError
from newsfeed.flows.specials import special
from tests.flows.editions_kit import (
    LATER,
    MANUAL,
    MONDAY,
    WEEKLY,
    letters,
    released_site,
    text_of,
    weekly_site,
)
from tests.kit import NEWSLETTER, SETTINGS, Site

WELCOME = 'intro = "**Hello** from [us](/about/), every week."\n'


def letter_of(site: Site, name: str = WEEKLY) -> tuple[str, str, str]:
    """Subject, text and HTML of what one reader gets."""
    site.deliver(LATER)
    one = letters(site, name)["reader0@example.org"]
    html = one.get_body(("html",))
    assert html is not None
    return str(one["Subject"]), text_of(one), str(html.get_content())


def first_words(html: str) -> str:
    """What mail programs show beside the subject."""
    return (
        html.partition('class="preheader"')[2]
        .partition(">")[2]
        .partition("<")[0]
        .split("\N{COMBINING GRAPHEME JOINER}")[0]
        .strip()
    )


def fixed(site: Site, name: str = WEEKLY, **words: str) -> None:
    with site.shop(LATER) as shop:
        apply_fix(shop, prepare_fix(shop, name, **words))


def test_a_single_article_has_its_own_subject(tmp_path: Path) -> None:
    patterns = 'subject = "{lead} 외 {more}건"\nsubject_one = "{lead} ({title})"\n'
    site = released_site(tmp_path, patterns)
    assert letter_of(site)[0] == "Title of two.md 외 1건"
    site.post("three.md", "News.", date="2026-11-24")
    site.publish(MONDAY + timedelta(days=7))
    later = "weekly/2026-11-30"
    site.deliver(LATER + timedelta(days=7))
    assert str(letters(site, later)["reader0@example.org"]["Subject"]) == (
        "Title of three.md (주간 브리핑)"
    )


def test_the_line_beside_the_subject_follows_its_pattern(tmp_path: Path) -> None:
    site = released_site(tmp_path, 'preheader = "{count} articles of {date}"\n')
    assert first_words(letter_of(site)[2]) == "2 articles of 2026년 11월 23일"


def test_words_of_the_newsletter_stand_above_the_articles_and_not_beside_the_subject(
    tmp_path: Path,
) -> None:
    """They are the same every week: beside the subject stands what is new."""
    _, text, html = letter_of(released_site(tmp_path, WELCOME))
    assert text.index("Hello from us") < text.index("Title of two.md")
    assert "https://news.example.org/about/" in html
    assert first_words(html).startswith("The second text.")


def test_own_words_for_a_held_edition_take_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL + WELCOME)
    fixed(site, intro="We *moved*.")
    with site.shop(LATER) as shop:
        now = prepare_fix(shop, WEEKLY)
        assert not now.changed
        assert "We moved." in now.letter.text
        assert "every week" not in now.letter.text
        assert first_words(now.letter.html).startswith("We moved.")


def test_own_words_are_taken_back(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL + WELCOME)
    fixed(site, intro="We *moved*.")
    fixed(site, intro="")
    with site.shop(LATER) as shop:
        assert "every week" in prepare_fix(shop, WEEKLY).letter.text


def test_an_edition_of_own_words_alone_keeps_them(tmp_path: Path) -> None:
    """Without them it would be a letter that says nothing."""
    site = weekly_site(tmp_path, MANUAL + WELCOME)
    with site.shop(MONDAY) as shop:
        words = OwnWords(intro="A word.", subject="Hello")
        made = special(shop, shop.plan.newsletters[0], words)
        assert "every week" not in made.text
        with pytest.raises(RefusedError, match="it has no article"):
            prepare_fix(shop, made.edition, intro="")


@pytest.mark.parametrize("key", ["subject", "subject_one", "preheader"])
def test_a_name_that_no_pattern_knows_is_told_with_the_known_ones(tmp_path: Path, key: str) -> None:
    site = Site(tmp_path / "site", f'{SETTINGS}{NEWSLETTER}{key} = "{{titel}}"\n')
    with pytest.raises(SettingsError) as caught:
        site.plan()
    assert str(caught.value).startswith(f"newsletters.weekly.{key}: the ")
    assert "names are {title}, {lead}, {count}, {more}, {date}" in str(caught.value)


def test_words_of_the_newsletter_that_cannot_be_read_are_told_with_their_key(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path / "site", f'{SETTINGS}{NEWSLETTER}intro = "{"> " * 4000}x"\n')
    site.post("one.md", "The first text.", date="2026-11-01")
    with site.shop() as shop:
        weekly = shop.plan.newsletters[0]
        with pytest.raises(SettingsError, match=r"^newsletters\.weekly\.intro: "):
            special(shop, weekly, OwnWords(subject="x"), ["one.md"])
