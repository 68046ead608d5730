"""Changed files are noticed at once; where that cannot be, the interval has to do.

The service waits until there is quiet, since it publishes; who only looks is told at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from stat import S_ISDIR
from typing import Protocol

from newsfeed.flows.plan import Plan
from newsfeed.service.present import Stamp, stamp_of
from newsfeed.service.publishing import PUBLISH
from newsfeed.service.shift import Shift

_LOOK_MS = 1000
"""Milliseconds after which it is looked whether something else is to be watched, or nothing."""

_GATHER_MS, _QUIET_MS = 1600, 200
"""Changes count as one until there was quiet for so long, or this has gone on for so long."""

_AGAIN = 30.0
"""Seconds until it is tried again where watching failed."""

_AT_ONCE_MS, _STEP_MS = 150, 30
"""The same for who only looks: an editor writes a file in several steps."""

_GLANCE_MS = 200
"""Milliseconds after which who only looks asks for single files again."""

_AGAIN_SOON = 2.0
"""Seconds until who only looks does so without being told, where nothing can be watched."""

_NOT_OURS = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".newsfeed"})

log = logging.getLogger("newsfeed.watch")


class Places(Protocol):
    """What to watch: folders but for those that are skipped, and single files."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders with all that is in them."""

    @property
    def skipped(self) -> tuple[Path, ...]:
        """Folders that are left out."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Files, which may be missing."""


def call_when_changed(
    places: Callable[[], Places], changed: Callable[[], None], stop: threading.Event
) -> None:
    """Call `changed`, which never raises, whenever something at the places is another one, and
    when a watch begins, until `stop` is set. The places are asked for again after each change.
    """
    while not stop.is_set():
        try:
            _until_moved(places(), places, changed, stop)
        except Exception as error:  # noqa: BLE001  # the outermost frame of a thread
            log.warning("files cannot be watched (%s); they are looked at", type(error).__name__)
            if not stop.wait(_AGAIN_SOON):
                changed()


def _until_moved(
    now: Places, places: Callable[[], Places], changed: Callable[[], None], stop: threading.Event
) -> None:
    """Watch until there are other places, or a folder of these is another one."""
    from watchfiles import watch

    roots = {root: inode for root in now.folders if (inode := _folder(root)) is not None}
    stamps = _stamps(now.files)
    if not roots:
        while not stop.wait(_GLANCE_MS / 1000):
            if _stamps(now.files) != stamps:
                changed()
                return
        return
    begun = False
    for found in watch(
        *roots,
        watch_filter=lambda _change, path: not _is_left_out(Path(path), roots, now.skipped),
        debounce=_AT_ONCE_MS,
        step=_STEP_MS,
        rust_timeout=_GLANCE_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        stop_event=stop,
    ):
        fresh = _stamps(now.files)
        if found or fresh != stamps or not begun:  # something may have changed before this began
            stamps, begun = fresh, True
            changed()
        if places() != now or _moved(roots):
            return


def _stamps(paths: Iterable[Path]) -> list[Stamp]:
    """An empty file is as a missing one: a store's journal comes and goes as it is read."""
    found = [stamp_of(path) for path in paths]
    return [stamp if stamp[1] else (0, 0, 0, 0) for stamp in found]


def watch_files(shift: Shift) -> threading.Thread:
    """Wake the publishing whenever a file of a source or template changes, in a thread that ends
    with the shift; the process must not end before it does.
    """
    thread = threading.Thread(target=_watch, args=(shift,), name="newsfeed watch", daemon=True)
    thread.start()
    return thread


def _watch(shift: Shift) -> None:
    while not shift.stop.is_set():
        try:
            plan = shift.plan
            roots = _roots(plan) if shift.present.now.settings.run.watch else {}
            if roots:
                _watch_roots(shift, plan, roots)
            else:
                shift.stop.wait(_LOOK_MS / 1000)
        except Exception as error:  # noqa: BLE001  # the outermost frame of a thread
            if shift.state.news("watching", (type(error).__name__,)):
                log.warning(
                    "files cannot be watched (%s), so that changes are found every %s",
                    type(error).__name__,
                    shift.present.now.settings.run.every,
                )
            shift.stop.wait(_AGAIN)


def _watch_roots(shift: Shift, plan: Plan, roots: dict[Path, int]) -> None:
    """Watch folders until there are others to watch."""
    from watchfiles import watch

    skipped = (plan.output, plan.private, plan.store.parent)
    changes = watch(
        *roots,
        watch_filter=lambda _change, path: not _is_left_out(Path(path), roots, skipped),
        debounce=_GATHER_MS,
        step=_QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        stop_event=shift.stop.event,
    )
    begun = False
    for found in changes:
        if shift.stop.is_set():
            return
        if found or not begun:  # something may have changed before this began
            begun = True
            shift.present.forget()
            shift.wake(PUBLISH)
        if (shift.plan is not plan and _roots(shift.plan) != roots) or _moved(roots):
            return
        if not shift.present.now.settings.run.watch:
            return


def _roots(plan: Plan) -> dict[Path, int]:
    """The folders to watch that are there, and which ones they are on the disk."""
    wanted = [folder.root for folder in plan.folders if not folder.remote]
    wanted += plan.templates
    return {root: inode for root in wanted if (inode := _folder(root)) is not None}


def _moved(roots: dict[Path, int]) -> bool:
    """Whether a folder vanished or is another one: its watch sees nothing any more."""
    return any(_folder(root) != inode for root, inode in roots.items())


def _folder(path: Path) -> int | None:
    """Which folder on the disk it is; None where there is none, or no way to it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino if S_ISDIR(found.st_mode) else None


def _is_left_out(path: Path, roots: Iterable[Path], skipped: Iterable[Path]) -> bool:
    if any(path.is_relative_to(folder) for folder in skipped):
        return True
    root = next((root for root in roots if path.is_relative_to(root)), path)
    return not _NOT_OURS.isdisjoint(path.relative_to(root).parts)
