"""Archives are cut once and for all (RFC 5005 section 4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.feeds.archive import ArchivePart, cut, neighbours

SEQUENCES = st.sets(st.integers(0, 60))
SIZES = st.integers(1, 12)


def test_documents_hold_equal_ranges_from_the_oldest() -> None:
    """Document 1 is the oldest, members are newest first, the last one is open."""
    assert cut(range(5), 2) == (
        ArchivePart(1, (1, 0)),
        ArchivePart(2, (3, 2)),
        ArchivePart(3, (4,)),
    )


def test_a_removed_article_leaves_a_gap() -> None:
    """Nothing moves up: no other document changes."""
    assert cut([0, 2, 3, 4], 2) == (
        ArchivePart(1, (0,)),
        ArchivePart(2, (3, 2)),
        ArchivePart(3, (4,)),
    )


def test_a_document_without_a_member_is_left_out() -> None:
    """Its neighbours are then each other's, and keep their numbers."""
    parts = cut([0, 1, 4, 5], 2)
    assert [part.number for part in parts] == [1, 3]
    assert neighbours(parts, 1) == (None, 3)
    assert neighbours(parts, 3) == (1, None)


def test_neighbours_are_the_older_and_the_newer_document() -> None:
    """prev-archive leads to the older one, next-archive to the newer one."""
    assert neighbours(cut(range(6), 2), 2) == (1, 3)


def test_a_number_without_a_document_is_refused() -> None:
    """Asking for the neighbours of nothing is a mistake of ours."""
    with pytest.raises(ValueError, match="not in list"):
        neighbours(cut(range(6), 2), 9)


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused(size: int) -> None:
    """There is no such cut."""
    with pytest.raises(ValueError, match="at least 1 article"):
        cut([0], size)


@given(SEQUENCES, SIZES)
def test_a_walk_back_sees_every_article_once(sequences: set[int], size: int) -> None:
    """From the newest document along prev-archive: newest first, none twice, none left out."""
    parts = cut(sequences, size)
    by_number = {part.number: part for part in parts}
    seen: list[int] = []
    at = parts[-1].number if parts else None
    while at is not None:
        seen += by_number[at].members
        at = neighbours(parts, at)[0]
    assert seen == sorted(sequences, reverse=True)


@given(SEQUENCES.filter(bool), SIZES, st.integers(1, 20))
def test_new_articles_change_no_closed_document(sequences: set[int], size: int, more: int) -> None:
    """Only the open document grows, and new ones follow it (F-G-02)."""
    following = max(sequences) + 1
    before = cut(sequences, size)
    after = cut(sequences | set(range(following, following + more)), size)
    assert after[: len(before) - 1] == before[:-1]


@given(SEQUENCES.filter(bool), SIZES, st.data())
def test_a_removal_changes_one_document(
    sequences: set[int], size: int, data: st.DataObject
) -> None:
    """All the others keep their numbers and members."""
    gone = data.draw(st.sampled_from(sorted(sequences)))
    before = cut(sequences, size)
    after = cut(sequences - {gone}, size)
    assert [part for part in before if gone not in part.members] == [
        part for part in after if part.number != gone // size + 1
    ]
