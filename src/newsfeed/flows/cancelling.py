"""An edition is taken back: cancelled, or after a rehearsal made ready once more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from newsfeed.deliver import outbox
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.naming import edition_named, refused
from newsfeed.flows.people import People
from newsfeed.model import EditionState
from newsfeed.store import database, deliveries, editions, senders
from newsfeed.store.editions import EditionRecord
from newsfeed.store.private import HeldError

WHY = "the edition was cancelled"
"""What the ledger says of letters that a cancelled edition did not deliver."""

_FILES = "files"
_PATIENCE = 5.0


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an edition: cancelled, or sent as before where only copies were under way.

    `dropped` letters do not leave; `served` people got one, or may have: one that was on its way
    at that moment counts. `freed` tells that its `articles` are new again.
    """

    edition: str
    state: EditionState
    dropped: int
    served: int
    articles: int
    freed: bool


class Reset(msgspec.Struct, frozen=True, kw_only=True):
    """An edition after its rehearsal: `letters` were taken back. `state` is ready, or held."""

    edition: str
    state: EditionState
    letters: int


def check_cancel(people: People, name: str) -> EditionRecord:
    """The edition, if it can be cancelled. Raises UsageError, RefusedError."""
    edition = edition_named(people.db, name)
    if edition.state is EditionState.CANCELLED:
        raise refused(edition, "there is nothing left to cancel", "nothing more is to be done")
    if edition.state is EditionState.SENT:
        remedy = f"send a correction: `newsfeed editions new --to-recipients-of {edition.name}`"
        raise refused(edition, "letters cannot be called back", remedy)
    return edition


def cancel(people: People, name: str, *, keep_articles: bool = False) -> Cancelled:
    """Nobody else gets an edition, and its articles are new again.

    They stay used with `keep_articles`, and where somebody got a letter: they were read. An
    edition that was sent to all once, with further copies under way, is sent as before. What a
    delivery that runs has in hand is left to it; what a dead one had may have left, and counts.
    Raises UsageError, RefusedError.
    """
    db = people.db
    with _nobody_delivers(people) as dead, database.transaction(db):
        edition = check_cancel(people, name)
        served = deliveries.served(db, edition.id)
        if edition.transport == _FILES and dead:
            deliveries.free_claims(db, edition.id)
        senders.bury(db, people.plan.store)
        dropped = deliveries.drop(db, edition.id, people.now, WHY)
        state = EditionState.SENT if edition.finished else EditionState.CANCELLED
        articles = editions.articles(db, edition.id)
        free = not (served or keep_articles) and state is EditionState.CANCELLED
        if free:
            editions.free(db, edition)
        editions.set_state(db, edition.id, state)
    return Cancelled(
        edition=edition.name,
        state=state,
        dropped=dropped,
        served=served,
        articles=len(articles),
        freed=free and bool(articles),
    )


def check_reset(people: People, name: str) -> EditionRecord:
    """The edition, if it was only rehearsed. Raises UsageError, RefusedError."""
    edition = edition_named(people.db, name)
    if edition.state is EditionState.CANCELLED:
        remedy = f"`newsfeed editions new {edition.newsletter}` makes another"
        raise refused(edition, "it stays so", remedy)
    if edition.released is None:
        raise refused(edition, "there is nothing to take back", "`newsfeed send` delivers it")
    if edition.transport != _FILES:
        remedy = f"send a correction: `newsfeed editions new --to-recipients-of {edition.name}`"
        raise refused(edition, f"it left by {edition.transport}, and was no rehearsal", remedy)
    return edition


def reset(people: People, name: str) -> Reset:
    """Make an edition that only went into the outbox ready again, as if it had not been released.

    Its letters in the outbox go too, and its recipients are fixed anew at the next release. After
    a crash the same call finishes it. Raises UsageError, RefusedError, OutputError.
    """
    db, plan = people.db, people.plan
    check_reset(people, name)
    try:
        with delivery_lock(plan, _PATIENCE), database.transaction(db):
            edition = check_reset(people, name)
            settings = people.newsletter(edition.newsletter)
            free = settings is not None and settings.approval == "auto"
            state = EditionState.READY if free else EditionState.HELD
            outbox.remove_folder(plan.outbox / edition.origin)
            letters = deliveries.delete(db, edition.id)
            editions.set_unreleased(db, edition.id, state)
    except HeldError:
        edition = edition_named(db, name)
        remedy = f"wait, or `newsfeed editions pause {edition.name}` first"
        raise refused(edition, "letters are being delivered right now", remedy) from None
    return Reset(edition=edition.name, state=state, letters=letters)


@contextmanager
def _nobody_delivers(people: People) -> Iterator[bool]:
    """Whether nobody writes letters into the outbox, and nobody begins to in the block: then all
    claims on such letters are of dead ones.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(delivery_lock(people.plan, 0))
        except HeldError:
            yield False
        else:
            yield True
