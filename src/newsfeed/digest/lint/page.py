"""A letter's HTML read once: plain nodes that every family of rules looks at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import msgspec
from lxml import etree

from newsfeed.digest.lint.css import Declaration, Sheet, declarations, sheet

_NOTHING = frozenset({"0", "0px", "0em", "0%", "0.0"})
_SILENT = frozenset({"head", "script", "style", "title", "template", "noscript"})


class Node(msgspec.Struct, eq=False):
    """An element. `parts` are its texts and children in order; `text` is its own text alone.

    `line` counts from 1; `hidden` tells that readers do not see it.
    """

    tag: str
    attrs: dict[str, str]
    parent: Node | None
    line: int
    styles: tuple[Declaration, ...] = ()
    parts: list[str | Node] = []
    text: str = ""
    hidden: bool = False

    @property
    def classes(self) -> list[str]:
        """The names in its class attribute."""
        return self.attrs.get("class", "").split()

    @property
    def where(self) -> str:
        """Its place, as findings name it."""
        return f"html:{self.line}"

    def style(self, name: str) -> str:
        """The value of a property in its style attribute, the last one, or ""."""
        for one in reversed(self.styles):
            if one.name == name:
                return one.value
        return ""


class Page(msgspec.Struct, frozen=True, eq=False):
    """The whole document. `nodes` stand in document order; `comments` are their contents."""

    html: str
    nodes: tuple[Node, ...]
    comments: tuple[str, ...]
    sheet: Sheet

    def tagged(self, *tags: str) -> Iterator[Node]:
        """The elements of these names, in order."""
        return (node for node in self.nodes if node.tag in tags)


def read(html: str) -> Page:
    """Parse a document; broken HTML is mended as mail programs do it."""
    octets = html.encode("utf-8", "replace")
    nodes: list[Node] = []
    comments: list[str] = []
    root: etree._Element | None = None
    with contextlib.suppress(etree.XMLSyntaxError):  # there is nothing; or there is no root
        root = etree.fromstring(octets, etree.HTMLParser(huge_tree=True, encoding="utf-8"))
    if root is not None:
        _walk(root, nodes, comments)
    styles = "\n".join(node.text for node in nodes if node.tag == "style")
    return Page(
        html=html,
        nodes=tuple(nodes),
        comments=tuple(comments),
        sheet=sheet(styles) if styles else Sheet((), ()),
    )


def _walk(root: etree._Element, nodes: list[Node], comments: list[str]) -> None:
    """Turn elements into nodes, without recursion: articles may be nested deeply."""
    known: dict[etree._Element, Node] = {}
    for element in root.iter():
        if isinstance(element.tag, str):
            above = element.getparent()
            node = _node(element, known.get(above) if above is not None else None)
            known[element] = node
            nodes.append(node)
    comments += (comment.text or "" for comment in root.iter(etree.Comment))
    for element, node in known.items():
        for child in element:
            if inner := known.get(child):
                node.parts.append(inner)
            if child.tail:
                node.parts.append(child.tail)
        node.text = "".join(part for part in node.parts if isinstance(part, str))


def _node(element: etree._Element, parent: Node | None) -> Node:
    attrs = {str(name).lower(): str(value) for name, value in element.items()}
    tag = str(element.tag).lower()
    style = attrs.get("style", "")
    node = Node(
        tag, attrs, parent, int(str(element.sourceline)), declarations(style) if style else ()
    )
    node.parts = [element.text] if element.text else []
    node.hidden = (
        bool(parent and parent.hidden)
        or tag in _SILENT
        or "hidden" in attrs
        or node.style("display") == "none"
    )
    return node


def text_of(node: Node) -> str:
    """All text that readers see in an element, in order, pictures by their alternative."""
    found: list[str] = []
    todo: list[str | Node] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            found.append(part)
        elif part.tag == "img":
            found.append(part.attrs.get("alt", ""))
        elif part is node or not part.hidden:
            todo.extend(reversed(part.parts))
    return "".join(found)


_UNSEEN = (
    ("visibility", frozenset({"hidden", "collapse"})),
    *((name, _NOTHING) for name in ("opacity", "font-size", "max-height", "height", "width")),
)


def seen(node: Node) -> bool:
    """Whether an element has words, or pictures with words, and no style attribute hides it."""
    around = (node, *above(node))
    unseen = any(one.style(name) in values for one in around for name, values in _UNSEEN)
    return not node.hidden and not unseen and bool(text_of(node).strip())


def above(node: Node) -> Iterator[Node]:
    """The elements around one, from the inside out."""
    parent = node.parent
    while parent:
        yield parent
        parent = parent.parent
