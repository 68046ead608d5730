"""`newsfeed test` and `newsfeed subscribers confirm --send` over SMTP, as people type them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flows.relay_kit import DROP, Relay, refusing, relay
from tests.kit import NEWSLETTER, SETTINGS, Site

NO_BUTTON = (
    "letters have no one-click button: newsfeed does not sign them. "
    "`newsfeed dkim new` makes a key for that\n"
)
ME, BOB = "me@example.org", "bob@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("one.md", "The first text.", date="2026-01-01")
    return site


def run(site: Site, server: Relay, *words: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    site.configure(SETTINGS + server.settings() + NEWSLETTER)
    done = site.run(*words)
    return done.returncode, done.stdout, done.stderr


def trial(site: Site, server: Relay, *words: str) -> tuple[int, str, str]:
    return run(site, server, "test", "weekly", "--to", ME, "--to", BOB, *words)


def test_a_test_letter_tells_for_each_address_what_the_relay_said(site: Site) -> None:
    with relay() as server:
        status, said, told = trial(site, server)
        assert (status, told) == (0, NO_BUTTON)
        assert said == (
            f"mailed; nothing is recorded:\n  {ME}: 250 2.0.0 taken\n  {BOB}: 250 2.0.0 taken\n"
        )
        assert server.recipients() == [BOB, ME]
        assert site.outbox() == {}


def test_who_is_refused_is_named_and_the_status_is_3(site: Site) -> None:
    with relay(refusing(bob=b"550 5.1.1 no such user")) as server:
        status, said, told = trial(site, server)
        assert (status, told) == (3, f"{NO_BUTTON}{BOB}: refused: 550 5.1.1 no such user\n")
        assert f"  {ME}: 250" in said
        status, said, _ = trial(site, server, "--json")
        assert [(one["address"], one["fate"]) for one in json.loads(said)] == [
            (ME, "taken"),
            (BOB, "refused"),
        ]


def test_where_no_answer_came_it_says_perhaps(site: Site) -> None:
    with relay(lambda verb, _: DROP if verb == "." else None) as server:
        status, said, told = trial(site, server)
    assert (status, said) == (3, "")
    assert told.count("perhaps mailed") == 1


def test_a_relay_that_is_not_there_is_named_once_and_the_status_is_1(site: Site) -> None:
    with relay() as server:
        pass
    status, said, told = trial(site, server)
    assert (status, said, told.count("\n")) == (1, "", 2)
    assert told.removeprefix(NO_BUTTON).startswith(
        f"{ME}, {BOB}: not mailed: 127.0.0.1:{server.port}: "
    )


def test_confirmation_mails_are_sent_and_what_was_not_is_named(site: Site) -> None:
    for address in (ME, BOB):
        site.run("subscribers", "add", address, "weekly")
    words = ("subscribers", "confirm", "--send")
    with relay() as server:
        pass
    status, said, told = run(site, server, *words)
    rest = "2 more can be mailed by another call"
    assert (status, said) == (1, f"0 confirmation mails sent; {rest}\n")
    assert f"127.0.0.1:{server.port}" in told
    with relay(refusing(bob=b"450 later")) as server:
        status, said, told = run(site, server, *words)
        assert (status, told) == (3, f"{BOB}: refused: 450 later\n")
        assert said.startswith("1 confirmation mail sent; ")
    with relay() as server:
        waits = "1 wait for another try, since their mail was put off"
        assert run(site, server, *words) == (0, f"0 confirmation mails sent; {waits}\n", "")
        assert server.recipients() == []


def test_a_further_copy_leaves_and_the_command_ends_whatever_else_has_to_wait(site: Site) -> None:
    site.subscribe("ann@example.org", BOB, now=datetime.now(UTC))
    with relay(refusing(bob=b"450 4.2.0 later")) as server:
        status, _, told = run(site, server, "send", "weekly", "--yes", "--max-time", "2s")
        assert status == 0, told
        edition = json.loads(site.run("editions", "list", "--json").stdout)[0]["edition"]
        began = time.monotonic()
        status, said, told = run(
            site, server, "editions", "resend", edition, "--to", "ann@example.org"
        )
        assert (status, time.monotonic() - began < 30) == (0, True), told
        assert f"{edition}: a further copy for ann@example.org" in said
        assert "1 letter sent, 1 to be tried again" in said
        assert server.recipients() == ["ann@example.org", "ann@example.org"]


def test_where_all_that_is_left_waits_a_line_says_until_when(site: Site) -> None:
    """Where somebody looks at a log, a command that stands still for minutes seems to hang."""
    site.subscribe(BOB, now=datetime.now(UTC))
    with relay(refusing(bob=b"450 4.2.0 later")) as server:
        _, _, told = run(site, server, "send", "weekly", "--yes", "--max-time", "2s")
        assert "waits until" not in told  # it ends, and says so
        edition = json.loads(site.run("editions", "list", "--json").stdout)[0]["edition"]
        words = [sys.executable, "-m", "newsfeed", "retry", edition, "--max-time", "6h"]
        with subprocess.Popen(words, cwd=site.folder, stderr=subprocess.PIPE, text=True) as retry:
            assert retry.stderr
            said = retry.stderr.readline()
            retry.kill()
        assert re.fullmatch(r"1 letter waits until [0-9]{2}:[0-9]{2} KST\n", said)
