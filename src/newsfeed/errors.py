"""The error tree, and the fault: a complaint about one file that stops nothing else.

    NewsfeedError                exit status 1
    ├── UsageError               exit status 2: a wrong word on the command line
    ├── SettingsError            exit status 2: a settings file or key that cannot be used
    ├── ForeignFileError         exit status 2: we would overwrite what is not ours
    ├── SourceError              a source as a whole is missing or suddenly empty
    ├── OutputError              our own output did not pass its checks, or cannot be written
    ├── BodyError                an article's text cannot be rendered, as came out while writing
    ├── TemplateError            a template is missing or broken
    ├── StoreError               the store is locked, damaged, or newer than the code
    ├── ArticleError             one article cannot be read; the collector turns it into a Fault
    └── AddressError …           and others of one room or flow, which stand where they are raised

Every message is one line for people: what is wrong, where, and what to do.
"""

from __future__ import annotations

import os.path
from pathlib import PurePath

import msgspec


class NewsfeedError(Exception):
    """Base of all errors that newsfeed raises on purpose.

    `problem` says what is wrong, `remedy` what to do, `where` names a file, key or address.
    """

    exit_status = 1

    def __init__(self, problem: str, *, remedy: str = "", where: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.where = where

    def __str__(self) -> str:
        return message(self.where, self.problem, self.remedy)


class UsageError(NewsfeedError):
    """A command was called with words that do not fit together."""

    exit_status = 2


class SettingsError(NewsfeedError):
    """The settings file, a key in it or an environment override cannot be used."""

    exit_status = 2


class ForeignFileError(NewsfeedError):
    """A file that newsfeed did not write lies where it would write."""

    exit_status = 2


class SourceError(NewsfeedError):
    """A source folder is missing, unreadable or suddenly empty."""


class OutputError(NewsfeedError):
    """Output is not valid or cannot be written; nothing was replaced."""


class BodyError(NewsfeedError):
    """The text of one article of `source` cannot be rendered; `fault` is the complaint.

    Bodies are rendered only where needed, so that this comes out late.
    """

    def __init__(self, source: str, fault: Fault) -> None:
        super().__init__(fault.problem, where=fault.path, remedy=fault.remedy)
        self.args = (source, fault)  # what pickling calls the class with
        self.source = source
        self.fault = fault


class TemplateError(NewsfeedError):
    """A template is missing, or broken at a line that `where` names."""


class StoreError(NewsfeedError):
    """The store cannot be used as it is."""


class ArticleError(NewsfeedError):
    """One article cannot be used. `line` counts from 1 in the author's file; 0 is unknown."""

    def __init__(self, problem: str, *, remedy: str, line: int = 0) -> None:
        super().__init__(problem, remedy=remedy)
        self.line = line

    def fault(self, path: str) -> Fault:
        """The same complaint as a value that names the file `path`."""
        return Fault(path=path, line=self.line, problem=self.problem, remedy=self.remedy)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint about one file, kept and reported in every run until it is mended.

    An article with a fault is left out; with a `warning` it is published all the same.
    `line` counts from 1; 0 where a line says nothing.
    """

    path: str
    problem: str
    remedy: str
    line: int = 0
    warning: bool = False

    def __post_init__(self) -> None:
        """Texts that quote an article may hold half a surrogate pair, which nothing can encode."""
        for name in ("path", "problem", "remedy"):
            text = getattr(self, name).encode("utf-8", "backslashreplace").decode()
            msgspec.structs.force_setattr(self, name, text)

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return message(where, self.problem, self.remedy)


def message(where: str, problem: str, remedy: str) -> str:
    """One line for people: `where: problem. remedy`, with control characters made visible."""
    text = problem.rstrip(".")
    if where:
        text = f"{where}: {text}"
    if remedy:
        text = f"{text}. {remedy.rstrip('.')}"
    return "".join(c if c.isprintable() or c == " " else ascii(c)[1:-1] for c in text)


def refusal(error: OSError) -> str:
    """What the system refused, as one line. Where that was for lack of permission, a file need not
    be there: the last place above it that can be seen is named.
    """
    where, said = str(error.filename or "output"), error.strerror or type(error).__name__
    if not isinstance(error, PermissionError):
        return message(where, said, "make room or mend it")
    above = (where, *map(str, PurePath(where).parents))
    seen = next((place for place in above if os.path.lexists(place)), where)
    return message(seen, said, "mend its permissions")


def fault_of_ours(error: BaseException) -> str:
    """Which exception came up where in the code, as one line; not what it says, since that may
    quote anything.
    """
    import traceback
    from pathlib import Path

    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    kind = type(error).__name__
    return message(where, f"this is a fault of newsfeed: {kind}", "please report it")
