"""Our feed beside one that is there already, by the real command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kit import SETTINGS, Site
from tests.net.kit import serving


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Three articles, built, with the RSS feed kept aside as `old.xml`."""
    site = Site(tmp_path / "site", SETTINGS)
    for number in (1, 2, 3):
        site.post(f"2026-11-1{number}-post-{number}.md", categories="[소식]")
    site.build()
    (site.folder / "old.xml").write_bytes((site.output / "feed.xml").read_bytes())
    return site


def test_a_safe_switch_prints_nothing(site: Site) -> None:
    """The feed beside itself: no word, exit status 0."""
    done = site.run("check", "--against", "old.xml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_changes_are_told_as_a_table_and_as_json(site: Site) -> None:
    """Unpublished changes count: what would be published is compared."""
    site.post("2026-11-12-post-2.md", title="Other", categories="[소식]")
    done = site.run("check", "--against", "old.xml")
    assert done.returncode == 1
    assert "title" in done.stdout
    assert "Other" in done.stdout
    found = json.loads(site.run("check", "--against", "old.xml", "--json").stdout)
    kinds = {one["kind"] for one in found["differences"]}
    assert "title" in kinds
    assert not kinds & {"missing", "extra", "id", "link", "order", "address", "format"}


def test_a_feed_at_another_address_is_told(site: Site) -> None:
    """Readers ask for the old address for ever."""
    old = site.folder / "old.xml"
    old.write_text(old.read_text("utf-8").replace("/feed.xml", "/index.xml"), encoding="utf-8")
    done = site.run("check", "--against", "old.xml")
    assert done.stdout.split()[4:6] == ["address", "https://news.example.org/index.xml"]
    assert "set `feeds.paths`" in done.stderr


def test_the_feed_of_a_category_is_compared_with_ours_at_its_place(site: Site) -> None:
    """A feed that calls itself by the address of one of our feeds is compared with that one."""
    (of_category,) = site.output.glob("categories/*/atom.xml")
    (site.folder / "old.xml").write_bytes(of_category.read_bytes())
    done = site.run("check", "--against", "old.xml")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("nowhere.xml", "nowhere.xml: cannot be read: No such file or directory"),
        ("newsfeed.toml", "newsfeed.toml: is no feed"),
        ("http://127.0.0.1:9/feed.xml", "http://127.0.0.1:9/feed.xml: "),
    ],
)
def test_what_cannot_be_read_is_one_line(site: Site, what: str, said: str) -> None:
    """A name that is wrong is told, with what to name."""
    done = site.run("check", "--against", what)
    assert done.returncode == 1
    assert done.stderr.startswith(f"newsfeed: {said}")
    assert done.stderr.count("\n") == 1


def test_a_feed_of_a_server_on_this_machine_is_compared(site: Site) -> None:
    """A generator's own server: the path counts, and the host is that of the site."""
    text = (site.folder / "old.xml").read_text("utf-8")
    with serving() as web:
        web.say = lambda asked: asked.answer(200, text)
        done = site.run("check", "--against", f"http://127.0.0.1:{web.port}/feed.xml")
        elsewhere = site.run("check", "--against", f"http://127.0.0.1:{web.port}/index.xml")
    assert (done.returncode, done.stdout) == (0, "")
    assert "https://news.example.org/index.xml" in elsewhere.stdout


def test_a_feed_at_no_address_of_ours_is_compared_with_the_nearest(site: Site) -> None:
    """Else a category's feed at another address would lack all that is in other categories."""
    site.post("2026-11-14-alone.md", categories="[하나]")
    site.build()
    (of_category,) = site.output.glob("categories/하나/atom.xml")
    moved = of_category.read_text("utf-8").replace("/atom.xml", "/old.xml")
    (site.folder / "old.xml").write_text(moved, encoding="utf-8")
    done = site.run("check", "--against", "old.xml", "--json")
    found = json.loads(done.stdout)
    assert found["path"] == "categories/하나/atom.xml"
    assert [one["kind"] for one in found["differences"]] == ["address"]
