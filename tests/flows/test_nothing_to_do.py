"""When a run sees at once that there is nothing to do, and when it must look again."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsfeed.collect.index import IndexDamagedError
from newsfeed.errors import SourceError, StoreError
from newsfeed.flows import build as flow
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

SECOND = '[[sources]]\npath = "more"\n'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.post("2026-10-01-one.md", title="One")
    site.post("2026-10-02-two.md", title="Two", categories="[News]")
    site.publish()
    return site


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one with each build that does not see at once that it may stop."""
    calls: list[object] = []
    write = flow._write

    def counted(*arguments: Any) -> object:  # noqa: ANN401  # whatever it is called with
        calls.append(arguments)
        return write(*arguments)

    monkeypatch.setattr(flow, "_write", counted)
    return calls


def test_without_any_change_nothing_is_looked_at_but_stamps(
    site: Site, built: list[object]
) -> None:
    site.publish(NOW + timedelta(days=1))
    assert built == []


@pytest.mark.parametrize(
    "change",
    [
        'title = "Other"',
        "[feeds]\nlimit = 1",
        '[feeds]\nformats = ["rss"]',
        '[feeds]\nby = ["tags"]',
        '[feeds]\nhub = "https://127.0.0.1"',
        '[feeds]\ncontent = "excerpt"',
        "[feeds]\narchive = false",
        '[feeds.paths]\nrss = "rss.xml"',
        "[pages]\nenabled = false",
    ],
)
def test_a_changed_setting_takes_effect_in_the_next_run(
    site: Site, built: list[object], change: str
) -> None:
    settings = SETTINGS + change + "\n"
    if change.startswith("title"):
        settings = SETTINGS.replace('title = "한반도 브리핑"', change)
    site.configure(settings)
    report = site.publish()
    assert len(built) == 1
    assert report.build.written or report.build.removed


def test_a_run_that_failed_after_reading_does_not_hide_what_it_read(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + SECOND)
    more = site.folder / "more"
    more.mkdir()
    (more / "b.md").write_text("---\ntitle: B\ndate: 2026-01-01\n---\n", encoding="utf-8")
    site.post("2026-10-01-one.md", title="One")
    site.publish()
    site.post("2026-10-03-new.md", title="New")
    more.rename(site.folder / "away")
    with pytest.raises(SourceError):
        site.publish()
    (site.folder / "away").rename(more)
    site.publish()
    assert site.titles() == ["New", "One", "B"]


def test_a_complaint_about_the_disk_is_not_repeated_once_it_is_mended(site: Site) -> None:
    link = site.posts / "out.md"
    link.symlink_to("/etc/hostname")
    assert [fault.path for fault in site.build().faults] == ["out.md"]
    assert [fault.path for fault in site.build().faults] == ["out.md"]
    link.unlink()
    assert site.build().faults == ()


def test_a_touched_file_is_read_again_and_changes_nothing(site: Site, built: list[object]) -> None:
    os.utime(site.posts / "2026-10-01-one.md", (1, 1))
    assert site.publish().build.written == ()
    assert len(built) == 1


def test_another_store_is_noticed(site: Site, built: list[object]) -> None:
    for path in (site.folder / ".newsfeed").glob("newsfeed.db*"):
        path.unlink()
    site.publish()
    assert len(built) == 1


def test_when_every_article_breaks_at_once_nothing_is_emptied(site: Site) -> None:
    before = site.files()
    for path in site.posts.glob("*.md"):
        path.write_bytes("---\ntitle: 한국 소식입니다\n---\n".encode("euc-kr"))
    with pytest.raises(SourceError, match="all 2 articles have faults"):
        site.publish()
    assert site.files() == before
    assert site.publish(allow_empty=True).build.articles == 0


def test_an_only_article_that_breaks_is_told_as_one(tmp_path: Path) -> None:
    site = Site(tmp_path / "one", SETTINGS)
    post = site.post("first.md", date="2026-11-01")
    site.publish()
    post.write_bytes("---\ntitle: 한국 소식입니다\n---\n".encode("euc-kr"))
    with pytest.raises(SourceError, match="the only article has a fault; nothing was changed: "):
        site.publish()
    post.unlink()
    with pytest.raises(SourceError, match="the folder had 1 article and is suddenly empty"):
        site.publish()


@pytest.mark.parametrize("page", range(1, 9))
def test_a_cache_that_is_damaged_anywhere_is_made_anew(tmp_path: Path, page: int) -> None:
    site = Site(tmp_path / "many")
    for number in range(60):
        site.post(f"2026-01-01-p{number:02}.md", "text " * 50, title=f"Title {number}")
    site.publish()
    before = site.files()
    cache = site.folder / ".newsfeed/cache/index.db"
    data = bytearray(cache.read_bytes())
    data[page * 4096 : page * 4096 + 4096] = b"\xa5" * 4096
    cache.write_bytes(data)
    site.post("2026-10-01-new.md", title="New")
    site.publish()
    assert len(site.titles()) == 20
    assert site.titles()[0] == "New"
    assert before.keys() <= site.files().keys()


@pytest.mark.parametrize("damage", [b"\x90", b"\xa1\xff", b"\x81\xa3key\xa1\xff"])
def test_notes_of_the_last_run_that_are_damaged_cost_a_look(
    site: Site, built: list[object], damage: bytes
) -> None:
    site.configure(SETTINGS + NEWSLETTER)
    site.publish()
    built.clear()
    with site.shop() as shop:
        for name in ("last build", "idle", "previews"):
            shop.index.set_note(name, damage)
    assert not site.publish().build.written
    assert len(built) == 1


def test_a_cache_that_turns_out_to_be_damaged_is_removed_and_told(site: Site) -> None:
    told = pytest.raises(StoreError, match=r"the cache was damaged \(its end is missing\)")
    index = site.plan().index
    with told as caught, site.shop():
        index.with_name("index.db-journal").touch()
        raise IndexDamagedError("its end is missing")
    assert caught.value.remedy == "say the command again"
    assert not list(index.parent.glob("index.db*"))
    assert not site.publish().build.written
