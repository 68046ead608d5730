"""Editions that are taken back: cancelled, or made ready again after a rehearsal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.flows.approving import pause_edition
from newsfeed.flows.cancelling import cancel, reset
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.naming import RefusedError
from newsfeed.flows.resending import resend
from newsfeed.flows.specials import correction
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries, editions
from tests.flows.editions_kit import (
    LATER,
    MANUAL,
    MONDAY,
    READERS,
    WEEKLY,
    counts,
    during_delivery,
    letters,
    places,
    record,
    released_site,
    send_now,
    weekly_site,
)
from tests.kit import Site

PAGE = "editions/weekly/2026-11-23/index.html"
NEXT = MONDAY + timedelta(days=7)


def cancel_now(site: Site, *, keep_articles: bool = False) -> bool:
    """`newsfeed editions cancel --yes`; tells whether the articles are new again."""
    with site.people(LATER) as who:
        return cancel(who, WEEKLY, keep_articles=keep_articles).freed


@pytest.mark.parametrize("more", ["", MANUAL])
def test_articles_of_a_cancelled_edition_are_in_the_next(tmp_path: Path, more: str) -> None:
    site = released_site(tmp_path, more)
    before = places(site)
    assert cancel_now(site)
    assert record(site).state is EditionState.CANCELLED
    assert letters(site) == {}
    site.publish(NEXT)
    assert places(site, "weekly/2026-11-30") == before


def test_articles_stay_used_where_that_is_asked_for(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    assert not cancel_now(site, keep_articles=True)
    site.publish(NEXT)
    with site.people(NEXT) as who:
        assert [one.name for one in editions.everything(who.db)] == [WEEKLY]


def test_a_newsletter_whose_first_digest_is_cancelled_begins_anew(tmp_path: Path) -> None:
    """Also an undated article, which only a first digest takes, and what was before its time."""
    site = weekly_site(tmp_path, "max_items = 2\n")
    site.post("undated.md")
    site.post("old.md", date="2026-01-01")
    site.publish(MONDAY)
    before = places(site)
    assert cancel_now(site)
    site.publish(NEXT)
    assert places(site, "weekly/2026-11-30") == before


def test_articles_that_somebody_read_stay_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = released_site(tmp_path)

    def pause_it() -> None:
        with site.people(LATER) as other:
            pause_edition(other, WEEKLY)

    with during_delivery(monkeypatch, pause_it):
        site.deliver(MONDAY)
    with site.people(LATER) as who:
        done = cancel(who, WEEKLY)
    assert (done.served, done.dropped, done.freed) == (2, 3, False)
    assert len(places(site)) == 2
    assert counts(site) == {DeliveryState.SENT: 2, DeliveryState.DROPPED: 3}
    site.publish(LATER)
    assert (site.output / PAGE).is_file(), "letters that were sent link to it"


def test_a_letter_that_is_being_written_counts_as_read_and_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds letters when the edition is cancelled tells the ledger what became of them."""
    site = released_site(tmp_path)
    freed = []
    with during_delivery(monkeypatch, lambda: freed.append(cancel_now(site))):
        site.deliver(MONDAY)
    assert freed == [False]
    assert len(letters(site)) == 2
    assert counts(site) == {DeliveryState.SENT: 2, DeliveryState.DROPPED: 3}
    assert record(site).state is EditionState.CANCELLED


def test_what_a_dead_delivery_held_is_dropped_and_counts_as_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells the ledger any more what became of it: it does not wait for ever."""
    site = released_site(tmp_path)

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(deliveries, "finish", die)
        site.deliver(MONDAY)
    with site.people(LATER) as who:
        done = cancel(who, WEEKLY)
    assert (done.served, done.dropped, done.freed) == (5, 5, False)
    assert counts(site) == {DeliveryState.DROPPED: 5}
    assert site.deliver(LATER) == []


def test_what_was_sent_cannot_be_called_back(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(LATER)
    with pytest.raises(RefusedError, match="is sent: letters cannot be called back"):
        cancel_now(site)


def test_cancelling_a_further_copy_leaves_the_edition_sent(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(LATER)
    with site.people(LATER) as who:
        resend(who, WEEKLY, parse_address(READERS[0]))
    assert not cancel_now(site)
    assert record(site).state is EditionState.SENT
    assert len(places(site)) == 2
    with site.shop(LATER) as shop:
        made = correction(shop, WEEKLY, OwnWords(intro="x", subject="y"))
    assert made.recipients == len(READERS)


def test_the_web_copy_goes_where_nobody_got_a_letter(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    assert (site.output / PAGE).is_file()
    cancel_now(site)
    site.publish(LATER)
    assert not (site.output / PAGE).exists()


def test_cancelling_twice_is_told(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    cancel_now(site)
    with pytest.raises(RefusedError, match="is cancelled: there is nothing left to cancel"):
        cancel_now(site)


def test_a_rehearsal_is_taken_back_as_if_nothing_had_been_released(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(LATER)
    ids = {to: one["Message-ID"] for to, one in letters(site).items()}
    with site.people(LATER) as who:
        done = reset(who, WEEKLY)
    assert (done.state, done.letters) == (EditionState.READY, 5)
    assert not (site.folder / ".newsfeed/outbox" / WEEKLY).exists()
    again = record(site)
    assert (again.transport, again.released, again.finished) == ("", None, None)
    site.subscribe("late@example.org", now=LATER)
    send_now(site, LATER)
    assert sorted(letters(site)) == sorted([*READERS, "late@example.org"])
    assert {to: letters(site)[to]["Message-ID"] for to in ids} == ids


def test_after_a_rehearsal_approval_is_asked_for_again(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(LATER)
    site.configure((site.folder / "newsfeed.toml").read_text() + MANUAL)
    with site.people(LATER) as who:
        assert reset(who, WEEKLY).state is EditionState.HELD


def test_what_left_by_another_transport_was_no_rehearsal(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    number = record(site).id
    with site.people(LATER) as who:
        with database.transaction(who.db):
            editions.set_released(who.db, number, MONDAY, "smtp")
        with pytest.raises(RefusedError, match="it left by smtp"):
            reset(who, WEEKLY)
    assert sum(counts(site).values()) == 5


@pytest.mark.parametrize("more", ["", MANUAL])
def test_what_was_not_released_has_nothing_to_take_back(tmp_path: Path, more: str) -> None:
    site = released_site(tmp_path, more)
    with site.people(LATER) as who:
        if not more:
            reset(who, WEEKLY)
        with pytest.raises(RefusedError, match="there is nothing to take back"):
            reset(who, WEEKLY)


def test_a_cancelled_edition_is_not_brought_back_by_a_reset(tmp_path: Path) -> None:
    """Its articles may be in another one by now."""
    site = released_site(tmp_path)
    cancel_now(site)
    with site.people(LATER) as who, pytest.raises(RefusedError, match="is cancelled"):
        reset(who, WEEKLY)


def test_nothing_is_taken_back_while_letters_are_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsfeed.flows.cancelling._PATIENCE", 0)
    site = released_site(tmp_path)
    with (
        delivery_lock(site.plan(), 0),
        site.people(LATER) as who,
        pytest.raises(RefusedError, match=r"being delivered right now.*editions pause"),
    ):
        reset(who, WEEKLY)
    assert sum(counts(site).values()) == 5


def test_a_reset_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = released_site(tmp_path)
    site.deliver(LATER)

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(deliveries, "delete", die)
        with site.people(LATER) as who:
            reset(who, WEEKLY)
    assert record(site).state is EditionState.SENT
    with site.people(LATER) as who:
        assert reset(who, WEEKLY).letters == 5
