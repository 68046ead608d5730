"""`newsfeed db` and `newsfeed keys`, by the real command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from newsfeed.audience import keys
from newsfeed.audience.tokens import leave_token, read_leave_token
from newsfeed.store import database
from tests.kit import NEWSLETTER, SETTINGS, Site
from tests.store.kit import old_store

DKIM = '[[mail.dkim]]\ndomain = "example.org"\nselector = "news"\nkey_file = ".newsfeed/dkim.pem"\n'


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("template") / "site", SETTINGS + NEWSLETTER)
    assert site.run("subscribers", "add", "ann@example.com", "weekly").returncode == 0
    return site.folder


@pytest.fixture
def site(tmp_path: Path, template: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    shutil.copytree(template, site.folder, dirs_exist_ok=True)
    return site


def test_an_upgrade_says_what_it_did(site: Site) -> None:
    store, head = site.folder / ".newsfeed/newsfeed.db", database.head()
    done = site.run("db", "upgrade")
    assert done.stdout == f".newsfeed/newsfeed.db: version {head} already, nothing to do\n"
    store.unlink()
    (site.folder / ".newsfeed/secret.key").unlink()  # with it, the store would be a lost one
    assert f"made, version {head}" in site.run("db", "upgrade").stdout
    store.unlink()
    old_store(store)
    done = site.run("db", "upgrade")
    assert f"upgraded from version 1 to {head}\n  the old one is kept as" in done.stdout
    store.unlink()
    old_store(store)
    told = json.loads(site.run("db", "upgrade", "--json").stdout)
    assert (told["before"], told["after"]) == (1, head)
    assert Path(told["copy"]).is_file()


def test_a_backup_says_what_a_restore_needs(site: Site) -> None:
    done = site.run("db", "backup", "b.db")
    assert done.stdout.startswith("saved to b.db\n")
    assert ".newsfeed/secret.key" in done.stdout
    done = site.run("db", "backup", "c.db", "--with-keys")
    assert "its keys to c.db.keys: keep them apart" in done.stdout
    told = json.loads(site.run("db", "backup", "d.db", "--json").stdout)
    assert told["file"] == str(site.folder / "d.db")


def test_a_backup_says_what_else_to_copy(site: Site) -> None:
    """What lies beside the store is as little to be had again; what is not there is not named."""
    assert "not in it" not in site.run("db", "backup", "b.db").stdout
    for name in ("media", "remote"):
        (site.folder / ".newsfeed" / name).mkdir()
    site.configure(SETTINGS + NEWSLETTER + DKIM)
    (site.folder / ".newsfeed" / "dkim.pem").touch(0o600)
    said = site.run("db", "backup", "c.db").stdout
    assert "a key that signs letters: copy .newsfeed/dkim.pem too\n" in said
    assert "not in it are the images of letters: copy .newsfeed/media too\n" in said
    assert "what remote feeds had: copy .newsfeed/remote too\n" in said


def test_a_restore_asks_or_is_told(site: Site) -> None:
    site.run("db", "backup", "b.db")
    done = site.run("db", "restore", "b.db")
    assert done.returncode == 2
    assert "say --yes, or look first with --dry-run" in done.stderr
    rehearsed = site.run("db", "restore", "b.db", "--dry-run")
    assert "would be restored" in rehearsed.stdout
    assert not list(site.folder.glob(".newsfeed/*before-restore*"))
    done = site.run("db", "restore", "b.db", "--yes")
    assert "restored\n  the store until now is kept as .newsfeed/newsfeed.db.before" in done.stdout
    assert "newsfeed resume" in done.stdout
    told = json.loads(site.run("db", "restore", "b.db", "--yes", "--json").stdout)
    assert told["paused"] == "restored from a backup"
    assert told["replayed"]["entries"] == 0


def test_links_that_were_sent_outlive_new_keys(site: Site) -> None:
    secret = site.folder / ".newsfeed/secret.key"
    token = leave_token(keys.load(secret), "weekly", "A" * 22)
    done = site.run("keys", "rotate")
    assert done.stdout.startswith(".newsfeed/secret.key: new links are signed with a new key\n")
    found = keys.load(secret)
    assert len(found.tokens) == 2
    assert read_leave_token(found, "weekly", token) == "A" * 22
    assert leave_token(found, "weekly", "A" * 22) != token


def test_keys_that_are_not_the_stores_are_not_rotated(site: Site) -> None:
    secret = site.folder / ".newsfeed/secret.key"
    secret.unlink()
    keys.load(secret)
    before = secret.read_bytes()
    done = site.run("keys", "rotate")
    assert done.returncode == 1
    assert "other keys" in done.stderr
    assert secret.read_bytes() == before
