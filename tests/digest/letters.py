"""What the tests of the letter share: articles, editions, envelopes, our own templates."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.digest.compose import Sender
from newsfeed.digest.message import Envelope
from newsfeed.model import Article, DateOrigin, Edition, Image, LetterItem
from newsfeed.templating import Templates

ROOT = Path(__file__).parents[2]
SEOUL = ZoneInfo("Asia/Seoul")
SLOT = datetime(2026, 11, 23, 8, tzinfo=SEOUL)

SENDER = Sender(
    site_title="한반도 브리핑",
    site_url="https://news.example.org/",
    postal_address="서울특별시 종로구 예시로 1",
    view_url="https://news.example.org/editions/weekly/1/",
)


def templates(*overriding: Path) -> Templates:
    """The project's templates, behind those of `overriding` folders."""
    return Templates([*overriding, ROOT / "templates" / "email"])


def item(
    number: int = 1, content_html: str = "<p>본문입니다.</p>", **changes: object
) -> LetterItem:
    """An article as a letter shows it; `changes` replace its fields."""
    plain = LetterItem(
        url=f"https://news.example.org/posts/{number}/",
        title=f"{number}번째 글",
        summary=f"{number}번째 글의 요약입니다.",
        content_html=content_html,
        published=datetime(2026, 11, 20, 9, tzinfo=SEOUL),
        language="ko",
        authors=("편집실",),
        categories=("소식",),
    )
    return msgspec.structs.replace(plain, **changes)


def edition(*items: LetterItem, more: tuple[LetterItem, ...] = (), language: str = "ko") -> Edition:
    """The edition of `items` for Monday, 23 November 2026, 08:00 in Seoul."""
    return Edition(
        newsletter="weekly",
        title="주간 브리핑",
        language=language,
        subject=f"주간 브리핑: {items[0].title}",
        slot=SLOT,
        items=items,
        more=more,
    )


def picture(**changes: object) -> Image:
    """A lead image of 1200 by 630 pixels."""
    plain = Image(
        url="https://news.example.org/media/sunset.jpg",
        alt="산 너머로 지는 해",
        width=1200,
        height=630,
    )
    return msgspec.structs.replace(plain, **changes)


def envelope(**changes: object) -> Envelope:
    """An envelope with every header that we know."""
    plain = Envelope(
        from_name="한반도 브리핑",
        from_address="news@example.org",
        reply_to="편집실 <desk@example.org>",
        to_address="reader@example.com",
        date=SLOT,
        message_id="<weekly.1.a9@example.org>",
        list_id="weekly.news.example.org",
        list_unsubscribe_https="https://news.example.org/u/" + "t" * 40,
        list_unsubscribe_mailto="leave@example.org?subject=unsubscribe",
    )
    return msgspec.structs.replace(plain, **changes)


def article(identifier: str, **changes: object) -> Article:
    """An article of the collector's."""
    plain = Article(
        id=identifier,
        url=f"https://news.example.org/{identifier}/",
        source="posts",
        path=f"{identifier}.md",
        title=identifier,
        published=SLOT,
        updated=SLOT,
        dated=DateOrigin.FRONT_MATTER,
        language="ko",
    )
    return msgspec.structs.replace(plain, **changes)
