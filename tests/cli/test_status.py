"""`newsfeed status`, as people read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from newsfeed.cli.status_command import command, lines
from newsfeed.flows.status import Cause, EditionStatus, Repeat
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries, editions, facts, senders
from newsfeed.store.deliveries import Unserved
from newsfeed.store.holds import Hold
from tests.flows.editions_kit import MONDAY, READERS, WEEKLY, released_site

LATER = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SMTP = '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "localhost"\nsecurity = "none"\n'
SENT, FAILED = DeliveryState.SENT, DeliveryState.FAILED
DEFERRED, QUEUED = DeliveryState.DEFERRED, DeliveryState.QUEUED
ALL_WELL = EditionStatus(
    edition=WEEKLY,
    state=EditionState.SENT,
    why="",
    subject="이번 주",
    not_before=LATER,
    recipients=12_000,
    counts={SENT: 12_000},
    transport="smtp",
    left=0,
    takes=0.0,
)
HALF_WAY = msgspec.structs.replace(
    ALL_WELL,
    state=EditionState.RELEASED,
    counts={QUEUED: 11_000, SENT: 1_000},
    left=11_000,
    takes=532.3,
    rate=1240.4,
)


def told(one: EditionStatus, **changes: object) -> list[str]:
    return list(lines(msgspec.structs.replace(one, **changes)))


def test_where_all_went_well_two_lines_say_so() -> None:
    assert told(ALL_WELL) == [f"{WEEKLY}  sent  12,000 recipients: 12,000 sent", "  이번 주"]
    assert told(ALL_WELL, transport="files")[0].endswith(": 12,000 written")


def test_the_rate_and_the_time_left_are_told_on_the_way() -> None:
    assert told(HALF_WAY)[2:] == ["  1,240 a minute; the rest takes about 0:08:52"]
    assert told(HALF_WAY, rate=0.0)[2:] == ["  the rest takes at least 0:08:52"]
    assert told(HALF_WAY, rate=0.0, takes=0.0)[2:] == []


def test_a_paused_edition_says_why_and_which_command_goes_on() -> None:
    found = told(HALF_WAY, state=EditionState.PAUSED, why="4 domains refuse us", rate=0.0, takes=0)
    assert found[0].startswith(f"{WEEKLY}  paused (4 domains refuse us)  12,000 recipients: ")
    assert found[2:] == [f"  to let it go on: `newsfeed editions resume {WEEKLY}`"]


def test_causes_domains_and_the_canary_are_told() -> None:
    causes = (
        Cause(state=DEFERRED, reply="450 4.2.0 Greylisted", letters=1_200, next=LATER),
        Cause(state=FAILED, reply="550 5.1.1 User unknown", letters=3, next=None),
        Cause(state=DEFERRED, reply="", letters=2, next=LATER),
    )
    hold = Hold(domain="mail.example", until=LATER, strikes=1, reply="550 5.7.1 No")
    found = told(HALF_WAY, causes=causes, holds=(hold,), canary_until=LATER, rate=0.0, takes=0)
    assert found[2:] == [
        "  the first letters are out; the others wait until 2026-11-23 09:30 UTC",
        "  1,200 deferred: 450 4.2.0 Greylisted; next try 2026-11-23 09:30 UTC",
        "  3 failed: 550 5.1.1 User unknown",
        "  2 deferred: waits for its turn; next try 2026-11-23 09:30 UTC",
        "  mail.example refuses us and gets nothing until 2026-11-23 09:30 UTC: 550 5.7.1 No",
    ]


def test_many_causes_are_told_in_six_lines() -> None:
    causes = tuple(
        Cause(state=FAILED, reply=f"550 reason {'abcdefgh'[number]}", letters=9 - number, next=None)
        for number in range(8)
    )
    found = told(ALL_WELL, causes=causes)[2:]
    assert len(found) == 6
    assert found[-1] == "  9 letters for 3 other reasons (--failed)"


def test_letters_that_may_have_gone_out_twice_are_told() -> None:
    one = "  1 letter was on its way when a run ended; it was sent again with the same Message-ID"
    many = (
        "  3 letters were on their way when a run ended; they go out again with the same Message-ID"
    )
    assert told(ALL_WELL, repeated=1)[2:] == [one]
    assert told(HALF_WAY, repeated=3, repeating=3, rate=0.0, takes=0)[2:] == [many]
    names = (
        Repeat(address="a@example.org", state=SENT, times=1),
        Repeat(address="b@example.org", state=QUEUED, times=2),
    )
    assert told(ALL_WELL, repeated=1, repeats=names)[3:] == [
        "  a@example.org  sent: perhaps twice",
        "  b@example.org  queued: perhaps twice, 2 times",
    ]


def test_a_letter_that_went_out_again_is_told_as_sent_while_others_wait() -> None:
    found = told(HALF_WAY, repeated=3, repeating=1, rate=0.0, takes=0)[2:]
    assert found == [
        "  1 letter was on its way when a run ended; it goes out again with the same Message-ID",
        "  2 letters were on their way when a run ended; they were sent again with the same "
        "Message-ID",
    ]


def test_who_was_not_served_is_named_if_asked_for() -> None:
    waits = Unserved(
        address="a@example.org", state=DEFERRED, reply="450 later", tries=1, due=LATER, done=None
    )
    ended = msgspec.structs.replace(waits, state=FAILED, reply="550 unknown", done=LATER)
    assert told(ALL_WELL, unserved=(waits, ended))[2:] == [
        "  a@example.org  deferred: 450 later, again at 2026-11-23 09:30 UTC",
        "  a@example.org  failed: 550 unknown",
    ]


@pytest.mark.parametrize(("option", "named"), [((), False), (("--repeated",), True)])
def test_nobody_is_named_unless_asked_for(
    tmp_path: Path, option: tuple[str, ...], *, named: bool
) -> None:
    """The whole command, while a run delivers."""
    site = released_site(tmp_path, SMTP)
    now = datetime.now(UTC)
    words = [WEEKLY, *option, "-c", str(site.folder / "newsfeed.toml")]
    with senders.presence(site.plan().store) as sender:
        with site.people(now) as who, database.transaction(who.db):
            found = editions.find(who.db, WEEKLY)
            assert found
            deliveries.claim(who.db, found.id, "ab12-0", MONDAY, 1)
            deliveries.free_claims_of(who.db, found.id, "ab12")
            senders.join(who.db, sender, now - timedelta(seconds=5))
        done = CliRunner().invoke(command, words)
    assert done.exit_code == 0
    assert "1 letter was on its way when a run ended" in done.output
    assert "a run delivers at this moment, since " in done.output
    assert (READERS[0] in done.output) == named


def test_why_nothing_moves_is_told(tmp_path: Path) -> None:
    site = released_site(tmp_path, SMTP)
    with site.people(LATER) as who, database.transaction(who.db):
        facts.note_trouble(who.db, "localhost:25: the relay does not answer", LATER)
    done = site.run("status")
    assert done.stdout.splitlines()[-2:] == [
        "no run delivers at this moment: `newsfeed send` or the next `publish` goes on",
        "no letter left since 2026-11-23 09:30 UTC: localhost:25: the relay does not answer",
    ]
    found = json.loads(site.run("status", "--json").stdout)
    assert found["trouble"]["problem"] == "localhost:25: the relay does not answer"
    assert site.run("pause", "weekly").returncode == 0
    assert "nothing of weekly is sent" in site.run("status").stderr
    listed = site.run("newsletters", "list").stdout
    assert "paused:    yes" in listed
    assert "next:" not in listed
