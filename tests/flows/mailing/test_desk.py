"""The desk: every letter once, whatever relays say and whenever a process ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience.keys import address_hash
from newsfeed.deliver.smtp.parcel import Stage
from newsfeed.flows.approving import pause_edition, resume_edition
from newsfeed.flows.cancelling import cancel
from newsfeed.flows.people import People
from newsfeed.flows.resending import retry
from newsfeed.model import DeliveryState, EditionState, SuppressionReason
from newsfeed.store import database, deliveries, editions, senders, suppression, tallies
from tests.flows.editions_kit import MONDAY, WEEKLY, leave_now
from tests.flows.mailing.desk_kit import (
    SMTP,
    Clock,
    Wire,
    desk_of,
    empty,
    lost,
    refused,
    smtp_site,
    taken,
    untouched,
)
from tests.kit import NEWSLETTER, SETTINGS

READERS = tuple(f"reader{number}@example{number % 3}.org" for number in range(12))


@pytest.fixture
def who(tmp_path: Path) -> Iterator[People]:
    with smtp_site(tmp_path, READERS).people(MONDAY) as found:
        yield found


def _edition(who: People) -> editions.EditionRecord:
    found = editions.find(who.db, WEEKLY)
    assert found
    return found


def _resume(who: People, clock: Clock) -> None:
    """Somebody resumes the edition, in another process."""
    with people(who.plan, clock.now) as other:
        resume_edition(other, WEEKLY)


def _counts(who: People) -> dict[DeliveryState, int]:
    return deliveries.counts_of(who.db, _edition(who).id)


def test_every_reader_gets_one_letter_and_the_edition_is_complete(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    assert desk.waiting(100) == len(READERS)
    assert empty(desk, wire) == len(READERS)
    assert {address: len(ids) for address, ids in wire.taken.items()} == dict.fromkeys(READERS, 1)
    assert len({i for ids in wire.taken.values() for i in ids}) == len(READERS)
    assert _edition(who).state is EditionState.SENT
    assert desk.rest() is None


def test_what_came_to_no_try_is_as_if_nothing_had_been(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    first = list(desk.step([], 4))
    list(desk.step([untouched(one) for one in first], 0))
    assert _counts(who) == {DeliveryState.QUEUED: len(READERS)}
    assert empty(desk, wire) == len(READERS)


def test_a_lost_letter_comes_again_soon_with_the_same_message_id_and_sender(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    (first,) = desk.step([], 1)
    wire.take(first)
    list(desk.step([lost(first)], 0))
    assert empty(desk, wire) == len(READERS) - 1
    clock.go(11)
    (again,) = desk.step([], 1)
    wire.take(again)
    list(desk.step([taken(again)], 0))
    assert (again.recipient, again.sender) == (first.recipient, first.sender)
    assert len(set(wire.taken[first.recipient])) == 1


def test_a_letter_that_is_put_off_too_long_is_given_up(who: People) -> None:
    clock = Clock()
    desk = desk_of(who, clock, "one")
    (first,) = desk.step([], 1)
    tries = 0
    while True:
        tries += 1
        list(desk.step([refused(first, 451, "4.3.0")], 0))
        parcels = []
        for _ in range(200):
            clock.go(1800)
            parcels = [one for one in desk.step([], 20) if one.recipient == first.recipient]
            others = [claim for _, claim in desk._out.values()]
            if parcels or (not others and DeliveryState.FAILED in _counts(who)):
                break
        if not parcels:
            break
        first = parcels[0]
    (failed,) = [
        one
        for one in deliveries.unserved(who.db, _edition(who).id)
        if one.state is DeliveryState.FAILED
    ]
    assert failed.reply.startswith("given up: 451 4.3.0")
    assert 8 < tries < 30


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_an_address_that_is_none_gets_nothing_more__e_d_05(who: People, status: str) -> None:
    desk = desk_of(who, Clock(), "one")
    (first,) = desk.step([], 1)
    list(desk.step([refused(first, 550, status)], 0))
    hashed = address_hash(who.keys, parse_address(first.recipient).key)
    found = suppression.reason(who.db, hashed)
    assert found
    assert found[0] is SuppressionReason.BOUNCED


def test_a_wrong_sender_suppresses_nobody_and_pauses_the_edition(who: People) -> None:
    desk = desk_of(who, Clock(), "one")
    parcels = list(desk.step([], 4))
    list(desk.step([refused(one, 550, "5.1.7", Stage.MAIL) for one in parcels], 4))
    assert _edition(who).state is EditionState.PAUSED
    assert "5.1.7" in _edition(who).why
    assert _counts(who) == {DeliveryState.QUEUED: len(READERS)}
    assert list(desk.step([], 4)) == []
    assert desk.rest() is None


def test_a_domain_that_refuses_us_is_left_alone_and_three_of_them_stop_the_edition(
    who: People,
) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    (first,) = desk.step([], 1)
    domain = first.recipient.partition("@")[2]
    list(desk.step([refused(first, 550, "5.7.26")], 0))
    empty(desk, wire)
    assert not any(address.endswith(domain) for address in wire.taken)
    assert len(wire.taken) == len(READERS) * 2 // 3
    clock.go(3700)
    assert empty(desk, wire) == 1  # one tries, and the others wait for what becomes of it
    clock.go(61)
    assert empty(desk, wire) == len(READERS) // 3 - 1
    assert _edition(who).state is EditionState.SENT


def test_three_domains_that_refuse_us_pause_the_edition(who: People) -> None:
    clock = Clock()
    desk = desk_of(who, clock, "one")
    parcels = list(desk.step([], 3))
    list(desk.step([refused(one, 550, "5.7.1") for one in parcels], 3))
    assert _edition(who).state is EditionState.PAUSED
    _resume(who, clock)
    assert len(list(desk.step([], 3))) == 3


def test_too_many_failures_pause_the_edition_until_somebody_looked(tmp_path: Path) -> None:
    readers = [f"reader{number}@example.org" for number in range(40)]
    with smtp_site(tmp_path, readers, 'stop_at_failures = "5%"\n').people(MONDAY) as who:
        clock, wire = Clock(), Wire()
        desk = desk_of(who, clock, "one")
        (first,) = desk.step([], 1)
        list(desk.step([taken(first)], 0))
        for number in range(11):
            (parcel,) = desk.step([], 1)
            assert _edition(who).state is EditionState.RELEASED, number
            list(desk.step([refused(parcel, 550, "")], 0))
        assert _edition(who).state is EditionState.PAUSED
        assert "11 of the first 12" in _edition(who).why
        _resume(who, clock)
        assert empty(desk, wire) == 28


def test_letters_that_all_fail_pause_the_edition_at_the_third(who: People) -> None:
    desk = desk_of(who, Clock(), "one")
    parcels = list(desk.step([], 3))
    list(desk.step([refused(one, 554, "") for one in parcels], 3))
    assert _edition(who).state is EditionState.PAUSED


def test_pause_holds_from_the_next_claim_on_and_resume_goes_on(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    parcels = list(desk.step([], 4))
    pause_edition(who, WEEKLY)
    assert list(desk.step([taken(one) for one in parcels], 4)) == []
    assert _counts(who)[DeliveryState.SENT] == 4
    _resume(who, clock)
    assert empty(desk, wire) == len(READERS) - 4


def test_whoever_leaves_gets_nothing_that_is_not_on_the_wire(who: People) -> None:
    desk, wire = desk_of(who, Clock(), "one"), Wire()
    parcels = list(desk.step([], 4))
    on_the_wire = {one.recipient for one in parcels}
    for address in READERS:
        leave_now(who, address)
    for one in parcels:
        wire.take(one)
    assert list(desk.step([taken(one) for one in parcels], 4)) == []
    assert set(wire.taken) == on_the_wire
    assert _edition(who).state is EditionState.SENT


def test_a_canary_goes_first_and_the_others_wait_also_after_a_restart(tmp_path: Path) -> None:
    more = 'canary = 3\ncanary_wait = "10m"\n'
    with smtp_site(tmp_path, READERS, more).people(MONDAY) as who:
        clock, wire = Clock(), Wire()
        desk = desk_of(who, clock, "one")
        assert desk.waiting(100) == 3
        assert empty(desk, wire) == 3
        assert desk.waiting(100) == 0
        assert desk.rest() is not None
        clock.go(300)
        other = desk_of(who, clock, "two")
        assert other.waiting(100) == 0
        assert list(other.step([], 4)) == []
        clock.go(301)
        assert empty(other, wire) == len(READERS) - 3
        assert max(len(ids) for ids in wire.taken.values()) == 1


def test_a_body_is_begun_only_while_twenty_seconds_are_left_of_its_claim(who: People) -> None:
    clock = Clock()
    desk = desk_of(who, clock, "one")
    (parcel,) = desk.step([], 1)
    clock.go(39)
    assert desk.may_begin(parcel)
    clock.go(2)
    assert not desk.may_begin(parcel)
    list(desk.step([], 0))  # the claim is renewed: nobody else took it
    assert desk.may_begin(parcel)


def test_a_sender_that_stood_still_begins_no_letter_that_another_took(who: People) -> None:
    clock, wire = Clock(), Wire()
    first = desk_of(who, clock, "one")
    parcels = list(first.step([], 4))
    wire.take(parcels[0])  # its body was on the wire
    clock.go(61)
    second = desk_of(who, clock, "two")
    list(second.step([], 0))
    assert empty(second, wire) == len(READERS)
    list(first.step([taken(parcels[0])], 0))
    assert not any(first.may_begin(one) for one in parcels[1:])
    assert wire.letters == len(READERS) + 1
    assert len(set(wire.taken[parcels[0].recipient])) == 1
    assert _counts(who) == {DeliveryState.SENT: len(READERS)}
    assert tallies.count_retaken(who.db, _edition(who).id) == (4, 0)


def test_what_a_dead_sender_held_comes_back_at_once(tmp_path: Path) -> None:
    site = smtp_site(tmp_path, READERS)
    clock, wire = Clock(), Wire()
    with site.people(MONDAY) as who, senders.presence(site.plan().store) as name:
        list(desk_of(who, clock, name).step([], 4))
        (site.plan().store.parent / f"newsfeed.db.sender-{name}.lock").rename(tmp_path / "kept")
    (tmp_path / "kept").rename(site.plan().store.parent / f"newsfeed.db.sender-{name}.lock")
    with site.people(MONDAY) as who:
        with database.transaction(who.db):
            senders.bury(who.db, site.plan().store)
        assert empty(desk_of(who, clock, "two"), wire) == len(READERS)


def test_a_quota_is_kept_over_restarts_and_by_two_processes_together(tmp_path: Path) -> None:
    smtp = 'rate = ["3/minute", "8/day"]\n'
    with smtp_site(
        tmp_path, READERS, smtp='[mail]\ntransport = "smtp"\n[mail.smtp]\n' + smtp
    ).people(MONDAY) as who:
        clock, wire = Clock(), Wire()
        for minute in range(6):
            for name in ("one", "two"):
                empty(desk_of(who, clock, f"{name}-{minute}"), wire)
            assert wire.letters == min(3 * (minute + 1), 8)
            clock.go(62)
        clock.go(86_400)
        assert empty(desk_of(who, clock, "later"), wire) == 3


def test_the_pace_of_a_domain_keeps_only_its_own_letters_back(tmp_path: Path) -> None:
    smtp = '[mail]\ntransport = "smtp"\n[mail.smtp]\nper_domain = ["example0.org 2/minute"]\n'
    with smtp_site(tmp_path, READERS, smtp=smtp).people(MONDAY) as who:
        clock, wire = Clock(), Wire()
        desk = desk_of(who, clock, "one")
        assert empty(desk, wire) == 8 + 2
        assert desk.rest() is not None
        for _ in range(8):
            clock.go(31)
            empty(desk, wire)
        assert wire.letters == len(READERS)
        assert _edition(who).state is EditionState.SENT


def test_after_its_time_a_run_hands_out_nothing_more(who: People) -> None:
    clock = Clock()
    desk = desk_of(who, clock, "one", end=clock.seconds + 10)
    (parcel,) = desk.step([], 1)
    clock.go(11)
    assert list(desk.step([taken(parcel)], 4)) == []
    assert (desk.waiting(5), desk.rest()) == (0, None)
    assert _counts(who)[DeliveryState.SENT] == 1


def test_a_clock_that_jumps_sends_nothing_twice__s_38(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    for jump in (timedelta(days=365), timedelta(days=-366), timedelta(days=1)):
        parcels = list(desk.step([], 3))
        for one in parcels:
            wire.take(one)
        clock.now += jump
        list(desk.step([taken(one) for one in parcels], 0))
    clock.now = MONDAY
    empty(desk, wire)
    assert {len(ids) for ids in wire.taken.values()} == {1}
    assert len(wire.taken) == len(READERS)


def test_what_never_came_back_is_sent_by_the_next_run_and_named(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    list(desk.step([], 4))
    desk.close()
    assert tallies.count_retaken(who.db, _edition(who).id) == (4, 4)
    assert empty(desk_of(who, clock, "two"), wire) == len(READERS)
    assert tallies.count_retaken(who.db, _edition(who).id) == (4, 0)


def test_what_a_dead_process_held_last_is_taken_back_before_anything_is_dialled(
    who: People,
) -> None:
    """Nothing could be claimed, so that no connection would come about."""
    clock, wire = Clock(), Wire()
    list(desk_of(who, clock, "one").step([], 99))
    clock.go(61)
    desk = desk_of(who, clock, "two")
    assert desk.waiting(5) == 5
    assert empty(desk, wire) == len(READERS)


def test_a_canary_that_is_set_in_the_middle_stops_nothing(tmp_path: Path) -> None:
    site = smtp_site(tmp_path, READERS)
    clock, wire = Clock(), Wire()
    with site.people(MONDAY) as who:
        desk = desk_of(who, clock, "one")
        list(desk.step([taken(one) for one in desk.step([], 8)], 0))
        desk.close()
    site.configure(SETTINGS + NEWSLETTER + "canary = 2\n" + SMTP)
    with site.people(MONDAY) as who:
        assert empty(desk_of(who, clock, "two"), wire) == len(READERS) - 8


def test_failures_after_the_first_two_hundred_pause_nothing(tmp_path: Path) -> None:
    readers = [f"reader{number}@example.org" for number in range(240)]
    with smtp_site(tmp_path, readers).people(MONDAY) as who:
        clock = Clock()
        desk = desk_of(who, clock, "one")
        list(desk.step([taken(one) for one in desk.step([], 210)], 0))
        list(desk.step([refused(one, 550, "") for one in desk.step([], 15)], 0))
        again = desk_of(who, clock, "two")
        list(again.step([refused(one, 550, "") for one in again.step([], 5)], 0))
        assert _edition(who).state is EditionState.RELEASED


def test_a_lost_answer_is_named_as_perhaps_sent_twice(who: People) -> None:
    desk = desk_of(who, Clock(), "one")
    first, second = desk.step([], 2)
    list(desk.step([lost(first), lost(second, begun=False)], 0))
    ((address, _, times),) = tallies.retaken(who.db, _edition(who).id)
    assert (address, times) == (first.recipient, 1)


def test_a_letter_of_a_cancelled_edition_that_was_not_taken_comes_no_more(who: People) -> None:
    clock = Clock()
    desk = desk_of(who, clock, "one")
    parcels = list(desk.step([], 3))
    with people(who.plan, clock.now) as other:
        cancel(other, WEEKLY)
    list(desk.step([], 0))
    list(desk.step([refused(parcels[0], 451, ""), untouched(parcels[1]), taken(parcels[2])], 0))
    assert _counts(who) == {DeliveryState.DROPPED: len(READERS) - 1, DeliveryState.SENT: 1}


def test_a_quota_counts_a_letter_when_its_body_leaves(tmp_path: Path) -> None:
    smtp = '[mail]\ntransport = "smtp"\n[mail.smtp]\nrate = ["2/minute"]\n'
    with smtp_site(tmp_path, READERS, smtp=smtp).people(MONDAY) as who:
        clock = Clock()
        desk = desk_of(who, clock, "one")
        parcels = list(desk.step([], 2))
        clock.go(30)
        assert [desk.may_begin(one) for one in parcels] == [True, True]
        list(desk.step([taken(one) for one in parcels], 0))
        clock.go(40)
        assert desk.waiting(9) == 0
        clock.go(22)
        assert desk.waiting(9) == 2


def test_time_that_an_edition_was_paused_gives_up_no_letter(who: People) -> None:
    clock = Clock()
    desk = desk_of(who, clock, "one")
    (first,) = desk.step([], 1)
    list(desk.step([refused(first, 451, "")], 0))
    with people(who.plan, clock.now) as other:
        pause_edition(other, WEEKLY)
    clock.go(60 * 3600)
    _resume(who, clock)
    parcels = {one.recipient: one for one in desk.step([], 99)}
    list(desk.step([refused(parcels[first.recipient], 451, "")], 0))
    assert DeliveryState.FAILED not in _counts(who)


def test_retry_leaves_an_address_alone_that_is_none_and_keeps_the_reason(who: People) -> None:
    desk = desk_of(who, Clock(), "one")
    gone, other = desk.step([], 2)
    list(desk.step([refused(gone, 550, "5.1.1"), refused(other, 554, "")], 0))
    assert retry(who, WEEKLY).letters == len(READERS) - 1
    (failed,) = deliveries.unserved(who.db, _edition(who).id)
    assert (failed.address, failed.reply) == (gone.recipient, "550 5.1.1 No.")


def test_a_run_that_does_not_want_to_wait_ends_where_all_that_is_left_has_to(who: People) -> None:
    asked: list[datetime] = []

    def wait(until: datetime) -> bool:
        asked.append(until)
        return len(asked) < 2

    clock = Clock()
    desk = desk_of(who, clock, "one", wait=wait)
    parcels = list(desk.step([], 99))
    list(desk.step([refused(one, 450, "4.2.0") for one in parcels], 0))
    desk.waiting(1)
    assert desk.rest() is not None
    assert desk.rest() is None
    assert asked[0] == asked[1] > clock.now
