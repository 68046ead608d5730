"""What one connection writes, when, and what it tells, against replies given by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.envelope import Features
from newsfeed.deliver.smtp.inbox import Inbox
from newsfeed.deliver.smtp.line import Line
from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Result, Stage
from newsfeed.deliver.smtp.timeouts import Timeouts
from tests.deliver.smtp.kit import parcel

OK, GO, DONE = b"250 2.1.0 Ok\r\n", b"354 Go\r\n", b"250 2.0.0 Queued\r\n"
NO, BYE = b"550 5.1.1 No\r\n", b"421 4.3.2 Bye\r\n"


class Wire:
    """A transport that goes nowhere. `pending` are bytes that the server does not take."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.pending = 0
        self.state = "open"
        self.reading = False
        self.line: Line | None = None

    def set_protocol(self, line: Line) -> None:
        self.line = line

    def resume_reading(self) -> None:
        self.reading = True

    def write(self, data: bytes) -> None:
        assert self.state == "open"
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.pending

    def close(self) -> None:
        self.state = "closed"

    def abort(self) -> None:
        self.state = "aborted"


class Talk:
    """A line, what it tells, and the other end."""

    def __init__(self, *, pipelining: bool = True, most: int = 100, ahead: bytes = b"") -> None:
        self.woken = 0
        self.wire = Wire()
        self.inbox = Inbox(self._wake)
        wire: Any = self.wire
        opened = Opened(wire, Features(pipelining=pipelining), ahead)
        self.line = Line(opened, self.inbox, most=most, timeouts=Timeouts())

    def _wake(self) -> None:
        self.woken += 1

    def hear(self, *replies: bytes) -> None:
        """Let replies come, as the event loop would."""
        for data in replies:
            space = self.line.get_buffer(-1)
            space[: len(data)] = data
            self.line.buffer_updated(len(data))

    def said(self) -> list[bytes]:
        """What was written since this was last asked, a write each."""
        written, self.wire.written = self.wire.written, []
        return written

    def told(self) -> list[tuple[int, Stage, str, bool]]:
        """The results since this was last asked: number, stage, reply or loss, begun."""
        results, self.inbox.results = self.inbox.results, []
        return [(one.parcel.number, one.stage, _words(one), one.begun) for one in results]

    def ready(self) -> bool:
        """Whether the next body may begin; asking takes it from the inbox."""
        ready, self.inbox.ready = self.inbox.ready, []
        return self.line in ready

    def hungry(self) -> bool:
        return self.line in self.inbox.hungry


def _words(result: Result) -> str:
    return str(result.reply.code) if result.reply else result.lost


def body(number: int, **fields: Any) -> bytes:  # noqa: ANN401
    """A parcel's message as it goes over the wire."""
    return parcel(number, **fields).message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def commands(number: int) -> list[bytes]:
    return [
        b"MAIL FROM:<news@example.org>\r\n",
        b"RCPT TO:<r-%d@example.com>\r\n" % number,
        b"DATA\r\n",
    ]


def envelope(number: int) -> bytes:
    return b"".join(commands(number))


def test_an_envelope_is_one_write_and_the_next_goes_behind_the_dot() -> None:
    """RFC 2920: a message costs one round trip."""
    talk = Talk()
    assert talk.hungry()
    talk.line.take(parcel(1))
    assert talk.said() == [envelope(1)]
    assert not talk.hungry()
    talk.hear(OK + OK + GO)
    assert talk.ready()
    talk.line.begin()
    assert talk.hungry()
    talk.line.take(parcel(2))
    assert talk.said() == [body(1) + envelope(2)]
    talk.hear(DONE + OK + OK + GO)
    assert talk.told() == [(1, Stage.BODY, "250", True)]
    assert talk.ready()
    assert talk.said() == []


def test_a_very_long_body_leaves_before_the_next_envelope_is_known() -> None:
    talk = Talk()
    talk.line.take(parcel(1, size=200_000))
    talk.hear(OK + OK + GO)
    talk.said()
    talk.line.begin()
    assert talk.said() == [body(1, size=200_000)]
    talk.line.take(parcel(2))
    assert talk.said() == [envelope(2)]


def test_a_body_without_another_envelope_leaves_when_flushed() -> None:
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    talk.said()
    talk.line.begin()
    talk.line.flush()
    talk.line.flush()
    assert talk.said() == [body(1)]
    talk.line.take(parcel(2))
    assert talk.said() == [envelope(2)]


def test_without_pipelining_each_command_waits_for_the_reply_before_it() -> None:
    talk = Talk(pipelining=False)
    talk.line.take(parcel(1))
    for reply, command in zip((OK, OK), commands(1)[:2], strict=True):
        assert talk.said() == [command]
        talk.hear(reply)
    assert talk.said() == [b"DATA\r\n"]
    talk.hear(GO)
    assert talk.ready()
    talk.line.begin()
    talk.line.flush()
    assert talk.said() == [body(1)]
    assert not talk.hungry()
    talk.hear(DONE)
    assert talk.hungry()
    assert talk.told() == [(1, Stage.BODY, "250", True)]


def test_without_pipelining_nothing_follows_a_refusal_but_rset_if_need_be() -> None:
    talk = Talk(pipelining=False)
    talk.line.take(parcel(1))
    talk.hear(NO)
    assert talk.said() == commands(1)[:1]
    assert talk.told() == [(1, Stage.MAIL, "550", False)]
    talk.line.take(parcel(2))
    talk.hear(OK, NO)
    assert talk.said() == commands(2)[:2]
    assert talk.told() == [(2, Stage.RCPT, "550", False)]
    assert talk.hungry()
    talk.line.take(parcel(3))
    assert talk.said() == [b"RSET\r\n"]
    talk.hear(DONE)
    assert talk.said() == commands(3)[:1]


@pytest.mark.parametrize(
    ("replies", "stage", "code", "then"),
    [
        ((NO, b"503 no\r\n", b"503 no\r\n"), Stage.MAIL, "550", b""),
        ((OK, NO, b"554 no\r\n"), Stage.RCPT, "550", b"RSET\r\n"),
        ((OK, OK, b"451 later\r\n"), Stage.DATA, "451", b"RSET\r\n"),
        ((b"452 full\r\n", NO, NO), Stage.MAIL, "452", b""),
    ],
)
def test_the_first_refusal_decides_and_rset_goes_with_the_next_envelope(
    replies: tuple[bytes, ...], stage: Stage, code: str, then: bytes
) -> None:
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(*replies)
    assert talk.told() == [(1, stage, code, False)]
    talk.said()
    talk.line.take(parcel(2))
    assert talk.said() == [then + envelope(2)]
    talk.hear(*(OK for _ in range(2 + bool(then))), GO)
    assert talk.ready()


def test_a_message_to_nobody_is_a_lone_dot_whose_reply_is_nobodys() -> None:
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + NO + GO)
    assert talk.said()[1:] == [b".\r\n"]
    assert talk.told() == [(1, Stage.RCPT, "550", False)]
    assert not talk.ready()
    talk.line.take(parcel(2))
    assert talk.said() == [envelope(2)]
    talk.hear(DONE + OK + OK + GO)
    assert talk.told() == []
    assert talk.ready()


@pytest.mark.parametrize("reply", [BYE, b"nonsense\r\n", b"250 Out of turn\r\n"])
@pytest.mark.parametrize("heard", [0, 1, 2, 3])
def test_the_end_in_the_middle_of_an_envelope_is_the_parcels_result(
    heard: int, reply: bytes
) -> None:
    """Whatever comes after the end changes nothing."""
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(*(OK, OK, GO)[:heard])
    if reply.startswith(b"250") and heard < 2:
        reply = GO
    talk.hear(reply + DONE, DONE)
    ((number, stage, words, begun),) = talk.told()
    assert (number, begun) == (1, False)
    assert stage is (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DATA)[heard]
    assert (words == "421") == (reply == BYE)
    assert talk.wire.state == "aborted"
    assert not talk.line.open
    assert not talk.hungry()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (BYE, "421"),
        (b"\0\r\n", "its reply has no code"),
        (GO, "the reply 354 to end of data makes no sense"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection was lost: "),
        (None, "the connection was lost"),
        ("eof", "the relay closed the connection"),
    ],
)
def test_the_end_after_a_body_leaves_the_next_parcel_untouched(
    end: bytes | Exception | str | None, words: str
) -> None:
    """At most one message a connection is begun and of unknown fate."""
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    talk.line.begin()
    talk.line.take(parcel(2))
    if isinstance(end, bytes):
        talk.hear(end)
    elif isinstance(end, str):
        talk.line.eof_received()
    else:
        talk.line.connection_lost(end)
    (first, second) = talk.told()
    assert first[:2] == (1, Stage.BODY)
    assert first[2].startswith(words)
    assert first[3]
    assert second == (2, Stage.MAIL, "", False)


def test_to_drop_a_line_blames_only_the_parcel_whose_body_was_begun() -> None:
    for bodies in (0, 1):
        talk = Talk()
        talk.line.take(parcel(1))
        if bodies:
            talk.hear(OK + OK + GO)
            talk.line.begin()
        talk.line.drop("it was cut")
        assert talk.told() == [
            (1, Stage.BODY, "it was cut", True) if bodies else (1, Stage.MAIL, "", False)
        ]
        assert talk.wire.state == "aborted"


def test_as_long_as_the_server_takes_bytes_it_has_time__e_s_06() -> None:
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    talk.line.begin()
    talk.line.flush()
    for now, pending in enumerate([900, 800, 700, 1, 1, 1]):
        talk.wire.pending = pending
        talk.line.check(now * 170.0)
    assert talk.told() == [(1, Stage.BODY, "the relay took no byte for 340 s", True)]


def test_the_time_for_the_reply_begins_when_the_last_byte_was_taken__e_s_06() -> None:
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    talk.line.begin()
    talk.line.flush()
    for now, pending in ((0.0, 900), (170.0, 1), (340.0, 0), (930.0, 0)):
        talk.wire.pending = pending
        talk.line.check(now)
    assert talk.told() == []
    talk.line.check(940.0)
    assert talk.told() == [(1, Stage.BODY, "no reply to end of data for 600 s", True)]


def test_goodbye_to_a_recipient_already_refused_does_not_change_why() -> None:
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + NO + BYE)
    assert talk.told() == [(1, Stage.RCPT, "550", False)]


def test_a_refusal_while_the_message_is_still_leaving_ends_the_connection() -> None:
    """A server that no longer listens for the dot would take the rest of it for commands."""
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    talk.line.begin()
    talk.line.take(parcel(2))
    talk.wire.pending = 5
    talk.hear(b"552 5.3.4 Enough\r\n")
    assert talk.told() == [(1, Stage.BODY, "552", True), (2, Stage.MAIL, "", False)]
    assert talk.wire.state == "aborted"


@pytest.mark.parametrize("ahead", [BYE, b"250 What was this\r\n", b"\0\0\n"])
def test_what_the_server_said_before_it_was_asked_ends_the_connection(ahead: bytes) -> None:
    talk = Talk(ahead=ahead)
    assert not talk.line.open
    assert talk.line.failed
    assert not talk.hungry()
    assert talk.told() == []


def test_after_the_last_message_it_says_goodbye_and_closes() -> None:
    talk = Talk(most=2)
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    more = talk.line.more
    talk.line.begin()
    talk.line.take(parcel(2))
    talk.hear(DONE + OK + OK + GO)
    assert (more, talk.line.more) == (True, False)
    talk.line.begin()
    talk.line.flush()
    assert not talk.hungry()
    talk.said()
    talk.hear(DONE)
    assert talk.said() == [b"QUIT\r\n"]
    assert talk.wire.state == "open"
    talk.hear(b"221 2.0.0 Bye\r\n")
    assert talk.wire.state == "closed"
    talk.line.connection_lost(None)
    assert talk.inbox.gone == [talk.line]
    assert not talk.line.failed


def test_refused_envelopes_do_not_use_a_connection_up() -> None:
    talk = Talk(most=1)
    for number in range(5):
        talk.line.take(parcel(number))
        talk.hear(NO + NO + NO)
    assert talk.hungry()


def test_a_connection_has_failed_if_it_ends_before_any_transaction_was_answered() -> None:
    for replies, failed in ((b"", True), (OK + BYE, True), (NO + NO + NO, False)):
        talk = Talk()
        talk.line.take(parcel(1))
        talk.hear(*([replies] if replies else []))
        talk.line.connection_lost(None)
        assert talk.line.failed == failed


def test_everything_that_asks_for_a_tick_wakes() -> None:
    talk = Talk()
    assert talk.woken
    happenings: list[Callable[[], None]] = [
        lambda: talk.hear(OK + OK + GO),
        lambda: talk.hear(DONE),
        lambda: talk.line.connection_lost(None),
    ]
    for happen in happenings:
        if talk.line.idle:
            talk.line.take(parcel(1))
        talk.woken = 0
        happen()
        assert talk.woken
        if talk.ready():
            talk.line.begin()


@given(st.lists(st.integers(1, 80), max_size=12), st.booleans())
def test_how_the_replies_are_cut_makes_no_difference(cuts: list[int], again: bool) -> None:
    replies = DONE + OK + NO + (GO if again else NO)
    whole, pieces = _second(), _second()
    whole.hear(replies)
    pieces.hear(*_cut(replies, cuts))
    assert (
        pieces.told()
        == whole.told()
        == [
            (1, Stage.BODY, "250", True),
            (2, Stage.RCPT, "550", False),
        ]
    )
    assert b"".join(pieces.said()) == b"".join(whole.said())
    assert pieces.hungry()
    assert whole.hungry()


def _second() -> Talk:
    """A talk with one body and one envelope on the wire."""
    talk = Talk()
    talk.line.take(parcel(1))
    talk.hear(OK + OK + GO)
    talk.line.begin()
    talk.line.take(parcel(2))
    return talk


def _cut(data: bytes, lengths: Iterable[int]) -> list[bytes]:
    pieces = []
    for length in lengths:
        pieces.append(data[:length])
        data = data[length:]
    return [*filter(None, pieces), data] if data else [*filter(None, pieces)]
