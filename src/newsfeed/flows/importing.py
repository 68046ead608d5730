"""Subscribers come in from a file: all of its rows, or none.

The file is read and checked first, row by row, into a place of our own; nobody waits for that.
Then one transaction brings in what is new. Whoever left or gets nothing, here or in any of the
files, stays out (standards L-C-07).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from newsfeed.audience import journal
from newsfeed.audience.services import SERVICES, recognise
from newsfeed.audience.states import Standing
from newsfeed.audience.tables import open_table
from newsfeed.audience.tokens import new_public_id
from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.intake import ImportOptions, ImportReport, Intake, Progress
from newsfeed.flows.people import People
from newsfeed.output.files import explained
from newsfeed.store import database, imports, newsletters
from newsfeed.store.imports import Leaving


def import_subscribers(people: People, options: ImportOptions, progress: Progress) -> ImportReport:
    """Bring in the rows of a file, and record what each person agreed to or took back.

    Raises UsageError for options that do not fit, TableError for a file that cannot be used.
    """
    db = people.db
    newsletter = _newsletter(people, options)
    _spare_sources(options)
    with database.roomy(db), imports.staging(db), _notes(options.report) as note:
        intake = Intake(people, options, newsletter, note, progress)
        for number, (path, force) in enumerate(_files(options)):
            intake.read(number, path, force)
        if intake.bad and not options.skip_bad:
            db.rollback()
            return intake.report(None)
        progress("checking", 0, 0)
        for place in imports.take_out_repeated(db):
            intake.repeated += 1
            intake.remark(place, "repeated", "another row of this address counts more")
        db.commit()
        if options.dry_run:
            try:
                return intake.report(imports.settle(db, intake.keep_out))
            finally:
                db.rollback()
        progress("storing", 0, 0)
        with database.transaction(db):
            settled = imports.settle(db, intake.keep_out)
            if intake.has_ids:
                imports.renew_ids(db, new_public_id)
            entries = (_entry(people, leaving) for leaving in imports.leavings(db))
            journal.append(people.plan.journal, entries)
            imports.bring_in(db, people.now)
        return intake.report(settled)


def _newsletter(people: People, options: ImportOptions) -> str:
    """The newsletter that rows are about; "" where each row is to tell. Raises UsageError."""
    names = [one.name for one in people.plan.newsletters]
    wanted = newsletters.current_name(people.db, options.newsletter)
    if not names:
        raise SettingsError("there is no newsletter", remedy="add one to `[[newsletters]]`")
    listed = ", ".join(names)
    if wanted and wanted not in names:
        raise UsageError(
            f"there is no newsletter `{options.newsletter}`",
            where="--newsletter",
            remedy=f"say one of {listed}",
        )
    if wanted or len(names) == 1:
        return wanted or names[0]
    with open_table(options.file, encoding=options.encoding, separator=options.separator) as table:
        is_own = options.service in {"auto", "newsfeed"} and (
            recognise(table.header) is SERVICES["newsfeed"]
        )
    if is_own and options.unsubscribed is None:
        return ""
    raise UsageError(
        "there is more than one newsletter", remedy=f"say --newsletter with one of {listed}"
    )


def _files(options: ImportOptions) -> Iterator[tuple[Path, Standing | None]]:
    yield options.file, None
    if options.unsubscribed:
        yield options.unsubscribed, Standing.LEFT
    if options.suppressed:
        yield options.suppressed, Standing.SUPPRESSED


def _spare_sources(options: ImportOptions) -> None:
    """The report must not take the place of what it is about. Raises UsageError."""
    sources = {path.resolve() for path, _ in _files(options)}
    if options.report and options.report.resolve() in sources:
        raise UsageError(
            "the report would overwrite a file that is imported",
            where=str(options.report),
            remedy="give it another name",
        )


def _entry(people: People, leaving: Leaving) -> journal.Entry:
    suppressed = leaving.suppressed
    return journal.Entry(
        at=people.now,
        event="suppressed" if suppressed else "left",
        newsletter=leaving.newsletter,
        address_hash=leaving.address_hash,
        reason=suppressed.value if suppressed else "import",
    )


@contextmanager
def _notes(path: Path | None) -> Iterator[Callable[[str, int, str, str], None]]:
    """A CSV file of what became of rows, or nothing.

    It names file and line and no address: reports are kept and passed on, as logs are (standards
    S-31), and the line leads to the row.
    """
    if path is None:
        yield lambda _file, _line, _result, _why: None
        return
    with (
        explained(path, "cannot be written"),
        path.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        path.chmod(0o600)
        writer = csv.writer(file)
        writer.writerow(("file", "line", "result", "why"))
        yield lambda *cells: writer.writerow(cells) and None
