"""Every two years people are reminded of their consent to a commercial newsletter (L-K-09).

No answer keeps it. The mail goes out a month before two years are over, counted from the consent
or the last such mail, whichever is later: so there is one within every two years, and never two
less than 23 months apart.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta

from newsfeed.flows.notice_queue import enqueue
from newsfeed.flows.people import People
from newsfeed.store import database, facts, notice_mails

MONTHS = 23

AT_LEAST = 500
"""Mails a day where so many are due; or a fifth of them, so that a month is enough."""

_SHARE = 5
_COARSE = timedelta(days=MONTHS * 30)
"""Less than 23 months ever are."""

_DAY = timedelta(days=1)


def renewal_due(consented: datetime, last_renewal: datetime | None, now: datetime) -> bool:
    """Whether somebody is to be reminded now of a consent that was given, and last brought to mind,
    at these times. All are aware.
    """
    last = consented if last_renewal is None else max(consented, last_renewal)
    due = _later(last.astimezone(UTC), MONTHS)
    return due is not None and due <= now


def queue_renewals(people: People, *, at_least: int = AT_LEAST) -> int:
    """Let the mails of a day wait to be sent, if none were chosen in the last 24 hours; gives how
    many: `at_least`, or a fifth of all that are due.
    """
    names = [one.name for one in people.plan.newsletters if one.commercial]
    db, now = people.db, people.now
    if not names or facts.paused(db, now) or _chosen_lately(people):
        return 0
    with database.transaction(db):
        if _chosen_lately(people):  # meanwhile, by another process
            return 0
        notice_mails.forget(db, now)  # whoever had one two years ago gets the next
        due = [one for name in names for one in _due(people, name)]
        chosen = due[: max(at_least, -(-len(due) // _SHARE))]
        for subscriber_id, name in chosen:
            enqueue(db, kind="renewal", subscriber_id=subscriber_id, newsletter=name, now=now)
        facts.note_renewals(db, now)
    return len(chosen)


def _chosen_lately(people: People) -> bool:
    last = facts.renewals_chosen(people.db)
    return last is not None and abs(people.now - last) < _DAY


def _due(people: People, newsletter: str) -> Iterator[tuple[int, str]]:
    """Who is to be reminded of their consent to a newsletter, the oldest consent first."""
    now = people.now
    for one in notice_mails.agreements(people.db, newsletter, now - _COARSE):
        if one.given is not None and renewal_due(one.given, one.renewed, now):
            yield one.subscriber_id, newsletter


def _later(moment: datetime, months: int) -> datetime | None:
    """So many months later, on the same day or the last of a shorter month; None after 9999."""
    month = moment.month - 1 + months
    year, month = moment.year + month // 12, month % 12 + 1
    if year > MAXYEAR:
        return None
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
