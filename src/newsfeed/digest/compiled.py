"""A letter cut into pieces once, and its copies, each for one subscriber (RFC 5322, MIME).

All that the copies share is folded and encoded when the letter is compiled. A copy only encodes
the lines around its own name and links, and joins.
"""

from __future__ import annotations

import hashlib
import html
import re
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from newsfeed.digest import headers, segments
from newsfeed.digest.greeting import ShownName, greeting, shown_name
from newsfeed.digest.mailbox import Mailbox, checked_address, checked_name, parse_mailbox
from newsfeed.digest.segments import CRLF, Body
from newsfeed.digest.view import GREETING, UNSUBSCRIBE
from newsfeed.digest.words import Words, words_for
from newsfeed.errors import OutputError

if TYPE_CHECKING:
    from newsfeed.model import Letter

_IN_TEXT = {UNSUBSCRIBE.encode(): b"unsubscribe", GREETING.encode(): b"greeting"}
_IN_HTML = {UNSUBSCRIBE.encode(): b"unsubscribe_html", GREETING.encode(): b"greeting_html"}

_ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"

# They divide addresses (RFC 5322 section 3.2.3); a subscriber's name goes without (S-02).
_DIVIDERS = re.compile(r'[<>@",;:\\\s]+')


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the headers of all copies share. Addresses are ASCII; all but the first two may be "".

    `list_id` has no angle brackets and is stable for ever; `list_name` is its phrase.
    `feedback_id` is `campaign:customer:kind:sender`. `language` is the greeting's, `languages` all
    that the letter is in. `one_click` announces RFC 8058: set it only where a DKIM signature will
    cover the header (guarantee 6).
    """

    from_name: str
    from_address: str
    language: str
    languages: tuple[str, ...] = ()
    reply_to: str = ""
    list_id: str = ""
    list_name: str = ""
    feedback_id: str = ""
    archive_url: str = ""
    one_click: bool = False


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What one subscriber's copy has of its own.

    `message_id` has its angle brackets. `date` is aware. `unsubscribe` is the way out: an https
    address, or `mailto:…` (an http address is a link in the letter only, never a header).
    """

    to_address: str
    to_name: str = ""
    message_id: str
    date: datetime
    unsubscribe: str


class Compiled(msgspec.Struct, frozen=True):
    """A letter ready to be addressed. It holds plain bytes and can be handed to a process."""

    head: bytes
    body: Body
    words: Words
    one_click: bool

    def message(self, copy: Copy) -> bytes:
        """The bytes of one copy: ASCII, CRLF throughout, the same for the same input.

        Raises OutputError or SettingsError where a value cannot stand in a header.
        """
        name = shown_name(copy.to_name)
        own = "\r\n".join(_own_headers(copy, name, one_click=self.one_click)).encode("ascii")
        hello = greeting(self.words, name)
        values = {
            b"greeting": hello.encode(),
            b"greeting_html": html.escape(hello).encode(),
            b"unsubscribe": copy.unsubscribe.encode(),
            b"unsubscribe_html": html.escape(copy.unsubscribe).encode(),
        }
        return CRLF.join([self.head, own, *segments.filled(self.body, values), b""])


def compile_letter(letter: Letter, frame: Frame) -> Compiled:
    """Fold the common headers and encode the common lines of multipart/alternative, text first.

    `letter` has placeholders for what is personal. Without HTML the letter is text alone.
    Raises OutputError or SettingsError where a value cannot stand in a header.
    """
    text = segments.canonical(letter.text)
    found = segments.pieces(text, segments.text_ends(text), _IN_TEXT)
    kind = 'text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64'
    if letter.html:
        boundary = _boundary(letter)
        page = segments.canonical(letter.html)
        found = chain(
            [f"--{boundary}\r\nContent-Type: {kind}\r\n".encode("ascii")],
            found,
            [f"--{boundary}\r\nContent-Type: {kind.replace('plain', 'html')}\r\n".encode("ascii")],
            segments.pieces(page, segments.html_ends(page), _IN_HTML),
            [f"--{boundary}--".encode("ascii")],
        )
        kind = f'multipart/alternative; boundary="{boundary}"'
    last_headers = "\r\n".join([*_last_headers(frame), f"Content-Type: {kind}", ""])
    return Compiled(
        head="\r\n".join(_first_headers(letter, frame)).encode("ascii"),
        body=segments.arranged(chain([last_headers.encode("ascii")], found)),
        words=words_for(frame.language),
        one_click=frame.one_click,
    )


def _first_headers(letter: Letter, frame: Frame) -> list[str]:
    sender = Mailbox(checked_name(frame.from_name), checked_address(frame.from_address))
    found = [f"From: {headers.mailbox('From', sender)}"]
    if frame.reply_to:
        found.append(f"Reply-To: {headers.mailbox('Reply-To', parse_mailbox(frame.reply_to))}")
    return [*found, f"Subject: {headers.text('Subject', letter.subject)}"]


def _own_headers(copy: Copy, name: ShownName, *, one_click: bool) -> list[str]:
    """To whom, when, and how to leave (RFC 2369 section 3.2, RFC 8058 section 3.1)."""
    label = _DIVIDERS.sub(" ", name).strip()
    reader = Mailbox(label, checked_address(copy.to_address))
    scheme = copy.unsubscribe.partition(":")[0]
    if scheme not in {"https", "http", "mailto"}:
        raise OutputError(
            f"`{copy.unsubscribe}` is no way to unsubscribe",
            remedy="use an https address, or mailto:",
        )
    way_out = headers.uri("List-Unsubscribe", copy.unsubscribe)
    found = [
        f"To: {headers.mailbox('To', reader)}",
        f"Date: {headers.date(copy.date)}",
        f"Message-ID: {headers.message_id(copy.message_id)}",
    ]
    if scheme != "http":
        found.append(f"List-Unsubscribe: {way_out}")
    if scheme == "https" and one_click:
        found.append(_ONE_CLICK)
    return found


def _last_headers(frame: Frame) -> list[str]:
    """What kind of mail it is (RFC 2919, RFC 2369 section 3, RFC 3282, E-L-13 to E-L-17)."""
    found = []
    if frame.list_id:
        found.append(f"List-Id: {headers.list_id(frame.list_name, frame.list_id)}")
    if frame.archive_url:
        found.append(f"List-Archive: {headers.uri('List-Archive', frame.archive_url)}")
    if frame.feedback_id:
        found.append(f"Feedback-ID: {headers.feedback_id(frame.feedback_id)}")
    if frame.languages:
        found.append(f"Content-Language: {headers.languages(frame.languages)}")
    return [
        *found,
        "List-Post: NO",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
    ]


def _boundary(letter: Letter) -> str:
    """A boundary that follows from the content; `=_` cannot occur in base64 (RFC 2045 §6.7)."""
    digest = hashlib.sha256(f"{letter.text}\0{letter.html}".encode()).hexdigest()
    return f"=_{digest[:32]}"
