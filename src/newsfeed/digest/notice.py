"""A short message that a program writes to one person: a confirmation, a word to the operator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsfeed.digest import headers, segments
from newsfeed.digest.mailbox import Mailbox, checked_address, checked_name
from newsfeed.text import clean

if TYPE_CHECKING:
    from datetime import datetime

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
) -> bytes:
    """One text/plain message that no program should answer (RFC 3834 section 5).

    `date` is aware, `message_id` has its angle brackets. `text` goes as 7bit where it can, else
    as UTF-8 in base64. The same input gives the same bytes. Raises OutputError or SettingsError
    where a value cannot stand in a header.
    """
    sender = Mailbox(checked_name(from_name), checked_address(from_address))
    reader = Mailbox("", checked_address(to_address))
    content = segments.canonical(clean(text))
    as_it_is = _is_plain(content)
    head = [
        f"From: {headers.mailbox('From', sender)}",
        f"Subject: {headers.text('Subject', subject)}",
        f"To: {headers.mailbox('To', reader)}",
        f"Date: {headers.date(date)}",
        f"Message-ID: {headers.message_id(message_id)}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        f"Content-Transfer-Encoding: {'7bit' if as_it_is else 'base64'}",
    ]
    body = content if as_it_is else segments.encoded(content) + segments.CRLF
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


def _is_plain(content: bytes) -> bool:
    """Whether `content` (canonical) arrives unchanged without any encoding.

    Its lines are printable ASCII of at most 78 characters without a space at the end, and none
    begins with `From `, which mail stores quote.
    """
    return all(_PLAIN_LINE.fullmatch(line) for line in content.split(segments.CRLF))
