"""The outbox: whole files for their owner alone, and no way out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver import outbox
from newsfeed.errors import OutputError

MESSAGE = b"To: reader@example.org\r\n\r\nText\r\n"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_letter_lies_there_as_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/2026-11-20"
    outbox.write(folder, "abc_-9", MESSAGE)
    assert (folder / "abc_-9.eml").read_bytes() == MESSAGE
    assert [path.name for path in folder.iterdir()] == ["abc_-9.eml"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_folders_and_letters_are_for_their_owner_alone(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        outbox.write(tmp_path / "private/outbox/weekly/first", "a", MESSAGE)
    finally:
        os.umask(old)
    for path in (tmp_path / "private").rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_a_letter_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/first"
    outbox.write(folder, "a", b"old and longer")
    outbox.write(folder, "a", b"new")
    assert (folder / "a.eml").read_bytes() == b"new"


def test_many_letters_are_written_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/first"
    assert outbox.write_many(folder, ((f"n{i}", MESSAGE) for i in range(20))) == 20
    assert outbox.count(folder) == 20
    assert outbox.count(tmp_path / "outbox/weekly/other") == 0
    assert outbox.count(tmp_path / "nowhere/weekly/other") == 0


def test_letters_before_a_failure_stay_whole_and_nothing_half_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/first"

    def items() -> Iterator[tuple[str, bytes]]:
        yield "a", MESSAGE
        (folder / "b.eml").mkdir()
        yield "b", MESSAGE

    with pytest.raises(OutputError, match="letters cannot be kept"):
        outbox.write_many(folder, items())
    assert (folder / "a.eml").read_bytes() == MESSAGE
    assert sorted(path.name for path in folder.iterdir()) == ["a.eml", "b.eml"]


@pytest.mark.parametrize("name", ["", "a.b", "../a", "a/b", "a" * 65, "가", "a\n", ".a"])
def test_a_name_that_is_no_plain_word_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a letter"):
        outbox.write(tmp_path / "outbox/weekly/first", name, MESSAGE)


@given(name=st.text(max_size=8))
def test_no_name_leads_out_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("t") / "outbox/weekly/first"
    try:
        outbox.write(folder, name, b"")
    except ValueError:
        return
    assert [path.name for path in folder.iterdir()] == [f"{name}.eml"]


@pytest.mark.parametrize("place", ["weekly", "weekly/first"])
def test_a_link_in_the_way_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "elsewhere/first").mkdir(parents=True)
    link = tmp_path / "outbox" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")
    folder = tmp_path / "outbox/weekly/first"
    with pytest.raises(OutputError):
        outbox.write(folder, "a", MESSAGE)
    with pytest.raises(OutputError):
        outbox.remove_folder(folder)
    assert not list((tmp_path / "elsewhere").rglob("*.eml"))


def test_a_link_at_a_letters_own_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/first"
    folder.mkdir(parents=True)
    other = tmp_path / "other"
    other.write_text("mine", encoding="ascii")
    (folder / "a.eml").symlink_to(other)
    outbox.write(folder, "a", MESSAGE)
    assert other.read_text(encoding="ascii") == "mine"
    assert (folder / "a.eml").read_bytes() == MESSAGE
    (folder / ".b.eml.new").symlink_to(other)
    with pytest.raises(OutputError):
        outbox.write(folder, "b", MESSAGE)
    assert other.read_text(encoding="ascii") == "mine"


def test_the_outbox_itself_may_be_a_link_of_the_operators(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "outbox").symlink_to(tmp_path / "disk")
    outbox.write(tmp_path / "outbox/weekly/first", "a", MESSAGE)
    assert (tmp_path / "disk/weekly/first/a.eml").read_bytes() == MESSAGE


def test_a_folder_is_removed_with_its_letters_and_half_letters(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/first"
    outbox.write(folder, "a", MESSAGE)
    (folder / ".b.eml.new").write_bytes(b"half")
    outbox.remove_folder(folder)
    assert not folder.exists()
    outbox.remove_folder(folder)


def test_a_file_of_somebody_else_stays_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "outbox/weekly/first"
    outbox.write(folder, "a", MESSAGE)
    (folder / "notes.txt").write_text("mine", encoding="ascii")
    outbox.remove_folder(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_whoever_is_erased_is_in_no_folder_of_the_outbox(tmp_path: Path) -> None:
    box = tmp_path / "outbox"
    doomed = [box / "daily/one/me.eml", box / "weekly/confirm/me.eml", box / "weekly/test/hash.eml"]
    for path in (*doomed, box / "weekly/one/you.eml"):
        outbox.write(path.parent, path.stem, MESSAGE)
    half = box / "daily/one/.me.eml.new"
    half.write_bytes(b"half")
    assert outbox.erase(box, {"me", "hash"}) == sorted([*doomed, half])
    assert [path.name for path in box.rglob("*") if path.is_file()] == ["you.eml"]
    assert outbox.erase(box, {"me"}) == []
    assert outbox.erase(tmp_path / "nowhere", {"me"}) == []


def test_further_copies_of_whoever_is_erased_go_too(tmp_path: Path) -> None:
    """A number behind the name is a copy's; a name that ends like one is itself."""
    folder = tmp_path / "weekly/first"
    gone, kept = ["ann", "ann-1", "ann-12", "bob-2", "bob-2-1"], ["ann-b", "ann1", "bob", "bob-1"]
    for name in (*gone, *kept):
        outbox.write(folder, name, MESSAGE)
    (folder / ".ann-3.eml.new").write_bytes(b"half")
    removed = outbox.erase(tmp_path, {"ann", "bob-2"})
    assert {path.name for path in removed} == {".ann-3.eml.new", *(f"{one}.eml" for one in gone)}
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{one}.eml" for one in kept)


def test_erasing_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    other = tmp_path / "elsewhere/me.eml"
    other.write_bytes(MESSAGE)
    box = tmp_path / "outbox"
    (box / "weekly").mkdir(parents=True)
    (box / "weekly/first").symlink_to(other.parent)
    assert outbox.erase(box, {"me"}) == []
    assert other.exists()


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file", encoding="ascii")
    with pytest.raises(OutputError, match=r"outbox/weekly/first: .*mend"):
        outbox.write(tmp_path / "outbox/weekly/first", "a", MESSAGE)
