"""A relay on 127.0.0.1 that says what a test wants, and calls it while it listens."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO, NamedTuple

from newsfeed.deliver.smtp.parcel import Relay as Place

DROP = b""
"""An answer that is none: the connection is closed."""

_USUAL = {
    "CONNECT": b"220 relay.example.org ESMTP",
    "EHLO": b"250-relay.example.org\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES",
    "DATA": b"354 go on",
    ".": b"250 2.0.0 taken",
    "QUIT": b"221 2.0.0 bye",
}

Answer = Callable[[str, str], bytes | None]
"""What to say to a command (`CONNECT`, `RCPT`, `.` and so on) of the transaction to an address (""
where none is known yet); None for the usual.
"""


class Mail(NamedTuple):
    """What was taken."""

    sender: str
    recipient: str
    message: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The message as the standard library reads it."""
        found = message_from_bytes(self.message, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


class Relay:
    """It takes one connection after another, and notes what it took and how often it was called."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.taken: list[Mail] = []
        self.calls = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def place(self) -> Place:
        """It as our own side sees it."""
        return Place(host="127.0.0.1", port=self.port, security="none", hello="[127.0.0.1]")

    def settings(self, mail: str = "", smtp: str = "") -> str:
        """It as the settings name it, with more for the tables [mail] and [mail.smtp]."""
        return (
            f'[mail]\ntransport = "smtp"\n{mail}\n[mail.smtp]\nhost = "127.0.0.1"\n'
            f'security = "none"\nport = {self.port}\n{smtp}\n'
        )

    def recipients(self) -> list[str]:
        """To whom it took something, sorted."""
        return sorted(one.recipient for one in self.taken)

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                self.calls += 1
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError), line, line.makefile("rb") as heard:
            sender = recipient = ""
            said = self._say(line, "CONNECT", "")
            while said and (words := heard.readline()):
                verb = words[:4].decode().upper().strip()
                path = re.search(r"<(.*?)>", words.decode())
                if verb == "DATA" and not recipient:
                    line.sendall(b"503 5.5.1 no valid recipient\r\n")
                    continue
                if path:
                    sender = path[1] if verb == "MAIL" else sender
                    recipient = path[1] if verb == "RCPT" else ""
                said = self._say(line, verb, recipient)
                if said.startswith(b"354"):
                    mail = Mail(sender, recipient, _body(heard))
                    said = self._say(line, ".", recipient, mail)
                if verb != "RCPT" or not said.startswith(b"2"):
                    recipient = ""
                if verb == "QUIT":
                    return

    def _say(
        self, line: socket.socket, verb: str, recipient: str, mail: Mail | None = None
    ) -> bytes:
        said = self.answer(verb, recipient)
        if said is None:
            said = _USUAL.get(verb, b"250 2.0.0 ok")
        if mail and said.startswith(b"2"):
            self.taken.append(mail)
        if said:
            line.sendall(said + b"\r\n")
        return said


@contextmanager
def relay(answer: Answer = lambda _verb, _recipient: None) -> Iterator[Relay]:
    """A relay that listens, and takes what is not answered otherwise."""
    found = Relay(answer)
    try:
        yield found
    finally:
        found.close()


def _body(heard: BinaryIO) -> bytes:
    """What stands before the final dot. Raises ConnectionError where there is none."""
    found = []
    while (part := heard.readline()) != b".\r\n":
        if not part:
            raise ConnectionError
        found.append(part.removeprefix(b"."))
    return b"".join(found)


def refusing(**replies: bytes) -> Answer:
    """Answers to RCPT, by the part of the address before the `@`."""

    def answer(verb: str, recipient: str) -> bytes | None:
        return replies.get(recipient.partition("@")[0]) if verb == "RCPT" else None

    return answer
