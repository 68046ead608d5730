"""Confirmation mails by SMTP: nobody gets more of them than they may, whatever happens."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.address import Address, parse_address
from newsfeed.audience.keys import address_hash
from newsfeed.audience.lifecycle import Mailing
from newsfeed.audience.tokens import CONFIRM_WITHIN, read_confirm_token
from newsfeed.deliver.dkim import keyfile, record
from newsfeed.errors import SettingsError, StoreError
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.confirming import pending, send_confirmations
from newsfeed.flows.enrolling import Enrolment, add, reinstate, unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Confirmed, Visitor, confirm
from newsfeed.model import SuppressionReason
from newsfeed.store import confirmations, consents, database, facts, suppression
from tests.deliver.dkim.kit import verified
from tests.flows.people_kit import (
    ANN,
    BOB,
    NOW,
    events_of,
    newsletter_site,
    people_of,
    person_of,
)
from tests.flows.relay_kit import DROP, Answer, Relay, refusing, relay
from tests.kit import Site, plain

DAY = timedelta(days=1)
MANY = tuple(parse_address(f"reader{number}@example.org") for number in range(6))
STAGES = ("MAIL", "RCPT", "DATA", ".")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path / "site")


def ask(site: Site, *addresses: Address, now: datetime = NOW) -> None:
    """These have yet to confirm."""
    with people_of(site, now) as people:
        for address in addresses:
            add(people, address, "weekly", Enrolment())


def mailed(
    site: Site,
    server: Relay,
    now: datetime = NOW,
    *,
    mail: str = "",
    smtp: str = "connections = 1",
    limit: int = 100,
) -> Mailed:
    """`confirm --send` over a relay, with more for the tables [mail] and [mail.smtp]."""
    usual = (site.folder / "newsfeed.toml").read_text()
    site.configure(server.settings(mail, smtp) + usual)
    try:
        with people_of(site, now) as people:
            return send_confirmations(people, limit=limit, clock=lambda: now, environ={})
    finally:
        site.configure(usual)


def counted(site: Site, address: Address = ANN) -> int:
    """How many mails an address got, by the count that outlives it."""
    with people_of(site) as people:
        return consents.mails(people.db, address_hash(people.keys, address.key))[0]


def told(site: Site, address: Address = ANN) -> list[str]:
    """What is on record of somebody."""
    with people_of(site) as people:
        return events_of(people, address)


def why(site: Site, now: datetime = NOW) -> list[Mailing]:
    """Whether those who wait may be mailed."""
    with people_of(site, now) as people:
        return [one.mailing for one in pending(people)]


def link(people: People, message: str) -> str:
    """The token of the link in a confirmation mail."""
    start = f"{people.plan.links_url}/c/weekly/"
    (line,) = (ln for ln in message.splitlines() if ln.startswith(start))
    return line.removeprefix(start)


def test_who_waits_gets_one_mail_whose_link_confirms(site: Site) -> None:
    ask(site, ANN)
    with relay() as server:
        assert mailed(site, server) == Mailed(mailed=1, left=0)
        assert mailed(site, server) == Mailed(mailed=0, left=0)
        (mail,) = server.taken
    assert (mail.sender, mail.recipient) == ("news@example.org", ANN.address)
    assert (mail.parsed["To"], mail.parsed["Auto-Submitted"]) == (ANN.address, "auto-generated")
    with people_of(site) as people:
        (_, asked) = consents.of(people.db, person_of(people).id)
        assert (asked.event, asked.message_id) == ("mailed", mail.parsed["Message-ID"])
        read = " ".join(plain(mail.parsed).split())  # lines end where they are full
        assert consents.wording(people.db, asked.wording) in read
        token = link(people, plain(mail.parsed))
        said = read_confirm_token(people.keys, "weekly", token, people.now)
        assert said
        assert confirm(people, "weekly", said, Visitor(way="link")) is Confirmed.CONFIRMED
        assert not people.plan.outbox.exists()


def test_it_is_signed_and_bounces_go_where_the_settings_say(site: Site) -> None:
    key = keyfile.make(site.folder / ".newsfeed/dkim.pem", "ed25519")
    table = '[[mail.dkim]]\ndomain = "example.org"\nselector = "nf1"\n'
    ask(site, ANN)
    with relay() as server:
        mailed(site, server, mail='bounces = "bounces@example.org"', smtp=table)
        (mail,) = server.taken
    published = {"nf1._domainkey.example.org": record.text_of("ed25519", key.public)}
    assert verified(mail.message, now=NOW.timestamp(), published=published) == [True]
    assert mail.sender == "bounces@example.org"


@pytest.mark.parametrize(
    "reply", [b"450 4.2.0 later", b"421 4.3.2 busy", b"550 5.7.1 policy", b"552 5.2.2 full"]
)
def test_what_was_refused_for_now_is_no_mail_and_is_tried_again_later(
    site: Site, reply: bytes
) -> None:
    ask(site, ANN, BOB)
    with relay(refusing(**{"Ann.Lee": reply})) as server:
        done = mailed(site, server)
    assert (done.mailed, done.left, done.unanswered) == (1, 1, ())
    assert [(one.address, one.why[:3]) for one in done.refused] == [
        (ANN.address, reply[:3].decode())
    ]
    assert (counted(site), told(site), why(site)[0]) == (0, ["requested"], Mailing.PUT_OFF)
    later = NOW + timedelta(minutes=15)
    assert why(site, later)[0] is Mailing.MAY
    with relay() as server:
        assert mailed(site, server) == Mailed(mailed=0, left=0, waiting=1)
        assert mailed(site, server, later).mailed == 1
    assert (counted(site), told(site)) == (1, ["requested", "mailed"])


def test_who_is_put_off_waits_longer_each_time_and_keeps_nobody_back(site: Site) -> None:
    ask(site, *MANY)
    ask(site, ANN, now=NOW + timedelta(seconds=5))
    tried: list[int] = []

    def full(verb: str, recipient: str) -> bytes | None:
        is_full = verb == "RCPT" and recipient.startswith("reader")
        return b"452 4.2.2 mailbox full" if is_full else None

    with relay(full) as server:
        for minute in range(0, 24 * 60, 5):
            done = mailed(site, server, NOW + timedelta(minutes=minute), limit=len(MANY))
            if done.refused:
                tried.append(minute)
                assert len(done.refused) == len(MANY)
            if minute == 5:
                assert server.recipients() == [ANN.address]
    assert tried == [0, 15, 45, 105, 225, 465, 705, 945, 1185, 1425]
    assert counted(site, MANY[0]) == 0


def test_who_is_put_off_for_days_is_tried_once_a_day_and_a_mail_that_leaves_ends_it(
    site: Site,
) -> None:
    ask(site, ANN)
    with people_of(site) as people, database.transaction(people.db):
        confirmations.put_off(people.db, person_of(people).id, NOW, 15)
    with relay(refusing(**{"Ann.Lee": b"450 later"})) as server:
        assert len(mailed(site, server).refused) == 1
        assert mailed(site, server, NOW + DAY - timedelta(seconds=1)).waiting == 1
    with relay() as server:
        assert mailed(site, server, NOW + DAY).mailed == 1
    with people_of(site) as people:
        assert confirmations.tries(people.db, person_of(people).id) == 0


def test_who_a_domains_quota_keeps_back_stands_in_line_behind_it_and_in_nobody_elses_way(
    site: Site,
) -> None:
    ask(site, *MANY)
    ask(site, ANN, now=NOW + timedelta(seconds=5))
    slow = 'per_domain = ["example.org 1/hour"]'
    with relay() as server:
        assert mailed(site, server, smtp=slow, limit=len(MANY)).mailed == 1
        assert mailed(site, server, smtp=slow, limit=len(MANY)).mailed == 1
        assert ANN.address in server.recipients()
        for half in range(1, 20):
            later = NOW + timedelta(minutes=31 * half)
            assert mailed(site, server, later, smtp=slow).mailed <= 1
        assert len(server.recipients()) == len(MANY) + 1


def test_taking_back_leaves_what_the_address_got_before(site: Site) -> None:
    ask(site, ANN)
    with relay() as server:
        mailed(site, server)
    later = NOW + CONFIRM_WITHIN + DAY
    with relay(refusing(**{"Ann.Lee": b"450 later"})) as server:
        assert mailed(site, server, later).mailed == 0
    with people_of(site) as people:
        number = person_of(people).address_hash
        assert consents.mails(people.db, number) == (1, NOW)
    assert told(site) == ["requested", "mailed"]
    assert why(site, later + timedelta(minutes=15)) == [Mailing.RAN_OUT]


def test_an_address_that_does_not_exist_is_suppressed(site: Site) -> None:
    ask(site, ANN)
    with relay(refusing(**{"Ann.Lee": b"550 5.1.1 no such user"})) as server:
        done = mailed(site, server)
        assert (done.mailed, done.left, len(done.refused)) == (0, 0, 1)
        assert mailed(site, server, NOW + 9 * DAY).refused == ()
    with people_of(site) as people:
        reason = suppression.reason(people.db, person_of(people).address_hash)
        assert reason == (SuppressionReason.BOUNCED, NOW)
        reinstate(people, ANN)
    assert told(site)[:2] == ["requested", "reinstated"]
    with relay() as server:
        assert mailed(site, server).mailed == 1


def test_what_is_refused_for_good_counts_as_a_try_and_is_not_on_record(site: Site) -> None:
    ask(site, ANN)
    with relay(refusing(**{"Ann.Lee": b"550 no"})) as server:
        for turn in range(5):
            done = mailed(site, server, NOW + turn * DAY)
            assert len(done.refused) == (turn < 3)
            assert mailed(site, server, NOW + turn * DAY) == Mailed(mailed=0, left=0)
    assert (counted(site), told(site)) == (3, ["requested"])


def test_where_no_answer_came_it_counts_as_a_mail(site: Site) -> None:
    ask(site, ANN)
    with relay(lambda verb, _: DROP if verb == "." else None) as server:
        done = mailed(site, server)
    assert (done.mailed, done.unanswered, done.refused) == (0, (ANN.address,), ())
    assert (counted(site), told(site), why(site)) == (1, ["requested", "mailed"], [Mailing.ASKED])
    assert why(site, NOW + CONFIRM_WITHIN + DAY) == [Mailing.RAN_OUT]


def test_a_relay_that_is_not_there_costs_nobody_a_mail(site: Site) -> None:
    ask(site, ANN, BOB)
    with relay() as server:
        pass
    done = mailed(site, server)
    assert (done.mailed, done.left, done.refused, done.unanswered) == (0, 2, (), ())
    assert f"127.0.0.1:{server.port}" in done.trouble
    assert (counted(site), told(site)) == (0, ["requested"])


def killed_at(stage: str, process: list[subprocess.Popen[bytes]], seen: Counter[str]) -> Answer:
    """Kills the process as soon as the relay has heard something."""

    def answer(verb: str, recipient: str) -> bytes | None:
        seen[verb] += 1
        if verb == stage:
            process[0].kill()
            return DROP
        return None

    return answer


@pytest.mark.parametrize("stage", ["CONNECT", *STAGES])
def test_whoever_is_killed_leaves_nobody_with_more_than_one_mail__s_08(
    site: Site, stage: str
) -> None:
    ask(site, *MANY, now=datetime.now(UTC))
    process: list[subprocess.Popen[bytes]] = []
    seen: Counter[str] = Counter()
    with relay(killed_at(stage, process, seen)) as server:
        usual = (site.folder / "newsfeed.toml").read_text()
        site.configure(server.settings(smtp="connections = 1") + usual)
        words = [sys.executable, "-m", "newsfeed", "subscribers", "confirm", "--send"]
        process.append(subprocess.Popen(words, cwd=site.folder, stdout=subprocess.DEVNULL))
        assert process[0].wait(60) == -signal.SIGKILL
        site.configure(usual)
        bodies = seen["."]
    with relay() as server:
        left = mailed(site, server, datetime.now(UTC)).mailed
        heard = [one.recipient for one in server.taken]
    assert len(heard) == len(set(heard)) == left
    # Whose envelope was sent, or about to be, counts as mailed: two at most, with one connection.
    assert len(MANY) - 2 <= left <= len(MANY) - bodies
    assert all(counted(site, one) == 1 for one in MANY)


def test_while_a_mail_is_on_its_way_no_other_process_sends_it(site: Site) -> None:
    ask(site, ANN)
    seen: list[int] = []

    def answer(verb: str, _: str) -> bytes | None:
        if verb in STAGES:
            with people_of(site) as people:
                seen.append(send_confirmations(people).mailed)
        return None

    with relay(answer) as server:
        assert mailed(site, server).mailed == 1
    assert seen == [0] * len(STAGES)


def leaves(people: People, address: Address) -> None:
    unsubscribe(people, address)


def is_erased(people: People, address: Address) -> None:
    erase(people, address, patience=0)


def is_suppressed(people: People, address: Address) -> None:
    with database.transaction(people.db):
        number = person_of(people, address).address_hash
        suppression.suppress(people.db, number, SuppressionReason.BLOCKED, NOW)


@pytest.mark.parametrize("action", [leaves, is_erased, is_suppressed])
def test_whoever_leaves_meanwhile_gets_nothing(
    site: Site, action: Callable[[People, Address], None]
) -> None:
    ask(site, *MANY)
    done: list[str] = []

    def answer(verb: str, _: str) -> bytes | None:
        if verb == "." and not done:
            done.append(verb)
            with people_of(site) as people:
                action(people, MANY[-1])
        return None

    with relay(answer) as server:
        assert mailed(site, server) == Mailed(mailed=len(MANY) - 1, left=0)
        assert MANY[-1].address not in server.recipients()
    assert counted(site, MANY[-1]) == 0


def test_a_store_that_is_paused_meanwhile_sends_no_more(site: Site) -> None:
    ask(site, *MANY)

    def answer(verb: str, _: str) -> bytes | None:
        if verb == ".":
            with people_of(site) as people, database.transaction(people.db):
                facts.pause(people.db, "by hand")
        return None

    with relay(answer) as server:
        done = mailed(site, server)
        assert 0 < done.mailed <= 2
        assert done.mailed + done.left == len(MANY)
        with pytest.raises(StoreError, match="by hand"):
            mailed(site, server)


def test_no_transaction_is_open_while_the_relay_works(site: Site) -> None:
    ask(site, ANN)
    free: list[str] = []

    def answer(verb: str, _: str) -> bytes | None:
        with people_of(site) as people, database.transaction(people.db):
            free.append(verb)
        return None

    with relay(answer) as server:
        assert mailed(site, server).mailed == 1
    assert {"CONNECT", *STAGES} <= set(free)


def test_what_the_quota_does_not_allow_now_is_left_for_the_next_call(site: Site) -> None:
    ask(site, *MANY, ANN)
    rate = 'rate = ["4/hour"]'
    with relay() as server:
        assert mailed(site, server, smtp=rate) == Mailed(mailed=4, left=3)
        assert mailed(site, server, NOW + timedelta(minutes=50), smtp=rate).mailed == 0
        assert mailed(site, server, NOW + timedelta(minutes=61), smtp=rate).left == 0
        assert len(server.taken) == len(MANY) + 1
    assert all(told(site, one) == ["requested", "mailed"] for one in (*MANY, ANN))


def test_the_quota_of_a_domain_keeps_no_other_back(site: Site) -> None:
    ask(site, *MANY, ANN)
    with relay() as server:
        done = mailed(site, server, smtp='per_domain = ["example.org 2/hour"]')
        assert (done.mailed, done.left) == (3, len(MANY) - 2)
        assert ANN.address in server.recipients()


def test_the_limit_holds_and_the_rest_is_told(site: Site) -> None:
    ask(site, *MANY)
    with relay() as server:
        assert mailed(site, server, limit=2) == Mailed(mailed=2, left=len(MANY) - 2)
        assert len(server.taken) == 2


@pytest.mark.parametrize(
    ("stage", "reply"), [("MAIL", b"550 5.1.8 bad sender"), ("RCPT", b"530 5.7.0 log in first")]
)
def test_where_the_relay_refuses_us_no_more_are_tried(site: Site, stage: str, reply: bytes) -> None:
    ask(site, *MANY)
    seen: Counter[str] = Counter()

    def answer(verb: str, _: str) -> bytes | None:
        seen[verb] += 1
        return reply if verb == stage else None

    with relay(answer) as server:
        done = mailed(site, server)
    assert (done.mailed, done.left) == (0, len(MANY))
    assert reply[:3].decode() in done.trouble
    assert seen[stage] <= 2
    assert all(told(site, one) == ["requested"] for one in MANY)


def test_a_domain_that_refuses_us_is_not_asked_again_and_three_end_it(site: Site) -> None:
    addresses = [
        parse_address(f"reader{number}@example{domain}.org")
        for domain in range(5)
        for number in range(4)
    ]
    ask(site, *addresses)
    refused: list[str] = []

    def answer(verb: str, recipient: str) -> bytes | None:
        if verb == "RCPT":
            refused.append(recipient)
            return b"550 5.7.1 not from you"
        return None

    with relay(answer) as server:
        done = mailed(site, server)
    assert "550 5.7.1" in done.trouble
    assert len(refused) <= 6
    assert (done.mailed, done.left) == (0, len(addresses))


def test_beyond_this_machine_nothing_goes_unless_one_can_leave(site: Site) -> None:
    ask(site, ANN)
    smtp = '[server]\nurl = "http://news.example.org"\n[mail]\ntransport = "smtp"\n'
    usual = (site.folder / "newsfeed.toml").read_text()
    site.configure(f'{smtp}[mail.smtp]\nhost = "smtp.example.invalid"\n{usual}')
    with people_of(site) as people, pytest.raises(SettingsError, match="nobody could leave"):
        send_confirmations(people, environ={})
    assert told(site) == ["requested"]


def test_a_key_that_cannot_be_used_stops_it_before_anything_is_counted(site: Site) -> None:
    ask(site, ANN)
    table = '[[mail.dkim]]\ndomain = "example.com"\nselector = "nf1"\n'
    with relay() as server, pytest.raises(SettingsError, match="DKIM"):
        mailed(site, server, smtp=table)
    assert (told(site), server.calls) == (["requested"], 0)
