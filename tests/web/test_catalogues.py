"""What the pages for subscribers say in other languages than English."""

from __future__ import annotations

import pytest

from newsfeed.catalogues import languages
from newsfeed.schedule.words import parse_schedule
from newsfeed.web.schedule_words import schedule_words
from newsfeed.web.words import ENGLISH, in_language, messages, words_for

every_language = pytest.mark.parametrize("language", sorted(languages("web") - {"en"}))


def test_there_is_a_korean_catalogue() -> None:
    assert "ko" in languages("web")
    assert words_for("ko-KR").leave.heading == "구독을 해지할까요?"


@every_language
def test_a_translation_is_one(language: str) -> None:
    said = in_language(language)
    same = [name for name in messages() if "." not in name]
    assert [name for name in same if getattr(said, name) == getattr(ENGLISH, name)] == []


@pytest.mark.parametrize(
    ("schedule", "korean", "english"),
    [
        ("mon 08:00", "매주 월요일 08:00", "every Monday at 08:00"),
        ("mon,thu 07:30", "매주 월요일, 목요일 07:30", "every Monday, Thursday at 07:30"),
        ("daily 07:30,18:00", "매일 07:30, 18:00", "daily at 07:30, 18:00"),
        ("weekdays 08:00", "월요일부터 금요일까지 08:00", "Monday to Friday at 08:00"),
        ("1st,15th 09:00", "매달 1일, 15일 09:00", "every month on day 1, day 15 at 09:00"),
        ("last 18:00", "매달 마지막 날 18:00", "every month on the last day at 18:00"),
        ("every 2 weeks fri 17:00", "2주마다 금요일 17:00", "every 2 weeks on Friday at 17:00"),
        ("0 9 * jan *", "정해진 때마다", "at times of its own"),
        ("*/5 * * * *", "정해진 때마다", "at times of its own"),
        ("0 9 1 * mon", "정해진 때마다", "at times of its own"),
        ("", "이따금", "now and then"),
    ],
)
def test_a_schedule_is_said_in_words(schedule: str, korean: str, english: str) -> None:
    when = parse_schedule(schedule) if schedule else None
    said = [schedule_words(when, words_for(language)) for language in ("ko", "en")]
    assert said == [korean, english]
