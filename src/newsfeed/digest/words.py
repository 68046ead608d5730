"""The letter's own words and dates in Korean and English, whatever the machine's locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import date


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says beside its articles.

    `rest`, `why` and `greeting` are patterns for `{count}`, `{title}` and `{name}`. In `day` and
    `date` stand `{year}`, `{month}`, `{day}` and `{weekday}`.
    """

    language: str
    greeting: str
    greeting_nobody: str
    read_more: str
    also_new: str
    rest: str
    why: str
    unsubscribe: str
    preferences: str
    view_online: str
    subscribe: str
    day: str
    date: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]


KOREAN = Words(
    language="ko",
    greeting="{name}님, 안녕하세요.",
    greeting_nobody="안녕하세요.",
    read_more="이어서 읽기",
    also_new="이 밖의 새 글",
    rest="이 밖에 {count}건을 웹에서 볼 수 있습니다",
    why="‘{title}’ 구독을 신청하셔서 보내 드립니다.",
    unsubscribe="구독 해지",
    preferences="구독 설정",
    view_online="웹에서 보기",
    subscribe="구독하기",
    day="{year}년 {month} {day}일 {weekday}",
    date="{year}년 {month} {day}일",
    months=tuple(f"{month}월" for month in range(1, 13)),
    weekdays=("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
)

ENGLISH = Words(
    language="en",
    greeting="Hello {name},",
    greeting_nobody="Hello,",
    read_more="Read more",
    also_new="Also new",
    rest="{count} more on the web",
    why="You get this letter because you subscribed to {title}.",
    unsubscribe="Unsubscribe",
    preferences="Preferences",
    view_online="View in browser",
    subscribe="Subscribe",
    day="{weekday}, {day} {month} {year}",
    date="{day} {month} {year}",
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)

_CATALOGUE = {words.language: words for words in (KOREAN, ENGLISH)}

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def words_for(language: str) -> Words:
    """The words of a language tag such as `ko-KR`; English where there are none."""
    return _CATALOGUE.get(_primary(language), ENGLISH)


def written_day(moment: date, words: Words) -> str:
    """A day with its weekday: `2026년 11월 23일 월요일`, `Monday, 23 November 2026`."""
    return _written(words.day, moment, words)


def written_date(moment: date, words: Words) -> str:
    """A date: `2026년 11월 23일`, `23 November 2026`."""
    return _written(words.date, moment, words)


def direction(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`."""
    return "rtl" if _primary(language) in _RIGHT_TO_LEFT else "ltr"


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def _written(pattern: str, moment: date, words: Words) -> str:
    return pattern.format(
        year=moment.year,
        month=words.months[moment.month - 1],
        day=moment.day,
        weekday=words.weekdays[moment.weekday()],
    )
