"""People are reminded of their consent to a commercial newsletter every two years (L-K-09)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.address import parse_address
from newsfeed.flows.enrolling import Enrolment, add, unsubscribe
from newsfeed.flows.renewing import queue_renewals, renewal_due
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, database, facts, suppression
from tests.flows.notices_kit import commercial_site, filed, joined, queued, rows, sent, sent_by
from tests.flows.people_kit import ANN, BOB, NOW, active, events_of, people_of, person_of
from tests.flows.relay_kit import relay
from tests.kit import Site, plain

DAY = timedelta(days=1)
TWO_YEARS = timedelta(days=730)
TIMES = st.integers(1, 253_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
"""Any clock, right or wrong."""

OUR_TIMES = st.integers(631_152_000, 2_524_608_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
"""From 1990 to 2050."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return commercial_site(tmp_path / "site")


@pytest.mark.parametrize(
    ("consented", "due"),
    [
        ((2024, 1, 15), (2025, 12, 15)),
        ((2024, 2, 29), (2026, 1, 29)),
        ((2024, 3, 31), (2026, 2, 28)),
        ((2026, 3, 31), (2028, 2, 29)),
        ((2025, 12, 31), (2027, 11, 30)),
    ],
)
def test_it_is_due_after_23_months_to_the_day(
    consented: tuple[int, int, int], due: tuple[int, int, int]
) -> None:
    then, day = datetime(*consented, 9, tzinfo=UTC), datetime(*due, 9, tzinfo=UTC)
    assert renewal_due(then, None, day)
    assert not renewal_due(then, None, day - timedelta(seconds=1))
    assert not renewal_due(then, day, day + 600 * DAY)
    assert renewal_due(then, day, day + 702 * DAY)


@given(TIMES, TIMES)
def test_it_is_due_in_time_for_two_years_and_not_too_early(
    consented: datetime, now: datetime
) -> None:
    """On any day, leap days too; never before it was given, where the clock went back."""
    if renewal_due(consented, None, now):
        assert now - consented >= timedelta(days=699)
    else:
        assert now - consented < TWO_YEARS - 27 * DAY


@given(TIMES, TIMES, TIMES)
def test_a_renewal_puts_off_the_next_and_never_brings_it_on(
    consented: datetime, renewed: datetime, now: datetime
) -> None:
    if renewal_due(consented, renewed, now):
        assert renewal_due(consented, None, now)
        assert now - renewed >= timedelta(days=699)
    assert not renewal_due(consented, now, now)


@given(OUR_TIMES, st.lists(st.timedeltas(min_value=-30 * DAY, max_value=30 * DAY), max_size=200))
def test_on_a_clock_that_jumps_there_are_never_two_within_23_months(
    consented: datetime, steps: list[timedelta]
) -> None:
    sent_at: list[datetime] = []
    now = consented
    for step in (*steps, *[20 * DAY] * 80):
        now += step
        if renewal_due(consented, max(sent_at, default=None), now):
            sent_at.append(now)
    assert sent_at == sorted(sent_at)
    gaps = [after - before for before, after in pairwise(sent_at)]
    assert all(gap >= timedelta(days=699) for gap in gaps)


def test_the_end_of_time_is_no_error() -> None:
    late = datetime(9999, 12, 1, tzinfo=UTC)
    assert not renewal_due(late, None, datetime(9999, 12, 31, tzinfo=UTC))


def test_over_six_years_there_are_three_each_in_time_with_the_three_facts__l_k_09(
    site: Site,
) -> None:
    with people_of(site) as people:
        joined(people)
        sent(people)
        joined(people, BOB, newsletter="monthly")
    told: list[datetime] = []
    now = NOW
    while now < NOW + 6 * 365 * DAY:
        now += 5 * DAY
        with people_of(site, now) as people:
            queue_renewals(people)
            if sent(people).mailed:
                told.append(now)
                mail = next(m for p, m in filed(site) if p.endswith("-renewal.eml"))
                text = plain(mail)
                for said in ("주간 브리핑", "news@example.org", "2026년 11월 20일", "/u/weekly/"):
                    assert said in text
                assert "Unsubscribe" in text
                assert "동의가 유지됩니다" in " ".join(
                    text.split()
                )  # lines end where they are full
    assert len(told) == 3
    before = NOW
    for time in told:
        assert timedelta(days=699) <= time - before <= TWO_YEARS
        before = time
    with people_of(site, now) as people:
        assert events_of(people).count("renewed") == 3
        assert "renewed" not in events_of(people, BOB)
        proof = [c for c in consents.of(people.db, person_of(people).id) if c.event == "renewed"]
        assert [c.at for c in proof] == told
        assert all(c.message_id and c.way == "mail" for c in proof)


def test_no_answer_keeps_the_consent_and_the_link_withdraws_it(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
    with people_of(site, NOW + 720 * DAY) as people:
        assert queue_renewals(people) == 1
        sent(people)
        unsubscribe(people, ANN)
    with people_of(site, NOW + 2000 * DAY) as people:
        assert queue_renewals(people) == 0


def test_a_stated_consent_counts_from_when_it_was_given(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment(consent="a form", consented=NOW - 800 * DAY))
        active(people, BOB)
        assert queue_renewals(people) == 1
        sent(people)
        assert events_of(people)[-1] == "renewed"


def test_whoever_is_suppressed_or_gets_no_commercial_newsletter_is_not_chosen(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
        active(people, BOB, "monthly")
        with database.transaction(people.db):
            number = person_of(people).address_hash
            suppression.suppress(people.db, number, SuppressionReason.BOUNCED, NOW)
    with people_of(site, NOW + 720 * DAY) as people:
        assert queue_renewals(people) == 0


def test_they_are_chosen_once_a_day_the_oldest_first_and_no_more_than_the_limit(
    site: Site,
) -> None:
    later = NOW + 900 * DAY
    for number in range(7):
        with people_of(site, NOW + number * DAY) as people:
            active(people, parse_address(f"r{number}@example.org"))
    counts = []
    for hour in range(0, 24 * 5, 6):
        with people_of(site, later + timedelta(hours=hour)) as people:
            if number := queue_renewals(people, at_least=2):
                counts.append((hour, number))
                first = people.db.execute(
                    "SELECT min(address) FROM notice JOIN subscriber"
                    " ON subscriber.id = subscriber_id WHERE done IS NULL"
                ).fetchone()
                assert first == (f"r{2 * len(counts) - 2}@example.org",)
            sent(people)
    assert counts == [(0, 2), (24, 2), (48, 2), (72, 1)]


def test_of_very_many_a_fifth_is_chosen_so_that_a_month_is_enough(site: Site) -> None:
    with people_of(site) as people:
        for number in range(20):
            active(people, parse_address(f"r{number}@example.org"))
    with people_of(site, NOW + 720 * DAY) as people:
        assert queue_renewals(people, at_least=1) == 4


def test_nobody_waits_for_two_and_one_that_was_refused_is_left_for_a_while(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
    later = NOW + 720 * DAY
    with people_of(site, later) as people:
        queued(people, "renewal")
        assert queue_renewals(people) == 0
    with relay(lambda verb, _: b"550 no" if verb == "RCPT" else None) as server:
        sent_by(site, server, later)
    days = []
    for day in range(1, 70):
        with people_of(site, later + day * DAY) as people:
            days += [day] if queue_renewals(people) else []
            sent(people)
            assert events_of(people).count("renewed") == len(days)
    assert len(days) == 1
    assert days[0] >= 60


def test_a_paused_store_and_one_without_commercial_newsletters_choose_nobody(
    site: Site, tmp_path: Path
) -> None:
    with people_of(site) as people:
        joined(people)
    with people_of(site, NOW + 720 * DAY) as people:
        with database.transaction(people.db):
            facts.pause(people.db, "by hand")
        assert queue_renewals(people) == 0
        with database.transaction(people.db):
            facts.resume(people.db)
    text = (site.folder / "newsfeed.toml").read_text()
    site.configure(text.replace("commercial = true\n", ""))
    with people_of(site, NOW + 720 * DAY) as people:
        assert queue_renewals(people) == 0
    site.configure(text)
    with people_of(site, NOW + 720 * DAY) as people:
        assert queue_renewals(people) == 1
    site.configure(text.replace("commercial = true\n", ""))
    with people_of(site, NOW + 720 * DAY) as people:
        assert sent(people).mailed == 0  # not commercial any more
        assert rows(people)[-1][2].startswith("dropped")
