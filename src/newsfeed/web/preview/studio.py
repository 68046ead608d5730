"""What the preview shows at this moment, and the bell that rings when it is something else."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from newsfeed.app import glimpse, make_plan, open_project, people, people_of, real_seams, workshop
from newsfeed.errors import NewsfeedError, fault_of_ours
from newsfeed.flows.plan import Plan
from newsfeed.flows.rehearsing import Tried, prepare_test, send_test
from newsfeed.flows.showing import Glance, Shown, glance
from newsfeed.store import database, subscribers

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsfeed.settings import Newsletter
    from newsfeed.store.subscribers import Subscriber

PATIENCE = 30.0
"""Seconds to wait for another run of newsfeed on this machine."""

READERS = 200
"""Subscribers of a newsletter who can be chosen."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown: everything as it was found last, and in `trouble` why it could not be looked
    at again, or "". `plan` and `glance` are None while there was no look yet that succeeded. `old`
    are newsletters whose letter is the one from before its fault. `version` counts up.
    """

    version: int = 0
    plan: Plan | None = None
    glance: Glance | None = None
    trouble: str = ""
    old: frozenset[str] = frozenset()

    def shown(self, name: str) -> Shown | None:
        """The letter of a newsletter; None for one that there is not."""
        found = self.glance.shown if self.glance else ()
        return next((one for one in found if one.newsletter.name == name), None)


class Places(msgspec.Struct, frozen=True):
    """What to watch: whole folders but for those that are `skipped`, and single files."""

    folders: tuple[Path, ...]
    skipped: tuple[Path, ...]
    files: tuple[Path, ...]


class Studio:
    """Looks at everything, keeps what it saw, and tells who waits. `view` is whole whenever it is
    read, in whichever thread.
    """

    def __init__(
        self, file: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`file` is the settings file; `clock` gives the aware time."""
        self.view = View()
        self.bell = Bell()
        self._file, self._clock = file, clock
        self._languages: set[str] = set()
        self._lock = threading.Lock()

    def look(self) -> None:
        """Look at settings, articles, templates and store as they are now, and ring. Never raises:
        what went wrong is shown, and the next look may find it mended.
        """
        with self._lock:
            before = self.view
            try:
                fresh = self._looked(before)
            except NewsfeedError as error:
                fresh = msgspec.structs.replace(before, trouble=str(error))
            except Exception as error:  # noqa: BLE001  # the outermost frame of a look
                fresh = msgspec.structs.replace(before, trouble=fault_of_ours(error))
            self.view = msgspec.structs.replace(fresh, version=before.version + 1)
        self.bell.ring()

    def _looked(self, before: View) -> View:
        plan = make_plan(open_project(self._file))
        seams = real_seams(lambda _what, _done: None)._replace(now=self._clock())
        try:
            with glimpse(plan, seams, patience=PATIENCE) as shop:
                former = before.glance.pictures if before.glance else {}
                found = glance(shop, sorted(self._languages), former)
        except OSError as error:
            problem = f"{error.filename or plan.private}: {error.strerror}"
            raise NewsfeedError(problem, remedy="make room, or mend it") from None
        shown, old = _with_former(found, before)
        return View(plan=plan, glance=msgspec.structs.replace(found, shown=shown), old=old)

    def want(self, language: str) -> None:
        """Have letters in a language, too, from now on."""
        if language and language not in self._languages:
            self._languages.add(language)
            self.look()

    def places(self) -> Places:
        """What what is shown depends on."""
        plan, file = self.view.plan, self._file
        own = file.parent / "templates"
        if plan is None:
            return Places((), (), (file, own))
        logos = [one.theme.logo for one in plan.newsletters if "://" not in one.theme.logo]
        store = (plan.store, plan.store.with_name(f"{plan.store.name}-wal"))
        return Places(
            folders=(*(folder.root for folder in plan.folders), *plan.templates),
            skipped=(plan.output, plan.private, plan.store.parent),
            files=(file, own, *store, *(plan.base / logo for logo in logos if logo)),
        )

    def readers(self, plan: Plan, newsletter: str) -> list[Subscriber]:
        """Who gets a newsletter, the first of them. Raises StoreError."""
        with database.looking(plan.store, self._clock()) as db:
            return subscribers.readers(db, newsletter, READERS)

    def test(self, plan: Plan, newsletter: Newsletter, addresses: list[str]) -> Sent:
        """What `newsfeed test` does. Raises NewsfeedError as it does."""
        seams = real_seams(lambda _what, _done: None)._replace(now=self._clock())
        with workshop(plan, seams, allow_empty=True, patience=PATIENCE) as shop:
            trial = prepare_test(shop, people_of(shop), newsletter, addresses)
        with people(plan, self._clock()) as who:
            return Sent(tried=send_test(who, trial), edition=trial.edition)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a test letter to each address; `edition` is the one whose letter it was where
    nothing is new, or "".
    """

    tried: list[Tried]
    edition: str


def _with_former(found: Glance, before: View) -> tuple[tuple[Shown, ...], frozenset[str]]:
    """Each newsletter's letter, or where it has a fault the last one that had none, and which."""
    shown, old = [], set()
    for one in found.shown:
        former = before.shown(one.newsletter.name)
        if one.problem and not one.variants and former and former.variants:
            shown.append(msgspec.structs.replace(former, problem=one.problem))
            old.add(one.newsletter.name)
        else:
            shown.append(one)
    return tuple(shown), frozenset(old)


class Bell:
    """Wakes those who wait in the server's loop, from whichever thread; silent once closed."""

    def __init__(self) -> None:
        self.closed = False
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()

    def ring(self) -> None:
        """Wake everybody."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """Wake everybody for the last time: the server ends."""
        self.closed = True
        self.ring()

    async def heard(self, changed: Callable[[], bool], seconds: float) -> bool:
        """Wait until it rings and `changed` is true, or it is closed, or the time is over; gives
        whether `changed`.
        """
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        end = loop.time() + seconds
        while not changed() and not self.closed and loop.time() < end:
            with self._lock:
                self._waiting.add((loop, event))
            if changed() or self.closed:
                break
            try:
                async with asyncio.timeout_at(end):
                    await event.wait()
            except TimeoutError:
                break
            event.clear()
        with self._lock:
            self._waiting.discard((loop, event))
        return changed()
