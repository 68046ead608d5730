"""The output folder in memory, as the web server gives it out.

`refresh` looks at the folder and swaps a whole snapshot; whoever asks meanwhile sees all of the
old or all of the new one. Served are regular files that lie in the folder: those that newsfeed
wrote, and those that the operator put beside them. Not served are links, and names that begin with
a dot, but for `.well-known`. No path of a request ever touches the disk: it is looked up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from threading import Lock
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from newsfeed.flows.feeding import address
from newsfeed.flows.plan import Plan
from newsfeed.output import manifest
from newsfeed.settings_moved import plain_path
from newsfeed.urls import ascii_url
from newsfeed.web.filetypes import Manners
from newsfeed.web.servable import Entry, Stamp

LARGEST_READ = 1 << 20
"""Bytes of the largest file that is read as a whole; larger ones are streamed."""

LARGEST_FEED = 16 << 20
MOST_HELD = 48 << 20
"""Bytes of all files that stay in memory; beyond, they are read when they are asked for."""

MOST_PACKED = 16 << 20
"""Bytes of what stays in memory in other codings."""

RACY = 2_000_000_000
"""Nanoseconds before reading within which a change may not show in a file's times."""

INDEX = "index.html"

_LOOK_AGAIN = 60.0
"""Seconds after which the folder is looked at although nobody published."""

_REST = 50
"""How many times as long as a look took is waited at least: in large folders it takes seconds."""


class Moved(NamedTuple):
    """An old address: where it leads, or "" where what was there is gone."""

    location: str


class Folder(NamedTuple):
    """A folder that was asked for without its slash, and its last name."""

    name: str


Found = Entry | Moved | Folder


class Snapshot(NamedTuple):
    """What is served at one time: `paths` are below the site, decoded and in NFC, each file once;
    `prefix` is the site's own path.
    """

    paths: dict[str, Entry | Moved]
    prefix: str
    entries: dict[str, Entry]

    def find(self, raw_path: bytes) -> Found | None:
        """What lies at the path of a request, with or without the site's own path before it."""
        if b"%2f" in raw_path.lower():
            return None  # a slash within a name: no file has one
        try:
            path = normalize("NFC", unquote_to_bytes(raw_path).decode())
        except UnicodeDecodeError:
            return None
        if self.prefix and path == self.prefix:
            return Folder(path.rpartition("/")[2])
        if self.prefix and path.startswith(f"{self.prefix}/"):
            return self._at(path.removeprefix(self.prefix)) or self._at(path)
        return self._at(path)

    def _at(self, path: str) -> Found | None:
        found = self.paths.get(path)
        if found is None and path.endswith(f"/{INDEX}"):
            found = self.paths.get(path.removesuffix(INDEX))
        if found is None and not path.endswith("/"):
            inside = self.paths.get(f"{path}/")
            return Folder(path.rpartition("/")[2]) if isinstance(inside, Entry) else inside
        return found


class Shelf:
    """The files of one installation's output folder. Empty until the first `refresh`."""

    def __init__(self, plan: Plan, *, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._plan = plan
        self._clock_ns = clock_ns
        self._manner = Manners(plan)
        self._lock = Lock()
        self._seen: object = None
        self._look_again = 0.0
        self._kept = 0
        self._begun = False
        prefix = unquote(urlsplit(plan.site_url).path).rstrip("/")
        self.snapshot = Snapshot({}, normalize("NFC", prefix), {})

    def refresh(self) -> bool:
        """Look at the folder; tells whether something that is served has changed.

        Reads only files whose status changed. Raises StoreError where the manifest is damaged.
        """
        with self._lock:
            before = self.snapshot.entries
            entries = self._look(before)
            same = entries.keys() == before.keys()
            if same and self._begun and all(one is before[path] for path, one in entries.items()):
                return False
            self._swap(entries)
            self._begun = True
            return not same or any(one.differs(before[path]) for path, one in entries.items())

    def refresh_if_published(self, now: float) -> bool:
        """`refresh` where somebody published since, or a minute is over at `now` (seconds).

        One that fails is tried again by the next call.
        """
        seen = _stamp_of(self._plan.manifest)
        if seen == self._seen and now < self._look_again:
            return False
        self._seen, begun = None, time.monotonic()
        try:
            changed = self.refresh()
            self._seen = seen
            return changed
        finally:
            took = time.monotonic() - begun
            self._look_again = now + max(_LOOK_AGAIN, _REST * took)

    def keep(self, entry: Entry, coding: str, packed: bytes) -> None:
        """Keep what was packed of an entry, if there is room."""
        with self._lock:
            if entry.had(coding) is None and self._kept + len(packed) <= MOST_PACKED:
                entry.packed = {**(entry.packed or {}), coding: packed}
                self._kept += len(packed)

    def _look(self, before: dict[str, Entry]) -> dict[str, Entry]:
        plan = self._plan
        root = plan.output.resolve()
        ours = manifest.load(plan.manifest, plan.output)
        found = sorted(_files(root), key=lambda one: (normalize("NFC", one[0]) != one[0], one[0]))
        entries: dict[str, Entry] = {}
        held = 0
        for raw, stamp in sorted(found, key=lambda one: self._rank(one[0], before)):
            path = normalize("NFC", raw)
            path = raw if path == raw else path  # one string is enough
            if path in entries:
                continue
            entry = before.get(path)
            if entry is None or not entry.is_still(raw, stamp, is_ours=path in ours):
                made = self._made(root, raw, path, stamp, is_ours=path in ours)
                if made is None:
                    continue
                entry = _same_bytes(entry, made)
            held += entry.held
            if held > MOST_HELD and entry.held:
                held -= entry.held
                entry = entry.without_body()
            entries[path] = entry
        return entries

    def _rank(self, raw: str, before: dict[str, Entry]) -> int:
        known = before.get(raw)
        return known.manner.rank if known else self._manner(raw).rank

    def _made(
        self, root: Path, raw: str, path: str, stamp: Stamp, *, is_ours: bool
    ) -> Entry | None:
        """The file as it is now; None where it went while we looked."""
        now = self._clock_ns()
        rank = self._manner(path).rank
        body: bytes | None = None
        if stamp.size <= (LARGEST_READ if rank else LARGEST_FEED):
            try:
                with opened(root, raw) as descriptor:
                    stamp = stamp_of(descriptor)
                    body = read_whole(descriptor, stamp.size)
            except OSError:
                return None
        trusted = now - max(stamp.mtime, stamp.ctime) > RACY
        return Entry(
            path=path,
            raw=raw,
            root=root,
            stamp=stamp,
            trusted=trusted or body is None,
            is_ours=is_ours,
            manner=self._manner(path, body or b"", is_ours=is_ours),
            body=body,
            modified=min(stamp.mtime, now) // 1_000_000_000,
        )

    def _swap(self, entries: dict[str, Entry]) -> None:
        plan = self._plan
        paths: dict[str, Entry | Moved] = {
            f"/{path.removesuffix(INDEX)}"
            if f"/{path}".endswith(f"/{INDEX}")
            else f"/{path}": entry
            for path, entry in entries.items()
        }
        for redirect in plan.redirects:
            paths[plain_path(redirect.from_)] = Moved(_location(plan, redirect.to))
        for gone in plan.gone:
            paths[plain_path(gone)] = Moved("")
        self._kept = sum(
            len(body) for one in entries.values() for body in (one.packed or {}).values()
        )
        self.snapshot = Snapshot(paths, self.snapshot.prefix, entries)


def _location(plan: Plan, to: str) -> str:
    return address(plan, to.removeprefix("/")) if to.startswith("/") else ascii_url(to)


def _same_bytes(before: Entry | None, made: Entry) -> Entry:
    """What was packed stays packed where only the file's times changed."""
    if before is not None and before.tag == made.tag and before.body is not None:
        made.packed = before.packed
    return made


def _files(root: Path) -> Iterator[tuple[str, Stamp]]:
    """Every file that may be served, by its path below `root` as the disk spells it."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as found:
                entries = [(one.name, one.stat(follow_symlinks=False)) for one in found]
        except OSError:
            continue  # it went, or nobody may look
        for name, status in entries:
            path = f"{folder}/{name}" if folder else name
            if not _is_shown(name, path):
                continue
            if S_ISDIR(status.st_mode):
                folders.append(path)
            elif S_ISREG(status.st_mode):
                yield path, Stamp.of(status)


def _is_shown(name: str, path: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False  # bytes that are no text have no address
    return name[:1] != "." or path == ".well-known"


class opened:  # noqa: N801  # a context manager that reads as a word
    """A descriptor of the file at a path below `root`, on the way to which no link is followed.

    Raises OSError, also where it is no regular file.
    """

    def __init__(self, root: Path, path: str) -> None:
        self._root = root
        self._path = path

    def __enter__(self) -> int:
        *folders, name = self._path.split("/")
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        inner = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for folder in folders:
                outer, inner = inner, os.open(folder, flags | os.O_DIRECTORY, dir_fd=inner)
                os.close(outer)
            self._descriptor = os.open(name, flags | os.O_NONBLOCK, dir_fd=inner)
        finally:
            os.close(inner)
        if not S_ISREG(os.fstat(self._descriptor).st_mode):
            os.close(self._descriptor)
            raise OSError(f"{self._path} is no regular file")
        return self._descriptor

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def stamp_of(descriptor: int) -> Stamp:
    """What the disk says of an open file."""
    return Stamp.of(os.fstat(descriptor))


def read_whole(descriptor: int, size: int) -> bytes:
    """All of an open file. Raises OSError where it has become shorter."""
    parts = []
    left = size
    while left:
        part = os.read(descriptor, left)
        if not part:
            raise OSError("the file has become shorter")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _stamp_of(path: Path) -> Stamp | None:
    try:
        return Stamp.of(path.stat())
    except OSError:
        return None
