"""What the store remembers of newsletters: their clocks, pauses, slots and former names.

Datetimes are UTC, to the second. Nothing here commits.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import msgspec

from newsfeed.model import EditionKind, SlotOutcome


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A newsletter that a run has met before.

    `clock` is the key of schedule and zone that `decided_until` was counted with; "" where none
    was seen yet. `paused` is since when, None where it never was or was resumed; `paused_until`
    is when the pause ends by itself, None where somebody has to resume.
    """

    name: str
    clock: str
    decided_until: datetime
    paused: datetime | None = None
    paused_until: datetime | None = None


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows the ledger holds under a newsletter's name."""

    subscriptions: int
    editions: int
    articles: int
    slots: int
    deliveries: int
    clocks: int

    @property
    def any(self) -> bool:
        """Whether there is anything at all."""
        return any(getattr(self, field) for field in self.__struct_fields__)

    @property
    def used(self) -> bool:
        """Whether people subscribed to it or got its letters: more than a clock that ran."""
        return bool(self.subscriptions or self.deliveries)


def known(db: sqlite3.Connection, name: str) -> Known | None:
    """What is known of the newsletter; None at first sight."""
    from newsfeed.store.queries import queries

    row = queries.newsletter_row(db, name=name)
    return None if row is None else _known(row)


def everyone(db: sqlite3.Connection) -> list[Known]:
    """Every newsletter that a run has met, those no longer in the settings too; by name."""
    from newsfeed.store.queries import queries

    return [_known(row) for row in queries.newsletter_rows(db)]


def is_paused(known: Known | None, now: datetime) -> bool:
    """Whether the newsletter by itself is paused at `now` (aware)."""
    if known is None or known.paused is None:
        return False
    return known.paused_until is None or now < known.paused_until


def save_clock(db: sqlite3.Connection, name: str, clock: str, decided_until: datetime) -> None:
    """Keep what is decided; a pause stays as it is."""
    from newsfeed.store.queries import queries

    queries.save_newsletter_clock(db, name=name, clock=clock, decided_until=_seconds(decided_until))


def record_slot(
    db: sqlite3.Connection,
    newsletter: str,
    at: datetime,
    kind: EditionKind,
    outcome: SlotOutcome,
    now: datetime,
    edition_id: int | None = None,
) -> bool:
    """Keep what became of a slot. False where that was decided before: then nothing is changed,
    and nothing may be sent for it.
    """
    from newsfeed.store.queries import queries

    added = queries.add_slot(
        db,
        newsletter=newsletter,
        at=_seconds(at),
        kind=kind.value,
        outcome=outcome.value,
        decided=_seconds(now),
        edition_id=edition_id,
    )
    return bool(added)


def slot_outcome(
    db: sqlite3.Connection, newsletter: str, at: datetime, kind: EditionKind
) -> SlotOutcome | None:
    """What became of a slot; None while it is not decided."""
    from newsfeed.store.queries import queries

    found = queries.slot_outcome(db, newsletter=newsletter, at=_seconds(at), kind=kind.value)
    return None if found is None else SlotOutcome(found)


def pause(db: sqlite3.Connection, name: str, now: datetime, until: datetime | None) -> None:
    """Paused from `now` until `until`, or until somebody resumes; replaces an earlier pause."""
    from newsfeed.store.queries import queries

    queries.pause_newsletter(
        db, name=name, now=_seconds(now), until=None if until is None else _seconds(until)
    )


def resume(db: sqlite3.Connection, name: str) -> None:
    """Forget the newsletter's pause."""
    from newsfeed.store.queries import queries

    queries.resume_newsletter(db, name=name)


def forget_slots_to_come(db: sqlite3.Connection, name: str, now: datetime) -> None:
    """Drop what was decided for slots after `now` and made no edition: a clock was ahead."""
    from newsfeed.store.queries import queries

    queries.forget_slots_to_come(db, newsletter=name, now=_seconds(now))


def holdings(db: sqlite3.Connection, name: str) -> Holdings:
    """What the ledger holds under the name."""
    from newsfeed.store.queries import queries

    fields = Holdings.__struct_fields__
    row = queries.newsletter_holdings(db, newsletter=name)
    return Holdings(**dict(zip(fields, row, strict=True)))


def rename(db: sqlite3.Connection, old: str, new: str) -> None:
    """Everything of `old` becomes that of `new`, and links that name `old` lead there.

    What a clock did under the name `new` is discarded, with editions that nobody got; a pause
    of either stays. The caller has seen to it that `new` has no subscriptions and no deliveries,
    and commits.
    """
    from newsfeed.store.queries import queries

    moved, replaced = known(db, old), known(db, new)
    for discard in (
        queries.discard_newsletter_slots,
        queries.discard_newsletter_skips,
        queries.discard_newsletter_articles,
        queries.discard_newsletter_letters,
        queries.discard_newsletter_editions,
    ):
        discard(db, newsletter=new)
    if moved is not None:
        queries.discard_newsletter_clock(db, newsletter=new)
    for move in (
        queries.move_subscriptions,
        queries.move_consents,
        queries.move_notices,
        queries.move_editions,
        queries.move_edition_articles,
        queries.move_slots,
        queries.move_skips,
        queries.move_newsletter_clock,
    ):
        move(db, old=old, new=new)
    if moved and not moved.paused and replaced and replaced.paused:
        pause(db, new, replaced.paused, replaced.paused_until)
    queries.drop_former_name(db, old=new)
    queries.lead_former_names_on(db, old=old, new=new)
    queries.add_former_name(db, old=old, new=new)


def current_name(db: sqlite3.Connection, name: str) -> str:
    """What the newsletter is called now that a link or an order calls `name`."""
    from newsfeed.store.queries import queries

    return str(queries.former_name(db, old=name) or name)


def former_names(db: sqlite3.Connection) -> dict[str, str]:
    """Former name -> present name, for all that were renamed."""
    from newsfeed.store.queries import queries

    return {str(old): str(name) for old, name in queries.former_names(db)}


def subscribed(db: sqlite3.Connection) -> list[str]:
    """The names that subscriptions are kept under, in the settings or not."""
    from newsfeed.store.queries import queries

    names: list[str] = []
    while (
        name := queries.next_subscribed_newsletter(db, after=names[-1] if names else "")
    ) is not None:
        names.append(str(name))
    return names


def subscribers_of(db: sqlite3.Connection, name: str) -> int:
    """How many get the newsletter's letters, or will once they confirm."""
    from newsfeed.store.queries import queries

    return int(queries.subscribers_of_newsletter(db, newsletter=name))


def _known(row: tuple[str, str, int, int | None, int | None]) -> Known:
    name, clock, decided_until, paused, paused_until = row
    return Known(
        name=name,
        clock=clock,
        decided_until=datetime.fromtimestamp(decided_until, UTC),
        paused=_datetime(paused),
        paused_until=_datetime(paused_until),
    )


def _datetime(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _seconds(value: datetime) -> int:
    return int(value.timestamp())
