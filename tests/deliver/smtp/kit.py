"""What tests of transactions share: a desk that watches, a plain dial, and time not spent."""

from __future__ import annotations

import asyncio
import selectors
import ssl
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from newsfeed.deliver.smtp.envelope import Features
from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Parcel, Relay, Result
from newsfeed.deliver.smtp.trouble import RelayError
from tests.deliver.smtp.server import Server

T = TypeVar("T")

EPOCH = 1_800_000_000.0
"""When tests begin (seconds since 1970-01-01 UTC)."""


class _Impatient(selectors.DefaultSelector):
    """Does not wait: where nothing happens, `now` jumps to when it would have waited until."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._busy = True

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # What was written a moment ago may need a moment to arrive.
        events = super().select(0.001 if self._busy and timeout != 0 else 0)
        self._busy = bool(events) or timeout == 0
        if not events and timeout is not None:
            self.now += timeout
        elif not events:
            events = super().select(0.05)
        return events


class WarpLoop(asyncio.SelectorEventLoop):
    """An event loop on whose clock ten minutes pass in no time."""

    def __init__(self) -> None:
        self._warp = _Impatient()
        super().__init__(self._warp)

    def time(self) -> float:
        return self._warp.now


def warped(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, on a loop whose time is not spent. No callback may raise."""
    raised: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=WarpLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _loop, context: raised.append(context))
        found = runner.run(work)
    assert raised == []
    return found


def clock() -> float:
    """The time on a loop of `warped`."""
    return EPOCH + asyncio.get_running_loop().time()


def relay(server: Server, *, connections: int = 1, most: int = 100) -> Relay:
    """How to reach a server."""
    return Relay(
        host="127.0.0.1",
        port=server.port,
        security="none",
        hello="client.example",
        connections=connections,
        messages_per_connection=most,
    )


def parcel(number: int, *, size: int = 200, until: float = EPOCH + 10**6) -> Parcel:
    """A message to R-NUMBER, with its number in the first line, dots and a line of one dot."""
    text = f"Number: {number}\r\n\r\n.begins with a dot\r\n.\r\n..\r\n"
    lines = "filled up to its size\r\n" * (size // 23)
    return Parcel(
        number=number,
        sender="news@example.org",
        recipient=f"r-{number}@example.com",
        message=(text + lines).encode(),
        until=until,
    )


class SpyTransport:
    """A transport that tells of each write before it is done."""

    def __init__(self, transport: asyncio.Transport, told: Callable[[bytes], None]) -> None:
        self._transport = transport
        self._told = told

    def write(self, data: bytes) -> None:
        self._told(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._transport, name)


@dataclass
class Dialling:
    """A dial over TCP: greeting and EHLO. `told` hears of each write with the connection's number.

    `failures` are raised first, one a dial. With `tls` it begins with TLS.
    """

    tls: ssl.SSLContext | None = None
    told: Callable[[int, bytes], None] = lambda _connection, _data: None
    failures: list[RelayError] = field(default_factory=list)
    dialled: list[float] = field(default_factory=list)

    async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
        number = len(self.dialled)
        self.dialled.append(asyncio.get_running_loop().time())
        if self.failures:
            raise self.failures.pop(0)
        loop = asyncio.get_running_loop()
        try:
            transport, hello = await loop.create_connection(
                _Hello,
                relay.host,
                relay.port,
                ssl=self.tls,
                server_hostname="localhost" if self.tls else None,
            )
            await hello.until(1)
            transport.write(b"EHLO " + relay.hello.encode() + b"\r\n")
            words = await hello.until(2)
        except OSError:
            raise RelayError("not reached", where="127.0.0.1") from None
        transport.pause_reading()
        spy: Any = SpyTransport(transport, lambda data: self.told(number, data))
        return Opened(spy, Features.offered(dict.fromkeys(words, "")))


class _Hello(asyncio.Protocol):
    """Reads replies of one line or several."""

    def __init__(self) -> None:
        self._seen = b""
        self._more = asyncio.Event()

    async def until(self, replies: int) -> list[str]:
        """What stands in the lines, when so many replies have come."""
        while True:
            lines = self._seen.decode().split("\r\n")[:-1]
            if sum(line[3] == " " for line in lines) >= replies:
                return [line[4:] for line in lines]
            self._more.clear()
            await self._more.wait()
            if not self._seen:
                raise ConnectionResetError

    def data_received(self, data: bytes) -> None:
        self._seen += data
        self._more.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._seen = b""
        self._more.set()


class Recorder:
    """A desk that hands out parcels and sees to it that each comes back once.

    What never came to a try is handed out again, unless it is `given_up`. `shares` limits what each
    step hands out, one after the other. Those that are `barred` may not be begun at first. `log`
    holds what happened in its order, together with what others put there.
    """

    def __init__(
        self,
        parcels: Sequence[Parcel],
        *,
        shares: Iterator[int] | None = None,
    ) -> None:
        self.todo = list(parcels)
        self.out: dict[int, Parcel] = {}
        self.results: list[Result] = []
        self.log: list[tuple[str, Any]] = []
        self.steps: list[tuple[float, int, int]] = []
        self.rests: list[float | None] = []
        self.asked = 0
        self.barred: set[int] = set()
        self.given_up: set[int] = set()
        self.shares = shares
        self._within = False

    def waiting(self, most: int) -> int:
        assert not self._within
        assert most > 0
        return min(most, len(self.todo))

    def step(self, results: Sequence[Result], wanted: int) -> Iterator[Parcel]:
        assert not self._within
        self._within = True
        for result in results:
            assert self.out.pop(result.parcel.number) is result.parcel
            self.results.append(result)
            self.log.append(("stored", result))
            never = result.reply is None and not result.lost
            if never and result.parcel.number not in self.given_up:
                self.todo.append(result.parcel)
        number = min(wanted, len(self.todo), next(self.shares, 99) if self.shares else 99)
        chosen, self.todo = self.todo[:number], self.todo[number:]
        self.out |= {one.number: one for one in chosen}
        now = asyncio.get_running_loop().time()
        self.steps.append((now, len(results), wanted))
        self._within = False
        return iter(chosen)

    def may_begin(self, parcel: Parcel) -> bool:
        assert parcel.number in self.out
        barred = parcel.number in self.barred
        self.barred.discard(parcel.number)
        return not barred

    def rest(self) -> float | None:
        assert not self._within
        assert not self.out
        self.asked += 1
        if self.rests:
            return self.rests.pop(0)
        return 0.01 if self.todo else None

    def of(self, number: int) -> list[Result]:
        """What became of a parcel, tries that were none left out."""
        return [
            one for one in self.results if one.parcel.number == number and (one.reply or one.lost)
        ]
