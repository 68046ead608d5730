"""Made-up news of a made-up island: words, sentences and blocks for the corpus.

A sentence is a pattern whose slots are filled by chance. The Korean patterns put after each slot
only particles that fit any word, so that what comes out reads well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

# Each slot's words, with a bar between them.
WORDS = {
    "place": "솔바람 포구|동쪽 등대|달맞이 언덕|은모래 마을|"
    "북쪽 나루|갈매기 시장|물안개 골짜기|유채밭 길",
    "group": "주민 자치회|해양 연구팀|마을 도서관|어촌계|"
    "청년 목수 모임|버스 운영단|기록 보관소|산림 감시단",
    "topic": "여객선 시간표|빗물 저장고|해조류 양식|골목 가로등|"
    "겨울 난방비|중고 책 장터|산책로 복원|태양광 지붕",
    "when": "이번 주말|다음 달 초|지난 화요일|올해 안|장마 전|축제 기간|새 학기|내년 봄",
    "amount": "열두 곳|절반 이상|약 3천만 원|스물네 가구|"
    "하루 40편|1.8킬로미터|다섯 차례|8,200여 권",
    "action": "공개|점검|시작|확대|재검토|설명|시험 운영|마무리",
    "PLACE": "Sorbaram Pier|the east lighthouse|Moonrise Hill|"
    "Silver Sand|the gull market|Mist Hollow",
    "GROUP": "The ferry office|A team of carpenters|The island library|"
    "The weather desk|The fishing union|The school board",
    "TOPIC": "the night timetable|the rain cistern|kelp farming|"
    "street lamps|the heating fund|the trail repair",
    "WHEN": "this weekend|early next month|before the monsoon|by spring|on Tuesday|during the fair",
    "AMOUNT": "twelve sites|40 sailings a day|8,200 books|1.8 km|24 households|more than half",
}
CHOICES = {slot: words.split("|") for slot, words in WORDS.items()}

KOREAN = (
    "{group} 측은 {when}까지 {topic} 문제를 {action}하겠다고 밝혔습니다.",
    "{place}에서는 {amount}에 걸쳐 {topic} 작업이 이어지고 있습니다.",
    "담당자는 “{topic}만큼은 서두르지 않겠다”면서도 {when}에는 윤곽이 나온다고 덧붙였습니다.",
    "{place} 쪽 반응은 엇갈리지만, {group} 안에서는 기대가 더 큽니다.",
    "예산 가운데 {amount}에 해당하는 몫이 {topic} 사업에 쓰입니다.",
    "{when} 열리는 모임에서 {group} 대표가 {action} 계획을 직접 안내합니다.",
    "한편 {place}에 사는 이들은 {topic} 이야기를 {when}부터 꾸준히 해 왔습니다 👏.",
    "자세한 자료는 {place} 게시판과 {group} 누리집에서 볼 수 있습니다.",
)
ENGLISH = (
    "{GROUP} said that work on {TOPIC} would be finished {WHEN}.",
    'People near {PLACE} asked for *one more* hearing on {TOPIC}, and for "plain words".',
    "Of the budget, {AMOUNT} were set aside for {TOPIC} & nothing else.",
    "{GROUP} counted {AMOUNT} at {PLACE}; the [full table](https://example.org/tables?year=3&part=2)"
    " is public.",
    "What changes {WHEN} is **not the price** but the order in which {PLACE} is served.",
    "A `dry run` at {PLACE} showed that a < b does not always hold for {TOPIC}.",
)
TITLES = (
    "{place}, {topic} {action}",
    "{group} “{topic}, {when} {action}”",
    "{topic} {amount}… {place}의 선택",
    "{place}: {topic} & {action}",
    "Notes from {PLACE}: {TOPIC}",
    "{group} 소식 — <{topic}> 편",
)
COLOURS = ("#1b4f72", "#7b241c", "#0e6655", "#21538527")

_SLOT = re.compile(r"\{(\w+)\}")


def fill(random: Random, pattern: str) -> str:
    """`pattern` with every slot replaced by one of its words."""
    return _SLOT.sub(lambda slot: random.choice(CHOICES[slot[1]]), pattern)


def sentences(random: Random, patterns: tuple[str, ...], count: int) -> str:
    """`count` different sentences as one paragraph."""
    return " ".join(fill(random, pattern) for pattern in random.sample(patterns, count))


def title(random: Random) -> str:
    """A headline; some hold characters that markup and YAML take for their own."""
    return fill(random, random.choice(TITLES))


def korean_html(random: Random) -> str:
    """A section as a web editor leaves it: HTML blocks, inline colours, an empty paragraph."""
    colour = random.choice(COLOURS)
    heading = fill(random, "{place} {topic}")
    return (
        f'<h3><span style="color: {colour};">{heading}</span></h3>\n\n'
        f'<p style="line-height: 1.8;">{sentences(random, KOREAN, 4)}</p>\n\n'
        "<p>&nbsp;</p>"
    )


def html_list(random: Random) -> str:
    """An HTML list, followed by loose text on the next line."""
    items = "\n".join(f"  <li>{fill(random, '{when} {topic} {action}')}</li>" for _ in range(3))
    return f"<ul>\n{items}\n</ul>\n{fill(random, KOREAN[7])}"


def html_table(random: Random) -> str:
    """A small table with inline styles."""
    rows = "\n".join(
        '  <tr><td style="text-align: center; height: 18px;">'
        f"<b>{fill(random, '{place}')}</b></td>"
        f'<td style="background-color: {random.choice(COLOURS)};">'
        f"{fill(random, '{amount}')}</td></tr>"
        for _ in range(3)
    )
    return f'<table border="1">\n{rows}\n</table>'


def markdown_text(random: Random) -> str:
    """A heading and two paragraphs of Markdown, English and Korean."""
    return (
        f"## {fill(random, '{GROUP}, {WHEN}')}\n\n"
        f"{sentences(random, ENGLISH, 4)}\n\n"
        f"**{fill(random, '{topic}(KDC)')}**은 {sentences(random, KOREAN, 3)}"
    )


def markdown_list(random: Random) -> str:
    """A Markdown list, nested once."""
    lines = [f"- {sentences(random, ENGLISH, 1)}" for _ in range(2)]
    return "\n".join([*lines, f"  1. {fill(random, '{when}')}", f"  2. {fill(random, '{amount}')}"])


def markdown_quote(random: Random) -> str:
    """A block quote and a fenced block of code."""
    return (
        f"> {sentences(random, KOREAN, 2)}\n\n"
        f"```\nsail = {random.randrange(1000)}  # <raw> & literal\n```"
    )


def markdown_table(random: Random) -> str:
    """A Markdown table."""
    rows = "\n".join(fill(random, "| {place} | {amount} | {WHEN} |") for _ in range(3))
    return f"| 곳 | 규모 | when |\n|---|---:|---|\n{rows}"


BLOCKS: tuple[Callable[[Random], str], ...] = (
    korean_html,
    korean_html,
    markdown_text,
    markdown_text,
    html_list,
    html_table,
    markdown_list,
    markdown_quote,
    markdown_table,
)
