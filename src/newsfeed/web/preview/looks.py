"""A letter as mail programs of many kinds would show it: its HTML in, changed HTML out. Pure.

What is changed is only for the look of it. A frame cannot be told which colours it prefers, so that
the letter's own questions after them are answered in its style sheet beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from html.parser import HTMLParser

Attributes = Sequence[tuple[str, str | None]]
Change = Callable[[str, Attributes], Attributes]

_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_LIGHT = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
_YES, _NO = "(min-width: 0)", "(max-width: 0)"
_URL = re.compile(r"url\([^)]*\)", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
_LETTER = "html{scrollbar-width:none}"
"""Phones, and the programs of today, lay no bar over a letter that would make it narrower."""

_INVERTED = """\
html{background:#fff;filter:invert(1) hue-rotate(180deg)}
img,video{filter:invert(1) hue-rotate(180deg)}"""

_NO_IMAGE = "img{font-size:13px;line-height:1.3;overflow:hidden}"


def light(html: str) -> str:
    """With light colours preferred."""
    return _framed(_preferring(html, dark=False), "light")


def dark(html: str) -> str:
    """With dark colours preferred, and a mail program that asks the letter for its own."""
    return _framed(_preferring(html, dark=True), "dark")


def inverted(html: str) -> str:
    """As programs show it that turn all colours over, whatever the letter says; images stay."""
    return _framed(_preferring(html, dark=False), "light", _INVERTED)


def without_images(html: str) -> str:
    """Before the reader lets images be loaded: each is a box with its alternative text."""
    shown = _rewritten(_preferring(html, dark=False), _without_source)
    return _framed(_URL.sub("none", shown), "light", _NO_IMAGE)


def stripped(html: str) -> str:
    """As programs show it that drop style elements, classes and ids (standards E-H-09)."""
    return _framed(_rewritten(html, _without_names, dropped="style"), "light")


LOOKS: dict[str, Callable[[str], str]] = {
    "light": light,
    "dark": dark,
    "inverted": inverted,
    "images-off": without_images,
    "stripped": stripped,
}
"""Each by its name in addresses."""


def with_images(html: str, place: Callable[[str], str]) -> str:
    """The letter with each image taken from where `place` says; it gives "" for one to be left."""

    def moved(tag: str, attributes: Attributes) -> Attributes:
        if tag != "img":
            return attributes
        return [
            (name, place(value) or value if name == "src" and value else value)
            for name, value in attributes
        ]

    return _rewritten(html, moved)


def first_words(html: str, most: int) -> str:
    """What stands beside the subject in a list of letters: the first words that the body has, up to
    the fillers that keep the rest out of it; `most` characters.
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    text = " ".join(_FILLERS.split("".join(reader.found), maxsplit=1)[0].split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


_FILLERS = re.compile("(?:[\u2007\u034f\u200c\u200b\u00ad\ufeff][ \t\r\n]*){10,}")
_UNSEEN = frozenset({"head", "style", "script", "title", "template"})


class _Parser(HTMLParser):
    """Reads whatever there is: a declaration that nobody knows is a comment to browsers, and no
    mistake (HTML Standard, section 13.2.5.42).
    """

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        return self.parse_bogus_comment(i, bool(report))


class _Words(_Parser):
    """The text of a body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:  # noqa: ARG002
        self._unseen += tag in _UNSEEN
        self.found.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self.found.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)


def _preferring(html: str, *, dark: bool) -> str:
    html = _DARK.sub(_YES if dark else _NO, html)
    return _LIGHT.sub(_NO if dark else _YES, html)


def _framed(html: str, scheme: str, style: str = "") -> str:
    """With colours of the frame's own for what the letter leaves open, and links that lead out of
    it, which the sandbox lets go nowhere.
    """
    more = (
        f"<style>:root{{color-scheme:{scheme}!important}}{_LETTER}{style}</style>"
        '<base target="_blank">'
    )
    found = _HEAD_END.search(html)
    return html[: found.start()] + more + html[found.start() :] if found else more + html


def _without_source(tag: str, attributes: Attributes) -> Attributes:
    gone = {"src", "srcset"} if tag == "img" else {"background"}
    return [(name, value) for name, value in attributes if name not in gone]


def _without_names(_tag: str, attributes: Attributes) -> Attributes:
    return [(name, value) for name, value in attributes if name not in {"class", "id"}]


def _rewritten(html: str, change: Change, dropped: str = "") -> str:
    writer = _Writer(change, dropped)
    writer.feed(html)
    writer.close()
    return "".join(writer.found)


class _Writer(_Parser):
    """The same HTML again, with other attributes, and without the elements `dropped`."""

    def __init__(self, change: Change, dropped: str) -> None:
        super().__init__(convert_charrefs=False)
        self._change, self._dropped, self._within = change, dropped, False
        self.found: list[str] = []

    def _keep(self, text: str) -> None:
        if not self._within:
            self.found.append(text)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == self._dropped:
            self._within = True
        self._keep(self._written(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self._keep(self._written(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self._keep(f"</{tag}>")
        if tag == self._dropped:
            self._within = False

    def _written(self, tag: str, attrs: Attributes) -> str:
        changed = self._change(tag, attrs)
        if list(changed) == list(attrs):
            return self.get_starttag_text() or ""
        words = [
            f' {name}="{escape(value)}"' if value is not None else f" {name}"
            for name, value in changed
        ]
        return f"<{tag}{''.join(words)}>"

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._keep(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self._keep(f"<?{data}>")
