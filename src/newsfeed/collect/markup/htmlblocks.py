"""Blocks of HTML in Markdown source, as kramdown sees them: from an element's start to its end."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAMES = (
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header li main nav ol p section summary table tbody td "
    "tfoot th thead tr ul"
)
BLOCK_NAMES = frozenset(_NAMES.split())
_RULE = "hr"  # a block without an end
_OPENING = re.compile(r" {0,3}</?([A-Za-z][A-Za-z0-9]*)(?=[\s/>]|$)")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>])([^<>]*)>")
_MARKDOWN = re.compile(r"\smarkdown *= *[\"']?(\w+)[\"']?")
_ENDS_AT_BLANK_LINE = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})
_DEEPEST = 256  # elements; the HTML parser refuses more
_LONGEST_TAG = 2000  # characters; a tag over several lines is put together up to here


class _Open(NamedTuple):
    """An open element: its name, and whether its content is Markdown."""

    name: str
    is_markdown: bool


class HtmlBlocks:
    """Reads lines that are not code and sets HTML and Markdown apart with blank lines.

    CommonMark ends a block of HTML at a blank line and reads nothing in it before; kramdown ends
    it where the element ends, and reads the content where the element says `markdown="1"`.
    """

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._unfinished = ""
        self._after_blank = False

    def read(self, line: str, out: list[str]) -> None:
        """Append to `out` the lines that stand for `line`."""
        if not self._open and not self._unfinished and "<" not in line:
            out.append(line)
            return
        is_blank = not line.strip()
        if is_blank:
            out += self.rest()
            self._unfinished = ""
            while self._in_html() and self._open[-1].name in _ENDS_AT_BLANK_LINE:
                self._open.pop()
        elif self._unfinished:
            line, self._unfinished = f"{self._unfinished} {line.strip()}", ""
        elif self._in_html() and self._after_blank and line.lstrip().startswith("<"):
            line = line.lstrip()  # else CommonMark takes it for indented code
        self._after_blank = is_blank
        if is_blank:
            out.append(line)
            return
        start = 0
        while start < len(line):
            start = self._read_part(line, start, out)

    def rest(self) -> list[str]:
        """The start of a tag that never ended, if there is one."""
        return [self._unfinished] if self._unfinished else []

    def _in_html(self) -> bool:
        return bool(self._open) and not self._open[-1].is_markdown

    def _read_part(self, line: str, start: int, out: list[str]) -> int:
        """Read from `start` to the next change between HTML and Markdown; its place in `line`."""
        if self._in_html() or _begins_block(line, start):
            return self._read_html(line, start, out)
        end = self._end_of_container(line, start)
        if end is None:
            out.append(line[start:])
            return len(line)
        name = self._open.pop().name
        out += [line[start : end.start()], "", f"</{_shown_name(name)}>"]
        return self._after_html(line, end.end(), out)

    def _end_of_container(self, line: str, start: int) -> re.Match[str] | None:
        """Where the innermost element with Markdown content ends in `line`."""
        if not self._open or "</" not in line:
            return None
        return re.compile(rf"</{self._open[-1].name}\s*>", re.IGNORECASE).search(line, start)

    def _read_html(self, line: str, start: int, out: list[str]) -> int:
        end = start
        for tag in _TAG.finditer(line, start):
            closing, name, attributes = tag[1], tag[2].lower(), tag[3]
            if name not in BLOCK_NAMES:
                continue
            end = tag.end()
            if closing:
                self._close(name)
            elif not attributes.endswith("/"):
                is_markdown = _holds_markdown(attributes)
                self._open.append(_Open(name, is_markdown))
                if is_markdown:
                    shown = f"<{_shown_name(name)}{_MARKDOWN.sub('', attributes)}>"
                    out += [f"{line[start : tag.start()]}{shown}", ""]
                    return end
            if not self._in_html():
                out.append(line[start:end])
                return self._after_html(line, end, out)
        last = line.rfind("<", end)
        if last > line.rfind(">", end) and len(line) - last < _LONGEST_TAG:
            self._unfinished = line[last:]
        shown = line[start : len(line) - len(self._unfinished)]
        if shown:
            out.append(shown)
        return self._after_html(line, len(line), out)

    def _after_html(self, line: str, end: int, out: list[str]) -> int:
        """Set what follows apart where it is Markdown; the place in `line` to read on from."""
        if self._in_html() or self._unfinished:
            return end
        out.append("")
        return len(line) - len(line[end:].lstrip())

    def _close(self, name: str) -> None:
        """Note a closing tag: it ends its element and what was left open in it."""
        for index in reversed(range(len(self._open))[-_DEEPEST:]):
            if self._open[index].is_markdown:
                return
            if self._open[index].name == name:
                del self._open[index:]
                return


def _begins_block(line: str, start: int) -> bool:
    opening = _OPENING.match(line, start)
    return opening is not None and (
        opening[1].lower() in BLOCK_NAMES or opening[1].lower() == _RULE
    )


def _holds_markdown(attributes: str) -> bool:
    wanted = _MARKDOWN.search(attributes) if "markdown" in attributes else None
    return wanted is not None and wanted[1] != "0"


def _shown_name(name: str) -> str:
    """The element to write for one with Markdown content, which brings its own <p>."""
    return "div" if name == "p" else name
