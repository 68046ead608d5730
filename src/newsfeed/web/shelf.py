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
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

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

_LOOK_AGAIN = 60.0


class Moved(NamedTuple):
    """An old address: where it leads, or "" where what was there is gone."""

    location: str


class Folder(NamedTuple):
    """A folder that was asked for without its slash, and its last name."""

    name: str


Found = Entry | Moved | Folder


class Snapshot(NamedTuple):
    """What is served at one time. `paths` are below the site, decoded and in NFC; `raw` are those
    that are usually asked for, as they stand in a request.
    """

    paths: dict[str, Found]
    raw: dict[bytes, Found]
    prefix: str
    entries: dict[str, Entry]

    def find(self, raw_path: bytes) -> Found | None:
        """What lies at the path of a request, with or without the site's own path before it."""
        found = self.raw.get(raw_path)
        if found is not None:
            return found
        try:
            path = normalize("NFC", unquote_to_bytes(raw_path).decode())
        except UnicodeDecodeError:
            return None
        if self.prefix and path.startswith(f"{self.prefix}/"):
            found = self.paths.get(path.removeprefix(self.prefix))
        elif self.prefix and path == self.prefix:
            return Folder(self.prefix.rpartition("/")[2])
        return found or self.paths.get(path)


class Shelf:
    """The files of one installation's output folder. Empty until the first `refresh`."""

    def __init__(self, plan: Plan, *, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._plan = plan
        self._clock_ns = clock_ns
        self._manner = Manners(plan)
        self._lock = Lock()
        self._seen: object = None
        self._looked = 0.0
        self._kept = 0
        self._begun = False
        prefix = unquote(urlsplit(plan.site_url).path).rstrip("/")
        self.snapshot = Snapshot({}, {}, normalize("NFC", prefix), {})

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
        """`refresh` where somebody published since, or a minute is over at `now` (seconds)."""
        seen = _stamp_of(self._plan.manifest)
        if seen == self._seen and now - self._looked < _LOOK_AGAIN:
            return False
        self._seen, self._looked = seen, now
        return self.refresh()

    def keep(self, entry: Entry, coding: str, packed: bytes) -> None:
        """Keep what was packed of an entry, if there is room."""
        with self._lock:
            if coding not in entry.packed and self._kept + len(packed) <= MOST_PACKED:
                entry.packed[coding] = packed
                self._kept += len(packed)

    def _look(self, before: dict[str, Entry]) -> dict[str, Entry]:
        plan = self._plan
        root = plan.output.resolve()
        ours = manifest.load(plan.manifest, plan.output)
        found = sorted(_files(root), key=lambda one: (normalize("NFC", one[0]) != one[0], one[0]))
        entries: dict[str, Entry] = {}
        held = 0
        for raw, stamp in sorted(found, key=lambda one: self._manner(one[0]).rank):
            path = normalize("NFC", raw)
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
        plan, prefix = self._plan, self.snapshot.prefix
        paths: dict[str, Found] = {}
        for path, entry in entries.items():
            paths[f"/{path}"] = entry
            folder, _, name = path.rpartition("/")
            if name == "index.html":
                paths[f"/{folder}/" if folder else "/"] = entry
                if folder:
                    paths.setdefault(f"/{folder}", Folder(folder.rpartition("/")[2]))
        for redirect in plan.redirects:
            paths[plain_path(redirect.from_)] = Moved(_location(plan, redirect.to))
        for gone in plan.gone:
            paths[plain_path(gone)] = Moved("")
        raw = {
            quote(f"{prefix}{path}", safe="/:@!$&'()*+,;=~").encode(): paths[path] for path in paths
        }
        self._kept = sum(len(body) for one in entries.values() for body in one.packed.values())
        self.snapshot = Snapshot(paths, raw, prefix, entries)


def _location(plan: Plan, to: str) -> str:
    return address(plan, to.removeprefix("/")) if to.startswith("/") else ascii_url(to)


def _same_bytes(before: Entry | None, made: Entry) -> Entry:
    """What was packed stays packed where only the file's times changed."""
    if before is not None and before.tag == made.tag and before.body is not None:
        made.packed.update(before.packed)
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
