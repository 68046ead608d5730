"""The way from folders to feeds and pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from newsfeed.collect.collector import PARALLEL_FROM, Scan, scan
from newsfeed.collect.index import Index, IndexDamagedError
from newsfeed.errors import BodyError, Fault, NewsfeedError
from newsfeed.flows.plan import Complaints, Plan, Seams, fingerprint
from newsfeed.output import manifest
from newsfeed.output.writer import intact, publish
from newsfeed.parallel import fork_map
from newsfeed.store import database
from newsfeed.text import counted

if TYPE_CHECKING:
    from newsfeed.collect.conflicts import Pages
    from newsfeed.collect.entry import Entry
    from newsfeed.flows.collection import Collection
    from newsfeed.model import Article

_NOTE = "last build"


class BuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator asked for. `strict`: any fault is an error and nothing is written."""

    dry_run: bool = False
    strict: bool = False
    allow_empty: bool = False
    check_all: bool = False


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did. `feeds` are paths below the output folder, the main ones only; `state`
    is a hash of all articles. In a dry run `written` and `removed` are what would be. `fetched` are
    those of the warnings that tell of remote feeds.
    """

    state: str
    articles: int
    feeds: tuple[str, ...]
    files: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    fetched: tuple[Fault, ...] = ()


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    """What the next run needs to know to see that there is nothing to do."""

    key: str
    generation: int
    revision: str
    next_due: datetime | None
    report: BuildReport


class StrictError(NewsfeedError):
    """Faults in a strict build; nothing was written."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            f"faults in {counted(len(faults), 'article')}, and the build is strict; nothing was "
            "written",
            remedy="mend what is named above",
        )
        self.faults = faults


class Workshop:
    """One run's open doors: the index and the store, and the collection once it is gathered.

    Articles are gathered only when something asks for them. `fetched` is what there is to tell of
    remote feeds, `remarks` what letters showed of articles' images, `kept` the paths of images that
    were written for letters.
    """

    def __init__(
        self,
        plan: Plan,
        seams: Seams,
        index: Index,
        db: sqlite3.Connection,
        *,
        allow_empty: bool,
        fetched: tuple[Fault, ...] = (),
    ) -> None:
        self.plan, self.seams, self.index, self.db = plan, seams, index, db
        self._allow_empty = allow_empty
        self._collection: Collection | None = None
        self.fetched = fetched
        self.saved = False
        self.remarks: list[Fault] = []
        self.kept: list[str] = []
        self.scanned: Scan
        try:
            self._look()
        except IndexDamagedError:
            self._look_again()

    @property
    def collection(self) -> Collection:
        """The articles; gathered at first use."""
        if self._collection is None:
            try:
                self._collection = self._merge() or self._gather()
            except IndexDamagedError:
                self._look_again()
                self._collection = self._gather()
        return self._collection

    def remember(self) -> None:
        """Save what is new about articles' identities, unless `saved`; the caller commits."""
        if self.collection.changed and not self.saved:
            from newsfeed.store import articles as store

            store.save(self.db, self.collection.changed)

    def _look(self) -> None:
        self.scanned = scan(
            self.plan.folders,
            self.index,
            skipped=frozenset(map(str, self.plan.unread)),
            workers=self.seams.workers,
            clock_ns=self.seams.clock_ns,
            progress=partial(self.seams.progress, "reading"),
        )

    def _look_again(self) -> None:
        """The index is only a cache: what is damaged is thrown away, and all files are read."""
        self.index.reset()
        self._look()

    def _gather(self) -> Collection:
        from newsfeed.flows.collecting import gather

        return gather(
            self.plan.folders,
            self.index,
            self.db,
            self.scanned,
            self.seams.now,
            pages=self._pages(),
            allow_empty=self._allow_empty,
        )

    def _merge(self) -> Collection | None:
        """What `_gather` would give, where few files changed and nothing else."""
        from newsfeed.flows.merging import merge

        if self.plan.pages or self.scanned.faults:
            return None
        plan, now = self.plan, self.seams.now
        return merge(plan.folders, self.index, self.db, now, key=_key(plan), read=self._entries)

    def _entries(self, articles: Iterable[Article] | None) -> Mapping[tuple[str, str], Entry]:
        from newsfeed.flows.collecting import entries_of

        try:
            return entries_of(self.plan.folders, self.index, articles)
        except IndexDamagedError:
            self._look_again()
            return entries_of(self.plan.folders, self.index, articles)

    def blame(self, error: BodyError) -> None:
        """One body could not be rendered: find all such, and gather again without them."""
        from newsfeed.flows.bodies import Bodies

        bodies = Bodies(self.plan.folders, self.collection)
        found = fork_map(
            bodies.fault,
            self.collection.articles,
            threshold=PARALLEL_FROM,
            workers=self.seams.workers,
        )
        for one in (error, *(other for other in found if other)):
            self.index.blame(one.source, one.fault.path, one.fault)
        self._collection, self.saved = None, False

    def _pages(self) -> Pages | None:
        """Where the pages of articles lie, if newsfeed makes them."""
        if not self.plan.pages:
            return None
        from newsfeed.collect.conflicts import Pages
        from newsfeed.flows.paging import page_path, reserved

        return Pages(path=partial(page_path, self.plan), reserved=reserved(self.plan))


def build(shop: Workshop, options: BuildOptions) -> BuildReport:
    """Bring the output folder up to date.

    Raises StrictError, SourceError, ForeignFileError, OutputError; then nothing was replaced.
    """
    report = _up_to_date(shop, options)
    if not shop.fetched:
        return report
    warnings = (*shop.fetched, *report.warnings)
    return msgspec.structs.replace(report, warnings=warnings, fetched=shop.fetched)


def _up_to_date(shop: Workshop, options: BuildOptions) -> BuildReport:
    done = None if options.check_all else _nothing_to_do(shop)
    if done:
        _refuse_faults(done.report.faults, options)
        return done.report
    try:
        return _build(shop, options)
    except BodyError as error:
        shop.blame(error)
        return _build(shop, options)


def _build(shop: Workshop, options: BuildOptions) -> BuildReport:
    collection = shop.collection
    complaints = Complaints.of(collection.complaints)
    if options.check_all:
        from newsfeed.flows.links_between import dead_links

        dead = dead_links(shop.plan.folders, collection)
        complaints = Complaints.of((*collection.complaints, *dead))
    _refuse_faults(complaints.faults, options)
    report = _write(shop, collection, complaints, options)
    if not options.dry_run:
        _note(shop, collection, report)
    return report


def _refuse_faults(faults: tuple[Fault, ...], options: BuildOptions) -> None:
    if options.strict and faults:
        raise StrictError(faults)


def _nothing_to_do(shop: Workshop) -> _Done | None:
    """What the last build left, if since then nothing changed: neither what the index remembers,
    the store, the output, the settings nor, for an article that waits for its date, the day.
    """
    done = shop.index.noted(_NOTE, _Done)
    if shop.scanned.faults or done is None:
        return None
    if done.next_due and done.next_due <= shop.seams.now:
        return None
    seen = (done.key, done.generation, done.revision)
    if seen != (_key(shop.plan), shop.index.generation, database.revision(shop.db)):
        return None
    if not intact(shop.plan.output, manifest.load(shop.plan.manifest, shop.plan.output)):
        return None
    return done


def _key(plan: Plan) -> str:
    """What the output depends on besides articles and the store."""
    return fingerprint(plan.key, str(plan.output))


def _note(shop: Workshop, collection: Collection, report: BuildReport) -> None:
    from newsfeed.flows.merging import keep

    if collection.passing:
        return  # the next run shall look again, and not repeat what may be mended by then
    done = _Done(
        key=_key(shop.plan),
        generation=shop.index.generation,
        revision=database.revision(shop.db),
        next_due=collection.next_due,
        report=msgspec.structs.replace(report, written=(), removed=()),
    )
    shop.index.set_note(_NOTE, msgspec.msgpack.encode(done))
    keep(collection, shop.index, shop.db, done.key, shop.seams.now)


def _write(
    shop: Workshop, collection: Collection, complaints: Complaints, options: BuildOptions
) -> BuildReport:
    from newsfeed.flows.outputs import all_outputs, keep_logos

    plan, seams = shop.plan, shop.seams
    feeds, groups = all_outputs(plan, collection, shop.db, seams.now)
    if not options.dry_run:
        with shop.db:
            shop.remember()
        shop.saved = True
        keep_logos(plan)
    outcome = publish(
        plan.output,
        groups,
        plan.manifest,
        workers=seams.workers,
        dry_run=options.dry_run,
        everything=options.check_all,
        progress=partial(seams.progress, "writing"),
    )
    return BuildReport(
        state=fingerprint(collection.encoded),
        articles=len(collection.articles),
        feeds=feeds,
        files=outcome.unchanged + len(outcome.written),
        written=outcome.written,
        removed=outcome.removed,
        faults=complaints.faults,
        warnings=complaints.warnings,
    )
