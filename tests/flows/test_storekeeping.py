"""The store is copied and put back: nobody who left gets a letter, and nothing leaves by itself."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import AbstractContextManager, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.audience import journal, keys
from newsfeed.errors import StoreError
from newsfeed.flows import storekeeping
from newsfeed.flows.erasing import erase
from newsfeed.flows.replaying import Replayed, replay
from newsfeed.flows.storekeeping import Restored
from newsfeed.flows.subscribing import Visitor, leave
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.store import backup, facts, newsletters, private, subscribers, suppression
from tests.flows.people_kit import (
    ANN,
    BOB,
    NOW,
    active,
    deliveries,
    delivery,
    edition,
    events_of,
    newsletter_site,
    people_of,
    person_of,
    state_of,
)
from tests.kit import Site

LATER = NOW + timedelta(days=3)
LINK = Visitor(way="link")
ACTIVE, LEFT = SubscriptionState.ACTIVE, SubscriptionState.UNSUBSCRIBED


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Ann and Bob get the weekly letter, and a backup of that is `b.db` with `b.db.keys`."""
    site = newsletter_site(tmp_path / "site")
    with people_of(site) as people:
        active(people)
        active(people, BOB)
        facts.notice_copy(people.db, people.plan.store)
    storekeeping.save(site.plan(), site.folder / "b.db", with_keys=True)
    return site


def put_back(site: Site, now: datetime = LATER, *, dry_run: bool = False) -> Restored:
    return storekeeping.restore(site.plan(), site.folder / "b.db", None, now, dry_run=dry_run)


def entry(event: journal.Event, at: datetime, reason: str = "", **more: str) -> journal.Entry:
    hashed = {"newsletter": "", "address_hash": "A" * 22, **more}
    return journal.Entry(at=at, event=event, reason=reason, **hashed)


def test_a_restored_store_is_paused_and_knows_its_place(site: Site) -> None:
    restored = put_back(site)
    assert restored.paused == "restored from a backup"
    with people_of(site, LATER) as people:
        assert facts.paused(people.db, LATER) == "restored from a backup"
        facts.resume(people.db)
        assert not facts.notice_copy(people.db, people.plan.store)
        assert facts.paused(people.db, LATER) == ""
        assert state_of(people) is ACTIVE


def test_who_left_after_the_backup_stays_away(site: Site) -> None:
    at = NOW + timedelta(hours=1)
    with people_of(site, at) as people:
        leave(people, "weekly", person_of(people).public_id, LINK)
    restored = put_back(site)
    assert (restored.journal, restored.replayed) == (True, Replayed(entries=1, left=1))
    with people_of(site, LATER) as people:
        assert (state_of(people), state_of(people, BOB)) == (LEFT, ACTIVE)
        assert events_of(people)[-1] == "left"
        found = subscribers.subscription(people.db, person_of(people).id, "weekly")
        assert found is not None
        assert found.since == at


def test_who_leaves_while_the_backup_is_prepared_stays_away_and_counts_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages go on until the present store is closed to them: that may take minutes."""
    with people_of(site, LATER) as people:
        hashed = keys.address_hash(people.keys, ANN.key)
    entries = [
        entry("suppressed", NOW + timedelta(hours=1), "bounced", address_hash=hashed),
        entry("reinstated", NOW + timedelta(hours=2), "command", address_hash=hashed),
    ]
    journal.append(site.plan().journal, entries)
    alone = backup.alone

    def late(store: Path) -> AbstractContextManager[None]:
        with people_of(site, LATER) as people:
            leave(people, "weekly", person_of(people, BOB).public_id, LINK)
        journal.append(site.plan().journal, [entry("erased", LATER, address_hash=hashed)])
        return alone(store)

    monkeypatch.setattr(backup, "alone", late)
    done = put_back(site).replayed
    assert done == Replayed(entries=4, suppressed=1, reinstated=1, left=1, erased=1)
    assert ANN.address.encode() not in site.plan().store.read_bytes()
    with people_of(site, LATER) as people:
        assert state_of(people, BOB) is LEFT
        assert subscribers.find(people.db, hashed) is None


def test_letters_that_waited_for_who_left_are_dropped(site: Site) -> None:
    with people_of(site) as people:
        delivery(people, edition(people.db))
    (site.folder / "b.db").unlink()
    storekeeping.save(site.plan(), site.folder / "b.db", with_keys=False)
    with people_of(site, LATER) as people:
        leave(people, "weekly", person_of(people).public_id, LINK)
    put_back(site)
    with people_of(site, LATER) as people:
        assert deliveries(people.db) == [("dropped", "left")]


def test_who_was_erased_after_the_backup_is_in_no_byte_of_the_store(site: Site) -> None:
    with people_of(site, LATER) as people:
        erase(people, ANN)
    restored = put_back(site)
    assert restored.replayed == Replayed(entries=1, erased=1)
    plan = site.plan()
    assert ANN.address.encode() not in plan.store.read_bytes()
    assert BOB.address.encode() in plan.store.read_bytes()
    with people_of(site, LATER) as people:
        hashed = keys.address_hash(people.keys, ANN.key)
        found = suppression.reason(people.db, hashed)
        assert found is not None
        assert found[0] is SuppressionReason.ERASED


def test_who_was_suppressed_and_reinstated_after_the_backup_is_as_at_last(site: Site) -> None:
    plan = site.plan()
    with people_of(site) as people:
        ann, bob = (keys.address_hash(people.keys, one.key) for one in (ANN, BOB))
    journal.append(
        plan.journal,
        [
            entry("suppressed", NOW + timedelta(hours=1), "bounced", address_hash=ann),
            entry("suppressed", NOW + timedelta(hours=2), "complained", address_hash=bob),
            entry("reinstated", NOW + timedelta(hours=3), "command", address_hash=ann),
        ],
    )
    assert put_back(site).replayed == Replayed(entries=3, suppressed=2, reinstated=1)
    with people_of(site, LATER) as people:
        assert suppression.reason(people.db, ann) is None
        assert state_of(people) is SubscriptionState.PENDING, "no letter follows from it"
        assert suppression.reason(people.db, bob) == (
            SuppressionReason.COMPLAINED,
            NOW + timedelta(hours=2),
        )


def test_who_came_back_after_leaving_stays_and_who_came_back_after_an_erasure_too(
    site: Site,
) -> None:
    """The journal is from the beginning; the store knows what came later."""
    with people_of(site) as people:
        ann, bob = (keys.address_hash(people.keys, one.key) for one in (ANN, BOB))
        entries = [
            entry("left", NOW - timedelta(days=1), address_hash=ann, newsletter="weekly"),
            entry("erased", NOW - timedelta(days=1), address_hash=bob),
            entry("reinstated", NOW - timedelta(hours=1), address_hash=bob),
        ]
        done = replay(people.db, entries, LATER)
        assert (state_of(people), state_of(people, BOB)) == (ACTIVE, ACTIVE)
        assert suppression.reason(people.db, bob) is None
    assert done.left == 0


def test_a_reinstatement_lifts_no_suppression_that_came_after_it(site: Site) -> None:
    with people_of(site) as people:
        ann = keys.address_hash(people.keys, ANN.key)
        suppression.suppress(people.db, ann, SuppressionReason.COMPLAINED, NOW)
        people.db.commit()
        replay(people.db, [entry("reinstated", NOW - timedelta(days=1), address_hash=ann)], LATER)
        assert suppression.reason(people.db, ann) == (SuppressionReason.COMPLAINED, NOW)


def test_a_second_replay_changes_nothing(site: Site) -> None:
    with people_of(site, LATER) as people:
        leave(people, "weekly", person_of(people).public_id, LINK)
        erase(people, BOB)
        entries = list(journal.read(people.plan.journal))
        assert replay(people.db, entries, LATER) == Replayed(entries=2)


def test_links_of_a_newsletter_that_was_renamed_since_are_told(site: Site) -> None:
    with people_of(site) as people:
        ann = keys.address_hash(people.keys, ANN.key)
        entries = [entry("left", LATER, newsletter="digest", address_hash=ann)]
        assert replay(people.db, entries, LATER).unknown == ("digest",)
        newsletters.rename(people.db, "weekly", "digest")
        people.db.commit()
        assert replay(people.db, entries, LATER).unknown == ()
        assert state_of(people, newsletter="digest") is LEFT


def test_a_rehearsal_tells_the_same_and_changes_nothing(site: Site) -> None:
    with people_of(site, LATER) as people:
        leave(people, "weekly", person_of(people).public_id, LINK)
    before = _files(site.plan().private)
    rehearsed = put_back(site, dry_run=True)
    assert _files(site.plan().private) == before
    assert rehearsed.replayed == put_back(site).replayed
    assert rehearsed.aside is None


def test_a_store_that_is_behind_is_upgraded_on_its_way(site: Site) -> None:
    from newsfeed.store import database
    from tests.store.kit import old_store

    (site.folder / "b.db").unlink()
    old_store(site.folder / "b.db")
    restored = put_back(site)
    assert (restored.before, restored.after) == (1, database.head())
    assert database.version(site.plan().store) == database.head()
    assert database.version(site.folder / "b.db") == 1
    assert len(list(site.plan().private.glob("*before*"))) == 1


def test_the_present_secret_file_stays_where_it_fits(site: Site) -> None:
    plan = site.plan()
    rotated = keys.rotate(plan.secret, NOW)
    restored = put_back(site)
    assert (restored.keys, restored.secret_aside) == (plan.secret, None)
    assert keys.load(plan.secret) == rotated


@pytest.mark.parametrize("present", ["other", "none", "damaged"])
def test_the_backups_keys_take_the_place_of_others(site: Site, present: str) -> None:
    plan = site.plan()
    right = keys.load(plan.secret)
    plan.secret.unlink()
    if present == "other":
        keys.load(plan.secret)
    elif present == "damaged":
        plan.secret.write_text("damaged", encoding="ascii")
        plan.secret.chmod(0o600)
    wrong = plan.secret.read_bytes() if plan.secret.exists() else None
    restored = put_back(site)
    assert restored.keys == site.folder / "b.db.keys"
    assert keys.load(plan.secret) == right
    assert stat.S_IMODE(plan.secret.stat().st_mode) == 0o600
    kept = restored.secret_aside.read_bytes() if restored.secret_aside else None
    assert kept == wrong
    with people_of(site, LATER) as people:
        assert state_of(people) is ACTIVE


@pytest.mark.parametrize("present", ["other", "none"])
def test_without_the_right_keys_nothing_is_restored(site: Site, present: str) -> None:
    plan = site.plan()
    (site.folder / "b.db.keys").unlink()
    plan.secret.unlink()
    if present == "other":
        keys.load(plan.secret)
    before = _files(plan.private)
    with pytest.raises(StoreError, match=r"the keys of this backup .*--keys FILE"):
        put_back(site)
    assert _files(plan.private) == before


def test_keys_that_are_named_and_missing_are_told(site: Site) -> None:
    with pytest.raises(StoreError, match=r"nowhere\.keys: there is no such file"):
        storekeeping.restore(site.plan(), site.folder / "b.db", site.folder / "nowhere.keys", LATER)


def test_keys_that_others_can_read_are_refused(site: Site) -> None:
    site.plan().secret.unlink()
    (site.folder / "b.db.keys").chmod(0o644)
    with pytest.raises(StoreError, match=r"b\.db\.keys: .*chmod 600"):
        put_back(site)


def test_the_keys_are_kept_where_the_store_cannot_be_replaced(site: Site) -> None:
    plan = site.plan()
    plan.secret.unlink()
    other = keys.load(plan.secret)
    with closing(sqlite3.connect(plan.store)) as db:
        db.execute("SELECT * FROM article").fetchall()
        with pytest.raises(StoreError, match="has the store open"):
            put_back(site)
    assert keys.load(plan.secret) == other
    assert not list(plan.private.glob("*before-restore*"))


@pytest.mark.parametrize("name", [".newsfeed/build", ".newsfeed/newsfeed.db.deliver"])
def test_a_restore_does_not_begin_while_a_run_is_at_work(
    site: Site, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storekeeping, "PATIENCE", 0.05)
    with (
        private.lock(site.folder, name),
        pytest.raises(StoreError, match="another newsfeed is running"),
    ):
        put_back(site)


def test_a_restore_onto_an_empty_machine_works(site: Site, tmp_path: Path) -> None:
    other = newsletter_site(tmp_path / "other")
    for name in ("b.db", "b.db.keys"):
        (site.folder / name).rename(other.folder / name)
    restored = put_back(other)
    assert (restored.aside, restored.secret_aside, restored.journal) == (None, None, False)
    with people_of(other, LATER) as people:
        assert state_of(people) is ACTIVE


def test_keys_that_are_not_the_stores_are_not_saved_with_it(site: Site) -> None:
    plan = site.plan()
    plan.secret.unlink()
    keys.load(plan.secret)
    with pytest.raises(StoreError, match="not the secret file that the store was made with"):
        storekeeping.save(plan, site.folder / "c.db", with_keys=True)
    assert not list(site.folder.glob("c.db*"))


def test_neither_file_of_a_backup_overwrites_anything(site: Site) -> None:
    (site.folder / "c.db.keys").write_text("mine", encoding="ascii")
    with pytest.raises(StoreError, match=r"c\.db\.keys: there is a file of this name"):
        storekeeping.save(site.plan(), site.folder / "c.db", with_keys=True)
    assert not (site.folder / "c.db").exists()
    assert (site.folder / "c.db.keys").read_text(encoding="ascii") == "mine"


def test_a_backup_without_keys_says_which_it_needs(site: Site) -> None:
    plan = site.plan()
    saved = storekeeping.save(plan, site.folder / "c.db", with_keys=False)
    assert (saved.keys, saved.secret) == (None, plan.secret)
    assert not (site.folder / "c.db.keys").exists()


def test_a_backup_holds_no_keys(site: Site) -> None:
    found = keys.load(site.plan().secret)
    data = (site.folder / "b.db").read_bytes()
    for key in (found.suppression, *found.tokens):
        assert key not in data
        assert key.hex().encode() not in data


def _files(folder: Path) -> dict[str, bytes]:
    """Every file but the locks, which are empty and stay."""
    found = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
