"""The door to uvicorn: sockets to listen on, and serving until somebody ends it.

uvicorn's own log of requests is off: it would hold every token (standards S-31).
"""

from __future__ import annotations

import errno
import re
import signal
import socket
import threading
from typing import TYPE_CHECKING

import msgspec

from newsfeed.errors import NewsfeedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    import uvicorn
    from starlette.types import ASGIApp

    from newsfeed.web.front import Answer

_PLACE = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]@]+)):([0-9]{1,5})")
_HIGHEST_PORT = 65535
_BACKLOG = 2048
_SECONDS_TO_FINISH = 10
_SECONDS_TO_REST = 5
_PROXIES = ["127.0.0.1", "::1"]
"""Whose X-Forwarded-For is believed (standards S-25): a proxy on this machine."""

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class Place(msgspec.Struct, frozen=True):
    """A host name or IP address, and a port; port 0 is any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_place(text: str) -> Place | None:
    """`HOST:PORT` or `[IPv6]:PORT`; None where it is neither."""
    match = _PLACE.fullmatch(text.strip())
    if match is None or int(match[3]) > _HIGHEST_PORT:
        return None
    return Place(match[1] or match[2], int(match[3]))


def listen(place: Place) -> list[socket.socket]:
    """Sockets that listen at every address of the place. Raises NewsfeedError where none can."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _cannot(place, "there is no host of that name") from None
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    for family, _, _, _, address in dict.fromkeys(found):
        try:
            sockets.append(_bound(family, address))
        except OSError as error:
            missing = error
            if error.errno in _NOT_HERE:  # a name such as localhost may have an address too many
                continue
            _close(sockets)
            raise _cannot(place, _reason(error)) from None
        if place.port == 0:
            break
    if missing and not sockets:
        raise _cannot(place, _reason(missing))
    return sockets


def serve(
    app: ASGIApp,
    sockets: list[socket.socket],
    begun: Callable[[], None],
    *,
    answer: Answer | None = None,
    wind_down: Callable[[], None] | None = None,
    finish: int = _SECONDS_TO_FINISH,
) -> None:
    """Answer requests until SIGTERM or Ctrl-C, then finish those that are open, within `finish`
    seconds, and return.

    `begun` is called when the first request can come; `answer` is asked before `app` is.
    `wind_down` is called at the first signal, in a thread of its own, and requests are answered
    until it returns, or a second signal comes. Only from the main thread.
    """
    server = _server(app, begun, answer, wind_down, finish)

    # uvicorn repeats the signal when it is done, for whoever handled it before: nobody need die.
    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _close(sockets)


def _server(
    app: ASGIApp,
    begun: Callable[[], None],
    answer: Answer | None,
    wind_down: Callable[[], None] | None,
    finish: int,
) -> uvicorn.Server:
    import asyncio

    import uvicorn

    from newsfeed.web.crowd import say_seldom_when_full

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            say_seldom_when_full(asyncio.get_running_loop())
            await super().startup(sockets)
            for opened in sockets or ():
                opened.listen(_BACKLOG)  # asyncio accepts at once as many as it lets wait
            begun()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if wind_down is None or winding.ident is not None:  # it was started
                super().handle_exit(sig, frame)
            else:
                winding.start()

    server = Server(_config(app, answer, finish))

    def wound_down() -> None:
        try:
            if wind_down is not None:
                wind_down()
        finally:
            server.should_exit = True

    winding = threading.Thread(target=wound_down, name="newsfeed stop", daemon=True)
    return server


def _config(app: ASGIApp, answer: Answer | None, finish: int) -> uvicorn.Config:
    import httptools  # noqa: F401  # without it uvicorn would take a slower parser, and not say so
    import uvicorn

    from newsfeed.web.crowd import Seldom, room
    from newsfeed.web.wire import Limits, protocol

    most, at_once = room()
    full = Seldom(f"{most} connections are open; more are turned away")
    return uvicorn.Config(
        app,
        # uvloop is a sixth quicker, and under load lets single connections wait for a second.
        loop="asyncio",
        http=protocol(answer, Limits(most), full) if answer else "httptools",
        backlog=at_once,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=_PROXIES,
        timeout_keep_alive=_SECONDS_TO_REST,
        timeout_graceful_shutdown=finish,
    )


def _bound(family: int, address: tuple[object, ...]) -> socket.socket:
    # asyncio sets TCP_NODELAY only where a socket says that it is TCP; else 40 ms are lost.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
        opened.listen(_BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _close(sockets: list[socket.socket]) -> None:
    for opened in sockets:
        opened.close()


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there"
    if error.errno == errno.EACCES:
        return "only root may listen there"
    if error.errno in _NOT_HERE:
        return "this machine does not have that address"
    return str(error.strerror)


def _cannot(place: Place, reason: str) -> NewsfeedError:
    return NewsfeedError(
        f"cannot listen: {reason}",
        where=str(place),
        remedy="end what is there, or say another with --listen or `server.listen`",
    )
