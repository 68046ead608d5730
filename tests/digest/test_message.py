"""The bytes of a message, parsed back by others and looked at raw."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest.cells import graphemes
from newsfeed.digest.gate import flaws
from newsfeed.digest.message import build_message
from newsfeed.errors import NewsfeedError, OutputError
from newsfeed.model import Letter
from tests.digest.letters import envelope

LETTER = Letter(
    subject="주간 브리핑: 첫 글",
    html="<!DOCTYPE html><html><body><p>본문 & more</p></body></html>\n",
    text="본문\n\n끝\n",
)
KNOWN = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Precedence", "X-Auto-Response-Suppress", "MIME-Version"),
    "Content-Type",
]
WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=")
TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)


def parsed(message: bytes) -> EmailMessage:
    """The message as the standard library reads it."""
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def raw_header(message: bytes, name: str) -> str:
    """A header's value as it stands in the bytes, folds included."""
    match = re.search(rf"(?ms)^{name}: (.*?)\r\n(?! )", message.decode("ascii"))
    assert match
    return match[1]


def test_both_parts_come_back_text_first() -> None:
    """E-M-01 to E-M-04: multipart/alternative of UTF-8 text and HTML in base64, nothing else."""
    message = parsed(build_message(LETTER, envelope()))
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["content-transfer-encoding"] for part in parts] == ["base64", "base64"]
    contents = [part.get_content().replace("\r\n", "\n") for part in parts]
    assert contents == [LETTER.text, LETTER.html]


def test_only_known_headers_are_written_each_once_in_order() -> None:
    """E-F-02, E-L-18: nothing about the machine or the program."""
    assert parsed(build_message(LETTER, envelope())).keys() == KNOWN


def test_what_the_envelope_leaves_out_is_left_out() -> None:
    """A header without a value is not written."""
    bare = envelope(
        reply_to="", list_id="", list_unsubscribe_https="", list_unsubscribe_mailto="", from_name=""
    )
    message = parsed(build_message(LETTER, bare))
    assert not [name for name in message if name.startswith(("List-", "Reply"))]
    assert raw_header(build_message(LETTER, bare), "From") == "news@example.org"


def test_the_same_input_gives_the_same_bytes() -> None:
    """The boundary comes from the content, not from chance."""
    assert build_message(LETTER, envelope()) == build_message(LETTER, envelope())
    other = Letter(subject=LETTER.subject, html=LETTER.html, text="x\n")
    assert (
        parsed(build_message(LETTER, envelope())).get_boundary()
        != parsed(build_message(other, envelope())).get_boundary()
    )


@given(TITLES)
def test_any_subject_comes_back_and_passes_the_gate(title: str) -> None:
    """E-M-08: encoded-words of whole characters, 75 long at most, on lines of 76."""
    message = build_message(Letter(subject=title, html="x", text="x"), envelope())
    assert flaws(message) == []
    assert parsed(message).keys() == KNOWN
    value = raw_header(message, "Subject")
    words = [base64.b64decode(word).decode() for word in WORD.findall(value)]
    if words:
        assert "".join(words) == title
        assert WORD.sub("", value).strip() == ""
    else:
        assert value.replace("\r\n ", " ") == title
    assert all(len(line) <= 76 for line in f"Subject: {value}".split("\r\n") if "=?" in line)
    assert all(len(line) <= 78 for line in f"Subject: {value}".split("\r\n"))


@given(st.text(alphabet="가각힣👨\u200d👩e\u0301 a", min_size=1, max_size=120))
def test_an_encoded_word_never_ends_inside_a_character(title: str) -> None:
    """Syllables and joined emoji stay whole in each word by itself."""
    message = build_message(Letter(subject=title, html="x", text="x"), envelope())
    words = [base64.b64decode(w).decode() for w in WORD.findall(raw_header(message, "Subject"))]
    if all(len(grapheme.encode()) <= 12 for grapheme in graphemes(title)):
        for left, right in pairwise(words):
            assert len(graphemes(left + right)) == len(graphemes(left)) + len(graphemes(right))


@given(st.text(max_size=60))
def test_any_display_name_is_refused_or_comes_back_with_our_address(name: str) -> None:
    """E-P-02: the address is ours in every reading, however long or odd the name."""
    try:
        message = build_message(LETTER, envelope(from_name=name))
    except NewsfeedError:
        return
    assert flaws(message) == []
    (address,) = parsed(message)["From"].addresses
    assert address.addr_spec == "news@example.org"
    assert address.display_name.split() == envelope(from_name=name).from_name.split() or (
        not name.isascii()
    )


def test_the_name_that_once_lost_its_quotes_is_refused() -> None:
    """gh-80222: a long name with commas and another address in angle brackets."""
    with pytest.raises(NewsfeedError):
        build_message(LETTER, envelope(from_name="x" * 60 + ", <evil@evil.example>, and more"))


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("The Weekly", "The Weekly <news@example.org>"),
        ("St. Mary", '"St. Mary" <news@example.org>'),
        ("주간", "=?utf-8?b?7KO86rCE?= <news@example.org>"),
        ("=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <news@example.org>"),
    ],
)
def test_a_name_is_quoted_or_encoded_only_if_it_must(name: str, raw: str) -> None:
    """Spam filters count base64 around plain ASCII."""
    assert raw_header(build_message(LETTER, envelope(from_name=name)), "From") == raw


@pytest.mark.parametrize("length", [20, 58, 75, 120, 500])
def test_a_long_way_out_survives(length: int) -> None:
    """E-P-01, E-L-01, E-L-02: the address stands unencoded, folded after the comma only."""
    https = "https://news.example.org/u/" + "t" * length
    message = build_message(LETTER, envelope(list_unsubscribe_https=https))
    value = raw_header(message, "List-Unsubscribe")
    assert value.replace("\r\n ", " ") == (
        f"<{https}>, <mailto:leave@example.org?subject=unsubscribe>"
    )
    assert raw_header(message, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert flaws(message) == []


def test_one_click_is_announced_only_with_an_https_address_and_when_asked() -> None:
    """Guarantee 6: not without a signature, not for mailto alone."""
    assert b"List-Unsubscribe-Post" not in build_message(LETTER, envelope(one_click=False))
    mailto = build_message(LETTER, envelope(list_unsubscribe_https=""))
    assert b"List-Unsubscribe-Post" not in mailto
    assert flaws(mailto) == []


def test_the_date_has_its_zone_and_english_names() -> None:
    """E-F-03: numeric zone, the weekday of that zone."""
    assert (
        raw_header(build_message(LETTER, envelope()), "Date") == "Mon, 23 Nov 2026 08:00:00 +0900"
    )
    utc = envelope(date=datetime(2026, 11, 22, 23, tzinfo=UTC))
    assert raw_header(build_message(LETTER, utc), "Date") == "Sun, 22 Nov 2026 23:00:00 +0000"


def test_a_date_without_a_zone_is_a_mistake_of_the_caller() -> None:
    """Nobody may guess the zone."""
    with pytest.raises(ValueError, match="time zone"):
        build_message(LETTER, envelope(date=datetime(2026, 11, 22)))  # noqa: DTZ001


ATTACKS = [
    "a\r\nBcc: x@evil.example",
    "a\n\n<html>",
    "a\rb",
    "a\0b",
    "a\x0bb",
    "a\x85b",
    "a\u2028b",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "field",
    [
        *("from_name", "from_address", "reply_to", "to_address", "message_id", "list_id"),
        *("list_unsubscribe_https", "list_unsubscribe_mailto"),
    ],
)
def test_a_line_end_in_any_field_is_refused(field: str, attack: str) -> None:
    """S-01: no header can be smuggled in."""
    with pytest.raises(NewsfeedError):
        build_message(LETTER, envelope(**{field: attack}))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_line_end_in_the_subject_is_refused(attack: str) -> None:
    """The subject comes cleaned; one that is not is not sent."""
    with pytest.raises(OutputError, match="Subject"):
        build_message(Letter(subject=attack, html="x", text="x"), envelope())


def test_an_encoded_attack_in_a_subject_stays_text() -> None:
    """`=?utf-8?q?a=0D=0ABcc:x?=` arrives as these letters."""
    attack = "=?utf-8?q?a=0D=0ABcc:x?="
    message = build_message(Letter(subject=attack, html="x", text="x"), envelope())
    assert parsed(message)["Subject"] == attack
    assert parsed(message).keys() == KNOWN


@pytest.mark.parametrize("value", ["", "a@example.org", "<a>", "<a b@example.org>", "<@x>"])
def test_a_message_id_must_be_one(value: str) -> None:
    """E-F-04: `<dot-atom@domain>`."""
    with pytest.raises(OutputError, match="Message-ID"):
        build_message(LETTER, envelope(message_id=value))


@pytest.mark.parametrize("text", ["", "x", "x\r\ny", "x\ry\n", "한글" * 5000, "." * 2000 + "\n.\n"])
def test_any_text_passes_the_gate(text: str) -> None:
    """Long lines, lone dots, any line end: base64 carries them all."""
    message = build_message(Letter(subject="x", html=text, text=text), envelope())
    assert flaws(message) == []
    part = next(iter(parsed(message).iter_parts()))
    assert part.get_content().split() == text.split()
