"""Whether text can be read: as it stands, in dark mode, and where a program turns the colours.

Contrast is that of WCAG 2.2, success criterion 1.4.3: 4.5, or 3 for large text.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from newsfeed.digest import colours
from newsfeed.digest.colours import RGB
from newsfeed.digest.lint.css import Compound, compounds, weight
from newsfeed.digest.lint.finding import Finding, note, quoted, warning

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.page import Node, Page

SMALL, LARGE = 4.5, 3.0
_LARGE_FROM, _BOLD_FROM = 24.0, 18.66
"""CSS pixels from which text counts as large, and bold text."""

_INK, _PAPER = (0, 0, 0), (255, 255, 255)
_PIXELS = re.compile(r"([0-9.]+)px")
_HALF = 0.5

_MOST_PAIRS = 200_000
_HIGHEST = 60
"""Rules times elements, and elements above one, that are looked at: time has a bound."""

_Styles = Mapping[str, str]


class _Shown(msgspec.Struct, frozen=True):
    """What text in an element looks like."""

    ink: RGB = _INK
    paper: RGB = _PAPER
    size: float = 16.0
    bold: bool = False


def check(page: Page, _: About) -> Iterator[Finding]:
    """Findings about text that cannot be read, each pair of colours once."""
    light = _looks(page, {})
    yield from _judged(light, "light", "as it stands", _same)
    yield from _judged(light, "inverted", "in programs that turn all colours", _turned)
    yield from _judged(light, "half-inverted", "in programs that darken light grounds", _half)
    if "rgba(" in page.html:
        opaque = _looks(page, {}, translucent=False)
        yield from _judged(opaque, "opaque", "where translucent grounds are not known", _same)
    dark = _dark_styles(page)
    if dark:
        yield from _judged(_looks(page, dark), "dark", "in dark mode", _same)


def _judged(
    looks: list[tuple[Node, _Shown]],
    mode: str,
    when: str,
    seen_as: Callable[[_Shown], tuple[RGB, RGB]],
) -> Iterator[Finding]:
    told: set[tuple[RGB, RGB]] = set()
    for node, shown in looks:
        ink, paper = seen_as(shown)
        large = shown.size >= _LARGE_FROM or (shown.bold and shown.size >= _BOLD_FROM)
        ratio = colours.contrast(ink, paper)
        if ratio < (LARGE if large else SMALL) and (ink, paper) not in told:
            told.add((ink, paper))
            # What a program makes of colours by itself need not be perfect, only readable.
            tell = note if seen_as is not _same and ratio >= LARGE else warning
            yield tell(
                f"contrast.{mode}",
                f"{quoted(node.text)} has a contrast of {ratio:.1f} {when}: "
                f"{colours.css(ink)} on {colours.css(paper)}",
                node.where,
                "take colours that are further apart",
            )


def _looks(
    page: Page, overriding: Mapping[int, _Styles], *, translucent: bool = True
) -> list[tuple[Node, _Shown]]:
    """Every element with text of its own, and how it is shown; `overriding` styles by `id()`.

    Without `translucent` a ground that lets another one through is none.
    """
    known: dict[int, _Shown] = {}
    found = []
    for node in page.nodes:
        above = known.get(id(node.parent), _Shown()) if node.parent else _Shown()
        said = overriding.get(id(node), {})
        shown = known[id(node)] = _shown(node, above, said, translucent=translucent)
        if not node.hidden and node.tag != "title" and node.text.strip(" \t\r\n\u2007\u034f\xa0"):
            found.append((node, shown))
    return found


def _shown(node: Node, above: _Shown, overriding: _Styles, *, translucent: bool) -> _Shown:
    if not node.styles and not overriding and "bgcolor" not in node.attrs:
        return above

    def said(name: str) -> str:
        return overriding.get(name) or node.style(name)

    ink = colours.parse(said("color"))
    paper = colours.parse(said("background-color") or said("background"))
    paper = paper or colours.parse(node.attrs.get("bgcolor", ""))
    if paper and paper[1] < 1 and not translucent:
        paper = None
    ground = colours.mixed(paper[0], above.paper, paper[1]) if paper else above.paper
    size = _PIXELS.match(said("font-size"))
    bold = said("font-weight")
    return _Shown(
        ink=colours.mixed(ink[0], ground, ink[1]) if ink else above.ink,
        paper=ground,
        size=float(size[1]) if size else above.size,
        bold=bold in {"bold", "600", "700", "800", "900"} if bold else above.bold,
    )


def _same(shown: _Shown) -> tuple[RGB, RGB]:
    return shown.ink, shown.paper


def _turned(shown: _Shown) -> tuple[RGB, RGB]:
    """Every colour with its lightness turned round."""
    return _inverted(shown.ink), _inverted(shown.paper)


def _half(shown: _Shown) -> tuple[RGB, RGB]:
    """Light grounds darkened, and dark text on them lightened; all else as it is."""
    if _lightness(shown.paper) <= _HALF:
        return shown.ink, shown.paper
    ink = _inverted(shown.ink) if _lightness(shown.ink) < _HALF else shown.ink
    return ink, _inverted(shown.paper)


def _inverted(colour: RGB) -> RGB:
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb(hue, 1 - lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _lightness(colour: RGB) -> float:
    return (max(colour) + min(colour)) / 510


def _dark_styles(page: Page) -> dict[int, _Styles]:
    """What the rules for dark mode say of each element, the strongest last, by `id()`."""
    rules = []
    for number, rule in enumerate(page.sheet.rules):
        if "prefers-color-scheme" not in rule.around or "dark" not in rule.around:
            continue
        for selector in rule.selector.split(","):
            parts = compounds(selector)
            if parts and not any(part.pseudo for part in parts):
                said = {d.name: d.value for d in rule.declarations if d.important}
                rules.append((weight(parts), number, parts, said))
    if len(rules) * len(page.nodes) > _MOST_PAIRS:  # not a letter's style sheet
        return {}
    rules.sort(key=lambda one: one[:2])
    found: dict[int, dict[str, str]] = {}
    for node in page.nodes:
        for *_, parts, said in rules:
            if said and _fits(node, parts):
                found.setdefault(id(node), {}).update(said)
    return dict(found)


def _fits(node: Node, parts: tuple[Compound, ...]) -> bool:
    """Whether a selector is for an element."""
    *before, last = parts
    if not _is(node, last):
        return False
    place, child = node.parent, last.child
    steps = _HIGHEST
    for part in reversed(before):
        while place and not _is(place, part) and not child:
            place, steps = place.parent if steps else None, steps - 1
        if place is None or not _is(place, part):
            return False
        place, child = place.parent, part.child
    return True


def _is(node: Node, part: Compound) -> bool:
    return (
        part.tag in {"*", node.tag}
        and (not part.classes or set(part.classes) <= set(node.classes))
        and all(node.attrs.get("id") == one for one in part.identifiers)
        and all(
            name in node.attrs and (not operator or node.attrs[name] == value)
            for name, operator, value in part.attributes
        )
    )
