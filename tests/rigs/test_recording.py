"""The recording server: what it answered with 250 is noted, whatever happens to it."""

from __future__ import annotations

import smtplib
import socket
import time
from pathlib import Path

import pytest

from tests.rigs.recording import distinct, message_ids, mixed_up, repeats, sink
from tests.rigs.sink import parse

TO = "kim@example.org"


def letter(to: str, number: int, text: str = "Text.") -> str:
    return f"To: {to}\r\nMessage-ID: <{number}@example.org>\r\nSubject: x\r\n\r\n{text}\r\n"


def test_what_was_taken_is_noted_and_outlives_a_kill(tmp_path: Path) -> None:
    with sink(tmp_path / "record") as server:
        for number in (1, 2):
            with smtplib.SMTP("127.0.0.1", server.port) as line:
                line.sendmail("news@example.org", TO, letter(TO, number, "\r\n.\r\nMore."))
                line.sendmail("news@example.org", "lee@example.org", letter(TO, 7))
                server.kill()
                line.close()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", server.port))
            server.start()
        found = server.received()
    assert (len(found), distinct(found), repeats(found)) == (4, {TO, "lee@example.org"}, 2)
    assert message_ids(found)[TO] == {"<1@example.org>", "<2@example.org>"}
    assert len({one.connection for one in found}) == 2
    assert [one.recipient for one in mixed_up(found)] == ["lee@example.org"] * 2
    assert found[0].size == len(letter(TO, 1, "\r\n..\r\nMore."))
    assert found[0].offered <= found[0].taken <= found[1].offered


def test_a_line_that_a_kill_cut_short_spoils_no_other(tmp_path: Path) -> None:
    with sink(tmp_path / "record") as server:
        with smtplib.SMTP("127.0.0.1", server.port) as line:
            line.sendmail("news@example.org", TO, letter(TO, 1))
        (one,) = server.received()
    for end in range(len(one.line())):
        assert parse(one.line() + one.line()[:end] + one.line()) == [one, one]


def test_pipelined_envelopes_are_read_at_once_and_answered_in_order(tmp_path: Path) -> None:
    """A slow server holds its answers back, and not what it read."""
    refuse = [("@example.com", "550 5.1.1 nobody")]
    with sink(tmp_path / "record", slow=0.2, refuse=refuse) as server:
        line = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        with line, line.makefile("rb") as replies:
            line.sendall(b"EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\nDATA\r\n")
            while not (said := replies.readline()).startswith(b"354"):
                assert said
            begun = time.monotonic()
            line.sendall(b"To: a@example.org\r\n\r\nText\r\n.\r\nMAIL FROM:<>\r\n")
            line.sendall(b"RCPT TO:<Lee@Example.com>\r\nDATA\r\nQUIT\r\n")
            codes = [replies.readline()[:9] for _ in range(6)]
            assert time.monotonic() - begun >= 0.2
    assert codes == [b"250 2.0.0", b"250 2.0.0", b"550 5.1.1", b"503 5.5.1", b"221 2.0.0", b""]
