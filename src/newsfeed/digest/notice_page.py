"""The HTML of a mail that is no edition, made from its text: both say the same, line by line."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from newsfeed.digest.inline import inline
from newsfeed.digest.skin import skin
from newsfeed.digest.wrap import wrapped
from newsfeed.templating import LETTERS, open_templates

if TYPE_CHECKING:
    from pathlib import Path

    from newsfeed.digest.theme import Theme
    from newsfeed.templating import Plain

LINK = "https://link.invalid/__LINK__"
"""Stands for the person's own link, so that one page serves all. Safe in any URL or HTML."""

_KEPT = 64
_ADDRESS = ("https://", "http://")
_UNSPACED = frozenset({"ja", "zh"})


@lru_cache(_KEPT)
def notice_page(
    places: tuple[Path, ...],
    template: str,
    theme: Theme,
    language: str,
    subject: str,
    text: str,
    action: str,
    _state: str,
) -> str:
    """The page for `text`, in which LINK stands for a link; by the template of that name in
    the first of `places` that has it.

    A link that is a paragraph by itself is the button, with the words `action`; one below a line
    is a link with that line's words, and any other address shows itself. The last paragraph says
    who sent it. Pages are kept; `_state` is a value that changes with the templates.
    Raises TemplateError.
    """
    blocks = [_block(block, language) for block in text.strip().split("\n\n")]
    values: dict[str, Plain] = {
        **skin(theme, language),
        "subject": subject,
        "action": action,
        "blocks": blocks[:-1],
        "sender": blocks[-1],
    }
    return inline(open_templates(places, LETTERS).html(f"{template}.html.j2", values))


def filled_text(text: str, language: str) -> str:
    """`text` with its paragraphs filled into lines of at most 72 cells, joined as on the page."""
    blocks = (
        "\n".join(wrapped(line["text"]) for line in _lines(block.split("\n"), language))
        for block in text.strip().split("\n\n")
    )
    return "\n\n".join(blocks) + "\n"


def _block(text: str, language: str) -> dict[str, Plain]:
    """A paragraph: its `lines`, each with its `url` ("" for none); `is_button` for a lone link."""
    *before, last = text.split("\n")
    is_button = last == LINK and not before
    if last == LINK and before:
        label = before.pop().rstrip(":")
        shown = [*_lines(before, language), {"text": label, "url": LINK}]
    else:
        shown = [] if is_button else _lines([*before, last], language)
    return {"lines": shown, "is_button": is_button, "url": LINK if is_button else ""}


def _lines(lines: list[str], language: str) -> list[dict[str, str]]:
    """Lines as they are to be shown: those that were only wrapped are joined again."""
    gap = "" if language.partition("-")[0].lower() in _UNSPACED else " "
    found: list[str] = []
    for line in lines:
        if found and not _is_new(found[-1], line):
            found[-1] += gap + line
        else:
            found.append(line)
    return [{"text": line, "url": line if line.startswith(_ADDRESS) else ""} for line in found]


def _is_new(before: str, line: str) -> bool:
    return (
        before.endswith(":")
        or line.endswith(":")
        or line.startswith(("- ", *_ADDRESS))
        or before.startswith(("- ", *_ADDRESS))
        or (": " in before and ": " in line)
    )
