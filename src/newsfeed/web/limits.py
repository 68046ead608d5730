"""How much of a request is read, and how long is waited for it (standards S-28)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST_BODY = 16 * 1024
"""Bytes. A one-click request has some two hundred."""

PATIENCE = 15.0
"""Seconds in which a body must have arrived."""


async def read_body(request: Request, *, patience: float = PATIENCE) -> bytes:
    """The body, of at most LARGEST_BODY bytes. Raises HTTPException 413 or 408."""
    try:
        async with asyncio.timeout(patience):
            return await _limited(request)
    except TimeoutError:
        raise HTTPException(408) from None


async def _limited(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")[:9]  # more digits say too much anyway
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise HTTPException(413)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(body)
