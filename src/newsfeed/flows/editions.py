"""A newsletter and the articles there are -> its next slot and what it would hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.digest.select import Choice, Selection, choose
from newsfeed.digest.subject import subject
from newsfeed.model import Article
from newsfeed.schedule.words import parse_schedule
from newsfeed.settings import Newsletter


def select(newsletter: Newsletter, articles: Sequence[Article]) -> Choice:
    """The articles of the first edition. They come newest first."""
    selection = Selection(
        max_items=newsletter.max_items,
        sources=newsletter.sources,
        categories=newsletter.categories,
        tags=newsletter.tags,
        languages=newsletter.languages,
    )
    return choose(articles, selection, first=True)


def zone_of(newsletter: Newsletter, site_zone: str) -> ZoneInfo:
    """The zone in which the newsletter's schedule is meant."""
    return ZoneInfo(newsletter.timezone or site_zone)


def next_slot_of(newsletter: Newsletter, site_zone: str, now: datetime) -> datetime | None:
    """When the newsletter is due next, in its own zone; None without a schedule.

    Raises SettingsError for a schedule that cannot be read.
    """
    if not newsletter.schedule:
        return None
    from newsfeed.schedule.slots import next_slot

    zone = zone_of(newsletter, site_zone)
    schedule = parse_schedule(newsletter.schedule, where=key_of(newsletter, "schedule"))
    slot = next_slot(schedule, zone, now)
    return slot.astimezone(zone) if slot else None


def check_newsletter(newsletter: Newsletter) -> None:
    """Raises SettingsError for a schedule, sender or subject that cannot be used."""
    if newsletter.schedule:
        parse_schedule(newsletter.schedule, where=key_of(newsletter, "schedule"))
    parse_mailbox(newsletter.from_, where=key_of(newsletter, "from"))
    if newsletter.reply_to:
        parse_mailbox(newsletter.reply_to, where=key_of(newsletter, "reply_to"))
    subject(
        newsletter.subject,
        title=newsletter.title,
        lead="",
        count=1,
        more=0,
        date="1",
        where=key_of(newsletter, "subject"),
    )


def key_of(newsletter: Newsletter, key: str) -> str:
    """A setting of the newsletter as messages name it."""
    return f"newsletters.{newsletter.name}.{key}"
