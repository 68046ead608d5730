"""A store that cannot be used, by the real command line: one line, and nothing is changed."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.kit import NEWSLETTER, SETTINGS, Site
from tests.store.kit import newer_store, old_store

COMMANDS = (["publish"], ["subscribers", "list"], ["db", "backup", "b.db"], ["keys", "rotate"])


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("a.md")
    return site


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was published and has a subscriber, to be copied."""
    site = Site(tmp_path_factory.mktemp("template") / "site", SETTINGS + NEWSLETTER)
    site.post("a.md")
    for words in (["publish"], ["subscribers", "add", "ann@example.com", "weekly"]):
        assert site.run(*words).returncode == 0
    return site.folder


@pytest.fixture
def used(site: Site, template: Path) -> Site:
    """A site that was published and has a subscriber."""
    shutil.copytree(template, site.folder, dirs_exist_ok=True)
    return site


def store_of(site: Site) -> Path:
    return site.folder / ".newsfeed" / "newsfeed.db"


def run_with(
    site: Site, words: list[str], prepare: Callable[[], None] | None = None, first: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command line in a process that is `prepare`d, or that does something `first`."""
    program = f"{first}\nimport sys\nfrom newsfeed.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=site.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        preexec_fn=prepare,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """The command failed, and said so in one line that holds `parts`."""
    assert done.returncode in (1, 2), done
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "fault of newsfeed" not in lines[0]
    for part in parts:
        assert part in lines[0]


def files(folder: Path) -> dict[str, bytes]:
    """Every file but empty locks."""
    found = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def a_text(path: Path) -> None:
    path.write_bytes(b"no database at all" * 400)


def a_foreign_one(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (x)")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("make", "part"),
    [
        (a_text, "no store"),
        (Path.mkdir, "this is a folder"),
        (newer_store, "newer than this newsfeed"),
        (a_foreign_one, "another program"),
    ],
)
def test_what_is_no_store_of_ours_is_named_and_left_alone(
    site: Site, words: list[str], make: Callable[[Path], None], part: str
) -> None:
    store = store_of(site)
    store.parent.mkdir(mode=0o700)
    make(store)
    before = store.read_bytes() if store.is_file() else None
    one_line(site.run(*words), str(store), part)
    assert (store.read_bytes() if store.is_file() else None) == before
    assert not list(site.folder.rglob("*.before-*"))
    assert not (site.folder / "b.db").exists()
    assert not site.output.exists()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_store_that_was_cut_is_named_and_left_alone(used: Site, words: list[str]) -> None:
    store = store_of(used)
    os.truncate(store, store.stat().st_size // 4096 // 2 * 4096)
    before, output = store.read_bytes(), used.files()
    one_line(used.run(*words), str(store), "damaged", "db restore")
    assert (store.read_bytes(), used.files()) == (before, output)


def test_no_overwritten_page_leads_to_more_than_a_line(used: Site) -> None:
    store = store_of(used)
    whole = store.read_bytes()
    for page in range(0, len(whole) // 4096, 9):
        place = page * 4096
        store.write_bytes(whole[:place] + b"\xa5" * 4096 + whole[place + 4096 :])
        done = used.run("subscribers", "list")
        if done.returncode:
            one_line(done, str(store), "db restore")
        saved = used.run("db", "backup", "b.db")
        one_line(saved, "db restore")
        assert not (used.folder / "b.db").exists()


def test_a_damaged_store_is_restored_from_its_backup(used: Site) -> None:
    assert used.run("db", "backup", "b.db").returncode == 0
    a_text(store_of(used))
    one_line(used.run("subscribers", "list"), "db restore")
    done = used.run("db", "restore", "b.db", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "newsfeed resume" in done.stdout
    assert "ann@example.com" in used.run("subscribers", "list").stdout
    (aside,) = store_of(used).parent.glob("*before-restore*")
    assert aside.read_bytes().startswith(b"no database")


@pytest.mark.parametrize("words", [["publish"], ["pause"], ["keys", "rotate"]], ids=" ".join)
def test_a_store_that_somebody_writes_for_long_is_not_waited_for_without_end(
    used: Site, words: list[str]
) -> None:
    used.post("new.md")
    before = files(used.folder)
    with closing(sqlite3.connect(store_of(used), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        patience = "from newsfeed.store import database\ndatabase.PATIENCE = 0.2"
        done = run_with(used, words, first=patience)
        if words == ["keys", "rotate"]:  # needs no more than to read
            assert done.returncode == 0
            return
        one_line(done, f"process {os.getpid()} (", "locked", "wait for it, or end it")
    after = files(used.folder)
    assert {n: d for n, d in after.items() if "cache" not in n and "-shm" not in n} == {
        n: d for n, d in before.items() if "cache" not in n and "-shm" not in n
    }


def as_anybody() -> None:
    """Permissions count for root, too: it may no longer pass over them."""
    library = ctypes.CDLL(None)
    for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
        library.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.fixture
def closed(used: Site) -> Iterator[Callable[[Path, int], None]]:
    """Take permissions away, and give them back for the cleaning up."""
    changed: list[tuple[Path, int]] = []

    def close(path: Path, mode: int) -> None:
        changed.append((path, stat.S_IMODE(path.stat().st_mode)))
        path.chmod(mode)

    yield close
    for path, mode in changed:
        path.chmod(mode)


@pytest.mark.parametrize("words", [["publish"], ["pause"], ["keys", "rotate"]], ids=" ".join)
@pytest.mark.parametrize(("place", "mode"), [("newsfeed.db", 0o400), (".", 0o500), (".", 0)])
def test_a_store_that_can_only_be_read_is_named(
    used: Site, closed: Callable[[Path, int], None], words: list[str], place: str, mode: int
) -> None:
    used.post("new.md")
    before, output = store_of(used).read_bytes(), used.files()
    closed(store_of(used).parent / place, mode)
    one_line(run_with(used, words, as_anybody), ".newsfeed", "permissions")
    (store_of(used).parent / place).chmod(0o700)
    assert (store_of(used).read_bytes(), used.files()) == (before, output)


@pytest.mark.parametrize(
    "words", [["pause"], ["db", "backup", "b.db", "--with-keys"], ["keys", "rotate"]], ids=" ".join
)
def test_a_secret_file_that_others_can_read_is_refused(used: Site, words: list[str]) -> None:
    (used.folder / ".newsfeed/secret.key").chmod(0o644)
    one_line(used.run(*words), "secret.key", "chmod 600")
    assert not list(used.folder.glob("b.db*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", place],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def articles_in(store: Path) -> list[tuple[str]]:
    if not store.exists():
        return []
    with closing(sqlite3.connect(f"file:{store}?mode=ro&immutable=1", uri=True)) as db:
        return db.execute("SELECT id FROM article ORDER BY id").fetchall()


def fill(disk: Path, leave: int) -> None:
    space = os.statvfs(disk)
    free = space.f_bavail * space.f_frsize - leave
    (disk / "filler").write_bytes(b"x" * max(free, 0))


@pytest.mark.parametrize("leave", [0, 40_960, 1_300_000])
@pytest.mark.parametrize("state", ["missing", "behind", "used"])
def test_a_full_disk_is_named_and_loses_nothing(
    site: Site, small_disk: Path, state: str, leave: int
) -> None:
    url = f"sqlite:///{small_disk}/newsfeed.db"
    site.configure(f'{SETTINGS}[store]\nurl = "{url}"\n{NEWSLETTER}')
    store = small_disk / "newsfeed.db"
    if state == "behind":
        old_store(store)
    elif state == "used":
        assert site.run("publish").returncode == 0
        for number in range(40):
            site.post(f"{number}.md")
    before = articles_in(store)
    fill(small_disk, leave)
    done = site.run("publish")
    if done.returncode:
        one_line(done, "disk is full", "make room")
        assert articles_in(store) == before
    else:
        assert leave > 40_960
    (small_disk / "filler").unlink()
    assert site.run("publish").returncode == 0
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert len(site.titles()) == (20 if state == "used" else 1)


@pytest.mark.parametrize("leave", [0, 30_000, 200_000, 800_000])
def test_a_disk_that_is_full_of_everything_leads_to_no_more_than_a_line(
    site: Site, small_disk: Path, leave: int
) -> None:
    shutil.copytree(site.folder, small_disk, dirs_exist_ok=True)
    fill(small_disk, leave)
    site.folder = small_disk
    one_line(site.run("publish"), "make room")
    (small_disk / "filler").unlink()
    assert site.run("publish").returncode == 0


def test_a_backup_onto_a_full_disk_leaves_nothing(used: Site, small_disk: Path) -> None:
    fill(small_disk, 20_000)
    one_line(used.run("db", "backup", str(small_disk / "b.db"), "--with-keys"), "disk is full")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_a_limit_on_the_size_of_files_is_as_a_full_disk(site: Site) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    one_line(run_with(site, ["pause"], limit), "newsfeed.db", "the disk")
    assert site.run("pause").returncode == 0


def test_everything_private_is_for_its_owner_alone(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    (site.folder / "newsfeed.toml").unlink()
    site.post("a.md", date="2026-01-01")
    people = site.folder / "people.csv"
    people.write_text("email\nbob@example.org\n", encoding="utf-8")
    old = os.umask(0o002)
    try:
        for words in (
            ["init"],
            ["publish"],
            ["subscribers", "add", "ann@example.com", "weekly", "--consent", "a form"],
            ["subscribers", "import", "people.csv", "--newsletter", "weekly"],
            ["send", "weekly"],
            ["subscribers", "erase", "ann@example.com", "--yes"],
            ["db", "backup", "b.db", "--with-keys"],
            ["keys", "rotate"],
            ["db", "restore", "b.db", "--yes"],
        ):
            done = site.run(*words)
            assert done.returncode == 0, done
    finally:
        os.umask(old)
    private = site.folder / ".newsfeed"
    found = [private, *private.rglob("*"), *site.folder.glob("b.db*")]
    assert {"newsfeed.db", "secret.key", "left.journal", "manifest.json", "b.db"} <= {
        path.name for path in found
    }
    for path in found:
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.lstat().st_mode) == expected, path


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ('[store]\nurl = "sqlite:///public/newsfeed.db"\n', "the store"),
        ('[store]\nsecret_file = "public/secret.key"\n', "the secret file"),
        ('[[mail.dkim]]\ndomain = "example.org"\nselector = "a"\nkey_file = "public/k"\n', "DKIM"),
        ('[mail.smtp]\nusername = "news"\npassword_file = "public/password"\n', "the password"),
    ],
)
def test_nothing_private_may_lie_in_public(site: Site, settings: str, part: str) -> None:
    site.configure(SETTINGS + settings)
    done = site.run("publish")
    one_line(done, part, "everybody could read it")
    assert done.returncode == 2
    assert not site.output.exists()


def test_no_backup_is_written_where_everybody_could_read_it(used: Site) -> None:
    done = used.run("db", "backup", "public/b.db")
    one_line(done, "the backup lies where everybody could read it")
    assert not (used.output / "b.db").exists()
