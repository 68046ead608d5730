"""A connection on which transactions can begin: greeted, with TLS, EHLO and AUTH behind it."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from newsfeed.deliver.smtp.envelope import Features


class Opened(NamedTuple):
    """What opening a connection gives: its transport, and what the last EHLO reply offered.

    `read_ahead` are bytes that the server sent and nobody has read yet. Who takes over calls
    `transport.set_protocol` before the event loop runs on, so that none are lost.
    """

    transport: asyncio.Transport
    features: Features
    read_ahead: bytes = b""
