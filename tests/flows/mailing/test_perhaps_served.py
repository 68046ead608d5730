"""A letter that may have been taken counts as read, whatever becomes of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.deliver.smtp.parcel import Result
from newsfeed.flows.cancelling import cancel
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.resending import resend
from newsfeed.flows.specials import correction
from newsfeed.model import DeliveryState
from newsfeed.store import database, deliveries, editions
from tests.flows.editions_kit import MONDAY, WEEKLY, places, record
from tests.flows.mailing.desk_kit import Clock, desk_of, lost, smtp_site
from tests.kit import Site

READERS = ("ann@example.org", "bob@example.org", "cyd@example.org")
NEXT = MONDAY + timedelta(days=7)
ENDS = pytest.mark.parametrize("end", ["answer lost", "killed", "under way"])
WAITS = {DeliveryState.QUEUED, DeliveryState.DEFERRED}


def begin_one(site: Site, end: str) -> str:
    """A relay was given one letter, and nobody knows whether it took it; gives to whom."""
    with site.people(MONDAY) as who:
        desk = desk_of(who, Clock(), "one")
        (parcel,) = desk.step([], 1)
        results: list[Result] = [lost(parcel)] if end == "answer lost" else []
        desk.step(results, 0)
        if end == "killed":
            with database.transaction(who.db):
                deliveries.free_claims_of(who.db, record(site).id, "one")
        assert deliveries.counts_of(who.db, record(site).id).keys() <= WAITS
    return parcel.recipient


@ENDS
def test_its_articles_stay_used_when_the_edition_is_cancelled(tmp_path: Path, end: str) -> None:
    """Guarantee 2: no article comes in two editions."""
    site = smtp_site(tmp_path, READERS)
    begin_one(site, end)
    before = places(site)
    with site.people(MONDAY) as who:
        done = cancel(who, WEEKLY)
    assert (done.served, done.freed) == (1, False)
    site.publish(NEXT)
    with site.people(NEXT) as who:
        assert [one.name for one in editions.everything(who.db)] == [WEEKLY]
    assert places(site) == before


@ENDS
def test_a_correction_goes_to_who_may_have_it(tmp_path: Path, end: str) -> None:
    site = smtp_site(tmp_path, READERS)
    to = begin_one(site, end)
    with site.shop(MONDAY) as shop:
        made = correction(shop, WEEKLY, OwnWords(intro="Sorry.", subject="Sorry"))
        edition = editions.find(shop.db, made.edition)
        assert edition
        assert (made.recipients, deliveries.queue(shop.db, edition, MONDAY)) == (1, 1)
        found = shop.db.execute(
            "SELECT address FROM subscriber JOIN delivery ON subscriber_id = subscriber.id"
            " WHERE edition_id = ?",
            (edition.id,),
        )
        assert found.fetchall() == [(to,)]


def test_it_is_not_forgotten_where_the_letter_failed_later_and_was_sent_anew(
    tmp_path: Path,
) -> None:
    site = smtp_site(tmp_path, READERS)
    to = begin_one(site, "answer lost")
    with site.people(MONDAY) as who:
        who.db.execute("UPDATE delivery SET state = 'failed' WHERE retaken > 0")
        who.db.commit()
        resend(who, WEEKLY, parse_address(to))
        assert deliveries.served(who.db, record(site).id) == 1
