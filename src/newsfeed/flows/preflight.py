"""Before letters go beyond this machine: whoever gets one must be able to leave (guarantee 6).

The installation asks for its own name where its links lead, over the network as its readers do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from newsfeed import __version__
from newsfeed.audience.keys import Keys, installation
from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import NewsfeedError, SettingsError
from newsfeed.flows.plan import Plan
from newsfeed.flows.relaying import is_loopback

WELL_KNOWN = "/.well-known/newsfeed"
"""Where the web application says the installation's name, below the address of its links."""

_PATIENCE = 10.0
"""Seconds for all of it."""

_MOST = 1024
"""Bytes of an answer that are read."""

_OK = 200


class UnreachableError(NewsfeedError):
    """Where the links of letters lead, this installation does not answer."""


class Answer(NamedTuple):
    """The text that an address gives, or the problem that there is none."""

    text: str = ""
    problem: str = ""


def fetch(url: str) -> Answer:
    """The first 1024 bytes of what an https address answers to GET, within 10 seconds.

    Certificates are those of the system or of SSL_CERT_FILE. No redirect is followed, and no proxy
    of the environment asked. Not to be called where an event loop runs.
    """
    import asyncio

    return asyncio.run(_fetched(url))


def refuse_unless_one_can_leave(
    plan: Plan, keys: Keys, relay: Relay, *, fetch: Callable[[str], Answer] = fetch
) -> None:
    """Return where letters may go out: to a relay on this machine, which nothing is asked for;
    with `mail.unsubscribe = "mailto"`; or when this installation answers where its links lead.

    Raises SettingsError for links that are not https, and UnreachableError.
    """
    if is_loopback(relay.host) or plan.mail.unsubscribe == "mailto":
        return
    if not plan.links_url.startswith("https://"):
        raise SettingsError(
            "nobody could leave: one-click links must begin with https://",
            where=plan.links_url,
            remedy='set `server.url` to an https address, or `mail.unsubscribe = "mailto"`',
        )
    url = plan.links_url + WELL_KNOWN
    answer = fetch(url)
    problem = answer.problem
    if not problem and answer.text.strip() != installation(keys):
        problem = "what answers there is not this installation"
    if problem:
        raise UnreachableError(
            f"nobody could leave: {problem}",
            where=url,
            remedy="start `newsfeed serve` behind your web server at that address (`server.url`), "
            'or set `mail.unsubscribe = "mailto"`',
        )


async def _fetched(url: str) -> Answer:
    import asyncio
    import ssl

    import httpx

    headers = {"User-Agent": f"newsfeed/{__version__}", "Accept-Encoding": "identity"}
    try:
        async with (
            asyncio.timeout(_PATIENCE),
            httpx.AsyncClient(
                verify=ssl.create_default_context(),
                trust_env=False,
                timeout=_PATIENCE,
                headers=headers,
            ) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != _OK:
                return Answer(problem=f"the answer is {response.status_code}")
            read = await anext(response.aiter_raw(_MOST), b"")
            return Answer(text=read.decode("ascii", "replace"))
    except (TimeoutError, httpx.TimeoutException):
        return Answer(problem=f"there is no answer in {_PATIENCE:g} seconds")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Answer(problem=_reason(error))


def _reason(error: BaseException | None) -> str:
    """Why there is no answer: the first cause that people know."""
    import socket
    import ssl

    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate there does not hold: {error.verify_message}"
        if isinstance(error, socket.gaierror):
            return "there is no host of that name"
        if isinstance(error, ConnectionRefusedError):
            return "nothing listens there"
        error = error.__cause__ or error.__context__
    return "no connection comes about"
