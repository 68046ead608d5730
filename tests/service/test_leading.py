"""Any number of services on one store: one leads, and a death loses and doubles nothing."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.kit import Site
from tests.rigs.recording import sink
from tests.rigs.servers import until
from tests.service.kit import PATIENCE, Running, addresses, due_site, editions, running

CONNECTIONS = 4
SOON = 20.0
"""Seconds: it is asked for every five, on a machine that may do other things too."""

SMTP = """\
[server]
url = "http://127.0.0.1:8000"
[mail]
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
"""


@contextmanager
def three(site: Site) -> Iterator[list[Running]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(running(site, "--no-web", name=f"run{number}"))
            for number in range(3)
        ]


def _leader(services: list[Running]) -> Running:
    def leaders() -> list[Running]:
        return [one for one in services if one.runs and one.leads]

    until(leaders, "a leader", PATIENCE)
    (found,) = leaders()
    return found


@pytest.mark.timeout(150)
def test_one_leads_and_another_takes_over_when_it_is_killed(tmp_path: Path) -> None:
    """Both write what is theirs to write: the one edition that is due, and then a new article."""
    site = due_site(tmp_path, subscribers=30)
    with three(site) as services:
        for one in services:
            one.hears("Ctrl-C ends it")
        first = _leader(services)
        first.hears("30 letters sent")
        others = [one for one in services if one is not first]
        assert not any(one.leads for one in others)
        letters = site.outbox()
        first.process.kill()
        killed = time.monotonic()
        second = _leader(others)
        assert time.monotonic() - killed < SOON
        site.post("two.md", "The second text.", date="2026-11-02")
        second.until(lambda: len(site.titles()) == 2, "the new article")
        (follower,) = [one for one in others if one is not second]
        assert not follower.leads
        assert [one.end() for one in (second, follower)] == [0, 0]
    assert site.outbox() == letters
    assert len(letters) == 30
    (edition,) = editions(site)
    assert edition["state"] == "sent"


@pytest.mark.timeout(150)
def test_who_ends_in_peace_hands_the_lead_over(tmp_path: Path) -> None:
    site = due_site(tmp_path)
    with running(site, "--no-web", name="one") as one:
        one.hears(" written")
        with running(site, "--no-web", name="two") as two:
            two.hears("another process leads; this one takes over when it ends")
            assert one.end() == 0
            two.hears("this process leads now", SOON)
            assert two.end() == 0


@pytest.mark.timeout(150)
def test_a_leader_that_is_killed_in_the_middle_of_an_edition_loses_no_letter(
    tmp_path: Path,
) -> None:
    """The next one sends the rest; only what was on the wire goes twice, and as the same message
    (guarantee 4).
    """
    with sink(tmp_path / "record", slow=0.05) as relay:
        settings = SMTP.format(port=relay.port, connections=CONNECTIONS)
        site = due_site(tmp_path, subscribers=400, settings=settings)
        with three(site) as services:
            first = _leader(services)
            first.until(lambda: relay.count() >= 60, "60 letters")
            first.process.kill()
            first.process.wait()
            assert relay.count() < 400
            second = _leader([one for one in services if one is not first])
            second.until(lambda: editions(site)[0]["state"] == "sent", "the rest", 60)
        took = relay.received()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for letter in took:
        found[letter.recipient].append(letter.message_id)
    assert sorted(found) == sorted(addresses(400))
    assert len(took) - len(found) <= CONNECTIONS
    assert all(len(set(ids)) == 1 for ids in found.values())
