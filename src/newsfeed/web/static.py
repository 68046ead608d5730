"""The shelf as an ASGI application: GET, HEAD and OPTIONS for what lies in the output folder.

Raises Starlette's HTTPException for what is not there (404), gone (410), no way to ask (405) or
changing under our hands (503): the application around it has the pages for these.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException

from newsfeed.web.judging import judge
from newsfeed.web.servable import Entry, pack
from newsfeed.web.shelf import Folder, Moved, opened, read_whole, stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from newsfeed.web.filetypes import Header
    from newsfeed.web.judging import Verdict
    from newsfeed.web.shelf import Found, Shelf

CHUNK = 256 * 1024
_METHODS = "GET, HEAD, OPTIONS"
_NO_LENGTH: Header = (b"content-length", b"0")
_MOVED_CACHE: Header = (b"cache-control", b"public, max-age=3600")
_ANYBODY: Header = (b"access-control-allow-origin", b"*")
_PREFLIGHT: list[Header] = [
    _ANYBODY,
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since, Cache-Control, Accept"),
    (b"access-control-max-age", b"86400"),
]


def static(shelf: Shelf, *, clock: Callable[[], float] = time.time) -> ASGIApp:
    """An application that serves what is on the shelf; `clock` gives seconds since 1970."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        for last in (False, True):
            found = shelf.snapshot.find(raw)
            method = _checked(found, scope["method"])
            if not isinstance(found, Entry):
                await _elsewhere(found, send)
                return
            if method == "OPTIONS":
                await _options(found, send)
                return
            verdict = judge(found, method, scope["headers"], clock())
            try:
                await _give(shelf, found, verdict, method, receive, send)
            except _ChangedError:
                if last:
                    raise HTTPException(503, headers={"Retry-After": "1"}) from None
                await asyncio.to_thread(shelf.refresh)
            else:
                return

    return app


class _ChangedError(Exception):
    """The file on the disk is no longer what the shelf knows."""


def _checked(found: Found | None, method: str) -> str:
    if found is None:
        raise HTTPException(404)
    if isinstance(found, Moved) and not found.location:
        raise HTTPException(410)
    if method not in {"GET", "HEAD", "OPTIONS"}:
        raise HTTPException(405, headers={"Allow": _METHODS})
    return method


async def _elsewhere(found: Found | None, send: Send) -> None:
    """A 301: to where a redirect leads, or to the folder with its slash.

    The latter is relative to what was asked, and so needs neither host nor proxy to be known.
    """
    location = ""
    if isinstance(found, Moved):
        location = found.location
    elif isinstance(found, Folder):
        location = f"./{quote(found.name)}/"
    headers = [(b"location", location.encode()), _MOVED_CACHE, _ANYBODY, _NO_LENGTH]
    await _send(send, 301, headers, b"")


async def _options(entry: Entry, send: Send) -> None:
    headers = _PREFLIGHT if entry.manner.is_feed else []
    await _send(send, 204, [(b"allow", _METHODS.encode()), *headers], b"")


async def _give(
    shelf: Shelf, entry: Entry, verdict: Verdict, method: str, receive: Receive, send: Send
) -> None:
    status, coding = verdict.status, verdict.coding
    if status == 304:
        await _send(send, 304, entry.not_modified(verdict.etag), b"")
    elif status == 406:
        await _send(send, 406, [(b"vary", b"Accept-Encoding"), _NO_LENGTH], b"")
    elif status == 416:
        size = f"bytes */{entry.stamp.size}".encode()
        await _send(send, 416, [(b"content-range", size), _NO_LENGTH], b"")
    elif status == 206:
        await _stream(entry, verdict.span, 206, method, receive, send)
    elif entry.is_whole:
        body = entry.had(coding)
        if body is None:
            body = await asyncio.to_thread(_read, shelf, entry, coding)
        await _send(send, 200, entry.whole(coding, len(body)), body)
    else:
        await _stream(entry, (0, entry.stamp.size), 200, method, receive, send)


def _read(shelf: Shelf, entry: Entry, coding: str) -> bytes:
    """The body in a coding. It stays in memory where the identity does and there is room."""
    body = entry.body
    if body is not None:
        packed = pack(body, coding)
        shelf.keep(entry, coding, packed)
        return packed
    try:
        with opened(entry.root, entry.raw) as descriptor:
            _refuse_changed(entry, descriptor)
            return pack(read_whole(descriptor, entry.stamp.size), coding)
    except OSError:
        raise _ChangedError from None


def _refuse_changed(entry: Entry, descriptor: int) -> None:
    if stamp_of(descriptor) != entry.stamp:
        raise _ChangedError


async def _stream(
    entry: Entry,
    span: tuple[int, int],
    status: int,
    method: str,
    receive: Receive,
    send: Send,
) -> None:
    """A part of a file, or all of a large one, from the disk in pieces."""
    begin, end = span
    headers = entry.whole("", end - begin)
    if status == 206:
        headers.append((b"content-range", f"bytes {begin}-{end - 1}/{entry.stamp.size}".encode()))
    body = entry.body  # read once: a look in another thread may take it from memory
    if body is not None:
        await _send(send, status, headers, body[begin:end])
        return
    try:
        door = opened(entry.root, entry.raw)
        descriptor = await asyncio.to_thread(door.__enter__)
    except OSError:
        raise _ChangedError from None
    try:
        _refuse_changed(entry, descriptor)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if method == "HEAD" or begin == end:
            await send({"type": "http.response.body", "body": b""})
        else:
            await _send_parts(descriptor, begin, end, receive, send)
    finally:
        os.close(descriptor)


async def _send_parts(descriptor: int, begin: int, end: int, receive: Receive, send: Send) -> None:
    """The bytes from `begin` to `end`, unless the client leaves: sending would tell nothing."""
    leaving = asyncio.ensure_future(_left(receive))
    try:
        while begin < end and not leaving.done():
            part = await asyncio.to_thread(os.pread, descriptor, min(CHUNK, end - begin), begin)
            if not part:
                return  # cut short: the server ends the connection, and the client sees it
            begin += len(part)
            await send({"type": "http.response.body", "body": part, "more_body": begin < end})
    finally:
        leaving.cancel()


async def _left(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
