"""Whether a newsletter advertises has to be said in Korea, and nowhere else (L-K-04 to L-K-07)."""

from __future__ import annotations

import os
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsfeed.app import people_of as people_in
from newsfeed.digest.cells import width
from newsfeed.errors import OutputError, SettingsError
from newsfeed.flows.checking import CheckReport, check
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.deciding import decide_now
from newsfeed.flows.fixing import prepare_fix
from newsfeed.flows.lawful import disclosure_of, label_of, unsaid
from newsfeed.flows.readiness import refuse_unready_settings
from newsfeed.flows.rehearsing import prepare_test
from newsfeed.flows.specials import special
from tests.flows.notices_kit import COMMERCIAL, SENDER
from tests.flows.people_kit import NOW
from tests.kit import NEWSLETTER, SETTINGS, Site, plain

ENGLISH = SETTINGS.replace('"ko"', '"en"').replace("Asia/Seoul", "Europe/London")
JAPANESE = SETTINGS.replace('"ko"', '"ja"').replace("Asia/Seoul", "Asia/Tokyo")
AWAY = (
    '[mail]\ntransport = "smtp"\nunsubscribe = "mailto"\n[mail.smtp]\nhost = "mail.example.org"\n'
)
HERE = '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "localhost"\nsecurity = "none"\n'


def site_of(tmp_path: Path, newsletter: str, settings: str = SETTINGS, **fields: str) -> Site:
    """A site with one article and a subscriber."""
    site = Site(tmp_path / "site", settings + newsletter)
    site.post("one.md", date="2026-11-01", **fields)
    site.subscribe("ann@example.com")
    return site


def checked(site: Site) -> CheckReport:
    """`newsfeed check`."""
    with site.shop(NOW) as shop:
        return check(shop)


@pytest.mark.parametrize(
    ("settings", "more", "asked"),
    [
        (SETTINGS, "", True),
        (SETTINGS, 'language = "en"\ntimezone = "Europe/London"\n', True),
        (ENGLISH, 'language = "ko-KR"\n', True),
        (ENGLISH, 'timezone = "Asia/Seoul"\n', True),
        (ENGLISH, "", False),
        (JAPANESE, "", False),
    ],
)
def test_only_where_korean_law_may_apply_it_has_to_be_said(
    tmp_path: Path, settings: str, more: str, asked: bool
) -> None:
    plan = site_of(tmp_path, NEWSLETTER + more, settings).plan()
    assert [error.where for error in unsaid(plan)] == ["newsletters.weekly.commercial"] * asked


@pytest.mark.parametrize("said", ["commercial = false\n", SENDER + "commercial = true\n"])
def test_said_either_way_is_said(tmp_path: Path, said: str) -> None:
    site = site_of(tmp_path, NEWSLETTER + said)
    assert unsaid(site.plan()) == ()
    assert checked(site).notes == checked(site).errors == ()


@pytest.mark.parametrize("mail", ["", HERE])
def test_unsaid_it_is_a_warning_where_letters_stay_here(tmp_path: Path, mail: str) -> None:
    report = checked(site_of(tmp_path, NEWSLETTER, mail + SETTINGS))
    (note,) = (one for one in report.notes if "button" not in one)
    assert note.startswith("newsletters.weekly.commercial: it is not said")
    assert report.errors == ()


def test_unsaid_nothing_leaves_by_smtp(tmp_path: Path) -> None:
    """`check` says it as an error; so do delivery and the letter to try."""
    site = site_of(tmp_path, NEWSLETTER, AWAY + SETTINGS)
    (error,) = checked(site).errors
    assert error.startswith("newsletters.weekly.commercial: it is not said")
    with site.people(NOW) as who, pytest.raises(SettingsError, match="not said"):
        refuse_unready_settings(who.plan, who.keys, os.environ)
    site.configure(AWAY + ENGLISH + NEWSLETTER)
    assert checked(site).errors == ()


@pytest.mark.parametrize(
    ("settings", "lacks", "law"),
    [
        (SETTINGS, "phone", "Korean law"),
        (SETTINGS, "postal_address", "Korean law"),
        (ENGLISH, "postal_address", "the law"),
        (JAPANESE, "postal_address", "Japanese law"),
    ],
)
def test_what_the_sender_has_to_say_and_does_not_is_named_by_its_key(
    tmp_path: Path, settings: str, lacks: str, law: str
) -> None:
    lines = [line for line in COMMERCIAL.splitlines() if not line.startswith(lacks)]
    site = site_of(tmp_path, "\n".join(lines), settings)
    (error,) = checked(site).errors
    assert error.startswith(f"newsletters.weekly.{lacks}: it is missing, and {law} wants it")
    with pytest.raises(SettingsError):
        disclosure_of(site.plan(), site.plan().newsletters[0])
    assert site.publish(NOW).errors == (error,)


def test_outside_of_korea_no_telephone_and_no_label_are_wanted(tmp_path: Path) -> None:
    site = site_of(tmp_path, COMMERCIAL.replace('phone = "02-123-4567"\n', ""), ENGLISH)
    assert checked(site).errors == ()
    assert label_of(site.plan(), site.plan().newsletters[0]) == ""


def parsed(raw: bytes) -> EmailMessage:
    """A message as the standard library reads it."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def subjects(site: Site) -> list[str]:
    """The decoded subjects of what lies in the outbox."""
    return [str(parsed(raw)["Subject"]) for raw in site.outbox().values()]


def test_every_subject_begins_with_the_label__l_k_05(tmp_path: Path) -> None:
    """Those of a slot's edition, of own words, of one that is corrected, and of one to try."""
    pattern = 'subject = "{title}: {lead}"\n'
    site = site_of(tmp_path, COMMERCIAL + pattern, title="아주 긴 제목 " * 9)
    with site.shop(NOW) as shop:
        (weekly,) = shop.plan.newsletters
        trial = prepare_test(shop, people_in(shop), weekly, ["me@example.org"])
        tried = message_from_bytes(trial.messages[0][1], policy=policy.default)
        assert str(tried["Subject"]).startswith("(광고) [test] 주간 브리핑: ")
        made = decide_now(shop, weekly)
        assert made.subject.startswith("(광고) 주간 브리핑: 아주 긴")
        assert width(made.subject) <= 60
        fix = prepare_fix(shop, made.edition, subject="[광고] 고침")
        assert fix.letter.subject == "(광고) 고침"
        own = special(shop, weekly, OwnWords(intro="인사", subject="인사드립니다"))
        assert own.subject == "(광고) 인사드립니다"
    site.round(NOW)
    assert len(subjects(site)) == 2
    assert all(subject.startswith("(광고)") for subject in subjects(site))


def test_whatever_its_reader_reads_an_advertisement_says_what_the_law_asks__l_k_04(
    tmp_path: Path,
) -> None:
    """Label, sender and the way out in Korean and English stand in every variant."""
    site = site_of(tmp_path, COMMERCIAL)
    site.subscribe("bea@example.com", language="en")
    site.subscribe("hana@example.com", language="ja")
    with site.shop(NOW) as shop:
        decide_now(shop, shop.plan.newsletters[0])
    site.round(NOW)
    texts = [plain(parsed(raw)) for raw in site.outbox().values()]
    assert sum("이메일: " in text for text in texts) == 1
    for text in texts:
        assert all(word in text for word in ("news@example.org", "02-123-4567", "보기로 1"))
        assert {"수신거부:", "Unsubscribe:"} <= set(text.splitlines())
    assert all(subject.startswith("(광고)") for subject in subjects(site))


def test_a_letter_from_before_it_was_said_is_not_sent_without_the_label(tmp_path: Path) -> None:
    """It was composed while the newsletter did not advertise; the gate stops each copy."""
    site = site_of(tmp_path, NEWSLETTER + SENDER)
    with site.shop(NOW) as shop:
        decide_now(shop, shop.plan.newsletters[0])
    site.configure(SETTINGS + COMMERCIAL)
    site.round(NOW)
    assert site.outbox() == {}
    with site.people(NOW) as who:
        (reply,) = who.db.execute("SELECT reply FROM delivery").fetchone()
    assert "subject does not begin with (광고)" in reply


@pytest.mark.parametrize("key", ["sponsored", "advertisement"])
@pytest.mark.parametrize("value", ["true", "Example Soap Company", "yes"])
def test_a_paid_article_is_refused_where_letters_do_not_advertise__l_k_06(
    tmp_path: Path, key: str, value: str
) -> None:
    site = site_of(tmp_path, NEWSLETTER + "commercial = false\n", **{key: value})
    (error,) = checked(site).errors
    assert error.startswith(f"one.md: `{key}` makes a letter with it an advertisement")
    assert "`newsletters.weekly.commercial` is not true" in error
    with site.shop(NOW) as shop, pytest.raises(OutputError):
        decide_now(shop, shop.plan.newsletters[0])
    site.configure(SETTINGS + COMMERCIAL)
    assert checked(site).errors == ()


@pytest.mark.parametrize(("value", "settings"), [("false", SETTINGS), ("true", ENGLISH)])
def test_an_article_that_is_not_paid_or_where_nobody_asks_is_no_trouble(
    tmp_path: Path, value: str, settings: str
) -> None:
    said = "commercial = false\n" if settings is SETTINGS else ""
    site = site_of(tmp_path, NEWSLETTER + said, settings, sponsored=value)
    assert checked(site).errors == ()


def test_letters_that_do_not_advertise_are_the_same_bytes_said_or_unsaid(tmp_path: Path) -> None:
    found = []
    for number, said in enumerate(("", "commercial = false\n", 'phone = "02-123-4567"\n')):
        site = site_of(tmp_path / str(number), NEWSLETTER + said)
        site.publish(NOW)
        found.append((site.folder / ".newsfeed/preview/weekly.eml").read_bytes())
    assert len(set(found)) == 1
