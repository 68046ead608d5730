"""What few changed files do to a collection is what gathering all of it anew would give."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from newsfeed.collect import git
from newsfeed.collect.collector import Scan
from newsfeed.collect.conventions.plain import Plain
from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.files import Found, Stamp
from newsfeed.collect.index import Index, row
from newsfeed.errors import Fault
from newsfeed.flows.collecting import entries_of, gather
from newsfeed.flows.collection import Collection, Encoded
from newsfeed.flows.merging import keep, merge
from newsfeed.model import Article, DateOrigin, Head
from newsfeed.store import articles as store
from newsfeed.store import database
from tests.kit import NOW, SETTINGS, Site

DAY = timedelta(days=1)
STAMP = Stamp(size=1, mtime=1, ctime=1, inode=1)
READ_AT = 10**10
ZONE = ZoneInfo("Asia/Seoul")


class _Descending(Plain):
    ties_descend = True


FOLDERS = tuple(
    Folder(name=name, root=Path("/none"), convention=rules, site_url="", language="en")
    for name, rules in (("one", Plain(ZONE)), ("two", _Descending(ZONE)))
)

FEEDS_ALONE = "[feeds]\nby = []\narchive = false\n[pages]\nenabled = false\n"
FAULT = Fault(path="a.md", problem="is broken", remedy="mend it")

ODD: tuple[dict[str, object], ...] = (
    {"guid": "mine"},
    {"guid": "https://example.org/one/a.md"},
    {"url": "https://example.org/x"},
    {"url": "https://example.org/x", "default_id": "https://example.org/x"},
    {"default_id": "https://example.org/two/c.md"},
    {"date": None, "dated": None},
    {"date": NOW + DAY},
    {"dated": DateOrigin.LAST_COMMIT},
    {"dated": DateOrigin.FIRST_SEEN},
    {"updated": NOW - 2 * DAY},
    {"since": NOW + 2 * DAY},
    {"until": NOW - DAY},
    {"until": NOW + 3 * DAY},
    {"early": True, "date": NOW + DAY},
    {"left_out": "it is a draft"},
    {"fault": FAULT},
    {"remarks": (Fault(path="a.md", problem="is odd", remedy="mend it", warning=True),)},
    {"content_hash": "edited"},
    {"tie": "x"},
    {"tie": "y"},
    {"rank": 1},
    {"tags": ("C--", "C++"), "language": "ko"},
)
"""What a file may say besides what most of them say."""


def _entry(source: str, path: str, text: str, day: int, *odd: dict[str, object]) -> Entry:
    url = f"https://example.org/{source}/{path}"
    values: dict[str, object] = {
        "path": path,
        "raw_path": path,
        "url": url,
        "default_id": url,
        "content_hash": text,
        "title": text,
        "language": "en",
        "date": NOW - day * DAY,
        "dated": DateOrigin.FRONT_MATTER,
    }
    for more in odd:
        values |= more
    return Entry(**values)  # type: ignore[arg-type]


_sources, _paths = st.sampled_from(["one", "two"]), st.sampled_from(["a.md", "b.md", "c.md"])


@st.composite
def _puts(draw: st.DrawFn) -> tuple[str, Entry]:
    source = draw(_sources)
    text, day = draw(st.sampled_from("xyz")), draw(st.integers(1, 2))
    odd = draw(st.lists(st.sampled_from(ODD), max_size=2))
    return source, _entry(source, draw(_paths), text, day, *odd)


_steps = st.one_of(_puts(), _puts(), st.tuples(_sources, _paths), st.sampled_from([1, 2, -1]))
_rounds = st.lists(st.lists(_steps, max_size=2), min_size=2, max_size=8)


class World:
    """Two sources, of which files come and go, and the doors of the runs that look at them."""

    def __init__(self, folder: Path, index: Index, db: sqlite3.Connection) -> None:
        self.folder, self.index, self.db = folder, index, db
        self.now, self.key = NOW, "key"

    def put(self, source: str, entry: Entry) -> None:
        self.index.forget(source, [entry.path])
        self.index.remember(source, [[row(Found(entry.path, entry.path, STAMP), entry)]], READ_AT)

    def step(self, step: tuple[str, Entry | str] | int) -> None:
        """A file that is written or removed, or days that pass."""
        if isinstance(step, int):
            self.now += step * DAY
        elif isinstance(step[1], str):
            self.index.forget(step[0], [step[1]])
        else:
            self.put(step[0], step[1])

    def gather(self) -> Collection:
        counts = {folder.name: len(self.index.entries(folder.name)) for folder in FOLDERS}
        scanned = Scan(changed=True, counts=counts, faults=())
        return gather(FOLDERS, self.index, self.db, scanned, self.now, pages=None, allow_empty=True)

    def merge(self) -> Collection | None:
        return merge(
            FOLDERS,
            self.index,
            self.db,
            self.now,
            key=self.key,
            read=lambda articles: entries_of(FOLDERS, self.index, articles),
        )

    def done(self, collection: Collection) -> None:
        with self.db:
            if collection.changed:
                store.save(self.db, collection.changed)
        keep(collection, self.index, self.db, self.key, self.now)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which nothing is; making one takes longer than what is tried here."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    with database.connect(path, NOW):
        pass
    return path


@contextmanager
def _world(empty: Path) -> Iterator[World]:
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patched,
        Index(Path(folder) / "index" / "index.db", "key") as index,
        database.connect(Path(shutil.copy(empty, f"{folder}/store.db")), NOW) as db,
    ):
        patched.setattr(git, "history", lambda _: git.History(added={}))
        patched.setattr(git, "last_changes", lambda _: {})
        world = World(Path(folder), index, db)
        for place in FOLDERS:
            for path in ("a.md", "b.md"):
                world.put(place.name, _entry(place.name, path, path, 1))
        world.done(world.gather())
        yield world


def _shown(article: Article) -> tuple[str, str]:
    return article.published.isoformat(), article.updated.isoformat()


def _head(one: Head) -> list[object]:
    return [getattr(one, name) for name in Head.__struct_fields__]


def _assert_same(merged: Collection, full: Collection) -> None:
    assert list(merged.articles) == list(full.articles)
    assert [_shown(one) for one in merged.articles] == [_shown(one) for one in full.articles]
    assert list(map(_head, merged.heads)) == list(map(_head, full.heads))
    assert list(map(bytes, merged.encoded)) == list(map(bytes, full.encoded))
    assert list(merged.aside) == list(full.aside)
    assert merged.changed == full.changed
    assert merged.complaints == full.complaints
    assert merged.next_due == full.next_due
    assert merged.entries == full.entries
    for folder in FOLDERS:
        assert list(merged.addresses(folder.name)) == list(full.addresses(folder.name))
    assert full.steady


CLASH: dict[str, object] = {"url": "https://example.org/x"}
MINE: dict[str, object] = {"guid": "mine"}


@settings(max_examples=200)
@example(
    rounds=[
        [
            ("one", _entry("one", "c.md", "x", 1, CLASH)),
            ("two", _entry("two", "c.md", "y", 1, CLASH)),
        ]
    ]
)
@example(
    rounds=[
        [("one", _entry("one", "c.md", "x", 1, MINE)), ("two", _entry("two", "c.md", "y", 1, MINE))]
    ]
)
@example(
    rounds=[
        [("one", _entry("one", "a.md", "x", 1, MINE))],
        [("two", _entry("two", "c.md", "y", 1, MINE))],
    ]
)
@given(rounds=_rounds)
def test_whatever_changes_merging_gives_what_gathering_gives(
    empty: Path, rounds: list[list[tuple[str, Entry | str] | int]]
) -> None:
    with _world(empty) as world:
        for steps in rounds:
            for step in steps:
                world.step(step)
            merged, full = world.merge(), world.gather()
            event("merged" if merged else "gathered")
            if merged is not None:
                _assert_same(merged, full)
            world.done(merged or full)


def test_a_changed_text_a_new_file_and_a_draft_need_no_gathering(empty: Path) -> None:
    with _world(empty) as world:
        world.put("one", _entry("one", "a.md", "changed", 1))
        world.put("one", _entry("one", "c.md", "new", 1))
        world.put("two", _entry("two", "b.md", "put back", 1, {"left_out": "it is a draft"}))
        merged = world.merge()
        assert merged is not None
        _assert_same(merged, world.gather())
        assert [one.title for one in merged.articles] == ["changed", "a.md", "b.md", "new"]
        assert merged.articles[1:3] == tuple(merged.articles)[1:3]


def _other_store(world: World) -> None:
    with world.db:
        store.save(world.db, store.load(world.db))


def _no_shelf(world: World) -> None:
    next(world.folder.glob("index/gathered")).unlink()


def _odd_shelf(world: World) -> None:
    shelf = next(world.folder.glob("index/gathered"))
    shelf.write_bytes(shelf.read_bytes()[:-1])


def _damaged_shelf(world: World) -> None:
    """What is left can still be read, with another title in it."""
    shelf = next(world.folder.glob("index/gathered"))
    before = shelf.read_bytes()
    shelf.write_bytes(before.replace(b"a.md", b"A.md"))
    assert shelf.read_bytes() != before


def _other_shelf(world: World) -> None:
    shelf = next(world.folder.glob("index/gathered"))
    before = shelf.read_bytes()
    world.put("one", _entry("one", "a.md", "changed", 1))
    world.done(world.gather())
    shelf.write_bytes(before)


def _new_index(world: World) -> None:
    world.index.reset()
    for place in FOLDERS:
        world.put(place.name, _entry(place.name, "c.md", "c", 1))


def _broken(world: World) -> None:
    world.put("one", _entry("one", "a.md", "x", 1, {"fault": FAULT}))


@pytest.mark.parametrize(
    "change",
    [_other_store, _no_shelf, _odd_shelf, _damaged_shelf, _other_shelf, _new_index, _broken],
)
def test_what_is_not_sure_to_be_as_it_was_causes_a_gathering(
    empty: Path, change: Callable[[World], None]
) -> None:
    with _world(empty) as world:
        assert world.merge() is not None
        change(world)
        assert world.merge() is None


def test_other_settings_cause_a_gathering(empty: Path) -> None:
    with _world(empty) as world:
        world.key = "other"
        assert world.merge() is None


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + FEEDS_ALONE)
    for day in range(1, 9):
        site.post(f"2026-10-0{day}-p{day}.md", title=f"Post {day}", categories="[News]")
    site.publish()
    return site


def test_the_feeds_of_a_changed_site_are_those_of_a_new_one(site: Site, tmp_path: Path) -> None:
    text = "See [it](2026-10-01-p1.md)."
    site.post("2026-10-03-p3.md", text, title="Other", categories="[News]")
    site.post("2026-10-09-p9.md", title="Newest", categories="[Else]")
    new = Site(tmp_path / "new", SETTINGS + FEEDS_ALONE)
    shutil.copytree(site.posts, new.posts, dirs_exist_ok=True)
    with site.shop() as shop:
        assert isinstance(shop.collection.articles, Encoded)
    site.publish()
    new.publish()
    for path in ("feed.xml", "atom.xml", "opml.xml"):
        assert (site.output / path).read_bytes() == (new.output / path).read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET value = x'c1'",
        "UPDATE entry SET value = CAST(replace(value, 'Post', x'ff6f7374') AS BLOB)",
        "DELETE FROM entry",
    ],
)
def test_a_gathering_finds_again_what_a_damaged_index_held(site: Site, damage: str) -> None:
    site.post("2026-10-03-p3.md", title="Other")
    with site.shop() as shop:
        articles = shop.collection.articles
        shop.index._db.execute(damage)
        found = shop.collection.read(articles)
        assert {path for _, path in found} == {one.path for one in articles}
