"""A newsletter and the articles there are -> its next slot and what it would hold."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

from newsfeed.digest.mailbox import Mailbox, checked_name, parse_mailbox
from newsfeed.digest.pattern import Facts, parse
from newsfeed.digest.select import Choice, Selection, choose
from newsfeed.digest.subject import subject
from newsfeed.errors import SettingsError
from newsfeed.flows.build import Workshop
from newsfeed.schedule.skips import Skip, Skips, SlotSkip, parse_skips
from newsfeed.schedule.words import Schedule, parse_schedule
from newsfeed.settings import Newsletter
from newsfeed.text import one_line

_DIVIDERS = str.maketrans(dict.fromkeys('<>@",;:\\', " "))
"""They divide addresses (RFC 5322 section 3.2.3): a title as a sender's name goes without."""


def choice_for(shop: Workshop, newsletter: Newsletter) -> Choice:
    """The articles that an edition made now would have, newest first (guarantee 2)."""
    from newsfeed.store import editions

    selection = Selection(
        max_items=newsletter.max_items,
        sources=newsletter.sources,
        categories=newsletter.categories,
        tags=newsletter.tags,
        languages=newsletter.languages,
    )
    used = editions.used(shop.db, newsletter.name)
    first = not editions.has_digest(shop.db, newsletter.name)
    return choose(shop.collection.articles, selection, used, first=first)


def zone_of(newsletter: Newsletter, site_zone: str) -> ZoneInfo:
    """The zone in which the newsletter's schedule is meant."""
    return ZoneInfo(newsletter.timezone or site_zone)


def skips_of(newsletter: Newsletter, db: sqlite3.Connection) -> Skips:
    """What is left out of a newsletter, by its settings and by `newsfeed skip`.

    Raises SettingsError for a day that cannot be read.
    """
    from newsfeed.store import skips

    by_hand: list[Skip | SlotSkip] = []
    for left in skips.of(db, newsletter.name):
        by_hand += [Skip(left.day, left.day)] if left.day else []
        by_hand += [SlotSkip(left.slot)] if left.slot else []
    return (*parse_skips(newsletter.skip, where=key_of(newsletter, "skip")), *by_hand)


def next_slot_of(
    newsletter: Newsletter, site_zone: str, now: datetime, skips: Skips
) -> datetime | None:
    """When a letter is due next, in the newsletter's zone: at its first slot later than `now` that
    is not left out; None without a schedule.

    Raises SettingsError for a schedule that cannot be read.
    """
    zone = zone_of(newsletter, site_zone)
    slot = slot_after(newsletter, site_zone, now)
    while slot and (skip := next((s for s in skips if s.covers(slot, zone)), None)):
        slot = slot_after(newsletter, site_zone, skip.last_moment(zone))
    return slot


def slot_after(newsletter: Newsletter, site_zone: str, now: datetime) -> datetime | None:
    """The newsletter's first slot later than `now`, in its zone, whatever becomes of it; None
    without a schedule. Raises SettingsError for a schedule that cannot be read.
    """
    schedule = schedule_of(newsletter)
    if schedule is None:
        return None
    from newsfeed.schedule.slots import next_slot

    zone = zone_of(newsletter, site_zone)
    slot = next_slot(schedule, zone, now)
    return slot.astimezone(zone) if slot else None


def schedule_of(newsletter: Newsletter) -> Schedule | None:
    """When the newsletter comes; None without a schedule. Raises SettingsError."""
    if not newsletter.schedule:
        return None
    return parse_schedule(newsletter.schedule, where=key_of(newsletter, "schedule"))


def sender_of(newsletter: Newsletter) -> Mailbox:
    """Who the letters come from: named as in `from`, else as the title allows it.

    Raises SettingsError for a `from` that cannot be used.
    """
    sender = parse_mailbox(newsletter.from_, where=key_of(newsletter, "from"))
    if sender.name:
        return sender
    try:
        return Mailbox(
            checked_name(one_line(newsletter.title.translate(_DIVIDERS))), sender.address
        )
    except SettingsError:  # far too long for a name
        return sender


def check_newsletter(newsletter: Newsletter) -> None:
    """Raises SettingsError for a schedule, days to skip, sender or pattern that cannot be used."""
    if newsletter.schedule:
        parse_schedule(newsletter.schedule, where=key_of(newsletter, "schedule"))
    parse_skips(newsletter.skip, where=key_of(newsletter, "skip"))
    sender_of(newsletter)
    if newsletter.reply_to:
        parse_mailbox(newsletter.reply_to, where=key_of(newsletter, "reply_to"))
    _check_patterns(newsletter)


def _check_patterns(newsletter: Newsletter) -> None:
    """Raises SettingsError for a name that patterns do not know, and for a subject of nothing."""
    facts = Facts(title=newsletter.title, lead="", count=1, more=0, date="1")
    subject(newsletter.subject, facts, key_of(newsletter, "subject"))
    if newsletter.subject_one:
        subject(newsletter.subject_one, facts, key_of(newsletter, "subject_one"))
    parse(newsletter.preheader, "preheader", key_of(newsletter, "preheader"))


def key_of(newsletter: Newsletter, key: str) -> str:
    """A setting of the newsletter as messages name it."""
    return f"newsletters.{newsletter.name}.{key}"
