"""Parcels go out over real connections to a server on which everything goes wrong."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import DeskBusyError, Parcel, Relay, Result, Stage
from newsfeed.deliver.smtp.run import run
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


def delivered(
    server: Server,
    desk: Recorder,
    *,
    dial: Dialling | None = None,
    **options: Any,  # noqa: ANN401
) -> float:
    """Run to the end; the seconds that it took by the loop's clock."""

    async def work() -> float:
        async with serving(server):
            keys = {"connections", "most"} & options.keys()
            at = relay(server, **{key: options.pop(key) for key in keys})
            options.setdefault("stop", asyncio.Event())
            how = dial or Dialling()
            how.told = lambda number, data: desk.log.append(("write", (number, data)))
            loop = asyncio.get_running_loop()
            telling = loop.create_task(options.pop("beside", _nothing)())
            began = loop.time()
            await run(at, desk, clock=clock, dial=how, **options)
            await telling
            return loop.time() - began

    spent = warped(work())
    assert desk.out == {}
    assert server.wrong == []
    check_order(desk.log)
    return spent


async def _nothing() -> None:
    """What happens beside a run."""


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
@pytest.mark.parametrize(
    "step", [Step.MAIL, Step.RCPT, Step.DATA, Step.BEGIN, Step.MIDDLE, Step.DOT]
)
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


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server and its client."""
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


@pytest.mark.parametrize("act", [None, LATER, BYE, *SILENT])
@pytest.mark.parametrize("step", [Step.MAIL, Step.DATA, Step.MIDDLE, Step.DOT, Step.QUIT])
def test_over_tls_it_is_no_different(
    step: Step, act: Act, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    def script(connection: int, at: Step, time: int) -> Act:
        return act if (connection, at, time) == (0, step, step is not Step.QUIT) else None

    server, dial = Server(script, tls=contexts[0]), Dialling(tls=contexts[1])
    desk = Recorder([parcel(number, size=100_000) for number in range(4)])
    spent = delivered(server, desk, dial=dial)
    if act is None or step is Step.QUIT:
        assert everyone_once(server, range(4))
        assert spent < 4
    else:
        (hit,) = desk.of(1)
        assert bool(hit.reply) == (act in (LATER, BYE))
        assert everyone_once(server, (0, 2, 3))


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


def test_data_that_is_let_through_after_a_refusal_gets_a_lone_dot() -> None:
    """Guarantee 5: nothing is sent to nobody."""

    def script(_connection: int, step: Step, time: int) -> Act:
        return {Step.RCPT: NEVER, Step.DATA: b"354 Go on\r\n"}.get(step) if time == 1 else None

    server, desk = Server(script), Recorder([parcel(number) for number in range(4)])
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


def test_a_reply_after_minutes_still_counts__e_s_06() -> None:
    """A shorter wait for the final dot's reply makes duplicates."""
    server = Server(
        lambda _connection, step, time: 595.0 if (step, time) == (Step.DOT, 1) else None
    )
    desk = Recorder([parcel(number) for number in range(4)])
    spent = delivered(server, desk)
    assert everyone_once(server, range(4))
    assert all(one.reply for one in desk.results)
    assert 595 <= spent <= 600
    assert server.connections == 1


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
    server = Server(lambda *at: Fault.DEAF if at == (0, Step.MIDDLE, 0) else None)
    desk = Recorder([parcel(0, size=30_000_000), parcel(1)])
    spent = delivered(server, desk)
    (hit,) = desk.of(0)
    assert hit.lost.startswith("the relay took no byte for 18")
    assert hit.begun
    assert 180 <= spent <= 300  # the system takes some for the server, now and then
    assert everyone_once(server, [1])


def test_while_parcels_are_out_the_desk_is_heard_from_every_five_seconds() -> None:
    server = Server(lambda *at: Fault.HANG if at == (0, Step.DOT, 0) else None)
    desk = Recorder([parcel(0), parcel(1)])
    delivered(server, desk)
    times = [time for time, _, _ in desk.steps if time < 600]
    assert max(after - before for before, after in itertools.pairwise(times)) <= 6.1
    assert 100 <= len(times) <= 125


def test_a_connection_carries_only_so_many_messages() -> None:
    server = Server(lambda _connection, step, _time: 1.0 if step is Step.QUIT else None)
    desk = Recorder([parcel(number) for number in range(10)])
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


def test_while_a_connection_is_idle_no_other_is_opened() -> None:
    """A desk may hand out less than it said."""

    class Timid(Recorder):
        def waiting(self, most: int) -> int:
            return min(1, super().waiting(most))

    server = Server(lambda *at: 20.0 if at == (0, Step.DOT, 0) else None)
    desk = Timid([parcel(number) for number in range(9)], shares=iter([1] + [0] * 9))
    seen: list[int] = []

    async def look() -> None:
        await asyncio.sleep(5)
        seen.append(server.connections)

    delivered(server, desk, connections=9, beside=look)
    assert everyone_once(server, range(9))
    assert seen == [2]


def test_without_a_parcel_no_connection_is_opened() -> None:
    dial = Dialling()
    delivered(Server(), Recorder([]), dial=dial)
    assert dial.dialled == []


def untried(desk: Recorder) -> list[int]:
    """The parcels that came back untouched, each time."""
    return [one.parcel.number for one in desk.results if not one.reply and not one.lost]


@pytest.mark.parametrize("pipelining", [False, True])
def test_a_parcel_whose_time_is_over_is_not_begun_and_comes_back_untouched(
    pipelining: bool,
) -> None:
    """The connection is cut after 354, since a dot would make a message of nothing."""
    server = Server(
        lambda _connection, step, time: 50.0 if (step, time) == (Step.DATA, 1) else None,
        pipelining=pipelining,
    )
    late = parcel(1, until=EPOCH + 40)
    desk = Recorder([parcel(0), late, parcel(2)])
    desk.given_up = {1}
    delivered(server, desk)
    assert 1 in untried(desk)
    assert everyone_once(server, (0, 2))
    assert not any(mail.data == b"" for mail in server.accepted)
    assert server.connections == 2


def test_the_desk_may_forbid_a_body_at_the_last_moment() -> None:
    server, desk = Server(), Recorder([parcel(number) for number in range(3)])
    desk.barred = {1}
    delivered(server, desk)
    assert 1 in untried(desk)
    assert everyone_once(server, range(3))
    assert server.connections == 2


def test_what_no_server_would_take_is_refused_without_a_word_to_it__s_03() -> None:
    """It comes back as a reply that nobody sent, and the others go on."""
    bad: dict[int, dict[str, Any]] = {
        1: {"recipient": "a@example.com>\r\nRCPT TO:<b@example.com"},
        2: {"sender": "a b@example.org"},
        3: {"message": b"Number: 3\r\n\r\nno\n.\nmail\r\n"},
        4: {"recipient": "한@example.com"},
    }
    parcels = [
        msgspec.structs.replace(parcel(number), **bad.get(number, {})) for number in range(6)
    ]
    server, desk = Server(), Recorder(parcels)
    delivered(server, desk)
    codes = {
        n: (str(desk.of(n)[0].reply)[:9], desk.of(n)[0].stage, desk.of(n)[0].begun) for n in bad
    }
    assert codes == {
        1: ("553 5.1.3", Stage.RCPT, False),
        2: ("553 5.1.7", Stage.MAIL, False),
        3: ("554 5.6.0", Stage.BODY, False),
        4: ("550 5.6.7", Stage.RCPT, False),
    }
    assert everyone_once(server, (0, 5))
    assert server.connections == 1


def test_after_stop_what_is_on_the_wire_is_finished_and_nothing_begun() -> None:
    server = Server(lambda _connection, step, _time: 1.0 if step is Step.DOT else None)
    desk = Recorder([parcel(number) for number in range(20)])
    spent = stopped(server, desk, after=2.5, connections=3)
    assert spent < 6
    sent = [one.parcel.number for one in desk.results if one.reply]
    assert 6 <= len(sent) <= 12
    assert untried(desk) == []
    assert everyone_once(server, sent)
    assert desk.steps[-1][2] == 0


def test_thirty_seconds_after_stop_the_rest_is_cut() -> None:
    server = Server(lambda connection, step, _time: 100.0 if step is Step.DOT else None)
    desk = Recorder([parcel(number) for number in range(20)])
    spent = stopped(server, desk, after=5, connections=2)
    assert 34 <= spent <= 38
    unknown = [one for one in desk.results if one.lost]
    assert len(unknown) == 2
    assert all(one.begun for one in unknown)
    assert len(untried(desk)) == 2
    assert server.accepted == []


def test_stop_before_the_first_dial_opens_no_connection() -> None:
    dial = Dialling()
    stop = asyncio.Event()
    stop.set()
    delivered(Server(), Recorder([parcel(0)]), dial=dial, stop=stop)
    assert dial.dialled == []


class Endless(Dialling):
    """A relay that does not answer."""

    async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
        assert timeout == 300
        await asyncio.sleep(timeout)
        raise AssertionError


def test_stop_ends_a_dial_and_a_pause() -> None:
    desk = Recorder([parcel(0)])
    assert stopped(Server(), desk, after=7, dial=Endless()) < 8
    desk = Recorder([])
    desk.rests = [5000.0]
    assert 7 <= stopped(Server(), desk, after=7) < 8


def stopped(server: Server, desk: Recorder, *, after: float, **options: Any) -> float:  # noqa: ANN401
    """As `delivered`, with the wish to end after so many seconds."""
    stop = asyncio.Event()

    async def telling() -> None:
        await asyncio.sleep(after)
        stop.set()

    return delivered(server, desk, stop=stop, beside=telling, **options)


def test_when_cancelled_everything_comes_back() -> None:
    """What is not known to be taken is told to be unknown or untouched, in a last step."""
    server = Server(
        lambda _connection, step, time: Fault.HANG if (step, time) == (Step.DOT, 2) else None
    )
    desk = Recorder([parcel(number) for number in range(20)])

    async def work() -> None:
        async with serving(server):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(10):
                    at = relay(server, connections=3)
                    await run(at, desk, stop=asyncio.Event(), clock=clock, dial=Dialling())

    warped(work())
    assert desk.out == {}
    assert sum(bool(one.lost) for one in desk.results) == 3
    assert len(untried(desk)) == 3
    assert everyone_once(server, [one.parcel.number for one in desk.results if one.reply])


def test_where_the_desk_fails_all_connections_are_cut_without_a_dot() -> None:
    """Its own error comes out, and it is not asked again."""

    class Failing(Recorder):
        def step(self, results: Sequence[Result], wanted: int) -> Iterator[Parcel]:
            if len(self.steps) == 5:
                self.steps.append((0, 0, 0))
                raise OSError("the disk is full")
            assert len(self.steps) < 5
            return super().step(results, wanted)

    server, desk = Server(), Failing([parcel(number) for number in range(20)])

    async def work() -> None:
        async with serving(server):
            at = relay(server, connections=2)
            with pytest.raises(OSError, match="the disk is full"):
                await run(at, desk, stop=asyncio.Event(), clock=clock, dial=Dialling())
            accepted = len(server.accepted)
            await asyncio.sleep(5)
            assert server.open_now == 0
            assert len(server.accepted) == accepted

    warped(work())
    begun = [one.parcel.number for one in desk.results]
    unknown = set(desk.out)
    assert set(begun) <= {int(r.split("@")[0][2:]) for r in server.recipients}
    assert len(unknown) <= 4


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("busy", [3.0, 600.0])
def test_while_the_desk_is_busy_nothing_begins_and_nothing_is_lost(
    busy: float, *, pipelining: bool
) -> None:
    """Connections are kept for as long as the server surely waits, and no letter is blamed."""

    class Busy(Recorder):
        since: float | None = None
        first = until = 0
        """How far the log was."""

        def step(self, results: Sequence[Result], wanted: int) -> Iterator[Parcel]:
            now = asyncio.get_running_loop().time()
            if self.since is None and len(self.steps) > 5:
                self.since, self.first = now, len(self.log)
            if self.since is None or now >= self.since + busy:
                return super().step(results, wanted)
            super().step(results, 0)
            self.until = len(self.log)
            raise DeskBusyError

    desk = Busy([parcel(number) for number in range(30)])
    server = Server(pipelining=pipelining)
    delivered(server, desk, connections=4)
    assert everyone_once(server, range(30))
    assert not any(one.lost for one in desk.results)
    meanwhile = desk.log[desk.first : desk.until]
    assert not any(b"Number: " in what[1] for kind, what in meanwhile if kind == "write")
    assert (server.connections <= 4) is (busy < 100)


@pytest.mark.parametrize("dial", [Endless, lambda: Dialling(failures=[RelayError("no")] * 99)])
def test_without_a_connection_the_desk_is_asked_all_the_time_and_can_end_it(
    dial: Callable[[], Dialling],
) -> None:
    """It has to say that it is alive, and its time may be over. No step says anything to it."""
    asked: list[float] = []

    class Hasty(Recorder):
        def waiting(self, most: int) -> int:
            asked.append(asyncio.get_running_loop().time())
            if asked[-1] > 100:
                self.todo = []
            return super().waiting(most)

    desk = Hasty([parcel(0)])
    assert 100 < delivered(Server(), desk, dial=dial()) < 103
    assert max(after - before for before, after in itertools.pairwise(asked)) < 2.1
    assert desk.steps == []


def gaps(dial: Dialling) -> list[int]:
    """Seconds between one dial and the next."""
    return [round(after - before) for before, after in itertools.pairwise(dial.dialled)]


@pytest.mark.parametrize("connections", [1, 5])
def test_a_relay_that_is_not_there_is_tried_again_ever_more_slowly(connections: int) -> None:
    """One dial at a time, and nothing is claimed before a connection is open."""
    told: list[RelayError] = []
    dial = Dialling(failures=[RelayError(f"no {number}") for number in range(9)])
    desk, server = Recorder([parcel(number) for number in range(9)]), Server()
    delivered(server, desk, dial=dial, troubled=told.append, connections=connections)
    assert gaps(dial)[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert [error.problem for error in told] == [f"no {number}" for number in range(9)]
    assert desk.steps[0][0] >= 242
    assert everyone_once(server, range(9))


def test_dials_that_take_long_to_fail_are_not_repeated_sooner() -> None:
    class Slow(Dialling):
        async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
            if self.failures:
                await asyncio.sleep(30)
            return await super().__call__(relay, timeout=timeout)

    dial = Slow(failures=[RelayError("no") for _ in range(5)])
    delivered(Server(), Recorder([parcel(0)]), dial=dial)
    assert gaps(dial) == [31, 32, 34, 38, 16]


def test_after_a_time_without_trouble_the_wait_is_short_again() -> None:
    server = Server(lambda _connection, step, _time: 0.1 if step is Step.DOT else None)
    desk = Recorder([parcel(number) for number in range(400)])
    dial = Dialling(failures=[RelayError("no") for _ in range(4)])

    async def fault() -> None:
        await asyncio.sleep(20)
        dial.failures = [RelayError("no") for _ in range(3)]

    delivered(server, desk, dial=dial, most=200, beside=fault)
    assert gaps(dial) == [1, 2, 4, 8, 20, 1, 2, 4]
    assert everyone_once(server, range(400))


def test_several_failures_at_once_count_as_one() -> None:
    """Then there is one connection more whenever those that are there have been of use."""
    server = Server(lambda _connection, step, _time: 0.1 if step is Step.DOT else None)
    desk = Recorder([parcel(number) for number in range(900)])

    class Later(Dialling):
        async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
            fails = 0 < len(self.dialled) < 9
            self.failures = [RelayError("no")] if fails else []
            return await super().__call__(relay, timeout=timeout)

    dial = Later()
    delivered(server, desk, dial=dial, connections=9, most=1000)
    assert gaps(dial)[:9] == [0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert server.connections == 9


def test_a_server_that_only_says_goodbye_is_not_dialled_in_a_hurry() -> None:
    server = Server(lambda _connection, step, _time: BYE if step is Step.MAIL else None)
    desk, dial = Recorder([parcel(number) for number in range(5)]), Dialling()
    delivered(server, desk, dial=dial)
    assert gaps(dial) == [1, 2, 4, 8]
    assert [one.reply.code for one in desk.results if one.reply] == [421] * 5


def test_a_relay_that_takes_fewer_connections_is_served_by_those() -> None:
    """Those that are used up are replaced at once; another one is tried now and then."""

    class Few(Dialling):
        async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
            if server.open_now >= 3:
                self.dialled.append(asyncio.get_running_loop().time())
                raise RelayError("421 too many")
            return await super().__call__(relay, timeout=timeout)

    server = Server(lambda _connection, step, _time: 0.1 if step is Step.DOT else None)
    desk, dial = Recorder([parcel(number) for number in range(600)]), Few()
    spent = delivered(server, desk, dial=dial, connections=10, most=10)
    assert everyone_once(server, range(600))
    assert spent < 600 * 0.1 / 3 * 1.2
    assert len(dial.dialled) - server.connections <= 7 + 6


def test_a_relay_that_refuses_us_ends_the_run_when_the_rest_is_done() -> None:
    class Refusing(Dialling):
        async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
            if self.dialled:
                await asyncio.sleep(0.5)
                raise RefusedByRelayError("535 wrong password", login=True)
            return await super().__call__(relay, timeout=timeout)

    server = Server(lambda _connection, step, _time: 100.0 if step is Step.DOT else None)
    desk = Recorder([parcel(number) for number in range(9)])
    with pytest.raises(RefusedByRelayError, match="535 wrong password"):
        delivered(server, desk, dial=Refusing(), connections=3)
    assert desk.out == {}
    assert everyone_once(server, (0, 1))
    assert len(desk.results) == 2


def test_a_connection_that_is_closed_as_it_is_opened_is_a_dial_in_vain() -> None:
    class Late(Dialling):
        async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
            opened = await super().__call__(relay, timeout=timeout)
            if len(self.dialled) < 3:
                opened.transport.abort()
                await asyncio.sleep(0.1)
            return opened

    told: list[RelayError] = []
    server, desk, dial = Server(), Recorder([parcel(0)]), Late()
    delivered(server, desk, dial=dial, troubled=told.append)
    assert gaps(dial) == [1, 2]
    assert [error.problem for error in told] == ["the relay closed the connection"] * 2
    assert everyone_once(server, [0])


def test_what_else_a_dial_raises_comes_out() -> None:
    class Broken(Dialling):
        async def __call__(self, relay: Relay, *, timeout: float) -> Opened:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        delivered(Server(), Recorder([parcel(0)]), dial=Broken())


def test_where_the_desk_has_nothing_yet_it_is_asked_again_when_it_says() -> None:
    """A quota: two at once, then a pause. A connection without work is not kept for long."""

    class Scarce(Recorder):
        def step(self, results: Sequence[Result], wanted: int) -> Iterator[Parcel]:
            now = asyncio.get_running_loop().time()
            allowed = 2 if now < 9.9 else 4 if now < 109.9 else 6
            known = len(self.results) + len(self.out)
            self.shares = iter([allowed - known])
            return super().step(results, wanted)

    server = Server()
    desk = Scarce([parcel(number) for number in range(6)])
    desk.rests = [10.0, 100.0]
    spent = delivered(server, desk)
    assert everyone_once(server, range(6))
    assert 110 <= spent <= 111
    assert server.connections == 2
    assert desk.rests == []


def test_a_connection_that_has_nothing_to_do_for_long_is_closed() -> None:
    """Servers cut those, and a letter would be put off by it."""
    server = Server(lambda *at: 300.0 if at == (0, Step.DOT, 0) else None)
    desk = Recorder([parcel(0), parcel(1), parcel(2)])

    async def more() -> None:
        await asyncio.sleep(200)
        assert server.open_now == 1
        desk.todo += [parcel(3), parcel(4)]

    delivered(server, desk, connections=2, beside=more)
    assert everyone_once(server, range(5))
    assert server.connections == 3


SCRIPTED = st.sampled_from(
    [
        LATER,
        NEVER,
        BYE,
        *SILENT,
        b"250-2.0.0 Two\r\n250 2.0.0 lines\r\n",
        b"251 Elsewhere\r\n",
        b"354 Go on\r\n",
        3.0,
        400.0,
    ]
)
EARLY = st.sampled_from([LATER, BYE, *SILENT, 3.0, 400.0])
COMMANDS = [Step.MAIL, Step.RCPT, Step.DATA, Step.DOT, Step.RSET, Step.QUIT]
TIMES = st.integers(0, 3)
SCRIPTS = st.builds(
    lambda late, early: late | early,
    st.dictionaries(st.tuples(TIMES, st.sampled_from(COMMANDS), TIMES), SCRIPTED, max_size=12),
    st.dictionaries(
        st.tuples(TIMES, st.sampled_from([Step.BEGIN, Step.MIDDLE]), TIMES), EARLY, max_size=4
    ),
)


@given(
    script=SCRIPTS,
    sizes=st.lists(st.sampled_from([100, 20_000, 300_000]), max_size=10),
    connections=st.integers(1, 3),
    most=st.integers(1, 4),
    pipelining=st.booleans(),
    dribbles=st.booleans(),
    shares=st.lists(st.integers(0, 3), max_size=8),
    barred=st.sets(st.integers(0, 9), max_size=3),
    stop_after=st.none() | st.floats(0, 20),
)
def test_whatever_the_server_does_nothing_is_lost_repeated_or_mixed(
    script: dict[tuple[int, Step, int], Act],
    sizes: list[int],
    connections: int,
    most: int,
    pipelining: bool,
    dribbles: bool,
    shares: list[int],
    barred: set[int],
    stop_after: float | None,
) -> None:
    """Each parcel handed out has one result, and what the server took is known to be sent."""
    server = Server(lambda *at: script.get(at), pipelining=pipelining, dribbles=dribbles)
    desk = Recorder([parcel(n, size=size) for n, size in enumerate(sizes)], shares=iter(shares))
    desk.barred = barred
    options: dict[str, Any] = {"connections": connections, "most": most}
    if stop_after is None:
        delivered(server, desk, **options)
        assert not desk.todo
    else:
        stopped(server, desk, after=stop_after, **options)
    sent = [one.parcel.number for one in desk.results if one.reply and one.reply.code < 300]
    assert all(one.begun for one in desk.results if one.parcel.number in sent and one.reply)
    assert everyone_once(server, sent)
    final = [one.parcel.number for one in desk.results if one.reply or one.lost]
    assert len(final) == len(set(final))


def test_it_tells_how_many_connections_are_open_and_none_in_the_end() -> None:
    desk, server = Recorder([parcel(number, size=50_000) for number in range(20)]), Server()
    told: list[int] = []
    delivered(server, desk, connections=3, connected=told.append)
    assert max(told) == 3
    assert told[-1] == 0
    assert all(before != after for before, after in itertools.pairwise(told))
