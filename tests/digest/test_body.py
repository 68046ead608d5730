"""An article's body in a letter: structure that fits, colours that can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsfeed.digest import body as fitting
from newsfeed.digest import colours
from newsfeed.digest.body import Body
from newsfeed.digest.theme import DEFAULT, RATIO

RGB = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


def fit_body(content_html: str) -> Body:
    """The body in the look of a newsletter that sets none."""
    return fitting.fit_body(content_html, DEFAULT)


def test_headings_begin_below_the_articles_title() -> None:
    """h1 is the letter, h2 the article; the steps between headings stay."""
    made = fit_body("<h2>a</h2><h3>b</h3><h6>c</h6>").html
    assert made == "<h3>a</h3><h4>b</h4><h6>c</h6>"


def test_a_table_of_one_cell_is_a_call_out() -> None:
    """Editors use such tables to set a sentence apart; its alignment stays, its height does not."""
    cell = '<table width="900"><tr><td style="text-align: center; height: 17px">x</td></tr></table>'
    assert fit_body(cell).html == (
        '<table border="0" cellpadding="0" cellspacing="0" class="callout" role="presentation">'
        '<tr><td style="text-align: center" class="panel">x</td></tr></table>'
    )


def test_the_columns_of_a_table_share_the_width() -> None:
    """A column of long texts or words gets more; all together never more than the whole."""
    made = html.fragment_fromstring(
        fit_body(
            "<table><tr><th>해</th><th>내용</th><th>a</th></tr>"
            "<tr><td>2026</td><td>아주 긴 설명이 들어 있는 칸입니다</td><td>b</td></tr></table>"
        ).html
    )
    widths = [int(str(cell.get("width")).removesuffix("%")) for cell in made.iter("th")]
    assert widths[1] > widths[0] > widths[2]
    assert 95 <= sum(widths) <= 100


def test_a_table_of_many_columns_can_be_scrolled() -> None:
    """More than six columns do not fit a phone."""
    made = fit_body(f"<table><tr>{'<td>x</td>' * 7}</tr></table>tail").html
    assert made.startswith('<div class="scroll" tabindex="0"><table')
    assert made.endswith("</table></div>tail")


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ('width="1200" height="600"', f'width="{DEFAULT.column}" height="276"'),
        ('width="100" height="50"', 'width="100" height="50"'),
        ('width="100%" height="50"', ""),
        ('style="width: 900px"', ""),
    ],
)
def test_an_image_is_never_wider_than_the_column(size: str, shown: str) -> None:
    """Outlook knows no max-width: the attribute must fit."""
    made = fit_body(f'<img src="https://e.example/x.png" alt="x" {size}>').html
    assert made == f'<img src="https://e.example/x.png" alt="x"{" " * bool(shown)}{shown}>'


def test_an_image_without_words_has_no_height() -> None:
    """Where images are not loaded it would be a blank box that nobody can explain."""
    made = fit_body('<img src="https://e.example/x.png" width="100" height="50">').html
    assert made == '<img src="https://e.example/x.png" alt="" width="100">'


def test_classes_and_ids_of_authors_do_not_meet_ours() -> None:
    """A post with class="button" or id="top" is not styled as ours."""
    assert fit_body('<p class="button" id="top">x</p>').html == "<p>x</p>"


def test_text_and_markup_stay_as_they_are() -> None:
    """Loose text, escapes, tails and emptiness survive."""
    for source in ("", "a &lt; b <b>c</b> d", "<p>1 &amp; 2</p>tail", "한글 👍"):
        assert fit_body(source).html == source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#1a5490", ((26, 84, 144), 1.0)),
        ("#FFF", ((255, 255, 255), 1.0)),
        ("#21538527", ((33, 83, 133), 39 / 255)),
        ("#0008", ((0, 0, 0), 136 / 255)),
        ("rgb(1, 2, 3)", ((1, 2, 3), 1.0)),
        ("rgba(33,83,133,.15)", ((33, 83, 133), 0.15)),
        ("rgb(1 2 3 / 50%)", ((1, 2, 3), 0.5)),
        ("rgb(999, 2, 3)", ((255, 2, 3), 1.0)),
        ("Yellow", ((255, 255, 0), 1.0)),
        ("transparent", None),
        ("#12345", None),
        ("url(x)", None),
        ("", None),
    ],
)
def test_a_colour_is_read_in_every_notation(
    text: str, expected: tuple[colours.RGB, float] | None
) -> None:
    """Hex of three to eight digits, rgb() old and new, names; anything else is no colour."""
    assert colours.parse(text) == expected


def test_contrast_is_that_of_the_guidelines() -> None:
    """WCAG: black on white 21, #767676 on white just above 4.5."""
    white = (255, 255, 255)
    assert colours.contrast((0, 0, 0), white) == pytest.approx(21)
    assert colours.contrast((118, 118, 118), white) == pytest.approx(4.54, abs=0.01)


@given(RGB, RGB)
def test_any_colour_can_be_made_legible_on_any_ground(
    colour: colours.RGB, ground: colours.RGB
) -> None:
    """4.5 to 1 is always reached; a colour that has it stays."""
    found = colours.legible(colour, ground, RATIO)
    assert colours.contrast(found, ground) >= RATIO
    if colours.contrast(colour, ground) >= RATIO:
        assert found == colour


def shown(made: html.HtmlElement, dark: dict[str, str]) -> tuple[colours.RGB, colours.RGB]:
    """The text colour of the innermost span in light and in dark mode, as a browser finds it."""
    light, night = DEFAULT.light.text, DEFAULT.dark.text
    for span in made.iter("span"):
        styles = dict(part.split(": ") for part in str(span.get("style", "")).split("; ") if part)
        if "color" in styles:
            light = night = (colours.parse(styles["color"]) or ((0, 0, 0), 1))[0]
        for name in str(span.get("class", "")).split():
            night = (colours.parse(dark[name]) or ((0, 0, 0), 1))[0]
    return light, night


@given(RGB | st.none(), RGB | st.none(), st.sampled_from([0.15, 0.5, 1.0]), RGB | st.none())
def test_every_coloured_phrase_can_be_read_in_light_and_dark(
    outer: colours.RGB | None,
    fill: colours.RGB | None,
    opacity: float,
    inner: colours.RGB | None,
) -> None:
    """Whatever colours authors nest, text has 4.5 to 1 on what lies behind it in both modes."""
    styles = [
        "; ".join(
            [f"color: {colours.css(ink)}" for ink in [ink] if ink]
            + [f"background-color: {colours.css(ground, opacity)}" for ground in [ground] if ground]
        )
        for ink, ground in ((outer, fill), (inner, None))
    ]
    body = fit_body(f'<p><span style="{styles[0]}"><span style="{styles[1]}">x</span></span></p>')
    light, dark = shown(html.fragment_fromstring(body.html), body.dark)
    for ink, palette in ((light, DEFAULT.light), (dark, DEFAULT.dark)):
        ground = colours.mixed(fill, palette.background, opacity) if fill else palette.background
        assert colours.contrast(ink, ground) >= RATIO


def test_a_translucent_background_stays_translucent() -> None:
    """`#21538527` becomes rgba(), which mail programs know; it suits both modes."""
    made = fit_body('<p style="background-color: #21538527">x</p>')
    assert made.html == '<p style="background-color: rgba(33, 83, 133, 0.153)">x</p>'
    assert made.dark == {}


def test_dark_text_returns_on_a_bright_background() -> None:
    """A yellow marker is read in dark letters, in dark mode too."""
    made = fit_body('<span style="background-color: yellow">x</span>')
    assert made.html == '<span style="background-color: #ffff00" class="d-1c2026">x</span>'
    assert made.dark == {"d-1c2026": "#1c2026"}


def test_dark_mode_undoes_a_colour_that_was_mended_for_light_mode() -> None:
    """Near-white text: darker on white, as it was on black."""
    made = fit_body('<span style="color: #e6e8ec">x</span>')
    assert made.html == '<span style="color: #737476" class="d-e6e8ec">x</span>'
    assert made.dark == {"d-e6e8ec": "#e6e8ec"}


def test_of_authors_styles_only_those_that_cannot_break_the_letter_stay() -> None:
    """No positions, sizes or images."""
    made = fit_body(
        '<p style="position: fixed; width: 900px; BACKGROUND: url(x); font-weight: 700; '
        'text-align: right !important; margin: -9px">x</p>'
    )
    assert made.html == '<p style="font-weight: 700; text-align: right">x</p>'


@pytest.mark.parametrize(
    "blank",
    [
        "<p></p>",
        "<p>&nbsp;</p>",
        "<p> <br> </p>",
        "<h2><b>\u200b</b></h2>",
        "<div><p>&nbsp;</p></div>",
    ],
)
def test_what_only_makes_space_goes(blank: str) -> None:
    """The style sheet has the space already; text around stays."""
    assert fit_body(f"<p>a</p>{blank * 3}tail<p>b</p>").html == "<p>a</p>tail<p>b</p>"


def test_an_image_without_words_is_not_empty() -> None:
    """Nor is a table or a rule."""
    for source in ('<p><img src="https://e.example/x.png" alt=""></p>', "<div><hr></div>"):
        assert fit_body(source).html == source


def test_a_run_of_line_breaks_is_one_empty_line() -> None:
    """Two of them are a paragraph to authors; five are no more."""
    assert fit_body("<p>a<br><br> <br>\n<br><br>b<br>c</p>").html == "<p>a<br><br> \nb<br>c</p>"


def test_code_lies_in_a_cell() -> None:
    """Outlook gives padding to cells only."""
    made = html.fragment_fromstring(fit_body("<pre><code>x</code></pre>tail").html, "div")
    assert made.xpath("string(table[@role='presentation']//td/pre/code)") == "x"
    assert made.find("table").tail == "tail"


@pytest.mark.parametrize(("language", "slant"), [("ko-KR", "normal"), ("ja", "normal"), ("en", "")])
def test_hangul_and_kana_stand_upright(language: str, slant: str) -> None:
    """E-H-08: emphasis is bold where there are no italics."""
    body = fitting.fit_body(
        "<p><em style='color: #111111'>강조</em></p>", DEFAULT, language=language
    )
    style = str(html.fragment_fromstring(body.html).find("em").get("style"))
    assert ("font-style: normal" in style) is bool(slant)


def test_an_authors_background_of_a_call_out_stays_in_dark_mode() -> None:
    """The dark panel is for cells that have none of their own, so that text is read on its own."""
    made = fit_body(
        '<table><tr><td style="background-color: #fff3cd; color: #664d03">x</td></tr></table>'
        "<table><tr><td>y</td></tr></table>"
    )
    own, ours = html.fragment_fromstring(made.html, "div").iter("td")
    assert "panel" not in str(own.get("class"))
    assert made.dark == {"d-664d03": "#664d03"}
    assert ours.get("class") == "panel"
