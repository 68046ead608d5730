"""What the tests of the letter share: articles, editions, frames, copies, our own templates."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from lxml import html

from newsfeed.digest.compiled import Copy, Frame, compile_letter
from newsfeed.digest.compose import Sender, compose
from newsfeed.model import Article, DateOrigin, Edition, Image, Letter, LetterItem
from newsfeed.templating import Templates

ROOT = Path(__file__).parents[2]
SEOUL = ZoneInfo("Asia/Seoul")
SLOT = datetime(2026, 11, 23, 8, tzinfo=SEOUL)

SENDER = Sender(
    site_title="한반도 브리핑",
    site_url="https://news.example.org/",
    postal_address="서울특별시 종로구 예시로 1",
    view_url="https://news.example.org/editions/weekly/1/",
    subscribe_url="https://news.example.org/subscribe/",
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


def edition(
    *items: LetterItem, more: tuple[LetterItem, ...] = (), language: str = "ko", intro: str = ""
) -> Edition:
    """The edition of `items` for Monday, 23 November 2026, 08:00 in Seoul."""
    return Edition(
        newsletter="weekly",
        title="주간 브리핑",
        language=language,
        subject=f"주간 브리핑: {items[0].title}" if items else "알려 드립니다",
        slot=SLOT,
        items=items,
        more=more,
        intro_html=intro,
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


def frame(**changes: object) -> Frame:
    """A frame with every header that we know."""
    plain = Frame(
        from_name="한반도 브리핑",
        from_address="news@example.org",
        language="ko",
        reply_to="편집실 <desk@example.org>",
        list_id="weekly.news.example.org",
        list_name="주간 브리핑",
        feedback_id="20261123:weekly:newsfeed:nf4c1d2e3f",
        archive_url="https://news.example.org/editions/weekly/",
        one_click=True,
    )
    return msgspec.structs.replace(plain, **changes)


def copy(**changes: object) -> Copy:
    """The copy of a subscriber who gave a name."""
    plain = Copy(
        to_address="reader@example.com",
        to_name="김서연",
        message_id="<weekly.1.a9@example.org>",
        date=SLOT,
        unsubscribe="https://news.example.org/u/weekly/" + "t" * 44,
    )
    return msgspec.structs.replace(plain, **changes)


def message(letter: Letter, **changes: object) -> bytes:
    """The bytes of a copy of `letter`; `changes` replace fields of its frame or of the copy."""
    of_frame = {name: changes.pop(name) for name in Frame.__struct_fields__ if name in changes}
    return compile_letter(letter, frame(**of_frame)).message(copy(**changes))


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


TEMPLATES = templates()

BODY = """<h2>첫 소제목</h2>
<p>본문 <span style="color: #1a5490">푸른 강조</span>와 <a href="https://e.example/a?b=1&amp;c=2">링크</a>.</p>
<table><tr><td style="text-align: center"><b>따로 세운 말</b></td></tr></table>
<table><tr><th>나라</th><th>내용</th></tr><tr><td>한국</td><td>합의</td></tr></table>
<p><span style="background-color: rgba(33, 83, 133, 0.15)">바탕 있는 강조</span></p>"""

INTRO = """<h1>독자 모임</h1>
<p><b>12월 3일</b>에 모입니다. <a href="https://e.example/meet">안내 페이지</a>를 봐 주세요.</p>
<p style="color: #1a5490">편집실 드림</p>"""


def made(
    letter_edition: Edition,
    content: Literal["full", "excerpt"] = "full",
    sender: Sender = SENDER,
) -> Letter:
    """The edition's letter from our own templates."""
    return compose(letter_edition, sender, TEMPLATES, content=content)


def page_of(document: str) -> html.HtmlElement:
    """A document as another program reads it."""
    return html.document_fromstring(document)


def tree(letter: Letter) -> html.HtmlElement:
    """The letter's HTML as another program reads it."""
    return page_of(letter.html)


def long_body(kilobytes: int) -> str:
    """A body of about so many kilobytes."""
    return "<p>가나다라마바사아자차</p>" * (kilobytes * 1024 // 37)


SMALL = edition(
    item(1, BODY, image=picture(), title="앞선 글 <1> & 더"),
    item(2, "", image=picture(url="https://news.example.org/media/b.jpg", width=800, height=800)),
    item(3, "<p>An English body.</p>", title="An English article", language="en", categories=()),
    more=(item(4), item(5, title="Another one", language="en")),
)

SPECIAL = edition(intro=INTRO)
