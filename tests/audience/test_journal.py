"""The journal of who left: lines are added, none is lost, and a crash cuts at most the last."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.journal import Entry, append, read
from newsfeed.errors import StoreError

AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HASH = "AAECAwQFBgcICQoLDA0ODw"


def entry(number: int = 0, reason: str = "link") -> Entry:
    return Entry(
        at=AT + timedelta(seconds=number),
        event="left",
        newsletter="weekly",
        address_hash=HASH,
        reason=reason,
    )


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "left.journal"


def test_entries_come_back_in_their_order(journal: Path) -> None:
    """From one call or several."""
    append(journal, [entry(1), entry(2)])
    append(journal, [entry(3)])
    assert list(read(journal)) == [entry(1), entry(2), entry(3)]


def test_where_there_is_no_journal_nobody_left(journal: Path) -> None:
    """And nothing to add makes none."""
    append(journal, [])
    assert list(read(journal)) == []
    assert not journal.exists()


def test_a_line_is_one_entry_that_people_can_read(journal: Path) -> None:
    """The time is UTC whatever zone the clock was in."""
    seoul = AT.astimezone(timezone(timedelta(hours=9)))
    append(
        journal,
        [Entry(at=seoul, event="erased", newsletter="", address_hash=HASH, reason="asked by mail")],
    )
    assert journal.read_text(encoding="utf-8") == (
        f"2026-11-21T04:00:00Z\terased\t\t{HASH}\tasked by mail\n"
    )


def test_the_file_is_for_its_owner_alone(journal: Path) -> None:
    """S-30: also one that was put back by a careless copy."""
    before = os.umask(0)
    try:
        append(journal, [entry()])
    finally:
        os.umask(before)
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    journal.chmod(0o644)
    append(journal, [entry()])
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


def test_a_call_flushes_once_after_its_last_byte(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What append was given is on the disk when it returns; many entries cost one flush."""
    append(journal, [entry()])
    sizes = []
    flush = os.fsync

    def counted(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    append(journal, (entry(i) for i in range(5000)))
    assert sizes == [journal.stat().st_size]


@pytest.mark.parametrize(
    "cut", range(1, len(f"2026-11-21T04:00:02Z\tleft\tweekly\t{HASH}\tlink\n"))
)
def test_a_line_cut_by_a_crash_is_passed_over_and_spoils_nothing(journal: Path, cut: int) -> None:
    """At whatever byte, before and after more is added, and after a second crash in the mending."""
    append(journal, [entry(1), entry(2)])
    os.truncate(journal, journal.stat().st_size - cut)
    assert list(read(journal)) == [entry(1)]
    append(journal, [entry(3)])
    assert list(read(journal)) == [entry(1), entry(3)]
    append(journal, [entry(4)])
    assert list(read(journal)) == [entry(1), entry(3), entry(4)]


def test_a_crash_at_any_byte_of_the_mending_is_mended_too(journal: Path, tmp_path: Path) -> None:
    """The journal after every possible length of a write that was to follow a cut line."""
    append(journal, [entry(1), entry(2)])
    os.truncate(journal, journal.stat().st_size - 9)
    start = journal.stat().st_size
    append(journal, [entry(3)])
    whole = journal.read_bytes()
    for length in range(start, len(whole)):
        again = tmp_path / f"{length}.journal"
        again.write_bytes(whole[:length])
        append(again, [entry(4)])
        assert list(read(again)) == [entry(1), entry(4)]


def test_zeros_that_a_power_cut_leaves_at_the_end_are_passed_over(journal: Path) -> None:
    """Some file systems make the file longer before they write what is in it."""
    append(journal, [entry(1)])
    with journal.open("ab") as file:
        file.write(bytes(500))
    assert list(read(journal)) == [entry(1)]
    append(journal, [entry(2)])
    assert list(read(journal)) == [entry(1), entry(2)]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        f"2026-11-21T04:00:00Z\tleft\tweekly\t{HASH}".encode(),
        f"2026-11-21T04:00:00Z\tleft\tweekly\t{HASH}\tlink\tmore".encode(),
        f"2026-11-21T04:00:00Z\tgone\tweekly\t{HASH}\tlink".encode(),
        f"2026-11-21T04:00:00\tleft\tweekly\t{HASH}\tlink".encode(),
        f"yesterday\tleft\tweekly\t{HASH}\tlink".encode(),
        b"2026-11-21T04:00:00Z\tleft\tweekly\tseoyeon@example.org\tlink",
        b"\xff\xfe",
        bytes(10),
    ],
)
def test_another_damaged_line_stops_the_reading_and_is_named(journal: Path, line: bytes) -> None:
    """Nobody's wish is lost in silence."""
    append(journal, [entry(1)])
    with journal.open("ab") as file:
        file.write(line + b"\n")
    append(journal, [entry(2)])
    entries = read(journal)
    assert next(entries) == entry(1)
    with pytest.raises(StoreError) as caught:
        next(entries)
    assert str(caught.value).startswith(f"{journal}:2: ")
    assert "seoyeon" not in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        {"reason": "a\tb"},
        {"reason": "a\nb"},
        {"reason": "a\x85b"},
        {"reason": "# cut short"},
        {"newsletter": "a\tb"},
        {"address_hash": ""},
        {"address_hash": "seoyeon@example.org"},
        {"event": "gone"},
        {"at": AT.replace(tzinfo=None)},
    ],
)
def test_what_would_not_be_read_back_is_not_written(journal: Path, bad: dict[str, Any]) -> None:
    """Nor anything that came with it."""
    append(journal, [entry(1)])
    with pytest.raises(ValueError, match="entry"):
        append(journal, [entry(2), msgspec.structs.replace(entry(3), **bad)])
    assert list(read(journal)) == [entry(1)]


def test_a_full_disk_leaves_the_journal_as_it_was(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All entries of a call or none; the caller does not commit then."""
    append(journal, [entry(1)])
    before = journal.read_bytes()

    def full(_: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        append(journal, [entry(2), entry(3)])
    assert journal.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """In one line, for people."""
    with pytest.raises(StoreError, match="cannot be written"):
        append(tmp_path, [entry()])
    with pytest.raises(StoreError, match="cannot be read"):
        list(read(tmp_path))
    with pytest.raises(StoreError, match="cannot be written"):
        append(tmp_path / "none" / "left.journal", [entry()])


def test_a_link_is_not_followed(journal: Path, tmp_path: Path) -> None:
    """Nobody turns the journal into another file of ours."""
    other = tmp_path / "other"
    other.write_text("mine", encoding="ascii")
    journal.symlink_to(other)
    with pytest.raises(StoreError):
        append(journal, [entry()])
    assert other.read_text(encoding="ascii") == "mine"


def test_processes_that_add_at_once_lose_and_mix_nothing(journal: Path) -> None:
    """Web server and command line write to the same file; what one call adds stands together."""
    code = """
import sys, datetime, pathlib
from newsfeed.audience.journal import Entry, append
at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
for turn in range(10):
    append(pathlib.Path(sys.argv[1]), [
        Entry(at=at, event="left", newsletter=sys.argv[2], address_hash="A" * 22, reason=str(turn))
        for _ in range(4000)
    ])
"""
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(journal), name]) for name in ("a", "b")
    ]
    assert [run.wait() for run in runs] == [0, 0]
    calls = groupby(read(journal), key=lambda one: (one.newsletter, one.reason))
    found = [(key, sum(1 for _ in entries)) for key, entries in calls]
    assert sorted(found) == [((name, str(turn)), 4000) for name in ("a", "b") for turn in range(10)]


def test_many_entries_pass_through_in_flat_memory(journal: Path) -> None:
    """Neither the way in nor the way out holds them all."""
    count = 15_000

    def many() -> Iterator[Entry]:
        for number in range(count):
            yield entry(number)

    tracemalloc.start()
    try:
        append(journal, many())
        assert sum(1 for _ in read(journal)) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert journal.stat().st_size > 900_000
    assert peak < 500_000


@given(
    st.lists(
        st.builds(
            Entry,
            at=st.datetimes(timezones=st.just(UTC)),
            event=st.sampled_from(["left", "suppressed", "erased", "reinstated"]),
            newsletter=st.text(max_size=8),
            address_hash=st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True),
            reason=st.text(max_size=12),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_entry_that_is_written_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    """Any text either comes back as it was, or is refused before anything is written."""
    path = tmp_path_factory.mktemp("any") / "left.journal"
    try:
        append(path, entries)
    except ValueError:
        assert list(read(path)) == []
    else:
        assert list(read(path)) == entries
