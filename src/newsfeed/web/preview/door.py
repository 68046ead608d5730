"""Who may ask the preview: a browser on this machine, and for what changes something its own page.

A page of somebody else's must not read subscribers' addresses by a name that leads here (DNS
rebinding), nor send letters by a form of its own (standards S-23 and S-25).
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from newsfeed.errors import fault_of_ours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("newsfeed.preview")

_PORT = 80
_METHODS = ("GET", "HEAD", "POST")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none, a browser hides the origin of our own form
    "X-Robots-Tag": "noindex, nofollow",
}


def is_loopback(host: str) -> bool:
    """Whether only this machine can be at `host`, a name or an IP address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def names(places: Iterable[tuple[str, int]]) -> frozenset[str]:
    """What a browser may call this server: the hosts and ports where it listens, and the usual
    names of this machine with these ports.
    """
    found = set()
    for host, port in places:
        for name in (host, "127.0.0.1", "localhost", "::1"):
            spelled = f"[{name}]" if ":" in name else name
            found.add(f"{spelled}:{port}")
            if port == _PORT:
                found.add(spelled)
    return frozenset(found)


class Door:
    """Middleware that lets in whoever calls us by one of `hosts`, and gives every answer what no
    browser may forget.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it; anything but HTTP is passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        opened: list[bool] = []

        async def answered(item: Message) -> None:
            if item["type"] == "http.response.start":
                opened.append(True)
                headers = MutableHeaders(scope=item)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(item)

        hosts = Headers(scope=scope).getlist("host")
        refused = None
        if len(hosts) != 1 or hosts[0].casefold() not in self._hosts:
            refused = PlainTextResponse("This page is there under its own address only.\n", 421)
        elif scope["method"] not in _METHODS:
            refused = PlainTextResponse("There is no such way to ask.\n", 405)
        try:
            await (refused or self._app)(scope, receive, answered)
        except ClientDisconnect:
            return  # nobody is there to answer
        except Exception as error:  # noqa: BLE001  # the outermost frame of a request
            log.error("%s", fault_of_ours(error))  # noqa: TRY400  # one line
            if not opened:
                await PlainTextResponse(f"{fault_of_ours(error)}\n", 500)(scope, receive, answered)


def is_ours(request: Request, given: str, token: str) -> bool:
    """Whether a form that was sent is one of our page: its origin is, and it knows the `token`."""
    origins = request.headers.getlist("origin")
    ours = f"http://{request.headers.get('host', '')}".casefold()
    site = request.headers.get("sec-fetch-site", "same-origin")
    return (
        [origin.casefold() for origin in origins] == [ours]
        and site == "same-origin"
        and hmac.compare_digest(given.encode(), token.encode())
    )
