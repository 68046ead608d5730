"""Mails to subscribers that are no editions leave: what became of a consent, and what was asked.

Whoever is suppressed or erased gets none, and an address no more of a kind than it may. Each counts
before it is on the wire, so that no crash repeats one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from newsfeed.errors import OutputError, SettingsError
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.notice import FOLDER, NotSentError, Ready, count, file_name, ready
from newsfeed.flows.people import People
from newsfeed.flows.stopping import Stop
from newsfeed.store import database, facts, notice_mails
from newsfeed.store.notice_mails import DROPPED, Notice

Clock = Callable[[], datetime]
Progress = Callable[[str, int], None]


def send_notices(
    people: People,
    *,
    clock: Clock,
    progress: Progress = lambda _what, _done: None,
    environ: Mapping[str, str] = os.environ,
    limit: int = 100,
    stop: Stop | None = None,
) -> Mailed:
    """Send up to `limit` of the mails that are due, until `stop` is set; none from a store that is
    paused.

    Into the outbox a message is written first and counted then: after a crash the same one is
    written again over itself. By SMTP it counts first. What the relay puts off is due later, what
    it refuses for good is over. `environ` may hold the relay's password.

    Raises SettingsError, OutputError, UnreachableError.
    """
    facts.notice_copy(people.db, people.plan.store)
    now = clock()
    if facts.paused(people.db, now):
        return Mailed(mailed=0, left=notice_mails.count_due(people.db, now))
    chosen = notice_mails.due(people.db, now, limit)
    if not chosen:
        return Mailed(mailed=0, left=0)
    if people.plan.mail.transport == "files":
        mailed = _write_all(people, chosen, clock, progress)
        return Mailed(mailed=mailed, left=notice_mails.count_due(people.db, clock()))
    from newsfeed.flows.notices_smtp import mail_all

    done = mail_all(people, chosen, clock=clock, progress=progress, environ=environ, stop=stop)
    left = notice_mails.count_due(people.db, clock())
    return msgspec.structs.replace(done, left=left)


def taken_up(people: People, id_: int) -> Ready | None:
    """The mail as it leaves now; None where it is no longer to be sent, which is noted then.

    Within the caller's transaction, since another process may have sent it, and the person may
    have left.
    """
    notice = notice_mails.still_open(people.db, id_)
    if notice is None:
        return None
    try:
        return ready(people, notice)
    except NotSentError as error:
        why = f"{DROPPED}{error.problem}"
    except (OutputError, SettingsError) as error:
        why = f"cannot be written: {error.problem}"
    notice_mails.finish(people.db, id_, people.now, why)
    return None


def notice_folders(outbox: Path) -> list[Path]:
    """Where such mails lie, of whatever newsletter. Links are not followed."""
    return sorted(
        folder
        for folder in outbox.glob(f"*/{FOLDER}")
        if not folder.is_symlink() and not folder.parent.is_symlink()
    )


def _write_all(people: People, chosen: list[Notice], clock: Clock, progress: Progress) -> int:
    from newsfeed.deliver import outbox

    mailed = 0
    for notice in chosen:
        with database.transaction(people.db):
            now = msgspec.structs.replace(people, now=clock())
            one = taken_up(now, notice.id)
            if one is None:
                continue
            folder = people.plan.outbox / one.newsletter.name / FOLDER
            outbox.write(folder, file_name(notice, one.person.address_hash), one.message)
            count(now, one)
        mailed += 1
        progress("notices", mailed)
    return mailed
