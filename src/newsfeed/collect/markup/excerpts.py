"""Excerpts: an author's own, and those cut from the text where a reader would pause."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from newsfeed.collect.markup.markdown import to_html
from newsfeed.collect.markup.text import one_line, plain_text

if TYPE_CHECKING:
    import regex

_CLOSERS = "\"'”’»)\\]」』】〉》"
# Characters that never join with each other: where all are such, each is a cluster of its own.
_ALONE = re.compile(
    "[ -~\xa1-\xac\xae-\u02ff\u2010-\u2027\u3000-\u3029\u3041-\u3096\u30a0-\u30ff"
    "\u3400-\u9fff\uac00-\ud7a3\uff01-\uff9d]*"
)
_WORD_END = re.compile(r"[,;:.!?…]{0,9}(?:\s|$)")
_LOOSE_END = " ,;:·.…\"'“‘([{「『-–—"
_ELLIPSIS = "…"

_MARKUP = re.compile(r"[<&*_`\[\\]|~~|\{:|^[ \t]*(?:#{1,6}[ \t]|>|[-+][ \t])", re.MULTILINE)
_NUMBER = re.compile(r"^([ \t]*\d{1,9})([.)])", re.MULTILINE)


def excerpt(text: str, limit: int = 200) -> str:
    """Plain `text` on one line, cut to at most `limit` (1 or more) grapheme clusters.

    The cut is at the end of a sentence where that keeps half of the limit, else between words,
    else between clusters, never inside one; "…" marks every cut but the first kind.
    """
    text = one_line(text)
    ends = _cluster_ends(text, limit + 1)
    if len(ends) <= limit:
        return text
    half = ends[limit // 2 - 1] if limit > 1 else 0
    sentence = _last_sentence_end(text, ends[:limit])
    if sentence >= max(half, 1):
        return text[:sentence]
    cut = ends[limit - 2] if limit > 1 else 0
    if not _WORD_END.match(text, cut):
        space = text.rfind(" ", 0, cut)
        cut = space if space >= max(half, 1) else cut
    return (text[:cut].rstrip(_LOOSE_END) or text[:cut].rstrip(" .…")) + _ELLIPSIS


def _cluster_ends(text: str, count: int) -> list[int]:
    """Where the first `count` clusters of `text` end."""
    if _ALONE.fullmatch(text, 0, count + 1):
        return list(range(1, min(count, len(text)) + 1))
    size = 2 * count
    cluster = _cluster()
    clusters: list[str] = cluster.findall(text[:size])
    while len(clusters) <= count and size < len(text):  # the last one may be cut short
        size *= 4
        clusters = cluster.findall(text[:size])
    return list(accumulate(map(len, clusters[:count])))


@cache
def _cluster() -> regex.Pattern[str]:
    import regex  # heavy, and most texts do without it

    return regex.compile(r"\X")


def _last_sentence_end(text: str, ends: list[int]) -> int:
    """The last of `ends` at which a sentence ends, or 0."""
    found = [match.end() for match in _sentence_end().finditer(text, 0, ends[-1] + 1)]
    boundaries = set(ends)
    return next((end for end in reversed(found) if end in boundaries), 0)


@cache
def _sentence_end() -> regex.Pattern[str]:
    """A full stop ends no sentence after a digit ("2024. 7. 12."), an initial or a short title."""
    import regex

    return regex.compile(
        r"(?:(?<!\d)(?<!\b[A-Za-z])(?<!\b(?:Mr|Mrs|Ms|Dr|St|vs|No|Prof|Inc))\.|[!?…])"
        rf"[.!?…]*+[{_CLOSERS}]*+(?=\s|$)|[。！？]++[{_CLOSERS}]*+"
    )


def author_excerpt(text: str) -> str:
    """An author's excerpt, which may hold Markdown and HTML, as plain text on one line.

    Nothing is cut; dots or an ellipsis at the end become one "…". Raises ArticleError where its
    markup is out of all proportion.
    """
    if _MARKUP.search(text):
        # "2024. 7. 12." at the start is a date and not the first item of a list.
        source = _NUMBER.sub(r"\1\\\2", text.strip())
        text = plain_text(to_html(source, kramdown=False))
    text = one_line(text)
    body = text.rstrip(".…")
    dots = text[len(body) :]
    return body + _ELLIPSIS if _ELLIPSIS in dots or len(dots) > 1 else text
