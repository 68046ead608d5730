"""The end of a service: nothing new is begun, and what is on its way is finished, or not lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from newsfeed.flows.delivering import deliver
from newsfeed.flows.stopping import Stop
from tests.flows.editions_kit import MONDAY, counts, released_site
from tests.rigs.recording import sink
from tests.service.kit import LIMIT, addresses, due_site, editions, running
from tests.service.test_leading import SMTP


@pytest.mark.timeout(150)
def test_sigterm_during_a_send_finishes_what_is_on_the_wire(tmp_path: Path) -> None:
    """Each letter was answered, so that none goes twice when the next service sends the rest."""
    with sink(tmp_path / "record", slow=0.1) as relay:
        settings = SMTP.format(port=relay.port, connections=4)
        site = due_site(tmp_path, subscribers=200, settings=settings)
        with running(site, "--no-web", name="one") as one:
            one.until(lambda: relay.count() >= 20, "20 letters")
            began = time.monotonic()
            assert one.end() == 0
            assert time.monotonic() - began < LIMIT
            assert "Traceback" not in one.said
        halfway = relay.count()
        assert halfway < 200
        assert editions(site)[0]["state"] == "released"
        with running(site, "--no-web", name="two") as two:
            two.until(lambda: relay.count() >= 200, "the rest", 60)
            two.until(lambda: editions(site)[0]["state"] == "sent", "its end")
            assert two.end() == 0
        assert sorted(one.recipient for one in relay.received()) == sorted(addresses(200))


@pytest.mark.timeout(150)
def test_a_relay_that_says_nothing_does_not_keep_it_beyond_the_limit(tmp_path: Path) -> None:
    """Nobody knows what became of the letters on the wire; they wait, and are not lost."""
    with sink(tmp_path / "record", slow=3600) as relay:
        settings = SMTP.format(port=relay.port, connections=2)
        site = due_site(tmp_path, subscribers=20, settings=settings)
        with running(site, "--no-web") as service:
            service.until(lambda: relay.count() >= 2, "letters on the wire")
            began = time.monotonic()
            service.end()
            assert time.monotonic() - began < LIMIT + 10
        (edition,) = editions(site)
        assert edition["state"] == "released"


@pytest.mark.timeout(150)
@pytest.mark.parametrize("words", [("--no-web",), ()])
def test_it_ends_whichever_of_its_threads_the_signal_finds(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    """The kernel may hand a process's signal to any of its threads (signal(7))."""
    with running(due_site(tmp_path), *words) as service:
        service.hears(" written")
        main = service.process.pid
        threads = {int(one.name) for one in Path(f"/proc/{main}/task").iterdir()} - {main}
        for one in sorted(threads):  # the newest may have ended since
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGTERM)
                break
        assert service.ended(LIMIT) == 0


def test_pages_are_served_until_the_letters_are_out(tmp_path: Path) -> None:
    """Whoever clicks a link meanwhile gets an answer; then the port is closed."""
    import httpx

    with sink(tmp_path / "record", slow=2.0) as relay:
        settings = SMTP.format(port=relay.port, connections=1)
        site = due_site(tmp_path, subscribers=5, settings=settings)
        with running(site) as service:
            url = service.url()
            service.until(lambda: relay.count() >= 1, "a letter on the wire")
            service.process.terminate()
            service.hears("ending")
            assert httpx.get(f"{url}/healthz").status_code == 200
            assert service.ended(LIMIT) == 0


def test_the_outbox_stops_between_letters_and_goes_on_later(tmp_path: Path) -> None:
    """Nobody is left out for a limit that was not reached."""
    site = released_site(tmp_path)
    stop = Stop()
    stop.set()
    with site.people(MONDAY) as who:
        found = deliver(who, clock=lambda: MONDAY, stop=stop)
    assert found == []
    assert site.outbox() == {}
    assert counts(site) == {"queued": 5}
    site.deliver(MONDAY)
    assert len(site.outbox()) == 5


def test_a_wish_is_heard_once_and_also_by_who_comes_late() -> None:
    stop, heard = Stop(), []
    with stop.heard(lambda: heard.append("early")):
        threading.Thread(target=stop.set).start()
        assert stop.wait(20)
    with stop.heard(lambda: heard.append("late")):
        assert heard == ["early", "late"]
    stop.set()
    assert heard == ["early", "late"]
