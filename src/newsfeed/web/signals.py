"""Signs for machines: /readyz tells how the service is, /metrics its numbers.

That the process answers at all is /healthz, which every `application` has. None of them tells a
secret, a path or an address. Numbers still tell how many people read what, so that only the
networks in `[server] metrics` may ask for them: this machine, unless it says otherwise. A proxy on
this machine says for whom it asks (X-Forwarded-For), and then that client counts; one that does
not say so must not pass /metrics on.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Literal

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from newsfeed import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from newsfeed.networks import Network
    from newsfeed.web.filetypes import Header
    from newsfeed.web.front import Answer, Quick


METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Leader = Literal["this process", "another", "nobody"]


class LastRun(msgspec.Struct, frozen=True, kw_only=True):
    """How the last publish pass of this process ended: `ended` is None where none did yet."""

    ended: str | None = None
    outcome: Literal["none yet", "done", "left out", "failed"] = "none yet"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What /readyz tells. A failed pass is told, but no reason to take pages off the net: what
    was published before is served, and people can leave.
    """

    store: bool
    leader: Leader
    publish: LastRun = LastRun()
    stopping: bool = False

    @property
    def ready(self) -> bool:
        """Whether requests can be answered, and somebody publishes and sends."""
        return self.store and self.leader != "nobody" and not self.stopping


def signals(
    ready: Callable[[], Ready], metrics: Callable[[], bytes], networks: Sequence[Network]
) -> list[Route]:
    """The routes; `ready` and `metrics` are called in threads, and read the store.

    `networks` are those whose clients may read the metrics; to others there is no such page.
    """

    async def readyz(_: Request) -> Response:
        found = await run_in_threadpool(ready)
        return Response(_told(found), 200 if found.ready else 503, media_type="application/json")

    async def numbers(request: Request) -> Response:
        if not _is_in(request.client.host if request.client else "", networks):
            raise HTTPException(404)
        return Response(await run_in_threadpool(metrics), headers={"Content-Type": METRICS_TYPE})

    return [Route("/readyz", readyz), Route("/metrics", numbers)]


def counted(app: ASGIApp, answered: Callable[[int], None]) -> ASGIApp:
    """`app`, each answer of which is told by its status."""

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        async def door(item: Message) -> None:
            if item["type"] == "http.response.start":
                answered(item["status"])
            await send(item)

        await app(scope, receive, door if scope["type"] == "http" else send)

    return counting


def counted_at_once(answer: Answer, answered: Callable[[int], None]) -> Answer:
    """The same for what is answered before an application is asked (`front.py`)."""

    def counting(method: bytes, raw_path: bytes, headers: list[Header]) -> Quick | None:
        found = answer(method, raw_path, headers)
        if found is not None:
            answered(int(found.status[9:12]))  # HTTP/1.1 200 OK
        return found

    return counting


def _told(found: Ready) -> bytes:
    facts = {
        "ready": found.ready,
        "store": "usable" if found.store else "cannot be used",
        "leader": found.leader,
        "publish": found.publish,
        "version": __version__,
    }
    if found.stopping:
        facts["stopping"] = True
    return msgspec.json.encode(facts) + b"\n"


def _is_in(host: str, networks: Sequence[Network]) -> bool:
    """Whether the client is in one of the networks, also where it came by IPv6 as `::ffff:`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any((mapped or address) in network for network in networks)
