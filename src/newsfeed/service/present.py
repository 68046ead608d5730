"""The settings in force, which somebody may edit while the service runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from newsfeed.app import Project, make_plan, open_project, surroundings
from newsfeed.errors import NewsfeedError
from newsfeed.flows.plan import Plan
from newsfeed.settings import Settings

Stamp = tuple[int, int, int, int]
"""What tells two states of a file apart."""


class Now(NamedTuple):
    """A settings file, what it says, and the plan that it gives."""

    project: Project
    plan: Plan

    @property
    def settings(self) -> Settings:
        """What is set."""
        return self.project.settings


class Present:
    """What is in force. `now` is whole whenever it is read, in whichever thread. `waiting` are the
    keys whose values in the file wait for a restart.
    """

    def __init__(self, project: Project, plan: Plan) -> None:
        self.now = Now(project, plan)
        self.waiting: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._seen: object = None
        self._trouble: NewsfeedError | None = None

    def forget(self) -> None:
        """A source changed, and with it perhaps its generator's own settings: look again."""
        self._seen = None

    def renewed(self, take: Callable[[Now], None] = lambda _now: None) -> tuple[Now, Now] | None:
        """Read the settings if their file changed, a template of the operator's or a logo; gives
        what was in force and what is now, or None where nothing is new.

        What a process cannot change while it runs stays as it was, and is among `waiting`. Raises
        NewsfeedError for settings that cannot be used, until they are mended; what was in force
        stays so. `take` is given what is to be in force: where it raises, that is not, and the
        next call tries again.
        """
        with self._lock:
            seen = (stamp_of(self.now.project.file), surroundings(self.now.project))
            if seen == self._seen:
                if self._trouble:
                    raise self._trouble.with_traceback(None)
                return None
            self._seen, self._trouble = seen, None
            try:
                return self._read(take)
            except NewsfeedError as error:
                self._trouble = error
                raise
            except BaseException:  # such as no descriptor left: it may go better next time
                self.forget()
                raise

    def _read(self, take: Callable[[Now], None]) -> tuple[Now, Now] | None:
        before = self.now
        read = open_project(before.project.file)
        settings = _with_lasting(read.settings, before.settings)
        self.waiting = _differing(read.settings, settings)
        project = replace(read, settings=settings)
        plan = make_plan(project)
        if settings == before.settings and _rules(plan) == _rules(before.plan):
            return None
        now = Now(project, plan)
        try:
            take(now)
        except BaseException:
            self.forget()
            raise
        self.now = now
        return before, self.now


def _rules(plan: Plan) -> list[str]:
    """What the plan depends on beside the settings file."""
    return [plan.key, *(folder.convention.key for folder in plan.folders)]


def _with_lasting(new: Settings, old: Settings) -> Settings:
    return replace(
        new,
        server=replace(new.server, listen=old.server.listen),
        store=old.store,
        run=replace(new.run, log=old.run.log),
    )


def _differing(wanted: Settings, used: Settings) -> tuple[str, ...]:
    pairs = {
        "server.listen": (wanted.server.listen, used.server.listen),
        "store": (wanted.store, used.store),
        "run.log": (wanted.run.log, used.run.log),
    }
    return tuple(key for key, (new, old) in pairs.items() if new != old)


def stamp_of(file: Path) -> Stamp:
    """The time, size and inode of a file, and when its permissions changed; zeros where it is
    missing.
    """
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns)
