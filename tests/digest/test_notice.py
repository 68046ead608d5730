"""A notice: one small text that no program answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest.gate import flaws
from newsfeed.digest.notice import build_notice
from newsfeed.errors import NewsfeedError
from newsfeed.text import clean
from tests.digest.letters import SLOT
from tests.digest.reading import as_sent, contents, parsed, raw_header


def notice(subject: str = "구독을 확인해 주세요", text: str = "본문\n", **changes: str) -> bytes:
    """A notice from the newsletter to a reader."""
    own = {
        "from_name": "한반도 브리핑",
        "from_address": "news@example.org",
        "to_address": "reader@example.com",
        "message_id": "<c.1@example.org>",
        **changes,
    }
    return build_notice(subject, text, date=SLOT, **own)


def test_a_notice_is_one_text_that_says_a_program_wrote_it() -> None:
    """E-L-15: Auto-Submitted, and nothing of a list."""
    octets = notice()
    assert flaws(octets) == []
    read = parsed(octets)
    assert read.keys() == [
        *("From", "Subject", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    ]
    assert raw_header(octets, "Auto-Submitted") == "auto-generated"
    assert read["Subject"] == "구독을 확인해 주세요"
    assert read["Content-Transfer-Encoding"] == "base64"
    assert contents(octets) == ["본문\n"]
    assert octets == notice()


def test_plain_english_goes_as_it_is() -> None:
    """Seven bits need no encoding, and the whole is small."""
    octets = notice(
        "Please confirm", "Hello,\n\nclick here:\nhttps://news.example.org/c/weekly/x\n"
    )
    assert octets.endswith(
        b"\r\n\r\nHello,\r\n\r\nclick here:\r\nhttps://news.example.org/c/weekly/x\r\n"
    )
    assert flaws(octets) == []
    assert len(octets) < 600


@pytest.mark.parametrize("text", ["x" * 79, "From me\n", "ends in a space \n", "tab\there"])
def test_what_could_change_on_the_way_is_encoded(text: str) -> None:
    """Long lines, what mail stores quote, trailing spaces."""
    octets = notice(text=text)
    assert raw_header(octets, "Content-Transfer-Encoding") == "base64"
    assert flaws(octets) == []


@given(st.text(max_size=300), st.text(st.characters(exclude_categories=["C", "Z"])))
def test_any_text_comes_back(text: str, subject: str) -> None:
    """Korean, emoji, any line end; controls are dropped."""
    octets = notice(subject, text)
    assert flaws(octets) == []
    assert contents(octets) == [as_sent(clean(text))]


@pytest.mark.parametrize("field", ["from_name", "from_address", "to_address", "message_id"])
@pytest.mark.parametrize("attack", ["a\r\nBcc: x@evil.example", "a\u2028b"])
def test_a_line_end_in_any_field_is_refused(field: str, attack: str) -> None:
    """S-01."""
    with pytest.raises(NewsfeedError):
        notice(**{field: attack})
    with pytest.raises(NewsfeedError):
        notice(subject=attack)
