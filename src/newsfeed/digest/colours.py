"""Colours as numbers: CSS notation, contrast, and the nearest colour that can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

RGB = tuple[int, int, int]

_NAMES = {
    "black": "#000000",
    "blue": "#0000ff",
    "brown": "#a52a2a",
    "cyan": "#00ffff",
    "darkblue": "#00008b",
    "darkgreen": "#006400",
    "darkred": "#8b0000",
    "gray": "#808080",
    "green": "#008000",
    "grey": "#808080",
    "lightgray": "#d3d3d3",
    "lime": "#00ff00",
    "magenta": "#ff00ff",
    "maroon": "#800000",
    "navy": "#000080",
    "orange": "#ffa500",
    "pink": "#ffc0cb",
    "purple": "#800080",
    "red": "#ff0000",
    "silver": "#c0c0c0",
    "skyblue": "#87ceeb",
    "teal": "#008080",
    "white": "#ffffff",
    "yellow": "#ffff00",
}
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(
    r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*(\d*\.?\d+)(%?)\s*)?\)"
)
_STEPS = 32


def parse(text: str) -> tuple[RGB, float] | None:
    """Colour and opacity (0 to 1) of `#rgb`, `#rrggbbaa`, `rgb()`, `rgba()` or a common name.

    None for anything else: a gradient, `inherit`, `hsl()`.
    """
    text = text.strip().lower()
    text = _NAMES.get(text, text)
    if _HEX.fullmatch(text):
        digits = text[1:]
        if len(digits) <= len("rgba"):
            digits = "".join(digit * 2 for digit in digits)
        octets = bytes.fromhex(digits)
        return (octets[0], octets[1], octets[2]), octets[3] / 255 if len(octets) > 3 else 1.0
    match = _FUNCTION.fullmatch(text)
    if match is None:
        return None
    red, green, blue = (min(int(match[n]), 255) for n in (1, 2, 3))
    opacity = float(match[4] or 1) / (100 if match[5] else 1)
    return (red, green, blue), min(opacity, 1.0)


def css(colour: RGB, opacity: float = 1.0) -> str:
    """Six hex digits, or `rgba()` for a translucent colour: mail programs know no eight digits."""
    red, green, blue = colour
    if opacity < 1:
        return f"rgba({red}, {green}, {blue}, {round(opacity, 3)})"
    return f"#{red:02x}{green:02x}{blue:02x}"


def mixed(colour: RGB, ground: RGB, share: float) -> RGB:
    """`ground` with `share` (0 to 1) of `colour` laid over it."""
    red, green, blue = (
        round(over * share + under * (1 - share))
        for over, under in zip(colour, ground, strict=True)
    )
    return red, green, blue


@lru_cache(maxsize=1024)
def contrast(one: RGB, other: RGB) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def legible(colour: RGB, ground: RGB, ratio: float) -> RGB:
    """`colour`, or as little nearer to black or white as gives it `ratio` on `ground`.

    Where even these do not reach the ratio, the better one of them.
    """
    white, black = (255, 255, 255), (0, 0, 0)
    goal = white if contrast(white, ground) > contrast(black, ground) else black
    return legible_on(colour, (ground,), ratio, goal=goal)


def legible_on(colour: RGB, grounds: Sequence[RGB], ratio: float, *, goal: RGB) -> RGB:
    """`colour`, or as little nearer to `goal` as gives it `ratio` on all `grounds`; `goal` itself
    where nothing before it does.
    """
    for step in range(_STEPS):
        candidate = mixed(goal, colour, step / _STEPS)
        if all(contrast(candidate, ground) >= ratio for ground in grounds):
            return candidate
    return goal


def _luminance(colour: RGB) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
