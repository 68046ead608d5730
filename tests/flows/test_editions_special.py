"""Special editions with own words, and corrections of what was sent."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.approving import approve
from newsfeed.flows.cancelling import cancel
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.naming import RefusedError
from newsfeed.flows.specials import Made, correction, leaving_time, special
from newsfeed.model import EditionKind, EditionState
from tests.flows.editions_kit import (
    FRIDAY,
    LATER,
    MANUAL,
    MONDAY,
    READERS,
    WEEKLY,
    leave_now,
    letters,
    places,
    record,
    released_site,
    send_now,
    text_of,
    weekly_site,
)
from tests.kit import NEWSLETTER, SETTINGS, Site

SEOUL = ZoneInfo("Asia/Seoul")
WORDS = OwnWords(intro="We *moved* to [here](/new/).", subject="We moved")


def made_now(
    site: Site,
    *articles: str,
    words: OwnWords = WORDS,
    now: datetime = FRIDAY,
    dry_run: bool = False,
) -> Made:
    """`newsfeed editions new weekly`."""
    with site.shop(now) as shop:
        return special(shop, shop.plan.newsletters[0], words, articles, dry_run=dry_run)


def corrected_now(site: Site, name: str = WEEKLY, *, now: datetime = LATER) -> Made:
    """`newsfeed editions new --to-recipients-of`."""
    with site.shop(now) as shop:
        return correction(shop, name, WORDS)


def test_own_words_go_to_everybody_with_links_that_work(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    made = made_now(site)
    assert (made.edition, made.kind) == ("weekly/2026-11-20", EditionKind.SPECIAL)
    assert (made.state, made.recipients) == (EditionState.READY, 5)
    site.round(FRIDAY)
    sent = letters(site, made.edition)
    assert sorted(sent) == sorted(READERS)
    for one in sent.values():
        assert one["Subject"] == "We moved"
        assert "https://news.example.org/new/" in text_of(one)


def test_the_newsletters_approval_is_asked_for(tmp_path: Path) -> None:
    site = weekly_site(tmp_path, MANUAL)
    made = made_now(site)
    site.round(FRIDAY)
    assert (record(site, made.edition).state, letters(site)) == (EditionState.HELD, {})
    with site.people(FRIDAY) as who:
        approve(who, made.edition)
    site.round(FRIDAY)
    assert len(letters(site, made.edition)) == 5


@pytest.mark.parametrize(
    "name",
    [
        "https://news.example.org/one/",
        "one.md",
        "./one.md",
        "{folder}/posts/one.md",
    ],
)
def test_an_article_is_named_by_address_or_path(tmp_path: Path, name: str) -> None:
    site = weekly_site(tmp_path)
    made = made_now(site, name.format(folder=site.folder))
    assert made.articles == ("Title of one.md",)
    assert len(places(site, made.edition)) == 1


def test_an_article_is_named_by_its_id(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    site.post("three.md", date="2026-11-03", id="tag:example.org,2026:three")
    assert made_now(site, "tag:example.org,2026:three").articles == ("Title of three.md",)


def test_an_article_that_is_named_twice_is_there_once_and_in_the_order_given(
    tmp_path: Path,
) -> None:
    site = weekly_site(tmp_path)
    made = made_now(site, "one.md", "two.md", "https://news.example.org/one/")
    assert made.articles == ("Title of one.md", "Title of two.md")


@pytest.mark.parametrize("name", ["none.md", "http://[", "://", "\0", "../one.md", ""])
def test_an_article_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    site = weekly_site(tmp_path)
    with pytest.raises(UsageError, match="--articles: there is no article"):
        made_now(site, name)


def test_one_path_in_two_sources_is_asked_about(tmp_path: Path) -> None:
    more = '[[sources]]\npath = "notes"\npermalink = "/notes/:slug/"\n'
    site = weekly_site(tmp_path)
    site.configure(SETTINGS + more + NEWSLETTER)
    (site.folder / "notes").mkdir()
    (site.folder / "notes/one.md").write_text("---\ntitle: Note\ndate: 2026-11-03\n---\n\nText.\n")
    with pytest.raises(UsageError, match="is the path of 2 articles"):
        made_now(site, "one.md")


def test_an_article_of_another_edition_is_refused_with_its_name(tmp_path: Path) -> None:
    """Guarantee 2: an article is in one edition only."""
    site = released_site(tmp_path)
    with pytest.raises(RefusedError, match=r"one\.md: is in the edition weekly/2026-11-23 already"):
        made_now(site, "one.md", now=LATER)


def test_an_article_from_before_the_first_edition_is_refused(tmp_path: Path) -> None:
    site = released_site(tmp_path, "max_items = 1\n")
    with pytest.raises(RefusedError, match=r"one\.md: is from before the first edition"):
        made_now(site, "one.md", now=LATER)


def test_an_article_of_a_special_edition_is_not_in_the_next_digest(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    made = made_now(site, "one.md")
    site.round(MONDAY)
    assert [one for one, _ in places(site, made.edition)] == ["https://news.example.org/one/"]
    assert [one for one, _ in places(site)] == ["https://news.example.org/two/"]


@pytest.mark.parametrize("articles", [(), ("one.md",)])
def test_a_special_edition_is_not_the_first_digest(
    tmp_path: Path, articles: tuple[str, ...]
) -> None:
    """The first digest still takes the newest alone, and what is older is before its time."""
    site = weekly_site(tmp_path, "max_items = 2\n")
    for number in range(5):
        site.post(f"more{number}.md", date=f"2026-10-0{number + 1}")
    made_now(site, *articles)
    site.round(MONDAY)
    assert len(places(site)) == 2
    assert not [listed for _, listed in places(site) if listed]


def test_it_leaves_at_its_time_and_not_before(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    at = FRIDAY + timedelta(hours=5)
    made = made_now(site, words=OwnWords(intro="x", subject="y", not_before=at))
    site.round(at - timedelta(seconds=1))
    assert letters(site, made.edition) == {}
    site.round(at)
    assert len(letters(site, made.edition)) == 5


def test_its_web_copy_does_not_appear_before_its_time(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    at = FRIDAY + timedelta(hours=5)
    made = made_now(site, words=OwnWords(intro="x", subject="y", not_before=at))
    site.round(at - timedelta(seconds=1))
    page = site.output / "editions" / made.edition / "index.html"
    assert not page.exists()
    site.round(at)
    assert page.exists()
    site.post("three.md", date="2026-11-03")
    site.round(at + timedelta(hours=1))
    assert page.exists()


def test_a_dry_run_records_nothing(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    made = made_now(site, "one.md", dry_run=True)
    assert "The first text." in made.text
    with site.people(FRIDAY) as who:
        assert who.db.execute("SELECT count(*) FROM edition").fetchone() == (0,)
        assert who.db.execute("SELECT count(*) FROM edition_article").fetchone() == (0,)


def test_a_second_one_on_the_same_day_has_a_name_of_its_own(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    assert [made_now(site).edition for _ in range(3)] == [
        "weekly/2026-11-20",
        "weekly/2026-11-20-2",
        "weekly/2026-11-20-3",
    ]


def test_a_correction_goes_to_those_who_got_it_and_are_still_there(tmp_path: Path) -> None:
    site = weekly_site(tmp_path, "[mail.files]\nlimit = 4\n")
    site.round(MONDAY)
    got = sorted(letters(site))
    assert len(got) == 4
    with site.people(LATER) as who:
        leave_now(who, got[0])
    site.subscribe("late@example.org", now=LATER)
    made = corrected_now(site)
    assert (made.kind, made.recipients) == (EditionKind.CORRECTION, 3)
    send_now(site, LATER)
    assert sorted(letters(site, made.edition)) == got[1:]


def test_a_correction_of_what_nobody_got_is_refused(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with pytest.raises(RefusedError, match=r"nobody got it.*editions fix"):
        corrected_now(site)
    with site.people(LATER) as who:
        cancel(who, WEEKLY)
    with pytest.raises(RefusedError, match=r"nobody got it.*editions new weekly"):
        corrected_now(site)


def test_a_correction_of_a_newsletter_that_is_gone_is_refused(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    site.round(MONDAY)
    site.configure(SETTINGS + NEWSLETTER.replace('"weekly"', '"daily"'))
    with pytest.raises(SettingsError, match="`weekly` is not in the settings"):
        corrected_now(site)


def test_who_subscribes_between_making_and_release_gets_it_too(tmp_path: Path) -> None:
    """Recipients are fixed at the release (guarantee 3)."""
    from newsfeed.address import parse_address

    site = weekly_site(tmp_path)
    made = made_now(site)
    with site.people(FRIDAY) as who:
        add(who, parse_address("late@example.org"), "weekly", Enrolment(consent="a form"))
    site.round(FRIDAY)
    assert "late@example.org" in letters(site, made.edition)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-28 09:00", datetime(2026, 11, 28, 0, tzinfo=UTC)),
        (" 2026-11-28T09:00 ", datetime(2026, 11, 28, 0, tzinfo=UTC)),
        ("2026-11-28T09:00+00:00", datetime(2026, 11, 28, 9, tzinfo=UTC)),
        ("2026-11-28 09:00:30Z", datetime(2026, 11, 28, 9, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_meant_in_the_newsletters_zone(text: str, found: datetime) -> None:
    assert leaving_time(text, SEOUL, FRIDAY) == found


@pytest.mark.parametrize(
    "text", ["", "2026-11-28", "20261128", "2026-W48-6", "soon", "9:00", "9999-12-31T23:59-23:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a day and a time"):
        leaving_time(text, SEOUL, FRIDAY)


def test_the_past_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-11-20 12:00 KST is past"):
        leaving_time("2026-11-20 12:00", SEOUL, FRIDAY)


@given(st.text())
def test_any_text_is_a_time_to_come_or_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert leaving_time(text, SEOUL, FRIDAY) > FRIDAY
