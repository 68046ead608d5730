"""What the commands about editions share: the operator's own words, and their consent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsfeed.cli.report import shown
from newsfeed.errors import ArticleError, UsageError

if TYPE_CHECKING:
    from newsfeed.flows.plan import Plan

LONGEST = 1_000_000
"""Bytes of own words."""

STDIN = "-"


def given_words(file: str) -> str:
    """The Markdown in a file, or from stdin for `-`. Raises UsageError, which names the file."""
    from newsfeed.collect.decode import decode_source

    try:
        if file == STDIN:
            data = sys.stdin.buffer.read(LONGEST + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(
            f"cannot be read: {error.strerror}", where=_name(file), remedy="mend the path"
        ) from None
    if not data.strip():
        raise UsageError("is empty", where=_name(file), remedy="write your words as Markdown")
    if len(data) > LONGEST:
        raise UsageError(
            f"has more than {LONGEST:,} bytes",
            where=_name(file),
            remedy="put the long part into an article",
        )
    with explained(file):
        return decode_source(data).text


def refuse_article(plan: Plan, file: str) -> None:
    """Raises UsageError for own words in a file that the next build would publish as an article."""
    from newsfeed.collect.files import would_find

    if file == STDIN:
        return
    place = Path(file).resolve()
    skipped = frozenset(str(one.resolve()) for one in plan.unread)
    for folder in plan.folders:
        if would_find(folder.root.resolve(), folder.convention.accepts, skipped, place):
            raise UsageError(
                "this file lies among the articles and would be published as one",
                where=_name(file),
                remedy="move it out of the source, or into a folder whose name begins with `_`",
            )


def given_subject(text: str) -> str:
    """A subject on one line. Raises UsageError for an empty one."""
    from newsfeed.text import one_line

    line = one_line(text)
    if not line:
        raise UsageError("the subject is empty", where="--subject", remedy="write one")
    return line


@contextmanager
def explained(file: str) -> Iterator[None]:
    """What is wrong with the own words names their file."""
    try:
        yield
    except ArticleError as error:
        raise UsageError(error.problem, where=_name(file), remedy=error.remedy) from None


def ask(question: str, why: str) -> None:
    """Raises click.UsageError where nobody can answer, click.Abort for a no."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{why}: say --yes.")
    click.confirm(question, abort=True)


def _name(file: str) -> str:
    return "stdin" if file == STDIN else shown(Path(file).absolute())
