"""JavaScript read as text: the literals in it, and nothing is ever run.

Settings and data files of Eleventy are programs, and most of what they say stands there as it is:
`{ dir: { input: "src" } }`. What has to be computed is UNKNOWN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import islice
from typing import Final

MAX_DEPTH = 40
MAX_CONSTANTS = 50
MAX_LENGTH = 30_000
"""Characters of one of several values."""


class Unknown(Enum):
    """What only running the program would tell."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

# A string that is never closed ends with its line, so that everything is looked at once.
_STRING = r""""(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`(?:[^`\\]|\\.)*+`?"""
_COMMENT = r"//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
_OPAQUE = re.compile(f"(?P<string>{_STRING})|{_COMMENT}", re.DOTALL)
_BLANK = re.compile(rf"(?:\s|{_COMMENT})*+", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?)(?![\w$.])")
_TEXT = re.compile(_STRING, re.DOTALL)
_PATTERN = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,99}+\])++/")
_ARROW = re.compile(
    r"(?:(?P<one>[A-Za-z_$][\w$]*)|\(\s*(?P<in>[A-Za-z_$][\w$]*)?\s*\)|\(\s*\{[^{}()]*\}\s*\))"
    r"\s*=>\s*(?:\{\s*return\s*)?(?=`)"
)
_HOLE = re.compile(r"\$\{\s*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*\}")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL
)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_BRACKETS = {"{": "}", "[": "]", "(": ")"}
_CONSTANT = re.compile(r"\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?=[\"'`{\[])")
_EXPORT = re.compile(r"(?:\bexport\s+default|\bmodule\.exports\s*=|\breturn)\s*\(?\s*(?=\{)")


def code_of(text: str) -> str:
    """`text` with comments blank and the inside of strings masked, every place kept, so that
    patterns find only what is code.
    """

    def mask(match: re.Match[str]) -> str:
        written = match[0]
        if match["string"] is None:
            return re.sub(r"[^\n]", " ", written)
        return written[0] + re.sub(r"[^\n]", "_", written[1:-1]) + written[1:][-1:]

    return _OPAQUE.sub(mask, text)


def constants(text: str, code: str) -> dict[str, object]:
    """What `const name = …` gives, where it is a literal."""
    found: dict[str, object] = {}
    for match in islice(_CONSTANT.finditer(code), MAX_CONSTANTS):
        value = value_at(text, match.end(), found)
        if value is not UNKNOWN:
            found[match[1]] = value
    return found


def exported(text: str) -> dict[str, object]:
    """The object that a module gives or its only function returns; {} where it is no literal."""
    code = code_of(text)
    match = _EXPORT.search(code)
    names = constants(text, code)
    value = value_at(text, match.end(), names, len(text)) if match else UNKNOWN
    return value if isinstance(value, dict) else {}


def value_at(
    text: str, start: int, names: Mapping[str, object], longest: int = MAX_LENGTH
) -> object:
    """The literal that begins at `start`; UNKNOWN where it is none, broken or too long.

    Objects keep the keys whose values are UNKNOWN. `names` are constants that may be named.
    """
    try:
        return _Reader(text[: start + longest], start, names).value(1)
    except ValueError:
        return UNKNOWN


class _Reader:
    """Walks forward through `text`. Its methods raise ValueError where the text ends too early."""

    def __init__(self, text: str, start: int, names: Mapping[str, object]) -> None:
        self._text = text
        self._at = start
        self._names = names

    def value(self, depth: int) -> object:
        """The expression here, up to the comma or bracket that ends it."""
        if depth > MAX_DEPTH:
            raise ValueError
        start = self._peek()
        found = self._literal(depth)
        if self._next() not in ",}])" and not self._ends_statement():
            found = UNKNOWN
        if found is UNKNOWN:
            self._at = start
            self._skip()
        return found

    def _literal(self, depth: int) -> object:
        text, at = self._text, self._at
        if text[at] == "{":
            return dict(self._members(depth))
        if text[at] == "[":
            return list(self._items(depth))
        if arrow := _ARROW.match(text, at):
            self._at = arrow.end()
            template = self._string(arrow["one"] or arrow["in"] or "")
            return UNKNOWN if template is None else template
        if (string := self._string(None)) is not None:
            return string
        if number := _NUMBER.match(text, at):
            self._at = number.end()
            return float(number[0]) if "." in number[0] else int(number[0])
        if word := _WORD.match(text, at):
            self._at = word.end()
            return _WORDS.get(word[0], self._names.get(word[0], UNKNOWN))
        return UNKNOWN

    def _members(self, depth: int) -> Iterator[tuple[str, object]]:
        self._at += 1
        while self._peek_character() != "}":
            key = self._key()
            after = self._peek_character()
            if key is not None and after == ":":
                self._at += 1
                yield key, self.value(depth + 1)
            elif key is not None and after in ",}":
                yield key, self._names.get(key, UNKNOWN)
            else:  # a method, or names taken from elsewhere by `...`
                if key is not None:
                    yield key, UNKNOWN
                self._skip()
            self._comma("}")
        self._at += 1

    def _items(self, depth: int) -> Iterator[object]:
        self._at += 1
        while self._peek_character() != "]":
            yield self.value(depth + 1)
            self._comma("]")
        self._at += 1

    def _comma(self, closing: str) -> None:
        if self._peek_character() == ",":
            self._at += 1
        elif self._text[self._at] != closing:
            raise ValueError

    def _key(self) -> str | None:
        if (string := self._string(None)) is not None:
            return str(string)
        word = _WORD.match(self._text, self._at)
        self._at = word.end() if word else self._at
        return word[0] if word else None

    def _string(self, parameter: str | None) -> object:
        """The string here, or None. With a `parameter`, it is a function's template, whose holes
        become `{{ … }}` of what they name; in others holes are UNKNOWN.
        """
        match = _TEXT.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        if len(match[0]) < 2 or match[0][-1] != match[0][0]:
            raise ValueError
        inside = match[0][1:-1]
        if match[0][0] == "`" and "${" in inside:
            if parameter is None:
                return UNKNOWN
            inside = _HOLE.sub(
                lambda hole: "{{ " + hole[1].removeprefix(f"{parameter}.") + " }}", inside
            )
            if "${" in inside:
                return UNKNOWN
        text = _ESCAPE.sub(_unescaped, inside)
        # Two escapes may be the halves of one character, and one alone is none.
        return (
            text
            if text.isascii()
            else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )

    def _skip(self) -> None:
        """Go to the comma or bracket that ends the expression."""
        open_brackets: list[str] = []
        while True:
            character = self._peek_character()
            if whole := _TEXT.match(self._text, self._at) or self._pattern():
                self._at = whole.end()
                continue
            if character in _BRACKETS:
                open_brackets.append(_BRACKETS[character])
            elif open_brackets and character == open_brackets[-1]:
                open_brackets.pop()
            elif not open_brackets and character in ",}])":
                return
            self._at += 1

    def _pattern(self) -> re.Match[str] | None:
        """The regular expression here, or None."""
        if self._text[self._at] != "/":
            return None
        at = self._at
        while at and self._text[at - 1].isspace():
            at -= 1
        stands = self._text[at - 1] in "(,=:[!&|?{};"
        return _PATTERN.match(self._text, self._at) if stands else None

    def _peek(self) -> int:
        """Step over blanks and comments; where that leads to."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        if self._at >= len(self._text):
            raise ValueError
        return self._at

    def _peek_character(self) -> str:
        return self._text[self._peek()]

    def _next(self) -> str:
        """The next character after blanks; "," at the end of the text, which ends a value too."""
        try:
            return self._peek_character()
        except ValueError:
            return ","

    def _ends_statement(self) -> bool:
        """Whether a value is over here: at `;`, or where a new line begins a new statement."""
        here, at = self._text[self._at], self._at
        while self._text[at - 1] in " \t":
            at -= 1
        return here == ";" or (self._text[at - 1] == "\n" and here not in ".+-*/%&|?=<>([")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        return _NAMED.get(match[4], match[4])
    number = int(code, 16)
    return chr(number) if number < 0x110000 else "\ufffd"
