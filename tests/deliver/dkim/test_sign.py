"""The signature of a message, judged by dkimpy and OpenDKIM."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import dkim.canonicalization  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.dkim import sign
from newsfeed.deliver.dkim.sign import Signer, relaxed_body, relaxed_headers, signer
from newsfeed.digest.compiled import Compiled, compile_letter
from newsfeed.model import Letter
from tests.deliver.dkim.kit import NOW, key, opendkim, records, signed, signers, verified
from tests.digest.letters import SMALL, copy, frame, made

NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='<>@",;:\\'))
SUBJECTS = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    min_size=1,
    max_size=8,
).map(" ".join)
LANGUAGES = st.sampled_from(["ko", "en", "zh", "ja"])


@cache
def compiled() -> Compiled:
    return compile_letter(made(SMALL), frame())


def letter(**changes: object) -> bytes:
    """A copy of our sample letter."""
    return compiled().message(copy(**changes))


def tags(header: bytes) -> dict[str, str]:
    """The tags of one DKIM-Signature header, without white space."""
    value = header.partition(b":")[2].decode()
    pairs = ("".join(part.split()).partition("=") for part in value.split(";"))
    return {name: text for name, _, text in pairs}


def headers(message: bytes) -> list[bytes]:
    """The DKIM-Signature headers of a message."""
    found = sign.signer(signers())(message, NOW)
    return re.findall(rb"DKIM-Signature:.*?\r\n(?![ \t])", found, re.DOTALL)


@given(
    subject=SUBJECTS,
    name=NAMES,
    from_name=NAMES,
    language=LANGUAGES,
    page=st.booleans(),
    body=st.text(max_size=300),
)
def test_every_letter_of_ours_verifies_by_both_keys__e_a_02(
    subject: str, name: str, from_name: str, language: str, page: bool, body: str
) -> None:
    plain = Letter(subject=subject, text=body, html=f"<p>{body}</p>" if page else "")
    cut = compile_letter(plain, frame(from_name=from_name[:60], language=language))
    assert verified(signed(cut.message(copy(to_name=name[:60])))) == [True, True]


def test_a_composed_letter_verifies_by_opendkim__e_a_03(
    require: Callable[[str], str], tmp_path: Path
) -> None:
    message = letter(date=datetime.now(UTC))
    accepted, said = opendkim(require("opendkim"), tmp_path, signed(message, int(time.time())))
    assert accepted, said


def test_opendkim_refuses_a_letter_that_was_changed(
    require: Callable[[str], str], tmp_path: Path
) -> None:
    """So that the test above means something."""
    message = signed(letter(), int(time.time())).replace(b"Subject: ", b"Subject: Re: ", 1)
    assert not opendkim(require("opendkim"), tmp_path, message)[0]


def test_the_tags_are_those_that_we_promise__e_a_05() -> None:
    rsa, ed25519 = (tags(header) for header in headers(letter()))
    assert [rsa["a"], ed25519["a"]] == ["rsa-sha256", "ed25519-sha256"]
    assert [rsa["s"], ed25519["s"]] == ["nf1", "nf2"]
    for found in (rsa, ed25519):
        assert found["v"] == "1"
        assert found["c"] == "relaxed/relaxed"
        assert found["d"] == "example.org"
        assert "l" not in found
        assert int(found["t"]) == NOW


def test_a_signature_holds_for_seven_days__s_34() -> None:
    message = signed(letter())
    week = 7 * 24 * 3600
    assert tags(headers(letter())[0])["x"] == str(NOW + week)
    assert verified(message, now=NOW + week) == [True, True]
    assert verified(message, now=NOW + week + 24 * 3600) == [False, False]


def test_all_that_tells_of_the_letter_is_covered__e_a_04() -> None:
    """And List-Unsubscribe with List-Unsubscribe-Post, or one click is worth nothing (E-L-03)."""
    covered = tags(headers(letter())[0])["h"].split(":")
    written = {
        line.partition(b":")[0].decode().lower()
        for line in letter().partition(b"\r\n\r\n")[0].split(b"\r\n")
        if line[:1] not in b" \t"
    }
    assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"} <= written
    assert written - set(covered) == {"x-auto-response-suppress"}
    twice = {name for name in covered if covered.count(name) == 2}
    assert twice == {"from", "subject", "to", "date", "reply-to"}
    assert max(map(covered.count, covered)) == 2


def test_what_is_not_there_is_announced_once_all_the_same__e_a_04() -> None:
    plain = compile_letter(made(SMALL), frame(reply_to=""))
    covered = tags(headers(plain.message(copy()))[0])["h"].split(":")
    assert covered.count("reply-to") == 1


@pytest.mark.parametrize("name", ["From", "Subject", "To", "Date", "Reply-To"])
@pytest.mark.parametrize("reply_to", ["desk@example.org", ""])
@pytest.mark.parametrize("above", [True, False])
def test_a_second_one_breaks_the_signature__e_a_04(name: str, reply_to: str, above: bool) -> None:
    """Wherever it is put: a mail program may show the one or the other (RFC 6376 section 8.15)."""
    message = compile_letter(made(SMALL), frame(reply_to=reply_to)).message(copy())
    added = f"{name}: evil@example.com\r\n".encode()
    whole = signed(message)
    assert verified(whole) == [True, True]
    head, blank, body = whole.partition(b"\r\n\r\n")
    changed = added + whole if above else head + b"\r\n" + added[:-2] + blank + body
    assert verified(changed) == [False, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Content-Type: text/html", b"Content-Type: text/plain"),
        (b"--\r\n", b"--\r\nmore\r\n"),
        (b"reader@example.com", b"other@example.com"),
        (b"One-Click", b"No-Click"),
        (b"Message-ID: <weekly", b"Message-ID: <monthly"),
        (b"MIME-Version: 1.0\r\n", b""),
    ],
)
def test_a_change_breaks_the_signature__e_a_05(old: bytes, new: bytes) -> None:
    message = signed(letter())
    assert message.count(old) == 1
    assert verified(message.replace(old, new)) == [False, False]


def test_what_relays_add_and_refold_does_not_break_it() -> None:
    message = signed(letter())
    assert verified(b"Received: from relay.invalid\r\n\tby mx.invalid\r\n" + message) == [True] * 2
    folded = message.replace(b"List-Post: NO", b"List-POST :\r\n\t NO \r\n  ")
    folded = folded.replace(b"To: ", b"To:   ", 1)
    assert verified(folded.replace(b"List-POST :", b"List-POST:")) == [True, True]


def test_lines_are_short_and_end_in_crlf() -> None:
    by = [Signer("a.rather.long.name.of.a.domain.example.org", "nf-2026-11-a", key("rsa"))]
    message = letter(to_name="김" * 40)
    for found in (signer(signers())(message, NOW), signer(by)(message, NOW)):
        lines = found.split(b"\r\n")
        assert lines.pop() == b""
        assert all(0 < len(line) <= 78 for line in lines)
        assert not any(b"\n" in line or b"\r" in line or line[-1:] == b" " for line in lines)
        assert all(line[:1] == b" " or line.startswith(b"DKIM-Signature: ") for line in lines)


def test_the_same_message_and_second_give_the_same_bytes() -> None:
    assert signed(letter()) == signed(letter())
    assert signed(letter()) != signed(letter(), NOW + 1)


def test_several_threads_may_sign_at_once() -> None:
    one = signer(signers())
    messages = [letter(to_address=f"reader{number}@example.com") for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda message: one(message, NOW), messages))
    assert found == [one(message, NOW) for message in messages]


def test_a_key_of_another_verifies_nothing() -> None:
    others = [Signer("example.org", "nf1", key("rsa", 1)), *signers()[1:]]
    assert verified(signed(letter()), published=records(others)) == [False, True]


def test_no_key_no_signature() -> None:
    assert signer([])(letter(), NOW) == b""


def test_what_is_shown_of_a_signer_holds_no_key__s_05() -> None:
    assert repr(signers()[0]) == (
        "Signer(domain='example.org', selector='nf1', key=Key(rsa, 2048 bits))"
    )


# --- Messages of any kind: canonicalisation as dkimpy does it

WHITE = st.sampled_from(["", " ", "\t", "  ", " \t ", "\r\n ", " \r\n\t", "\r\n  \r\n "])
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
VALUES = st.lists(st.tuples(WHITE, WORDS, WHITE).map("".join), min_size=1, max_size=4).map("".join)
FIELDS = st.sampled_from(
    ["From", "TO", "sUbject", "Date", "Reply-To", "Cc", "Received", "X-Any", "List-Id", "list-x"]
)
HEADS = st.lists(st.tuples(FIELDS, VALUES), max_size=8).map(
    lambda fields: "".join(f"{name}:{value}\r\n" for name, value in fields)
)
LINES = st.lists(st.text("ab= \t.-", max_size=8), max_size=8)
BODIES = LINES.map(lambda lines: "".join(f"{line}\r\n" for line in lines))


@given(head=HEADS, sender=VALUES, body=BODIES)
def test_any_message_with_odd_white_space_verifies(head: str, sender: str, body: str) -> None:
    message = f"From:{sender}\r\n{head}\r\n{body}".encode()
    assert verified(signed(message)) == [True, True]


@given(body=BODIES)
def test_the_body_is_canonical_as_elsewhere(body: str) -> None:
    """And what is taken for canonical by a quick look is so."""
    octets = body.encode()
    wanted = dkim.canonicalization.Relaxed.canonicalize_body(octets)
    assert relaxed_body(octets) == wanted
    message = b"From: a@example.org\r\n\r\n" + octets
    if sign._is_relaxed(message, len(message) - len(octets)):
        assert wanted == octets


def test_the_bodies_of_our_letters_pass_the_quick_look() -> None:
    """Or the speed of signing is gone."""
    message = letter()
    assert sign._is_relaxed(message, message.index(b"\r\n\r\n") + 4)


@given(head=HEADS)
def test_the_headers_are_canonical_as_elsewhere(head: str) -> None:
    octets = head.encode()
    fields, _ = dkim.rfc822_parse(octets + b"\r\n")
    canonical = dkim.canonicalization.Relaxed.canonicalize_headers(fields)
    covered = [pair for pair in reversed(canonical) if pair[0] not in (b"received", b"x-any")]
    names, hashed = relaxed_headers(octets.removesuffix(b"\r\n"))
    assert [name for name in names if name] == [name for name, _ in covered]
    assert hashed == b"".join(b"%b:%b" % pair for pair in covered)


def test_white_space_before_the_colon_is_not_hashed() -> None:
    """RFC 6376 section 3.4.2; dkimpy cannot read such a header at all."""
    assert relaxed_headers(b"Subject \t: a") == ((b"subject",), b"subject:a\r\n")


def test_a_message_without_its_last_line_end_is_signed_as_it_will_be_sent() -> None:
    """SMTP ends the last line (RFC 5321 section 4.1.1.4)."""
    message = b"From: a@example.org\r\n\r\nend "
    assert verified(signer(signers())(message, NOW) + message + b"\r\n") == [True, True]


def test_a_message_of_headers_alone_is_signed() -> None:
    message = b"From: a@example.org\r\n"
    assert verified(signer(signers())(message, NOW) + message + b"\r\n") == [True, True]
