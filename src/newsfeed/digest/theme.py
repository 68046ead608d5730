"""The named values of the look: a handful that operators set, and all that is made of them.

The style sheet and the contrast of articles come from them. Values in, values out.
"""

from __future__ import annotations

import colorsys
import re

import msgspec

from newsfeed.digest.colours import RGB, contrast, css, legible, legible_on, mixed, parse
from newsfeed.errors import SettingsError, message
from newsfeed.model import Image

RATIO = 4.5
"""Contrast that text needs on its ground (WCAG 2.2, success criterion 1.4.3)."""

ACCENT, TEXT, BACKGROUND, FONT = "#0b57d0", "#1c2026", "#ffffff", "sans-serif"
WIDTH, CORNER = 600, 8
"""Pixels."""

NARROWEST, WIDEST, ROUNDEST = 320, 800, 40
GUTTER = 24
"""Pixels left and right of the text."""

_FAMILY = re.compile(r"[^\W_][\w -]{0,63}")
_GENERIC = frozenset({"serif", "sans-serif", "monospace"})
_MOST_FAMILIES = 8

# Shares of the text's colour over the background, by day and by night: a bright line on dark ground
# looks thinner.
_PANEL, _LINE, _MUTED = (0.045, 0.065), (0.13, 0.17), (0.7, 0.66)

# Lightness and the most saturation (HLS) of what dark mode makes of background and text.
_NIGHT, _NIGHT_TEXT = (0.1, 0.16), (0.91, 0.18)

_NIGHT_ACCENT = 7.0
"""Contrast of an accent in dark mode: a light tint glares less than a pure colour."""

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of one mode. Text, muted and accent can be read on background and panel."""

    background: RGB
    panel: RGB
    line: RGB
    text: RGB
    muted: RGB
    accent: RGB
    on_accent: RGB

    def as_css(self) -> dict[str, str]:
        """Each colour by its name, as templates use it."""
        return {name: css(getattr(self, name)) for name in self.__struct_fields__}


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """The look of a newsletter.

    `font` are families as CSS has them, the last one generic. `width` and `corner` are pixels, of
    the letter with its margins and of a corner's radius. `notes` say what was changed of the
    operator's values, as messages for people.
    """

    light: Palette
    dark: Palette
    font: str
    width: int
    corner: int
    logo: Image | None = None
    notes: tuple[str, ...] = ()

    @property
    def column(self) -> int:
        """Pixels between the margins."""
        return self.width - 2 * GUTTER


def make(
    *,
    accent: str = ACCENT,
    text: str = TEXT,
    background: str = BACKGROUND,
    font: str = FONT,
    width: int = WIDTH,
    corner: int = CORNER,
    logo: Image | None = None,
    where: str = "theme",
) -> Theme:
    """Both palettes and the measures from the values that operators set.

    An accent that cannot be read becomes as much darker or lighter as it must, and `notes` tell.
    Raises SettingsError, which names the key below `where`, for what is no colour, a text too near
    to its background, a font that is no family, and measures out of bounds.
    """
    ink, paper, paint = (
        _colour(value, f"{where}.{name}")
        for name, value in (("text", text), ("background", background), ("accent", accent))
    )
    if contrast(ink, paper) < RATIO:
        raise SettingsError(
            f"the text {text} cannot be read on the background {background}: their contrast is "
            f"{contrast(ink, paper):.1f}, and {RATIO} is the least",
            where=f"{where}.text",
            remedy=f"write a colour like {css(legible(ink, paper, 7.0))}",
        )
    light = _day(ink, paper, paint)
    bright = contrast(ink, _BLACK) > contrast(paper, _BLACK)
    return Theme(
        light=light,
        dark=light if bright else _night(ink, paper, paint),
        font=_families(font, f"{where}.font"),
        width=_within(width, NARROWEST, WIDEST, f"{where}.width"),
        corner=_within(corner, 0, ROUNDEST, f"{where}.corner"),
        logo=logo,
        notes=() if light.accent == paint else (_moved(accent, light.accent, where),),
    )


def _moved(accent: str, shown: RGB, where: str) -> str:
    return message(
        f"{where}.accent",
        f"{accent} cannot be read on the background: letters show {css(shown)} instead",
        "write that, or a colour with more contrast",
    )


def _colour(value: str, where: str) -> RGB:
    found = parse(value)
    if found is None or found[1] < 1:
        raise SettingsError(
            f"{value!r} is not a colour", where=where, remedy="write six hex digits, as in #0b57d0"
        )
    return found[0]


def _families(font: str, where: str) -> str:
    """The families with quotes where CSS wants them, and a generic one at their end."""
    names = [name.strip().strip("'\"").strip() for name in font.split(",")]
    wrong = next((name for name in names if not _FAMILY.fullmatch(name)), None)
    if wrong is not None or len(names) > _MOST_FAMILIES:
        raise SettingsError(
            f"{font!r} is not a list of fonts",
            where=where,
            remedy="write names with commas between them, as in Georgia, serif",
        )
    if names[-1] not in _GENERIC:
        names.append("sans-serif")
    return ", ".join(f"'{name}'" if " " in name else name for name in names)


def _within(value: int, least: int, most: int, where: str) -> int:
    if not least <= value <= most:
        raise SettingsError(
            f"{value} pixels cannot be",
            where=where,
            remedy=f"write a whole number from {least} to {most}",
        )
    return value


def _day(ink: RGB, paper: RGB, paint: RGB) -> Palette:
    """The palette of the operator's own colours."""
    return _palette(ink, paper, paint, share=0, ratio=RATIO, goal=ink)


def _night(ink: RGB, paper: RGB, paint: RGB) -> Palette:
    """The palette for dark mode: dark and light grounds in the hue of the operator's colours."""
    hue, _, saturation = colorsys.rgb_to_hls(*(part / 255 for part in ink))
    if not saturation:
        hue, _, saturation = colorsys.rgb_to_hls(*(part / 255 for part in paper))
    ground, text = (
        _of_hls(hue, lightness, min(saturation, most)) for lightness, most in (_NIGHT, _NIGHT_TEXT)
    )
    return _palette(text, ground, paint, share=1, ratio=_NIGHT_ACCENT, goal=_WHITE)


def _palette(ink: RGB, paper: RGB, paint: RGB, *, share: int, ratio: float, goal: RGB) -> Palette:
    """All colours of one mode; `share` chooses among those of day and night.

    The accent gets `ratio` to both grounds, on its way to `goal`.
    """
    panel = mixed(ink, paper, _PANEL[share])
    if contrast(ink, panel) < RATIO:
        panel = paper
    grounds = (paper, panel)
    return Palette(
        background=paper,
        panel=panel,
        line=mixed(ink, paper, _LINE[share]),
        text=ink,
        muted=legible_on(mixed(ink, paper, _MUTED[share]), grounds, RATIO, goal=ink),
        accent=legible_on(paint, grounds, ratio, goal=goal),
        on_accent=paper,
    )


def _of_hls(hue: float, lightness: float, saturation: float) -> RGB:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


DEFAULT = make()
"""The look of a newsletter that sets nothing."""
