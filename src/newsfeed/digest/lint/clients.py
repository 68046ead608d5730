"""HTML and CSS that mail programs lack, by the data of caniemail (`third_party/caniemail`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from newsfeed.digest.lint.finding import Finding, note, warning

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.css import Declaration
    from newsfeed.digest.lint.page import Node, Page

_WATCHED = {
    "gmail": "Gmail",
    "outlook.windows": "Outlook classic",
    "apple-mail": "Apple Mail",
    "yahoo": "Yahoo",
}
"""The clients for which a letter must be whole, by the beginning of their names in the data."""

_DECORATION = "without it the letter looks plainer"
_ASSISTIVE = "it helps where it is known, and nothing is missing where not"
ACCEPTED = {
    "css-border-radius": _DECORATION,
    "css-display-none": "what it hides is small, and `mso-hide` and `max-height` hide it too",
    "css-height": "it is `auto` beside the attribute, which these clients keep to",
    "css-max-height": "it hides the preheader a second time",
    "css-max-width": "Outlook classic gets a table of fixed width",
    "css-min-width": "a wide table is then as wide as its text",
    "css-overflow": "a wide table is then cut or widens its own cell",
    "css-overflow-wrap": "`word-wrap` or the client's own rule breaks long words",
    "css-rgba": "the ground is then the letter's own, where the lint reads the text again",
    "css-table-layout": "Outlook classic lays tables out by their width attributes",
    "css-text-underline-offset": _DECORATION,
    "css-white-space": "code then wraps where the client wants",
    "css-word-break": "Korean then breaks within words, as these clients do anyway",
    "css-word-wrap": "long words are then broken by `word-break`, or not at all",
    "html-abbr": "its text is shown",
    "html-aria-hidden": _ASSISTIVE,
    "html-aria-label": _ASSISTIVE,
    "html-body": "a block inside it has language, direction and colours again",
    "html-bdi": "`dir` stands on the block as well",
    "html-doctype": "the layout is of tables, which no mode changes",
    "html-role": _ASSISTIVE,
    "html-rp": "its text is shown",
    "html-rt": "the reading is shown behind the word",
    "html-ruby": "the reading is shown behind the word",
    "html-semantics": "the element is then a block like any other",
    "html-style": "all that the layout needs is inline",
}
"""Features that letters may use although a watched client lacks them, and what happens there."""

_VALUES = (
    (re.compile(r"\bvar\(|^--"), "css-variables"),
    (re.compile(r"\bcalc\("), "css-unit-calc"),
    (re.compile(r"\bclamp\("), "css-function-clamp"),
    (re.compile(r"\bmax\("), "css-function-max"),
    (re.compile(r"\bmin\("), "css-function-min"),
    (re.compile(r"\brgba\("), "css-rgba"),
    (re.compile(r"\blinear-gradient\("), "css-linear-gradient"),
    (re.compile(r"\bradial-gradient\("), "css-radial-gradient"),
    (re.compile(r"\bconic-gradient\("), "css-conic-gradient"),
    (re.compile(r"[0-9.]rem\b"), "css-unit-rem"),
    (re.compile(r"[0-9.]vh\b"), "css-unit-vh"),
    (re.compile(r"[0-9.]vw\b"), "css-unit-vw"),
    (re.compile(r"[0-9.]ch\b"), "css-unit-ch"),
)
_DISPLAYS = {"flex": "css-display-flex", "inline-flex": "css-display-flex"}
_DISPLAYS |= {"grid": "css-display-grid", "inline-grid": "css-display-grid"}
_DISPLAYS |= {"none": "css-display-none"}
_SIDES = re.compile(
    r"^(margin|padding|border)-(?:top|right|bottom|left)(?:-(?:width|style|color))?$"
)
_ATTRIBUTES = ("srcset", "role", "hidden", "loading", "popover", "target", "required")
_SECTIONS = ("article", "aside", "footer", "header", "main", "nav", "section", "figure", "time")
_IMAGES = re.compile(r"\.(apng|avif|bmp|heif|heic|ico|svg|tiff|webp|mp4)(?:[?#]|$)", re.IGNORECASE)


def check(page: Page, _: About) -> Iterator[Finding]:
    """Findings about features, each once, at the first place that has it."""
    seen: set[str] = set()
    for node in page.nodes:
        for slug in _features(node):
            if slug not in seen:
                seen.add(slug)
                yield from _judged(slug, node)


def _judged(slug: str, node: Node) -> Iterator[Finding]:
    title, lacking, partly = _support().get(slug, ("", (), ()))
    if lacking and slug not in ACCEPTED:
        yield warning(
            "clients.unsupported",
            f"`{title}` is not known to {', '.join(lacking)}",
            node.where,
            "leave it out, or give the letter another way that needs none of it",
        )
    elif lacking:
        yield note(
            "clients.fallback",
            f"`{title}` is not known to {', '.join(lacking)}: {ACCEPTED[slug]}",
            node.where,
        )
    elif partly and slug not in ACCEPTED:
        yield note("clients.partly", f"{', '.join(partly)} know `{title}` only in part", node.where)


def _features(node: Node) -> Iterator[str]:
    """The features that an element uses, as the data calls them."""
    yield f"html-{node.tag}"
    if node.tag in _SECTIONS:
        yield "html-semantics"
    for name in node.attrs:
        if name in _ATTRIBUTES or name.startswith("aria-"):
            yield f"html-{name}"
    if node.tag == "img":
        source = node.attrs.get("src", "")
        if source[:5].lower() == "data:":
            yield "image-base64"
        elif match := _IMAGES.search(source):
            yield f"image-{match[1].lower().replace('heic', 'heif')}"
    for declaration in node.styles:
        yield from _of(declaration)


def _of(declaration: Declaration) -> Iterator[str]:
    name, value, _ = declaration
    side = _SIDES.match(name)
    if not name.startswith(("mso-", "-webkit-", "-ms-")):
        yield f"css-{side[1] if side else name}"
    if name == "display" and value in _DISPLAYS:
        yield _DISPLAYS[value]
    if not value.isalnum():
        yield from (slug for pattern, slug in _VALUES if pattern.search(value))


@cache
def _support() -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Of each feature its title, the watched clients that lack it in every tested program or in
    some, and those that have it in part.
    """
    data = json.loads((_folder() / "features.json").read_bytes())
    return {
        slug: (
            feature["title"],
            _names(feature.get("no", ())),
            _names(feature.get("partly", ())),
        )
        for slug, feature in data["features"].items()
    }


def _names(clients: list[str]) -> tuple[str, ...]:
    return tuple(
        name
        for key, name in _WATCHED.items()
        if any(c == key or c.startswith(f"{key}.") for c in clients)
    )


def _folder() -> Path:
    """The data: in the installed package, or beside `src` in a checkout."""
    package = Path(__file__).parents[2]
    installed = package / "caniemail"
    return installed if installed.is_dir() else package.parents[1] / "third_party" / "caniemail"
