"""The subject: one that readers see whole and filters trust (standards E-M-11, L-K-05)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsfeed.digest import cells
from newsfeed.digest.lint.finding import Finding, error, quoted, warning

WIDEST = 60
MOST_MARKS = 2
MOST_EMOJI = 2
SHORTEST_SHOUT = 8

_REPLY = re.compile(r"\s*(?:re|fwd?|aw|sv|답장|전달)\s*[:：]", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\(\w+\)s|__[A-Z]{3,}__")
# Law asks for `(광고)` itself, first and unchanged (Annex 6 of the decree to the Network Act).
_LABEL = re.compile(
    r"[\s\[\](){}<>（）［］【】〔〕「」『』《》〈〉*]*[\[({<（［【〔「『《〈*]"
    r"[\s.·_-]*(?:\w{0,4}광[\s.·_*-]*고)[\s.·_-]*[\])}>）］】〕」』》〉*]"
)
_LABEL_ELSEWHERE = re.compile(
    r"[\[({<（［【〔「『《〈][\s.·_*-]*광[\s.·_*-]*고[\s.·_*-]*[\])}>）］】〕」』》〉]"
)
_RIGHT_LABEL = "(광고)"
_SPAM = re.compile(
    r"100\s?%\s?(?:무료|free|保証|無料)|!!!|！！！|\$\$\$|무료\s?(?:증정|제공|쿠폰)|대박|"
    r"\bact now\b|\bfree!|\bwinner\b|\bclick here\b|\burgent\b|\bcash bonus\b|"
    r"完全無料|今だけ|当選|激安|긴급\s?입금|당첨",
    re.IGNORECASE,
)


def check(subject: str) -> Iterator[Finding]:
    """Findings about a subject line."""
    if not subject.strip():
        yield error("subject.empty", "the subject is empty", "subject", "write one")
        return
    if match := _PLACEHOLDER.search(subject):
        yield _wrong("placeholder", f"the subject shows {quoted(match[0])}", "fill it in")
    if (width := cells.width(subject)) > WIDEST:
        yield _wrong(
            "long",
            f"the subject is {width} cells wide, and mail programs show about {WIDEST}",
            "shorten it",
        )
    yield from _tone(subject)
    if _REPLY.match(subject):
        yield _wrong(
            "reply", f"the subject begins like a reply: {quoted(subject)}", "leave `Re:` to replies"
        )
    if not subject.startswith(_RIGHT_LABEL):
        yield from _label(subject)


def _label(subject: str) -> Iterator[Finding]:
    """A label of advertising that is not where and as the law wants it."""
    match = _LABEL.match(subject) or _LABEL_ELSEWHERE.search(subject)
    if match is None:
        return
    problem = f"the subject writes the label of advertising in another way: {quoted(subject)}"
    remedy = f"begin it with `{_RIGHT_LABEL}`, or leave the label out"
    if match.re is _LABEL or match.end() == len(subject.rstrip()) or _REPLY.match(subject):
        yield error("subject.advertising-label", problem, "subject", remedy)
    else:
        yield _wrong("advertising-word", problem, remedy)


def _tone(subject: str) -> Iterator[Finding]:
    letters = [c for c in subject if c.isalpha()]
    if len(letters) >= SHORTEST_SHOUT and all(c.isascii() and c.isupper() for c in letters):
        yield _wrong("capitals", "the subject is in capitals alone", "write it as a sentence")
    if sum(subject.count(mark) for mark in "!?！？") > MOST_MARKS:
        yield _wrong("marks", "the subject has many `!` or `?`", "leave one")
    if (count := len(_EMOJI.findall(subject))) > MOST_EMOJI:
        yield _wrong("emoji", f"the subject has {count} emoji", "leave one or two")
    if match := _SPAM.search(subject):
        yield _wrong("spam", f"filters dislike {quoted(match[0])} in a subject", "say it plainly")


def _wrong(rule: str, problem: str, remedy: str) -> Finding:
    return warning(f"subject.{rule}", problem, "subject", remedy)
