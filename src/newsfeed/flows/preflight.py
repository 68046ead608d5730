"""Before letters go beyond this machine: whoever gets one must be able to leave (guarantee 6).

The installation asks for its own name where its links lead, over the network as its readers do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from newsfeed.audience.keys import Keys, installation
from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import NewsfeedError, SettingsError
from newsfeed.flows.plan import Plan
from newsfeed.flows.relaying import is_loopback
from newsfeed.net.http import Rules, get

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

    Certificates are those of the system or of SSL_CERT_FILE. The server is the operator's own and
    may have any address and port. No redirect is followed, and no proxy of the environment asked.
    Not to be called where an event loop runs.
    """
    reply = get(url, Rules(reach="any", patience=_PATIENCE, most=_MOST))
    if reply.problem or reply.status != _OK:
        return Answer(problem=reply.problem or f"the answer is {reply.status}")
    return Answer(text=reply.body.decode("ascii", "replace"))


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
