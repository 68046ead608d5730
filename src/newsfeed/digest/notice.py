"""A short message that a program writes to one person: a confirmation, a word to the operator."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from newsfeed.digest import headers, segments
from newsfeed.digest.mailbox import Mailbox, checked_address, checked_name
from newsfeed.text import clean

if TYPE_CHECKING:
    from datetime import datetime

_TEXT = 'Content-Type: text/plain; charset="utf-8"'
_HTML = _TEXT.replace("plain", "html")
_PLAIN_LINE = re.compile(rb"(?!From )(?:[ -~]{0,77}[!-~])?")


def build_notice(
    subject: str,
    text: str,
    *,
    from_name: str,
    from_address: str,
    to_address: str,
    date: datetime,
    message_id: str,
    html: str = "",
) -> bytes:
    """One message that no program should answer (RFC 3834 section 5): text, and `html` if any.

    `date` is aware, `message_id` has its angle brackets. `text` alone goes as 7bit where it can,
    else as UTF-8 in base64. The same input gives the same bytes. Raises OutputError or
    SettingsError where a value cannot stand in a header.
    """
    sender = Mailbox(checked_name(from_name), checked_address(from_address))
    reader = Mailbox("", checked_address(to_address))
    content = segments.canonical(clean(text))
    kind, body = _in_two_parts(content, html) if html else _alone(content)
    head = [
        f"From: {headers.mailbox('From', sender)}",
        f"Subject: {headers.text('Subject', subject)}",
        f"To: {headers.mailbox('To', reader)}",
        f"Date: {headers.date(date)}",
        f"Message-ID: {headers.message_id(message_id)}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        kind,
    ]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


def _alone(content: bytes) -> tuple[str, bytes]:
    """Headers of the content, and the body."""
    as_it_is = _is_plain(content)
    encoding = "7bit" if as_it_is else "base64"
    body = content if as_it_is else segments.encoded(content) + segments.CRLF
    return f"{_TEXT}\r\nContent-Transfer-Encoding: {encoding}", body


def _in_two_parts(content: bytes, html: str) -> tuple[str, bytes]:
    """The same for multipart/alternative, text first (RFC 2046 section 5.1.4)."""
    page = segments.canonical(html)
    boundary = f"=_{hashlib.sha256(content + page).hexdigest()[:32]}"  # never within base64
    parts = [
        f"--{boundary}\r\n{kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode("ascii")
        + segments.encoded(part)
        for kind, part in ((_TEXT, content), (_HTML, page))
    ]
    body = segments.CRLF.join([*parts, f"--{boundary}--".encode("ascii"), b""])
    return f'Content-Type: multipart/alternative; boundary="{boundary}"', body


def _is_plain(content: bytes) -> bool:
    """Whether `content` (canonical) arrives unchanged without any encoding.

    Its lines are printable ASCII of at most 78 characters without a space at the end, and none
    begins with `From `, which mail stores quote.
    """
    return all(_PLAIN_LINE.fullmatch(line) for line in content.split(segments.CRLF))
