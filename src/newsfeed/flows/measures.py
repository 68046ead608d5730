"""How much there is of everything: what the store counts, and the feeds in the output folder."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import PurePosixPath

import msgspec

from newsfeed.errors import StoreError
from newsfeed.flows.plan import Plan
from newsfeed.output import manifest
from newsfeed.store import database
from newsfeed.store import measures as store
from newsfeed.store.measures import Counts, usable

_Stamp = tuple[int, int, int]


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """`counts` is None where the store cannot be used; `feeds` are numbers of files by format,
    archive documents included.
    """

    counts: Counts | None
    feeds: dict[str, int]


class Measuring:
    """Measures one installation again and again; what cannot have changed is not read again.

    May be used from any thread, by one at a time.
    """

    def __init__(self) -> None:
        self._memory = store.Memory()
        self._of: tuple[object, ...] = ()
        self._stamp: _Stamp | None = None
        self._feeds: dict[str, int] = {}

    def measures(self, plan: Plan, now: datetime) -> Measures:
        """What there is at `now` (aware). Does not raise for a store or manifest that is bad."""
        return Measures(counts=self._counts(plan, now), feeds=self._counted_feeds(plan))

    def _counts(self, plan: Plan, now: datetime) -> Counts | None:
        if not usable(plan.store):
            return None
        try:
            self._forget_another(plan)
            with database.reading(plan.store) as db:
                return store.counts(db, now, self._memory)
        except (StoreError, OSError):
            return None

    def _forget_another(self, plan: Plan) -> None:
        """A restored store is another file: what was counted in the one before is void."""
        of = (plan.store, plan.store.stat().st_ino)
        if of != self._of:
            self._memory, self._of = store.Memory(), of

    def _counted_feeds(self, plan: Plan) -> dict[str, int]:
        try:
            status = plan.manifest.stat()
            stamp = (status.st_size, status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._feeds = _feeds(plan)
                self._stamp = stamp
        except (StoreError, OSError):
            self._feeds, self._stamp = {}, None
        return {kind: self._feeds.get(kind, 0) for kind in plan.feeds.formats}


def _feeds(plan: Plan) -> dict[str, int]:
    """Feeds are told by their names: every kind of feed has that of the main one."""
    names = {PurePosixPath(getattr(plan.feeds.paths, f)).name: f for f in plan.feeds.formats}
    files = manifest.load(plan.manifest, plan.output)
    return dict(
        Counter(names[name] for path in files if (name := PurePosixPath(path).name) in names)
    )
