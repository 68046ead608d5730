"""The CSS that an author's style attribute may bring into letters and pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Nothing that moves, hides, sizes or fetches: a letter's layout is the template's.
PROPERTIES = frozenset(
    {"color", "background-color", "text-align", "vertical-align", "white-space"}
    | {"font-style", "font-weight", "text-decoration", "text-decoration-line", "list-style-type"}
    | {"border", "border-collapse", "border-color", "border-spacing", "border-style"}
    | {f"border-{side}" for side in ("top", "right", "bottom", "left", "width", "radius")}
    | {
        f"{box}{side}"
        for box in ("padding", "margin")
        for side in ("", "-top", "-right", "-bottom", "-left")
    }
)
_COLOUR_FUNCTION = r"(?:rgb|hsl)a?\([\d.,%/ a-z]{1,60}\)"
_HEX = r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})"
_SIZE = r"(?:\d{1,3}(?:\.\d{1,4})?|\.\d{1,4})(?:px|em|rem|pt|%)?"
_WORD = rf"(?:{_HEX}|{_COLOUR_FUNCTION}|[a-z][a-z\-]{{0,30}}|{_SIZE})"
_VALUE = re.compile(rf"{_WORD}(?: {_WORD}){{0,8}}")
_COLOUR = re.compile(rf"{_HEX}|{_COLOUR_FUNCTION}|[a-z]{{3,20}}")
_IMPORTANT = re.compile(r"\s*!\s*important$")
_HEX_WITH_ALPHA = re.compile(r"#(?:([0-9a-f]{8})|([0-9a-f]{4}))(?![0-9a-f])")
_SPACED_RGB = re.compile(r"rgba?\( ?(\d+) (\d+) (\d+)(?: ?/ ?([\d.]+)(%?))? ?\)")
_ALIASES = {"background": "background-color"}  # the shorthand, where it is a colour and no more


def filter_styles(body: Element) -> None:
    """Keep of each style attribute what `filter_style` keeps; a rule across the page loses its
    style, since what would stay of it is often invisible.
    """
    for element in body.iter():
        style = element.get("style")
        if style is not None:
            kept = "" if element.tag == "hr" else filter_style(style)
            if kept:
                element.set("style", kept)
            else:
                del element.attrib["style"]


def filter_style(style: str) -> str:
    """The declarations of `style` with a listed property and a plain value, and without
    `!important`. Colours with alpha are written as `rgba()`, which mail programs know.
    """
    kept = (_declaration(part) for part in style.lower().split(";"))
    return "; ".join(filter(None, kept))


def _declaration(part: str) -> str:
    name, _, value = part.partition(":")
    name = name.strip()
    value = _IMPORTANT.sub("", " ".join(value.split()))
    if name in _ALIASES and _COLOUR.fullmatch(value):
        name = _ALIASES[name]
    if name not in PROPERTIES or not _VALUE.fullmatch(value):
        return ""
    value = _HEX_WITH_ALPHA.sub(_rgba_of_hex, value)
    return f"{name}: {_SPACED_RGB.sub(_rgba_of_spaced, value)}"


def _rgba_of_hex(match: re.Match[str]) -> str:
    digits = match[1] or "".join(digit * 2 for digit in match[2])
    red, green, blue, alpha = bytes.fromhex(digits)
    return f"rgba({red}, {green}, {blue}, {alpha / 255:.3g})"


def _rgba_of_spaced(match: re.Match[str]) -> str:
    """CSS Color 4 syntax in that of CSS Color 3."""
    red, green, blue, alpha, percent = match.groups()
    if alpha is None:
        return f"rgb({red}, {green}, {blue})"
    share = float(alpha) / 100 if percent else float(alpha)
    return f"rgba({red}, {green}, {blue}, {share:.3g})"
