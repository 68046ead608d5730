"""HTML and CSS that mail programs lack, by the data of caniemail (`third_party/caniemail`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from newsfeed.digest.lint.css import sheet
from newsfeed.digest.lint.finding import Finding, note, warning

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.css import Declaration, Rule
    from newsfeed.digest.lint.page import Node, Page

_WATCHED = {
    "gmail": "Gmail",
    "outlook.windows": "Outlook classic",
    "apple-mail": "Apple Mail",
    "yahoo": "Yahoo",
}
"""The clients for which a letter must be whole, by the beginning of their names in the data."""

_NOBODY: frozenset[str] = frozenset()
_DECORATION = "without it the letter looks plainer"
_ASSISTIVE = "it helps where it is known, and nothing is missing where not"
ACCEPTED = {
    "css-at-media": "what stands in it is for those that know it: the letter is whole without",
    "css-at-media-prefers-color-scheme": "the letter is then light, or in colours that the program"
    " turns by itself, in which the lint reads it again",
    "css-border-radius": _DECORATION,
    "css-display-none": "what it hides is small, and `mso-hide` and `max-height` hide it too",
    "css-height": "it is `auto` beside the attribute, which these clients keep to",
    "css-max-height": "it hides the preheader a second time",
    "css-max-width": "Outlook classic gets a table of fixed width",
    "css-min-width": "a wide table is then as wide as its text",
    "css-overflow": "a wide table is then cut or widens its own cell",
    "css-overflow-wrap": "`word-wrap` or the client's own rule breaks long words",
    "css-pseudo-class-hover": "links can be told from text without it",
    "css-rgba": "the ground is then the letter's own, where the lint reads the text again",
    "css-selector-attribute": "the marks that it looks for are made by Outlook's apps alone",
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
_AT_RULE = re.compile(r"@([a-z-]+)")
_MEDIA = re.compile(
    r"\(\s*(?:-webkit-)?(?:(?:min|max)-)?"
    r"(device-pixel-ratio|hover|orientation|prefers-color-scheme|prefers-reduced-motion)\b"
)
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_PSEUDO = re.compile(r"(::?)([\w-]+)")
_OLD_ELEMENTS = ("before", "after", "first-letter", "first-line")
_SELECTORS = (
    (re.compile(r"\["), "css-selector-attribute"),
    (re.compile(r"\+"), "css-selector-adjacent-sibling"),
    (re.compile("~"), "css-selector-general-sibling"),
    (re.compile(">"), "css-selector-child"),
    (re.compile(r"\*"), "css-selector-universal"),
    (re.compile(r"[\w\]][.#]"), "css-selector-chaining"),
)
_IMAGES = re.compile(r"\.(apng|avif|bmp|heif|heic|ico|svg|tiff|webp|mp4)(?:[?#]|$)", re.IGNORECASE)


class _Use(NamedTuple):
    """A feature at a place; `spared` are programs that never come to it, since they leave out
    what stands around it.
    """

    slug: str
    node: Node
    spared: frozenset[str]


def check(page: Page, _: About) -> Iterator[Finding]:
    """Findings about features, each once: at the first place that has it and is seen by most."""
    uses: dict[str, _Use] = {}
    for use in _uses(page):
        known = uses.get(use.slug)
        if known is None or len(use.spared) < len(known.spared):
            uses[use.slug] = use
    for use in uses.values():
        yield from _judged(use)


def _uses(page: Page) -> Iterator[_Use]:
    for node in page.nodes:
        for slug in _features(node):
            yield _Use(slug, node, frozenset())
    for node in page.tagged("style"):
        without = _lacking("html-style")
        found = sheet(node.text)
        for statement in found.statements:
            yield from (_Use(slug, node, without) for slug in _of_at_rules(statement))
        for rule in found.rules:
            yield from _of_rule(rule, node, without)


def _of_rule(rule: Rule, node: Node, spared: frozenset[str]) -> Iterator[_Use]:
    """What a rule needs, from the outside in: whoever lacks one thing does not see the next."""
    for slug in _of_at_rules(rule.around):
        yield _Use(slug, node, spared)
        spared |= _lacking(slug)
    left_out = []
    for selector in rule.selector.split(","):
        without = spared
        for slug in sorted(_of_selector(selector), key=lambda slug: slug not in ACCEPTED):
            yield _Use(slug, node, without)
            without |= _lacking(slug)
        left_out.append(without)
    spared = frozenset.intersection(*left_out)
    for declaration in rule.declarations:
        yield from (_Use(slug, node, spared) for slug in _of(declaration))


def _judged(use: _Use) -> Iterator[Finding]:
    title, lack, have_part = _support().get(use.slug, ("", _NOBODY, _NOBODY))
    lacking, partly = _names(lack - use.spared), _names(have_part - use.spared)
    if lacking and use.slug not in ACCEPTED:
        yield warning(
            "clients.unsupported",
            f"`{title}` is not known to {', '.join(lacking)}",
            use.node.where,
            "leave it out, or give the letter another way that needs none of it",
        )
    elif lacking:
        yield note(
            "clients.fallback",
            f"`{title}` is not known to {', '.join(lacking)}: {ACCEPTED[use.slug]}",
            use.node.where,
        )
    elif partly and use.slug not in ACCEPTED:
        yield note(
            "clients.partly", f"{', '.join(partly)} know `{title}` only in part", use.node.where
        )


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


def _of_at_rules(text: str) -> Iterator[str]:
    """The features of `@media (…)` and its like, which may stand in one another."""
    for name in _AT_RULE.findall(text.lower()):
        yield f"css-at-{name}"
    for name in _MEDIA.findall(text.lower()):
        yield f"css-at-media-{name}"


def _of_selector(selector: str) -> Iterator[str]:
    """The features of one selector, or of `@font-face`."""
    yield from _of_at_rules(selector)
    bare = _IN_BRACKETS.sub("[]", selector)
    for colons, name in _PSEUDO.findall(bare):
        kind = "element" if colons == "::" or name in _OLD_ELEMENTS else "class"
        yield f"css-pseudo-{kind}-{name.lower()}"
    yield from (slug for pattern, slug in _SELECTORS if pattern.search(bare))


@cache
def _support() -> dict[str, tuple[str, frozenset[str], frozenset[str]]]:
    """Of each feature its title, the watched programs that lack it, and those that have it in
    part.
    """
    data = json.loads((_folder() / "features.json").read_bytes())
    return {
        slug: (
            feature["title"],
            frozenset(filter(_name, feature.get("no", ()))),
            frozenset(filter(_name, feature.get("partly", ()))),
        )
        for slug, feature in data["features"].items()
    }


def _lacking(slug: str) -> frozenset[str]:
    return _support().get(slug, ("", _NOBODY, _NOBODY))[1]


def _name(program: str) -> str:
    """What people call a program of the data, "" for one that is not watched."""
    return next((name for key, name in _WATCHED.items() if f"{program}.".startswith(f"{key}.")), "")


def _names(programs: frozenset[str]) -> tuple[str, ...]:
    found = set(map(_name, programs))
    return tuple(name for name in _WATCHED.values() if name in found)


def _folder() -> Path:
    """The data: in the installed package, or beside `src` in a checkout."""
    package = Path(__file__).parents[2]
    installed = package / "caniemail"
    return installed if installed.is_dir() else package.parents[1] / "third_party" / "caniemail"
