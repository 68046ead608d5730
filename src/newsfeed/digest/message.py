"""Letter and envelope -> the bytes of one message, the same for the same input (RFC 5322, MIME)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import TYPE_CHECKING

import msgspec

from newsfeed.digest import headers
from newsfeed.digest.mailbox import Mailbox, checked_address, checked_name, parse_mailbox

if TYPE_CHECKING:
    from newsfeed.model import Letter


_READY = frozenset(
    {
        "from",
        "to",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "precedence",
        "x-auto-response-suppress",
    }
)


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """From whom, to whom, and how to leave. Addresses are ASCII, `date` is aware.

    `message_id` has its angle brackets, `list_id` has none. `list_unsubscribe_mailto` is an
    address, perhaps with `?subject=…`. `one_click` announces RFC 8058: set it only where a DKIM
    signature will cover the header (guarantee 6).
    """

    from_name: str
    from_address: str
    to_address: str
    date: datetime
    message_id: str
    list_id: str = ""
    reply_to: str = ""
    list_unsubscribe_https: str = ""
    list_unsubscribe_mailto: str = ""
    one_click: bool = True


class WirePolicy(EmailPolicy):
    """Writes the headers that `headers.py` made as they are, and leaves the MIME ones to Python."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        """Keep a ready value as plain text; parsing would decode and later refold it."""
        if name.lower() in _READY:
            return name, value
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        """One header with its line end."""
        if name.lower() in _READY:
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same in bytes; a character that is not ASCII has no business here."""
        return self.fold(name, value).encode("ascii")


_POLICY = WirePolicy(linesep="\r\n", cte_type="7bit")


def build_message(letter: Letter, envelope: Envelope) -> bytes:
    """A multipart/alternative message, text first, both parts UTF-8 in base64, CRLF throughout.

    Raises OutputError or SettingsError where a value cannot stand in a header.
    """
    message = EmailMessage(_POLICY)
    for name, body in _headers(letter, envelope):
        message[name] = body
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="{_boundary(letter)}"'
    for subtype, content in (("plain", letter.text), ("html", letter.html)):
        message.attach(_part(subtype, content))
    return message.as_bytes()


def _headers(letter: Letter, envelope: Envelope) -> list[tuple[str, str]]:
    """The headers in the order in which they are written; only these, each at most once."""
    sender = Mailbox(checked_name(envelope.from_name), checked_address(envelope.from_address))
    found = [
        ("From", headers.mailbox("From", sender)),
        ("To", headers.mailbox("To", Mailbox("", checked_address(envelope.to_address)))),
        ("Subject", headers.text("Subject", letter.subject)),
        ("Date", headers.date(envelope.date)),
        ("Message-ID", headers.message_id(envelope.message_id)),
        *_list_headers(envelope),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    if envelope.reply_to:
        reply = headers.mailbox("Reply-To", parse_mailbox(envelope.reply_to))
        found.insert(2, ("Reply-To", reply))
    return found


def _list_headers(envelope: Envelope) -> list[tuple[str, str]]:
    """RFC 2919, RFC 2369 section 3.2 and RFC 8058: how to know the list, and how to leave it."""
    found = []
    if envelope.list_id:
        found.append(("List-Id", headers.list_id(envelope.list_id)))
    ways = [envelope.list_unsubscribe_https] if envelope.list_unsubscribe_https else []
    if envelope.list_unsubscribe_mailto:
        ways.append(f"mailto:{envelope.list_unsubscribe_mailto.removeprefix('mailto:')}")
    if ways:
        found.append(("List-Unsubscribe", headers.uris("List-Unsubscribe", ways)))
    if envelope.list_unsubscribe_https and envelope.one_click:
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return found


def _part(subtype: str, content: str) -> EmailMessage:
    part = EmailMessage(_POLICY)
    part.set_content(content, subtype=subtype, charset="utf-8", cte="base64")
    del part["MIME-Version"]
    return part


def _boundary(letter: Letter) -> str:
    """A boundary that follows from the content; `=_` cannot occur in base64 (RFC 2045 §6.7)."""
    digest = hashlib.sha256(f"{letter.text}\0{letter.html}".encode()).hexdigest()
    return f"=_{digest[:32]}"
