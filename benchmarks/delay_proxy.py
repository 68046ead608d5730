"""A road of some length to a server of this machine: `python -m benchmarks.delay_proxy --to PORT`.

What comes in at one side goes out at the other after half of the round trip, in both directions,
however much it is. It prints its port, and ends when its standard input does, so that it never
outlives who started it. To connect takes no time, and neither does TCP's own acknowledging: a real
line of that length is slower to begin with.
"""

from __future__ import annotations

import argparse
import asyncio
import selectors
import sys
from collections import deque

ROUND_TRIP = 0.02


class Way:
    """One direction: what is put in is written to the other end `delay` seconds later, in order."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._to: asyncio.Transport | None = None
        self._armed = False

    def open(self, to: asyncio.Transport) -> None:
        """From now on there is somebody at the other end."""
        self._to = to
        self._wake()

    def put(self, data: bytes) -> None:
        """Take `data` on its way; b"" is the end, after which the other end is closed."""
        self._waiting.append((self._loop.time() + self._delay, data))
        self._wake()

    def _wake(self) -> None:
        if self._to and self._waiting and not self._armed:
            self._armed = True
            self._loop.call_at(self._waiting[0][0], self._arrive)

    def _arrive(self) -> None:
        """Write all that has been on its way for long enough, in one piece."""
        self._armed = False
        assert self._to
        now, due = self._loop.time(), []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(self._waiting.popleft()[1])
        if due:
            self._to.write(b"".join(due))
            if not due[-1]:
                self._to.close()
        self._wake()


class End(asyncio.Protocol):
    """One end of the road: what it hears goes `out`, what comes to it through `back`."""

    def __init__(self, out: Way, back: Way) -> None:
        self._out, self._back = out, back

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let what waited for this end arrive."""
        assert isinstance(transport, asyncio.Transport)
        self._back.open(transport)

    def data_received(self, data: bytes) -> None:
        """Put it on its way."""
        self._out.put(data)

    def connection_lost(self, _error: Exception | None) -> None:
        """The other end hears of it as late as of everything."""
        self._out.put(b"")


class Door(End):
    """The end to which clients come: it opens the other one."""

    def __init__(self, port: int, delay: float) -> None:
        super().__init__(Way(delay), Way(delay))
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect to the server at once."""
        super().connection_made(transport)
        other = End(self._back, self._out)
        self._task = asyncio.create_task(self._reach(transport, other))

    async def _reach(self, transport: asyncio.BaseTransport, other: End) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: other, "127.0.0.1", self._port)
        except OSError:
            transport.close()


async def serve(to: int, round_trip: float) -> None:
    """Carry until standard input ends; the port is printed."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), over.set)
    server = await loop.create_server(
        lambda: Door(to, round_trip / 2), "127.0.0.1", 0, backlog=1000
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await over.wait()
    server.close()


def exact_loop() -> asyncio.AbstractEventLoop:
    """A loop that waits to the microsecond, as epoll does not: it rounds up to milliseconds."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


def main() -> None:
    """Read the command line and serve."""
    words = argparse.ArgumentParser(prog="delay_proxy", description=__doc__)
    words.add_argument("--to", type=int, required=True, metavar="PORT")
    words.add_argument("--round-trip", type=float, default=ROUND_TRIP, metavar="SECONDS")
    found = words.parse_args()
    with asyncio.Runner(loop_factory=exact_loop) as runner:
        runner.run(serve(found.to, found.round_trip))


if __name__ == "__main__":
    main()
