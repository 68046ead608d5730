"""Local files that an article refers to, for folders whose media newsfeed itself publishes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from unicodedata import normalize

# Enough of HTML and Markdown to find addresses; one that is missed stays as the author wrote it.
_REFERENCE = re.compile(
    r"""(?:src|href|poster)\s*=\s*["']([^"'<>]+)["'] | \]\(\s*<?([^\s()<>]+)>?""",
    re.VERBOSE | re.IGNORECASE,
)
ENDINGS = frozenset(
    {".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"}
    | {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
    | {".mp4", ".webm", ".pdf"}
)


def references(body: str) -> list[str]:
    """What the body's links and images refer to, each once."""
    found = (match[1] or match[2] for match in _REFERENCE.finditer(body))
    return list(dict.fromkeys(found))


def find(wanted: Iterable[str], root: Path, lookup: Callable[[str], Path | None]) -> dict[str, str]:
    """References -> paths below `root`, of media files that are there; `lookup` finds a file.

    Only known media endings: an article's source or a stray key file is never published.
    """
    found = {}
    for reference in wanted:
        bare = reference.partition("#")[0].partition("?")[0]
        if PurePosixPath(bare).suffix.lower() not in ENDINGS:
            continue
        file = lookup(reference)
        if file and file.is_relative_to(root):
            found[reference] = normalize("NFC", file.relative_to(root).as_posix())
    return found
