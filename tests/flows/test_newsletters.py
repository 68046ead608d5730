"""Newsletters: found wrong before anything is written, or sent."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsfeed.flows.newsletters import standing
from newsfeed.flows.pausing import pause, resume
from newsfeed.store import newsletters
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site


def _site(folder: Path, newsletter: str) -> Site:
    site = Site(folder / "site", SETTINGS + newsletter)
    site.post("one.md", date="2026-10-01")
    return site


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("News: weekly", "News weekly"),
        ("Kim, Lee: Notes", "Kim Lee Notes"),
        ("주간 <브리핑>", "주간 브리핑"),
        (":", ""),
        ("long " * 60, ""),
    ],
)
def test_a_title_names_the_sender_as_far_as_it_can(tmp_path: Path, title: str, name: str) -> None:
    lines = [line for line in NEWSLETTER.splitlines() if not line.startswith(("title", "from"))]
    site = _site(
        tmp_path, "\n".join([*lines, f'title = "{title}"', 'from = "news@example.org"', ""])
    )
    (preview,) = site.publish().previews
    letter = next(Path(file) for file in preview.files if file.endswith(".eml")).read_bytes()
    (sender,) = message_from_bytes(letter, policy=policy.default)["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "news@example.org")


def test_a_template_that_is_missing_stops_its_newsletter_alone(tmp_path: Path) -> None:
    """It is named; feeds and the other newsletter come out as ever."""
    other = NEWSLETTER.replace('"weekly"', '"daily"')
    report = _site(tmp_path, NEWSLETTER + 'template = "none"\n' + other).publish()
    (error,) = report.errors
    assert error.startswith("newsletters.weekly.template: there is no template none.html.j2")
    assert [one.newsletter for one in report.previews] == ["daily"]
    assert "feed.xml" in report.build.written


def test_a_list_that_begins_at_a_number_of_5000_digits_stops_nothing(tmp_path: Path) -> None:
    site = _site(tmp_path, NEWSLETTER)
    site.post("list.md", f'<ol start="{"1" * 5000}"><li>x</li></ol>', date="2026-10-02")
    assert site.publish().previews[0].articles == 2


def test_half_a_surrogate_pair_in_a_key_is_a_fault_of_one_article(tmp_path: Path) -> None:
    site = _site(tmp_path, NEWSLETTER)
    site.write("bad.md", '{"title": "x", "\\ud800": 1, "\\ud800": 2}\n\nText.\n')
    report = site.build()
    assert [fault.path for fault in report.faults] == ["bad.md"]
    assert report.articles == 1


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://한국.example", "https://xn--3e0b707e.example/"),
        ("https://example.org/뉴스/", "https://example.org/%EB%89%B4%EC%8A%A4/"),
        ("https://Example.ORG", "https://example.org/"),
    ],
)
def test_an_address_of_any_script_publishes(tmp_path: Path, url: str, home: str) -> None:
    site = _site(tmp_path, NEWSLETTER)
    site.configure(SETTINGS.replace("https://news.example.org", url) + NEWSLETTER)
    site.publish()
    assert site.feed().feed.link == home
    assert site.feed().entries[0].link == f"{home}one/"
    assert (site.output / "one/index.html").is_file()


"""Newsletters: found wrong before anything is written, or sent."""


def test_in_a_pause_the_next_slot_is_the_first_after_it(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    with site.people() as who:
        newsletters.save_clock(who.db, "weekly", "", NOW)
        who.db.commit()
        pause(who, "weekly")
        assert standing(who)[0].next_slot is None
        pause(who, "weekly", "2026-12-07T08:00")
        assert str(standing(who)[0].next_slot) == "2026-12-07 08:00:00+09:00"
        resume(who, "weekly")
        assert str(standing(who)[0].next_slot) == "2026-11-23 08:00:00+09:00"
        pause(who)
        assert standing(who)[0].next_slot is None
