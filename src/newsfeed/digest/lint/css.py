"""CSS as far as a finished letter has it: declarations, flat rules, and simple selectors.

Whoever reads it never fails: what cannot be understood is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PIECES = re.compile(r"""(?:[^;"'(]|"[^"]*"?|'[^']*'?|\([^)]*\)?)+""")
_MARKS = re.compile(r"[{};]")
_COMPOUND = re.compile(r"([a-z][\w-]*|\*)?((?:[.#][\w-]+|\[[^\]]*\]|::?[\w-]+(?:\([^)]*\))?)*)")
_PART = re.compile(
    r"""([.#])([\w-]+)|\[\s*([\w-]+)\s*(?:([~|^$*]?=)\s*["']?([^"'\]]*)["']?\s*)?\]|(::?[\w-]+)"""
)
_STEP = re.compile(r"\s*([>\s])\s*(?=[^\s>])|\s*$")


class Declaration(NamedTuple):
    """A property and its value in lower case, but for what stands in quotes."""

    name: str
    value: str
    important: bool


class Rule(NamedTuple):
    """Selectors and declarations, and the at-rules around them (`@media …`), "" for none."""

    around: str
    selector: str
    declarations: tuple[Declaration, ...]


class Sheet(NamedTuple):
    """The rules of a style sheet, and its at-rules that stand alone, such as `@import`."""

    rules: tuple[Rule, ...]
    statements: tuple[str, ...]


class Compound(NamedTuple):
    """What one element must be. `attributes` are (name, operator, value); `child` tells that the
    compound before must be the parent, not any ancestor.
    """

    tag: str
    classes: tuple[str, ...]
    identifiers: tuple[str, ...]
    attributes: tuple[tuple[str, str, str], ...]
    pseudo: tuple[str, ...]
    child: bool


@lru_cache(maxsize=4096)
def declarations(style: str) -> tuple[Declaration, ...]:
    """The declarations of a style attribute or a rule's body, in order."""
    simple = not any(mark in style for mark in "\"'(")
    found = []
    for piece in style.split(";") if simple else _PIECES.findall(style):
        name, colon, value = piece.partition(":")
        if colon:
            value = value.strip().lower()
            important = value.endswith("important") and "!" in value
            if important:
                value = value.rpartition("!")[0].rstrip()
            found.append(Declaration(name.strip().lower(), value, important))
    return tuple(found)


@lru_cache(maxsize=16)
def sheet(text: str) -> Sheet:
    """The rules of a `<style>` element, at-rules taken apart."""
    text = COMMENT.sub(" ", text)
    rules: list[Rule] = []
    statements: list[str] = []
    open_: list[str] = []
    start = 0
    for mark in _MARKS.finditer(text):
        before = text[start : mark.start()].strip()
        inside_rule = bool(open_) and not _groups(open_[-1])
        if mark[0] == "{":
            open_.append(before)
        elif mark[0] == "}" and open_:
            prelude = open_.pop()
            if inside_rule:
                rules.append(Rule(" ".join(open_), prelude, declarations(before)))
        elif inside_rule:  # a semicolon between declarations
            continue
        elif before.startswith("@"):
            statements.append(before)
        start = mark.end()
    return Sheet(tuple(rules), tuple(statements))


def _groups(prelude: str) -> bool:
    """Whether rules, and not declarations, stand in the braces after `prelude`."""
    return prelude.startswith(("@media", "@supports", "@layer", "@container", "@keyframes"))


@lru_cache(maxsize=1024)
def compounds(selector: str) -> tuple[Compound, ...] | None:
    """One selector (without commas) from its first compound to the element it is for.

    None where it has what this does not know, such as `+`.
    """
    found: list[Compound] = []
    rest, child = selector.strip(), False
    while rest:
        match = _COMPOUND.match(rest)
        if match is None or not match[0]:
            return None
        found.append(_compound(match[1] or "*", match[2], child=child))
        step = _STEP.match(rest, match.end())
        if step is None:
            return None
        child = step[1] == ">"
        rest = rest[step.end() :]
    return tuple(found) or None


def _compound(tag: str, parts: str, *, child: bool) -> Compound:
    classes, identifiers, attributes, pseudo = [], [], [], []
    for part in _PART.finditer(parts):
        if part[1] == ".":
            classes.append(part[2])
        elif part[1] == "#":
            identifiers.append(part[2])
        elif part[3]:
            attributes.append((part[3].lower(), part[4] or "", part[5] or ""))
        else:
            pseudo.append(part[6].lstrip(":"))
    return Compound(
        tag, tuple(classes), tuple(identifiers), tuple(attributes), tuple(pseudo), child
    )


def weight(selector: tuple[Compound, ...]) -> tuple[int, int, int]:
    """Specificity: ids, classes and their like, types (Selectors 4, section 17)."""
    return (
        sum(len(one.identifiers) for one in selector),
        sum(len(one.classes) + len(one.attributes) + len(one.pseudo) for one in selector),
        sum(one.tag != "*" for one in selector),
    )
