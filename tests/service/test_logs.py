"""The log is lines that name nobody, whatever is thrown at it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience import keys
from newsfeed.audience.tokens import bounce_token, confirm_token, leave_token, new_public_id
from newsfeed.service.discretion import ADDRESS, TOKEN, discreet
from newsfeed.service.logs import Form, formatter

AT = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)
LEAVE = "bXkgc2VjcmV0IHRva2VuIG9mIGxlYXZpbmc.Zm9yIHdlZWtseQ-_0"

HOSTILE = (
    "550 5.1.1 <kim@example.org>: no such user",
    "kim%40example.org asked for it",
    "RCPT TO:<kim@example.org> refused\r\n2026-11-23T08:00:02Z service: forged",
    '"odd kim"@example.org "kim"@example.org',
    "mailto:kim@example.org?subject=x",
    "kim@[192.0.2.1] and 김@예시.한국 (kim@예시.한국)",
    f"GET /u/weekly/{LEAVE} failed",
    f"https://news.example.org/letters/c/weekly/{LEAVE}.",
    f"/p/{LEAVE}",
    "\x1b[2J\x1b]0;title\x07 and \u202e and \u2028",
    "half a pair \ud800 of kim@example.org",
)


def _line(form: Form, text: str, name: str = "newsfeed.deliver") -> str:
    record = logging.LogRecord(name, logging.WARNING, "x.py", 1, "%s", (text,), None)
    record.created = AT.timestamp()
    return formatter(form).format(record)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_become_one_line_without_address_or_token__s_31(
    text: str, form: Form
) -> None:
    line = _line(form, text)
    assert line.isprintable()
    assert "kim@" not in line
    assert "kim%40" not in line
    assert '"@' not in line.replace("\\", "")
    assert "김@" not in line
    assert LEAVE[:16] not in line
    assert line.encode()  # no half of a surrogate pair


def test_a_text_line_tells_time_area_level_and_words() -> None:
    assert _line("text", "it is late") == "2026-11-23T08:00:01Z deliver: warning: it is late"


def test_a_json_line_is_an_object_with_the_same() -> None:
    assert json.loads(_line("json", "늦었습니다: <kim@example.org>")) == {
        "time": "2026-11-23T08:00:01Z",
        "level": "warning",
        "area": "deliver",
        "message": f"늦었습니다: <{ADDRESS}>",
    }


def test_the_time_is_utc_whatever_the_machine_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    assert _line("text", "x").startswith("2026-11-23T08:00:01Z ")


def test_no_traceback_is_written() -> None:
    """Values in one might be anybody's address."""
    record = logging.LogRecord("newsfeed", logging.ERROR, "x.py", 1, "a fault", (), None)
    error = ValueError("kim@example.org")
    record.exc_info = (type(error), error, None)
    for form in ("text", "json"):
        line = formatter(form).format(record)
        assert "\n" not in line
        assert "kim" not in line


@pytest.mark.parametrize(
    "text",
    [
        "weekly/2026-11-23: 3 letters sent, 0 wait, 0 failed or left out",
        "newsfeed.toml: `server.metrics`: '10.0.0.1/8' is no network",
        "/srv/news/posts/2026-11-23-a-title-that-is-quite-long-and-has-a-date-in-it.md:3: no title",
        "127.0.0.1:8000: cannot listen",
        "12 articles; 3 files written",
        "/u/weekly is where people leave; the form is /s",
    ],
)
def test_what_operators_need_stays_as_it_is(text: str) -> None:
    assert discreet(text) == text


def test_a_token_alone_is_hidden_too() -> None:
    assert discreet(f"token {LEAVE}!") == f"token {TOKEN}!"


def test_our_own_tokens_are_hidden(tmp_path: Path) -> None:
    """As they are made, in their links and alone."""
    own, someone = keys.load(tmp_path / "secret.key"), new_public_id()
    leave = leave_token(own, "weekly", someone)
    confirm = confirm_token(own, "weekly", someone, "0123456789abcdef", AT)
    for token in (leave, confirm, bounce_token(own, 1, someone)):
        for text in (f"/u/weekly/{token}", f"/c/weekly/{token} failed", f"is {token} right?"):
            assert token[:12] not in discreet(text)


def test_a_line_has_an_end() -> None:
    assert len(_line("text", "so long " * 10_000)) < 5000


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_words_are_one_printable_line_without_an_at_sign_between_names(text: str) -> None:
    for form in ("text", "json"):
        line = _line(form, f"{text} lee@example.org")
        assert line.isprintable()
        assert "lee@example.org" not in line
