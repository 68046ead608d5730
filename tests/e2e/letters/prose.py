"""Generated articles in four languages, the difficult ones among the first five of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MOST = 200
"""Articles of a language."""

NEWEST = datetime(2026, 11, 19, 9, tzinfo=UTC)

PICTURES = {
    "sea.jpg": (1200, 630),
    "square.jpg": (800, 800),
    "tower.jpg": (600, 1400),
    "shore.jpg": (2400, 420),
    "dot.png": (40, 40),
}
"""Pixels of the images that articles show: usual, square, high, broad, tiny."""

_FAMILY = "👩‍👩‍👧‍👦"
_LONG = 300
_UNBREAKABLE = 200


class Voice(NamedTuple):
    """What articles in a language are made of. `letter` is repeated for a word that cannot break;
    `stranger` is a title in the other direction of writing, with its language.
    """

    site: str
    newsletter: str
    titles: Sequence[str]
    sentences: Sequence[str]
    categories: Sequence[str]
    author: str
    callout: str
    picture: str
    columns: tuple[str, ...]
    letter: str
    stranger: tuple[str, str]


VOICES = {
    "ko": Voice(
        site="강가 소식",
        newsletter="강가의 한 주",
        titles=(
            "새벽 시장이 다시 문을 열었습니다",
            "나루터에 놓인 작은 다리 이야기",
            "도서관 옆 골목, 빵 굽는 집 세 곳",
            "올가을 걷기 좋은 강변길을 모았습니다",
        ),
        sentences=(
            "강물이 줄어든 자리에 오래된 돌계단이 드러났고, 사람들은 그 위에 앉아 저녁을 보냅니다.",
            "시장은 새벽 네 시에 열려 아홉 시면 조용해집니다.",
            "다리를 놓은 목수는 못을 하나도 쓰지 않았다고 말했습니다.",
            "아이들은 학교가 끝나면 책 두 권을 빌려 강가로 갑니다.",
            "이번 주말에는 비가 온다고 하니 우산을 챙겨 두는 편이 좋겠습니다.",
        ),
        categories=("동네", "생활과 문화", "걷기"),
        author="편집실",
        callout="비가 오면 모임은 도서관에서 열립니다",
        picture="해 질 녘의 강과 다리",
        columns=("요일", "여는 때", "닫는 때", "쉬는 날", "자리", "문의"),
        letter="가",
        stranger=("مقال كتبه زائر عن النهر", "ar"),
    ),
    "en": Voice(
        site="River Notes",
        newsletter="The Week by the River",
        titles=(
            "The morning market has opened its doors again",
            "How a small bridge came to the old landing",
            "Three bakers in the lane beside the library",
            "Walks along the water for the end of autumn",
        ),
        sentences=(
            "Where the water fell, old stone steps came to light, and people sit there at dusk.",
            "The market opens at four in the morning and is quiet again by nine.",
            "The carpenter who made the bridge says that it holds without a single nail.",
            "After school the children borrow two books each and take them to the bank.",
            "Rain is expected at the weekend, so an umbrella may be a good idea.",
        ),
        categories=("Town", "Life and Culture", "Walks"),
        author="The editors",
        callout="If it rains we meet in the library",
        picture="The river and its bridge at dusk",
        columns=("Day", "Opens", "Closes", "Holidays", "Stalls", "Contact"),
        letter="W",
        stranger=("مقال كتبه زائر عن النهر", "ar"),
    ),
    "ja": Voice(
        site="川べり通信",
        newsletter="川べりの一週間",
        titles=(
            "朝市がふたたび開かれるようになりました",
            "古い渡し場に小さな橋がかかるまで",
            "図書館のとなりの路地、パンの焼ける三軒",
            "秋の終わりに歩きたい川ぞいの道をあつめました",
        ),
        sentences=(
            "水が引いたところに古い石段があらわれ、夕方になると人々が腰をおろします。",
            "市は朝の四時に始まり、九時にはもう静かです。",
            "橋をかけた大工は、釘を一本も使わなかったと話してくれました。",
            "子どもたちは学校が終わると本を二冊ずつ借りて、川へ向かいます。",
            "週末は雨の予報ですから、傘を用意しておくとよいでしょう。",
        ),
        categories=("まち", "暮らしと文化", "散歩"),
        author="編集部",
        callout="雨の日の集まりは図書館で開きます",
        picture="夕暮れの川と橋",
        columns=("曜日", "開店", "閉店", "休み", "場所", "連絡先"),
        letter="川",
        stranger=("مقال كتبه زائر عن النهر", "ar"),
    ),
    "ar": Voice(
        site="أخبار النهر",
        newsletter="أسبوع على ضفة النهر",
        titles=(
            "عاد سوق الصباح وفتح أبوابه من جديد",
            "كيف وصل جسر صغير إلى المرسى القديم",
            "ثلاثة خبازين في الزقاق المجاور للمكتبة",
            "طرق للمشي قرب الماء في آخر الخريف",
        ),
        sentences=(
            "حين انخفض الماء ظهرت درجات حجرية قديمة، ويجلس الناس عليها عند الغروب.",
            "يفتح السوق في الرابعة صباحا ويهدأ قبل التاسعة.",
            "يقول النجار الذي صنع الجسر إنه لم يستعمل مسمارا واحدا.",
            "يستعير الأطفال كتابين بعد المدرسة ويذهبون بهما إلى الضفة.",
            "قد ينزل المطر في آخر الأسبوع، فلعل المظلة فكرة حسنة.",
        ),
        categories=("المدينة", "الحياة والثقافة", "المشي"),
        author="هيئة التحرير",
        callout="إذا نزل المطر نجتمع في المكتبة",
        picture="النهر والجسر عند الغروب",
        columns=("اليوم", "يفتح", "يغلق", "العطلة", "المكان", "اتصال"),
        letter="ب",
        stranger=("A guest writes about the river, in English", "en"),
    ),
}
"""By language tag."""


class Post(NamedTuple):
    """An article: the fields of its front matter, and its text in Markdown."""

    fields: dict[str, object]
    body: str

    def source(self) -> str:
        """The file."""
        lines = (
            f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
            for name, value in self.fields.items()
        )
        return f"---\n{''.join(lines)}---\n\n{self.body}\n"


def posts(language: str) -> list[Post]:
    """Every article of a language, the newest first."""
    voice = VOICES[language]
    found = []
    for number in range(MOST):
        post = _DIFFICULT.get(number, _usual)(voice, number)
        date = f"{NEWEST - timedelta(hours=number):%Y-%m-%d %H:%M:%SZ}"
        slug = f"{voice.titles[number % len(voice.titles)]}-{number}"
        found.append(Post({"date": date, "slug": slug, **post.fields}, post.body))
    return found


def _usual(voice: Voice, number: int) -> Post:
    """Some with images of every form, some without; with none to two categories."""
    pictures = (*PICTURES, "", "")
    picture = pictures[number % len(pictures)]
    fields: dict[str, object] = {
        "title": voice.titles[number % len(voice.titles)],
        "excerpt": _text(voice, number, 2),
        "categories": list(voice.categories[: number % 3]),
        "author": voice.author,
    }
    if picture:
        fields["image"] = {"path": f"/images/{picture}", "alt": voice.picture}
    body = "\n\n".join(_text(voice, number + step, 3) for step in range(3))
    return Post(fields, body)


def _everything(voice: Voice, number: int) -> Post:
    """All that a body may have."""
    head = "".join(f"<th>{name}</th>" for name in voice.columns * 2)
    cells = "".join(f"<td>{name}</td>" for name in voice.columns * 2)
    first, second, third = voice.columns[:3]
    callout = f"<b>{voice.callout}</b>"
    body = f"""\
{_text(voice, 0, 3)}

## {voice.titles[1]}

<p><span style="color: #1a5490;">{voice.callout}</span> <span style="color: #ffd900">{voice.author}
</span> <span style="background-color: #21538527">{voice.sentences[1]}</span>
<span style="color: #222; background-color: #ffef66">{voice.sentences[2]}</span></p>

<table><tr><td style="text-align: center; height: 17px;">{callout}</td></tr></table>

| {first} | {second} | {third} |
|---|:---:|---:|
| {voice.callout} | 04:00 | 09:00 |
| {voice.author} | 10:30 | 21:15 |

<table><tr>{head}</tr>{f"<tr>{cells}</tr>" * 4}</table>

### {voice.titles[2]}

- {voice.sentences[0]}
- {voice.sentences[1]} `{voice.letter * 3}`

> {voice.sentences[3]}

![{voice.picture}](/images/square.jpg)

```
for step in range(12): print("{"a long line of code, " * 8}")
```

*{voice.sentences[4]}* [{voice.author}](https://example.com/{"path/" * 30})
"""
    usual = _usual(voice, number)
    return Post({**usual.fields, "title": voice.titles[0]}, body)


def _long_title(voice: Voice, number: int) -> Post:
    usual = _usual(voice, number)
    title = (" ".join(voice.titles) * _LONG)[:_LONG]
    return Post({**usual.fields, "title": title, "author": f"{voice.author} " * 12}, usual.body)


def _unbreakable(voice: Voice, number: int) -> Post:
    """One word of 200 letters as title, in the excerpt, as category, author and in the text."""
    word = voice.letter * _UNBREAKABLE
    fields: dict[str, object] = {
        "title": word,
        "excerpt": f"{word} {voice.sentences[0]}",
        "categories": [word],
        "author": word,
        "image": {"path": "/images/tower.jpg", "alt": word},
    }
    return Post(
        fields, f"## {word}\n\n{word}\n\n- {word}\n\n| {word} | 1 |\n|---|---|\n| 2 | {word} |"
    )


def _emoji(voice: Voice, number: int) -> Post:
    """Families of emoji without a space between them, and an image without words."""
    fields: dict[str, object] = {
        "title": _FAMILY * 30,
        "excerpt": f"{_FAMILY * 12} {voice.sentences[1]}",
        "image": {"path": "/images/shore.jpg", "alt": ""},
        "categories": [voice.categories[0]],
    }
    return Post(fields, _text(voice, number, 3))


def _bare(voice: Voice, number: int) -> Post:
    """Neither image nor excerpt nor text."""
    return Post({"title": voice.titles[3]}, "")


def _strange(voice: Voice, number: int) -> Post:
    """Written from the other side, with measures of its own that are wider than any letter."""
    title, language = voice.stranger
    body = f"""\
<div style="width: 900px; position: absolute; left: -50px">{VOICES[language].sentences[0]}</div>

<table width="1200" style="width: 1200px"><tr><td width="900" nowrap>{title}</td><td>
<table><tr><td>{title}</td><td>{title}</td></tr></table></td></tr></table>

<img src="/images/shore.jpg" width="2400" height="420" alt="">
"""
    return Post({"title": title, "lang": language, "categories": [voice.categories[1]]}, body)


_DIFFICULT: dict[int, Callable[[Voice, int], Post]] = {
    0: _everything,
    1: _long_title,
    2: _unbreakable,
    3: _emoji,
    4: _bare,
    5: _strange,
    22: _unbreakable,
    23: _long_title,
    24: _emoji,
    60: _unbreakable,
}


def _text(voice: Voice, start: int, count: int) -> str:
    """So many sentences, from that of number `start` on."""
    every = voice.sentences
    return " ".join(every[(start + step) % len(every)] for step in range(count))
