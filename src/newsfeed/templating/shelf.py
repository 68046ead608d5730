"""The door to the disk: all files of some folders of templates, read once.

What is not here does not exist for a template, whatever name it asks for: none leads out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

_LARGEST = 1 << 20
"""Bytes of a file; what has more is no template."""

_MOST = 1000
"""Files of a folder, so that a wrong one is not read whole."""


class Sheet(msgspec.Struct, frozen=True):
    """A file: its place as messages name it, and its bytes, or why it cannot be read."""

    place: str
    data: bytes
    problem: str = ""


class Shelf(msgspec.Struct, frozen=True):
    """The folders as messages name them, and what they hold by the names that templates use: with
    "/", below the folder.
    """

    folders: tuple[str, ...]
    sheets: dict[str, Sheet]


def read_shelf(folders: Sequence[Path]) -> Shelf:
    """What lies in the folders; of two files of one name, that of the first folder.

    One that cannot be read is noted: it may not be needed. Folders that are links are not entered,
    files that are links are read: they are the operator's.
    """
    places = [Path(os.path.normpath(folder)) for folder in folders]
    sheets: dict[str, Sheet] = {}
    for folder in places:
        for number, file in enumerate(files_of(folder)):
            if number >= _MOST:
                break
            name = file.relative_to(folder).as_posix()
            if name not in sheets:
                sheets[name] = _read(file)
    return Shelf(tuple(map(_shown, places)), sheets)


def files_of(folder: Path) -> Iterator[Path]:
    """Every regular file below a folder, sorted; none where there is no such folder."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(place, name)
            if file.is_file():
                yield file


def _read(file: Path) -> Sheet:
    place = _shown(file)
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        return Sheet(place, b"", f"cannot be read: {error.strerror}")
    if len(data) > _LARGEST:
        return Sheet(place, b"", f"is larger than {_LARGEST >> 20} MB")
    return Sheet(place, data)


def _shown(path: Path) -> str:
    """A path that can be written, also where its name is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
