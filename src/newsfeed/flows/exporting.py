"""Subscribers go out into a file that others can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal, TextIO

import msgspec

from newsfeed.audience.exports import Exported, write_csv, write_json
from newsfeed.flows.intake import Progress
from newsfeed.flows.people import People
from newsfeed.model import SubscriptionState
from newsfeed.output.files import explained
from newsfeed.store import exports

_STEP = 5_000


class ExportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to export: `newsletter` "" and `state` None stand for all."""

    newsletter: str = ""
    state: SubscriptionState | None = None
    format: Literal["csv", "json"] = "csv"


def export_subscribers(
    people: People, options: ExportOptions, out: TextIO, progress: Progress
) -> int:
    """Write every subscription to `out`; gives how many there were."""
    chosen = (people.db, options.newsletter, options.state)
    total = exports.count(*chosen)
    write = write_csv if options.format == "csv" else write_json
    done = 0
    # Closed before the store is, also where nobody reads the rows to their end.
    with closing(Exported(*row) for row in exports.exported(*chosen)) as rows:
        for done in write(rows, out):
            if done % _STEP == 0:
                progress("exporting", done, total)
    return done


@contextmanager
def replaced(path: Path, *, mark: bool) -> Iterator[TextIO]:
    """A text file (mode 0600) that takes the place of `path` when the block ends well.

    `mark` puts a byte order mark before it: by that spreadsheets know UTF-8, and Korean names
    stay whole. Raises OutputError, and leaves what was there before.
    """
    beside = path.with_name(f".{path.name}.new")
    with explained(path, "cannot be written"):
        try:
            beside.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            descriptor = os.open(beside, flags, 0o600)
            encoding = "utf-8-sig" if mark else "utf-8"
            with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
            beside.replace(path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
