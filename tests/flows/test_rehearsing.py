"""The test letter: to the operator's own addresses, and to nobody who gets nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.app import people_of as people_in
from newsfeed.audience.tokens import leave_token
from newsfeed.deliver.dkim import keyfile, record
from newsfeed.errors import NewsfeedError, SettingsError, StoreError, UsageError
from newsfeed.flows.build import BuildOptions, Workshop, build
from newsfeed.flows.checking import check
from newsfeed.flows.deciding import decide_now
from newsfeed.flows.erasing import erase
from newsfeed.flows.letters import missing_button
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.posting import Fate
from newsfeed.flows.rehearsing import MOST, NothingToSendError, Tried, prepare_test, send_test
from newsfeed.model import EditionState, SuppressionReason
from newsfeed.store import database, editions, pace, suppression
from tests.deliver.dkim.kit import verified
from tests.flows.people_kit import ANN, BOB, NOW, active, newsletter_site, people_of, person_of
from tests.flows.relay_kit import Relay, refusing, relay
from tests.kit import Site

ME = "me@example.org"
DKIM = '[[mail.dkim]]\ndomain = "example.org"\nselector = "nf1"\nkey_file = ".newsfeed/dkim.pem"\n'
SMTP = '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "localhost"\nsecurity = "none"\n'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = newsletter_site(tmp_path / "site")
    site.post("one.md", "The first text.", date="2026-11-01")
    with site.shop(datetime(2026, 10, 1, tzinfo=UTC)) as shop:
        build(shop, BuildOptions())
    return site


def _send(shop: Workshop, *addresses: str, patience: float = 0) -> list[Path]:
    (weekly,) = (n for n in shop.plan.newsletters if n.name == "weekly")
    who = people_in(shop)
    trial = prepare_test(shop, who, weekly, addresses)
    return [Path(one.file) for one in send_test(who, trial, patience=patience)]


def _letters(site: Site) -> list[str]:
    return [data.decode().partition("\r\n\r\n")[0] for data in site.outbox().values()]


def test_each_address_gets_one_letter_however_often_it_is_named(site: Site) -> None:
    with site.shop(NOW) as shop:
        files = _send(shop, ME, BOB.address, ME.upper())
    assert len(set(files)) == len(files) == 2
    assert all(file.is_file() for file in files)
    assert len(_letters(site)) == 2


@pytest.mark.parametrize("reason", [r for r in SuppressionReason if r.value != "erased"])
def test_a_suppressed_address_gets_no_test_letter_and_nobody_else_either(
    site: Site, reason: SuppressionReason
) -> None:
    with people_of(site) as people:
        active(people)
        with database.transaction(people.db):
            suppression.suppress(people.db, person_of(people).address_hash, reason, NOW)
    told = f"gets nothing: {reason.value} since 2026-11-20"
    with site.shop(NOW) as shop, pytest.raises(NewsfeedError, match=told):
        _send(shop, ME, ANN.address)
    assert _letters(site) == []


def test_an_erased_address_gets_no_test_letter(site: Site) -> None:
    with people_of(site) as people:
        erase(people, parse_address(ME))
    told = "gets nothing: erased since"
    with site.shop(NOW) as shop, pytest.raises(NewsfeedError, match=told):
        _send(shop, ME)
    assert _letters(site) == []


def test_none_is_written_while_another_run_writes_letters_or_erases(site: Site) -> None:
    with site.shop(NOW) as shop:
        with delivery_lock(shop.plan, 0), pytest.raises(StoreError, match="another newsfeed"):
            _send(shop, ME)
        assert _letters(site) == []
        assert len(_send(shop, ME)) == 1


def test_a_test_letter_goes_to_ten_addresses_at_most(site: Site) -> None:
    with site.shop(NOW) as shop:
        many = [f"me{number}@example.org" for number in range(MOST + 1)]
        with pytest.raises(UsageError, match="10 addresses at most"):
            _send(shop, *many)
        assert len(_send(shop, *many[:MOST])) == MOST


def mailed(
    site: Site, server: Relay, *addresses: str, mail: str = "", smtp: str = ""
) -> list[Tried]:
    """A test letter over a relay, with more for the tables [mail] and [mail.smtp]."""
    usual = (site.folder / "newsfeed.toml").read_text()
    site.configure(server.settings(mail, smtp) + usual)
    with site.shop(NOW) as shop:
        (weekly,) = (n for n in shop.plan.newsletters if n.name == "weekly")
        who = people_in(shop)
        found = send_test(who, prepare_test(shop, who, weekly, addresses or (ME,)), environ={})
    site.configure(usual)
    return found


def test_over_smtp_it_is_mailed_and_told_what_the_relay_said(site: Site) -> None:
    with relay(refusing(bob=b"450 4.2.0 try later")) as server:
        me, bob = mailed(site, server, ME, BOB.address)
        assert (me.address, me.fate, me.file) == (ME, Fate.TAKEN, "")
        assert me.said.startswith("250 2.0.0 taken")
        assert (bob.address, bob.fate, bob.said) == (
            BOB.address,
            Fate.REFUSED,
            "450 4.2.0 try later",
        )
        (mail,) = server.taken
    assert (mail.recipient, mail.parsed["To"]) == (ME, ME)
    assert mail.parsed["Subject"].startswith("[test] ")
    assert _letters(site) == []


def test_nothing_is_recorded_and_no_article_used(site: Site) -> None:
    with relay() as server:
        mailed(site, server)
    with people_of(site) as people:
        assert editions.everything(people.db) == []
        assert editions.used(people.db, "weekly") == {}
        assert people.db.execute("SELECT count(*) FROM delivery").fetchone() == (0,)


@pytest.mark.parametrize(
    ("bounces", "sender"),
    [("", "news@example.org"), ('bounces = "Bounces@example.org"\n', "Bounces@example.org")],
)
def test_the_envelope_sender_is_that_of_bounces_else_from(
    site: Site, bounces: str, sender: str
) -> None:
    with relay() as server:
        mailed(site, server, mail=bounces)
        assert [one.sender for one in server.taken] == [sender]


def test_it_carries_the_signatures_of_real_letters(site: Site) -> None:
    key = keyfile.make(site.folder / ".newsfeed/dkim.pem", "ed25519")
    with relay() as server:
        mailed(site, server, smtp=DKIM)
        (mail,) = server.taken
    published = {"nf1._domainkey.example.org": record.text_of("ed25519", key.public)}
    when = NOW.timestamp()
    assert verified(mail.message, now=when, published=published) == [True]
    assert mail.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("way", ["https", "mailto"])
def test_the_way_to_leave_is_the_real_one(site: Site, way: str) -> None:
    with people_of(site) as people:
        active(people, BOB)
        token = leave_token(people.keys, "weekly", person_of(people, BOB).public_id)
    with relay() as server:
        mailed(site, server, BOB.address, mail=f'unsubscribe = "{way}"\n')
        (mail,) = server.taken
    leads = str(mail.parsed["List-Unsubscribe"])
    assert leads.startswith(f"<{way}:")
    assert token in leads


def test_a_suppressed_address_keeps_the_test_from_everybody(site: Site) -> None:
    with people_of(site) as people:
        erase(people, parse_address(ME))
    with relay() as server, pytest.raises(NewsfeedError, match="gets nothing: erased"):
        mailed(site, server, BOB.address, ME)
    assert server.calls == 0


def test_a_relay_that_is_not_there_is_told(site: Site) -> None:
    with relay() as server:
        pass
    (one,) = mailed(site, server)
    assert one.fate is Fate.UNTRIED
    assert f"127.0.0.1:{server.port}" in one.said


def test_beyond_this_machine_nothing_goes_unless_one_can_leave(site: Site) -> None:
    usual = (site.folder / "newsfeed.toml").read_text()
    usual = usual.replace("[[newsletters]]\n", "[[newsletters]]\ncommercial = false\n")
    smtp = '[server]\nurl = "http://news.example.org"\n[mail]\ntransport = "smtp"\n'
    site.configure(f'{smtp}[mail.smtp]\nhost = "smtp.example.invalid"\n{usual}')
    with site.shop(NOW) as shop:
        who = people_in(shop)
        trial = prepare_test(shop, who, shop.plan.newsletters[0], [ME])
        with pytest.raises(SettingsError, match="nobody could leave"):
            send_test(who, trial, environ={})


def test_the_quotas_of_the_relay_count_it(site: Site) -> None:
    rate = 'rate = ["2/hour"]\nper_domain = ["example.org 5/hour"]\n'
    with relay() as server:
        mailed(site, server, ME, BOB.address, ANN.address, smtp=rate)
    with people_of(site) as people, database.transaction(people.db):
        assert pace.left(people.db, "") == 3
        assert pace.left(people.db, "example.org") == 2
    assert len(server.taken) == 3


def test_the_store_is_free_while_the_relay_works(site: Site) -> None:
    def answer(verb: str, _: str) -> bytes | None:
        if verb in ("RCPT", "."):
            with people_of(site) as people, database.transaction(people.db):
                active_now.append(verb)
        return None

    active_now: list[str] = []
    with relay(answer) as server:
        mailed(site, server)
    assert active_now == ["RCPT", "."]


def test_where_nothing_is_new_it_is_the_letter_of_the_newest_edition(site: Site) -> None:
    later = datetime(2026, 11, 23, 1, tzinfo=UTC)
    with site.shop(later) as shop:
        (weekly,) = (n for n in shop.plan.newsletters if n.name == "weekly")
        assert prepare_test(shop, people_in(shop), weekly, [ME]).edition == ""
        made = decide_now(shop, weekly)
        found = editions.find(shop.db, made.edition)
        assert found
        editions.set_state(shop.db, found.id, EditionState.RELEASED)
        trial = prepare_test(shop, people_in(shop), weekly, [ME])
        assert trial.edition == made.edition
        message = message_from_bytes(trial.messages[0][1], policy=policy.default)
        assert message["Subject"] == "[test] 주간 브리핑: Title of one.md"
        editions.set_state(shop.db, found.id, EditionState.CANCELLED)
        with pytest.raises(NothingToSendError):
            prepare_test(shop, people_in(shop), weekly, [ME])


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("", ""),
        (SMTP, "newsfeed does not sign them"),
        (SMTP + DKIM, ""),
        ('[mail]\nunsubscribe = "mailto"\n', ""),
        ('[server]\nurl = "http://localhost:8000"\n', "their links do not begin with https://"),
    ],
)
def test_it_is_told_why_letters_have_no_one_click_button(
    tmp_path: Path, settings: str, why: str
) -> None:
    site = newsletter_site(tmp_path / "site", settings)
    site.post("one.md", "The first text.", date="2026-11-01")
    with site.shop(NOW) as shop:
        said = missing_button(shop.plan)
        assert why in said
        assert bool(said) == bool(why)
        assert (said in check(shop).notes) == bool(why)
        (message,) = prepare_test(shop, people_in(shop), shop.plan.newsletters[0], [ME]).messages
        assert (b"List-Unsubscribe-Post" in message[1]) == (not why and "mailto" not in settings)
