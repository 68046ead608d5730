"""What the commands about subscribers share: their door, and words that are checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from newsfeed.address import Address, AddressError, parse_address
from newsfeed.app import make_plan, open_project
from newsfeed.app import people as open_people
from newsfeed.errors import UsageError
from newsfeed.flows.people import People
from newsfeed.store import facts
from newsfeed.store.backup import LOST

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@contextmanager
def audience(file: Path | None) -> Iterator[People]:
    """The subscribers of a settings file, at this moment."""
    plan = make_plan(open_project(file))
    with open_people(plan, datetime.now(UTC)) as people:
        if facts.paused(people.db, people.now) == LOST:
            click.echo(f"nothing is sent: {LOST}; `newsfeed resume` lets it go on", err=True)
        yield people


def given_address(text: str) -> Address:
    """The address that was typed. Raises UsageError, which repeats it."""
    try:
        return parse_address(text)
    except AddressError as error:
        raise UsageError(error.problem, where=text, remedy=error.remedy) from None


def given_language(text: str | None) -> str | None:
    """The language tag that was typed, "" for each newsletter's own; None for none. Raises
    UsageError.
    """
    if not text or _LANGUAGE.fullmatch(text):
        return text
    raise UsageError(f"`{text}` is no language", remedy="write a tag such as ko or en-GB")


def written_time(moment: datetime, people: People) -> str:
    """A moment as the operator's clock shows it."""
    return f"{moment.astimezone(ZoneInfo(people.plan.site.timezone)):%Y-%m-%d %H:%M %Z}"
