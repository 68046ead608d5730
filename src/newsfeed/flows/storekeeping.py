"""Keeping the store: upgraded, copied, and put back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from newsfeed.audience import journal, keys
from newsfeed.audience.keys import Keys
from newsfeed.errors import StoreError
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.opening import is_new, prepare
from newsfeed.flows.plan import Plan
from newsfeed.flows.replaying import Replayed, replay
from newsfeed.store import backup, database, editions, facts, private
from newsfeed.store.database import Upgrade
from newsfeed.store.trouble import check_place

PATIENCE = 5.0
"""Seconds to wait for another run before a restore gives up: somebody is at the keyboard."""


class BackedUp(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was written. `keys` is the copy of the secret file, None without; `secret` is
    the secret file that a restore needs, None for a store that has met no subscriber yet.
    """

    file: Path
    keys: Path | None
    secret: Path | None


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore did, or would do.

    `before` is the backup's version. `aside` and `secret_aside` are the present store and secret
    file under their new names, None where they stayed or were not there. `keys` is the file that
    the keys came from. `journal` tells whether there is one; `paused` why nothing is sent.
    """

    store: Path
    before: int
    after: int
    aside: Path | None
    keys: Path | None
    secret_aside: Path | None
    journal: bool
    replayed: Replayed
    paused: str = backup.RESTORED


class _KeyChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Where the keys are, and the bytes to put in the secret file's place (None: it stays)."""

    file: Path | None
    data: bytes | None = None


def upgrade(plan: Plan, now: datetime) -> Upgrade:
    """Make the store, or bring it to the newest version. Raises StoreError."""
    prepare(plan, now)
    return database.upgrade(plan.store, now)


def make_anew(plan: Plan, now: datetime) -> None:
    """Make a store where there was one: it keeps out who left, and is paused.

    Prepared beside its place, so that a store without the journal is there at no instant. Raises
    StoreError, also where the secret file is missing too: nobody who left could be known again.
    """
    found = _read_keys(plan.secret)
    if found is None:
        raise StoreError(
            "the store and the secret file are missing, though somebody left before",
            where=str(plan.store),
            remedy=f"restore a backup with its keys (`newsfeed db restore`), or move {plan.journal}"
            " away to begin anew: who left is not known then",
        )
    if trouble := check_place(plan.store):
        raise trouble
    new = plan.store.with_name(f".{plan.store.name}.anew")
    with private.lock(plan.store.parent, plan.store.name):
        if not is_new(plan.store):
            return  # another process was quicker
        try:
            backup.discard(new)
            database.upgrade(new, now)
            with database.connect(new, now) as db:
                facts.bind_keys(db, keys.check_value(found), plan.secret)
            _bring_up_to_date(new, plan.journal, now, backup.LOST)
            backup.put_in_place(new, plan.store, now)
        finally:
            backup.discard(new)


def save(plan: Plan, file: Path, *, with_keys: bool) -> BackedUp:
    """Copy the store to a new file, and with `with_keys` the secret file to FILE.keys.

    Other processes may go on. Raises StoreError, and leaves neither file then.
    """
    if not database.version(plan.store):
        raise StoreError(
            "there is no store yet", where=str(plan.store), remedy="`newsfeed publish` makes one"
        )
    needed = _needed(plan.store)
    copy = keys_beside(file)
    backup.refuse_existing(file)
    if not with_keys or (needed is None and not plan.secret.exists()):
        backup.save(plan.store, file)
        return BackedUp(file=file, keys=None, secret=plan.secret if needed else None)
    found = _read_keys(plan.secret)
    if found is None or needed not in (None, keys.check_value(found)):
        raise StoreError(
            "this is not the secret file that the store was made with",
            where=str(plan.secret),
            remedy="put the right one back, or leave --with-keys out",
        )
    backup.save_file(plan.secret.read_bytes(), copy)
    try:
        backup.save(plan.store, file)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return BackedUp(file=file, keys=copy, secret=plan.secret)


def restore(
    plan: Plan, file: Path, keys_file: Path | None, now: datetime, *, dry_run: bool = False
) -> Restored:
    """Let a backup take the store's place: upgraded, with its keys, without those who left since,
    and paused. The present store is kept aside.

    All of it is prepared beside the store, so that nothing is changed where anything is wrong.
    Raises StoreError: for a file that is no backup, damaged or newer, for missing keys, and where
    another process has the store open.
    """
    private.prepare(plan.private)
    private.make(plan.store.parent)
    with (
        private.lock(plan.private, "build", patience=PATIENCE),
        delivery_lock(plan, PATIENCE),
    ):
        new = backup.unpack(file, plan.store)
        try:
            upgraded = database.upgrade(new, now)
            if upgraded.copy:
                upgraded.copy.unlink()  # the backup itself is one
            choice = _choose_keys(new, file, keys_file, plan.secret)
            replayed = _bring_up_to_date(new, plan.journal, now, backup.RESTORED)
            aside = secret_aside = None
            if not dry_run:
                with private.lock(plan.store.parent, plan.store.name), backup.alone(plan.store):
                    replayed = _catch_up(new, plan.journal, now, replayed)
                    if choice.data is not None:
                        secret_aside = backup.replace_file(choice.data, plan.secret, now)
                    aside = backup.put_in_place(new, plan.store, now)
        finally:
            backup.discard(new)
    return Restored(
        store=plan.store,
        before=upgraded.before,
        after=upgraded.after,
        aside=aside,
        keys=choice.file,
        secret_aside=secret_aside,
        journal=plan.journal.exists(),
        replayed=replayed,
    )


def keys_beside(file: Path) -> Path:
    """Where the keys of a backup are kept."""
    return file.with_name(f"{file.name}.keys")


def _bring_up_to_date(new: Path, record: Path, now: datetime, why: str) -> Replayed:
    """Take out who left since, and pause; all of it is in the one file afterwards."""
    with database.connect(new, now) as db:
        replayed = replay(db, journal.read(record), now)
        with database.transaction(db):
            facts.pause(db, why)
            facts.note_place(db, new)
            editions.touch(db)
        database.forget(db)
    return replayed


def _catch_up(new: Path, record: Path, now: datetime, before: Replayed) -> Replayed:
    """Take out who left while the store was prepared too. The caller is `alone`: whoever leaves
    writes the journal while they hold the store, so nobody is between the two any more.
    """
    with database.connect(new, now) as db:
        replayed = replay(db, journal.read(record), now, before)
        if replayed.erased > before.erased:
            database.forget(db)
        else:
            database.settle(db)
    return replayed


def _choose_keys(new: Path, file: Path, keys_file: Path | None, secret: Path) -> _KeyChoice:
    """The present keys where the store was made with them, else those that came with the backup.

    Raises StoreError where neither fit: the links that were sent would be dead, and those who
    must get nothing would be unknown.
    """
    needed = _needed(new)
    if keys_file and not keys_file.is_file():
        raise StoreError("there is no such file", where=str(keys_file), remedy="see `--keys`")
    if needed is None:
        return _KeyChoice(file=secret if secret.exists() else None)
    given = keys_file or keys_beside(file)
    trouble: StoreError | None = None
    try:
        if _fits(secret, needed):
            return _KeyChoice(file=secret)
    except StoreError as error:
        trouble = error  # no matter, where the backup's own keys are here
    if _fits(given, needed):
        return _KeyChoice(file=given, data=given.read_bytes())
    if trouble:
        raise trouble
    raise StoreError(
        "the keys of this backup are neither in the present secret file nor beside it",
        where=str(file),
        remedy=f"put the secret file of that time to {secret}, or name it with `--keys FILE`",
    )


def _fits(path: Path, needed: str) -> bool:
    found = _read_keys(path)
    return found is not None and keys.check_value(found) == needed


def _read_keys(path: Path) -> Keys | None:
    """The keys in a file; None where there is none (`keys.load` would make them)."""
    return keys.load(path) if path.exists() else None


def _needed(store: Path) -> str | None:
    """The check value of the keys that a store of any version was filled with."""
    return database.fact(store, "keys")
