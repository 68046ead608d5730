"""Remote feeds are asked for what is new, politely, and what they had is kept.

Whatever goes wrong costs one line: what is known stays, and is published as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec

from newsfeed.collect.remote.shelf import (
    ITEMS,
    STATE,
    State,
    changed_items,
    former_folder,
    load_state,
    state_bytes,
)
from newsfeed.errors import Fault
from newsfeed.flows.plan import Plan
from newsfeed.output.files import explained, replace_file

if TYPE_CHECKING:
    from newsfeed.net.http import Reply

PATIENCE = 20.0
"""Seconds for one feed, redirects included."""

MOST_BYTES = 10_000_000
"""Of a feed."""

AT_ONCE = 32
"""Feeds that are asked at a time: many that hang together are waited for as long as one."""

SELDOMEST = timedelta(hours=6)
OFTENEST = timedelta(minutes=15)
"""Bounds for what a server says of how long its answer holds (`max-age`)."""

LONGEST_WAIT = timedelta(days=1)
"""Bound for what a server asks for by `Retry-After`."""

_LONGEST = 500
_FIRST_WAIT = timedelta(minutes=1)
_GROWTH = 4
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_ACCEPTED = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
_OK, _UNCHANGED, _GONE = 200, 304, 410
_WORDS = {
    401: "the answer is 401: it wants a password",
    403: "the answer is 403: we may not have it",
    404: "the answer is 404: there is nothing at this address",
    _GONE: "the answer is 410: the feed is gone for good",
    429: "the answer is 429: it is asked too often",
}

Ask = Callable[[str, Mapping[str, str]], "Reply"]
"""What is answered at an address, asked with these headers."""


class _Feed(NamedTuple):
    """A remote source: its address and its folder, and what is known of it."""

    url: str
    folder: Path
    state: State | None


def fetch(
    plan: Plan, now: datetime, *, early: bool = False, ask: Ask | None = None
) -> tuple[Fault, ...]:
    """Ask the remote feeds whose time has come at `now` (aware), with `early` all, and keep what
    they have.

    What there is to tell of any of them is given, until it is asked again, as warnings. Raises
    OutputError where nothing can be kept.
    """
    sources = [(folder.remote.url, folder.root.parent) for folder in plan.folders if folder.remote]
    _move_in(sources)
    feeds = [_Feed(url, place, _known(place, url)) for url, place in sources]
    due = [feed for feed in feeds if early or _is_due(feed.state, now)]
    if due:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            replies = list(pool.map(partial(_asked, ask or ask_politely), due))
        for feed, reply in zip(due, replies, strict=True):
            _take(feed, reply, now)
        feeds = [feed._replace(state=load_state(feed.folder)) for feed in feeds]
    return tuple(fault for feed in feeds if feed.state for fault in feed.state.told)


def ask_politely(url: str, headers: Mapping[str, str], *, patience: float = PATIENCE) -> Reply:
    """GET a feed. Never raises. Its host must be public, unless the operator wrote this machine's
    own address.
    """
    from newsfeed.net.http import MOST_HOPS, Rules, get

    rules = Rules(
        reach="loopback" if _is_this_machine(url) else "public",
        plain=url.startswith("http://"),
        redirects=MOST_HOPS,
        patience=patience,
        most=MOST_BYTES + 1,
    )
    return get(url, rules, headers=headers)


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _move_in(sources: list[tuple[str, Path]]) -> None:
    """A source that has another name now goes on in the folder that it had."""
    wanted = {place for _, place in sources}
    for url, place in sources:
        former = None if place.exists() else former_folder(place, wanted, url)
        if former:
            with explained(place, "cannot take the place of the folder that the feed had"):
                former.rename(place)


def _known(place: Path, url: str) -> State | None:
    """What is known of a feed; nothing where its items are lost, or where they are of another feed
    than the one at this address.
    """
    state = load_state(place) if (place / ITEMS).is_dir() else None
    if state is None or state.url == url:
        return state
    if state.moved != url:
        return None
    return State(url=url, due=state.due.min.replace(tzinfo=UTC), fetched=state.fetched)


def _is_due(state: State | None, now: datetime) -> bool:
    """A time far ahead was noted by a clock that was wrong."""
    return state is None or state.due <= now or state.due > now + LONGEST_WAIT


def _asked(ask: Ask, feed: _Feed) -> Reply:
    headers = {"Accept": _ACCEPTED, "Accept-Encoding": "gzip"}
    if feed.state and feed.state.etag:
        headers["If-None-Match"] = feed.state.etag
    if feed.state and feed.state.modified:
        headers["If-Modified-Since"] = feed.state.modified
    return ask(feed.url, headers)


def _take(feed: _Feed, reply: Reply, now: datetime) -> None:
    """Keep what was answered: items first, so that what is lost midway is asked for again."""
    before = feed.state or State(url=feed.url, due=now)
    now = now.astimezone(UTC).replace(microsecond=0)
    try:
        left_out = _kept(feed, reply, now)
    except _FailedError as failure:
        after = _failed(before, failure, reply, now)
    else:
        after = State(
            url=feed.url,
            due=now + _validity(reply),
            etag=before.etag,
            modified=before.modified,
            fetched=now,
            left_out=left_out,
            moved=reply.moved,
            told=(*_moved(feed, reply), *_too_many(feed, left_out)),
        )
        if reply.status == _OK:
            after = msgspec.structs.replace(
                after,
                etag=_validator(reply, "etag"),
                modified=_validator(reply, "last-modified"),
            )
    with explained(feed.folder, "cannot be made"):
        (feed.folder / ITEMS).mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(feed.folder / STATE, state_bytes(after))


_WHICH = "mend its address: public ones are asked, on ports 80 and 443, and any of this machine"


class _FailedError(Exception):
    """Why there is nothing new, and what to do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def _kept(feed: _Feed, reply: Reply, now: datetime) -> int:
    """Write the items that are new or changed; how many are too many. Raises _FailedError."""
    from newsfeed.collect.feedfile import NoFeedError
    from newsfeed.collect.remote.bounded import TooMuchError, read_bounded

    if reply.problem:
        raise _FailedError(reply.problem, _WHICH if reply.refused else "")
    if reply.status == _UNCHANGED and feed.state and feed.state.fetched:
        return feed.state.left_out
    if reply.status != _OK:
        remedy = "remove its [[sources]], or write its new address" if reply.status == _GONE else ""
        words = _WORDS.get(reply.status, f"the answer is {reply.status}")
        raise _FailedError(words, remedy)
    if len(reply.body) > MOST_BYTES:
        raise _FailedError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        document = read_bounded(reply.body, reply.url)
    except NoFeedError:
        raise _FailedError(
            "what is there is no feed", "open the address in a browser and look for the feed's"
        ) from None
    except TooMuchError:
        raise _FailedError("it takes too long to read, or too much memory") from None
    origin = msgspec.structs.replace(document.origin, url=feed.url)
    document = msgspec.structs.replace(document, origin=origin)
    first = feed.state is None or feed.state.fetched is None
    for path, data in changed_items(feed.folder / ITEMS, document, now, first=first):
        replace_file(path, data)
    return document.left_out


def _too_many(feed: _Feed, left_out: int) -> tuple[Fault, ...]:
    if not left_out:
        return ()
    problem = f"it has {left_out:,} items more than are read of one feed"
    return (_warning(feed.url, problem, "ask for a feed of the newest"),)


def _moved(feed: _Feed, reply: Reply) -> tuple[Fault, ...]:
    if not reply.moved or reply.moved == feed.url:
        return ()
    problem = f"the feed has moved for good to {reply.moved}"
    return (_warning(feed.url, problem, "write the new address into `feed =`"),)


def _failed(before: State, failure: _FailedError, reply: Reply, now: datetime) -> State:
    """The state after a failure: it is asked again, the later the longer this goes on."""
    wait = min(_FIRST_WAIT * _GROWTH ** min(before.failures, 9), SELDOMEST)
    due = now + min(max(wait, _retry_after(reply, now)), LONGEST_WAIT)
    kept = "; what was known is kept" if before.fetched else ""
    remedy = failure.remedy or "it is asked again by itself"
    return msgspec.structs.replace(
        before,
        due=due,
        failures=before.failures + 1,
        told=(_warning(before.url, f"the feed is not read: {failure.problem}{kept}", remedy),),
    )


def _validator(reply: Reply, name: str) -> str:
    """What to send back when the feed is asked again, if it is such that it can be sent."""
    said = reply.headers.get(name, "")
    return said if said.isascii() and said.isprintable() and len(said) <= _LONGEST else ""


def _validity(reply: Reply) -> timedelta:
    """How long to leave the server alone."""
    found = _MAX_AGE.search(reply.headers.get("cache-control", ""))
    said = timedelta(seconds=int(found[1])) if found else OFTENEST
    return min(max(said, OFTENEST), SELDOMEST)


def _retry_after(reply: Reply, now: datetime) -> timedelta:
    """What the server asks for, in seconds or as a date (RFC 9110 section 10.2.3)."""
    said = reply.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
        return (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return timedelta(0)


def _warning(url: str, problem: str, remedy: str) -> Fault:
    return Fault(path=url, problem=problem, remedy=remedy, warning=True)
