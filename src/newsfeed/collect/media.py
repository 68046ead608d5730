"""Local files that an article refers to, for folders whose media newsfeed itself publishes."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import NamedTuple
from unicodedata import normalize

from newsfeed.collect.files import stamp
from newsfeed.collect.markup.srcset import candidates
from newsfeed.errors import Fault

MAX_BYTES = 64 * 1024 * 1024
"""Of one file; it is held in memory while it is copied."""

# Enough of HTML and Markdown to find addresses; one that is missed stays as the author wrote it.
_REFERENCE = re.compile(
    r"""
      (?: src | href | poster | original ) \s*=\s*
        (?: "([^"]+)" | '([^']+)' | ([^\s"'<>=`]+) )
    | (?: \]\(\s* | ^[ \t>]*\[[^\]\n]+\]:\s* )            # a link, or the target of several
        (?: <([^<>\n]+)> | ([^\s()<>]+ (?: \([^\s()<>]*\) [^\s()<>]* )* ) )
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_SRCSET = re.compile(r"""srcset\s*=\s*(?:"([^"]+)"|'([^']+)')""", re.IGNORECASE)
_CODE = re.compile(
    r"^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1|\Z) | (?<!`)(`+)(?!`).{1,1000}?(?<!`)\2(?!`)",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
ENDINGS = frozenset(
    {".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"}
    | {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
    | {".mp4", ".webm", ".pdf"}
)


class Looked(NamedTuple):
    """The local places at which a file was looked for, in order, and the one where it is, or ""."""

    places: list[str]
    file: str


class Medium(NamedTuple):
    """A file to publish: its NFC path below the source, the same as the disk spells it, bytes."""

    path: str
    raw: str
    size: int


class Media(NamedTuple):
    """The files to publish by reference, every place to watch, and what is wrong."""

    published: dict[str, Medium]
    places: tuple[str, ...]
    remarks: tuple[Fault, ...]


def references(body: str) -> list[str]:
    """What the body's links and images refer to, each once. Code may be mistaken for links."""
    return list(dict.fromkeys(unescape(reference) for reference in _addresses(body)))


def shown(body: str) -> list[str]:
    """What they refer to outside of code."""
    return references(_CODE.sub("", body))


def find(body: str, lead: str, path: str, root: Path, lookup: Callable[[str], Looked]) -> Media:
    """The media files below `root` that the article `path` refers to; `lead` is its lead image.

    Only known media endings: an article's source or a stray key file is never published.
    """
    published: dict[str, Medium] = {}
    places: list[str] = []
    missing: dict[str, str] = {}
    remarks: list[Fault] = []
    for reference in dict.fromkeys([*filter(None, [lead]), *references(body)]):
        if not _is_medium(reference):
            continue
        looked = lookup(reference)
        places += looked.places
        if not looked.file:
            if _is_local(reference) and not looked.places:
                missing[reference] = "outside of the folder"
            elif looked.places and reference != lead:
                missing[reference] = "not in the folder"
        elif problem := _problem(looked.file):
            remarks.append(_remark(path, f"the file {reference} is not published: {problem}"))
        else:
            published[reference] = _medium(looked.file, root)
    if missing:
        needed = shown(body)  # what stands in code need not be there
        remarks += [
            _remark(path, f"the file {reference} is {where}")
            for reference, where in missing.items()
            if reference in needed or reference == lead
        ]
    return Media(published, tuple(places), tuple(remarks))


def read(file: Path) -> bytes:
    """The bytes of a media file, links not followed. Raises OSError, also where it is no longer
    a file that `find` would have given.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as opened:  # noqa: PTH123  # a descriptor, not a path
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise OSError(errno.EINVAL, "it is no longer the file that it was")
        return opened.read(status.st_size)


def signature(published: Mapping[str, Medium]) -> list[tuple[str, str, int]]:
    """What an article's pages, feeds and letters depend on. No times: a copy of the folder has
    others.
    """
    return sorted((reference, one.path, one.size) for reference, one in published.items())


def _addresses(body: str) -> Iterator[str]:
    for match in _REFERENCE.finditer(body):
        yield next(filter(None, match.groups()))
    for match in _SRCSET.finditer(body):
        for candidate in candidates(match[1] or match[2]):
            yield candidate.url


def _is_medium(reference: str) -> bool:
    bare = reference.partition("#")[0].partition("?")[0]
    return PurePosixPath(bare).suffix.lower() in ENDINGS


def _is_local(reference: str) -> bool:
    return not reference.startswith("//") and ":" not in reference


def _problem(file: str) -> str:
    """Why a file cannot be published; "" where it can."""
    known = stamp(file)
    if known and known.size > MAX_BYTES:
        return f"it is too large with {known.size:,} bytes; {MAX_BYTES:,} are the most"
    return "" if os.access(file, os.R_OK) else "it cannot be read"


def _medium(file: str, root: Path) -> Medium:
    raw = Path(file).relative_to(root).as_posix()
    known = stamp(file)
    return Medium(normalize("NFC", raw), raw, known.size if known else 0)


def _remark(path: str, problem: str) -> Fault:
    return Fault(path=path, problem=problem, remedy="mend the file or the address", warning=True)
