"""One open connection to the relay, and the transactions on it (RFC 5321, RFC 2920).

At most one message's body is on the wire, waiting for the reply to its final dot, and behind it at
most one next envelope: MAIL, RCPT and DATA in one write where the server offers PIPELINING, else
command by command. Whatever happens to a parcel ends in exactly one result in the inbox. The next
body is begun from outside, when the result before it is kept for good.
"""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum
from typing import Final

from newsfeed.deliver.smtp import envelope
from newsfeed.deliver.smtp.inbox import Inbox
from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Parcel, Reply, Result, Stage
from newsfeed.deliver.smtp.replies import ReplyReader, UnreadableReply
from newsfeed.deliver.smtp.timeouts import Timeouts

_REFUSED = 400
_LEAVING = 421  # RFC 5321 section 3.8
_DOT = b".\r\n"
_HELD = 128 * 1024  # bytes


class _Aside(Enum):
    """What a reply can be to besides the stages of a transaction."""

    RSET = "RSET"
    LONE_DOT = "a lone dot"
    QUIT = "QUIT"


_Awaited = Stage | _Aside
_ENVELOPE: Final = (Stage.MAIL, Stage.RCPT, Stage.DATA)


class Line(asyncio.BufferedProtocol):
    """A connection that was opened elsewhere, for at most `most` messages.

    `open` tells whether it can still be used, `answered` how many transactions the server replied
    to, and `failed` that it ended before there was one.
    """

    __slots__ = (
        "_awaited",
        "_body",
        "_dirty",
        "_features",
        "_held",
        "_inbox",
        "_left",
        "_moves",
        "_moves_seen",
        "_next",
        "_pending",
        "_reader",
        "_refusal",
        "_since",
        "_timeouts",
        "_transport",
        "_unsent",
        "_wire",
        "answered",
        "failed",
        "open",
    )

    def __init__(self, opened: Opened, inbox: Inbox, *, most: int, timeouts: Timeouts) -> None:
        self._transport = opened.transport
        self._features = opened.features
        self._inbox = inbox
        self._left = most  # bodies that may still be begun
        self._timeouts = timeouts
        self._reader = ReplyReader()
        self._awaited: deque[_Awaited] = deque()  # what the next replies are to
        self._unsent: deque[tuple[_Awaited, bytes]] = deque()  # where there is no pipelining
        self._body: Parcel | None = None
        self._next: Parcel | None = None
        self._wire = b""  # the next parcel's message, as it goes out
        self._held = b""
        self._refusal: Result | None = None  # of the next parcel, while replies are awaited
        self._dirty = False  # the server has half an envelope, and needs RSET
        self._moves, self._moves_seen = 1, 0
        self._pending = 0
        self._since = 0.0
        self.answered = 0
        self.open = True
        self.failed = False
        self._take_over(opened.read_ahead)

    # What others ask of it.

    @property
    def idle(self) -> bool:
        """Whether it has no parcel."""
        return self._body is None and self._next is None

    @property
    def following(self) -> Parcel | None:
        """The parcel whose envelope is on the wire."""
        return self._next

    @property
    def more(self) -> bool:
        """Whether a line that is ready can take another envelope once its body is begun."""
        return self._left > 1 and self._features.pipelining

    def take(self, parcel: Parcel) -> None:
        """Put a parcel's envelope on the wire, behind the body if one is there."""
        self._held += self._prepared(parcel)
        self.flush()
        self._offer()

    def begin(self) -> None:
        """Write the body of the next parcel, with its final dot.

        Unless it is very long, it is held until `take` or `flush`, and leaves in one write with the
        next envelope: two writes wake the server twice, which costs more than it gains by having
        the body earlier.
        """
        self._held = self._wire + _DOT  # to copy 40 KB takes a microsecond, a write several
        self._wire = b""
        self._body, self._next = self._next, None
        self._left -= 1
        self._awaited.append(Stage.BODY)
        if len(self._held) > _HELD:
            self.flush()
        self._offer()

    def flush(self) -> None:
        """Write what is held."""
        if self._held:
            held, self._held = self._held, b""
            self._write(held)

    def quit(self) -> None:
        """Say goodbye. Only for an idle line."""
        if self.open:
            self._shut()
            self._awaited.append(_Aside.QUIT)
            self._write(envelope.QUIT)

    def drop(self, why: str) -> None:
        """End the connection now, without a dot. `why` is told of a body that was begun; the next
        parcel is given back untouched.
        """
        self._end(lost=why, blamed=False)

    def check(self, now: float) -> None:
        """Give the line up where nothing has moved for too long. `now` is the event loop's time."""
        pending = self._transport.get_write_buffer_size() if self.open else 0
        if self._moves != self._moves_seen or pending < self._pending:
            self._since = now
        self._moves_seen, self._pending = self._moves, pending
        still = now - self._since
        if not self._awaited:
            self._check_unused(still)
        elif pending and self._awaited[0] is Stage.BODY:
            if still >= self._timeouts.block:
                self._end(lost=f"the relay took no byte for {still:.0f} s")
        elif still >= self._limit(self._awaited[0]):
            self._end(lost=f"no reply to {self._awaited[0].value} for {still:.0f} s")

    def _check_unused(self, still: float) -> None:
        if self.open and self.idle and still >= self._timeouts.idle:
            self.quit()
        elif self.open and self._next is not None and still >= self._timeouts.hold:
            self.drop("")  # before the server does, who would say that it is the letter's fault
        elif not self.open and still >= self._timeouts.quit:
            self._transport.abort()  # it does not close by itself

    def _limit(self, awaited: _Awaited) -> float:
        """How many seconds to wait for a reply."""
        match awaited:
            case Stage.MAIL | _Aside.RSET:
                return self._timeouts.mail
            case Stage.RCPT:
                return self._timeouts.rcpt
            case Stage.DATA:
                return self._timeouts.data
            case Stage.BODY | _Aside.LONE_DOT:
                return self._timeouts.dot
            case _Aside.QUIT:
                return self._timeouts.quit

    # What the event loop tells it.

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # asyncio's
        """Where to put what the server sends."""
        return self._inbox.space

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes were put there."""
        self._read(bytes(self._inbox.space[:nbytes]))

    def eof_received(self) -> None:
        """The server says nothing more; the transport closes by itself."""
        self._end(lost="the relay closed the connection")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more, by whoever's doing."""
        reason = exc.strerror if isinstance(exc, OSError) else None
        self._end(
            lost=f"the connection was lost: {reason}" if reason else "the connection was lost"
        )
        self._inbox.gone.append(self)
        self._inbox.wake()

    # Replies.

    def _read(self, data: bytes) -> None:
        try:
            for reply in self._reader.feed(data):
                self._moves += 1
                self._heard(reply)
        except UnreadableReply as error:
            self._end(lost=str(error))

    def _heard(self, reply: Reply) -> None:
        code = reply.code
        if code == _LEAVING:
            self._end(reply=reply)
        elif not self._awaited:
            self._end(lost="a reply that was not asked for")
        elif code < _REFUSED and (code >= 300) != (self._awaited[0] is Stage.DATA):
            self._end(lost=f"the reply {code} to {self._awaited[0].value} makes no sense")
        else:
            self._heard_of(self._awaited.popleft(), reply)

    def _heard_of(self, awaited: _Awaited, reply: Reply) -> None:
        if awaited is Stage.BODY:
            self._heard_of_body(reply)
        elif awaited is Stage.DATA:
            self._heard_of_data(reply)
        elif isinstance(awaited, Stage):
            self._heard_of_command(awaited, reply)
        elif awaited is _Aside.QUIT:
            self._transport.close()
        elif awaited is _Aside.RSET and reply.code >= _REFUSED:
            self._awaited.appendleft(awaited)
            self._end(lost="the relay refused RSET")
        elif self._unsent:
            self._write_next()
        else:
            self._offer()
            self._inbox.wake()

    def _heard_of_command(self, stage: Stage, reply: Reply) -> None:
        """The reply to MAIL or RCPT."""
        if reply.code >= _REFUSED:
            self._refuse(stage, reply)
            self._unsent.clear()
        if self._unsent:
            self._write_next()
        elif not self._awaited:
            self._settle()

    def _heard_of_data(self, reply: Reply) -> None:
        if reply.code >= _REFUSED:
            self._refuse(Stage.DATA, reply)
            self._settle()
        elif self._refusal is None:
            self._inbox.ready.append(self)
            self._inbox.wake()
        else:  # it waits for a message to nobody
            self._awaited.append(_Aside.LONE_DOT)
            self._write(_DOT)
            self._settle()
            self._dirty = False

    def _heard_of_body(self, reply: Reply) -> None:
        """The reply to the final dot."""
        parcel, self._body = self._body, None
        self.answered += 1
        if parcel is not None:
            self._inbox.add(Result(parcel=parcel, stage=Stage.BODY, reply=reply, begun=True))
        if reply.code >= _REFUSED and self._transport.get_write_buffer_size():
            self.drop("")  # it may take the rest of the message for commands
        self._offer()

    def _refuse(self, stage: Stage, reply: Reply) -> None:
        """The first refusal decides: the others follow from it."""
        if self._refusal is None and self._next is not None:
            self._refusal = Result(parcel=self._next, stage=stage, reply=reply)

    def _settle(self) -> None:
        """The next parcel was refused. If it was behind MAIL, half an envelope is left."""
        result, self._refusal = self._refusal, None
        self._next, self._wire = None, b""
        self.answered += 1
        if result is not None:
            self._dirty = result.stage is not Stage.MAIL
            self._inbox.add(result)
        self._offer()

    # Writing.

    def _prepared(self, parcel: Parcel) -> bytes:
        """Make a parcel the next one: what is to be written for it now, or b"" if it is refused."""
        features = self._features
        refused = envelope.objection(parcel, features)
        if refused:
            self._inbox.add(refused)
            return b""
        self._next = parcel
        self._wire = envelope.body(parcel.message)
        self._inbox.hungry.pop(self, None)
        commands = envelope.envelope(parcel, features)
        if features.pipelining and not self._dirty:
            self._awaited.extend(_ENVELOPE)
            return b"".join(commands)
        return self._prepared_slowly(commands)

    def _prepared_slowly(self, commands: envelope.Envelope) -> bytes:
        """As above, for an envelope that RSET goes before, or that goes command by command."""
        steps: list[tuple[_Awaited, bytes]] = list(zip(_ENVELOPE, commands, strict=True))
        if self._dirty:
            steps.insert(0, (_Aside.RSET, envelope.RSET))
            self._dirty = False
        now = len(steps) if self._features.pipelining else 1
        self._unsent.extend(steps[now:])
        self._awaited.extend(awaited for awaited, _ in steps[:now])
        return b"".join(command for _, command in steps[:now])

    def _write_next(self) -> None:
        awaited, command = self._unsent.popleft()
        self._awaited.append(awaited)
        self._write(command)

    def _write(self, data: bytes) -> None:
        self._moves += 1
        self._transport.write(data)

    def _offer(self) -> None:
        """Be hungry, if another envelope can be taken; or leave, when it was the last."""
        if not self.open or self._next is not None:
            return
        if self._left < 1:
            if self._body is None:
                self.quit()
        elif self._features.pipelining or not self._awaited:
            self._inbox.hungry[self] = None

    # Beginning and end.

    def _take_over(self, read_ahead: bytes) -> None:
        self._transport.set_protocol(self)
        if read_ahead:
            self._read(read_ahead)
        self._transport.resume_reading()
        self._offer()
        self._inbox.wake()

    def _shut(self) -> None:
        self.open = False
        self._inbox.hungry.pop(self, None)

    def _end(self, *, lost: str = "", reply: Reply | None = None, blamed: bool = True) -> None:
        """End the connection and account for its parcels.

        The one whose body was begun, or else the next one if it is to be `blamed`, got `reply` or
        was `lost`. One behind it never came to a try.
        """
        self._transport.abort()
        self.failed = self.failed or (self.open and not self.answered)
        self._shut()
        at = self._awaited[0] if self._awaited else Stage.DATA
        self._awaited.clear()
        self._unsent.clear()
        body, self._body = self._body, None
        following, self._next = self._next, None
        refusal, self._refusal = self._refusal, None
        if body is not None:
            self._inbox.add(
                Result(parcel=body, stage=Stage.BODY, reply=reply, lost=lost, begun=True)
            )
        if refusal is not None:
            self._inbox.add(refusal)
        elif following is not None and blamed and body is None and isinstance(at, Stage):
            self._inbox.add(Result(parcel=following, stage=at, reply=reply, lost=lost))
        elif following is not None:
            self._inbox.add(untouched(following))


def untouched(parcel: Parcel) -> Result:
    """That a parcel never came to a try."""
    return Result(parcel=parcel, stage=Stage.MAIL)
