"""Who sends an advertisement and how to refuse further ones, as the law wants it in the letter.

Korea (standards L-K-04, L-K-07): name, e-mail, telephone and postal address, and a way out that is
free, in Korean and in English. Japan (L-J-03): name, way out, postal address, where to complain.
Elsewhere (L-U-04, L-CA-02): name, postal address, a contact and a way out.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from newsfeed.errors import OutputError
from newsfeed.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsfeed.model import Letter
    from newsfeed.templating import Plain

_UNSEEN = re.compile(r"<!--.*?-->|<(style|title)\b.*?</\1\s*>|<[^>]*>|\s+", re.DOTALL)


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about the sender of advertisements. `law` is the country's whose words are needed
    besides those of the letter's language, or ""; `phone` may be "" but in Korea.
    """

    name: str
    email: str
    postal_address: str
    phone: str = ""
    law: Literal["ko", "ja", ""] = ""


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    language: str
    name: str
    email: str
    phone: str
    address: str
    way_out: str
    link: str


_KOREAN = _Words(
    language="ko",
    name="보내는 사람",
    email="이메일",
    phone="전화",
    address="주소",
    way_out="이 메일을 더 이상 받지 않으시려면 언제든지 무료로 수신을 거부하실 수 있습니다.",
    link="수신거부",
)
_ENGLISH = _Words(
    language="en",
    name="Sender",
    email="E-mail",
    phone="Telephone",
    address="Address",
    way_out="You can stop receiving these letters at any time, free of charge.",
    link="Unsubscribe",
)
_JAPANESE = _Words(
    language="ja",
    name="送信者",
    email="お問い合わせ・苦情の受付先",
    phone="電話",
    address="住所",
    way_out="このメールの配信は、いつでも無料で停止できます。",
    link="配信停止",
)
_CATALOGUE = {words.language: words for words in (_KOREAN, _ENGLISH, _JAPANESE)}
_WAYS_OUT = {"ko": (_KOREAN, _ENGLISH), "ja": (_JAPANESE,)}


def disclosed(said: Disclosure, language: str) -> dict[str, Plain]:
    """What templates show: `facts`, each with a `label`, its `text` and a link ("" for none), and
    `ways_out`, each a sentence and the `link` after it.

    Facts are in the letter's language, English where we have no words for it.
    """
    words = _words(language)
    return {
        "language": words.language,
        "facts": [
            {"label": label, "text": text, "url": f"mailto:{text}" if text == said.email else ""}
            for label, text in _facts(said, words)
        ],
        "ways_out": [
            {"language": one.language, "text": one.way_out, "link": one.link}
            for one in _ways_out(said, words)
        ],
    }


def refuse_undisclosed(letter: Letter, said: Disclosure, language: str, way_out: str) -> None:
    """Raise OutputError where a template left out what the law wants to be said, in the HTML with
    its styles stripped or in the text. `way_out` is the address that leads out, or stands for it.
    """
    words = _words(language)
    wanted = [text for _, text in _facts(said, words)]
    wanted += [one.link for one in _ways_out(said, words)]
    for part, content in (("HTML", html.unescape(_bare(letter.html))), ("text", letter.text)):
        seen = _bare(content)
        missing = next((text for text in wanted if _bare(text) not in seen), "")
        if missing:
            _refuse(letter, f"the {part} part does not say {missing}")
    if way_out not in letter.html or way_out not in letter.text:
        _refuse(letter, "a part has no link to leave by")


def _refuse(letter: Letter, problem: str) -> None:
    raise OutputError(
        f"{problem}, which the law asks of advertisements",
        where=letter.subject,
        remedy="let the template include _law.html.j2 and _law.txt.j2",
    )


def _words(language: str) -> _Words:
    return _CATALOGUE.get(language.partition("-")[0].lower(), _ENGLISH)


def _ways_out(said: Disclosure, words: _Words) -> tuple[_Words, ...]:
    """The sentences that lead out: those of the law, and the reader's own before them."""
    of_law = _WAYS_OUT.get(said.law, ())
    return of_law if words in of_law else (words, *of_law)


def _facts(said: Disclosure, words: _Words) -> Iterator[tuple[str, str]]:
    facts = (
        (words.name, said.name),
        (words.email, said.email),
        (words.phone, said.phone),
        (words.address, said.postal_address),
    )
    return ((label, one_line(text)) for label, text in facts if text)


def _bare(text: str) -> str:
    """What is read of a page or text, without white space."""
    return _UNSEEN.sub("", text)
