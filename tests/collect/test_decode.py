"""Promises about bytes: UTF-8 is read, all else is refused with a remedy that works."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.collect.decode import Decoded, decode_source
from newsfeed.errors import ArticleError
from newsfeed.text import clean

KOREAN = "---\ntitle: 한미 정상이 만나다\n---\n\n" + "그가 간다가 아니다. 정부가 말했다.\n" * 20
ENGLISH = "---\ntitle: Hello\n---\n\nSome plain text.\n"


def complaint(data: bytes) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        decode_source(data)
    return caught.value


def decoded(text: str, dropped: int = 0) -> Decoded:
    return Decoded(text=text, octets=text.encode(), dropped=dropped)


def test_utf8_is_read() -> None:
    assert decode_source(KOREAN.encode()) == decoded(KOREAN)


def test_a_byte_order_mark_and_windows_line_ends_leave_no_trace() -> None:
    data = KOREAN.replace("\n", "\r\n").encode("utf-8-sig")
    assert decode_source(data) == decoded(KOREAN)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-32", "utf-16le", "utf-16be", "utf-32le", "utf-32be"]
)
@pytest.mark.parametrize("text", [KOREAN, ENGLISH])
def test_wide_encodings_are_named_with_and_without_a_mark(text: str, encoding: str) -> None:
    """The name in the remedy is one by which the file can be read."""
    data = text.encode(encoding)
    error = complaint(data)
    assert data.decode(error.remedy.split("iconv -f ")[1].split()[0]) == text


def test_a_euc_kr_file_is_named_with_its_first_line_and_a_remedy_that_reads_it() -> None:
    error = complaint(KOREAN.encode("euc-kr"))
    assert error.problem == "the file is EUC-KR, not UTF-8"
    assert error.remedy == "save it as UTF-8: iconv -f CP949 -t UTF-8 OLD > NEW"
    assert error.line == 2


def test_letters_that_only_cp949_has_are_korean_too() -> None:
    assert "EUC-KR" in complaint("똠방각하, 펲시\n".encode("cp949")).problem


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Un café, déjà vu.\n", "latin-1"),
        ("“Zitat” – schön\n", "cp1252"),
        ("日本語のテキスト、カタカナ", "shift_jis"),
        ("日本語のテキスト", "euc_jp"),
        ("简体中文文本测试", "gbk"),
    ],
)
def test_another_encoding_is_not_guessed(text: str, encoding: str) -> None:
    error = complaint(text.encode(encoding))
    assert "does not tell its encoding" in error.problem
    assert error.line == 1


def test_one_damaged_character_is_shown_with_its_line() -> None:
    data = KOREAN.encode() + b"x\xe9y"
    error = complaint(data)
    assert "0xE9 is not UTF-8, though other text in the file is" in error.problem
    assert error.line == KOREAN.count("\n") + 1


def test_damaged_utf8_that_would_read_as_euc_kr_is_still_called_damaged() -> None:
    data = "강화 강하게".encode()
    data = data[:12] + data[13:]
    assert data.decode("cp949")
    assert "is not UTF-8, though other text in the file is" in complaint(data).problem


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf\n", b"\xef\xbb\xbf\x00 a"[:4]])
def test_a_file_without_text_is_called_empty(data: bytes) -> None:
    assert complaint(data).problem == "the file is empty"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"PK\x03\x04\x14\x00\x00\x00", "ZIP"),
        (gzip.compress(b"text", mtime=0), "gzip"),
        (bytes(range(256)) * 4, "binary"),
        (b"\x00" * 100, "binary"),
    ],
)
def test_a_binary_file_is_called_so(data: bytes, name: str) -> None:
    assert name in complaint(data).problem


def test_stray_control_characters_and_surrogates_are_dropped_and_counted() -> None:
    """They stop nothing, but the author is to be told (F-X-02)."""
    surrogate = b"\xed\xa0\x80"
    data = b"a\x00b\x08c\x0bd\xef\xbf\xbee" + surrogate + ENGLISH.encode()
    assert decode_source(data) == decoded("abcde" + ENGLISH, dropped=5)


@given(st.binary())
@example(b"\xff\xfe")
@example(b"\x00")
def test_any_bytes_give_clean_text_or_a_complaint(data: bytes) -> None:
    try:
        text = decode_source(data).text
    except ArticleError as error:
        assert error.problem
        assert error.remedy
    else:
        assert clean(text) == text
        assert text.strip()


@given(st.text())
def test_no_utf8_text_is_taken_for_another_encoding(text: str) -> None:
    """Only text made of little but control characters is refused."""
    if sum(character < " " or character == "\x7f" for character in text) * 4 <= len(text):
        try:
            found = decode_source(text.encode())
            assert found.text == clean(text.removeprefix("\ufeff"))
            assert found.octets == found.text.encode()
        except ArticleError as error:
            assert error.problem == "the file is empty"
