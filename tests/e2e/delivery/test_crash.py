"""Everyone once: whatever is killed, frozen or started twice while an edition leaves.

The real command line and a recording mail server, each in processes of their own. `make test-crash`
runs it at full size.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.e2e.delivery.kit import (
    KILLS,
    SECONDS,
    SEED,
    SUBSCRIBERS,
    TIMEOUT,
    Mailing,
    Sender,
    at_random,
    mailing,
)
from tests.rigs.recording import distinct, message_ids, mixed_up, repeats, sink
from tests.rigs.servers import until
from tests.rigs.sink import Received

CONNECTIONS = 20
LEASE = 60.0
HALF = 0.5
"""Seconds: of two letters a second apart, one may be on its way for so much longer."""

pytestmark = pytest.mark.timeout(TIMEOUT)


def assert_everyone_once(site: Mailing, received: Sequence[Received], allowed: int) -> None:
    """Nobody is missing, at most `allowed` letters came again, with one Message-ID, each was in its
    reader's language, and `newsfeed status` knows all of it.
    """
    assert distinct(received) == set(site.addresses)
    assert repeats(received) <= allowed
    assert {len(ids) for ids in message_ids(received).values()} == {1}
    assert mixed_up(received) == []
    assert [one for one in received if one.language != site.reads[one.recipient]] == []
    edition = site.edition("--repeated")
    assert (edition["state"], edition["left"]) == ("sent", 0)
    assert edition["counts"] == {"sent": len(site.addresses)}
    named = {one["address"] for one in edition["repeats"]}
    assert named >= {
        one for one, count in Counter(r.recipient for r in received).items() if count > 1
    }


def assert_repeats_were_on_the_wire(received: Iterable[Received]) -> None:
    """A letter that came again had been the last on its connection: its answer was not heard."""
    last_on = {one.connection: one for one in received}
    last_to = {one.recipient: one for one in received}
    for one in received:
        assert one is last_to[one.recipient] or one is last_on[one.connection]


def test_a_sender_killed_again_and_again_leaves_nobody_out(tmp_path: Path) -> None:
    """kill -9 at any instant: nobody is missed, one letter per open connection is repeated."""
    dice = random.Random(SEED)
    with sink(tmp_path / "record", slow=0.02) as server, mailing(tmp_path, server) as site:
        for _ in range(KILLS):
            sender = site.send()
            at_random(server, sender, max(2 * SUBSCRIBERS // KILLS - CONNECTIONS, 1), dice)
            sender.kill()
        assert site.send().end() == 0
        received = server.received()
        assert_everyone_once(site, received, CONNECTIONS * KILLS)
        assert_repeats_were_on_the_wire(received)


def test_a_sender_asked_to_end_repeats_nothing(tmp_path: Path) -> None:
    """SIGTERM: it hears the answers to what is on the wire, and ends."""
    dice = random.Random(SEED)
    with sink(tmp_path / "record", slow=0.02) as server, mailing(tmp_path, server) as site:
        for _ in range(3):
            sender = site.send()
            at_random(server, sender, SUBSCRIBERS // 4, dice, early=0)
            sender.stop()
        assert site.send().end() == 0
        assert_everyone_once(site, server.received(), 0)


def test_a_mail_server_killed_again_and_again_leaves_nobody_out(tmp_path: Path) -> None:
    """What it took without saying so comes again; one run of the sender gets over all of it."""
    dice = random.Random(SEED)
    kills = max(KILLS // 3, 1)
    with sink(tmp_path / "record", slow=0.02) as server, mailing(tmp_path, server) as site:
        sender = site.send()
        for _ in range(kills):
            at_random(server, sender, SUBSCRIBERS // kills, dice, early=0)
            server.kill()
            time.sleep(dice.random() / 2)
            server.start()
        assert sender.end() == 0
        received = server.received()
        assert_repeats_were_on_the_wire(received)
    assert repeats(received) <= CONNECTIONS * kills
    assert distinct(received) == set(site.addresses)
    assert {len(ids) for ids in message_ids(received).values()} == {1}
    assert mixed_up(received) == []
    assert site.edition()["counts"] == {"sent": len(site.addresses)}


def test_a_sender_frozen_past_its_lease_sends_nothing_when_it_wakes(tmp_path: Path) -> None:
    """Another took its letters over; it repeats none but those that were on the wire."""
    with sink(tmp_path / "record", slow=0.05) as server, mailing(tmp_path, server) as site:
        frozen = site.send()
        until(lambda: server.count() >= min(300, SUBSCRIBERS // 4), "the first letters")
        freeze_without_the_lock(site, frozen)
        since = time.time()
        time.sleep(5)  # what is on the wire arrives
        before = server.count()
        assert "another newsfeed" in end_of(site.send("--max-time", "1s"))
        time.sleep(max(since + LEASE + 2 - time.time(), 0))
        assert server.count() == before
        other = site.send()
        until(lambda: server.count() >= before + SUBSCRIBERS // 4, "another sends")
        frozen.wake()
        assert (other.end(), frozen.end()) == (0, 0)
        assert_everyone_once(site, server.received(), CONNECTIONS)


def end_of(sender: Sender) -> str:
    """What a sender said until it ended."""
    sender.end()
    return sender.said


def freeze_without_the_lock(site: Mailing, sender: Sender) -> None:
    """Freeze a sender at an instant at which it does not hold the store's lock: with that nobody
    could do anything but wait.
    """
    store = site.site.folder / ".newsfeed" / "newsfeed.db"
    for _ in range(100):
        sender.freeze()
        try:
            db = sqlite3.connect(store, timeout=0, isolation_level=None)
            db.execute("BEGIN IMMEDIATE")
            db.close()
        except sqlite3.OperationalError:
            sender.wake()
            time.sleep(0.01)
        else:
            return
    raise AssertionError("it always holds the lock")


def test_senders_started_together_send_everything_once(tmp_path: Path) -> None:
    with sink(tmp_path / "record", slow=0.01) as server, mailing(tmp_path, server) as site:
        senders = [site.send() for _ in range(3)]
        assert [one.end() for one in senders] == [0, 0, 0]
        assert_everyone_once(site, server.received(), 0)


def test_a_run_ends_with_its_last_letter(tmp_path: Path) -> None:
    """Also where that letter was the last that its connection may carry, so that none is open."""
    more = "messages_per_connection = 1\n"
    with (
        sink(tmp_path / "record") as server,
        mailing(tmp_path, server, subscribers=3, more=more) as site,
    ):
        assert site.send().end(patience=40) == 0
        received = server.received()
        assert_everyone_once(site, received, 0)
    assert max(Counter(one.connection for one in received).values()) == 1


def test_who_leaves_during_a_send_gets_at_most_what_is_on_the_wire(tmp_path: Path) -> None:
    """When `unsubscribe` has returned, no envelope to them is begun."""
    count = min(SUBSCRIBERS, 2000)
    with (
        sink(tmp_path / "record", slow=0.1) as server,
        mailing(tmp_path, server, subscribers=count) as site,
    ):
        sender = site.send()
        until(lambda: server.count() > 0, "the first letter")
        left: dict[str, float] = {}
        for ahead in (90, 110, 130, 150, 400, 1000):
            leaver = site.addresses[min(server.count() + ahead, count - 1)]
            site.done("subscribers", "unsubscribe", leaver, "weekly")
            left[leaver] = time.time()
        assert sender.end() == 0
        received = server.received()
        counts = site.edition()["counts"]
    late = [one for one in received if one.offered > left.get(one.recipient, one.offered)]
    assert late == []
    assert repeats(received) == 0
    assert counts["dropped"] >= 1
    assert counts == {"sent": len(received), "dropped": count - len(received)}
    assert distinct(received) >= set(site.addresses) - set(left)


def test_a_pause_holds_within_one_letter_per_connection(tmp_path: Path) -> None:
    count = min(SUBSCRIBERS, 2000)
    with (
        sink(tmp_path / "record", slow=0.05) as server,
        mailing(tmp_path, server, subscribers=count) as site,
    ):
        sender = site.send()
        until(lambda: server.count() > 0, "the first letter")
        site.done("pause", "weekly")
        paused = time.time()
        sender.end()
        time.sleep(0.5)
        received = server.received()
        assert sum(one.offered > paused for one in received) <= CONNECTIONS
        assert sum(one.taken > paused for one in received) <= 2 * CONNECTIONS
        assert len(received) < count
        site.send().end()
        assert server.count() == len(received)
        site.done("resume", "weekly")
        assert site.send().end() == 0
        assert_everyone_once(site, server.received(), 0)


def test_quotas_hold_over_kills_and_two_processes(tmp_path: Path) -> None:
    """They are counted in the store, and not by whoever sends."""
    dice = random.Random(SEED)
    more = 'rate = ["5/second", "40/minute"]\nper_domain = ["mail1.example.org 2/second"]\n'
    with (
        sink(tmp_path / "record") as server,
        mailing(tmp_path, server, subscribers=300, more=more) as site,
    ):
        end, enough = time.monotonic() + SECONDS, min(SECONDS, 40) / 2

        def goes_on() -> bool:
            return time.monotonic() < end or server.count() < enough

        while goes_on():
            pair = [site.send(), site.send()]
            goal = server.count() + dice.randint(1, 10)
            while server.count() < goal and goes_on():
                time.sleep(0.02)
            time.sleep(dice.random())
            for sender in pair:
                sender.kill()
        received = server.received()
    assert busiest(received, 60) <= 40
    assert busiest(received, HALF) <= 5
    assert busiest([one for one in received if "@mail1." in one.recipient], HALF) <= 2


def busiest(received: Iterable[Received], seconds: float) -> int:
    """The most letters that came within so many seconds, wherever these begin."""
    times = sorted(one.offered for one in received)
    return max(sum(begin <= at < begin + seconds for at in times) for begin in times)
