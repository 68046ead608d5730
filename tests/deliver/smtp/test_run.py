"""Parcels go out over real connections to a server on which everything goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.parcel import Parcel, Result, Stage
from newsfeed.deliver.smtp.run import run
from newsfeed.deliver.smtp.timeouts import Timeouts
from newsfeed.deliver.smtp.trouble import RefusedByRelayError, RelayError
from tests.deliver.smtp.kit import EPOCH, Dialling, Recorder, clock, parcel, relay, warped
from tests.deliver.smtp.server import Act, Fault, Server, Step, serving

LATER, NEVER, BYE = b"451 4.3.0 Later\r\n", b"550 5.1.1 Nobody\r\n", b"421 4.3.2 Going\r\n"
GARBAGE = b"\xff\xfe what is this\r\n"
SILENT: tuple[Act, ...] = (
    Fault.HANG,
    Fault.CLOSE,
    Fault.RESET,
    Fault.ENDLESS_LINE,
    Fault.ENDLESS_REPLY,
    GARBAGE,
    b"111 Strange\r\n",
)
"""What is no reply."""


def delivered(server: Server, desk: Recorder, *, dial: Dialling | None = None, **options: Any) -> float:
    """Run to the end; the seconds that it took by the loop's clock."""

    async def work() -> float:
        async with serving(server):
            keys = {"connections", "most"} & options.keys()
            at = relay(server, **{key: options.pop(key) for key in keys})
            options.setdefault("stop", asyncio.Event())
            how = dial or Dialling(told=lambda number, data: desk.log.append(("write", (number, data))))
            began = asyncio.get_running_loop().time()
            await run(at, desk, clock=clock, dial=how, **options)
            return asyncio.get_running_loop().time() - began

    spent = warped(work())
    assert desk.out == {}
    assert server.wrong == []
    check_order(desk.log)
    return spent


def check_order(log: Iterable[tuple[str, Any]]) -> None:
    """On each connection a body is begun only when the result of the one before is stored; and at
    most one ends with its fate unknown.
    """
    pending: dict[int, int] = {}
    where: dict[int, int] = {}
    unknown: list[int] = []
    for kind, what in log:
        if kind == "write":
            connection, data = what
            if b"Number: " in data:
                assert data.count(b"Number: ") == 1
                assert connection not in pending
                number = int(data.split(b"Number: ")[1].split(b"\r")[0])
                assert number not in where
                pending[connection], where[number] = number, connection
        elif what.begun:
            connection = where.pop(what.parcel.number)
            assert pending.pop(connection) == what.parcel.number
            if what.reply is None:
                unknown.append(connection)
        else:
            where.pop(what.parcel.number, None)
    assert len(unknown) == len(set(unknown))


def everyone_once(server: Server, numbers: Iterable[int]) -> bool:
    """Whether these parcels, and no others, were accepted once each, with their own words."""
    for mail in server.accepted:
        (recipient,) = mail.recipients
        number = int(recipient.removeprefix("r-").removesuffix("@example.com"))
        assert mail.data.startswith(b"Number: %d\r\n" % number)
        assert mail.sender == "news@example.org"
    return server.recipients == {f"r-{number}@example.com": 1 for number in numbers}


@pytest.mark.parametrize("dribbles", [False, True])
@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("connections", [1, 3])
def test_every_parcel_arrives_once_and_unchanged(
    connections: int, pipelining: bool, dribbles: bool
) -> None:
    parcels = [parcel(number, size=50_000 if number % 3 else 100) for number in range(20)]
    desk, server = Recorder(parcels), Server(pipelining=pipelining, dribbles=dribbles)
    spent = delivered(server, desk, connections=connections)
    assert everyone_once(server, range(20))
    assert {mail.data for mail in server.accepted} == {one.message for one in parcels}
    assert all(one.reply and one.reply.code == 250 and one.begun for one in desk.results)
    assert server.connections == connections
    assert spent < 1


def faulty(step: Step, act: Act, *, pipelining: bool) -> tuple[Server, Recorder, Result]:
    """Four parcels, with one fault in the second transaction: what became of its parcel."""

    def script(connection: int, at: Step, time: int) -> Act:
        if at is Step.RCPT and step is Step.RSET:
            return NEVER if (connection, time) == (0, 1) else None
        here = (0, step, 0 if step in (Step.RSET, Step.QUIT) else 1)
        return act if (connection, at, time) == here else None

    server = Server(script, pipelining=pipelining)
    desk = Recorder([parcel(number, size=100_000) for number in range(4)])
    delivered(server, desk)
    (hit,) = desk.of(1)
    assert all(len(desk.of(number)) == 1 for number in range(4))
    return server, desk, hit


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("act", [LATER, NEVER, BYE])
@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA, Step.DOT])
def test_a_refusal_is_the_parcels_result_and_the_others_arrive(
    step: Step, act: bytes, pipelining: bool
) -> None:
    server, _, hit = faulty(step, act, pipelining=pipelining)
    assert hit.reply
    assert str(hit.reply) == act.decode().strip()
    assert hit.stage.name == step.name.replace("DOT", "BODY")
    assert hit.begun == (step is Step.DOT)
    assert everyone_once(server, (0, 2, 3))
    assert server.connections == (2 if act is BYE else 1)


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("act", SILENT)
@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA, Step.BEGIN, Step.MIDDLE, Step.DOT])
def test_without_a_reply_the_parcel_is_lost_and_the_others_arrive(
    step: Step, act: Act, pipelining: bool
) -> None:
    server, _, hit = faulty(step, act, pipelining=pipelining)
    assert hit.reply is None
    assert 0 < len(hit.lost) < 60
    body = step in (Step.MIDDLE, Step.DOT)
    if step is not Step.BEGIN:  # where the body may be begun, or not yet
        assert hit.begun == body
        assert hit.stage.name == ("BODY" if body else step.name)
    assert everyone_once(server, (0, 2, 3))
    assert server.connections == 2


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("act", [LATER, NEVER, BYE])
def test_a_reply_before_the_final_dot_is_the_reply_to_it(act: bytes, pipelining: bool) -> None:
    server, _, hit = faulty(Step.MIDDLE, act, pipelining=pipelining)
    assert str(hit.reply) == act.decode().strip()
    assert hit.stage is Stage.BODY
    assert everyone_once(server, (0, 2, 3))


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("act", [LATER, NEVER, BYE, *SILENT])
def test_what_goes_wrong_at_rset_touches_nobody(act: Act, pipelining: bool) -> None:
    server, desk, hit = faulty(Step.RSET, act, pipelining=pipelining)
    assert hit.reply
    assert hit.reply.code == 550
    assert hit.stage is Stage.RCPT
    assert everyone_once(server, (0, 2, 3))
    assert server.connections == 2
    assert [(one.reply, one.lost) for one in desk.results if one.parcel.number == 2][:-1] in (
        [],
        [(None, "")],
    )


@pytest.mark.parametrize("act", [LATER, NEVER, BYE, *SILENT])
def test_a_goodbye_that_goes_wrong_takes_two_seconds_at_most(act: Act) -> None:
    server = Server(lambda _connection, step, _time: act if step is Step.QUIT else None)
    desk = Recorder([parcel(number) for number in range(4)])
    assert delivered(server, desk) <= 2.1
    assert everyone_once(server, range(4))


@pytest.mark.parametrize("pipelining", [False, True])
def test_data_that_is_let_through_after_a_refusal_gets_a_lone_dot(pipelining: bool) -> None:
    """Guarantee 5: nothing is sent to nobody."""

    def script(_connection: int, step: Step, time: int) -> Act:
        return {Step.RCPT: NEVER, Step.DATA: b"354 Go on\r\n"}.get(step) if time == 1 else None

    server, desk = Server(script, pipelining=pipelining), Recorder([parcel(n) for n in range(4)])
    delivered(server, desk)
    (hit,) = desk.of(1)
    assert hit.reply
    assert (hit.stage, hit.reply.code, hit.begun) == (Stage.RCPT, 550, False)
    assert everyone_once(server, (0, 2, 3))
    assert server.connections == 1
    assert not any(command == b"RSET" for _, command in server.commands)


@pytest.mark.parametrize("pipelining", [False, True])
def test_rset_goes_before_the_next_only_where_half_an_envelope_is_left(pipelining: bool) -> None:
    """Postfix counts RSET as junk, so none is sent in vain."""

    def script(_connection: int, step: Step, time: int) -> Act:
        steps = {(Step.MAIL, 1), (Step.RCPT, 2 - (not pipelining)), (Step.DOT, 2)}
        return NEVER if (step, time) in steps else None

    server, desk = Server(script, pipelining=pipelining), Recorder([parcel(n) for n in range(6)])
    delivered(server, desk)
    refused = [one.parcel.number for one in desk.results if one.reply and one.reply.code == 550]
    assert len(refused) == 3
    assert everyone_once(server, set(range(6)) - set(refused))
    assert [command for _, command in server.commands].count(b"RSET") == 1


def test_a_reply_after_ten_minutes_less_a_little_still_counts__e_s_06() -> None:
    """A shorter wait for the final dot's reply makes duplicates."""
    server, desk = Server(), Recorder([parcel(0), parcel(1)])

    async def work() -> None:
        async with serving(server):
            server.script = lambda *at: Fault.HANG if at[:2] == (0, Step.DOT) else None
            await run(relay(server), desk, stop=asyncio.Event(), clock=clock, dial=Dialling())

    warped(work())
    assert 600 <= desk.steps[-3][0] <= 603
    assert [(one.lost, one.begun) for one in desk.of(0)] == [("no reply to end of data for 600 s", True)]


@pytest.mark.parametrize(
    ("step", "seconds"), [(Step.MAIL, 300), (Step.RCPT, 300), (Step.DATA, 120), (Step.DOT, 600)]
)
@pytest.mark.parametrize("pipelining", [False, True])
def test_each_command_has_the_standards_time__e_s_06(
    step: Step, seconds: int, pipelining: bool
) -> None:
    server = Server(
        lambda connection, at, _time: Fault.HANG if (connection, at) == (0, step) else None,
        pipelining=pipelining,
    )
    desk = Recorder([parcel(0), parcel(1)])
    spent = delivered(server, desk)
    assert seconds <= spent <= seconds + 5
    assert f"{seconds}" in desk.of(0)[0].lost
    assert everyone_once(server, [1])


def test_a_server_that_takes_no_bytes_has_three_minutes__e_s_06() -> None:
    """However great the message: the time begins anew with each byte that is taken."""
    act = {(0, Step.MIDDLE, 0): Fault.HANG}

    async def hang(server: Server) -> None:
        async with serving(server):
            await run(relay(server), desk, stop=asyncio.Event(), clock=clock, dial=Dialling())

    server = Server(lambda *at: act.get(at), deaf=True)
    desk = Recorder([parcel(0, size=30_000_000), parcel(1)])
    warped(hang(server))
    (hit,) = desk.of(0)
    assert hit.lost.startswith("the relay took no byte for 18")
    assert hit.begun
    assert everyone_once(server, [1])


def test_while_parcels_are_out_the_desk_is_heard_from_every_five_seconds() -> None:
    server = Server(lambda *at: Fault.HANG if at == (0, Step.DOT, 0) else None)
    desk = Recorder([parcel(0), parcel(1)])
    delivered(server, desk)
    times = [time for time, _, _ in desk.steps if time < 600]
    assert max(after - before for before, after in zip(times, times[1:], strict=False)) <= 6.1
    assert 100 <= len(times) <= 125


def test_a_connection_carries_only_so_many_messages() -> None:
    server, desk = Server(), Recorder([parcel(number) for number in range(10)])
    delivered(server, desk, connections=2, most=3)
    assert everyone_once(server, range(10))
    per_connection = [mail.connection for mail in server.accepted]
    assert max(per_connection.count(number) for number in per_connection) == 3
    assert server.most_open <= 2
    assert sum(command == b"QUIT" for _, command in server.commands) == server.connections


def test_no_more_connections_are_opened_than_there_are_parcels() -> None:
    server, desk = Server(), Recorder([parcel(number) for number in range(3)])
    delivered(server, desk, connections=20)
    assert everyone_once(server, range(3))
    assert server.connections <= 3


def test_without_a_parcel_no_connection_is_opened() -> None:
    dial = Dialling()
    delivered(Server(), Recorder([]), dial=dial)
    assert dial.dialled == []


def test_a_parcel_whose_time_is_over_is_not_begun_and_comes_back_untouched() -> None:
    """The connection is cut after 354, since a dot would make a message of nothing."""
    server = Server()
    desk = Recorder([parcel(0), parcel(1, until=EPOCH - 1), parcel(2)])
    again: list[Result] = []

    def watch(result: Result) -> bool:
        never = result.reply is None and not result.lost
        if never:
            again.append(result)
            result.parcel
        return False

    desk._again = watch

    async def work() -> None:
        async with serving(server):
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(20, stop.set)
            await run(relay(server), desk, stop=stop, clock=clock, dial=Dialling())

    warped(work())
    assert desk.of(1) == []
    assert len(again) >= 1
    assert everyone_once(server, (0, 2))
    assert server.wrong == []


def test_the_desk_may_forbid_a_body_at_the_last_moment() -> None:
    server, desk = Server(), Recorder([parcel(number) for number in range(3)])
    desk.barred = {1}

    class Once(Recorder):
        def may_begin(self, parcel: Parcel) -> bool:
            allowed = super().may_begin(parcel)
            self.barred.discard(parcel.number)
            return allowed

    desk.__class__ = Once
    delivered(server, desk)
    assert everyone_once(server, range(3))
    assert [one.parcel.number for one in desk.results if not one.reply] == [1]
    assert server.connections == 2
