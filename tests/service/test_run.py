"""`newsfeed run` as an operator meets it: real files, real sockets, real signals."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import time
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.kit import SETTINGS, Site
from tests.service.kit import LIMIT, WEEKLY, due_site, editions, running
from tests.web.kit import Desk


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path / "site", SETTINGS + WEEKLY)
    found.post("one.md", "The first text.", date="2026-11-01")
    return found


def test_it_says_what_it_does_and_where(site: Site) -> None:
    with running(site) as service:
        url = service.url()
        service.hears(" written")
        said = service.said.splitlines()
        assert f"  {url}/feed.xml" in said
        assert "links lead to https://news.example.org/" in said
        assert "this process leads" in said
        form = r"weekly: next slot Mon .* 08:00 KST; as it stands: .*weekly[.]html"
        assert any(re.fullmatch(form, line) for line in said)
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert site.titles() == ["Title of one.md"]
        assert service.end() == 0


def test_a_file_that_changes_is_in_the_feed_within_seconds(site: Site) -> None:
    with running(site) as service:
        service.hears(" written")
        began = time.monotonic()
        site.post("two.md", "The second text.", date="2026-11-02")
        service.until(lambda: len(site.titles()) == 2, "the new article")
        (site.posts / "one.md").unlink()
        service.until(lambda: len(site.titles()) == 1, "the removed article")
        assert time.monotonic() - began < 60  # and not the five minutes of the interval


def test_without_watching_the_interval_finds_what_changed(site: Site) -> None:
    site.configure(SETTINGS + WEEKLY + '[run]\nevery = "1s"\nwatch = false\n')
    with running(site) as service:
        service.hears(" written")
        site.post("two.md", "The second text.", date="2026-11-02")
        service.until(lambda: len(site.titles()) == 2, "the new article")


def test_templates_that_come_change_and_go_are_noticed(site: Site) -> None:
    """Without a restart, also where there was no folder of them."""
    preview = site.folder / ".newsfeed" / "preview" / "weekly.html"
    own = site.folder / "templates" / "email"
    ours = Path(__file__).parents[2] / "templates" / "email" / "_footer.html.j2"

    def shows(words: str) -> bool:
        return preview.is_file() and words in preview.read_text("utf-8")

    with running(site) as service:
        service.hears(" written")
        service.until(preview.is_file, "the first preview")
        own.mkdir(parents=True)
        for words in ("FIRST WORDS", "SECOND WORDS"):
            text = ours.read_text("utf-8").replace("</p>", f" {words}</p>")
            (own / "_footer.html.j2").write_text(text, encoding="utf-8")
            service.until(partial(shows, words), words)
        shutil.rmtree(site.folder / "templates")
        service.until(lambda: not shows("SECOND WORDS"), "our own footer again")


def test_edited_settings_are_in_force_without_a_restart(site: Site) -> None:
    with running(site) as service:
        url = service.url()
        service.hears(" written")
        edited = SETTINGS.replace("한반도 브리핑", "Another Name") + WEEKLY
        site.configure(edited + '[server]\nlisten = "127.0.0.1:1"\n')
        service.until(lambda: site.feed().feed.title == "Another Name", "the new title")
        service.hears("server.listen: this waits for a restart")
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_broken_settings_change_nothing_until_they_are_mended(site: Site) -> None:
    with running(site) as service:
        service.hears(" written")
        site.configure(SETTINGS + "[run]\nevery = 5\n")
        service.hears("`run.every` is not right")
        site.post("two.md", "The second text.", date="2026-11-02")
        service.until(lambda: len(site.titles()) == 2, "a pass with the settings from before")
        assert service.said.count("`run.every` is not right") == 1
        site.configure(SETTINGS.replace("한반도 브리핑", "Another Name"))
        service.hears("settings: it goes well again")
        service.until(lambda: site.feed().feed.title == "Another Name", "the new title")


def test_what_waits_for_a_restart_is_said_also_where_nothing_else_changed(site: Site) -> None:
    with running(site, "--no-web") as service:
        service.hears(" written")
        site.configure(SETTINGS + WEEKLY + '[run]\nlog = "json"\n')
        service.hears("run.log: this waits for a restart")


def test_what_a_command_allows_leaves_at_once(tmp_path: Path) -> None:
    """An approval is seen in the ledger, and waits for no interval."""
    site = due_site(tmp_path, subscribers=3, more='approval = "manual"\n')
    with running(site, "--no-web") as service:
        service.hears("waits for approval")
        name = editions(site)[0]["edition"]
        done = site.run("editions", "approve", name)
        assert done.returncode == 0, done.stderr
        service.hears("3 letters sent")
    assert len(site.outbox()) == 3


def test_pages_are_served_while_publishing_fails(tmp_path: Path) -> None:
    """A source that is suddenly empty is a fault that is told once, and no reason to be silent."""
    desk = Desk(tmp_path / "site")
    desk.site.post("one.md", date="2026-11-01")
    desk.site.configure(
        (desk.site.folder / "newsfeed.toml").read_text("utf-8") + '[run]\nevery = "1s"\n'
    )
    person = desk.person()
    with running(desk.site) as service:
        url = service.url()
        service.hears(" written")
        (desk.site.posts / "one.md").unlink()
        service.hears("suddenly empty")
        time.sleep(2.5)
        assert service.said.count("suddenly empty") == 1
        assert httpx.get(url + desk.leave_path(person)).status_code == 200
        assert len(desk.site.titles()) == 1
        desk.site.post("two.md", date="2026-11-02")
        service.hears("publish: it goes well again")


def test_once_does_everything_that_is_due_and_ends(tmp_path: Path) -> None:
    site = due_site(tmp_path, subscribers=3)
    done = site.run("run", "--once")
    assert (done.returncode, done.stdout) == (0, "")
    assert len(site.outbox()) == 3
    assert "3 letters sent" in done.stderr
    again = site.run("run", "--once")
    assert (again.returncode, again.stderr, len(site.outbox())) == (0, "", 3)


def test_once_ends_as_publish_does_where_something_was_left_out(site: Site) -> None:
    site.write("broken.md", "---\ntitle: [\n---\n")
    done = site.run("run", "--once")
    assert done.returncode == 3
    assert "broken.md" in done.stderr
    site.configure(SETTINGS + WEEKLY + '[publish]\ndeploy = "false"\n')
    assert site.run("run", "--once").returncode == 1


def test_once_leaves_the_work_to_a_service_that_leads(site: Site) -> None:
    with running(site, "--no-web") as service:
        service.hears(" written")
        done = site.run("run", "--once")
        assert done.returncode == 0
        assert "another `newsfeed run` leads" in done.stderr


def test_a_port_in_use_ends_it_before_anything_begins(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = site.run("run", "--listen", f"127.0.0.1:{port}")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "another program listens there" in line
    assert not site.output.exists()


def test_a_damaged_store_ends_it_before_anything_begins(site: Site) -> None:
    site.publish()
    store = site.folder / ".newsfeed" / "newsfeed.db"
    store.write_bytes(b"no store at all" * 1000)
    done = site.run("run", "--no-web")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "newsfeed.db" in line
    assert "restore a backup" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("words", [(), ("--no-web",)], ids=["web", "no web"])
def test_a_signal_ends_it_cleanly_and_soon(
    site: Site, number: signal.Signals, words: tuple[str, ...]
) -> None:
    with running(site, *words) as service:
        service.hears(" written")
        began = time.monotonic()
        assert service.end(number) == 0
        assert time.monotonic() - began < LIMIT
        assert "Traceback" not in service.said


def test_the_log_is_json_where_machines_read_it(site: Site) -> None:
    site.configure(SETTINGS + WEEKLY + '[run]\nlog = "json"\n')
    with running(site, "--no-web") as service:
        service.hears(" written")
        assert service.end() == 0
        lines = [json.loads(line) for line in service.said.splitlines()]
    written = next(line for line in lines if "files written" in line["message"])
    assert (written["level"], written["area"]) == ("info", "publish")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written["time"])
