"""RFC 5005 archives: how articles are cut into documents that stay as they are.

An article's sequence is given once, so that its document never changes. Counting from the
oldest, not in pages from the newest, is what keeps a closed document closed (section 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class ArchivePart(msgspec.Struct, frozen=True):
    """One archive document: its number, from 1, and the sequences in it, newest first."""

    number: int
    members: tuple[int, ...]


def cut(sequences: Iterable[int], size: int) -> tuple[ArchivePart, ...]:
    """The archive documents of all `sequences` (from 0, in any order), oldest document first.

    Document n holds the sequences from (n - 1) * size up to n * size. Removed articles leave
    gaps and nothing moves up; a document without a member is left out. The last is open.
    Raises ValueError for a `size` below 1.
    """
    if size < 1:
        raise ValueError(f"an archive document holds at least 1 article, not {size}")
    members: dict[int, list[int]] = {}
    for sequence in sorted(set(sequences), reverse=True):
        members.setdefault(sequence // size + 1, []).append(sequence)
    return tuple(ArchivePart(number, tuple(members[number])) for number in sorted(members))


def neighbours(parts: Sequence[ArchivePart], number: int) -> tuple[int | None, int | None]:
    """The numbers of the documents before and after document `number`: prev- and next-archive.

    None at the ends. Raises ValueError when there is no document of that number.
    """
    numbers = [part.number for part in parts]
    at = numbers.index(number)
    before = numbers[at - 1] if at else None
    after = numbers[at + 1] if at + 1 < len(numbers) else None
    return before, after
