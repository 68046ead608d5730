"""The frame of the document: what mail programs need, drop or refuse (standards E-H-01 to 11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsfeed.digest.lint.css import COMMENT
from newsfeed.digest.lint.finding import Finding, error, note, quoted, warning
from newsfeed.digest.lint.page import above, text_of

if TYPE_CHECKING:
    from newsfeed.digest.lint.about import About
    from newsfeed.digest.lint.page import Node, Page

_REFUSED = frozenset(
    {
        *("script", "form", "input", "select", "textarea", "button", "iframe", "frame"),
        *("frameset", "object", "embed", "applet", "video", "audio", "base", "noscript"),
    }
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_OPENS = re.compile(r"<!--\[if\s[^\]]*\]>|<!\[if\s[^\]]*\]>", re.IGNORECASE)
_CLOSES = re.compile(r"<!\[endif\]-->|<!\[endif\]>", re.IGNORECASE)
_FOR_OUTLOOK = re.compile(
    r"\s*\[if\s(?!\s*!mso)[^\]]*\]>(.*?)<!\[endif\]\s*", re.IGNORECASE | re.DOTALL
)
_GHOST = re.compile(r"<(/?)(table|tr|td)\b", re.IGNORECASE)
_VML = ("v:", "o:", "w:")


def check(page: Page, _: About) -> Iterator[Finding]:
    """Findings about the document as a whole."""
    yield from _frame(page)
    yield from _refused(page)
    yield from _headings(page)
    yield from _tables(page)
    yield from _outlook(page)


def _frame(page: Page) -> Iterator[Finding]:
    root = next(page.tagged("html"), None)
    charset = any("charset" in node.attrs or _says_charset(node) for node in page.tagged("meta"))
    title = next((text_of(node) for node in page.tagged("title")), "")
    lacks = (
        (
            "doctype",
            page.html.lstrip()[:9].lower() == "<!doctype",
            "begins with no <!doctype html>",
        ),
        ("language", bool(root and root.attrs.get("lang")), "does not say its language"),
        ("charset", charset, "does not say that it is UTF-8"),
        ("title", bool(title.strip()), "has no <title>"),
    )
    for rule, there, problem in lacks:
        if not there:
            yield warning(
                f"structure.{rule}",
                f"the letter {problem}",
                "html",
                "keep the frame of our `_layout.html.j2`",
            )


def _says_charset(node: Node) -> bool:
    return "charset=" in node.attrs.get("content", "").lower()


def _refused(page: Page) -> Iterator[Finding]:
    for node in page.nodes:
        name = ""
        if node.tag in _REFUSED:
            name = f"<{node.tag}>"
        elif node.tag == "meta" and node.attrs.get("http-equiv", "").lower() == "refresh":
            name = "<meta http-equiv=refresh>"
        elif node.tag == "link" and "stylesheet" in node.attrs.get("rel", "").lower():
            name = "a style sheet of another file"
        elif node.tag == "style" and "@import" in COMMENT.sub("", node.text):
            name = "`@import`"
        elif any(attribute.startswith("on") for attribute in node.attrs):
            name = f"a script in an attribute of <{node.tag}>"
        if name:
            yield error(
                "structure.refused",
                f"mail programs refuse {name}",
                node.where,
                "leave it out, and link to a page that has it",
            )
        if node.tag == "style" and any(one.tag == "body" for one in above(node)):
            yield warning(
                "structure.style-in-body",
                "Gmail drops a <style> in the body",
                node.where,
                "put it into the head",
            )


def _headings(page: Page) -> Iterator[Finding]:
    found = [node for node in page.tagged(*_HEADINGS) if not node.hidden]
    firsts = sum(node.tag == "h1" for node in found)
    if firsts != 1:
        yield warning(
            "structure.h1",
            f"the letter has {firsts} <h1>, not one",
            "html",
            "let the letter's title be the only one",
        )
    before = 0
    for node in found:
        level = int(node.tag[1])
        if before and level > before + 1:
            yield warning(
                "structure.heading-jump",
                f"<{node.tag}> {quoted(text_of(node))} follows <h{before}>",
                node.where,
                f"make it <h{before + 1}>",
            )
        before = level


def _tables(page: Page) -> Iterator[Finding]:
    """Tables that read out as data where they are only layout."""
    data: set[int] = set()
    layout: set[int] = set()
    for node in page.nodes:
        if node.tag not in {"th", "caption", "table", "h1", "h2"}:
            continue
        table = next((one for one in above(node) if one.tag == "table"), None)
        if table:
            (data if node.tag in {"th", "caption"} else layout).add(id(table))
    for table in page.tagged("table"):
        if "role" in table.attrs or id(table) in data:
            continue
        if id(table) in layout:
            yield warning(
                "structure.table-role",
                'a layout table has no role="presentation"',
                table.where,
                "give it one, so that it is not read out as data",
            )
        else:
            yield note("structure.table-head", "a table has no head cells (<th>)", table.where)


def _outlook(page: Page) -> Iterator[Finding]:
    """What classic Outlook reads in comments, and others must not see."""
    opened, closed = len(_OPENS.findall(page.html)), len(_CLOSES.findall(page.html))
    if opened != closed:
        yield error(
            "structure.mso-comment",
            f"{opened} comments for Outlook begin and {closed} end",
            "html",
            "end each `<!--[if mso]>` with `<![endif]-->`: Outlook hides what follows",
        )
    balance = dict.fromkeys(("table", "tr", "td"), 0)
    for comment in page.comments:
        if inside := _FOR_OUTLOOK.fullmatch(comment):
            for slash, tag in _GHOST.findall(inside[1]):
                balance[tag.lower()] += -1 if slash else 1
    for tag, count in balance.items():
        if count:
            yield error(
                "structure.ghost-table",
                f"<{tag}> is not opened and closed equally often in comments for Outlook",
                "html",
                "close in a second comment what the first opened",
            )
    for node in page.nodes:
        if node.tag.startswith(_VML):
            yield warning(
                "structure.vml",
                f"<{node.tag}> stands outside a comment for Outlook",
                node.where,
                "put it between `<!--[if mso]>` and `<![endif]-->`",
            )
