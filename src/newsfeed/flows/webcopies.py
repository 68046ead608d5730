"""The web copies of editions, as files of the output folder.

Every build looks for them, so that nothing is imported here that composes letters.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from newsfeed.flows.naming import standstill
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.output.writer import Output, publish
from newsfeed.store import database, deliveries, editions
from newsfeed.store.editions import WebCopy

if TYPE_CHECKING:
    from newsfeed.flows.build import Workshop


def web_path(origin: str) -> str:
    """Where an edition's web copy lies below the output folder, for good: letters link to it.

    `origin` is what the edition was called when it was composed.
    """
    return f"editions/{origin}/index.html"


def write_web_copies(shop: Workshop) -> tuple[str, ...]:
    """Write the web copies that are not there yet and leave all else; gives their paths.

    Raises ForeignFileError, OutputError.
    """
    plan = shop.plan
    return publish(
        plan.output,
        web_copies(plan, shop.db, shop.seams.now),
        plan.manifest,
        workers=1,
        dry_run=False,
        everything=False,
        progress=lambda _done: None,
        keep_others=True,
    ).written


def web_copies(plan: Plan, db: sqlite3.Connection, now: datetime) -> list[list[Output]]:
    """A file for each edition that everybody may read at `now` (aware)."""
    return [
        [
            Output(
                path=web_path(one.origin),
                fingerprint=fingerprint(one.id, one.revision),
                produce=partial(_page, plan, one.id),
            )
        ]
        for one in _public(db, now)
    ]


def is_public(db: sqlite3.Connection, edition_id: int, now: datetime) -> bool:
    """Whether everybody may read an edition at `now` (aware)."""
    return any(one.id == edition_id for one in _public(db, now))


def _public(db: sqlite3.Connection, now: datetime) -> list[WebCopy]:
    """Those that are ready and may leave, or were released.

    While nothing of the newsletter is delivered, only what somebody got: the web does not tell
    what the letters keep back.
    """
    return [
        one
        for one in editions.web_copies(db, now)
        if one.over or not standstill(db, one.newsletter, now) or deliveries.served(db, one.id)
    ]


def _page(plan: Plan, edition_id: int) -> bytes:
    """Read from the store by a door of its own: this may happen in another process."""
    with database.reading(plan.store) as db:
        return editions.own_letter(db, edition_id).web.encode()
