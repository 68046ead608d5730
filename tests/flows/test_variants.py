"""Each subscriber gets the letter in their language, whatever becomes of it on its way."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.audience.keys import address_hash
from newsfeed.digest.words import words_for
from newsfeed.flows.checking import check
from newsfeed.flows.deciding import decide_due
from newsfeed.flows.fixing import apply_fix, prepare_fix
from newsfeed.flows.people import People
from newsfeed.flows.reading import listed, shown
from newsfeed.flows.rehearsing import prepare_test
from newsfeed.model import Letter
from newsfeed.store import database, editions, subscribers
from tests.flows.editions_kit import (
    FRIDAY,
    LATER,
    MONDAY,
    READERS,
    WEEKLY,
    letters,
    record,
    text_of,
    weekly_site,
)
from tests.kit import NEWSLETTER, SETTINGS, Site

ANNA, HANA, DIETER = "anna@example.org", "hana@example.org", "dieter@example.org"


def many_tongues(folder: Path, more: str = "") -> Site:
    """Five readers who did not say what they read, and three who did."""
    site = weekly_site(folder, more)
    for address, language in ((ANNA, "en-GB"), (HANA, "ja"), (DIETER, "de")):
        site.subscribe(address, language=language, now=FRIDAY)
    return site


def speaks(who: People, address: str, language: str) -> None:
    """Somebody says what they read."""
    person = subscribers.find(who.db, address_hash(who.keys, parse_address(address).key))
    assert person is not None
    with database.transaction(who.db):
        subscribers.describe(who.db, person.id, name=person.name, language=language)


def break_japanese(site: Site) -> None:
    """Its letter has an image that says nothing, and no way to leave in its HTML."""
    footer = site.folder / "templates" / "email" / "_footer.html.j2"
    footer.parent.mkdir(parents=True)
    footer.write_text(
        '<tr><td>{% if words.language == "ja" %}<img src="https://e.example/x.png">'
        '{% else %}<a href="{{ unsubscribe_url }}">{{ words.unsubscribe }}</a>{% endif %}</td></tr>'
    )


def said(site: Site, name: str = WEEKLY) -> dict[str, Letter]:
    """What an edition says, by language."""
    with site.people(MONDAY) as who:
        return editions.letters(who.db, record(site, name).id)


def language_of(message: EmailMessage) -> str:
    """The language of a letter's own words, by what its text greets with."""
    text = text_of(message)
    return next(tag for tag in ("ko", "en", "ja") if words_for(tag).greeting_nobody in text)


def test_each_subscriber_gets_the_letter_in_their_language(tmp_path: Path) -> None:
    """In the newsletter's where they did not say, and where we have no words for theirs."""
    site = many_tongues(tmp_path)
    site.round(MONDAY)
    got = {to: language_of(message) for to, message in letters(site).items()}
    assert got == {**dict.fromkeys(READERS, "ko"), ANNA: "en", HANA: "ja", DIETER: "ko"}


def test_a_letter_says_in_which_languages_it_is(tmp_path: Path) -> None:
    site = many_tongues(tmp_path)
    site.round(MONDAY)
    found = {to: str(message["Content-Language"]) for to, message in letters(site).items()}
    assert [found[to] for to in (READERS[0], ANNA, HANA)] == ["ko", "en, ko", "ja, ko"]


def test_only_languages_that_somebody_reads_are_composed(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    site.subscribe(ANNA, language="en", now=FRIDAY)
    site.publish(MONDAY)
    assert sorted(said(site)) == ["en", "ko"]


def test_whoever_speaks_after_composing_gets_the_variant_that_there_is(tmp_path: Path) -> None:
    """English was composed for another; Japanese for nobody."""
    site = weekly_site(tmp_path)
    site.subscribe(ANNA, language="en", now=FRIDAY)
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        for address, language in ((ANNA, ""), (READERS[0], "en"), (READERS[1], "ja")):
            speaks(who, address, language)
    site.deliver(MONDAY)
    got = {to: language_of(message) for to, message in letters(site).items()}
    assert got == {**dict.fromkeys(READERS, "ko"), READERS[0]: "en", ANNA: "ko"}


def test_a_variant_that_must_not_leave_keeps_the_whole_edition_back(tmp_path: Path) -> None:
    site = many_tongues(tmp_path)
    break_japanese(site)
    report = site.round(MONDAY)
    assert "weekly (ja)" in "".join(report.errors)
    assert letters(site) == {}


def test_check_tells_what_is_wrong_with_a_variant_alone_and_with_which(tmp_path: Path) -> None:
    site = many_tongues(tmp_path)
    break_japanese(site)
    with site.shop(MONDAY) as shop:
        errors = check(shop).errors
    assert errors
    assert all("(ja)" in line for line in errors)


def test_a_crash_while_composing_leaves_all_variants_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = many_tongues(tmp_path)

    def fail(*_words: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(editions, "take", fail)
        site.publish(MONDAY)
    with site.people(MONDAY) as who:
        assert who.db.execute("SELECT count(*) FROM edition_letter").fetchone() == (0,)
    with site.shop(MONDAY) as shop:
        decide_due(shop)  # and here the process is killed
    assert sorted(said(site)) == ["en", "ja", "ko"]
    site.round(MONDAY + timedelta(minutes=1))
    assert len(site.outbox(WEEKLY)) == len(READERS) + 3


def test_a_correction_replaces_every_variant(tmp_path: Path) -> None:
    """Also one that nobody reads any more: a letter may be on its way in it."""
    site = many_tongues(tmp_path)
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        speaks(who, HANA, "")
    site.post("two.md", "The second text, corrected.", date="2026-11-02")
    with site.shop(LATER) as shop:
        apply_fix(shop, prepare_fix(shop, WEEKLY))
    assert ["corrected" in said(site)[language].html for language in ("en", "ja", "ko")] == [
        True
    ] * 3


def test_a_correction_speaks_to_whoever_came_since(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        speaks(who, READERS[0], "ja")
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, WEEKLY)
        assert (fix.changed, fix.diff) == (True, ())
        apply_fix(shop, fix)
    site.deliver(LATER)
    assert language_of(letters(site)[READERS[0]]) == "ja"


def test_a_newsletter_that_changes_its_language_keeps_its_editions_whole(tmp_path: Path) -> None:
    """The correction is in the new language; whoever is to get the old one still does."""
    site = many_tongues(tmp_path)
    site.publish(MONDAY)
    site.configure(SETTINGS + NEWSLETTER + 'language = "en"\n')
    with site.shop(LATER) as shop:
        apply_fix(shop, prepare_fix(shop, WEEKLY))
    assert record(site).language == "en"
    assert sorted(said(site)) == ["en", "ja", "ko"]
    site.deliver(LATER)
    got = {to: language_of(message) for to, message in letters(site).items()}
    assert got == {**dict.fromkeys(READERS, "en"), ANNA: "en", HANA: "ja", DIETER: "en"}


def test_a_composed_letter_greets_and_tells_in_its_own_language(tmp_path: Path) -> None:
    """Whatever the newsletter's is by the time that it leaves."""
    site = many_tongues(tmp_path)
    site.publish(MONDAY)
    site.configure(SETTINGS + NEWSLETTER + 'language = "en"\n')
    site.deliver(LATER)
    found = letters(site)
    got = {to: language_of(message) for to, message in found.items()}
    told = [str(found[to]["Content-Language"]) for to in (READERS[0], ANNA, HANA)]
    assert got == {**dict.fromkeys(READERS, "ko"), ANNA: "en", HANA: "ja", DIETER: "ko"}
    assert told == ["ko", "en, ko", "ja, ko"]


def test_an_edition_is_listed_shown_and_on_the_web_in_its_own_language(tmp_path: Path) -> None:
    site = many_tongues(tmp_path)
    site.round(MONDAY)
    with site.people(MONDAY) as who:
        assert len(listed(who)) == 1
        found = shown(who, WEEKLY)
    assert words_for("ko").greeting_nobody in found.text
    assert found.languages == ("ko", "en", "ja")
    page = site.read("editions/weekly/2026-11-23/index.html")
    assert words_for("ko").subscribe in page


def test_a_letter_to_try_is_in_the_language_of_whoever_gets_it(tmp_path: Path) -> None:
    site = many_tongues(tmp_path)
    with site.shop(MONDAY) as shop, site.people(MONDAY) as who:
        (weekly,) = shop.plan.newsletters
        trial = prepare_test(shop, who, weekly, [ANNA, "me@example.org"])
    heads = [data.partition(b"\r\n\r\n")[0] for _, data in trial.messages]
    assert b"Content-Language: en, ko" in heads[0]
    assert b"Content-Language: ko\r\n" in heads[1]


def test_a_letter_to_try_of_an_edition_tells_the_language_of_that(tmp_path: Path) -> None:
    site = many_tongues(tmp_path)
    site.publish(MONDAY)
    site.configure(SETTINGS + NEWSLETTER + 'language = "en"\n')
    with site.shop(LATER) as shop, site.people(LATER) as who:
        (weekly,) = shop.plan.newsletters
        trial = prepare_test(shop, who, weekly, [ANNA, "me@example.org"], edition=WEEKLY)
    heads = [data.partition(b"\r\n\r\n")[0] for _, data in trial.messages]
    assert b"Content-Language: en, ko" in heads[0]
    assert b"Content-Language: ko\r\n" in heads[1]
