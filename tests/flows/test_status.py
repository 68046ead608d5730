"""What `status` tells of editions on their way, and of what went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from newsfeed.errors import NewsfeedError
from newsfeed.flows.delivering import deliver
from newsfeed.flows.pausing import pause
from newsfeed.flows.people import People
from newsfeed.flows.status import EditionStatus, Repeat, Status, status
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries, editions, facts, holds, senders
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.store.holds import Hold
from tests.flows.editions_kit import MONDAY, READERS, WEEKLY, record, released_site
from tests.flows.relay_kit import relay
from tests.kit import NEWSLETTER, SETTINGS, Site

SMTP = '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "localhost"\nsecurity = "none"\n'
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NOW = MONDAY + HOUR
SENT, FAILED, DEFERRED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return released_site(tmp_path, SMTP)


def seen(site: Site, now: datetime = NOW, **wanted: bool) -> EditionStatus:
    """What `status` tells of the edition."""
    with site.people(now) as who:
        (one,) = status(who, WEEKLY, **wanted).editions
    return one


def claimed(who: People, number: int, now: datetime, owner: str = "ab12-0") -> list[Claim]:
    with database.transaction(who.db):
        return deliveries.claim(who.db, edition_id(who), owner, now, number)


def edition_id(who: People) -> int:
    found = editions.find(who.db, WEEKLY)
    assert found
    return found.id


def finish(site: Site, make: Callable[[Claim], Outcome], *moments: datetime) -> None:
    """One letter at each of these moments becomes this."""
    with site.people(NOW) as who:
        for moment in moments:
            outcomes = [make(claim) for claim in claimed(who, 1, moment)]
            with database.transaction(who.db):
                deliveries.finish(who.db, outcomes, moment)


def sent(claim: Claim) -> Outcome:
    return Outcome(claim=claim, state=SENT, reply="250 2.0.0 Ok")


def test_the_rate_is_that_of_the_last_minute_and_the_time_left_follows(site: Site) -> None:
    finish(site, sent, NOW - 10 * MINUTE, NOW - 2 * MINUTE, NOW - MINUTE, NOW - 30 * SECOND)
    one = seen(site)
    assert one.left == 1
    assert one.rate == 2
    assert one.takes == 30


def test_a_run_that_has_just_begun_is_not_taken_for_a_slow_one(site: Site) -> None:
    finish(site, sent, *[NOW - 10 * SECOND] * 2)
    one = seen(site)
    assert one.rate == 12
    assert one.takes == 15
    assert seen(site, NOW - 10 * SECOND).rate == 120


def test_where_the_quotas_ask_for_more_time_they_count(tmp_path: Path) -> None:
    site = released_site(tmp_path, SMTP + 'rate = ["1/hour"]\n')
    finish(site, sent, NOW - SECOND)
    assert seen(site).takes == 3 * 3600
    assert seen(site, NOW + HOUR).rate == 0


def test_what_is_complete_or_paused_has_no_rate(site: Site) -> None:
    finish(site, sent, NOW - SECOND)
    with site.people(NOW) as who:
        editions.set_state(who.db, edition_id(who), EditionState.PAUSED, "3 domains refuse us")
        who.db.commit()
    one = seen(site)
    assert (one.rate, one.takes, one.why) == (0, 0, "3 domains refuse us")
    assert one.left == 4
    with site.people(NOW) as who:
        editions.set_state(who.db, edition_id(who), EditionState.RELEASED)
        who.db.commit()
    finish(site, sent, *[NOW - SECOND] * 4)
    assert seen(site).rate == 0


def test_causes_are_counted_by_what_the_relay_said(site: Site) -> None:
    """The most frequent first; what is final is not tried again."""

    def put_off(claim: Claim) -> Outcome:
        return Outcome(claim=claim, state=DEFERRED, reply="450 4.2.0 later", due=NOW + HOUR)

    def failed(claim: Claim) -> Outcome:
        return Outcome(claim=claim, state=FAILED, reply="550 5.1.1 unknown")

    finish(site, put_off, NOW, NOW)
    finish(site, failed, NOW)
    found = [(one.state, one.reply, one.letters, one.next) for one in seen(site).causes]
    assert found == [
        (DEFERRED, "450 4.2.0 later", 2, NOW + HOUR),
        (FAILED, "550 5.1.1 unknown", 1, None),
    ]


def test_domains_that_refuse_us_are_told_while_they_get_nothing(site: Site) -> None:
    with site.people(NOW) as who:
        for domain, until in (("b.example", HOUR), ("a.example", MINUTE), ("c.example", -MINUTE)):
            hold = Hold(domain=domain, until=NOW + until, strikes=1, reply="550 5.7.1 no")
            holds.put(who.db, edition_id(who), hold)
        who.db.commit()
    assert [one.domain for one in seen(site).holds] == ["a.example", "b.example"]
    assert seen(site, NOW + 2 * HOUR).holds == ()


@pytest.mark.parametrize(("canary", "until"), [("canary = 2\n", NOW + HOUR), ("", None)])
def test_until_when_the_first_letters_are_watched_is_told(
    tmp_path: Path, canary: str, until: datetime | None
) -> None:
    """Only where the settings still ask for it."""
    site = released_site(tmp_path, canary + SMTP)
    assert seen(site).canary_until is None
    with site.people(NOW) as who:
        editions.set_canary(who.db, edition_id(who), NOW + HOUR)
        who.db.commit()
    assert seen(site).canary_until == until
    assert seen(site, NOW + HOUR).canary_until is None


def die(site: Site, times: int = 1) -> None:
    """A run claims two letters and ends without a word."""
    for _ in range(times):
        with site.people(NOW) as who:
            assert len(claimed(who, 2, NOW)) == 2
            with database.transaction(who.db):
                assert deliveries.free_claims_of(who.db, edition_id(who), "ab12") == 2


def test_letters_of_a_run_that_ended_are_counted_and_named_if_asked_for(site: Site) -> None:
    """Guarantee 4: sent again with the same Message-ID; `status` names them."""
    assert seen(site, repeated=True).repeats == ()
    die(site, times=2)
    finish(site, sent, NOW)
    one = seen(site)
    assert (one.repeated, one.repeating, one.repeats) == (2, 1, ())
    assert seen(site, repeated=True).repeats == (
        Repeat(address=READERS[0], state=SENT, times=2),
        Repeat(address=READERS[1], state=DeliveryState.QUEUED, times=2),
    )


def test_a_file_that_is_written_again_is_no_second_letter(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    die(site)
    one = seen(site, repeated=True)
    assert (one.repeated, one.repeats) == (0, ())


def at_work(site: Site, now: datetime) -> list[str]:
    with site.people(now) as who:
        return [one.id for one in status(who).senders]


def test_who_delivers_at_this_moment_is_told(site: Site) -> None:
    store = site.plan().store
    with (
        senders.presence(store) as other,
        senders.presence(store) as own,
        site.people(NOW) as who,
    ):
        with database.transaction(who.db):
            senders.join(who.db, own, NOW)
            senders.join(who.db, other, NOW - 30 * SECOND)
        assert at_work(site, NOW) == [other, own]
        assert at_work(site, NOW + 40 * SECOND) == [own]
        assert at_work(site, NOW + 2 * MINUTE) == []


def test_who_has_ended_is_not_told_although_its_last_beat_is_fresh(site: Site) -> None:
    """A lock on a file ends with its process."""
    store = site.plan().store
    (store.parent / f"{store.name}.sender-dead.lock").touch(0o600)
    with site.people(NOW) as who, database.transaction(who.db):
        senders.join(who.db, "dead", NOW)
    assert at_work(site, NOW) == []


def test_an_edition_that_left_by_another_transport_says_so(site: Site) -> None:
    """Some have it already by the first one."""
    site.configure(SETTINGS + NEWSLETTER)
    one = seen(site)
    assert one.why == 'it was released with mail.transport = "smtp"; set that again'


JSON = {
    "": {"paused", "editions", "senders", "trouble", "nobody_delivers", "paused_newsletters"},
    "editions": {
        "edition",
        "state",
        "why",
        "subject",
        "not_before",
        "recipients",
        "counts",
        "transport",
        "left",
        "takes",
        "rate",
        "canary_until",
        "causes",
        "holds",
        "repeated",
        "repeating",
        "unserved",
        "repeats",
    },
    "causes": {"state", "reply", "letters", "next"},
    "holds": {"domain", "until", "strikes", "reply"},
    "repeats": {"address", "state", "times"},
    "unserved": {"address", "state", "reply", "tries", "due", "done"},
}


def test_json_names_everything_always_and_the_names_stay(site: Site) -> None:
    """Whoever reads it by a program relies on them."""
    die(site)
    finish(
        site,
        lambda claim: Outcome(claim=claim, state=DEFERRED, reply="450 later", due=NOW + HOUR),
        NOW,
    )
    with site.people(NOW) as who:
        hold = Hold(domain="b.example", until=NOW + HOUR, strikes=1, reply="550 5.7.1 no")
        holds.put(who.db, record(site).id, hold)
        who.db.commit()
        found: dict[str, Any] = json.loads(
            msgspec.json.encode(status(who, failed=True, repeated=True))
        )
    (edition,) = found["editions"]
    assert found.keys() == JSON[""]
    assert edition.keys() == JSON["editions"]
    for name in ("causes", "holds", "repeats", "unserved"):
        assert edition[name], name
        assert all(one.keys() == JSON[name] for one in edition[name])
    assert msgspec.convert(found, Status)


def test_a_relay_that_cannot_be_reached_is_told_until_letters_go(tmp_path: Path) -> None:
    with relay() as found:
        site = released_site(tmp_path, found.settings())
    with site.people(NOW) as who:
        deliver(who, clock=lambda: NOW, max_time=SECOND)
        told = status(who)
        assert told.trouble is not None
        assert told.trouble.at == NOW
        assert f"127.0.0.1:{found.port}" in told.trouble.problem
        assert told.nobody_delivers
    with relay() as found:
        site.configure(SETTINGS + NEWSLETTER + found.settings())
        with site.people(NOW) as who:
            deliver(who, clock=lambda: NOW)
            assert facts.trouble(who.db) is None
            assert status(who).trouble is None


def test_what_keeps_letters_from_leaving_at_all_is_told_too(site: Site) -> None:
    """Here there is no password."""
    remote = (
        '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "mail.example.org"\nusername = "news"\n'
    )
    site.configure(SETTINGS + NEWSLETTER + remote)
    with site.people(NOW) as who:
        with pytest.raises(NewsfeedError) as caught:
            deliver(who, clock=lambda: NOW)
        found = status(who).trouble
        assert found is not None
        assert found.problem == str(caught.value)


def test_what_is_told_of_the_relay_names_no_address(site: Site) -> None:
    with site.people(NOW) as who:
        facts.note_trouble(who.db, "r:25: 550 <ann@example.org>: no. see ann@example.org.", NOW)
        assert facts.trouble(who.db) == ("r:25: 550 <(address)>: no. see (address)", NOW)


def test_after_a_run_was_killed_nobody_delivers(site: Site) -> None:
    with site.people(NOW) as who, senders.presence(who.plan.store) as sender:
        with database.transaction(who.db):
            senders.join(who.db, sender, NOW)
        assert not status(who).nobody_delivers
    with site.people(NOW) as who:
        assert status(who).nobody_delivers
        pause(who, "weekly")
        found = status(who)
        assert not found.nobody_delivers, "the pause is why, and is told"
        assert found.paused_newsletters == ("weekly",)
