"""All connections to one relay, from the first dial to the last goodbye."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from newsfeed.deliver.smtp.dial import dial as dial_relay
from newsfeed.deliver.smtp.dialling import Dial, Dialler, doubling
from newsfeed.deliver.smtp.parcel import Desk, Relay
from newsfeed.deliver.smtp.switchboard import Switchboard
from newsfeed.deliver.smtp.timeouts import Timeouts
from newsfeed.deliver.smtp.trouble import RelayError

_SHORTEST_PAUSE = 0.05
_AGAIN = 0.1
"""Seconds until a desk that was busy is asked again."""

_LAST_WAIT = 1.0
"""Seconds: before the desk is asked again, and for connections that are cut to close."""


async def run(
    relay: Relay,
    desk: Desk,
    *,
    stop: asyncio.Event,
    clock: Callable[[], float] = time.time,
    dial: Dial = dial_relay,
    timeouts: Timeouts | None = None,
    backoff: Callable[[int], float] = doubling,
    troubled: Callable[[RelayError], None] | None = None,
    connected: Callable[[int], None] = lambda _number: None,
) -> None:
    """Send what the desk hands out until it never has anything more, or until `stop`.

    Every parcel handed out comes back in exactly one result, also when this is cancelled. Only
    where the desk itself raises they do not: then all connections are cut without a dot, and its
    error comes out. After `stop` nothing new is asked for, and what is on the wire is finished;
    what is still there after `timeouts.stop` seconds is cut.

    `clock` gives seconds since 1970-01-01 UTC. `backoff` gives the seconds to wait after so many
    dials in vain, of each of which `troubled` is told; `connected` hears how many connections are
    open whenever that changed. Raises RefusedByRelayError, when what was on the wire is finished.
    """
    waits = timeouts or Timeouts()

    def dialler(board: Switchboard, look: Callable[[], None]) -> Dialler:
        return Dialler(
            relay, board, dial, timeouts=waits, backoff=backoff, troubled=troubled, look=look
        )

    await _Run(desk, stop, clock, waits, dialler, connected).to_the_end()


class _Run:
    """One call of `run`: waits to be woken, and after each tick looks around if there is reason."""

    def __init__(
        self,
        desk: Desk,
        stop: asyncio.Event,
        clock: Callable[[], float],
        timeouts: Timeouts,
        dialler: Callable[[Switchboard, Callable[[], None]], Dialler],
        connected: Callable[[int], None],
    ) -> None:
        self._desk = desk
        self._stop = stop
        self._timeouts = timeouts
        self._connected, self._told = connected, 0
        self._board = Switchboard(desk, clock=clock, wake=self.wake)
        self._dialler = dialler(self._board, self.look)
        self._loop = asyncio.get_running_loop()
        self._woken: asyncio.Future[None] = self._loop.create_future()
        self._looking = True
        self._resting: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None
        self._cut: asyncio.TimerHandle | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._stepped_at = self._loop.time()

    def wake(self) -> None:
        """Something happened: let there be a tick."""
        if not self._woken.done():
            self._woken.set_result(None)

    def look(self) -> None:
        """Something happened that asks for more than a tick."""
        self._looking = True
        self.wake()

    async def to_the_end(self) -> None:
        """Everything. Raises as `run` does."""
        watching = self._loop.create_task(self._watch())
        self._sweep()
        try:
            await self._serve()
            self._board.hang_up()
            await self._closed(self._timeouts.quit)
        except asyncio.CancelledError:
            self._board.drop("the run was cancelled")
            self._board.tick(asking=False)
            raise
        finally:
            watching.cancel()
            self._dialler.cancel()
            for timer in (self._resting, self._again, self._cut, self._sweeper):
                if timer is not None:
                    timer.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._dialler.ended()
            self._board.drop("the run was cut short")
            await self._closed(_LAST_WAIT)
            self._tell(0)
        if self._dialler.refused is not None:
            raise self._dialler.refused

    def _tell(self, number: int) -> None:
        if number != self._told:
            self._told = number
            self._connected(number)

    async def _watch(self) -> None:
        await self._stop.wait()
        self.look()

    async def _serve(self) -> None:
        """Tick after tick, until there is nothing left to do."""
        board = self._board
        while True:
            await self._woken
            self._woken = self._loop.create_future()
            looking, self._looking = self._looking, False
            asking = self._resting is None and not self._stopping
            if board.tick(asking=asking, renewing=looking and self._renewal_is_due()):
                self._stepped_at = self._loop.time()
            if board.held and self._again is None:
                self._again = self._loop.call_later(_AGAIN, self._ask_again)
            if (looking or not board.out or board.inbox.gone) and self._look_around():
                return

    def _ask_again(self) -> None:
        self._again = None
        self.wake()

    @property
    def _stopping(self) -> bool:
        return self._dialler.refused is not None or self._stop.is_set()

    def _renewal_is_due(self) -> bool:
        waited = self._loop.time() - self._stepped_at
        return self._board.out > 0 and waited >= self._timeouts.renew

    def _look_around(self) -> bool:
        """See to the lines, to dials, pauses and the end. Whether there is nothing left to do."""
        self._dialler.gather()
        for line in self._board.gone():
            if line.failed:
                self._dialler.setback()
        self._tell(len(self._board.lines))
        now = self._loop.time()
        for line in self._board.lines:
            line.check(now)
        if self._stopping:
            return self._wound_down()
        return self._resting is None and self._out_of_work()

    def _wound_down(self) -> bool:
        """Whether what was on the wire is finished."""
        if self._cut is None and self._stop.is_set():
            self._cut = self._loop.call_later(self._timeouts.stop, self._cut_off)
        return not self._board.out

    def _cut_off(self) -> None:
        self._board.drop("no reply before the run had to stop")

    def _out_of_work(self) -> bool:
        """Open connections where there is work for them. Whether there never will be any.

        Without a connection the desk is asked at every look, also while a relay is dialled that may
        never answer: its work may be gone, or its time over.
        """
        board, dialler = self._board, self._dialler
        if board.in_vain and not board.out:
            return self._rest()
        room = dialler.room()
        unconnected = not (board.out or board.lines)
        if board.idle or not (room or unconnected):
            return False
        waiting = self._desk.waiting(max(room, 1))
        if unconnected and not waiting:
            return self._rest()
        dialler.open(min(waiting, room))
        return False

    def _rest(self) -> bool:
        """Nothing is out and nothing to be had: wait as the desk tells. Whether it is the end."""
        pause = self._desk.rest()
        if pause is None:
            return True
        self._resting = self._loop.call_later(max(pause, _SHORTEST_PAUSE), self._rested)
        return False

    def _rested(self) -> None:
        self._resting = None
        self._board.in_vain = False
        self.look()

    def _sweep(self) -> None:
        """Look around again and again: that is how timeouts are noticed."""
        self._sweeper = self._loop.call_later(self._timeouts.sweep, self._sweep)
        self.look()

    async def _closed(self, most: float) -> None:
        """Wait until all connections are closed, so many seconds at most."""
        deadline = self._loop.time() + most
        self._board.gone()
        while self._board.lines and (left := deadline - self._loop.time()) > 0:
            await asyncio.wait([self._woken], timeout=left)
            if self._woken.done():
                self._woken = self._loop.create_future()
            self._board.gone()
