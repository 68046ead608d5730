"""The blocks of a tree: blank ones out, bare text into paragraphs, headings lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.collect.markup.dom import BLOCKS, HEADINGS, is_blank

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BLANK = "blank"  # set in place of a tag, for lxml to take all such elements out in one pass
_HOLLOW_NAMES = (
    "a b big br center del div em figure font h1 h2 h3 h4 h5 h6 i ins mark p s small span strong "
    "sub sup u wbr"
)
_HOLLOW = frozenset([_BLANK, *_HOLLOW_NAMES.split()])
_LOWEST_HEADING = 6


def tidy(body: Element) -> None:
    """Give the body blocks that any reader shows alike, each with something in it."""
    _make_known(body)
    wrap_bare(body)
    drop_blank(body)


def _make_known(body: Element) -> None:
    """Make divisions of the blocks that the allow-list does not know, so that their text stays
    apart from the text around.
    """
    for element in body.iter("center", "dialog", "fieldset", "form"):
        element.tag = "div"


def drop_blank(body: Element) -> None:
    """Remove paragraphs, headings, figures and divisions in which there is nothing to see."""
    seen: set[Element] = set()  # elements known to hold something
    for element in reversed(list(body.iter("p", "div", "figure", *HEADINGS))):
        if element in seen or not is_blank(element.text):
            continue
        shown = next((inner for inner in element.iter() if _shows(inner, element)), None)
        if shown is None:
            del element[:]
            element.tag, element.text = _BLANK, None
        else:
            seen.add(shown)
            for outer in shown.iterancestors():
                if outer in seen:
                    break
                seen.add(outer)
    etree.strip_elements(body, _BLANK, with_tail=False)


def is_empty(element: Element) -> bool:
    """Whether there is nothing to see in `element`."""
    return not any(_shows(inner, element) for inner in element.iter())


def _shows(inner: Element, outer: Element) -> bool:
    if inner is not outer and not is_blank(inner.tail):
        return True
    is_anchor = inner.tag == "a" and inner.get("id") is not None
    return is_anchor or inner.tag not in _HOLLOW or not is_blank(inner.text)


def wrap_bare(body: Element) -> None:
    """Put text and inline elements that lie between the body's blocks into paragraphs."""
    run: list[Element] = []
    text, body.text = body.text, None
    for element in list(body):
        if _is_block(element):
            _wrap(body, run, text, element)
            run, text = [], element.tail
            element.tail = "\n"
        else:
            run.append(element)
    _wrap(body, run, text, None)


def _is_block(element: Element) -> bool:
    return element.tag in BLOCKS or any(inner.tag in BLOCKS for inner in element.iter())


def _wrap(body: Element, run: list[Element], text: str | None, before: Element | None) -> None:
    """Make a paragraph of `text` and the elements after it, in front of `before` or at the end."""
    if not run and is_blank(text):
        return
    paragraph = etree.Element("p")
    paragraph.text = text.lstrip() if text else None
    paragraph.extend(run)
    if not run:
        paragraph.text = (text or "").strip()
    elif run[-1].tail:
        run[-1].tail = run[-1].tail.rstrip()
    paragraph.tail = "\n"
    if before is None:
        body.append(paragraph)
    else:
        before.addprevious(paragraph)


def shift_headings(body: Element, levels: int) -> None:
    """Lower every heading by `levels`, to h6 at most."""
    if levels:
        for heading in body.iter(*HEADINGS):
            heading.tag = f"h{min(_LOWEST_HEADING, int(heading.tag[1]) + levels)}"
