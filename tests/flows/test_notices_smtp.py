"""Notices by SMTP: nobody gets one twice, and none is lost that was only put off."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from newsfeed.address import Address
from newsfeed.deliver.dkim import keyfile, record
from newsfeed.errors import SettingsError
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.enrolling import unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.flows.people import People
from newsfeed.model import SuppressionReason
from newsfeed.store import database, notice_mails, suppression
from tests.deliver.dkim.kit import verified
from tests.flows.notices_kit import MANY, commercial_site, joined, queued, read, rows, sent, sent_by
from tests.flows.people_kit import ANN, BOB, NOW, events_of, people_of, person_of
from tests.flows.relay_kit import DROP, Answer, Relay, refusing, relay
from tests.kit import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STAGES = ("MAIL", "RCPT", "DATA", ".")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return commercial_site(tmp_path / "site")


def join(site: Site, *addresses: Address, now: datetime = NOW) -> None:
    """These have confirmed, and are to be told."""
    with people_of(site, now) as people:
        for address in addresses:
            joined(people, address)


def told(site: Site, address: Address = ANN) -> list[str]:
    with people_of(site) as people:
        return events_of(people, address)


def queue(site: Site) -> list[tuple[str, bool, str]]:
    with people_of(site) as people:
        return rows(people)


def test_who_agreed_gets_one_mail_and_it_is_on_record(site: Site) -> None:
    join(site, ANN)
    with relay() as server:
        assert sent_by(site, server) == Mailed(mailed=1, left=0)
        assert sent_by(site, server) == Mailed(mailed=0, left=0)
        (mail,) = server.taken
    assert (mail.sender, mail.recipient) == ("news@example.org", ANN.address)
    assert read(mail.message)["To"] == ANN.address
    assert told(site) == ["requested", "confirmed", "told"]
    assert queue(site) == [("confirmed", True, "")]


def test_an_answer_that_could_not_be_stored_is_stored_once_there_is_room(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full for a moment, after the relay said no for now."""
    join(site, ANN)
    finish, calls = notice_mails.put_off, list[int]()

    def full(*words: Any) -> None:  # noqa: ANN401
        calls.append(1)
        finish(*words)
        if len(calls) == 1:
            raise OSError("the disk is full")

    monkeypatch.setattr(notice_mails, "put_off", full)
    with relay(refusing(**{"Ann.Lee": b"451 4.3.0 later"})) as server:
        with pytest.raises(OSError, match="full"):
            sent_by(site, server)
        assert len(calls) == 2
    ((_, over, why),) = queue(site)
    assert not over
    assert "451" in why


def test_a_store_that_is_locked_for_long_is_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the relay took meanwhile is known, and the others are mailed afterwards."""
    monkeypatch.setattr(database, "PATIENCE", 0.5)
    join(site, *MANY)
    begun, locked = threading.Event(), threading.Event()

    def answer(verb: str, _: str) -> None:
        if verb == "." and not begun.is_set():
            begun.set()
            locked.wait(10)

    def write() -> None:
        begun.wait(10)
        with closing(sqlite3.connect(site.plan().store, timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            time.sleep(2)

    writer = threading.Thread(target=write)
    writer.start()
    with relay(answer) as server:
        assert sent_by(site, server) == Mailed(mailed=len(MANY), left=0)
        assert server.recipients() == sorted(one.address for one in MANY)
        assert server.calls == 1
    writer.join()


def test_it_is_signed_and_bounces_go_where_the_settings_say(site: Site) -> None:
    key = keyfile.make(site.folder / ".newsfeed/dkim.pem", "ed25519")
    table = '[[mail.dkim]]\ndomain = "example.org"\nselector = "nf1"\n'
    join(site, ANN)
    with relay() as server:
        sent_by(site, server, mail='bounces = "bounces@example.org"', smtp=table)
        (mail,) = server.taken
    published = {"nf1._domainkey.example.org": record.text_of("ed25519", key.public)}
    assert verified(mail.message, now=NOW.timestamp(), published=published) == [True]
    assert mail.sender == "bounces@example.org"
    read(mail.message)


@pytest.mark.parametrize("reply", [b"450 4.2.0 later", b"550 5.7.1 policy", b"552 5.2.2 full"])
def test_what_is_put_off_waits_longer_each_time_and_keeps_its_message_id(
    site: Site, reply: bytes
) -> None:
    join(site, ANN)
    tries, now = [], NOW
    with relay(refusing(**{"Ann.Lee": reply})) as server:
        while now < NOW + 6 * HOUR:
            done = sent_by(site, server, now)
            tries += [now - NOW] if done.refused else []
            now += timedelta(minutes=15)
    waits = [after - before for before, after in pairwise(tries)]
    assert waits[:3] == [HOUR / 4, HOUR / 2, HOUR]
    assert told(site) == ["requested", "confirmed"]
    with people_of(site) as people:
        (notice,) = notice_mails.due(people.db, NOW + DAY, 9)
        assert notice.tries == len(tries)
    with relay() as server:
        assert sent_by(site, server, NOW + DAY).mailed == 1
        assert told(site)[-1] == "told"
        with people_of(site, NOW + DAY) as people:
            proof = people.db.execute("SELECT message_id FROM consent ORDER BY id DESC").fetchone()
        assert read(server.taken[0].message)["Message-ID"] == proof[0]


def test_what_is_put_off_for_days_is_given_up(site: Site) -> None:
    join(site, ANN)
    tries, now = 0, NOW
    with relay(refusing(**{"Ann.Lee": b"450 4.2.0 later"})) as server:
        while now < NOW + 5 * DAY:
            tries += len(sent_by(site, server, now).refused)
            now += 2 * HOUR
    assert tries == 15
    ((_, over, said),) = queue(site)
    assert (over, said.startswith("given up: 450")) == (True, True)


def test_what_is_refused_for_good_is_over_and_not_on_record(site: Site) -> None:
    join(site, ANN, BOB)
    with relay(refusing(**{"Ann.Lee": b"550 no"})) as server:
        done = sent_by(site, server)
        assert (done.mailed, done.left, [one.address for one in done.refused]) == (
            *(1, 0),
            [ANN.address],
        )
        assert sent_by(site, server, NOW + 9 * DAY) == Mailed(mailed=0, left=0)
    assert (told(site), told(site, BOB)[-1]) == (["requested", "confirmed"], "told")


def test_an_address_that_does_not_exist_is_suppressed(site: Site) -> None:
    join(site, ANN)
    with relay(refusing(**{"Ann.Lee": b"550 5.1.1 no such user"})) as server:
        assert len(sent_by(site, server).refused) == 1
    with people_of(site) as people:
        reason = suppression.reason(people.db, person_of(people).address_hash)
        assert reason == (SuppressionReason.BOUNCED, NOW)


def test_where_no_answer_came_it_counts_as_sent(site: Site) -> None:
    join(site, ANN)
    with relay(lambda verb, _: DROP if verb == "." else None) as server:
        assert sent_by(site, server).unanswered == (ANN.address,)
    with relay() as server:
        assert sent_by(site, server, NOW + DAY) == Mailed(mailed=0, left=0)
    assert told(site)[-1] == "told"


def test_a_relay_that_is_not_there_loses_nothing(site: Site) -> None:
    join(site, ANN, BOB)
    with relay() as server:
        pass
    done = sent_by(site, server)
    assert (done.mailed, done.left) == (0, 2)
    assert f"127.0.0.1:{server.port}" in done.trouble
    assert told(site) == ["requested", "confirmed"]
    with relay() as server:
        assert sent_by(site, server).mailed == 2


def test_where_the_relay_refuses_us_no_more_are_tried(site: Site) -> None:
    join(site, *MANY)
    with relay(lambda verb, _: b"550 5.1.8 bad sender" if verb == "MAIL" else None) as server:
        done = sent_by(site, server)
    assert (done.mailed, done.left) == (0, len(MANY))
    assert "550" in done.trouble


def test_the_quota_and_the_limit_hold(site: Site) -> None:
    join(site, *MANY)
    with relay() as server:
        smtp = 'connections = 1\nrate = ["4/hour"]'
        assert sent_by(site, server, smtp=smtp, limit=3) == Mailed(mailed=3, left=3)
        assert sent_by(site, server, smtp=smtp) == Mailed(mailed=1, left=2)
        assert sent_by(site, server, NOW + 61 * HOUR / 60, smtp=smtp).left == 0
    assert server.recipients() == sorted(one.address for one in MANY)


@pytest.mark.parametrize("action", [unsubscribe, erase])
def test_whoever_leaves_meanwhile_gets_nothing(
    site: Site, action: Callable[[People, Address], object]
) -> None:
    join(site, *MANY)
    done: list[str] = []

    def answer(verb: str, _: str) -> bytes | None:
        if verb == "." and not done:
            done.append(verb)
            with people_of(site) as people:
                action(people, MANY[-1])
        return None

    with relay(answer) as server:
        sent_by(site, server, smtp="connections = 1")
        assert server.recipients() == sorted(one.address for one in MANY[:-1])


def test_two_runs_at_a_time_repeat_nothing(site: Site) -> None:
    site.post("one.md")
    join(site, *MANY, now=datetime.now(UTC))
    with relay() as server:
        site.configure(server.settings() + (site.folder / "newsfeed.toml").read_text())
        words = [sys.executable, "-m", "newsfeed", "publish"]
        runs = [
            subprocess.Popen(words, cwd=site.folder, stdout=subprocess.DEVNULL) for _ in range(2)
        ]
        assert [run.wait(60) for run in runs] == [0, 0]
        assert server.recipients() == sorted(one.address for one in MANY)


def test_beyond_this_machine_nothing_goes_unless_one_can_leave(site: Site) -> None:
    join(site, ANN)
    smtp = '[server]\nurl = "http://news.example.org"\n[mail]\ntransport = "smtp"\n'
    usual = (site.folder / "newsfeed.toml").read_text()
    site.configure(f'{smtp}[mail.smtp]\nhost = "smtp.example.invalid"\n{usual}')
    with people_of(site) as people:
        with pytest.raises(SettingsError, match="nobody could leave"):
            sent(people)
        assert rows(people) == [("confirmed", False, "")]


def test_a_key_that_cannot_be_used_stops_it_before_anything_is_counted(site: Site) -> None:
    join(site, ANN)
    table = '[[mail.dkim]]\ndomain = "example.com"\nselector = "nf1"\n'
    with relay() as server, pytest.raises(SettingsError, match="DKIM"):
        sent_by(site, server, smtp=table)
    assert queue(site) == [("confirmed", False, "")]


def test_a_renewal_that_was_put_off_is_not_on_record(site: Site) -> None:
    join(site, ANN)
    with relay() as server:
        sent_by(site, server)
    with people_of(site) as people:
        queued(people, "renewal")
    with relay(refusing(**{"Ann.Lee": b"450 later"})) as server:
        sent_by(site, server)
    assert "renewed" not in told(site)
    with relay() as server:
        assert sent_by(site, server, NOW + DAY).mailed == 1
    assert told(site)[-1] == "renewed"


def killed_at(stage: str, process: list[subprocess.Popen[bytes]], seen: Counter[str]) -> Answer:
    """Kills the process as soon as the relay has heard something."""

    def answer(verb: str, recipient: str) -> bytes | None:
        seen[verb] += 1
        if verb == stage:
            process[0].kill()
            return DROP
        return None

    return answer


def run_until_killed(site: Site, stage: str) -> Counter[str]:
    """`newsfeed publish`, killed as soon as the relay hears of a stage."""
    process: list[subprocess.Popen[bytes]] = []
    seen: Counter[str] = Counter()
    with relay(killed_at(stage, process, seen)) as server:
        usual = (site.folder / "newsfeed.toml").read_text()
        site.configure(server.settings(smtp="connections = 1") + usual)
        words = [sys.executable, "-m", "newsfeed", "publish"]
        process.append(
            subprocess.Popen(
                words, cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )
        assert process[0].wait(60) == -signal.SIGKILL
        site.configure(usual)
    return seen


@pytest.mark.parametrize("stage", ["CONNECT", *STAGES])
def test_whoever_is_killed_repeats_no_mail(site: Site, stage: str) -> None:
    site.post("one.md")
    join(site, *MANY, now=datetime.now(UTC))
    bodies = run_until_killed(site, stage)["."]

    def rest(server: Relay) -> int:
        return sent_by(site, server, datetime.now(UTC) + HOUR).mailed

    with relay() as server:
        left = rest(server)
        assert rest(server) == 0
        heard = server.recipients()
    assert len(heard) == len(set(heard)) == left
    # Whose envelope was sent, or about to be, counts as sent: two at most, with one connection.
    assert len(MANY) - 2 <= left <= len(MANY) - bodies
    assert all(over for _, over, _ in queue(site))


def test_the_transaction_of_a_mail_ends_before_it_is_on_the_wire(site: Site) -> None:
    join(site, ANN)
    free: list[str] = []

    def answer(verb: str, _: str) -> bytes | None:
        with people_of(site) as people, database.transaction(people.db):
            free.append(verb)
        return None

    with relay(answer) as server:
        assert sent_by(site, server).mailed == 1
    assert {"CONNECT", *STAGES} <= set(free)


@pytest.mark.parametrize(
    ("slow", "reply"),
    [
        ('per_domain = ["example.org 1/hour"]', b""),
        ("", b"450 4.2.0 later"),
        ("", b"421 4.3.2 busy"),
        ("", b"550 5.7.1 policy"),
    ],
)
def test_a_domain_that_takes_no_more_is_in_nobody_elses_way(
    site: Site, slow: str, reply: bytes
) -> None:
    join(site, *MANY)
    join(site, ANN, now=NOW + timedelta(seconds=5))

    def answer(verb: str, recipient: str) -> bytes | None:
        return reply if verb == "RCPT" and recipient.startswith("reader") and reply else None

    with relay(answer) as server:
        for seconds in (10, 20):
            sent_by(site, server, NOW + timedelta(seconds=seconds), smtp=slow, limit=len(MANY))
        assert ANN.address in server.recipients()
    with relay() as server:
        for hour in range(1, 20):
            sent_by(site, server, NOW + timedelta(hours=hour), smtp=slow)
        assert set(server.recipients()) >= {one.address for one in MANY[1:]}
