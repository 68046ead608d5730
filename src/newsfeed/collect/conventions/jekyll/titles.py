"""Titles as readers of jekyll-feed's feed see them: round quotes, long dashes, no markup.

The rules of quotes are those of SmartyPants as kramdown's parser of that name applies them, which
Jekyll's filter `smartify` uses; jekyll-feed then strips the tags and folds the white space.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

_PUNCTUATION = r"[!-%'-/:-@\[-`{-~]"
_SPACE = r"[ \t\r\n\f\v]"
_WORD = r"[A-Za-z0-9_]"
_SIGN = re.compile(r"""[^\\]?["']|&|--|\.\.\.|(?:\\|[ ])?(?:<<|>>)|<(?=[\w:!/])""", re.DOTALL)
_REFERENCE = re.compile(r"&(?:[\w:][-\w.:]*|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_SYMBOL = re.compile(r"---?|\.\.\.|\\(?:<<|>>)|<<[ ]?|[ ]?>>")
_SYMBOLS = {
    "---": "\u2014",
    "--": "\u2013",
    "...": "\u2026",
    "\\<<": "<<",
    "\\>>": ">>",
    "<< ": "\u00ab\u00a0",
    " >>": "\u00a0\u00bb",
    "<<": "\u00ab",
    ">>": "\u00bb",
}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NAME = r"(?:[^\W\d][\w.-]*+:)?[^\W\d][\w.-]*+"
_TAG = re.compile(
    rf"""<({_NAME})(?:\s++{_NAME}(?:\s*+=\s*+(?:\w++|"[^"]*+"|'[^']*+'))?)*+\s*+(/)?>"""
)
_CLOSING_TAG = re.compile(rf"</({_NAME})\s*+>")
# Elements by what kramdown does with them in a line: these hold text, those are text themselves.
_SPANS = (
    " a abbr acronym b bdo big button cite del dfn em i ins label q rb rbc rp rt rtc ruby select "
    "small span strong sub sup tt "
)
_BLOCKS = (
    " address article aside applet body blockquote caption col colgroup dd div dl dt fieldset "
    "figcaption footer form h1 h2 h3 h4 h5 h6 header hgroup hr html head iframe legend menu li "
    "main map nav ol optgroup p pre section summary table tbody td th thead tfoot tr ul "
)
_EMPTY = " area base br col embed hr img input link meta source track wbr "
_UNSEEN = " script style "

# What a quote follows and precedes tells whether it opens; the first rule that fits decides.
_OPENS_EMPHASIS = re.compile(r"[_*]{1,2}[^ \t\r\n\f\v]")
_CLOSES_AT_MARK = re.compile(rf"{_PUNCTUATION}(?!\.\.)\B")
_DECADE = re.compile(r"[0-9]{2}s")
_CLOSES = re.compile(rf"{_SPACE}|s\b|$", re.MULTILINE)
_STARTS_WORD = re.compile(_WORD)
_NEVER_BEFORE_CLOSING = frozenset(" \\\t\r\n[{(-")
_OPENING = {'"': "\u201c", "'": "\u2018"}
_CLOSING = {'"': "\u201d", "'": "\u2019"}
_WHITE = frozenset(" \t\r\n\f\v")
_MOST = 2000
"""Characters of a title; what is longer is none, and stays as it is."""


def feed_title(title: str) -> str:
    """The title as text, from the source that front matter or a file's name gives."""
    if len(title) > _MOST or not _SIGN.search(title):
        return title
    return " ".join(_Reader(title).read().split())


def title_of_name(name: str) -> str:
    """The title that Jekyll makes of a file's name: each word with one capital."""
    return " ".join(word.capitalize() for word in name.rstrip("-").split("-"))


class _Reader:
    """Reads one title from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._open: list[str] = []
        """The names of the elements around, the outermost first."""

    def read(self) -> str:
        """The text that is shown."""
        shown: list[str] = []
        while found := _SIGN.search(self._text, self._at):
            shown.append(self._plain(self._text[self._at : found.start()]))
            self._at = found.start()
            shown.append(self._sign(found[0]))
        shown.append(self._plain(self._text[self._at :]))
        return "".join(shown)

    def _plain(self, text: str) -> str:
        return "" if self._open and _is_in(_UNSEEN, self._open[-1]) else text

    def _sign(self, sign: str) -> str:
        """What stands for the sign at which reading is; reading goes on after it."""
        start = self._at
        if sign == "<":
            return self._markup()
        if sign == "&":
            return self._plain(self._reference())
        if not all(
            _is_in(_SPANS, name) for name in self._open
        ):  # code and the like: as it is written
            self._at += 1
            return self._plain(self._text[start])
        if sign[-1] in _OPENING:
            shown, self._at = _quote(self._text, start)
            return shown
        symbol = _SYMBOL.match(self._text, start)
        written = symbol[0] if symbol else sign[0]
        self._at += len(written)
        return _SYMBOLS.get(written, written)

    def _reference(self) -> str:
        found = _REFERENCE.match(self._text, self._at)
        self._at = found.end() if found else self._at + 1
        if found is None:
            return "&"
        known = found[0][1] == "#" or found[0][1:] in html5
        return html.unescape(found[0]) if known else found[0]

    def _markup(self) -> str:
        """Nothing for a tag or a comment; what is none is text."""
        text, start = self._text, self._at
        comment = _COMMENT.match(text, start)
        closing = _CLOSING_TAG.match(text, start)
        tag = _TAG.match(text, start)
        found = comment or closing or tag
        self._at = found.end() if found else start + 1
        if closing and self._open and self._open[-1] == closing[1].lower():
            self._open.pop()
        elif tag and (start == 0 or not _is_in(_BLOCKS, tag[1].lower())):
            if not tag[2] and not _is_in(_EMPTY, tag[1].lower()):
                self._open.append(tag[1].lower())
        elif not comment:
            return self._plain(text[start : self._at])
        return ""


def _is_in(names: str, name: str) -> bool:
    return f" {name} " in names


def _quote(text: str, at: int) -> tuple[str, int]:
    """What stands for the quote at `at`, or for the character there and the quote after it; and
    where to go on.
    """
    here, following = text[at], text[at + 1 : at + 2]
    if here in _OPENING and _OPENS_EMPHASIS.match(text, at + 1):
        return _OPENING[here], at + 1
    if here in _OPENING and _CLOSES_AT_MARK.match(text, at + 1):
        return _CLOSING[here], at + 1
    space = here if here in _WHITE else ""
    first = at + len(space)
    pair = text[first : first + 2]
    if pair in {"\"'", "'\""} and _STARTS_WORD.match(text, first + 2):
        return space + _OPENING[pair[0]] + _OPENING[pair[1]], first + 2
    if pair[0] == "'" and _DECADE.match(text, first + 1):
        return space + _CLOSING["'"], first + 1
    if space and _STARTS_WORD.match(text, first + 1):
        return space + _OPENING[pair[0]], first + 1
    if following in _CLOSING and here not in _NEVER_BEFORE_CLOSING:
        return here + _CLOSING[following], at + 2
    if here in _CLOSING and _CLOSES.match(text, at + 1):
        return _CLOSING[here], at + 1
    if following == "'" or (here != "'" and following in _OPENING):
        return here + _OPENING[following], at + 2
    return _OPENING[here], at + 1
