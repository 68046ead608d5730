"""The operator is told by mail, each thing once, and again when it comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsfeed import config
from newsfeed.audience.operator_words import operator_words
from newsfeed.digest.cells import width
from newsfeed.errors import SettingsError
from newsfeed.flows.approving import approve
from newsfeed.flows.news import MOST
from newsfeed.flows.telling import Told, tell_operator
from newsfeed.model import EditionState
from newsfeed.store import database, editions, facts, told
from tests.flows.notices_kit import read
from tests.flows.people_kit import newsletter_site, people_of
from tests.flows.relay_kit import DROP, refusing, relay
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = NOW + 3 * DAY
OPERATOR = '[operator]\nnotify = "operator@example.org"\n'
CLEAN: Mapping[str, Sequence[str]] = {"publish": ()}
READERS = ("ann@example.com", "bob@example.org")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path / "site", OPERATOR)


def tell(site: Site, now: datetime = NOW, faults: Mapping[str, Sequence[str]] = CLEAN) -> Told:
    with people_of(site, now) as people:
        return tell_operator(people, faults, clock=lambda: now, environ={})


def mails(site: Site) -> list[EmailMessage]:
    """What the operator got, oldest first."""
    return [read(raw) for raw in site.outbox("operator").values()]


def subjects(site: Site) -> list[str]:
    return [mail["Subject"] for mail in mails(site)]


def with_an_edition(site: Site, *settings: str) -> None:
    """A newsletter that is seen, and due on Monday with one article."""
    more = "\n".join(settings)
    site.configure("\n".join((SETTINGS, OPERATOR, f"{NEWSLETTER}{more}\n")))
    site.post("old.md", date="2026-11-01")
    site.publish(NOW)
    site.subscribe(*READERS)
    site.post("new.md", date="2026-11-21")


def test_an_edition_that_waits_and_one_that_was_sent_are_told_once_each(site: Site) -> None:
    with_an_edition(site, 'approval = "manual"')
    assert tell(site) == Told(mailed=0, left=0)
    site.round(MONDAY)
    assert [tell(site, MONDAY + hour * HOUR).mailed for hour in range(3)] == [1, 0, 0]
    (mail,) = mails(site)
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (
        "operator@example.org",
        "news@example.org",
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].startswith("승인 대기: weekly/2026-11-23")
    assert "newsfeed editions approve weekly/2026-11-23" in mail.get_content()
    with people_of(site, MONDAY + HOUR) as people:
        approve(people, "weekly/2026-11-23")
    site.round(MONDAY + HOUR)
    assert [tell(site, MONDAY + hour * HOUR).mailed for hour in range(1, 9)] == [1, *[0] * 7]
    text = mails(site)[-1].get_content()
    assert "발송이 끝났습니다" in text
    assert "보냄: 2" in text
    for raw in site.outbox("operator").values():
        assert not any(reader.encode() in raw for reader in READERS)
    assert not any(reader in mail.get_content() for reader in READERS for mail in mails(site))


def test_what_was_not_told_when_a_run_ended_is_told_later_but_not_after_a_week(site: Site) -> None:
    with_an_edition(site)
    site.round(MONDAY)
    twin = site.copied(site.folder.with_name("twin"))
    assert tell(site, MONDAY + 6 * DAY).mailed == 1
    assert tell(twin, MONDAY + 8 * DAY).mailed == 0


def test_a_pause_is_told_again_when_it_comes_back(site: Site) -> None:
    with_an_edition(site)
    site.publish(MONDAY)
    with people_of(site, MONDAY) as people:
        (edition,) = editions.everything(people.db)

    def become(state: EditionState, why: str = "") -> int:
        with people_of(site, MONDAY) as people, database.transaction(people.db):
            editions.set_state(people.db, edition.id, state, why)
        return tell(site, MONDAY).mailed

    assert become(EditionState.RELEASED) == 0
    assert become(EditionState.PAUSED, "550 <ann@example.com> no") == 1
    assert become(EditionState.PAUSED, "550 <ann@example.com> no") == 0
    assert "a***@e***.com" in mails(site)[0].get_content()
    assert become(EditionState.PAUSED, "another reason") == 1
    assert become(EditionState.RELEASED) == 0
    assert become(EditionState.PAUSED, "another reason") == 1


def test_what_stands_still_is_told_with_the_reason(site: Site) -> None:
    with_an_edition(site)
    site.publish(MONDAY)
    with people_of(site, MONDAY) as people, database.transaction(people.db):
        facts.pause(people.db, "restored from a backup")
    assert tell(site, MONDAY).mailed == 2
    assert all("restored from a backup" in mail.get_content() for mail in mails(site))


def test_a_fault_is_told_once_while_it_lasts_and_anew_when_it_returns(site: Site) -> None:
    fault = {"publish": ("posts/: the folder is missing",)}
    assert [tell(site, faults=fault).mailed for _ in range(3)] == [1, 0, 0]
    assert tell(site, faults={"other": ()}).mailed == 0
    assert tell(site, faults=fault).mailed == 0
    assert tell(site, faults=CLEAN).mailed == 0
    assert tell(site, NOW + HOUR, faults=fault).mailed == 1
    assert tell(site, faults={"publish": ("something else", *fault["publish"])}).mailed == 1
    assert all("publish" in subject for subject in subjects(site))


def test_no_more_than_twenty_a_day_then_one_that_says_so_and_nothing_is_lost(site: Site) -> None:
    many = {"publish": [f"fault {number}" for number in range(MOST + 15)]}
    assert tell(site, faults=many) == Told(mailed=MOST + 1, left=15)
    assert sum("오늘은" in subject for subject in subjects(site)) == 1
    assert tell(site, NOW + HOUR, faults=many) == Told(mailed=0, left=15)
    assert tell(site, NOW + DAY - HOUR, faults=many) == Told(mailed=0, left=15)
    assert tell(site, NOW + DAY, faults=many) == Told(mailed=15, left=0)
    lines = [line for mail in mails(site) for line in mail.get_content().splitlines()]
    assert sorted(line for line in lines if line.startswith("fault")) == sorted(many["publish"])


def test_a_fault_that_comes_and_goes_does_not_escape_the_limit(site: Site) -> None:
    fault = {"publish": ("it flaps",)}
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        tell(site, now, fault)
        tell(site, now, CLEAN)
    assert len(mails(site)) == MOST + 1


def test_a_clock_that_was_far_ahead_does_not_silence_it(site: Site) -> None:
    many = {"publish": [f"fault {number}" for number in range(MOST)]}
    assert tell(site, NOW + 9999 * DAY, many).mailed == MOST
    assert tell(site, NOW, {"publish": ["a new one"]}).mailed == 1


def test_nobody_is_told_where_the_setting_is_empty(tmp_path: Path) -> None:
    site = newsletter_site(tmp_path / "site")
    assert tell(site, faults={"publish": ("it failed",)}) == Told(mailed=0, left=0)
    assert site.outbox() == {}


@pytest.mark.parametrize(
    "notify", ["operator", "a@b@c", "Ann <ann@example.org>", "a@example.org,b"]
)
def test_a_setting_that_is_no_address_names_the_key(tmp_path: Path, notify: str) -> None:
    file = tmp_path / "newsfeed.toml"
    text = f'{SETTINGS}[operator]\nnotify = "{notify}"\n'
    with pytest.raises(SettingsError, match=r"`operator\.notify`"):
        config.parse(text, file, {})


def test_whether_something_is_left_to_tell_is_known_without_a_look(site: Site) -> None:
    """So that a run with nothing else to do knows."""

    def news() -> bool:
        with people_of(site) as people:
            return database.has_news(people.db, "run/publish/")

    many = {"publish": [f"fault {number}" for number in range(MOST + 1)]}
    assert not news()
    tell(site, faults=many)
    assert news()
    tell(site, NOW + 2 * DAY, faults=CLEAN)
    assert not news()


def by_smtp(site: Site) -> str:
    return (site.folder / "newsfeed.toml").read_text()


def test_by_smtp_it_goes_over_the_relay_and_counts_before_it_is_on_the_wire(site: Site) -> None:
    fault = {"publish": ("it failed",)}
    usual = by_smtp(site)
    noted: list[list[str]] = []

    def answer(verb: str, _: str) -> bytes | None:
        if verb == ".":
            with people_of(site) as people:
                noted.append(list(told.everything(people.db)))
        return None

    with relay(answer) as server:
        site.configure(server.settings() + usual)
        assert tell(site, faults=fault) == Told(mailed=1, left=0)
        assert tell(site, faults=fault) == Told(mailed=0, left=0)
        (mail,) = server.taken
    assert (mail.sender, mail.recipient) == ("news@example.org", "operator@example.org")
    assert "it failed" in read(mail.message).get_content()
    assert len(noted[0]) == 1


@pytest.mark.parametrize("reply", [b"450 4.2.0 later", b"421 4.3.2 busy", b"550 5.7.1 policy"])
def test_what_the_relay_puts_off_is_told_by_the_next_call(site: Site, reply: bytes) -> None:
    fault = {"publish": ("it failed", "and this")}
    usual = by_smtp(site)
    with relay(refusing(operator=reply)) as server:
        site.configure(server.settings() + usual)
        done = tell(site, faults=fault)
        assert (done.mailed, done.left) == (0, 2)
        assert reply[:3].decode() in done.trouble
    with relay() as server:
        site.configure(server.settings() + usual)
        assert tell(site, faults=fault) == Told(mailed=2, left=0)


def test_what_is_refused_for_good_is_not_tried_again(site: Site) -> None:
    fault = {"publish": ("it failed",)}
    with relay(refusing(operator=b"550 5.1.1 no such user")) as server:
        site.configure(server.settings() + by_smtp(site))
        done = tell(site, faults=fault)
        assert (done.mailed, done.left, "550" in done.trouble) == (0, 0, True)
        assert tell(site, faults=fault) == Told(mailed=0, left=0)


def test_where_no_answer_came_it_counts_as_told(site: Site) -> None:
    fault = {"publish": ("it failed",)}
    with relay(lambda verb, _: DROP if verb == "." else None) as server:
        site.configure(server.settings() + by_smtp(site))
        assert tell(site, faults=fault).trouble
        assert tell(site, faults=fault) == Told(mailed=0, left=0)


def test_a_relay_that_is_not_there_loses_nothing(site: Site) -> None:
    fault = {"publish": ("it failed",)}
    usual = by_smtp(site)
    with relay() as server:
        pass
    site.configure(server.settings() + usual)
    done = tell(site, faults=fault)
    assert (done.mailed, done.left) == (0, 1)
    assert f"127.0.0.1:{server.port}" in done.trouble
    site.configure(usual)
    assert tell(site, faults=fault).mailed == 1


def test_a_crash_before_the_commit_tells_it_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went")

    fault = {"publish": ("it failed",)}
    with monkeypatch.context() as patch:
        patch.setattr("newsfeed.deliver.outbox.write", crash)
        with pytest.raises(OSError, match="power"):
            tell(site, faults=fault)
    assert tell(site, faults=fault).mailed == 1
    assert len(mails(site)) == 1


@pytest.mark.parametrize("language", ["ko", "en"])
def test_all_of_it_passes_the_gate_in_each_language(tmp_path: Path, language: str) -> None:
    site = newsletter_site(tmp_path / "site", OPERATOR)
    site.configure(by_smtp(site).replace('language = "ko"', f'language = "{language}"', 1))
    faults = {
        "publish": ["x" * 5000, "한글 " * 900, "a\r\nBcc: x@example.com", "=?utf-8?q?a?= {edition}"]
    }
    assert tell(site, faults=faults).mailed == 4
    for mail in mails(site):
        assert width(mail["Subject"]) <= 60
        assert ("실패" in mail["Subject"]) == (language == "ko")
        assert "x@example.com" not in mail.get_content()
    words = operator_words(language)
    hostile = {"edition": "w/\r\n1", "subject": "a\nb", "why": "{x}", "what": "y", "most": "1"}
    for kind in words.news:
        news = words.of(kind, **hostile, counts="")
        assert "\r" not in news.subject + news.text
        assert "\n" not in news.subject
