"""A new operator's first weeks, by the real command line alone."""

from __future__ import annotations

import csv
import email
import email.policy
import json
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.kit import SETTINGS, Site

NEWSLETTER = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
schedule = "mon 08:00"
from = "한반도 브리핑 <news@example.org>"
approval = "manual"
"""

PEOPLE = [f"reader{number}@example.org" for number in range(10)]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path, SETTINGS + NEWSLETTER)
    site.post("one.md", "A sentense with a typo.", date="2026-11-01", title="첫 글")
    site.post("two.md", date="2026-11-02", title="둘째 글")
    return site


def done(site: Site, *words: str) -> str:
    """What a command prints; it must succeed without a word of complaint."""
    result = site.run(*words)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def letters(site: Site, folder: str) -> dict[str, EmailMessage]:
    """The letters of a folder of the outbox by recipient."""
    found = {}
    for data in site.outbox(folder).values():
        letter = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        found[letter["To"].addresses[0].addr_spec] = letter
    return found


def text(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_import_try_hold_correct_release_leave_and_speak_up(site: Site) -> None:
    # Ten people come over from another service, with where and when they agreed.
    with (site.folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Email", "Name", "Signed up"])
        rows.writerows([one, "김서연", "2025-03-01"] for one in PEOPLE)
    proof = ("--consent-source", "form on the old site", "--consent-date-column", "Signed up")
    words = ("subscribers", "import", "people.csv", "--newsletter", "weekly", *proof)
    done(site, *words, "--dry-run")
    assert json.loads(done(site, "subscribers", "list", "--json"))["subscribers"] == []
    done(site, *words)

    # A letter to oneself, which uses nothing up.
    done(site, "test", "weekly", "--to", "me@example.org")
    (mine,) = letters(site, "weekly/test").values()
    assert str(mine["Subject"]).startswith("[test] ")

    # An edition is held until somebody has approved it; before that, a typo is mended.
    assert "waits for approval" in done(site, "send", "weekly")
    today = f"{datetime.now(UTC) + timedelta(hours=9):%Y-%m-%d}"
    edition = f"weekly/{today}"
    assert site.outbox(edition) == {}
    site.post("one.md", "A sentence with no typo.", date="2026-11-01", title="첫 글")
    shown = done(site, "editions", "fix", edition, "--yes")
    assert re.search(r"^-.*sentense", shown, re.MULTILINE)
    assert re.search(r"^\+.*sentence", shown, re.MULTILINE)

    # One person leaves before the release.
    done(site, "subscribers", "unsubscribe", PEOPLE[0], "weekly")
    done(site, "editions", "approve", edition)
    done(site, "send")
    found = letters(site, edition)
    assert sorted(found) == PEOPLE[1:]
    assert all("sentence" in text(one) and "sentense" not in text(one) for one in found.values())
    assert all("김서연" in text(one) for one in found.values())

    # Running it all again sends nothing again.
    before = site.outbox()
    done(site, "publish")
    done(site, "send")
    assert site.outbox() == before

    # Own words to everybody, with an article chosen by hand refused since it was sent already.
    (site.folder / "words.md").write_text("**눈**이 와서 한 주 쉽니다.", encoding="utf-8")
    special = ("editions", "new", "weekly", "--intro", "words.md", "--subject", "한 주 쉽니다")
    refused = site.run(*special, "--articles", "posts/one.md")
    assert refused.returncode != 0
    assert edition in refused.stderr
    done(site, *special)
    done(site, "editions", "approve", f"{edition}-2")
    done(site, "send")
    found = letters(site, f"{edition}-2")
    assert sorted(found) == PEOPLE[1:]
    assert {str(one["Subject"]) for one in found.values()} == {"한 주 쉽니다"}

    # And the answers to "what happened?".
    status = done(site, "status", edition)
    assert "9 written" in status
    profile = done(site, "subscribers", "show", PEOPLE[1])
    assert "form on the old site" in profile
    assert edition in profile
    assert "unsubscribed" in done(site, "subscribers", "show", PEOPLE[0])


def test_a_restored_store_sends_no_article_twice(site: Site) -> None:
    """What left since the backup counts as sent, once the operator has said so."""
    done(site, "subscribers", "add", PEOPLE[0], "weekly", "--consent", "asked at the fair")
    site.configure(SETTINGS + NEWSLETTER.replace("manual", "auto"))
    done(site, "send", "weekly")
    done(site, "db", "backup", "backup.db")
    site.post("three.md", date="2026-11-03", title="셋째 글")
    done(site, "send", "weekly")
    before = site.outbox()
    assert len(before) == 2
    site.run("db", "restore", "backup.db", "--yes")
    assert site.run("send", "weekly").returncode == 2
    assert "--articles" in site.run("resume").stderr
    done(site, "resume", "--articles", "sent")
    assert "nothing new" in done(site, "send", "weekly")
    assert site.outbox() == before
    site.post("four.md", date="2026-11-04", title="넷째 글")
    done(site, "send", "weekly")
    assert len(site.outbox()) == 3


@pytest.mark.parametrize("how", ["lost", "restored"])
def test_a_store_without_any_edition_sends_no_article_twice(site: Site, how: str) -> None:
    """The store was lost with all, or its backup was made before the first letter."""
    again = ("subscribers", "add", PEOPLE[0], "weekly", "--consent", "asked at the fair")
    done(site, *again)
    site.configure(SETTINGS + NEWSLETTER.replace("manual", "auto"))
    done(site, "db", "backup", "backup.db")
    done(site, "send", "weekly")
    before = site.outbox()
    assert len(before) == 1
    if how == "lost":
        (site.folder / ".newsfeed" / "newsfeed.db").unlink()
        assert site.run(*again).returncode == 0
    else:
        done(site, "db", "restore", "backup.db", "--yes")
    assert done(site, "resume", "--articles", "sent").startswith("2 articles count as sent\n")
    assert "nothing new" in done(site, "send", "weekly")
    assert site.outbox() == before
    site.post("four.md", date="2026-11-04", title="넷째 글")
    assert "1 article" in done(site, "send", "weekly")


def test_a_lost_secret_file_is_called_lost_and_no_other_is_made(site: Site) -> None:
    done(site, "subscribers", "add", PEOPLE[0], "weekly", "--consent", "asked at the fair")
    secret = site.folder / ".newsfeed" / "secret.key"
    secret.rename(site.folder / "away")
    for words in (["status"], ["subscribers", "list"]):
        refused = site.run(*words)
        assert refused.returncode == 1
        assert "is missing" in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert not secret.exists()
    assert "is missing" in site.run("check").stderr


def test_a_dry_run_tells_of_an_edition_that_was_approved(site: Site) -> None:
    done(site, "subscribers", "add", PEOPLE[0], "weekly", "--consent", "asked at the fair")
    made = re.search(r"weekly/\S+(?=:)", done(site, "send", "weekly"))
    assert made
    done(site, "editions", "approve", made[0])
    for command in ("send", "publish"):
        told = done(site, command, "--dry-run")
        assert f"{made[0]}: would be delivered to 1 subscriber\n" in told
        assert "\n  - " in told, "its articles"
        assert " KB each, " in told


def test_send_deploys_the_web_copies_that_its_letters_link_to(site: Site) -> None:
    settings = SETTINGS + '[publish]\ndeploy = "cp -r public online"\n'
    site.configure(settings + NEWSLETTER.replace("manual", "auto"))
    done(site, "send", "weekly")
    assert list((site.folder / "online" / "editions" / "weekly").iterdir())
