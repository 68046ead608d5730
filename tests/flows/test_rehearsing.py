"""The test letter: to the operator's own addresses, and to nobody who gets nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.app import people_of as people_in
from newsfeed.errors import NewsfeedError, StoreError, UsageError
from newsfeed.flows.build import BuildOptions, Workshop, build
from newsfeed.flows.erasing import erase
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.rehearsing import MOST, send_test
from newsfeed.model import SuppressionReason
from newsfeed.store import database, suppression
from tests.flows.people_kit import ANN, BOB, NOW, active, newsletter_site, people_of, person_of
from tests.kit import Site

ME = "me@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = newsletter_site(tmp_path / "site")
    site.post("one.md", "The first text.", date="2026-11-01")
    with site.shop(datetime(2026, 10, 1, tzinfo=UTC)) as shop:
        build(shop, BuildOptions())
    return site


def _send(shop: Workshop, *addresses: str, patience: float = 0) -> list[Path]:
    (weekly,) = (n for n in shop.plan.newsletters if n.name == "weekly")
    found = send_test(shop, people_in(shop), weekly, addresses, patience=patience)
    return [Path(file) for file in found]


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
