"""What the operator is told by mail, in Korean and English: plain text, and nobody's address."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from newsfeed.text import one_line


class News(msgspec.Struct, frozen=True, kw_only=True):
    """A mail's subject and text."""

    subject: str
    text: str


class OperatorWords(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language: patterns by kind, and what becomes of letters."""

    news: Mapping[str, News]
    states: Mapping[str, str]

    def of(self, kind: str, **values: str) -> News:
        """The mail of a kind. `values` are put on one line each; those in `counts` on several."""
        counts = values.pop("counts", "")
        filled = {name: one_line(value) for name, value in values.items()}
        news = self.news[kind]
        return News(
            subject=news.subject.format_map(filled),
            text=news.text.format_map({**filled, "counts": counts}),
        )

    def counted(self, counts: Mapping[str, int]) -> str:
        """How many letters became what, a line each."""
        return "\n".join(
            f"{words}: {counts[state]:,}" for state, words in self.states.items() if state in counts
        )


_KOREAN = OperatorWords(
    news={
        "held": News(
            subject="승인 대기: {edition}",
            text="""\
{edition} 호가 승인을 기다립니다.

제목: {subject}
{why}

내용 보기: newsfeed editions show {edition}
보내기: newsfeed editions approve {edition}
""",
        ),
        "sent": News(
            subject="발송 완료: {edition}",
            text="""\
{edition} 호의 발송이 끝났습니다.

제목: {subject}
{counts}

자세히 보기: newsfeed status {edition} --failed
""",
        ),
        "paused": News(
            subject="발송 중단: {edition}",
            text="""\
{edition} 호의 발송이 멈췄습니다.

제목: {subject}
이유: {why}

원인을 해결한 다음 계속하기: newsfeed editions resume {edition}
""",
        ),
        "still": News(
            subject="발송 대기: {edition}",
            text="""\
{edition} 호를 보내는 중이지만 지금은 나가지 않습니다.

제목: {subject}
이유: {why}

자세히 보기: newsfeed status {edition}
""",
        ),
        "store": News(
            subject="아무것도 발송되지 않습니다",
            text="""\
이 저장소에서는 아무것도 발송되지 않습니다.

이유: {why}

계속하기: newsfeed resume
""",
        ),
        "run": News(
            subject="실행 실패: {what}",
            text="""\
{what} 실행이 실패했습니다.

{why}

같은 문제가 계속되는 동안에는 다시 알리지 않습니다.
""",
        ),
        "limit": News(
            subject="오늘은 더 알리지 않습니다",
            text="""\
하루에 보내는 알림 {most}통을 모두 보냈습니다. 남은 소식은 나중에 알려 드립니다.

지금 보기: newsfeed status
""",
        ),
    },
    states={
        "sent": "보냄",
        "failed": "실패",
        "dropped": "보내기 전에 떠남",
        "limited": "mail.files.limit 때문에 쓰지 않음",
    },
)

_ENGLISH = OperatorWords(
    news={
        "held": News(
            subject="Waits for your approval: {edition}",
            text="""\
The edition {edition} waits for your approval.

Subject: {subject}
{why}

To see it: newsfeed editions show {edition}
To send it: newsfeed editions approve {edition}
""",
        ),
        "sent": News(
            subject="Sent: {edition}",
            text="""\
The edition {edition} is complete.

Subject: {subject}
{counts}

To see more: newsfeed status {edition} --failed
""",
        ),
        "paused": News(
            subject="Stopped: {edition}",
            text="""\
The edition {edition} was stopped.

Subject: {subject}
Why: {why}

To go on when that is mended: newsfeed editions resume {edition}
""",
        ),
        "still": News(
            subject="Stands still: {edition}",
            text="""\
The edition {edition} is on its way, and nothing of it leaves now.

Subject: {subject}
Why: {why}

To see more: newsfeed status {edition}
""",
        ),
        "store": News(
            subject="Nothing is sent",
            text="""\
Nothing is sent from this store.

Why: {why}

To go on: newsfeed resume
""",
        ),
        "run": News(
            subject="A run failed: {what}",
            text="""\
{what} failed.

{why}

While this lasts you are not told again.
""",
        ),
        "limit": News(
            subject="No more news today",
            text="""\
You got {most} such mails in a day, which is the most. What is left is told later.

To see it now: newsfeed status
""",
        ),
    },
    states={
        "sent": "Sent",
        "failed": "Failed",
        "dropped": "Left before",
        "limited": "Not written, by mail.files.limit",
    },
)


def operator_words(language: str) -> OperatorWords:
    """The words of a language tag such as `ko-KR`; English where there are none."""
    return _KOREAN if language.partition("-")[0].lower() == "ko" else _ENGLISH
