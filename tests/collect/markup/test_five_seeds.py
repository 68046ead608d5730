"""Promises about the five real posts beside the checkout, by their values."""

from __future__ import annotations

import re
from pathlib import Path

import frontmatter
import pytest

from newsfeed.collect.markup import MarkupContext, Profile, author_excerpt, excerpt, plain_text
from tests.collect.markup.kit import Tags, rendered

SITE = "https://news.example.org"
NEWS = '실시간 뉴스 속보는, <a href="https://newsdao.kr" rel="noopener">https://newsdao.kr</a>'
TIPS = '유용한 생활 정보가 필요하시다면, <a href="https://opensis.kr" rel="noopener">opensis.kr</a>'
MORE = '원하는 뉴스 찾아보기 👉 <a href="https://newsdao.kr" rel="noopener">newsdao.kr</a>'
LAST_LINES = {"000": NEWS, "001": TIPS, "002": MORE, "003": NEWS, "004": NEWS}


@pytest.fixture(params=sorted(LAST_LINES))
def post(request: pytest.FixtureRequest, shared_seeds: Path) -> tuple[str, frontmatter.Post]:
    """The number of a post, and the post."""
    number: str = request.param
    (path,) = shared_seeds.glob(f"{number}_*.txt")
    return number, frontmatter.load(str(path))


def lead_of(post: frontmatter.Post) -> str:
    return f"{SITE}{post['image']}"


def html_of(post: frontmatter.Post, profile: Profile) -> str:
    return rendered(post.content, MarkupContext(url=f"{SITE}/news/a/"), profile).html


def test_the_line_after_the_last_block_is_a_paragraph(post: tuple[str, frontmatter.Post]) -> None:
    """The trailing text of each post is in a paragraph of its own."""
    number, source = post
    assert html_of(source, Profile.FEED).endswith(f"<p>{LAST_LINES[number]}</p>")


def test_no_text_is_lost(post: tuple[str, frontmatter.Post]) -> None:
    """The words of the source are those of the result, in the same order."""
    _, source = post
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]*>|&nbsp;", " ", source.content)
    shown = plain_text(html_of(source, Profile.FEED))
    assert shown.replace(" ", "") == "".join(text.split())


def test_no_blank_bands_and_no_editors_attributes(post: tuple[str, frontmatter.Post]) -> None:
    """NBSP paragraphs, data-ke-size and dofollow are gone."""
    _, source = post
    for profile in Profile:
        html = html_of(source, profile)
        assert not re.search(r"&nbsp;|data-|dofollow|height|markdown=", html)
        assert "<p></p>" not in html


def test_images_are_absolute_and_known(post: tuple[str, frontmatter.Post]) -> None:
    """Each body shows the lead image under its absolute address."""
    _, source = post
    result = rendered(
        source.content, MarkupContext(url=f"{SITE}/news/a/", lead_image=lead_of(source))
    )
    assert Tags(result.html).values("src") == [lead_of(source)]
    assert result.has_lead_image


def test_a_letter_does_not_show_the_lead_image_twice(post: tuple[str, frontmatter.Post]) -> None:
    """It stands above the body."""
    _, source = post
    context = MarkupContext(url=f"{SITE}/a/", lead_image=lead_of(source), drop_lead_image=True)
    result = rendered(source.content, context, Profile.STYLED)
    assert "<img" not in result.html
    assert not result.has_lead_image
    assert result.html.startswith(("<h2>", "<p>출처:"))


def test_colours_stay_in_letters_and_not_in_feeds(post: tuple[str, frontmatter.Post]) -> None:
    """Eight translucent backgrounds in two posts become rgba; feeds have no style."""
    number, source = post
    letter = html_of(source, Profile.STYLED)
    assert letter.count("rgba(33, 83, 133, 0.153)") == source.content.count("#21538527")
    assert (letter.count("rgba(") > 0) == (number in {"002", "003"})
    assert letter.count("color:#1a5490") == source.content.count("color: #1a5490")
    assert "style" not in html_of(source, Profile.FEED)


def test_the_call_outs_keep_their_alignment(post: tuple[str, frontmatter.Post]) -> None:
    """Every cell is centred still, without its 17 pixels."""
    _, source = post
    letter = html_of(source, Profile.STYLED)
    assert letter.count('<td style="text-align:center">') == source.content.count("<td ")


def test_excerpts_end_once(post: tuple[str, frontmatter.Post]) -> None:
    """The author's excerpt ends with what it ended with, the cut one at a sentence."""
    number, source = post
    given = author_excerpt(str(source["excerpt"]))
    assert "  " not in given
    assert given.endswith("워…" if number == "002" else ".")
    assert "……" not in given
    cut = excerpt(plain_text(html_of(source, Profile.FEED)))
    assert len(cut) <= 200
    assert cut.endswith("다.")


def test_a_heading_in_an_excerpt_is_words(post: tuple[str, frontmatter.Post]) -> None:
    """`## …` in a folded text is no number signs."""
    _, source = post
    assert "#" not in author_excerpt(str(source["feature_text"]))
