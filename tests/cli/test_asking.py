"""Before letters leave by SMTP, somebody at a terminal types how many there are."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsfeed.flows.build import BuildOptions
from newsfeed.flows.deciding import decide_now
from newsfeed.flows.departing import UNCONFIRMED, hold_departures, let_go
from newsfeed.flows.publishing import publish
from newsfeed.flows.releasing import release_ready
from newsfeed.model import EditionState as State
from newsfeed.store import database, editions
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

READERS = tuple(f"reader{number}@example.org" for number in range(12))
SMTP = """\
[mail]
transport = "smtp"
[mail.smtp]
host = "smtp.example.org"
rate = ["5/hour"]
"""
QUESTION = "Type 12 to send it"

# What a command does that asks: hold, ask, and tell what is held.
CHILD = """
import sys
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.asking import answered, held_lines, must_ask
from newsfeed.errors import NewsfeedError
from newsfeed.flows.departing import hold_departures
from tests.kit import NOW

plan = make_plan(open_project(Path("newsfeed.toml")))
try:
    asks = must_ask(plan, yes="--yes" in sys.argv)
except NewsfeedError as error:
    sys.exit(str(error))
print("asks" if asks else "does not ask", flush=True)
if asks:
    with people(plan, NOW) as who:
        try:
            held = answered(plan, who.db, hold_departures(plan, who.db, NOW))
        except click.Abort:
            print("stopped")
            sys.exit(130)
        print("answered")
        print(*held_lines(held), sep="\\n")
"""


def site_with(folder: Path, more: str = SMTP) -> Site:
    """A site whose edition is ready, for twelve readers."""
    site = Site(folder, SETTINGS + more + NEWSLETTER)
    site.post("one.md", "Text.", date="2026-01-01")
    site.subscribe(*READERS)
    with site.shop() as shop:
        decide_now(shop, shop.plan.newsletters[0])
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_with(tmp_path / "site")


@contextmanager
def child(site: Site, *words: str, stdin: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """The command, standing in the site's folder."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, *words],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def typed(site: Site, *lines: bytes) -> tuple[str, str, int]:
    """What the command says where this is typed on a terminal: stdout, stderr, exit status."""
    ours, theirs = pty.openpty()
    try:
        for line in lines:
            os.write(ours, line)
        with child(site, stdin=theirs) as process:
            said, asked = process.communicate(timeout=30)
            return said, asked, process.returncode
    finally:
        os.close(theirs)
        os.close(ours)


def states(site: Site) -> list[tuple[State, str]]:
    """State and reason of each edition, the oldest first."""
    with site.people() as who:
        return [(one.state, one.why) for one in reversed(editions.everything(who.db))]


def test_whoever_types_the_number_lets_it_go(site: Site) -> None:
    said, asked, status = typed(site, b"12\n")
    assert (said.split(), status) == (["asks", "answered"], 0)
    assert states(site) == [(State.READY, "")]
    assert QUESTION in asked


def test_it_is_shown_what_would_leave_to_how_many_by_which_way_and_how_long(site: Site) -> None:
    _, asked, _ = typed(site, b"\n")
    note, *lines = asked.splitlines()
    assert note.startswith("letters have no one-click button: newsfeed does not sign them. ")
    assert lines[0].endswith(": 주간 브리핑: Title of one.md")
    assert lines[0].startswith("weekly/2026-")
    assert lines[1] == "  to 12 subscribers by smtp.example.org:587, at least 2:00:00 by the quota"
    assert lines[2].startswith(QUESTION)


def test_a_canary_is_shown_where_there_is_one(tmp_path: Path) -> None:
    site = site_with(tmp_path / "site", SMTP)
    text = (site.folder / "newsfeed.toml").read_text()
    site.configure(text.replace('name = "weekly"', 'name = "weekly"\ncanary = 3'))
    assert "  3 letters first, and the others 15m later" in typed(site, b"12\n")[1]
    site.configure(text.replace('name = "weekly"', 'name = "weekly"\ncanary = 12'))
    assert "letters first" not in typed(site, b"12\n")[1]


@pytest.mark.parametrize(
    "line", [b"\n", b"yes\n", b"13\n", b"1 2\n", b"-12\n", "１２\n".encode(), b"\xff12\n", b"\x04"]
)
def test_anything_else_holds_it_and_tells_how_to_let_it_go(site: Site, line: bytes) -> None:
    said, _, status = typed(site, line)
    assert (states(site), status) == ([(State.HELD, UNCONFIRMED)], 0)
    assert "`newsfeed editions approve weekly/2026-" in said
    assert "`newsfeed editions cancel weekly/2026-" in said


def test_a_number_with_commas_is_that_number(site: Site) -> None:
    typed(site, b" 1,2 \n")
    assert states(site) == [(State.READY, "")]


def test_one_can_be_sent_and_another_held(site: Site) -> None:
    site.post("two.md", "Text.", date="2026-01-02")
    with site.shop() as shop:
        decide_now(shop, shop.plan.newsletters[0])
    typed(site, b"12\n", b"no\n")
    assert states(site) == [(State.READY, ""), (State.HELD, UNCONFIRMED)]


def test_ctrl_c_holds_all_and_names_them(site: Site) -> None:
    site.post("two.md", "Text.", date="2026-01-02")
    with site.shop() as shop:
        decide_now(shop, shop.plan.newsletters[0])
    ours, theirs = pty.openpty()
    os.write(ours, b"12\n")
    with child(site, stdin=theirs) as process:
        assert process.stderr
        seen = ""
        while seen.count(QUESTION) < 2:
            seen += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        said, rest = process.communicate(timeout=30)
    os.close(theirs)
    os.close(ours)
    assert (process.returncode, said.split()) == (130, ["asks", "stopped"])
    assert rest.count("not sent, and held") == 2
    assert states(site) == [(State.HELD, UNCONFIRMED)] * 2


def test_while_somebody_thinks_no_other_run_sends_it_and_none_waits(site: Site) -> None:
    ours, theirs = pty.openpty()
    with child(site, stdin=theirs) as process:
        assert process.stderr
        seen = ""
        while QUESTION not in seen:
            seen += process.stderr.read(1)
        with site.shop() as shop:
            assert publish(shop, BuildOptions()).released == ()
        with site.people() as who, database.transaction(who.db):
            editions.touch(who.db)
        os.write(ours, b"12\n")
        process.communicate(timeout=30)
    os.close(theirs)
    os.close(ours)
    assert states(site) == [(State.READY, "")]


def test_whoever_is_killed_while_somebody_thinks_leaves_it_held(site: Site) -> None:
    ours, theirs = pty.openpty()
    with child(site, stdin=theirs) as process:
        assert process.stderr
        process.stderr.read(1)
    os.close(theirs)
    os.close(ours)
    assert states(site) == [(State.HELD, UNCONFIRMED)]


def test_without_a_terminal_yes_has_to_be_said_before_anything_is_done(site: Site) -> None:
    with child(site) as process:
        said, told = process.communicate(timeout=30)
    assert (said, process.returncode) == ("", 1)
    assert "say --yes" in told
    assert states(site) == [(State.READY, "")]
    with child(site, "--yes") as process:
        assert process.communicate(timeout=30) == ("does not ask\n", "")


def test_files_are_written_without_a_question(tmp_path: Path) -> None:
    with child(site_with(tmp_path / "site", "")) as process:
        assert process.communicate(timeout=30) == ("does not ask\n", "")


def test_what_goes_to_nobody_is_not_asked_about(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + SMTP + NEWSLETTER)
    site.post("one.md", "Text.", date="2026-01-01")
    with site.shop() as shop:
        decide_now(shop, shop.plan.newsletters[0])
        assert hold_departures(shop.plan, shop.db, NOW) == ()
    assert states(site) == [(State.READY, "")]


def test_only_what_was_held_to_ask_is_let_go(site: Site) -> None:
    with site.people() as who:
        (one,) = editions.everything(who.db)
        for state, why in ((State.HELD, ""), (State.CANCELLED, "")):
            with database.transaction(who.db):
                editions.set_state(who.db, one.id, state, why)
            let_go(who.db, [one.name])
            assert editions.get(who.db, one.id).state is state


def test_a_dry_run_tells_of_an_edition_that_is_ready_what_the_question_would(
    tmp_path: Path,
) -> None:
    site = site_with(tmp_path / "site")
    text = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
    site.configure(text + 'canary = 3\ncanary_wait = "20m"\n')
    told = site.run("send", "--dry-run").stdout.splitlines()
    assert told[0].endswith(": would be delivered to 12 subscribers")
    assert told[1:3] == ["  주간 브리핑: Title of one.md", "  - Title of one.md"]
    assert told[3].endswith(" MB in all, at least 2:00:00 by the quota")
    assert told[4] == "  3 letters first, and the others 20m later"


def test_an_edition_that_is_held_or_paused_is_told_where_nothing_is_due(site: Site) -> None:
    with site.people() as who:
        (one,) = editions.everything(who.db)
        editions.set_state(who.db, one.id, State.HELD)
        who.db.commit()
    waits = f"{one.name}: waits for approval: `newsfeed editions approve {one.name}`"
    assert waits in site.run("send", "--yes").stdout.splitlines()
    assert waits in site.run("publish").stdout.splitlines()
    with site.people() as who:
        editions.set_state(who.db, one.id, State.READY)
        who.db.commit()
        released = release_ready(who.plan, who.db, NOW)
        editions.set_state(who.db, one.id, State.PAUSED, "4 domains refuse us")
        who.db.commit()
    assert released == [one.name]
    said = f"{one.name}: paused (4 domains refuse us), letters left: 12: `newsfeed editions resume"
    assert f"{said} {one.name}`" in site.run("send", "--yes").stdout.splitlines()
