"""Promises that hold for any body whatever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newsfeed.collect.markup import MarkupContext, Profile, plain_text, render
from tests.collect.markup.kit import LEAD, URL
from tests.collect.markup.test_xss import CORPUS, check

PIECES = [
    *[
        "<",
        "</",
        ">",
        "/",
        "=",
        "'",
        '"',
        "`",
        "```\n",
        "\n",
        "\n\n",
        "\n    ",
        " ",
        "&",
        "&#",
        "&lt;",
    ],
    *["*", "**", "_", "~", "~~", "[", "](", ")", "![", "|", "\n|-|-|\n", "- ", "1. ", "> ", "# "],
    *["{:", "{: .x}", "{::comment}", "{:/}", "{:toc}", "{#a}", "*[", "]: ", "[^1]", "\n: "],
    *["<p>", "</p>", "<div>", "</div>", '<div markdown="1">', "<b>", "</b>", "<ul><li>", "</ul>"],
    *["<table>", "<tr>", "<td>", "</table>", "<pre>", "</pre>", "<hr>", "<br>", "<h2>", "</h2>"],
    *[
        "<a href='",
        "'>",
        "</a>",
        "<img src=",
        "<img srcset='",
        "<video src=x>",
        "<source>",
        "<picture>",
    ],
    *["<!--", "-->", "<![CDATA[", "]]>", "<?", "<math>", "<svg>", "<style>", "</style>", "<title>"],
    *[
        "<noscript>",
        "<textarea>",
        "<template>",
        "<iframe>",
        "<select>",
        "<form>",
        "<body>",
        "</body>",
    ],
    *[
        "가",
        "글 ",
        "\xa0",
        "\u3000",
        "\u200b",
        "\u0338",
        "\ufdd0",
        "\x00",
        "\x08",
        "\ufffe",
        "\r",
        "\t",
    ],
    *["https://example.org/", "//example.com", "../x", "javascript:", "data:", "style='color:red'"],
]
soup = st.lists(st.sampled_from(PIECES + CORPUS), max_size=25).map("".join)
contexts = st.builds(
    MarkupContext,
    url=st.just(URL),
    lead_image=st.sampled_from(["", LEAD, "/x"]),
    drop_lead_image=st.booleans(),
    kramdown=st.booleans(),
    markdown=st.booleans(),
    heading_shift=st.integers(0, 3),
)


@settings(max_examples=300)
@given(soup | st.text(), contexts, st.sampled_from(Profile))
def test_any_body_becomes_harmless_html(
    source: str, context: MarkupContext, profile: Profile
) -> None:
    """No text makes `render` fail, and no text gets anything active through."""
    html = render(source, context, profile).html
    check(html)
    assert "\n" not in plain_text(html)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_plain_words_come_through(word: str) -> None:
    """Text without markup is published as it was written."""
    escaped = "".join(f"&#{ord(character)};" for character in word)
    assert (
        plain_text(render(f"<p>{escaped}</p>", MarkupContext(url=URL), Profile.FEED).html) == word
    )
