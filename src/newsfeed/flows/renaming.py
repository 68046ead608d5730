"""A newsletter's name in the settings changes, and all that is kept under it goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.people import People
from newsfeed.store import database, editions, newsletters
from newsfeed.store.newsletters import Holdings

if TYPE_CHECKING:
    from newsfeed.flows.build import Workshop


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """What a newsletter took along to its new name.

    `subscriptions` counts those who left too; `articles` those that were in an edition or are
    before its time. `discarded` counts the editions made under the new name that nobody got.
    """

    old: str
    new: str
    subscriptions: int
    editions: int
    articles: int
    discarded: int


def rename(people: People, old: str, new: str, *, dry_run: bool = False) -> Renamed:
    """Give everything of `old` to `new`, in one step. Links that were sent go on working.

    `new` is in the settings and `old` no longer. A `new` that ran already is replaced, unless
    people subscribed to it or got its letters. Raises UsageError.
    """
    db = people.db
    with database.transaction(db):
        _check_names(people, old, new)
        moved, replaced = newsletters.holdings(db, old), newsletters.holdings(db, new)
        _check_holdings(people, old, new, moved, replaced)
        if not dry_run:
            newsletters.rename(db, old, new)
            editions.touch(db)
    return Renamed(
        old=old,
        new=new,
        subscriptions=moved.subscriptions,
        editions=moved.editions,
        articles=moved.articles,
        discarded=replaced.editions,
    )


def vanished(run: People | Workshop) -> list[tuple[str, int]]:
    """Newsletters that have subscribers, waiting ones too, and are not in the settings.

    With how many. They get nothing until the newsletter is renamed or put back.
    """
    there = {newsletter.name for newsletter in run.plan.newsletters}
    gone = [name for name in newsletters.subscribed(run.db) if name not in there]
    counted = [(name, newsletters.subscribers_of(run.db, name)) for name in gone]
    return [(name, number) for name, number in counted if number]


def refuse_former_names(run: People | Workshop) -> None:
    """Raises SettingsError where a newsletter has the name that another one had before.

    The links of its letters would be taken for those of the other.
    """
    former = newsletters.former_names(run.db)
    for newsletter in run.plan.newsletters:
        if newsletter.name in former:
            raise SettingsError(
                f"`{newsletter.name}` was the name of `{former[newsletter.name]}` and stands in "
                "the links of its letters",
                where=f"newsletters.{newsletter.name}.name",
                remedy="take another name, or rename it back: `newsfeed newsletters rename "
                f"{former[newsletter.name]} {newsletter.name}`",
            )


def _check_names(people: People, old: str, new: str) -> None:
    """Both names are where they belong: one in the settings, the other not."""
    if old == new:
        raise UsageError("the old and the new name are the same", where=old)
    if people.newsletter(new) is None:
        raise UsageError(
            f"there is no newsletter `{new}` in the settings",
            remedy=f"change its `name` there from `{old}` to `{new}` first",
        )
    if people.newsletter(old) is not None:
        raise UsageError(
            f"`{old}` is still in the settings",
            remedy=f"change its `name` there to `{new}` first; two newsletters are not made one",
        )
    leads_to = newsletters.current_name(people.db, new)
    if leads_to not in (new, old):
        raise UsageError(
            f"`{new}` was the name of `{leads_to}` and stands in the links of its letters",
            remedy="take another name",
        )


def _check_holdings(
    people: People, old: str, new: str, moved: Holdings, replaced: Holdings
) -> None:
    """There is something to move, and nothing in its way."""
    if not moved.any:
        called = newsletters.current_name(people.db, old)
        raise UsageError(
            f"nothing is kept under the name `{old}`",
            remedy="see `newsfeed newsletters list`"
            if called == old
            else f"it was renamed to `{called}` before",
        )
    if replaced.used:
        own = f"{replaced.subscriptions:,} subscription(s) and {replaced.deliveries:,} letter(s)"
        raise UsageError(
            f"`{new}` has {own} of its own",
            remedy=f"two newsletters are not made one; give `{old}` a name that is not in use",
        )
