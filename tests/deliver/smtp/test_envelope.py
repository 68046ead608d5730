"""The commands of a transaction, and what never gets as far as a server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.envelope import (
    LONGEST_COMMAND,
    LONGEST_WITH_DSN,
    Features,
    body,
    envelope,
    has_clean_lines,
    is_safe,
    objection,
    xtext,
)
from newsfeed.deliver.smtp.parcel import Parcel, Stage

PLAIN = Features()
FULL = Features(pipelining=True, size=0, eightbit=True, utf8=True, dsn=True)
PARCEL = Parcel(
    number=1,
    sender="news@example.org",
    recipient="a@example.com",
    message=b"M: 1\r\n\r\nx\r\n",
    until=0,
)


def parcel(**fields: Any) -> Parcel:  # noqa: ANN401
    """The parcel with other fields."""
    return msgspec.structs.replace(PARCEL, **fields)


def commands(features: Features, **fields: Any) -> tuple[str, str, str]:  # noqa: ANN401
    """The commands as text without their line ends."""
    made = envelope(parcel(**fields), features)
    assert all(line.endswith(b"\r\n") and line.count(b"\n") == 1 for line in made)
    mail, rcpt, data = (line.decode().removesuffix("\r\n") for line in made)
    return mail, rcpt, data


@pytest.mark.parametrize(
    ("keywords", "features"),
    [
        ({}, Features()),
        ({"PIPELINING": "", "8BITMIME": "", "SMTPUTF8": "", "DSN": "", "SIZE": ""}, FULL),
        ({"size": "10240000", "pipelining": ""}, Features(size=10240000, pipelining=True)),
        ({"SIZE": "0"}, Features(size=0)),
        ({"SIZE": " 5000 more"}, Features(size=5000)),
        ({"SIZE": "much"}, Features(size=0)),
        ({"SIZE": "-5"}, Features(size=0)),
        ({"SIZE": "9" * 5000}, Features(size=0)),
        ({"X-PIPELINING": ""}, Features()),
    ],
)
def test_features_are_read_from_the_keywords_of_ehlo(
    keywords: dict[str, str], features: Features
) -> None:
    assert Features.offered(keywords) == features


@pytest.mark.parametrize(
    ("features", "fields", "mail", "rcpt"),
    [
        (PLAIN, {}, "MAIL FROM:<news@example.org>", "RCPT TO:<a@example.com>"),
        (PLAIN, {"sender": ""}, "MAIL FROM:<>", "RCPT TO:<a@example.com>"),
        (
            PLAIN,
            {"envelope_id": "e1"},
            "MAIL FROM:<news@example.org>",
            "RCPT TO:<a@example.com>",
        ),
        (
            Features(size=0),
            {},
            "MAIL FROM:<news@example.org> SIZE=11",
            "RCPT TO:<a@example.com>",
        ),
        (
            Features(eightbit=True),
            {"message": b"\xed\x95\x9c\r\n"},
            "MAIL FROM:<news@example.org> BODY=8BITMIME",
            "RCPT TO:<a@example.com>",
        ),
        (
            Features(utf8=True),
            {"recipient": "한@example.com"},
            "MAIL FROM:<news@example.org> SMTPUTF8",
            "RCPT TO:<한@example.com>",
        ),
        (
            FULL,
            {"envelope_id": "week=1+ä", "recipient": "a+b@example.com"},
            "MAIL FROM:<news@example.org> SIZE=11 RET=HDRS ENVID=week+3D1+2B+C3+A4",
            "RCPT TO:<a+b@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.com",
        ),
        (
            FULL,
            {},
            "MAIL FROM:<news@example.org> SIZE=11",
            "RCPT TO:<a@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a@example.com",
        ),
        (
            FULL,
            {"recipient": "한@example.com", "envelope_id": "x" * 101},
            "MAIL FROM:<news@example.org> SIZE=11 SMTPUTF8",
            "RCPT TO:<한@example.com> NOTIFY=FAILURE,DELAY",
        ),
    ],
)
def test_commands_say_what_the_server_understands(
    features: Features, fields: dict[str, Any], mail: str, rcpt: str
) -> None:
    assert commands(features, **fields) == (mail, rcpt, "DATA")


LONG = st.text(st.sampled_from("a+=%#{}~^"), min_size=1, max_size=64)


@given(
    st.builds(lambda local, width: f"{local}@{'b' * width}.example", LONG, st.integers(1, 181)),
    st.text(max_size=120),
    st.booleans(),
)
@example(f"{'+' * 64}@{'b' * 181}.example", "\u2028" * 33, True)
def test_no_command_is_longer_than_a_server_must_take__e_s_17(
    address: str, name: str, dsn: bool
) -> None:
    features = msgspec.structs.replace(FULL, dsn=dsn)
    made = envelope(parcel(sender=address, recipient=address, envelope_id=name), features)
    assert max(map(len, made)) <= (LONGEST_WITH_DSN if dsn else LONGEST_COMMAND)
    assert len(made.mail) <= LONGEST_COMMAND


UNSAFE = [
    *"\r\n\0\t <>\x7f\x85\xa0\u2028\u2003\u200b",
    "\r\nRCPT TO:<b@example.com>",
    "\udc80",
]


@pytest.mark.parametrize("what", UNSAFE)
@pytest.mark.parametrize("place", ["{}a@example.com", "a{}@example.com", "a@example.com{}"])
def test_an_address_that_could_say_more_than_itself_is_refused__s_03(what: str, place: str) -> None:
    """CVE-2023-51764 and its like: nothing of it comes near a server."""
    address = place.format(what)
    assert not is_safe(address)
    for features in (PLAIN, FULL):
        told = objection(parcel(recipient=address), features)
        assert told
        assert (told.stage, str(told.reply)[:9]) == (Stage.RCPT, "553 5.1.3")
        told = objection(parcel(sender=address), features)
        assert told
        assert (told.stage, str(told.reply)[:9]) == (Stage.MAIL, "553 5.1.7")
        assert address not in str(told.reply)


@given(st.text(max_size=30))
def test_a_safe_address_is_one_word_of_one_command(address: str) -> None:
    if not is_safe(address):
        return
    line = envelope(parcel(recipient=address), PLAIN).rcpt.decode()
    assert re.fullmatch(r"RCPT TO:<[^<>\s\x00-\x1f]+>\r\n", line)
    assert line == f"RCPT TO:<{address}>\r\n"


@pytest.mark.parametrize(
    ("features", "fields", "stage", "reply"),
    [
        (Features(size=10), {}, Stage.MAIL, "552 5.3.4"),
        (Features(size=10**6), {"message": b"x" * (10**6 + 1)}, Stage.MAIL, "552 5.3.4"),
        (PLAIN, {"recipient": "한@example.com"}, Stage.RCPT, "550 5.6.7"),
        (PLAIN, {"sender": "한@example.com"}, Stage.RCPT, "550 5.6.7"),
        (PLAIN, {"recipient": ""}, Stage.RCPT, "553 5.1.3"),
        (PLAIN, {"recipient": "a" * 243 + "@example.com"}, Stage.RCPT, "553 5.1.3"),
        (PLAIN, {"message": b"\xed\x95\x9c\r\n"}, Stage.MAIL, "554 5.6.3"),
        (FULL, {"message": b"a\nb\r\n"}, Stage.BODY, "554 5.6.0"),
    ],
)
def test_what_the_server_could_not_take_is_not_sent__e_s_15(
    features: Features, fields: dict[str, Any], stage: Stage, reply: str
) -> None:
    told = objection(parcel(**fields), features)
    assert told
    assert (told.stage, str(told.reply)[:9], told.begun, told.lost) == (stage, reply, False, "")


@pytest.mark.parametrize(
    ("features", "fields"),
    [
        (PLAIN, {}),
        (PLAIN, {"sender": ""}),
        (PLAIN, {"recipient": "a" * 242 + "@example.com"}),
        (Features(size=11), {}),
        (Features(size=0), {"message": b"x" * 10**6}),
        (Features(utf8=True), {"recipient": "한@example.com"}),
        (Features(eightbit=True), {"message": b"\xed\x95\x9c\r\n"}),
    ],
)
def test_what_the_server_takes_is_not_objected_to(
    features: Features, fields: dict[str, Any]
) -> None:
    assert objection(parcel(**fields), features) is None


PIECES = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"a", b"\xff", b"\x85", b"\x0b", b""])
).map(b"".join)


@given(PIECES)
@example(b"\n.\n")
@example(b"\r.\r")
@example(b"\n.\r\n")
@example(b"\r\n.\n")
@example(b"\r\n.\r")
@example(b"x\r")
def test_bare_line_ends_are_found_wherever_they_are__e_s_05(message: bytes) -> None:
    assert has_clean_lines(message) == (not re.search(rb"(?<!\r)\n|\r(?!\n)", message))


def lines_received(wire: bytes, ends: Callable[[bytes], list[bytes]]) -> bytes:
    """What a server makes of what comes after 354: the message, with nothing behind its dot."""
    got: list[bytes] = []
    lines = ends(wire)
    for number, line in enumerate(lines):
        if line == b".":
            assert not any(lines[number + 1 :])
            return b"".join(one + b"\r\n" for one in got)
        got.append(line[1:] if line.startswith(b".") else line)
    raise AssertionError


@given(PIECES.filter(has_clean_lines))
@example(b".")
@example(b"\r\n.\r\n")
@example(b".\r\n.\r\n..\r\n")
@example(b"no dot\r\n.a")
@example(b"a.b\r\n.\r\nc")
def test_no_message_ends_early_whatever_a_server_takes_for_line_ends__e_s_05(
    message: bytes,
) -> None:
    """A server that ends lines at CRLF, at LF alone, or at CR too reads one message, and ours."""
    wire = body(message) + b".\r\n"
    whole = message if message.endswith(b"\r\n") or not message else message + b"\r\n"
    for ends in (
        lambda data: data.split(b"\r\n"),
        lambda data: [line.removesuffix(b"\r") for line in data.split(b"\n")],
        lambda data: re.split(rb"\r\n|\r|\n", data),
    ):
        assert lines_received(wire, ends) == whole


@given(st.text(max_size=40))
def test_xtext_is_printable_and_can_be_read_back(text: str) -> None:
    coded = xtext(text.encode("utf-8", "replace").decode())
    assert re.fullmatch(rb"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", coded)
    plain = re.sub(rb"\+([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), coded)
    assert plain == text.encode("utf-8", "replace")
