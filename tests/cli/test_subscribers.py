"""`newsfeed subscribers`, as people type it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.cli.subscribers_command import COMMANDS
from newsfeed.flows.enrolling import Enrolment, add, unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.model import SubscriptionState
from newsfeed.store import subscribers
from tests.flows.people_kit import delivery, edition
from tests.kit import NEWSLETTER, SETTINGS, Site

ANN = "Ann.Lee@example.com"


class Desk:
    """Somebody at a site's command line."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of `subscribers`, whatever comes of it."""
        return self.site.run("subscribers", *words)

    def said(self, *words: str) -> str:
        """What a command prints that has to succeed in silence on stderr."""
        done = self.run(*words)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def json(self, *words: str) -> object:
        """What a command prints for machines."""
        return json.loads(self.said(*words, "--json"))

    def refused(self, *words: str, status: int) -> str:
        """The one line of a command that fails."""
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (status, "")
        assert done.stderr.startswith("newsfeed: ")
        assert done.stderr.count("\n") == 1
        return done.stderr


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Site(tmp_path / "site", SETTINGS + NEWSLETTER))


def test_every_command_has_its_help_and_loads_alone(tmp_path: Path) -> None:
    listing = Site(tmp_path / "site").run("subscribers", "--help")
    assert listing.returncode == 0
    assert all(f"  {name} " in listing.stdout for name in COMMANDS)
    code = "import sys, newsfeed.cli.subscribers_command as m; m.command.list_commands(None); "
    code += "print([n for n in sys.modules if n.startswith(('newsfeed.flows', 'newsfeed.app'))])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"


def test_somebody_is_added_asked_taken_off_and_asked_again(desk: Desk) -> None:
    added = desk.said("add", ANN, "weekly")
    assert added.startswith(f"{ANN} is pending for weekly; `newsfeed subscribers confirm --send`")
    assert "1 to be mailed: --send mails them" in desk.said("confirm")
    assert not (desk.site.folder / ".newsfeed/outbox").exists()
    assert desk.said("confirm", "--send") == "1 confirmation mail written to .newsfeed/outbox\n"
    assert desk.said("confirm", "--send") == "0 confirmation mails written\n"
    assert "was mailed already" in desk.said("confirm")
    assert desk.said("unsubscribe", ANN) == f"{ANN} gets no more of weekly\n"
    assert "nothing changed" in desk.said("unsubscribe", ANN, "weekly")
    assert "--again" in desk.refused("add", ANN, "weekly", status=1)
    assert "is pending" in desk.said("add", ANN, "weekly", "--again")


def test_a_stated_consent_makes_active(desk: Desk) -> None:
    words = ("--consent", "종이 신청서", "--consented", "2026-03-01", "--name", "김 민수")
    assert desk.said("add", ANN, "weekly", *words) == f"{ANN} is active for weekly\n"
    shown = desk.said("show", ANN)
    for text in (
        "김 민수",
        "weekly: active",
        "source: 종이 신청서",
        "consented: 2026-03-01",
        "KST",
    ):
        assert text in shown
    assert desk.said("confirm") == "nobody has yet to confirm\n"


def test_the_list_counts_first(desk: Desk) -> None:
    desk.said("add", ANN, "weekly", "--consent", "a form")
    desk.said("add", "bob@example.org", "weekly")
    lines = desk.said("list").splitlines()
    assert lines[0] == "weekly: 1 active, 1 pending, 0 unsubscribed, 0 suppressed"
    assert [line.split()[:3] for line in lines[1:]] == [
        [ANN, "weekly", "active"],
        ["bob@example.org", "weekly", "pending"],
    ]
    assert desk.said("list", "--state", "pending", "--limit", "5").count("@") == 1
    found = desk.json("list", "--newsletter", "weekly", "--limit", "1")
    assert isinstance(found, dict)
    assert found["counts"][0]["active"] == 1
    assert [one["address"] for one in found["subscribers"]] == [ANN]
    assert desk.json("list", "--limit", "0") == {**found, "subscribers": []}


def test_the_language_that_somebody_reads_can_be_set_seen_and_taken_back(desk: Desk) -> None:
    """It stays where nothing is said of it."""
    read = []
    for words in (("--language", "en-GB"), (), ("--language", "")):
        desk.said("add", ANN, "weekly", *words)
        found = desk.json("show", ANN)
        assert isinstance(found, dict)
        read.append(found["language"])
    assert read == ["en-GB", "en-GB", ""]


def test_an_access_request_is_answered_completely(desk: Desk) -> None:
    desk.said("add", ANN, "weekly", "--language", "en")
    desk.said("confirm", "--send")
    found = desk.json("show", ANN)
    assert isinstance(found, dict)
    assert (found["address"], found["language"], found["known"]) == (ANN, "en", True)
    (asked, mailed) = found["consents"]
    assert (asked["consent"]["event"], mailed["consent"]["event"]) == ("requested", "mailed")
    assert "주간 브리핑" in mailed["wording"]
    assert desk.said("show", "b@example.org") == "b@example.org: nobody of this address is known\n"


def test_erasing_asks_first_and_then_leaves_nothing(desk: Desk) -> None:
    desk.said("add", ANN, "weekly", "--consent", "a form")
    desk.said("confirm", "--send")
    assert "--yes" in desk.refused("erase", ANN, status=2)
    desk.said("show", ANN)
    assert "is erased and suppressed" in desk.said("erase", ANN, "--yes")
    for file in desk.site.folder.rglob("*"):
        assert not file.is_file() or b"ann.lee" not in file.read_bytes().lower(), file
    assert "reinstate" in desk.refused("add", ANN, "weekly", "--consent", "x", status=1)
    assert "gets nothing: erased since" in desk.said("show", ANN)
    assert "was erased, and may be asked again" in desk.said("reinstate", ANN)
    assert "nothing changed" in desk.said("reinstate", ANN)
    assert "is pending" in desk.said("add", ANN, "weekly")


def test_an_erased_address_stays_out_of_the_next_import(desk: Desk) -> None:
    desk.said("erase", ANN, "--yes")
    rows = f"email,consent_date\n{ANN.upper()},2026-03-01\nbob@example.org,2026-03-01\n"
    (desk.site.folder / "people.csv").write_text(rows, encoding="utf-8")
    words = ("--consent-source", "a form", "--consent-date-column", "consent_date")
    assert desk.run("import", "people.csv", *words).returncode == 0
    found = desk.json("list")
    assert isinstance(found, dict)
    assert [one["address"] for one in found["subscribers"]] == ["bob@example.org"]


def test_no_import_brings_back_who_left_and_was_asked_again(desk: Desk) -> None:
    bob = "bob@example.org"
    for address in (ANN, bob):
        desk.said("add", address, "weekly", "--consent", "a form")
    desk.said("unsubscribe", ANN)
    desk.said("add", ANN, "weekly", "--again")
    desk.said("erase", bob, "--yes")
    desk.said("reinstate", bob)
    rows = f"email,consent_date\n{ANN},2026-03-01\n{bob},2026-03-01\nc@example.net,2026-03-01\n"
    (desk.site.folder / "people.csv").write_text(rows, encoding="utf-8")
    words = ("--consent-source", "an old list", "--consent-date-column", "consent_date")
    desk.run("import", "people.csv", *words)
    found = desk.json("list")
    assert isinstance(found, dict)
    states = {one["address"]: one["state"] for one in found["subscribers"]}
    assert states == {ANN: "pending", "c@example.net": "active"}
    assert "only their own confirmation counts" in desk.refused(
        "add", bob, "weekly", "--consent", "an old list", status=1
    )
    assert "is pending" in desk.said("add", bob, "weekly")


def test_an_access_request_has_every_letter_and_a_person_sees_the_last(desk: Desk) -> None:
    desk.said("add", ANN, "weekly", "--consent", "a form")
    with desk.site.people() as people:
        for number in range(25):
            delivery(people, edition(people.db, slug=f"no-{number}"), state="sent")

    def letters(*words: str) -> int:
        found = desk.json("show", ANN, *words)
        assert isinstance(found, dict)
        return len(found["deliveries"])

    assert (letters(), letters("--letters", "3")) == (25, 3)
    assert desk.said("show", ANN).count("weekly/no-") == 20
    assert desk.said("show", ANN, "--letters", "23").count("weekly/no-") == 23


def test_older_copies_of_the_store_are_named_on_stderr(desk: Desk) -> None:
    desk.said("add", ANN, "weekly")
    copy = desk.site.folder / ".newsfeed/newsfeed.db.before-20260101T000000Z"
    copy.write_bytes(b"")
    done = desk.run("erase", ANN, "--yes", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["known"] is True
    assert done.stderr.startswith(".newsfeed/newsfeed.db.before-20260101T000000Z: ")
    assert copy.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", ANN, "wekly"), "did you mean `weekly`?"),
        (("add", "ann lee@example.com", "weekly"), "no e-mail address"),
        (("add", "a@b@example.com", "weekly"), "no e-mail address"),
        (("add", ANN, "weekly", "--language", "x\n"), "is no language"),
        (("add", ANN, "weekly", "--consent", " "), "--consent needs words"),
        (("add", ANN, "weekly", "--consented", "2026-01-01"), "--consent SOURCE"),
        (("add", ANN), "Missing argument 'NEWSLETTER'"),
        (("show", ""), "no e-mail address"),
        (("unsubscribe", ANN, "month"), "there are: `weekly`"),
        (("confirm", "--newsletter", "week"), "did you mean `weekly`?"),
        (("list", "--newsletter", "week"), "did you mean `weekly`?"),
        (("list", "--state", "gone"), "'gone' is not one of"),
        (("vanish",), "No such command 'vanish'"),
    ],
)
def test_wrong_words_give_one_line_and_status_2(
    desk: Desk, words: tuple[str, ...], told: str
) -> None:
    assert told in desk.refused(*words, status=2)


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("export", "-")], ids=" ".join)
def test_who_reads_only_the_first_lines_sees_no_traceback(
    desk: Desk, words: tuple[str, ...]
) -> None:
    """More than a pipe holds, so that the command is in the middle when the reader goes."""
    with desk.site.people() as who:
        for number in range(1500):
            one = subscribers.add(
                who.db,
                public_id=f"p{number}",
                address_hash=f"h{number}",
                address=f"reader-{number}@{'long-name.' * 6}example.org",
                name="",
                language="",
                now=who.now,
            )
            subscribers.put_subscription(
                who.db, one.id, "weekly", SubscriptionState.ACTIVE, who.now
            )
    with subprocess.Popen(
        [sys.executable, "-m", "newsfeed", "subscribers", *words],
        cwd=desk.site.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_who_is_erased_twice_was_erased_before(desk: Desk) -> None:
    desk.said("add", ANN, "weekly")
    assert "is erased and suppressed" in desk.said("erase", ANN, "--yes")
    assert f"{ANN} was erased before" in desk.said("erase", ANN, "--yes")


def test_days_in_messages_are_those_of_the_site(desk: Desk) -> None:
    """In Seoul it is the next day already."""
    late = datetime(2026, 11, 28, 20, tzinfo=UTC)
    with desk.site.people(late) as who:
        erase(who, parse_address(ANN))
        add(who, parse_address("bob@example.org"), "weekly", Enrolment(consent="a form"))
        unsubscribe(who, parse_address("bob@example.org"))
    assert "erased since 2026-11-29" in desk.refused("add", ANN, "weekly", status=1)
    said = desk.refused("add", "bob@example.org", "weekly", status=1)
    assert "left weekly on 2026-11-29" in said
