"""The one door for outgoing HTTP, and to httpx (standards S-10).

A host is resolved once, every address that it has is checked, and the connection goes to one that
was checked, with the name kept for TLS and `Host`: a second answer of the resolver changes nothing.
No proxy of the environment is asked. Certificates are those of the system or of SSL_CERT_FILE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from newsfeed import __version__
from newsfeed.net.addresses import Reach, may_reach
from newsfeed.net.lookup import in_thread
from newsfeed.urls import ascii_url

if TYPE_CHECKING:
    import httpx

Resolver = Callable[[str, int], list[str]]
"""The IP addresses of a host, or OSError where there are none."""

MOST_HOPS = 3
"""Redirects, at the very most."""

_AT_ONCE = 4
"""Forms that are on their way to one host at a time."""

_EITHER_HEADER = 47
"""How zlib is told to unpack what has a header of gzip or of zlib."""

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How far a request may go.

    `reach` says which addresses; other ports than 80 and 443 only where it is not "public".
    `plain` allows http. `redirects` are followed by GET alone. `patience` are the seconds for all
    of it, hops included; `most` the bytes that are read of a body, packed and unpacked.
    """

    reach: Reach = "public"
    plain: bool = False
    redirects: int = 0
    patience: float = 10.0
    most: int = 1 << 20


class Reply(NamedTuple):
    """What was answered at `url`, its body cut at the limit; or the `problem` that nothing was.

    `moved` is the address that took the place of the one that was asked for good (301, 308), "" for
    none: as far as every redirect up to it was permanent. `refused` tells that the address is the
    problem, so that to ask again changes nothing.
    """

    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = {}
    url: str = ""
    problem: str = ""
    moved: str = ""
    refused: bool = False


class _Refused(Exception):  # noqa: N818  # an answer to a request, never seen outside
    """Why a request may not be made, in words."""


class _Target(NamedTuple):
    """Where a request goes: the address to connect to for each IP, and the host as it is called."""

    scheme: str
    host: str
    port: int
    rest: str
    netloc: str


def system_resolver(host: str, port: int) -> list[str]:
    """What this machine's resolver says."""
    import socket

    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def get(
    url: str,
    rules: Rules,
    *,
    headers: Mapping[str, str] | None = None,
    resolver: Resolver = system_resolver,
) -> Reply:
    """GET `url` with these `headers` besides our own. Never raises; not to be called where an event
    loop runs.
    """
    import asyncio

    return asyncio.run(_asked(url, rules, headers or {}, resolver))


def post_forms(
    url: str,
    forms: Sequence[Mapping[str, str]],
    rules: Rules,
    *,
    resolver: Resolver = system_resolver,
) -> list[Reply | None]:
    """POST each of `forms`, over as few connections as may be; `rules` hold for all of it.

    No redirect is followed. Where nothing is answered at all, every form has that problem; None
    stands for one that was not sent although others were answered. Never raises; not to be called
    where an event loop runs.
    """
    import asyncio

    return asyncio.run(_posted(url, forms, rules, resolver))


async def _asked(url: str, rules: Rules, headers: Mapping[str, str], resolver: Resolver) -> Reply:
    import asyncio

    try:
        async with asyncio.timeout(rules.patience), _client(rules) as client:
            client.headers.update(headers)
            return await _hops(client, url, rules, resolver)
    except _failures() as error:
        return _problem(error, rules)


async def _posted(
    url: str, forms: Sequence[Mapping[str, str]], rules: Rules, resolver: Resolver
) -> list[Reply | None]:
    """Some at once, until one gets no answer: the next would not fare better."""
    import asyncio

    replies: list[Reply | None] = [None] * len(forms)
    left = list(range(len(forms)))[::-1]

    async def some(client: httpx.AsyncClient, target: _Target, addresses: list[str]) -> None:
        while left:
            number = left.pop()
            try:
                replies[number] = await _one(
                    client, "POST", target, addresses, forms[number], rules
                )
            except asyncio.CancelledError as error:
                replies[number] = _problem(error, rules)
                raise
            except _failures() as error:
                replies[number] = _problem(error, rules)
                left.clear()

    try:
        async with asyncio.timeout(rules.patience), _client(rules) as client:
            target = _target(url, rules)
            addresses = await _addresses(target, rules, resolver)
            await asyncio.gather(*(some(client, target, addresses) for _ in range(_AT_ONCE)))
    except _failures() as error:
        if replies and replies[0] is None:
            replies[0] = _problem(error, rules)
    problem = next((reply for reply in replies if reply and reply.problem), None)
    if problem and not any(reply and reply.status for reply in replies):
        return [problem] * len(forms)
    return replies


def _client(rules: Rules) -> httpx.AsyncClient:
    import ssl

    import httpx

    return httpx.AsyncClient(
        verify=ssl.create_default_context(),
        trust_env=False,
        timeout=rules.patience,
        headers={"User-Agent": f"newsfeed/{__version__}", "Accept-Encoding": "identity"},
    )


def _failures() -> tuple[type[Exception], ...]:
    """All that a request can end with."""
    import httpx

    return (_Refused, OSError, ValueError, httpx.HTTPError, httpx.InvalidURL)


def _problem(error: BaseException, rules: Rules) -> Reply:
    import asyncio

    import httpx

    if isinstance(error, _Refused):
        return Reply(problem=str(error), refused=True)
    if isinstance(error, TimeoutError | httpx.TimeoutException | asyncio.CancelledError):
        return Reply(problem=f"there is no answer in {rules.patience:g} seconds")
    return Reply(problem=_reason(error))


async def _hops(client: httpx.AsyncClient, url: str, rules: Rules, resolver: Resolver) -> Reply:
    """What `url` answers, or the address that redirects lead to, each checked like the first."""
    left = min(rules.redirects, MOST_HOPS)
    moved, for_good = "", True
    while True:
        target = _target(url, rules)
        addresses = await _addresses(target, rules, resolver)
        reply = await _one(client, "GET", target, addresses, None, rules)
        location = reply.headers.get("location", "")
        if rules.redirects < 1 or reply.status not in _REDIRECTS or not location:
            return reply._replace(moved=moved)
        if left < 1:
            raise _Refused("it redirects too often")
        left -= 1
        url = urljoin(url, location)
        for_good = for_good and reply.status in _PERMANENT
        moved = url if for_good else moved


async def _one(
    client: httpx.AsyncClient,
    method: str,
    target: _Target,
    addresses: list[str],
    fields: Mapping[str, str] | None,
    rules: Rules,
) -> Reply:
    """One request, over the first of the checked addresses that takes a connection."""
    import httpx

    *others, last = addresses
    for address in others:
        try:
            return await _over(client, method, target, address, fields, rules.most)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await _over(client, method, target, last, fields, rules.most)


async def _over(
    client: httpx.AsyncClient,
    method: str,
    target: _Target,
    address: str,
    fields: Mapping[str, str] | None,
    most: int,
) -> Reply:
    place = f"[{address}]" if ":" in address else address
    async with client.stream(
        method,
        f"{target.scheme}://{place}:{target.port}{target.rest}",
        data=None if fields is None else dict(fields),
        headers={"Host": target.netloc},
        extensions={"sni_hostname": target.host},
    ) as response:
        read = await anext(response.aiter_raw(most), b"") if most else b""
        return Reply(
            status=response.status_code,
            body=_unpacked(read, response.headers.get("content-encoding", ""), most),
            headers=dict(response.headers),
            url=f"{target.scheme}://{target.netloc}{target.rest}",
        )


def _unpacked(body: bytes, coding: str, most: int) -> bytes:
    """The body as it is meant, where it came in a coding that is told (RFC 9110 section 8.4.1)."""
    if coding.strip().lower() not in {"gzip", "x-gzip", "deflate"} or not body:
        return body
    import zlib

    try:
        return zlib.decompressobj(_EITHER_HEADER).decompress(body, most)
    except zlib.error:
        raise _Refused(f"the answer is said to be {coding}, and is not") from None


def _target(url: str, rules: Rules) -> _Target:
    """Where `url` leads, if a request may go there. Raises _Refused."""
    try:
        parts = urlsplit(ascii_url(url))
        port = parts.port
    except ValueError as error:
        raise _Refused(f"the address cannot be read: {error}") from None
    if parts.scheme != "https" and not (rules.plain and parts.scheme == "http"):
        raise _Refused(f"{parts.scheme or 'an address without a scheme'} is not https")
    if "@" in parts.netloc:
        raise _Refused("the address holds a name or password")
    if rules.reach == "public" and port not in (None, 80, 443):
        raise _Refused(f"port {port} is neither 80 nor 443")
    return _Target(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=port or _PORTS[parts.scheme],
        rest=_rest(parts),
        netloc=parts.netloc,
    )


def _rest(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


async def _addresses(target: _Target, rules: Rules, resolver: Resolver) -> list[str]:
    """The addresses of the host, all of which may be reached. Raises _Refused, OSError."""
    found = await in_thread(partial(resolver, target.host, target.port))
    if not found:
        raise _Refused("there is no host of that name")
    if not all(may_reach(address, rules.reach) for address in found):
        raise _Refused("its address is not one of the public internet")
    return found


def _reason(error: BaseException | None) -> str:
    """Why there is no answer: the first cause that people know."""
    import socket
    import ssl

    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate there does not hold: {error.verify_message}"
        if isinstance(error, socket.gaierror | UnicodeError):
            return "there is no host of that name"
        if isinstance(error, ConnectionRefusedError):
            return "nothing listens there"
        error = error.__cause__ or error.__context__
    return "no connection comes about"
