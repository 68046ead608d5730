"""A few messages over a relay: each is tried, and tells what became of it."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from newsfeed.deliver.outcome import Verdict
from newsfeed.deliver.smtp.parcel import Relay, Reply, Result, Stage
from newsfeed.deliver.smtp.trouble import RelayError
from newsfeed.flows import posting
from newsfeed.flows.posting import Errands, Fate, Post, Posted, post, run_errands
from newsfeed.flows.stopping import Stop
from tests.flows.relay_kit import DROP, refusing, relay

SENDER = "news@example.org"


def posts(*names: str) -> list[Post]:
    """A message to each."""
    return [
        Post(
            sender=SENDER,
            recipient=f"{name}@example.com",
            message=f"To: {name}\r\n\r\nHello {name}.\r\n.\r\n".encode(),
        )
        for name in names
    ]


def test_each_message_leaves_once_as_it_is() -> None:
    with relay() as server:
        found = post(server.place, posts("ann", "bob", "cho"))
        assert [one.fate for one in found] == [Fate.TAKEN] * 3
        assert {one.said for one in found} == {"250 2.0.0 taken"}
        assert server.recipients() == ["ann@example.com", "bob@example.com", "cho@example.com"]
        assert {one.sender for one in server.taken} == {SENDER}
        messages = {one.recipient: one.message for one in server.taken}
        assert messages == {one.recipient: one.message for one in posts("ann", "bob", "cho")}


def test_nothing_to_send_calls_nobody() -> None:
    with relay() as server:
        assert post(server.place, []) == []
        assert server.calls == 0


def test_what_is_refused_says_so_and_stops_no_other() -> None:
    with relay(refusing(bob=b"550 5.1.1 <bob@example.com> unknown")) as server:
        ann, bob, cho = post(server.place, posts("ann", "bob", "cho"))
        assert (ann.fate, cho.fate) == (Fate.TAKEN, Fate.TAKEN)
        assert (bob.fate, bob.verdict) == (Fate.REFUSED, Verdict.SUPPRESS)
        assert bob.said.startswith("550 5.1.1")
        assert "bob" not in bob.said
        assert server.recipients() == ["ann@example.com", "cho@example.com"]


def test_a_relay_that_is_not_there_leaves_all_untried_in_its_words() -> None:
    with relay() as server:
        place = server.place
    found = post(place, posts("ann", "bob"))
    assert [one.fate for one in found] == [Fate.UNTRIED] * 2
    assert all(f"127.0.0.1:{place.port}" in one.said for one in found)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("said", [DROP, b"421 4.3.2 closing"])
def test_before_the_body_a_lost_connection_is_made_once_more(stage: str, said: bytes) -> None:
    seen: Counter[str] = Counter()

    def answer(verb: str, _: str) -> bytes | None:
        seen[verb] += 1
        return said if verb == stage and seen[verb] == 1 else None

    with relay(answer) as server:
        (one,) = post(server.place, posts("ann"))
        assert (one.fate, server.calls) == (Fate.TAKEN, 2)


@pytest.mark.parametrize("said", [DROP, b"421 4.3.2 closing"])
def test_and_not_again_and_again(said: bytes) -> None:
    with relay(lambda verb, _: said if verb == "RCPT" else None) as server:
        (one,) = post(server.place, posts("ann"))
        assert one.fate is (Fate.REFUSED if said else Fate.UNTRIED)
        assert server.calls == 2


def test_after_the_body_nobody_knows_and_it_is_not_repeated() -> None:
    ends: list[str] = []

    def answer(verb: str, recipient: str) -> bytes | None:
        if verb == ".":
            ends.append(recipient)
            return DROP if recipient == "ann@example.com" else None
        return None

    with relay(answer) as server:
        ann, bob = post(server.place, posts("ann", "bob"))
        assert (ann.fate, bob.fate) == (Fate.LOST, Fate.TAKEN)
        assert sorted(ends) == ["ann@example.com", "bob@example.com"]


@pytest.mark.parametrize("said", [b"354 go on and on", b"650 what?"])
def test_an_answer_that_is_neither_yes_nor_no_leaves_it_open(said: bytes) -> None:
    with relay(lambda verb, _: said if verb == "." else None) as server:
        (one,) = post(server.place, posts("ann"))
        assert one.fate is Fate.LOST


def test_a_relay_that_is_silent_keeps_nobody_for_longer_than_was_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "GRACE", 0.3)
    ended = threading.Event()
    for silent in ("CONNECT", "RCPT", "."):

        def answer(verb: str, _: str, silent: str = silent) -> bytes | None:
            if verb == silent:
                ended.wait(30)
                return DROP
            return None

        with relay(answer) as server:
            begun = time.monotonic()
            (one,) = post(server.place, posts("ann"), within=0.2)
            assert time.monotonic() - begun < 15
            assert one.fate is not Fate.TAKEN
            assert one.said
            assert (one.fate is Fate.LOST) >= (silent == ".")


@pytest.mark.parametrize("ended", [False, True])
def test_a_resolver_that_hangs_keeps_nobody_for_longer_than_was_said(
    ended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor longer than somebody wants who ends it."""
    over, stop = threading.Event(), Stop()

    def hang(*_: object, **__: object) -> list[tuple[Any, ...]]:
        over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    threading.Timer(0.2, stop.set).start()
    place = Relay(host="relay.example.org", port=25, security="tls", hello="client.example.org")
    errands = Errands(posts("ann"), prepare=lambda one: one, settle=lambda *_: None)
    begun = time.monotonic()
    try:
        with nullcontext() if ended else pytest.raises(RelayError, match="no connection"):
            run_errands(place, errands, within=60 if ended else 0.2, stop=stop if ended else None)
        assert time.monotonic() - begun < 15
    finally:
        over.set()


def test_what_is_prepared_is_settled_even_where_the_relay_goes_away() -> None:
    prepared: list[str] = []
    settled: dict[str, Posted] = {}

    def answer(verb: str, _: str) -> bytes | None:
        if verb == ".":
            server.close()
            return DROP
        return None

    def prepare(name: str) -> Post:
        prepared.append(name)
        return posts(name)[0]

    names = [f"reader{number}" for number in range(9)]
    with relay(answer) as server:
        errands = Errands(names, prepare=prepare, settle=settled.__setitem__)
        with pytest.raises(RelayError):
            run_errands(server.place, errands, within=20)
    assert set(prepared) == set(settled)
    assert len(prepared) < len(names)
    assert Fate.LOST in {one.fate for one in settled.values()}
    assert Fate.TAKEN not in {one.fate for one in settled.values()}


def test_what_is_not_to_be_sent_any_more_is_passed_over() -> None:
    settled: dict[str, Posted] = {}
    errands = Errands(
        ["ann", "bob", "cho"],
        prepare=lambda name: None if name == "bob" else posts(name)[0],
        settle=settled.__setitem__,
    )
    with relay() as server:
        run_errands(server.place, errands, within=20)
        assert server.recipients() == ["ann@example.com", "cho@example.com"]
    assert sorted(settled) == ["ann", "cho"]


def test_what_was_not_kept_to_be_sent_was_not_sent() -> None:
    """A full disk: neither what was to go out, nor an answer that came, is told wrongly."""
    full = iter([False, True, False])
    kept: dict[str, str] = {}

    @contextmanager
    def together(_patience: float) -> Iterator[None]:
        before = dict(kept)
        yield
        if next(full):
            kept.clear()
            kept.update(before)
            raise OSError("the disk is full")

    def prepare(name: str) -> Post:
        kept[name] = "on its way"
        return posts(name)[0]

    def settle(name: str, posted: Posted) -> None:
        kept[name] = posted.fate

    errands = Errands(["ann", "bob"], prepare=prepare, settle=settle, together=together)
    (parcel,) = errands.exchange([], 1, 0)
    reply = Reply(code=250, status="2.0.0", text="taken")
    with pytest.raises(OSError, match="full"):
        errands.exchange([Result(parcel=parcel, stage=Stage.BODY, reply=reply, begun=True)], 1, 0)
    errands.give_up()
    assert kept == {"ann": Fate.TAKEN}


def test_what_was_only_handed_back_was_not_tried() -> None:
    errands = Errands(posts("ann"), prepare=lambda one: one, settle=lambda *_: None)
    for _ in range(9):
        (parcel,) = errands.exchange([], 1, 0)
        assert errands.exchange([Result(parcel=parcel, stage=Stage.MAIL)], 0, 0) == []
    for left in (1, 0):
        (parcel,) = errands.exchange([], 1, 0)
        errands.exchange([Result(parcel=parcel, stage=Stage.MAIL, lost="gone")], 0, 0)
        assert errands.waiting() == left
