"""The last look at the raw bytes: a right message passes, every mutation is named."""

from __future__ import annotations

import re

import pytest

from newsfeed.digest.gate import flaws, header_count
from newsfeed.digest.notice import build_notice
from newsfeed.model import Letter
from tests.digest.letters import SLOT, message

GOOD = message(
    Letter(subject="주간 브리핑: 첫 글", html="<!DOCTYPE html><p>본문</p>" * 9, text="본문 " * 30)
)
NOTICE = build_notice(
    "확인해 주세요",
    "본문 " * 30,
    from_name="한반도 브리핑",
    from_address="news@example.org",
    to_address="reader@example.com",
    date=SLOT,
    message_id="<c.1@example.org>",
)


def test_a_right_message_has_no_flaws() -> None:
    """What we build passes: a letter, and a notice."""
    assert flaws(GOOD) == []
    assert flaws(NOTICE) == []


def test_a_signed_message_has_no_flaws() -> None:
    """A DKIM signature, even two, may stand before the rest."""
    assert flaws(b"DKIM-Signature: v=1\r\nDKIM-Signature: v=1;\r\n b=x\r\n" + GOOD) == []


@pytest.mark.parametrize(
    ("subject", "right"),
    [
        ("(광고) 주간 브리핑: 첫 글", True),
        ("(광고)" + "아주 긴 제목 " * 20, True),
        ("주간 브리핑 (광고)", False),
        ("[test] (광고) 첫 글", False),
        ("(광 고) 첫 글", False),
        ("[광고] 첫 글", False),
        ("A subject in ASCII", False),
    ],
)
def test_an_advertisement_is_stopped_unless_its_decoded_subject_begins_with_the_label__l_k_05(
    subject: str, right: bool
) -> None:
    """What is looked at are the bytes on the wire, encoded-words and folding and all."""
    octets = message(Letter(subject=subject, html="", text="본문"))
    assert flaws(octets) == []
    assert flaws(octets, label="(광고)") == (
        [] if right else ["subject does not begin with (광고)"]
    )


@pytest.mark.parametrize(
    ("pattern", "replacement", "flaw"),
    [
        (rb"\r\nDate", b"\nDate", "a CR or LF stands alone"),
        (rb"\r\nDate", b"\r\rDate", "a CR or LF stands alone"),
        (rb"\r\n\Z", b"", "the last line has no end"),
        (rb"Precedence: bulk", "Precedence: 뭉치".encode(), "a byte is not ASCII"),
        (rb"Precedence: bulk", b"Precedence: b\0lk", "a byte is NUL"),
        (rb"Precedence: bulk", b"Precedence: " + b"b" * 999, "a line has 1011 bytes"),
        (rb"Precedence: bulk", b"X-Mailer: newsfeed", "x-mailer is not a header of ours"),
        (rb"Precedence: bulk", b"Precedence bulk", "this is no header line"),
        (rb"Precedence: bulk", b"Precedence: bulk\r\n  ", "a folded header line is empty"),
        (rb"\nTo: [^\r]*\r\n", b"\n", "to is missing"),
        (rb"(\nTo: [^\r]*\r)", rb"\1\1", "to stands 2 times"),
        (rb"(From: [^\r]*\r\n)", rb"\1\1", "from stands 2 times"),
        (rb"<reader@", b"<x@example.com>, <reader@", "to does not hold exactly one address"),
        (rb"Mon, 23", b"Montag, 23", "date is not in the form"),
        (rb"\+0900", b"KST", "date is not in the form"),
        (rb"<weekly\.1\.a9@", b"<weekly.1.a9 @", "message-id is not"),
        (rb"<https://", b"<http://", "list-unsubscribe is not an https"),
        (rb"List-Unsubscribe: <[^\r]*", b"List-Unsubscribe: =?utf-8?q?x?=,", "list-unsubscribe is"),
        (rb"List-Id: [^\r]*", b"List-Id: weekly", "list-id is not"),
        (rb"List-Archive: <", b"List-Archive: ", "list-archive is not one address"),
        (rb"List-Post: NO", b"List-Post: YES", "list-post is not NO"),
        (rb"nf4c1d2e3f", b"x@y.example", "feedback-id is not four words"),
        (rb"(Feedback-ID: [^\r]*\r\n)", rb"\1\1", "feedback-id stands 2 times"),
        (rb"Precedence: bulk", b"Auto-Submitted: auto-generated", "auto-submitted stands beside"),
        (rb"Version: 1.0", b"Version: 1", "mime-version is not 1.0"),
        (rb"=One-Click", b"=One-click", "list-unsubscribe-post is not"),
        (rb"=\?utf-8\?b\?", b"=?euc-kr?b?", "not whole UTF-8"),
        (rb"Subject: [^\r]*", b"Subject: =?utf-8?b?7KO=?=", "not whole UTF-8"),
        (
            rb"Subject: [^\r]*",
            b"Subject: =?utf-8?b?" + b"QUJD" * 17 + b"?=",
            "an encoded-word has 80",
        ),
        (rb"multipart/alternative", b"multipart/mixed", "content-type is not multipart"),
        (rb"text/plain", b"text/x-plain", "headers of the text/plain part"),
        (rb"text/plain", b"text/html", "headers of the text/plain part"),
        (rb"Encoding: base64", b"Encoding: 8bit", "headers of the text/plain part"),
        (rb"(base64\r\n\r\n\S*)\r\n", rb"\1", "a base64 line of the text/plain part is longer"),
        (rb"(base64\r\n\r\n)", rb"\1!", "the text/plain part is not base64"),
        (rb"\r\n--=_[0-9a-f]*--", b"", "the parts are not one text and one HTML"),
    ],
)
def test_every_mutation_is_named(pattern: bytes, replacement: bytes, flaw: str) -> None:
    """One wrong thing, one complaint that says what."""
    mutated = re.sub(pattern, lambda match: match.expand(replacement), GOOD, count=1)
    assert mutated != GOOD
    assert any(flaw in found for found in flaws(mutated)), flaws(mutated)


@pytest.mark.parametrize(
    ("pattern", "replacement", "flaw"),
    [
        (rb"auto-generated", b"no", "auto-submitted is not auto-generated"),
        (rb"X-Auto[^\r]*", b"List-Id: <a.b>", "auto-submitted stands beside list-id"),
        (rb"utf-8\"\r", b'euc-kr"\r', "content-type is not"),
        (rb"Encoding: base64", b"Encoding: 8bit", "neither in base64 nor 7bit"),
        (rb"Content-Transfer-Encoding: base64\r\n", b"", "neither in base64 nor 7bit"),
        (rb"\r\n\r\n", b"\r\n\r\n!", "the text/plain part is not base64"),
    ],
)
def test_every_mutation_of_a_notice_is_named(pattern: bytes, replacement: bytes, flaw: str) -> None:
    """One text, written by a program, to one person."""
    mutated = re.sub(pattern, lambda match: match.expand(replacement), NOTICE, count=1)
    assert mutated != NOTICE
    assert any(flaw in found for found in flaws(mutated)), flaws(mutated)


@pytest.mark.parametrize("torn", [b"", b"\r\n", b"\r\n\r\n", b"x", GOOD[:300], GOOD[-300:]])
def test_a_torn_message_is_refused_without_an_exception(torn: bytes) -> None:
    """Whatever the bytes are, the gate answers."""
    assert flaws(torn)


def test_a_header_that_slips_in_changes_the_count() -> None:
    good = GOOD
    assert header_count(good) == header_count(good.replace(b"Subject:", b"Subject:\r\n ", 1))
    for more in (b"Bcc: x@example.org\r\n", b"X:\r\n", b"A: 1\r\nB: 2\r\n"):
        assert header_count(more + good) > header_count(good)
