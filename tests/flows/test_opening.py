"""A store that was lost: whoever left stays out of the new one, and nothing leaves by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.audience.keys import address_hash
from newsfeed.errors import NewsfeedError, StoreError, UsageError
from newsfeed.flows.enrolling import unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.flows.pausing import is_restored
from newsfeed.flows.storekeeping import save, upgrade
from newsfeed.store import database, facts, suppression
from newsfeed.store.backup import LOST
from tests.flows.people_kit import ANN, BOB, NOW, active, newsletter_site, people_of, state_of
from tests.kit import Site

LATER = NOW + timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Ann left the weekly letter, and Bob was erased."""
    site = newsletter_site(tmp_path / "site")
    with people_of(site) as people:
        active(people)
        active(people, BOB)
        unsubscribe(people, ANN, "weekly")
        erase(people, BOB)
    return site


def lose(site: Site, how: str) -> None:
    store = site.plan().store
    if how == "emptied":
        store.write_bytes(b"")
    else:
        store.unlink()


@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_who_left_or_was_erased_is_not_brought_back_after_the_store_is_lost(
    site: Site, how: str
) -> None:
    lose(site, how)
    with people_of(site, LATER) as people:
        with pytest.raises(NewsfeedError, match="only their own confirmation counts"):
            active(people)
        with pytest.raises(NewsfeedError, match="this address gets nothing: erased"):
            active(people, BOB)
        assert state_of(people) is None


@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_a_new_store_in_the_place_of_a_lost_one_is_paused_until_somebody_resumes(
    site: Site, how: str
) -> None:
    lose(site, how)
    with site.shop(LATER) as shop:
        assert facts.paused(shop.db, LATER) == LOST
    with people_of(site, LATER) as people:
        assert is_restored(people), "`resume` asks whether its articles were sent"
        facts.resume(people.db)
    with people_of(site, LATER) as people:
        assert facts.paused(people.db, LATER) == "", "once is enough"


def test_a_lost_store_is_noticed_by_the_keys_alone(tmp_path: Path) -> None:
    site = newsletter_site(tmp_path / "site")
    with people_of(site) as people:
        active(people)
    lose(site, "removed")
    upgrade(site.plan(), LATER)
    with people_of(site, LATER) as people:
        assert facts.paused(people.db, LATER) == LOST


def test_without_store_and_keys_the_journal_is_refused(site: Site) -> None:
    lose(site, "emptied")
    site.plan().secret.unlink()
    with pytest.raises(StoreError, match=r"the secret file are missing.*left\.journal"):
        site.publish(LATER)
    assert site.plan().store.read_bytes() == b""
    assert not site.plan().secret.exists()


def test_an_empty_file_is_a_first_run_where_nothing_was_before(tmp_path: Path) -> None:
    site = newsletter_site(tmp_path / "site")
    site.plan().private.mkdir(mode=0o700)
    site.plan().store.touch(mode=0o600)
    with people_of(site) as people:
        assert facts.paused(people.db, NOW) == ""


def test_what_stood_beside_a_lost_store_is_not_taken_for_the_new_ones(site: Site) -> None:
    """SQLite would read a journal of that name into the new file."""
    plan = site.plan()
    wal = plan.store.with_name(f"{plan.store.name}-wal")
    lose(site, "removed")
    wal.write_bytes(b"old")
    with people_of(site, LATER) as people:
        assert people.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (aside,) = plan.private.glob("*before-restore*-wal")
    assert aside.read_bytes() == b"old"


def test_who_subscribed_and_left_after_a_backup_is_not_brought_back_by_its_restore(
    tmp_path: Path,
) -> None:
    from newsfeed.flows.storekeeping import restore

    site = newsletter_site(tmp_path / "site")
    with people_of(site) as people:
        active(people, BOB)
    save(site.plan(), site.folder / "b.db", with_keys=False)
    with people_of(site) as people:
        active(people)
        unsubscribe(people, ANN)
    restored = restore(site.plan(), site.folder / "b.db", None, LATER)
    assert restored.replayed.left == 1
    with people_of(site, LATER) as people:
        assert suppression.own_word_only(people.db, address_hash(people.keys, ANN.key))


def test_the_commands_say_that_the_store_was_lost(site: Site) -> None:
    site.post("a.md")
    lose(site, "removed")
    for words in (["build"], ["subscribers", "list"], ["publish"], ["status"], ["send"]):
        done = site.run(*words)
        assert done.returncode == 0, done
        said = [line for line in done.stderr.splitlines() if LOST in line]
        assert len(said) == 1, (words, done.stderr)
    done = site.run("resume")
    assert done.returncode == UsageError.exit_status
    assert "--articles" in done.stderr
    assert site.run("resume", "--articles", "sent").returncode == 0
    assert database.version(site.plan().store) == database.head()
