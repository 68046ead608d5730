"""What the checks of the XML formats share: reading without trust, and rules for children."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from newsfeed.feeds.checks.values import is_web_address, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Rules(NamedTuple):
    """What is asked of an element's children, by their tags in Clark notation.

    `required` must be there and not empty, `single` at most once; `checks` say what is wrong
    with one child.
    """

    required: frozenset[str]
    single: frozenset[str]
    checks: Mapping[str, Callable[[etree._Element], Iterator[str]]]


def read(data: bytes) -> tuple[etree._Element | None, list[str]]:
    """The root of the document `data` without comments, or None, and what is wrong with it.

    Neither entities nor a DTD nor anything beyond `data` is read.
    """
    if data.startswith(BYTE_ORDER_MARK):
        return None, ["begins with a byte order mark"]
    if not data.startswith(b"<?xml"):
        return None, ["does not begin with an XML declaration"]
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return None, [f"is not well-formed XML: {error.msg}"]
    document = root.getroottree().docinfo
    if document.internalDTD is not None:
        return None, ["has a document type declaration"]
    if (document.encoding or "").upper() != "UTF-8":
        return root, [f"is declared to be {document.encoding}, not UTF-8"]
    return root, []


def child_problems(element: etree._Element, rules: Rules) -> Iterator[str]:
    """What is wrong with the children of `element`."""
    required, single, checks = rules
    seen: set[str] = set()
    for child in element:
        tag = child.tag
        if tag in seen and tag in single:
            yield f"has more than one {local(tag)}"
        seen.add(tag)
        if tag in required and not text_of(child):
            yield f"has an empty {local(tag)}"
        elif tag in checks:
            yield from checks[tag](child)
    yield from (f"has no {local(tag)}" for tag in sorted(required - seen))


def address_in_text(element: etree._Element) -> Iterator[str]:
    """Demand that the element's text is an absolute http(s) URL."""
    if not is_web_address(text_of(element)):
        yield not_an_address(local(element.tag), element.text)


def address_in(attribute: str) -> Callable[[etree._Element], Iterator[str]]:
    """Demand that an element's `attribute` is an absolute http(s) URL."""

    def check(element: etree._Element) -> Iterator[str]:
        value = element.get(attribute)
        if not is_web_address(value or ""):
            yield not_an_address(f"{attribute} of {local(element.tag)}", value)

    return check


def not_an_address(what: str, value: str | None) -> str:
    """The complaint about `value`, which should be an absolute http(s) URL."""
    return f"{what} is not an absolute http(s) address: {shown(value)}"


def text_of(element: etree._Element) -> str:
    """The text of `element` without white space around it, "" where it has none."""
    return (element.text or "").strip()


def local(tag: str) -> str:
    """`tag` without its namespace, for messages."""
    return tag.rpartition("}")[2]
