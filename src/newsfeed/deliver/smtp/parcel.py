"""What the SMTP transport and those who use it say to each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """The server that takes our mail, and how it is used.

    `password` is "" where none is needed. `ca_file` names the certificates to trust besides the
    system's. `hello` is how we name ourselves in EHLO.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    hello: str
    username: str = ""
    password: str = ""
    ca_file: Path | None = None
    connections: int = 2
    messages_per_connection: int = 100

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port}, {self.security})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("host", self.host), ("port", self.port), ("security", self.security)]


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient.

    `number` is the user's own, and comes back with the result. `sender` is the envelope's, "" the
    null path. `message` has CRLF line ends and no dot-stuffing. `envelope_id` is for delivery
    status notifications (RFC 3461 section 4.4), or "". The message's body is begun only before
    `until` (seconds since 1970-01-01 UTC), where that is given.
    """

    number: int
    sender: str
    recipient: str
    message: bytes
    envelope_id: str = ""
    until: float = math.inf


class Stage(StrEnum):
    """How far a transaction came; `BODY` is the reply to the final dot."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "end of data"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A server's reply: code, enhanced status (RFC 3463) or "", and its text in one line."""

    code: int
    status: str
    text: str

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.status, self.text) if part)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a parcel: the reply that decided, and the stage that it was to.

    Without a reply the connection was lost, as `lost` tells; or, with `lost` "", it never came to a
    try, and the parcel can be sent as if nothing had been. `begun` tells whether the body was
    begun: then the message may have been taken although no reply says so.
    """

    parcel: Parcel
    stage: Stage
    reply: Reply | None = None
    lost: str = ""
    begun: bool = False


class DeskBusyError(Exception):
    """A desk can keep nothing now, and will be able to: it is to be asked again soon."""


class Desk(Protocol):
    """Who has the parcels. All methods are called in one thread, and never within one another."""

    def waiting(self, most: int) -> int:
        """How many parcels could be handed out now; not more than `most` are counted."""
        ...

    def step(self, results: Sequence[Result], wanted: int) -> Iterable[Parcel]:
        """Keep `results` for good, then hand out up to `wanted` parcels.

        What is written before the next parcel's body may rely on it: when this returns, a crash
        forgets no result. The messages may be made only as the parcels are taken, once and in
        order, so take them after the bodies that are ready were written. Called at least every few
        seconds while parcels are out.

        Raises DeskBusyError where results could not be kept yet. They are the desk's all the same,
        and a later step keeps them; no body may begin before that.
        """
        ...

    def may_begin(self, parcel: Parcel) -> bool:
        """Whether the body of a parcel that was handed out may be begun now."""
        ...

    def rest(self) -> float | None:
        """Seconds until it is of use to ask again, although nothing is out; None: never."""
        ...
