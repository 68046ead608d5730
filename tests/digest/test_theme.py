"""The look: both palettes from a handful of values, readable whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest import colours
from newsfeed.digest.skin import LOGO_HEIGHT, LOGO_WIDTH, skin
from newsfeed.digest.theme import DEFAULT, RATIO, Palette, Theme, make
from newsfeed.errors import SettingsError
from newsfeed.model import Image

HEX = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)).map(colours.css)


def assert_readable(palette: Palette) -> None:
    """Text, muted text and accent on background and panel; text on the button."""
    for ink in (palette.text, palette.muted, palette.accent):
        for ground in (palette.background, palette.panel):
            assert colours.contrast(ink, ground) >= RATIO
    assert colours.contrast(palette.on_accent, palette.accent) >= RATIO


def test_the_look_that_nobody_chose_can_be_read_in_both_modes() -> None:
    """And its accent is the one that is documented."""
    assert_readable(DEFAULT.light)
    assert_readable(DEFAULT.dark)
    assert colours.css(DEFAULT.light.accent) == "#0b57d0"
    assert DEFAULT.notes == ()


@given(HEX, HEX, HEX)
def test_every_look_that_is_taken_can_be_read_in_both_modes(
    accent: str, text: str, background: str
) -> None:
    """Any accent on any ground; text too near to its ground is refused, and nothing else is."""
    near = colours.contrast(rgb(text), rgb(background)) < RATIO
    if near:
        with pytest.raises(SettingsError, match="cannot be read on the background"):
            make(accent=accent, text=text, background=background)
        return
    theme = make(accent=accent, text=text, background=background)
    assert_readable(theme.light)
    assert_readable(theme.dark)
    assert (theme.light.text, theme.light.background) == (rgb(text), rgb(background))


def rgb(text: str) -> colours.RGB:
    """The parts of a colour in six digits."""
    found = colours.parse(text)
    assert found
    return found[0]


def test_dark_mode_is_dark_and_keeps_no_pure_black_or_white() -> None:
    """E-H-05: grounds in the hue of the operator's colours; also for black text on white."""
    for theme in (DEFAULT, make(text="#000000"), make(text="#4a2511", background="#fff8f0")):
        dark = theme.dark
        assert colours.contrast(dark.background, (0, 0, 0)) < 1.5
        assert {(0, 0, 0), (255, 255, 255)}.isdisjoint({dark.background, dark.text})


def test_a_dark_look_stays_itself_in_dark_mode() -> None:
    """Who writes light text on a dark background gets no second dark."""
    theme = make(text="#eeeeee", background="#101418", accent="#ffcc00")
    assert theme.dark == theme.light


def test_an_accent_that_cannot_be_read_is_moved_and_told() -> None:
    """Yellow on white: with the colour that letters show, so that it can be written down."""
    theme = make(accent="#ffcc00", where="newsletters.weekly.theme")
    (note,) = theme.notes
    assert note.startswith("newsletters.weekly.theme.accent: #ffcc00 cannot be read")
    assert colours.css(theme.light.accent) in note
    assert make(accent=colours.css(theme.light.accent)).notes == ()


@pytest.mark.parametrize(
    ("values", "key", "remedy"),
    [
        ({"accent": "bluish"}, "accent", "six hex digits"),
        ({"accent": "#12345"}, "accent", "six hex digits"),
        ({"accent": "url(https://e.example/x.png)"}, "accent", "six hex digits"),
        ({"accent": "#0b57d080"}, "accent", "six hex digits"),
        ({"background": "red; x: y"}, "background", "six hex digits"),
        ({"text": "#999999"}, "text", "write a colour like #5"),
        ({"width": 319}, "width", "from 320 to 800"),
        ({"width": 801}, "width", "from 320 to 800"),
        ({"corner": -1}, "corner", "from 0 to 40"),
        ({"corner": 41}, "corner", "from 0 to 40"),
        ({"font": "x; color: red"}, "font", "Georgia, serif"),
        ({"font": "a} b{"}, "font", "Georgia, serif"),
        ({"font": "</style><script>"}, "font", "Georgia, serif"),
        ({"font": "url(x)"}, "font", "Georgia, serif"),
        ({"font": "it's"}, "font", "Georgia, serif"),
        ({"font": ""}, "font", "Georgia, serif"),
        ({"font": "serif,"}, "font", "Georgia, serif"),
        ({"font": "a," * 9 + "b"}, "font", "Georgia, serif"),
    ],
)
def test_impossible_values_are_refused_with_their_key(
    values: dict[str, object], key: str, remedy: str
) -> None:
    """The message names the setting and what to write; nothing reaches the style sheet."""
    with pytest.raises(SettingsError) as caught:
        make(**values, where="newsletters.weekly.theme")  # type: ignore[arg-type]
    assert caught.value.where == f"newsletters.weekly.theme.{key}"
    assert remedy in caught.value.remedy


@given(st.text(max_size=40))
def test_no_font_can_leave_its_declaration(font: str) -> None:
    """Whatever is taken as a font is names, commas and our own quotes."""
    try:
        stack = make(font=font).font
    except SettingsError:
        return
    assert not set(stack) & set(';{}<>"()\\:@/\n')
    assert stack.count("'") % 2 == 0


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("ko", "Malgun Gothic"),
        ("ja-JP", "Hiragino Sans"),
        ("zh", "PingFang SC"),
        ("en", "Segoe UI"),
    ],
)
def test_a_language_is_written_in_its_own_fonts(language: str, family: str) -> None:
    """The same ideograph has other strokes in Seoul and in Tokyo."""
    assert family in str(skin(DEFAULT, language)["font"])


def test_an_operators_font_comes_first_and_korean_after_it() -> None:
    """A Latin family has no Hangul: what draws it stands behind it, of the same kind."""
    stack = str(skin(make(font="Gowun Batang, Georgia, serif"), "ko")["font"])
    assert stack.startswith("'Gowun Batang', Georgia, 'Noto Serif KR'")
    assert stack.endswith(", serif")


@pytest.mark.parametrize(
    ("size", "shown"),
    [((400, 96), (200, 48)), ((2000, 100), (200, 10)), ((96, 96), (48, 48)), ((60, 20), (60, 20))],
)
def test_a_logo_stays_in_its_box(size: tuple[int, int], shown: tuple[int, int]) -> None:
    """In proportion, and never larger than it is."""
    logo = Image(url="https://e.example/l.png", alt="x", width=size[0], height=size[1])
    box = skin(with_logo(logo), "ko")["logo"]
    assert isinstance(box, dict)
    assert (box["width"], box["height"]) == shown
    assert box["width"] <= LOGO_WIDTH
    assert box["height"] <= LOGO_HEIGHT


def with_logo(logo: Image) -> Theme:
    """The default look with a logo."""
    return make(logo=logo)
