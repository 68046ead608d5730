"""The rows of files on their way into the place where they wait, checked and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from newsfeed.address import AddressError
from newsfeed.audience.columns import Reading
from newsfeed.audience.keys import address_hasher
from newsfeed.audience.rows import Reader, RowError
from newsfeed.audience.services import SERVICES, Service, recognise
from newsfeed.audience.states import Standing, plain
from newsfeed.audience.tables import Row, Table, open_table
from newsfeed.audience.tokens import new_public_ids
from newsfeed.errors import UsageError, message
from newsfeed.flows.people import People
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.store import imports
from newsfeed.store.imports import Place, Settled, Staged
from newsfeed.store.newsletters import former_names

Progress = Callable[[str, int, int], None]
"""Hears what is being done, and how much of how much (0: not known) is done."""

SHOWN = 20
"""Bad rows that are named one by one."""

_BATCH = 5_000


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to import and how. `service` is a key of `SERVICES`, or `auto`.

    `unsubscribed` and `suppressed` are further files: everybody in them left, or is to get
    nothing at all. `no_unsubscribed` says that nobody left, of a service whose export does not
    tell. `ignored` are columns that are about something else, whatever their names suggest.
    `report` is where a line for each row is written that was not taken as it was meant.
    """

    file: Path
    newsletter: str = ""
    service: str = "auto"
    encoding: str = ""
    separator: str = ""
    mapping: Mapping[str, str] = {}
    consent_source: str = ""
    ignored: tuple[str, ...] = ()
    unsubscribed: Path | None = None
    suppressed: Path | None = None
    no_unsubscribed: bool = False
    skip_bad: bool = False
    report: Path | None = None
    dry_run: bool = False


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do. `imported` is False where bad rows kept everything out,
    and in a dry run.

    Numbers of people: newly `active`, `pending`, `unsubscribed`, `suppressed`. Numbers of rows:
    all, `known` (they say nothing new), `repeated` (another row of the address counts more),
    `kept_out` (the person left or is suppressed), `passed_over` (another newsletter's), `bad`, and
    `undated` (they lack nothing but a date of consent).
    `problems` are the first bad ones as lines.
    """

    newsletter: str
    service: str
    rows: int
    active: int = 0
    pending: int = 0
    unsubscribed: int = 0
    suppressed: int = 0
    known: int = 0
    repeated: int = 0
    kept_out: int = 0
    passed_over: int = 0
    bad: int = 0
    undated: int = 0
    problems: tuple[str, ...] = ()
    imported: bool = True
    dry_run: bool = False


class Intake:
    """The rows of all files on their way into the waiting place, and what is counted of them."""

    def __init__(
        self,
        people: People,
        options: ImportOptions,
        newsletter: str,
        note: Callable[[str, int, str, str], None],
        progress: Progress,
    ) -> None:
        self._people = people
        self._options = options
        self._newsletter = newsletter
        self._known = {one.name for one in people.plan.newsletters}
        self._renamed = former_names(people.db)
        self._note = note
        self._progress = progress
        self._new_ids = new_public_ids()
        self._hashed = address_hasher(people.keys)
        self._paths: list[Path] = []
        self._service = SERVICES["csv"]
        self._problems: list[str] = []
        self._rows = self._passed_over = self._now = self._undated = 0
        self.bad = self.repeated = 0
        self.has_ids = False

    def read(self, number: int, path: Path, force: Standing | None) -> None:
        """Let the rows of a file wait. `force` is what all of them say, if anything."""
        self._paths.append(path)
        self._now = int(self._people.now.timestamp())
        options = self._options
        with open_table(path, encoding=options.encoding, separator=options.separator) as table:
            reading = self._reading(table, force)
            if force is None:
                self._service = reading.service
                _require_leavers(reading.service, table.header, options)
            if reading.service.escaped:
                table.escaped()
            reader = Reader(table.header, reading, str(path))
            self.has_ids = self.has_ids or reader.has_ids
            for batch in self._batches(number, table, reader):
                if not self.bad or options.skip_bad:
                    imports.stage(self._people.db, batch)
            self._undated += reader.undated

    def keep_out(self, place: Place, why: str) -> None:
        """Hears of a row that is not let in."""
        self.remark(place, "kept out", why)

    def remark(self, place: Place, result: str, why: str) -> None:
        """Add a line to the report."""
        self._note(str(self._paths[place.file]), place.line, result, why)

    def report(self, settled: Settled | None) -> ImportReport:
        """What it came to; with `settled` None, nothing was imported."""
        counts = msgspec.structs.asdict(settled) if settled else {}
        return ImportReport(
            newsletter=self._newsletter,
            service=self._service.name,
            rows=self._rows,
            repeated=self.repeated,
            passed_over=self._passed_over,
            bad=self.bad,
            undated=self._undated,
            problems=tuple(self._problems),
            imported=settled is not None and not self._options.dry_run,
            dry_run=self._options.dry_run,
            **counts,
        )

    def _reading(self, table: Table, force: Standing | None) -> Reading:
        options = self._options
        if force is not None or options.service == "auto":
            service = recognise(table.header)
        else:
            service = SERVICES[options.service]
        return Reading(
            service=service,
            now=self._people.now,
            mapping=options.mapping if force is None else {},
            consent_source=options.consent_source,
            ignored=options.ignored if force is None else (),
            force=force,
        )

    def _batches(self, number: int, table: Table, reader: Reader) -> Iterator[list[Staged]]:
        batch: list[Staged] = []
        for row in table.rows():
            self._rows += 1
            self._stage(batch, number, row, reader)
            if len(batch) >= _BATCH:
                yield batch
                batch = []
            if self._rows % _BATCH == 0:
                self._progress("reading", table.position(), table.size)
        yield batch

    def _stage(self, batch: list[Staged], number: int, row: Row, reader: Reader) -> None:
        """Add to the batch what waits for a row: one, none, or two of whom is suppressed, too."""
        line, cells, damage = row
        if damage:
            self._complain(number, line, damage.problem, damage.remedy)
            return
        try:
            incoming = reader.read(cells)
            address, name, language, about, state, since, source, consented, ip, id_, why = incoming
            newsletter = "" if state is None else self._newsletter_of(about)
        except (AddressError, RowError) as error:
            self._complain(number, line, error.problem, error.remedy)
            return
        if newsletter is None:
            self._passed_over += 1
            return
        hashed = self._hashed(address.key)
        if why is not None:
            strength = imports.SUPPRESSING if state is None else imports.BESIDE
            batch.append(_suppressing(number, line, strength, hashed, self._now, why))
        if state is not None:
            strength, word = _STRENGTHS[state]
            batch.append(
                Staged(
                    number,
                    line,
                    strength,
                    newsletter,
                    hashed,
                    id_ or next(self._new_ids),
                    address.address,
                    name,
                    language,
                    word,
                    self._now if since is None else since,
                    source,
                    consented,
                    ip,
                    "",
                )
            )

    def _newsletter_of(self, name: str) -> str | None:
        """Which newsletter a row is about; None for one that is not asked for."""
        name = self._renamed.get(name, name)
        if self._newsletter:
            return self._newsletter if name in {"", self._newsletter} else None
        if name not in self._known:
            raise RowError(
                "its newsletter is not in the settings",
                remedy="add it there, or say which one is meant with --newsletter",
            )
        return name

    def _complain(self, number: int, line: int, problem: str, remedy: str) -> None:
        path = self._paths[number]
        self.bad += 1
        if len(self._problems) < SHOWN:
            self._problems.append(message(f"{path}:{line}", problem, remedy))
        self._note(str(path), line, "bad", message("", problem, remedy))


def _suppressing(
    number: int, line: int, strength: int, hashed: str, since: int, reason: SuppressionReason
) -> Staged:
    """A row of which nothing but the hash is kept."""
    return Staged(
        file=number,
        line=line,
        strength=strength,
        address_hash=hashed,
        since=since,
        reason=reason.value,
        newsletter="",
        public_id="",
        address="",
        name="",
        language="",
        state="",
        source="",
        consented=None,
        ip="",
    )


_STRENGTHS = {
    SubscriptionState.UNSUBSCRIBED: (imports.LEAVING, "unsubscribed"),
    SubscriptionState.ACTIVE: (imports.ACTIVE, "active"),
    SubscriptionState.PENDING: (imports.PENDING, "pending"),
}
"""By state, how much a row counts, and the state as plain text, which SQLite takes at once."""


def _require_leavers(service: Service, header: list[str], options: ImportOptions) -> None:
    """People who left are in files of their own, or seem to be there: they would get mail again.

    A file that tells a state, or is the one of those who left, needs no other. Raises UsageError.
    """
    if not service.apart or options.unsubscribed is not None or options.no_unsubscribed:
        return
    if service is SERVICES["mailchimp"]:
        telling = {*service.columns["status"], "unsubtime", "cleantime"}
        if options.mapping.get("status") or telling & {plain(name) for name in header}:
            return
    raise UsageError(
        f"{service.title}'s export does not tell who left: they might get mail again",
        where=str(options.file),
        remedy=f"{service.apart}, and add --unsubscribed FILE; or say --no-unsubscribed if nobody"
        " ever left",
    )
