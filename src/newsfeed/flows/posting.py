"""A few messages leave over the relay, without the ledger of editions: a test, a confirmation.

Each is tried once, and once more where a connection was lost before anything of it was said. Where
no answer came after its body was begun nobody knows whether it was taken: it is not repeated.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from itertools import count
from typing import Generic, TypeVar

import msgspec

from newsfeed.deliver.outcome import Verdict, judge
from newsfeed.deliver.smtp.parcel import DeskBusyError, Parcel, Relay, Result, Stage
from newsfeed.deliver.smtp.trouble import RelayError
from newsfeed.deliver.words import reply_words
from newsfeed.flows.stopping import Stop
from newsfeed.store import turns

Item = TypeVar("Item")

WITHIN = 60.0
"""Seconds in which a handful of messages has to leave."""

GRACE = 30.0
"""Seconds more for answers to what is on the wire by then."""

HASTE = 12.0
"""The same where a service is ended, which has half a minute in all."""

_TRIES = 2
_AGAIN = 0.1
_BETWEEN_DIALS = 1.0

_FINAL = (2, 4, 5)
"""Classes of replies that tell whether a message was taken (RFC 5321 section 4.2.1)."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A message and its envelope; `sender` "" is the null path. Lines end with CRLF."""

    sender: str
    recipient: str
    message: bytes


class Fate(StrEnum):
    """What became of a message. LOST: it may have been taken, but nobody said so."""

    TAKEN = "taken"
    REFUSED = "refused"
    LOST = "lost"
    UNTRIED = "not tried"


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message; `said` is the reply or the trouble, in one line that names
    nobody. `verdict` is what a reply means, if there was one.
    """

    fate: Fate
    said: str
    verdict: Verdict | None = None


class Errands(Generic[Item]):
    """What is to be sent. Each message is made only when it goes out at once.

    `prepare` gives the message of an item, or None where there is nothing to send; `settle` hears
    what became of it. Both are called within a `together`, and what that commits is kept before
    anything that `prepare` gave is on the wire. What is prepared is settled, unless the process
    ends before; after that it may be prepared once more. Where a `together` does not hold, what was
    prepared in it does not leave, and what was settled in it is settled once more. `together` gets
    the seconds to wait for others who write, and may raise BusyError.
    """

    def __init__(
        self,
        items: Iterable[Item],
        *,
        prepare: Callable[[Item], Post | None],
        settle: Callable[[Item, Posted], None],
        together: Callable[[float], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._left = deque((item, 1) for item in items)
        self._out: dict[int, tuple[Item, int]] = {}
        self._heard: list[tuple[Item, Posted]] = []
        self._prepare, self._settle, self._together = prepare, settle, together
        self._numbers = count()

    def waiting(self) -> int:
        """How many are still to be prepared."""
        return len(self._left)

    def exchange(self, results: Sequence[Result], wanted: int, until: float) -> list[Parcel]:
        """Settle results, and prepare up to `wanted` others; `until` is as in a Parcel. Where
        that raises BusyError it is to be called again, with further results alone.
        """
        found: list[Parcel] = []
        fresh: dict[int, tuple[Item, int]] = {}
        for result in results:
            item, tries = self._out.pop(result.parcel.number)
            posted = _posted(result)
            self._heard.append((item, posted))
            tries += _is_try(result)
            if tries <= _TRIES and _may_go_again(posted):
                self._left.append((item, tries))
        with self._together(turns.BRIEF):
            self._settle_heard()
            while len(found) < wanted and self._left:
                item, tries = self._left.popleft()
                post = self._prepare(item)
                if post is not None:
                    number = next(self._numbers)
                    fresh[number] = (item, tries)
                    found.append(_parcel(number, post, until))
        self._heard.clear()
        self._out |= fresh
        return found

    def give_up(self) -> None:
        """Settle what never came back: nobody knows what became of it. Waits for who writes."""
        with self._together(math.inf):
            self._settle_heard()
            for item, _ in self._out.values():
                self._settle(item, Posted(fate=Fate.LOST, said="no answer came"))
        self._heard.clear()
        self._out.clear()

    def _settle_heard(self) -> None:
        for item, posted in self._heard:
            self._settle(item, posted)


def post(relay: Relay, messages: Sequence[Post], *, within: float = WITHIN) -> list[Posted]:
    """Send messages, and tell what became of each, in their order.

    Ends after `within` + GRACE seconds at the latest. Where the relay cannot be reached, those that
    were not tried by then say so in its words. Raises KeyboardInterrupt for a second Ctrl-C.
    """
    found: dict[int, Posted] = {}
    errands = Errands(
        range(len(messages)),
        prepare=messages.__getitem__,
        settle=found.__setitem__,
    )
    why = "it was ended before"
    try:
        run_errands(relay, errands, within=within)
    except RelayError as error:
        why = str(error)
    untried = Posted(fate=Fate.UNTRIED, said=why)
    return [found.get(number, untried) for number in range(len(messages))]


def run_errands(
    relay: Relay, errands: Errands[Item], *, within: float, stop: Stop | None = None
) -> None:
    """Carry out errands over one connection, until none is left or `within` seconds are over;
    answers to what is on the wire by then have GRACE seconds more. The first Ctrl-C or SIGTERM ends
    it likewise, and so does `stop`, which another thread sets, with HASTE seconds more.

    Raises RelayError where no connection comes about. All that was prepared is settled even then.
    """
    import asyncio

    try:
        asyncio.run(_talk(relay, _Counter(errands, time.time() + within), within, stop))
    finally:
        errands.give_up()


class _Counter(Generic[Item]):
    """The desk that hands out errands (see `parcel.Desk`). `connected`: there was a connection."""

    def __init__(self, errands: Errands[Item], until: float) -> None:
        self._errands, self._until = errands, until
        self.connected = False

    def waiting(self, most: int) -> int:
        """How many parcels could be handed out now; not more than `most` are counted."""
        return min(most, self._errands.waiting())

    def step(self, results: Sequence[Result], wanted: int) -> Sequence[Parcel]:
        """Keep `results` for good, then hand out up to `wanted` parcels."""
        self.connected = True
        try:
            return self._errands.exchange(results, wanted, self._until)
        except turns.BusyError:
            raise DeskBusyError from None

    def may_begin(self, parcel: Parcel) -> bool:
        """Whether the body of a parcel may be begun now."""
        return time.time() < parcel.until

    def rest(self) -> float | None:
        """Seconds until it is of use to ask again; None: never."""
        return _AGAIN if self._errands.waiting() else None


async def _talk(relay: Relay, desk: _Counter[Item], within: float, wish: Stop | None) -> None:
    """One connection is enough for a few, and one that does not come about is the end."""
    import asyncio

    from newsfeed.deliver.smtp.run import run
    from newsfeed.deliver.smtp.signals import until_told
    from newsfeed.deliver.smtp.timeouts import Timeouts

    stop = asyncio.Event()
    trouble: list[RelayError] = []

    def troubled(error: RelayError) -> None:
        trouble.append(error)
        stop.set()

    def time_is_over() -> None:
        if not desk.connected:
            trouble.append(_silent(relay, within))
        stop.set()

    loop = asyncio.get_running_loop()
    end = loop.call_later(within, time_is_over)

    def told() -> None:
        loop.call_soon_threadsafe(stop.set)

    try:
        with until_told(stop.set), wish.heard(told) if wish else nullcontext():
            await run(
                msgspec.structs.replace(relay, connections=1),
                desk,
                stop=stop,
                timeouts=Timeouts(stop=HASTE if wish else GRACE),
                backoff=lambda _failures: _BETWEEN_DIALS,
                troubled=troubled,
            )
    finally:
        end.cancel()
    if trouble:
        raise trouble[0]


def _silent(relay: Relay, seconds: float) -> RelayError:
    return RelayError(
        f"no connection came about within {seconds:g} seconds",
        where=f"{relay.host}:{relay.port}",
        remedy="try again later, or see why the relay does not answer",
    )


def _parcel(number: int, post: Post, until: float) -> Parcel:
    return Parcel(
        number=number,
        sender=post.sender,
        recipient=post.recipient,
        message=post.message,
        until=until,
    )


def _posted(result: Result) -> Posted:
    """What a result means. A reply to the body that is neither yes nor no leaves it open."""
    said = reply_words(result.reply, result.lost, recipient=result.parcel.recipient)
    if result.reply is None:
        fate = Fate.LOST if result.begun else Fate.UNTRIED
        return Posted(fate=fate, said=said or "it was ended before")
    if result.stage is Stage.BODY and result.reply.code // 100 not in _FINAL:
        return Posted(fate=Fate.LOST, said=said)
    verdict = judge(result.stage, result.reply)
    fate = Fate.TAKEN if verdict is Verdict.SENT else Fate.REFUSED
    return Posted(fate=fate, said=said, verdict=verdict)


def _is_try(result: Result) -> bool:
    """Whether the message was tried at all, and not merely handed back."""
    return bool(result.reply or result.lost)


def _may_go_again(posted: Posted) -> bool:
    """Whether it surely was not taken, and nothing was said of the message itself."""
    return posted.fate is Fate.UNTRIED or posted.verdict is Verdict.REQUEUE
