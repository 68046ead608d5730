"""The bytes of a copy, parsed back by others and looked at raw."""

from __future__ import annotations

import html
import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsfeed.digest.cells import graphemes
from newsfeed.digest.compiled import compile_letter
from newsfeed.digest.compose import GREETING, UNSUBSCRIBE
from newsfeed.digest.gate import flaws
from newsfeed.digest.greeting import greeting, shown_name
from newsfeed.digest.words import words_for
from newsfeed.errors import NewsfeedError, OutputError
from newsfeed.model import Letter
from tests.digest.letters import SLOT, copy, frame, message
from tests.digest.reading import WORD, as_sent, contents, parsed, raw_header, words_of

LETTER = Letter(
    subject="주간 브리핑: 첫 글",
    html=(
        f"<!DOCTYPE html><html><body>\n<p>{GREETING}</p>\n<p>본문 & more</p>\n"
        f'<p><a href="{UNSUBSCRIBE}">구독 해지</a></p>\n</body></html>\n'
    ),
    text=f"{GREETING}\n\n본문\n\n구독 해지: {UNSUBSCRIBE}\n",
)
KNOWN = [
    *("From", "Reply-To", "Subject", "To", "Date", "Message-ID", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "List-Id", "List-Archive", "Feedback-ID", "List-Post", "Precedence"),
    *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
]
TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
WAY_OUT = copy().unsubscribe


def plain(subject: str = "x", text: str = "x") -> Letter:
    """A letter with nothing in it."""
    return Letter(subject=subject, html="x", text=text)


def test_both_parts_come_back_text_first() -> None:
    """E-M-01 to E-M-04: multipart/alternative of UTF-8 text and HTML in base64, nothing else."""
    octets = message(LETTER)
    read = parsed(octets)
    assert read.get_content_type() == "multipart/alternative"
    parts = list(read.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["content-transfer-encoding"] for part in parts] == ["base64", "base64"]
    hello = "김서연님, 안녕하세요."
    assert contents(octets) == [
        LETTER.text.replace(GREETING, hello).replace(UNSUBSCRIBE, WAY_OUT),
        LETTER.html.replace(GREETING, hello).replace(UNSUBSCRIBE, WAY_OUT),
    ]


def test_only_known_headers_are_written_each_once_in_order() -> None:
    """E-F-02, E-L-18: nothing about the machine or the program, and no Auto-Submitted."""
    assert parsed(message(LETTER)).keys() == KNOWN


def test_the_headers_of_a_list_say_what_the_frame_says() -> None:
    """E-L-13 to E-L-17: only the phrase of List-Id is encoded."""
    octets = message(LETTER)
    assert raw_header(octets, "List-Id") == (
        "=?utf-8?b?7KO86rCEIOu4jOumrO2VkQ==?= <weekly.news.example.org>"
    )
    assert raw_header(octets, "List-Archive") == "<https://news.example.org/editions/weekly/>"
    assert raw_header(octets, "List-Post") == "NO"
    assert raw_header(octets, "Precedence") == "bulk"
    assert raw_header(octets, "Feedback-ID") == "20261123:weekly:newsfeed:nf4c1d2e3f"
    assert raw_header(octets, "To") == "=?utf-8?b?6rmA7ISc7Jew?= <reader@example.com>"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("", "<weekly.news.example.org>"),
        ("The Weekly", "The Weekly <weekly.news.example.org>"),
        ("Weekly, the", '"Weekly, the" <weekly.news.example.org>'),
    ],
)
def test_the_phrase_of_a_list_is_encoded_only_if_it_must(name: str, raw: str) -> None:
    """RFC 2919 section 3: a phrase as before any address."""
    assert raw_header(message(LETTER, list_name=name), "List-Id") == raw


def test_what_the_frame_leaves_out_is_left_out() -> None:
    """A header without a value is not written."""
    octets = message(
        LETTER, reply_to="", list_id="", from_name="", archive_url="", feedback_id="", to_name=""
    )
    left_out = {"Reply-To", "List-Id", "List-Archive", "Feedback-ID"}
    assert parsed(octets).keys() == [name for name in KNOWN if name not in left_out]
    assert raw_header(octets, "From") == "news@example.org"
    assert raw_header(octets, "To") == "reader@example.com"


def test_the_same_input_gives_the_same_bytes() -> None:
    """The boundary comes from the content, not from chance; a copy leaves no trace in the next."""
    compiled = compile_letter(LETTER, frame())
    first = compiled.message(copy())
    assert compiled.message(copy(to_name="Ann", unsubscribe="mailto:leave@example.org")) != first
    assert compiled.message(copy()) == first == message(LETTER)
    assert parsed(first).get_boundary() != parsed(message(plain())).get_boundary()


def test_a_compiled_letter_can_be_handed_to_another_process() -> None:
    """Signing with RSA is shared among processes."""
    compiled = compile_letter(LETTER, frame())
    assert pickle.loads(pickle.dumps(compiled)).message(copy()) == message(LETTER)


def test_no_copy_holds_anything_of_another() -> None:
    """E-F-05: names, addresses and tokens are those of one reader."""
    octets = message(
        LETTER, to_name="민수", to_address="min@example.com", unsubscribe="mailto:x@e.org"
    )
    everything = (
        octets.decode() + "".join(contents(octets)) + "".join(words_of(raw_header(octets, "To")))
    )
    assert not [t for t in ("김서연", "reader@", "tttt", GREETING, UNSUBSCRIBE) if t in everything]


def test_a_letter_without_html_is_one_text() -> None:
    """No empty part, no multipart of one."""
    octets = message(msgspec.structs.replace(LETTER, html=""))
    assert flaws(octets) == []
    assert parsed(octets).get_content_type() == "text/plain"
    assert contents(octets)[0].startswith("김서연님, 안녕하세요.\n\n본문\n")


@given(TITLES)
def test_any_subject_comes_back_and_passes_the_gate(title: str) -> None:
    """E-M-08: encoded-words of whole characters, 75 long at most, on lines of 76."""
    octets = message(plain(title))
    assert flaws(octets) == []
    assert parsed(octets).keys() == KNOWN
    value = raw_header(octets, "Subject")
    if words := words_of(value):
        assert "".join(words) == title
        assert WORD.sub("", value).strip() == ""
    else:
        assert value.replace("\r\n ", " ") == title
    assert all(len(line) <= 76 for line in f"Subject: {value}".split("\r\n") if "=?" in line)
    assert all(len(line) <= 78 for line in f"Subject: {value}".split("\r\n"))


@given(st.text(alphabet="가각힣👨\u200d👩e\u0301 a", min_size=1, max_size=120))
def test_an_encoded_word_never_ends_inside_a_character(title: str) -> None:
    """Syllables and joined emoji stay whole in each word by itself."""
    words = words_of(raw_header(message(plain(title)), "Subject"))
    if all(len(grapheme.encode()) <= 12 for grapheme in graphemes(title)):
        for left, right in pairwise(words):
            assert len(graphemes(left + right)) == len(graphemes(left)) + len(graphemes(right))


@given(st.text(max_size=60))
def test_any_senders_name_is_refused_or_comes_back_with_our_address(name: str) -> None:
    """E-P-02: the address is ours in every reading, however long or odd the name."""
    try:
        octets = message(LETTER, from_name=name)
    except NewsfeedError:
        return
    assert flaws(octets) == []
    (address,) = parsed(octets)["From"].addresses
    assert address.addr_spec == "news@example.org"
    assert address.display_name.split() == name.split() or not name.isascii()


@given(st.text(max_size=120))
def test_any_readers_name_is_accepted_and_the_address_stays_the_readers(name: str) -> None:
    """S-01, S-02: anybody may have typed it; no name stops a letter or changes where it goes."""
    octets = message(LETTER, to_name=name)
    assert flaws(octets) == []
    assert parsed(octets).keys() == KNOWN
    (address,) = parsed(octets)["To"].addresses
    assert address.addr_spec == "reader@example.com"
    hello = greeting(words_for("ko"), shown_name(name))
    text, page = contents(octets)
    assert text.split("\n")[0] == hello.rstrip()
    assert page.split("\n")[1] == f"<p>{html.escape(hello)}</p>"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("Kim, Seoyeon", "Kim Seoyeon <reader@example.com>"),
        ('a "b" <c>;\\', "a b c <reader@example.com>"),
        ("<,>", "reader@example.com"),
    ],
)
def test_a_readers_name_goes_without_what_divides_addresses(name: str, raw: str) -> None:
    """S-02: no program can take a second address out of it."""
    assert raw_header(message(LETTER, to_name=name), "To") == raw


def test_the_name_that_once_lost_its_quotes_is_refused() -> None:
    """gh-80222: a long name with commas and another address in angle brackets."""
    with pytest.raises(NewsfeedError):
        message(LETTER, from_name="x" * 60 + ", <evil@evil.example>, and more")


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
    assert raw_header(message(LETTER, from_name=name), "From") == raw


@pytest.mark.parametrize("length", [20, 58, 75, 120, 500])
def test_a_long_way_out_survives(length: int) -> None:
    """E-P-01, E-L-01, E-L-02: the one address stands unencoded and unfolded."""
    https = "https://news.example.org/u/" + "t" * length
    octets = message(LETTER, unsubscribe=https)
    assert raw_header(octets, "List-Unsubscribe") == f"<{https}>"
    assert raw_header(octets, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert flaws(octets) == []
    assert all(https in content for content in contents(octets))


def test_one_click_is_announced_only_with_an_https_address_and_when_asked() -> None:
    """Guarantee 6: not without a signature, not for mailto."""
    assert b"List-Unsubscribe-Post" not in message(LETTER, one_click=False)
    octets = message(LETTER, unsubscribe="mailto:leave@example.org?subject=weekly&body=x")
    assert b"List-Unsubscribe-Post" not in octets
    assert raw_header(octets, "List-Unsubscribe") == (
        "<mailto:leave@example.org?subject=weekly&body=x>"
    )
    assert 'href="mailto:leave@example.org?subject=weekly&amp;body=x"' in contents(octets)[1]
    assert flaws(octets) == []


def test_an_address_without_tls_is_a_link_and_no_header() -> None:
    """RFC 8058 section 3.1 wants https; a trial on one's own machine has none."""
    octets = message(LETTER, unsubscribe="http://127.0.0.1:8000/u/weekly/t")
    assert b"List-Unsubscribe" not in octets
    assert "http://127.0.0.1:8000/u/weekly/t" in contents(octets)[0]
    assert flaws(octets) == []


@pytest.mark.parametrize("value", ["", "/u/x", "ftp://x.example/", "javascript:x", "https://x/>"])
def test_a_way_out_that_is_none_is_refused(value: str) -> None:
    """No letter goes out that one cannot leave."""
    with pytest.raises(OutputError):
        message(LETTER, unsubscribe=value)


def test_the_date_has_its_zone_and_english_names() -> None:
    """E-F-03: numeric zone, the weekday of that zone; equal moments keep their own zones."""
    assert raw_header(message(LETTER), "Date") == "Mon, 23 Nov 2026 08:00:00 +0900"
    utc = SLOT.astimezone(UTC)
    assert raw_header(message(LETTER, date=utc), "Date") == "Sun, 22 Nov 2026 23:00:00 +0000"


def test_a_date_without_a_zone_is_a_mistake_of_the_caller() -> None:
    """Nobody may guess the zone."""
    with pytest.raises(ValueError, match="time zone"):
        message(LETTER, date=datetime(2026, 11, 22))  # noqa: DTZ001


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
        *("from_name", "from_address", "reply_to", "list_id", "list_name", "feedback_id"),
        *("archive_url", "to_address", "message_id", "unsubscribe"),
    ],
)
def test_a_line_end_in_any_field_is_refused(field: str, attack: str) -> None:
    """S-01: no header can be smuggled in."""
    with pytest.raises(NewsfeedError):
        message(LETTER, **{field: attack})


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_line_end_in_a_readers_name_is_harmless(attack: str) -> None:
    """S-01: a stranger's name must not stop the letters to all."""
    octets = message(LETTER, to_name=attack)
    assert parsed(octets).keys() == KNOWN
    assert flaws(octets) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_line_end_in_the_subject_is_refused(attack: str) -> None:
    """The subject comes cleaned; one that is not is not sent."""
    with pytest.raises(OutputError, match="Subject"):
        message(plain(attack))


def test_an_encoded_attack_in_a_subject_stays_text() -> None:
    """`=?utf-8?q?a=0D=0ABcc:x?=` arrives as these letters."""
    attack = "=?utf-8?q?a=0D=0ABcc:x?="
    octets = message(plain(attack))
    assert parsed(octets)["Subject"] == attack
    assert parsed(octets).keys() == KNOWN


@pytest.mark.parametrize("value", ["", "a@example.org", "<a>", "<a b@example.org>", "<@x>"])
def test_a_message_id_must_be_one(value: str) -> None:
    """E-F-04: `<dot-atom@domain>`."""
    with pytest.raises(OutputError, match="Message-ID"):
        message(LETTER, message_id=value)


@pytest.mark.parametrize("value", ["a", "a:b:c", "a:b:c:d:sender", "a:b:c:abc", "a:x@y.z:c:sender"])
def test_a_feedback_id_has_four_fields_and_no_address(value: str) -> None:
    """E-L-17: the last one of 5 to 15 characters."""
    with pytest.raises(OutputError, match="Feedback-ID"):
        message(LETTER, feedback_id=value)


@pytest.mark.parametrize("text", ["", "x", "x\r\ny", "x\ry\n", "한글" * 5000, "." * 2000 + "\n.\n"])
def test_any_text_passes_the_gate(text: str) -> None:
    """Long lines, lone dots, any line end: base64 carries them all."""
    octets = message(Letter(subject="x", html=text, text=text))
    assert flaws(octets) == []
    assert contents(octets)[0].split() == text.split()


WRITTEN = st.lists(
    st.sampled_from(
        [
            *"가힣일ひカ漢é👩🇰a<>&%\n ",
            "👨\u200d👩\u200d👧",
            "김서연",
            "{{7*7}}",
            "%s",
            "긴 글 " * 40,
        ]
    ),
    max_size=30,
).map("".join)
NAMES = st.one_of(
    st.sampled_from(
        ["", "김서연", "田中 さくら", "Łukasz", "👩🏽\u200d🚀", "{{7*7}}", "<b>x</b>", "가" * 200]
    ),
    st.text(max_size=100),
)
TOKENS = st.text("abcXYZ019_-", min_size=1, max_size=120)
PLACES = st.sampled_from([GREETING, UNSUBSCRIBE])


@settings(max_examples=1000)
@given(
    st.lists(st.tuples(WRITTEN, PLACES), max_size=6),
    TITLES,
    NAMES,
    TOKENS,
    st.integers(0, 10**9),
)
def test_a_thousand_letters_pass_the_gate_and_decode_to_their_own_content(
    pieces: list[tuple[str, str]], title: str, name: str, token: str, seconds: int
) -> None:
    """Acceptance 8: whatever stands in a letter, and wherever the placeholders are."""
    text = "".join(written + place for written, place in pieces)
    page = "".join(
        f'<p>{html.escape(written)}</p>\n<a title="a\n b" href="{place}">x</a>\n<pre>a\n</pre>'
        for written, place in pieces
    )
    own = {
        "to_name": name,
        "unsubscribe": f"https://news.example.org/u/{token}",
        "date": SLOT + timedelta(seconds=seconds),
    }
    octets = message(Letter(subject=title, html=f"<body>{page}", text=text), **own)
    assert flaws(octets) == []
    hello = greeting(words_for("ko"), shown_name(name))
    expected = [
        content.replace(GREETING, own_hello).replace(UNSUBSCRIBE, str(own["unsubscribe"]))
        for content, own_hello in ((text, hello), (f"<body>{page}", html.escape(hello)))
    ]
    assert contents(octets) == list(map(as_sent, expected))
