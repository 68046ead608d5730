"""How many connections are opened, and when: one first, then more, and gently where they fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.deliver.smtp.switchboard import Switchboard
from newsfeed.deliver.smtp.timeouts import Timeouts
from newsfeed.deliver.smtp.trouble import RefusedByRelayError, RelayError

_LONGEST_BACKOFF = 60.0
_SLACK = 0.01
"""Seconds: how long at most, and by how much a timer may be early."""


class Dial(Protocol):
    """Opens a connection. Raises RelayError."""

    async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
        """`timeout` is for all of it, in seconds."""
        ...


def doubling(failures: int) -> float:
    """Seconds before the next dial after so many failures in a row: 1, 2, 4 and so on, to 60."""
    return min(_LONGEST_BACKOFF, 2.0 ** min(failures - 1, 10))


class Dialler:
    """Opens connections for a switchboard.

    `refused` is what the relay said to send us away for good. `look` is called when a dial has
    ended and when it is time for the next.
    """

    def __init__(
        self,
        relay: Relay,
        board: Switchboard,
        dial: Dial,
        *,
        timeouts: Timeouts,
        backoff: Callable[[int], float],
        troubled: Callable[[RelayError], None] | None,
        look: Callable[[], None],
    ) -> None:
        self._relay = relay
        self._board = board
        self._dial = dial
        self._timeouts = timeouts
        self._backoff = backoff
        self._troubled = troubled
        self._look = look
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._most = relay.connections  # so many the relay seems to take
        self._retry_at = self._wait = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.refused: RefusedByRelayError | None = None

    @property
    def busy(self) -> bool:
        """Whether a connection is being opened."""
        return bool(self._tasks)

    def room(self) -> int:
        """How many connections may be opened now.

        After a failure that is no more than were left, and when it is time, one more than have
        proved to be of use. Without any the first has to come about before others are tried.
        """
        lines = self._board.lines
        self._most = max(self._most, sum(line.answered > 0 for line in lines))
        most = self._most + (self._loop.time() >= self._retry_at - _SLACK)
        if not any(line.open for line in lines):
            most = min(most, 1)
        return max(0, min(most, self._relay.connections) - len(lines) - len(self._tasks))

    def open(self, count: int) -> None:
        """Begin to open so many connections."""
        if count and self._loop.time() > self._retry_at + self._wait:
            self._failures = 0  # it went well for as long as was waited
        for _ in range(count):
            task = self._loop.create_task(self._open())
            self._tasks.add(task)
            task.add_done_callback(lambda _: self._look())

    def gather(self) -> None:
        """See what became of the dials. Raises what is no RelayError."""
        done = {task for task in self._tasks if task.done()}
        self._tasks -= done
        for task in done:
            error = None if task.cancelled() else task.exception()
            if isinstance(error, RelayError):
                self._failed(error)
            elif error is not None:
                raise error

    def setback(self) -> None:
        """A dial failed, or a connection that came to nothing: wait longer before the next."""
        self._most = 0  # of those that are there each has to prove to be of use
        now = self._loop.time()
        if now < self._retry_at:
            return  # one of several that failed together
        self._failures += 1
        self._wait = self._backoff(self._failures)
        self._retry_at = now + self._wait
        self._timer = self._loop.call_later(self._wait, self._look)

    def cancel(self) -> None:
        """Stop what is being opened."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    async def ended(self) -> None:
        """Wait until what was stopped has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self) -> None:
        opened = await self._dial(self._relay, timeout=self._timeouts.greeting)
        if opened.transport.is_closing():
            where = f"{self._relay.host}:{self._relay.port}"
            raise RelayError("the relay closed the connection", where=where)
        most = self._relay.messages_per_connection
        self._board.connect(opened, most=most, timeouts=self._timeouts)

    def _failed(self, error: RelayError) -> None:
        if isinstance(error, RefusedByRelayError):
            self.refused = self.refused or error
            return
        self.setback()
        if self._troubled is not None:
            self._troubled(error)
