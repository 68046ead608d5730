"""Holidays and moves: nothing is decided or sent until somebody resumes, or until a given time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.errors import UsageError
from newsfeed.flows.editions import zone_of
from newsfeed.flows.naming import unknown_newsletter
from newsfeed.flows.people import People
from newsfeed.store import database, editions, facts, newsletters
from newsfeed.store.backup import LOST, RESTORED
from newsfeed.store.newsletters import Known

BY_HAND = "paused by hand"
"""Why everything is paused that an operator paused."""


class Paused(msgspec.Struct, frozen=True, kw_only=True):
    """What is paused now: a newsletter, or everything where it is "". `until` is aware, in the
    newsletter's or the site's zone; None where somebody has to resume. `why` it was paused.
    """

    newsletter: str
    until: datetime | None
    why: str


class Resumed(msgspec.Struct, frozen=True, kw_only=True):
    """What goes on: a newsletter, or everything where it is "".

    `was_paused` and `was_ahead` tell what stood in the way; `ahead` names the newsletters that
    had slots decided for a time to come. `still_paused` names what keeps letters from leaving
    all the same: newsletters that are paused by themselves, or "" for the whole store.
    """

    newsletter: str
    was_paused: bool
    ahead: tuple[str, ...]
    still_paused: tuple[str, ...]


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant (UTC) that `--until` means: a day's first moment in `zone`, or an ISO 8601 time,
    in `zone` where it names no offset. Raises UsageError for another form and for the past.
    """
    word = text.strip()
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word, re.ASCII):
            local = datetime.combine(date.fromisoformat(word), time(), zone)
        else:
            local = datetime.fromisoformat(word)
            local = local if local.tzinfo else local.replace(tzinfo=zone)
        found = local.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise UsageError(
            f"`{text}` is neither a day nor a time",
            where="--until",
            remedy="write `2026-09-28`, or `2026-09-28T08:00+09:00`",
        ) from None
    if found <= now:
        raise UsageError(
            f"{found.astimezone(zone):%Y-%m-%d %H:%M %Z} is past",
            where="--until",
            remedy="give the day on which letters may leave again",
        )
    return found


def pause(people: People, name: str = "", until: str = "") -> Paused:
    """Pause a newsletter, or everything; `until` as in `moment`, "" for until somebody resumes.

    A pause that is there is replaced. Takes effect before the next letter is claimed. Raises
    UsageError for an unknown newsletter and a useless `until`.
    """
    zone = _zone(people, name)
    with database.transaction(people.db):
        if name:
            known_newsletter(people, name)
        end = moment(until, zone, people.now) if until else None
        why = BY_HAND
        if name:
            newsletters.pause(people.db, name, people.now, end)
        else:
            why = facts.paused(people.db, people.now) or BY_HAND
            if why != BY_HAND and end:
                raise UsageError(
                    f"everything is paused already: {why}",
                    remedy="nothing but `newsfeed resume` ends that, so leave `--until` out",
                )
            facts.pause(people.db, why, end)
        editions.touch(people.db)
    return Paused(newsletter=name, until=end and end.astimezone(zone), why=why)


def resume(people: People, name: str = "") -> Resumed:
    """Let a newsletter, or everything, go on from now.

    Slots that passed in the pause are not made up for: after a holiday nobody gets the letter of
    last week, whether or not a run in between decided it. Where slots are decided for a time to
    come, since the clock was ahead once, they count from now again. Newsletters that were paused
    by themselves stay so when everything resumes. A store that is a copy counts as paused, whether
    or not anything was sent from it. Raises UsageError for an unknown newsletter.
    """
    facts.notice_copy(people.db, people.plan.store)
    with database.transaction(people.db):
        if name:
            resumed = _resume_one(people, known_newsletter(people, name), name)
        else:
            resumed = _resume_all(people)
        editions.touch(people.db)
    return resumed


def is_restored(people: People) -> bool:
    """Whether everything is paused since the store came out of a backup, or is a new one where
    there had been another: it does not know which articles were sent.
    """
    return facts.paused(people.db, people.now) in (RESTORED, LOST)


def known_newsletter(people: People, name: str) -> Known | None:
    """What the store knows of a newsletter that is in the settings, or was.

    Raises UsageError for a name that neither has, with the nearest right one.
    """
    known = newsletters.known(people.db, name)
    if known is None and people.newsletter(name) is None:
        now_called = newsletters.current_name(people.db, name)
        names = [one.name for one in people.plan.newsletters]
        raise unknown_newsletter(name, names, now_called=now_called if now_called != name else "")
    return known


def _resume_one(people: People, known: Known | None, name: str) -> Resumed:
    store_paused = bool(facts.paused(people.db, people.now))
    ahead = False
    if known is not None:
        ahead = _from_now(people, known, _end(known.paused, known.paused_until, people.now))
        newsletters.resume(people.db, name)
    return Resumed(
        newsletter=name,
        was_paused=newsletters.is_paused(known, people.now),
        ahead=(name,) if ahead else (),
        still_paused=("",) if store_paused else (),
    )


def _resume_all(people: People) -> Resumed:
    db, now = people.db, people.now
    was_paused = bool(facts.paused(db, now))
    until = facts.paused_until(db)
    end = now if was_paused else until
    everyone = newsletters.everyone(db)
    ahead = tuple(known.name for known in everyone if _from_now(people, known, end))
    facts.resume(db)
    return Resumed(
        newsletter="",
        was_paused=was_paused,
        ahead=ahead,
        still_paused=tuple(k.name for k in everyone if newsletters.is_paused(k, now)),
    )


def _end(since: datetime | None, until: datetime | None, now: datetime) -> datetime | None:
    """Up to when a pause decided everything: now, or its end if that is past; None for none."""
    if since is None:
        return None
    return now if until is None else min(until, now)


def _from_now(people: People, known: Known, paused_to: datetime | None) -> bool:
    """Count everything up to the end of a pause as decided, and nothing that is to come.

    True where something to come was.
    """
    ahead = known.decided_until > people.now
    passed = known.decided_until if paused_to is None else max(known.decided_until, paused_to)
    decided_until = min(passed, people.now)
    if decided_until != known.decided_until:
        newsletters.save_clock(people.db, known.name, known.clock, decided_until)
    if ahead:
        newsletters.forget_slots_to_come(people.db, known.name, people.now)
    return ahead


def _zone(people: People, name: str) -> ZoneInfo:
    """The zone of the newsletter, or of the site where it is none in the settings."""
    settings, site_zone = people.newsletter(name), people.plan.site.timezone
    return zone_of(settings, site_zone) if settings else ZoneInfo(site_zone)
