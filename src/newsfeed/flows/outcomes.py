"""What became of slots: light values for reports."""

from __future__ import annotations

from datetime import datetime

import msgspec

from newsfeed.model import DeliveryState, EditionState, SlotOutcome


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a slot (aware), or would.

    The others tell of the edition that was composed, if one was: its name, state, subject, the
    titles of its articles, the size of one message in bytes, and what the lint warns of, as lines.
    `ahead` tells that slots up to a far later time are decided already: the clock was wrong once.
    """

    newsletter: str
    slot: datetime | None
    outcome: SlotOutcome | None
    edition: str = ""
    state: EditionState | None = None
    subject: str = ""
    articles: tuple[str, ...] = ()
    size: int = 0
    warnings: tuple[str, ...] = ()
    ahead: bool = False


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that was not recorded; to how many it would go, and how many seconds the quotas
    of the relay ask for at least. Where `canary` is not 0, it goes to so many first, and to the
    others `canary_wait` later.
    """

    decided: Decided
    recipients: int
    takes: float
    canary: int = 0
    canary_wait: str = ""


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """An edition of the ledger that would be delivered: to how many it is still to go, and so on as
    for a `Forecast`; `articles` are titles, and `size` is that of one message in bytes.
    """

    edition: str
    subject: str
    articles: tuple[str, ...]
    size: int
    recipients: int
    takes: float
    canary: int = 0
    canary_wait: str = ""


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did for an edition, and how many of its letters are in each state since.

    `written` letters left, into `folder` of the outbox or over the relay. `why` says why nothing
    goes although letters wait; "" if nothing is in the way. `paused` tells that it waits for
    somebody to resume it. `next` (UTC) is when the next of those
    that wait is tried.
    """

    edition: str
    transport: str
    folder: str
    written: int
    counts: dict[DeliveryState, int]
    why: str = ""
    paused: bool = False
    next: datetime | None = None


class Pinged(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a feed that the hub was to be told of: the `problem`, "" where it took it, and
    when (UTC) it is told `again`, None where it is not.
    """

    topic: str
    problem: str = ""
    again: datetime | None = None
