"""An edition or a newsletter by the name that people call it, and why a command refuses it."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from newsfeed.errors import NewsfeedError, SettingsError, UsageError
from newsfeed.flows.plan import Plan
from newsfeed.model import EditionState
from newsfeed.settings import Newsletter
from newsfeed.store import editions, facts, newsletters
from newsfeed.store.editions import EditionRecord

_NEAREST = 3


class RefusedError(NewsfeedError):
    """A command does not fit to where an edition is on its way; nothing was changed."""


def edition_named(db: sqlite3.Connection, name: str) -> EditionRecord:
    """The edition that is called `weekly/2026-11-23`; a newsletter's former name works too.

    Raises UsageError for a name that there is not, with the nearest right ones.
    """
    newsletter, slash, slug = name.strip().partition("/")
    present = f"{newsletters.current_name(db, newsletter)}{slash}{slug}"
    found = editions.find(db, present)
    if found is None:
        raise UsageError(f"there is no edition `{name}`", remedy=_nearest(db, present))
    return found


def newsletter_of(plan: Plan, edition: EditionRecord) -> Newsletter:
    """The settings of an edition's newsletter. Raises SettingsError where they lack it."""
    for newsletter in plan.newsletters:
        if newsletter.name == edition.newsletter:
            return newsletter
    raise SettingsError(
        f"the newsletter `{edition.newsletter}` is not in the settings",
        where=edition.name,
        remedy="put it back, or see `newsfeed newsletters rename`",
    )


def unknown_newsletter(name: str, names: Sequence[str], *, now_called: str = "") -> UsageError:
    """There is no such newsletter, but perhaps one of `names` that is written nearly so.

    `now_called` is what it was renamed to, if that is known.
    """
    near = [now_called] if now_called else difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        remedy = f"did you mean `{near[0]}`?"
    elif names:
        remedy = f"there are: {', '.join(f'`{one}`' for one in names)}"
    else:
        remedy = "add a table [[newsletters]] to the settings"
    return UsageError(f"there is no newsletter `{name}`", remedy=remedy)


def refused(edition: EditionRecord, what: str, remedy: str) -> RefusedError:
    """The edition's state, what therefore cannot be, and what can."""
    return RefusedError(f"{standing(edition)}: {what}", where=edition.name, remedy=remedy)


def standing(edition: EditionRecord) -> str:
    """Where an edition is, in words that complete its name."""
    if edition.state is EditionState.READY:
        return "is ready and not released yet"
    if edition.state is EditionState.PAUSED and edition.why:
        return f"is paused ({edition.why})"
    return f"is {edition.state.value}"


def standstill(db: sqlite3.Connection, newsletter: str, now: datetime) -> str:
    """Why nothing of a newsletter is delivered at `now` (aware), and what ends it; "" if it is."""
    if why := facts.paused(db, now):
        return f"everything is paused ({why}): `newsfeed resume`"
    if newsletters.is_paused(newsletters.known(db, newsletter), now):
        return f"{newsletter} is paused: `newsfeed resume {newsletter}`"
    return ""


def _nearest(db: sqlite3.Connection, name: str) -> str:
    """The names that are most like it; for a newsletter alone, its newest ones."""
    names = [edition.name for edition in editions.everything(db)]
    if not names:
        return "there is none yet: `newsfeed send` makes one"
    near = [one for one in names if one.startswith(f"{name.rstrip('/')}/")][:_NEAREST]
    near = near or difflib.get_close_matches(name, names, n=_NEAREST)
    if not near:
        return "`newsfeed editions list` names them"
    return f"did you mean {' or '.join(f'`{one}`' for one in near)}?"
