"""Authors' colours inside an article, moved until they can be read in light and in dark mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from lxml import etree

from newsfeed.digest import colours
from newsfeed.digest.colours import RGB
from newsfeed.digest.theme import RATIO

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newsfeed.digest.theme import Palette, Theme

_KEPT_STYLES = ("font-style", "font-weight", "text-align", "text-decoration")
_ON_PANEL = ("code", "th")
_PANELS = ("callout", "code")


class Ground(msgspec.Struct, frozen=True):
    """Text and background that an element shows in one palette."""

    text: RGB
    background: RGB


def mend_colours(root: HtmlElement, theme: Theme) -> dict[str, str]:
    """Rewrite the style attributes below `root`; gives the dark mode's rules, class -> colour.

    Alignment, weight and colours stay of what authors write, sizes and positions do not. A text
    colour without enough contrast to what lies behind it becomes lighter or darker; backgrounds
    stay. What light mode needs goes into the style attribute, what dark mode needs into a class:
    of colours one each, and `panel` where no author's background lies over ours.
    """
    rules: dict[str, str] = {}
    palettes = (theme.light, theme.dark)
    grounds = {root: tuple(Ground(p.text, p.background) for p in palettes)}
    for element in root.iterdescendants(etree.Element):
        styles = _styles(element)
        inherited = grounds[element.getparent()]
        light, dark = (
            _ground(element, styles, *pair, inks=(theme.light.text, theme.dark.text))
            for pair in zip(inherited, palettes, strict=True)
        )
        grounds[element] = (light, dark)
        kept = {name: styles[name] for name in _KEPT_STYLES if name in styles}
        if fill := colours.parse(styles.get("background-color", "")):
            kept["background-color"] = colours.css(*fill)
        elif _is_panel(element):
            _add_class(element, "panel")
        if light.text != _unstyled(element, inherited[0], theme.light):
            kept["color"] = colours.css(light.text)
        if "color" in kept or dark.text != _unstyled(element, inherited[1], theme.dark):
            name = f"d-{colours.css(dark.text)[1:]}"
            rules[name] = colours.css(dark.text)
            _add_class(element, name)
        _set_styles(element, kept)
    return rules


def _ground(
    element: HtmlElement,
    styles: dict[str, str],
    inherited: Ground,
    palette: Palette,
    *,
    inks: tuple[RGB, RGB],
) -> Ground:
    """What `element` shows with its author's `styles`, text mended.

    An author's colour is moved as little as need be; our own gives way to the better one of
    `inks`, the texts of both modes.
    """
    ink = colours.parse(styles.get("color", ""))
    fill = colours.parse(styles.get("background-color", ""))
    if fill:
        background = colours.mixed(fill[0], inherited.background, fill[1])
    elif _is_panel(element):
        background = palette.panel
    else:
        background = inherited.background
    wanted = ink[0] if ink else _unstyled(element, inherited, palette)
    if not ink and colours.contrast(wanted, background) < RATIO:
        wanted = max(inks, key=lambda colour: colours.contrast(colour, background))
    return Ground(colours.legible(wanted, background, RATIO), background)


def _is_panel(element: HtmlElement) -> bool:
    """Whether our style sheet lays a panel below it: under code and heads, and in call-outs."""
    if element.tag == "td":
        table = next(element.iterancestors("table"), None)
        return table is not None and table.get("class") in _PANELS
    return element.tag in _ON_PANEL


def _add_class(element: HtmlElement, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".lstrip())


def _unstyled(element: HtmlElement, inherited: Ground, palette: Palette) -> RGB:
    """The text colour that our own style sheet gives."""
    return palette.accent if element.tag == "a" else inherited.text


def _styles(element: HtmlElement) -> dict[str, str]:
    """The declarations of a style attribute, without `!important`."""
    found = {}
    for declaration in element.get("style", "").lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            name = name.strip()
            name = "background-color" if name == "background" else name
            found[name] = value.replace("!important", "").strip()
    return found


def _set_styles(element: HtmlElement, styles: dict[str, str]) -> None:
    if styles:
        element.set("style", "; ".join(f"{name}: {value}" for name, value in styles.items()))
    else:
        element.attrib.pop("style", None)
