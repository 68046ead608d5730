"""Org's blocks as HTML: headings, lists, tables, blocks, paragraphs. For feeds and letters.

Rules are those of the Org manual ("Document Structure", "Plain Lists", "Tables", "Blocks"), and
headings begin at the second level as Hugo's do. Any text gives HTML, in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from newsfeed.collect.conventions.hugo.org_inline import inline

MAX_LEVELS = 10
"""Levels of lists within each other; deeper ones stand on this one."""

_HEADING = re.compile(r"(?P<stars>\*+)[ \t]+(?P<text>.*)")
_STATE = re.compile(r"(?:TODO|DONE)[ \t]+|\[#[A-Z]\][ \t]*")
_LABELS = re.compile(r"[ \t]+:[\w@#%:]+:[ \t]*\Z")
_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-+]|[0-9]{1,9}[.)]|(?<=[ \t])\*)(?:[ \t]+(?P<text>.*)|\Z)"
)
_BOX = re.compile(r"\[(?P<state>[ xX-])\][ \t]+")
_TERM = re.compile(r"(?P<term>\S.{0,400}?)[ \t]+::(?:[ \t]+|\Z)(?P<rest>.*)")
_BEGIN = re.compile(r"[ \t]*#\+begin_(?P<name>\w+)(?:[ \t]+(?P<words>.*))?\Z", re.IGNORECASE)
_END = re.compile(r"[ \t]*#\+end_(?P<name>\w+)[ \t]*\Z", re.IGNORECASE)
_KEYWORD = re.compile(r"[ \t]*#\+[\w\[\]-]+:")
_COMMENT = re.compile(r"[ \t]*#(?:[ \t]|\Z)")
_FIXED = re.compile(r"[ \t]*:(?: (?P<text>.*)|\Z)")
_DRAWER = re.compile(r"[ \t]*:[\w-]+:[ \t]*\Z")
_DRAWER_END = re.compile(r"[ \t]*:end:[ \t]*\Z", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*\Z")
_TABLE = re.compile(r"[ \t]*\|")
_PLANNING = re.compile(r"[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):[ \t]")
_NOTE = re.compile(r"\[fn:(?P<name>[\w-]{1,60})\][ \t]*(?P<text>.*)")
_CAPTION = re.compile(r"[ \t]*#\+caption:[ \t]*(?P<text>.*)", re.IGNORECASE)


class _Done(NamedTuple):
    """A block's HTML, and the number of the line after it."""

    html: str
    after: int


def to_html(text: str) -> str:
    """The HTML of Org `text`, not sanitised: `#+begin_export html` stays as it is."""
    return "\n".join(_blocks(text.split("\n")))


def _blocks(lines: list[str]) -> list[str]:
    ends = _block_ends(lines)
    drawers = [number for number, line in enumerate(lines) if _DRAWER_END.match(line)]
    found: list[str] = []
    number = 0
    while number < len(lines):
        done = _block(lines, number, ends, drawers)
        if done.html:
            found.append(done.html)
        number = done.after
    return found


def _block(lines: list[str], at: int, ends: dict[int, int], drawers: list[int]) -> _Done:
    """What begins on the line `at`."""
    line = lines[at]
    if not line.strip() or _KEYWORD.match(line) or _COMMENT.match(line) or _PLANNING.match(line):
        return _caption(line, at)
    if at in ends:
        begin = _BEGIN.match(line)
        html = _wrapped(begin, lines[at + 1 : ends[at]]) if begin else ""
        return _Done(html, ends[at] + 1)
    if _DRAWER.match(line):
        while drawers and drawers[0] <= at:
            drawers.pop(0)
        if drawers:
            return _Done("", drawers[0] + 1)
    for starts, read in _READERS:
        if starts.match(line):
            return read(lines, at)
    return _paragraph(lines, at, ends)


def _caption(line: str, at: int) -> _Done:
    """A keyword says nothing to readers, save a caption."""
    match = _CAPTION.match(line)
    html = f"<p><em>{inline(match['text'].strip())}</em></p>" if match and match["text"] else ""
    return _Done(html, at + 1)


def _block_ends(lines: list[str]) -> dict[int, int]:
    """For each line that begins a block, the line that ends it; the nearest of its name."""
    ends: dict[int, int] = {}
    waiting: dict[str, int] = {}
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if "#+" not in line:
            continue
        if match := _END.match(line):
            waiting[match["name"].lower()] = number
        elif (match := _BEGIN.match(line)) and match["name"].lower() in waiting:
            ends[number] = waiting[match["name"].lower()]
    return ends


def _wrapped(begin: re.Match[str], lines: list[str]) -> str:
    """A block by its name; of one that is not known, what stands in it."""
    name, words = begin["name"].lower(), (begin["words"] or "").split()
    if name == "comment":
        return ""
    if name == "export":
        return "\n".join(lines) if words[:1] == ["html"] else ""
    if name in {"src", "example"}:
        language = re.sub(r"[^\w+#.-]+", "", words[0]) if name == "src" and words else ""
        kind = f' class="language-{escape(language)}"' if language else ""
        code = escape("\n".join(map(_unescaped, _dedented(lines))), quote=False)
        return f"<pre><code{kind}>{code}\n</code></pre>"
    if name == "verse":
        return f"<p>{'<br>'.join(inline(line) for line in lines)}</p>"
    # What stands in a block is read without blocks in it, so that depth is bounded.
    inner = "\n".join(_plain(lines))
    return f"<blockquote>\n{inner}\n</blockquote>" if name == "quote" else inner


def _plain(lines: list[str]) -> list[str]:
    found: list[str] = []
    number = 0
    while number < len(lines):
        done = _block(lines, number, {}, [])
        found += [done.html] if done.html else []
        number = done.after
    return found


def _dedented(lines: list[str]) -> list[str]:
    depth = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[depth:] for line in lines]


def _unescaped(line: str) -> str:
    """A comma keeps a line of code from being read as Org's own."""
    return line[1:] if line.startswith((",*", ",#+", ",,")) else line


def _heading(lines: list[str], at: int) -> _Done:
    match = _HEADING.match(lines[at])
    if match is None:
        return _Done("", at + 1)
    level = min(len(match["stars"]) + 1, 6)
    text = _LABELS.sub("", _STATE.sub("", match["text"], count=1)).strip()
    return _Done(f"<h{level}>{inline(text)}</h{level}>", at + 1)


def _rule(_lines: list[str], at: int) -> _Done:
    return _Done("<hr>", at + 1)


def _fixed(lines: list[str], at: int) -> _Done:
    taken = []
    while at < len(lines) and (match := _FIXED.match(lines[at])):
        taken.append(match["text"] or "")
        at += 1
    return _Done(f"<pre><code>{escape(chr(10).join(taken), quote=False)}\n</code></pre>", at)


def _note(lines: list[str], at: int) -> _Done:
    """A footnote's text stands where it is written, with its mark."""
    match = _NOTE.match(lines[at])
    if match is None:
        return _Done("", at + 1)
    return _Done(f"<p><sup>[{escape(match['name'])}]</sup> {inline(match['text'])}</p>", at + 1)


def _table(lines: list[str], at: int) -> _Done:
    rows: list[list[str]] = []
    heads = 0
    while at < len(lines) and _TABLE.match(lines[at]):
        row = lines[at].strip()
        at += 1
        if row.startswith("|-"):
            heads = heads or len(rows)
        elif not re.fullmatch(r"\|(?:[ \t]*<[lcr]?\d*>[ \t]*\|)+", row):  # widths of columns
            rows.append([inline(cell.strip()) for cell in row.strip("|").split("|")])
    parts = [_row(row, "th") for row in rows[:heads]]
    head = f"<thead>{''.join(parts)}</thead>" if parts else ""
    body = "".join(_row(row, "td") for row in rows[heads:])
    return _Done(f"<table>{head}<tbody>{body}</tbody></table>" if rows else "", at)


def _row(cells: list[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def _list(lines: list[str], at: int) -> _Done:
    """A list and the lists within it, by how far their items are indented."""
    parts: list[str] = []
    levels: list[tuple[int, str]] = []
    while at < len(lines) and (item := _ITEM.match(lines[at])):
        indent = len(item["indent"].expandtabs())
        text, at = _item_text(lines, at + 1, item["text"] or "", indent)
        _open_item(parts, levels, indent, _kind(item))
        parts.append(_item(text, levels[-1][1]))
    while levels:
        parts.append(_closing(levels.pop()[1]))
    return _Done("".join(parts), at)


def _open_item(parts: list[str], levels: list[tuple[int, str]], indent: int, kind: str) -> None:
    """Leave the lists that the next item is not in, and begin the one that it is in."""
    while levels and indent < levels[-1][0] and len(levels) > 1:
        parts.append(_closing(levels.pop()[1]))
    if levels and (indent <= levels[-1][0] or len(levels) == MAX_LEVELS):
        if levels[-1][1] == kind:
            parts.append("</dd>" if kind == "dl" else "</li>")
            return
        parts.append(_closing(levels.pop()[1]))
    parts.append(f"<{kind}>")
    levels.append((indent, kind))


def _kind(item: re.Match[str]) -> str:
    if item["mark"][0].isdigit():
        return "ol"
    return "dl" if _TERM.match(item["text"] or "") else "ul"


def _closing(kind: str) -> str:
    return "</dd></dl>" if kind == "dl" else f"</li></{kind}>"


def _item_text(lines: list[str], at: int, first: str, indent: int) -> tuple[str, int]:
    """An item's own text, which goes on in lines that are indented further; and what is next.

    A blank line is part of the list where an item follows.
    """
    taken = [first]
    while at < len(lines) and lines[at].strip() and not _ITEM.match(lines[at]):
        line = lines[at]
        if len(line) - len(line.lstrip()) <= indent or _BEGIN.match(line):
            break
        taken.append(line.strip())
        at += 1
    if at + 1 < len(lines) and not lines[at].strip() and _ITEM.match(lines[at + 1]):
        at += 1
    return "\n".join(taken), at


def _item(text: str, kind: str) -> str:
    if kind == "dl":
        match = _TERM.match(text)
        term, rest = (match["term"], text[match.start("rest") :]) if match else ("", text)
        return f"<dt>{inline(term)}</dt><dd>{inline(rest)}"
    box = _BOX.match(text)
    mark = ("☑ " if box["state"] in "xX" else "☐ ") if box else ""
    return f"<li>{mark}{inline(text[box.end() :] if box else text)}"


def _paragraph(lines: list[str], at: int, ends: dict[int, int]) -> _Done:
    start = at
    at += 1
    while at < len(lines) and at not in ends and not _interrupts(lines[at]):
        at += 1
    return _Done(f"<p>{inline(chr(10).join(line.strip() for line in lines[start:at]))}</p>", at)


def _interrupts(line: str) -> bool:
    """Whether a line ends the paragraph before it."""
    if not line.strip():
        return True
    others = (_KEYWORD, _COMMENT, *(starts for starts, _ in _READERS))
    return any(pattern.match(line) for pattern in others)


_READERS: tuple[tuple[re.Pattern[str], Callable[[list[str], int], _Done]], ...] = (
    (_HEADING, _heading),
    (_RULE, _rule),
    (_TABLE, _table),
    (_FIXED, _fixed),
    (_ITEM, _list),
    (_NOTE, _note),
)
