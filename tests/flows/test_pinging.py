"""The hub hears of every change once, after it is live, and never holds anything up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import msgspec
import pytest

from newsfeed.deliver.websub import tell
from newsfeed.flows.outcomes import Pinged
from newsfeed.flows.pinging import WAITS, next_ping, ping
from tests.kit import NOW, SETTINGS, Site
from tests.net.kit import Server, Web, serving

SITE = "https://news.example.org"
REFUSED = "its address is not one of the public internet"
FEEDS = ["atom.xml", "feed.json", "feed.xml"]


@pytest.fixture
def hub() -> Iterator[Server]:
    """A hub on this machine, which takes what it is told."""
    with serving() as server:
        server.say = lambda web: web.answer(204)
        yield server


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + "[feeds]\nby = []\n")
    site.post("2026-01-02-a.md")
    site.build()
    return site


def _ping(
    site: Site, hub: Server, now: datetime = NOW, patience: float = 10.0, port: int = 0
) -> list[Pinged]:
    """A ping after a build, to the hub."""
    plan = site.plan()
    url = f"http://127.0.0.1:{port or hub.port}/hub"
    plan = msgspec.structs.replace(plan, feeds=msgspec.structs.replace(plan.feeds, hub=url))
    told = partial(tell, loopback=True, patience=patience)
    with site.people(now) as who:
        return ping(plan, who.db, now, tell=told)


def _told(hub: Server) -> list[dict[str, list[str]]]:
    return sorted((parse_qs(body) for *_, body in hub.asked), key=lambda said: said["hub.url"])


def test_a_first_run_with_a_hub_tells_of_every_feed_once(site: Site, hub: Server) -> None:
    found = _ping(site, hub)
    assert sorted(one.topic for one in found) == [f"{SITE}/{name}" for name in FEEDS]
    assert {one.problem for one in found} == {""}
    assert _told(hub) == [
        {"hub.mode": ["publish"], "hub.url": [f"{SITE}/{name}"], "hub.topic": [f"{SITE}/{name}"]}
        for name in FEEDS
    ]
    assert _ping(site, hub, NOW + timedelta(days=1)) == []
    assert len(hub.asked) == 3


def test_categories_are_topics_and_archives_are_none(site: Site, hub: Server) -> None:
    site.configure(SETTINGS + "[feeds]\nformats = ['rss']\narchive_size = 1\n")
    site.post("2026-01-03-b.md", categories="[생활]")
    site.build()
    assert (site.output / "archive").is_dir()
    topics = [one.topic for one in _ping(site, hub)]
    assert topics == [f"{SITE}/categories/%EC%83%9D%ED%99%9C/feed.xml", f"{SITE}/feed.xml"]


def test_only_what_changed_is_told_of__f_w_04(site: Site, hub: Server) -> None:
    _ping(site, hub)
    hub.asked.clear()
    site.build()
    assert _ping(site, hub) == []
    site.post("2026-01-04-draft.md", draft="true")
    site.build()
    assert _ping(site, hub) == []
    site.post("2026-01-04-c.md")
    site.build()
    assert len(_ping(site, hub)) == len(hub.asked) == 3


def test_another_hub_is_told_of_everything(site: Site, hub: Server) -> None:
    _ping(site, hub)
    with serving() as other:
        other.say = lambda web: web.answer(202)
        assert len(_ping(site, other)) == len(other.asked) == 3


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_what_fails_is_tried_five_times_with_growing_waits(
    status: int, site: Site, hub: Server
) -> None:
    hub.say = lambda web: web.answer(status, "not now\n\x1b[31m")
    now, waits = NOW, []
    for _ in range(5):
        found = _ping(site, hub, now)
        assert {one.problem for one in found} == {f"the answer is {status}, not now ?[31m"}
        (again,) = {one.again for one in found}
        if again:
            assert _ping(site, hub, again - timedelta(seconds=1)) == []
            waits.append(again - now)
            now = again
    assert tuple(waits) == WAITS
    assert waits == sorted(waits)
    assert again is None
    assert len(hub.asked) == 15
    assert _ping(site, hub, now + timedelta(days=9)) == []
    site.post("2026-01-04-c.md")
    site.build()
    assert len(_ping(site, hub, now + timedelta(days=9))) == 3


def test_a_hub_that_recovers_is_told_once(site: Site, hub: Server) -> None:
    hub.say = lambda web: web.answer(500)
    _ping(site, hub)
    hub.say = lambda web: web.answer(200)
    later = NOW + WAITS[0]
    assert {one.problem for one in _ping(site, hub, later)} == {""}
    assert _ping(site, hub, later + timedelta(hours=2)) == []


def test_a_redirect_is_not_followed(site: Site, hub: Server) -> None:
    with serving() as other:
        hub.say = lambda web: web.answer(307, Location=f"http://127.0.0.1:{other.port}/")
        assert {one.problem for one in _ping(site, hub)} == {"the answer is 307"}
        assert other.connections == 0


def test_a_hub_that_hangs_is_left_after_its_time(site: Site, hub: Server) -> None:
    ended = threading.Event()

    def hang(_: Web) -> None:
        ended.wait(20)

    hub.say = hang
    begun = time.monotonic()
    try:
        found = _ping(site, hub, patience=0.3)
    finally:
        ended.set()
    assert time.monotonic() - begun < 15
    assert {one.problem for one in found} == {"there is no answer in 0.3 seconds"}
    assert {one.again for one in found} == {NOW + WAITS[0]}


def test_nobody_else_tells_what_is_being_told(site: Site, hub: Server) -> None:
    """While one process waits for the hub, another one comes by."""
    among: list[list[Pinged]] = []

    def meanwhile(_: str, topics: Sequence[str]) -> list[str | None]:
        among.append(_ping(site, hub))
        return [""] * len(topics)

    plan = site.plan()
    feeds = msgspec.structs.replace(plan.feeds, hub=f"http://127.0.0.1:{hub.port}/hub")
    with site.people() as who:
        found = ping(msgspec.structs.replace(plan, feeds=feeds), who.db, NOW, tell=meanwhile)
    assert (len(found), among, hub.asked) == (3, [[]], [])


def test_a_crash_while_telling_is_made_up_for(site: Site, hub: Server) -> None:
    def crash(*_: object) -> list[str | None]:
        raise KeyboardInterrupt

    plan = site.plan()
    feeds = msgspec.structs.replace(plan.feeds, hub=f"http://127.0.0.1:{hub.port}/hub")
    with pytest.raises(KeyboardInterrupt), site.people() as who:
        ping(msgspec.structs.replace(plan, feeds=feeds), who.db, NOW, tell=crash)
    assert len(_ping(site, hub, NOW + timedelta(minutes=2))) == 3


def test_what_there_was_no_time_for_is_due_at_once(site: Site, hub: Server) -> None:
    plan = site.plan()
    feeds = msgspec.structs.replace(plan.feeds, hub=f"http://127.0.0.1:{hub.port}/hub")
    plan = msgspec.structs.replace(plan, feeds=feeds)
    with site.people() as who:
        assert next_ping(plan, who.db) is None
        assert len(ping(plan, who.db, NOW, tell=lambda *_: ["", None, None])) == 1
        assert next_ping(plan, who.db) == NOW
    assert len(_ping(site, hub)) == 2


def _ask(*_: object) -> list[str | None]:
    raise AssertionError("the hub was told")


def test_the_hub_is_told_after_the_new_bytes_are_live__f_w_03(tmp_path: Path) -> None:
    """`publish` runs the deploy command first; what the report says is what the hub took."""
    hub = "https://169.254.169.254/"
    site = Site(
        tmp_path / "site",
        f'{SETTINGS}[feeds]\nby = []\nhub = "{hub}"\n[publish]\ndeploy = "cp -r public live"\n',
    )
    site.post("2026-01-02-a.md")
    report = site.publish()
    assert report.deployed
    assert (site.folder / "live" / "feed.xml").is_file()
    assert {one.problem for one in report.pinged} == {REFUSED}
    assert site.publish().pinged == ()
    assert len(site.publish(NOW + WAITS[0]).pinged) == 3


def test_a_failed_deploy_tells_nobody(tmp_path: Path) -> None:
    hub = '[feeds]\nhub = "https://169.254.169.254/"\n[publish]\ndeploy = "false"\n'
    site = Site(tmp_path / "site", SETTINGS + hub)
    site.post("2026-01-02-a.md")
    done = site.run("publish")
    assert done.returncode == 1
    assert "hub" not in done.stderr
    with site.people() as who:
        assert next_ping(site.plan(), who.db) is None


def test_the_command_line_says_that_the_hub_was_not_told(tmp_path: Path) -> None:
    hub = '[feeds]\nby = []\nhub = "https://169.254.169.254/"\n'
    site = Site(tmp_path / "site", SETTINGS + hub)
    site.post("2026-01-02-a.md")
    done = site.run("publish")
    assert (done.returncode, "told" in done.stdout) == (0, False)
    (line,) = done.stderr.splitlines()
    assert line == (
        "https://169.254.169.254/: the hub was not told of 3 feeds: its address is not one of the "
        "public internet. the next publish tries again"
    )
    again = site.run("publish")
    assert (again.returncode, again.stderr) == (0, "")


def test_without_a_hub_nothing_is_told(site: Site) -> None:
    with site.people() as who:
        assert ping(site.plan(), who.db, NOW, tell=_ask) == []
    assert site.publish().pinged == ()
