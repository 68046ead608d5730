"""The letter as a whole: what is in it, how large it is, and that nothing breaks it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from newsfeed.digest.budget import share, weigh
from newsfeed.digest.compose import LIMIT, UNSUBSCRIBE, Sender, compose
from newsfeed.digest.gate import flaws
from newsfeed.model import Letter
from tests.digest.letters import (
    SENDER,
    SMALL,
    SPECIAL,
    TEMPLATES,
    edition,
    item,
    long_body,
    made,
    message,
    picture,
    templates,
    tree,
)

GOLDEN = Path(__file__).parent / "golden"


def golden_letters() -> dict[str, str]:
    """File name -> content, of an edition of articles and of one of own words only."""
    weekly, special = made(SMALL), made(SPECIAL)
    return {
        "weekly.html": weekly.html,
        "weekly.txt": weekly.text,
        "weekly-web.html": weekly.web,
        "special.html": special.html,
        "special.txt": special.text,
    }


@pytest.fixture(scope="module")
def small() -> Letter:
    """The letter of the small edition."""
    return made(SMALL)


def test_the_editions_give_the_golden_letters() -> None:
    """Byte for byte. After a wanted change: `python -m tests.digest.test_compose`, and read."""
    letters = golden_letters()
    assert letters.keys() == {path.name for path in GOLDEN.iterdir()}
    for name, letter in letters.items():
        assert letter == (GOLDEN / name).read_text(encoding="utf-8"), name


def test_the_same_edition_gives_the_same_letter() -> None:
    """Nothing depends on the clock or on what was composed before."""
    first = made(SMALL)
    made(edition(item(9, "<p style='color: red'>x</p>")))
    assert made(SMALL) == first


def test_a_letter_passes_the_gate(small: Letter) -> None:
    """From articles to bytes without a flaw."""
    assert flaws(message(small)) == []


def test_every_address_of_the_html_is_in_the_text(small: Letter) -> None:
    """E-M-04, E-H-12: also the ways to leave and to the web."""
    addresses = {str(address) for address in tree(small).xpath("//a/@href")}
    assert {
        UNSUBSCRIBE,
        SENDER.view_url,
        SENDER.site_url,
        "https://e.example/a?b=1&c=2",
    } <= addresses
    assert [address for address in addresses if address not in small.text] == []


def test_the_preheader_is_the_first_text(small: Letter) -> None:
    """E-M-12: what mail programs show beside the subject comes first and is hidden."""
    page = tree(small)
    first = next(text for text in page.find("body").itertext() if text.strip())
    assert first.startswith("1번째 글의 요약입니다. · 2번째 글 · An English article")
    (hidden,) = page.xpath("//*[contains(@class, 'preheader')]")
    assert "display:none" in hidden.get("style")


def test_the_frame_says_language_title_and_mode(small: Letter) -> None:
    """E-H-03, E-H-05: for screen readers, webmail that drops html and body, and dark mode."""
    assert small.html.startswith("<!DOCTYPE html>\n<html")
    page = tree(small)
    assert page.get("lang") == "ko"
    assert page.xpath("string(//title)") == SMALL.subject
    assert page.xpath("//body/main/*[@lang='ko'][@dir='ltr']")
    assert page.xpath("//meta[@name='color-scheme'][@content='light dark']")
    assert "@media (prefers-color-scheme: dark)" in small.html


def test_headings_form_an_outline(small: Letter) -> None:
    """E-H-06: one h1, an h2 for each article, the articles' own below."""
    page = tree(small)
    assert [h.tag for h in page.iter("h1", "h2", "h3", "h4")] == [
        "h1",
        "h2",
        "h3",
        "h2",
        "h2",
        "h2",
    ]


def test_nothing_needs_a_class_or_a_style_sheet(small: Letter) -> None:
    """E-H-09: what classes say in light mode is in every style attribute."""
    page = tree(small)
    styled = [element for element in page.iter(etree.Element) if element.get("class")]
    bare = {str(e.get("class")) for e in styled if not e.get("style")}
    assert all(re.fullmatch(r"(body|d-[0-9a-f]{6})", name) for name in bare), bare


def test_layout_tables_say_that_they_are_none(small: Letter) -> None:
    """E-H-01: all tables but the article's own one of data."""
    tables = tree(small).xpath("//table[not(@role='presentation')]")
    assert [table.get("class") for table in tables] == ["grid"]


def test_outlooks_comments_are_balanced(small: Letter) -> None:
    """E-H-10: a ghost table that opens also closes."""
    ghosts = "".join(re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", small.html, re.DOTALL))
    for tag in ("table", "tr", "td"):
        assert ghosts.count(f"<{tag}") == ghosts.count(f"</{tag}>")


def test_images_have_size_and_description(small: Letter) -> None:
    """E-H-04: the lead's in the width of the column, a row's small."""
    images = tree(small).xpath("//img")
    assert [(i.get("width"), i.get("height")) for i in images] == [("552", "290"), ("112", "112")]
    assert all(image.get("alt") for image in images)


def test_a_lead_image_that_is_in_the_body_is_not_shown_twice() -> None:
    """The author put it there."""
    url = picture().url
    letter = made(edition(item(1, f'<p><img src="{url}" alt="x"></p>', image=picture())))
    assert letter.html.count(url) == 1


def test_a_letter_of_excerpts_has_no_bodies() -> None:
    """`content = "excerpt"`: summaries and ways to read on."""
    letter = made(SMALL, "excerpt")
    assert "푸른 강조" not in letter.html + letter.text
    assert letter.html.count(">이어서 읽기</a>") == len(SMALL.items)
    assert "1번째 글의 요약입니다." in letter.text


@pytest.mark.parametrize(("count", "kilobytes"), [(1, 200), (20, 8), (60, 1), (300, 1)])
def test_a_letter_is_never_cut_by_a_mail_program(count: int, kilobytes: int) -> None:
    """E-M-13: at most 72 KB of HTML, a lead at its head, and the way out also near its start."""
    body = long_body(kilobytes)
    letter = made(edition(*(item(n, body, summary="요약 " * 60) for n in range(count))))
    size = len(letter.html.encode())
    assert size <= LIMIT
    assert letter.html.encode().index(UNSUBSCRIBE.encode()) < 10 * 1024
    assert letter.html.count(UNSUBSCRIBE) == 2
    assert len(tree(letter).xpath("//td[contains(@class, 'article')]")) >= min(count, 10)


@pytest.mark.parametrize(("count", "least"), [(5, 5), (12, 9), (20, 5)])
def test_what_the_limit_leaves_is_used_for_bodies(count: int, least: int) -> None:
    """Articles of 5 KB: few of them all in full, of many the first ones, the others as excerpts."""
    letter = made(edition(*(item(n, long_body(3)) for n in range(count))))
    articles = tree(letter).xpath("//td[contains(@class, 'article')]")
    full = [bool(article.xpath(".//*[@class='body']")) for article in articles]
    assert len(articles) == count
    assert full == sorted(full, reverse=True)
    assert sum(full) >= least
    assert letter.text.count("가나다라마바사아자차") == letter.html.count("가나다라마바사아자차")


def test_a_huge_article_leaves_room_for_the_next() -> None:
    """One that does not fit is an excerpt; the one after it is in full."""
    letter = made(edition(item(1, long_body(500)), item(2, "<p>짧은 본문</p>")))
    assert "짧은 본문" in letter.html
    assert "1번째 글의 요약입니다." in letter.html


def test_what_cannot_even_be_listed_is_counted() -> None:
    """300 articles: the rest is on the web."""
    letter = made(edition(*(item(n) for n in range(300))))
    listed = len(tree(letter).xpath("//h2/a")) + len(tree(letter).xpath("//*[@class='entry']"))
    assert f"이 밖에 {300 - listed}건을 웹에서 볼 수 있습니다" in letter.html
    assert f"이 밖에 {300 - listed}건을 웹에서 볼 수 있습니다" in letter.text


@given(st.lists(st.integers(0, 90_000), max_size=30), st.integers(0, 200), st.integers(0, 90_000))
def test_shares_never_exceed_the_room(bodies: list[int], more: int, room: int) -> None:
    """Pure arithmetic: what is shown fits, rows come before titles, bodies have rows."""
    items = [weigh(item(1, "x" * size), "s", with_body=True) for size in bodies]
    others = [weigh(item(1), "s", with_body=False)] * more
    shares = share(items, others, room)
    assert 0 <= shares.rows <= len(items)
    assert 0 <= shares.entries <= len(items) - shares.rows + more
    assert shares.full <= set(range(shares.rows))
    assert all(bodies[number] for number in shares.full)
    used = sum(items[n].full if n in shares.full else items[n].excerpt for n in range(shares.rows))
    used += shares.entries * (items + others)[0].entry if shares.entries else 0
    assert used <= max(room, 0)


HOSTILE = [
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "<script>x</script>",
    '"><b>',
    "&amp;",
    "</td>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_titles_names_and_summaries_are_only_text(text: str) -> None:
    """S-17, S-18: in every place that comes from articles and settings."""
    hostile = edition(
        item(
            1,
            "",
            title=text,
            summary=text,
            authors=(text,),
            categories=(text,),
            image=picture(alt=text),
        ),
        item(2, "", title=text),
        more=(item(3, title=text),),
    )
    sender = Sender(site_title=text, postal_address=text)
    letter = made(hostile, sender=sender)
    page = tree(letter)
    assert [str(h.text_content()) for h in page.xpath("//h2")][:2] == [text, text]
    assert page.xpath("//img")[0].get("alt") == text
    assert page.xpath("//script | //b") == []
    assert text in letter.text


@settings(max_examples=15)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_gives_a_letter_that_passes_the_gate(title: str, summary: str) -> None:
    """Whatever the collector lets through, a message comes out."""
    from newsfeed.text import clean, one_line

    one = item(1, "", title=one_line(title) or "x", summary=clean(summary))
    letter = compose(edition(one), SENDER, TEMPLATES)
    assert flaws(message(letter)) == []


def test_an_english_letter_has_english_words_and_dates() -> None:
    """Dates in the zone of the slot."""
    letter = made(edition(item(1, "", language="en"), language="en"))
    for words in ("Read more", "Unsubscribe", "View in browser", "Monday, 23 November 2026"):
        assert words in letter.html
        assert words in letter.text
    assert "20 November 2026" in letter.text


def test_a_letter_from_the_right_mirrors_its_sides() -> None:
    """`dir`, alignment and indents follow the language; an article's own follow the article's."""
    letter = made(edition(item(1, "<ul><li>x</li></ul>", language="en"), language="ar"))
    page = tree(letter)
    assert page.get("dir") == "rtl"
    (article,) = page.xpath("//td[contains(@class, 'article')]")
    assert article.get("dir") == "ltr"
    assert "text-align:left" in article.get("style")
    assert "margin-right:22px" in page.xpath("//ul")[0].get("style")


def test_dates_are_those_of_the_letters_zone() -> None:
    """Published on the 20th in London's evening is the 21st in Seoul."""
    evening = datetime(2026, 11, 20, 18, tzinfo=UTC)
    assert "2026년 11월 21일" in made(edition(item(1, "", published=evening))).text


def test_a_template_that_takes_more_than_expected_still_gives_a_small_letter(
    tmp_path: Path,
) -> None:
    """The estimate is only a beginning; what counts is the result."""
    (tmp_path / "_image.html.j2").write_text("<p>much</p>" * 900, encoding="utf-8")
    wordy = edition(*(item(number, long_body(1), image=picture()) for number in range(9)))
    assert len(compose(wordy, SENDER, templates(tmp_path)).html.encode()) <= LIMIT


def test_a_sender_without_site_or_address_leaves_no_gaps() -> None:
    """No dead link, no empty line of contact."""
    letter = made(edition(item(1, "")), sender=Sender(site_title="Site"))
    assert "" not in tree(letter).xpath("//a/@href")
    assert letter.text.rstrip().endswith("Site")


def test_an_own_partial_replaces_ours(tmp_path: Path) -> None:
    """An operator's footer, the rest as it is."""
    (tmp_path / "_footer.html.j2").write_text("<tr><td>my {{ title }}</td></tr>", encoding="utf-8")
    letter = compose(SMALL, SENDER, templates(tmp_path))
    assert "my 주간 브리핑" in letter.html
    assert "앞선 글" in letter.html


if __name__ == "__main__":
    for name, letter in golden_letters().items():
        (GOLDEN / name).write_text(letter, encoding="utf-8")
