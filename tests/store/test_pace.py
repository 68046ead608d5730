"""The quotas of a relay, counted in the store: by all processes, over restarts and clock jumps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.store import database, pace

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
MILLI = timedelta(milliseconds=1)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DOMAIN = "example.org"

QUOTA = st.tuples(st.integers(1, 12), st.sampled_from((1, 2, 5, 60, 86_400)))
QUOTAS = st.lists(QUOTA, min_size=1, max_size=3)
PAUSE = st.one_of(
    st.integers(0, 3_000), st.integers(0, 90_000), st.sampled_from((0, 59_999, 61_100, 86_401_100))
)
JUMP = st.one_of(st.integers(1, 60_000), st.integers(1, 200_000_000))
STEPS = st.lists(st.tuples(PAUSE, st.integers(0, 15), st.integers(0, 999)), max_size=40)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pace") / "newsfeed.db"
    with database.connect(path, START):
        pass
    return path


@contextmanager
def opened(store: Path, number: int = 1) -> Iterator[list[sqlite3.Connection]]:
    """Connections to a store in which nothing was counted yet; they wait for no disk."""
    found = [sqlite3.connect(store) for _ in range(number)]
    try:
        for db in found:
            db.execute("PRAGMA synchronous = OFF")
        with found[0] as db:
            db.execute("DELETE FROM pace")
        yield found
    finally:
        for db in found:
            db.close()


@pytest.fixture
def db(store: Path) -> Iterator[sqlite3.Connection]:
    with opened(store) as (found,):
        yield found


class Relay:
    """Lets letters go as the store allows, and knows when each left and arrived by a true clock;
    `wall` is what the clock of the machine shows.
    """

    def __init__(self, quotas: Sequence[tuple[int, int]]) -> None:
        self.quotas = quotas
        self.now = self.wall = START
        self.left: list[datetime] = []
        self.arrived: list[datetime] = []

    def go(self, milliseconds: int) -> None:
        self.now += milliseconds * MILLI
        self.wall += milliseconds * MILLI

    def allowed(self, db: sqlite3.Connection, wanted: int) -> tuple[int, datetime | None]:
        with database.transaction(db):
            return pace.allowed(db, self.quotas, DOMAIN, self.wall, wanted)

    def send(self, db: sqlite3.Connection, wanted: int, under_way: int) -> int:
        """Letters that are under way for up to so many thousandths of what quotas make room for."""
        with database.transaction(db):
            number, _ = pace.allowed(db, self.quotas, DOMAIN, self.wall, wanted)
            pace.count(db, DOMAIN, self.wall, number)
        longest = min([1000, *(seconds * 200 for _, seconds in self.quotas)])
        self.left += [self.now] * number
        self.arrived += [
            self.now + MILLI * (longest * under_way * i // (1000 * number)) for i in range(number)
        ]
        return number

    def since(self, seconds: timedelta) -> int:
        """How many left within so many seconds up to now."""
        return sum(at > self.now - seconds for at in self.left)


def most_in(seconds: int, times: Sequence[datetime]) -> int:
    """The most that there were in any stretch of so many seconds."""
    ordered, most, first = sorted(times), 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= seconds * SECOND:
            first += 1
        most = max(most, last - first + 1)
    return most


def kept(relay: Relay) -> bool:
    return all(most_in(seconds, relay.arrived) <= count for count, seconds in relay.quotas)


@given(quotas=QUOTAS, steps=STEPS, seed=st.integers(0, 9))
def test_no_stretch_of_time_sees_more_arrive_than_a_quota_says(
    store: Path, quotas: list[tuple[int, int]], steps: list[tuple[int, int, int]], seed: int
) -> None:
    random, relay = Random(seed), Relay(quotas)
    with opened(store, 2) as pair:
        for pause, wanted, under_way in steps:
            relay.go(pause)
            db = random.choice(pair)
            relay.send(db, wanted, under_way)
            if random.random() < 0.1:
                with database.transaction(db):
                    pace.prune(db, relay.wall)
            if random.random() < 0.1:
                with closing(sqlite3.connect(store)) as again:
                    relay.send(again, wanted, under_way)
    assert kept(relay)


@given(quotas=QUOTAS, steps=STEPS)
def test_what_the_quotas_leave_room_for_goes_soon_and_when_it_was_said(
    store: Path, quotas: list[tuple[int, int]], steps: list[tuple[int, int, int]]
) -> None:
    relay = Relay(quotas)
    with opened(store) as (db,):
        for pause, wanted, under_way in steps:
            relay.go(pause)
            later = 1.2 * SECOND
            room = min(count - relay.since(s * SECOND + later) for count, s in quotas)
            number, following = relay.allowed(db, wanted)
            assert number >= min(wanted, room)
            assert number == relay.send(db, wanted, under_way)
            assert (following is None) == (number == wanted)
            if following is None:
                continue
            relay.go((following - relay.wall) // MILLI - 1)
            assert relay.allowed(db, 1)[0] == 0
            relay.go(1)
            assert relay.allowed(db, 1) == (1, None)


@given(
    quotas=QUOTAS,
    steps=STEPS,
    jumps=st.dictionaries(st.integers(0, 39), JUMP, max_size=4),
)
def test_a_clock_that_is_set_back_lets_no_more_go__s_38(
    store: Path,
    quotas: list[tuple[int, int]],
    steps: list[tuple[int, int, int]],
    jumps: dict[int, int],
) -> None:
    relay = Relay(quotas)
    with opened(store) as (db,):
        for number, (pause, wanted, under_way) in enumerate(steps):
            relay.go(pause)
            relay.wall -= jumps.get(number, 0) * MILLI
            relay.send(db, wanted, under_way)
    assert kept(relay)


@pytest.mark.parametrize("jump", [-20 * SECOND, -timedelta(hours=1), -DAY, -365 * DAY])
def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_long__s_38(
    db: sqlite3.Connection, jump: timedelta
) -> None:
    relay = Relay([(100, 60)])
    assert relay.send(db, 150, 0) == 100
    relay.go(5_000)
    relay.wall += jump
    number, following = relay.allowed(db, 1)
    assert number == 0
    assert following is not None
    assert following - relay.wall < 95 * SECOND
    relay.wall = following
    assert relay.send(db, 150, 0) == 100


@pytest.mark.parametrize("prune", [False, True])
def test_a_year_to_which_the_clock_jumped_is_forgotten__s_38(
    db: sqlite3.Connection, prune: bool
) -> None:
    relay = Relay([(100, 60), (400, 86_400)])
    relay.send(db, 100, 0)
    relay.go(61_100)
    relay.send(db, 100, 0)
    relay.wall += 365 * DAY
    assert relay.send(db, 100, 0) == 100
    if prune:
        with database.transaction(db):
            pace.prune(db, relay.wall)
    relay.wall -= 365 * DAY
    assert relay.send(db, 100, 0) == 0
    relay.go(61_100)
    assert relay.send(db, 101, 0) == 100
    relay.go(61_100)
    assert relay.send(db, 1, 0) == 0
    relay.go(86_400_000)
    assert relay.send(db, 100, 0) == 100


def test_who_waited_for_the_lock_counts_with_the_time_of_the_other(store: Path) -> None:
    relay = Relay([(10, 1)])
    with opened(store, 2) as (one, two):
        relay.go(20_000)
        assert relay.send(one, 10, 0) == 10
        relay.wall -= 19 * SECOND
        assert relay.send(two, 10, 0) == 0
        relay.wall += 19 * SECOND
        relay.go(1_299)
        assert relay.send(two, 10, 0) == 0
        relay.go(1)
        assert relay.send(two, 10, 0) == 10
    assert kept(relay)


def test_without_quotas_the_store_is_not_touched() -> None:
    with closing(sqlite3.connect(":memory:")) as nothing:
        assert pace.allowed(nothing, [], "", START, 7) == (7, None)
        assert pace.allowed(nothing, [(1, 60)], "", START, 0) == (0, None)
        pace.count(nothing, "", START, 0)


def test_domains_and_everybody_are_counted_apart(db: sqlite3.Connection) -> None:
    pace.count(db, "example.org", START, 3)
    pace.count(db, "", START, 5)
    assert pace.left(db, "example.org") == 3
    assert pace.left(db, "") == 5
    assert pace.left(db, "example.com") == 0
    assert pace.allowed(db, [(5, 60)], "example.org", START, 9)[0] == 2
    assert pace.allowed(db, [(5, 60)], "", START, 9)[0] == 0
    assert pace.allowed(db, [(5, 60)], "example.com", START, 9)[0] == 5


def test_nothing_is_stored_before_the_caller_commits(store: Path) -> None:
    with opened(store, 2) as (one, two):
        one.execute("BEGIN IMMEDIATE")
        pace.count(one, "", START, 5)
        assert pace.left(two, "") == 0
        one.rollback()
        assert pace.left(one, "") == 0


@pytest.mark.parametrize("quotas", [[(1, 60), (1, 86_400)], [(1, 86_400), (1, 60)]])
def test_the_next_goes_when_the_last_of_all_quotas_lets_it(
    db: sqlite3.Connection, quotas: list[tuple[int, int]]
) -> None:
    assert pace.allowed(db, quotas, "", START, 2) == (1, START + DAY + 1.1 * SECOND)


def test_a_quota_that_was_lowered_waits_until_enough_are_out_of_its_sight(
    db: sqlite3.Connection,
) -> None:
    for second in range(100):
        pace.count(db, "", START + second * SECOND, 3)
    now = START + 99 * SECOND
    number, following = pace.allowed(db, [(30, 86_400)], "", now, 1)
    # Thirty are the letters of the last ten seconds: all before must be out of sight, and one more.
    assert number == 0
    assert following == START + 90 * SECOND + DAY + 1.1 * SECOND


def test_pruning_changes_no_answer_by_a_second_and_leaves_a_row_for_each_of_a_day(
    db: sqlite3.Connection,
) -> None:
    quotas = [(700, 60), (3_000, 86_400)]
    for step in range(3_000):
        pace.count(db, "", START + 0.3 * step * SECOND, 1)
    pace.count(db, "example.com", START, 1)
    now = START + 1_200 * SECOND
    number, before = pace.allowed(db, quotas, "", now, 1_000)
    pace.prune(db, now)
    again, after = pace.allowed(db, quotas, "", now, 1_000)
    assert number == again
    assert before
    assert after
    assert before <= after < before + SECOND
    assert db.execute("SELECT count(*) FROM pace WHERE domain = ''").fetchone() == (900,)
    later = START + DAY + 450 * SECOND
    answer = pace.allowed(db, quotas, "", later, 3_000)
    pace.prune(db, later)
    assert pace.allowed(db, [(3_000, 86_400)], "", later, 3_000)[0] in range(1_490, 1_501)
    assert pace.allowed(db, quotas, "", later, 3_000) == answer
    pace.prune(db, now + 2 * DAY)
    assert db.execute("SELECT domain, upto FROM pace ORDER BY 1").fetchall() == [
        ("", 3_000),
        ("example.com", 1),
    ]
    assert pace.allowed(db, quotas, "", now + 2 * DAY, 1_000)[0] == 700
