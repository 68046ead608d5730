"""The output folder: whole files, only ours, only those that change."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsfeed.errors import ForeignFileError, OutputError
from newsfeed.output import manifest
from newsfeed.output.writer import Outcome, Output, intact, publish


class _Folder:
    """An output folder and its manifest."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "public"
        self.manifest = folder / "manifest.json"
        self.made: list[str] = []

    def publish(
        self,
        files: dict[str, bytes],
        *,
        dry_run: bool = False,
        tag: str = "",
        progress: Callable[[int], None] = lambda _: None,
    ) -> Outcome:
        groups = [[self._output(path, data, tag)] for path, data in files.items()]
        return publish(
            self.root,
            groups,
            self.manifest,
            workers=1,
            dry_run=dry_run,
            everything=False,
            progress=progress,
        )

    def _output(self, path: str, data: bytes, tag: str) -> Output:
        def produce() -> bytes:
            self.made.append(path)
            return data

        return Output(path=path, fingerprint=f"{tag}{data!r}", produce=produce)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}


@pytest.fixture
def folder(tmp_path: Path) -> _Folder:
    return _Folder(tmp_path)


def test_files_are_written_with_their_folders(folder: _Folder) -> None:
    outcome = folder.publish({"feed.xml": b"1", "a/b/feed.xml": b"2"})
    assert folder.files() == {"feed.xml": b"1", "a/b/feed.xml": b"2"}
    assert set(outcome.written) == {"feed.xml", "a/b/feed.xml"}


def test_what_did_not_change_is_not_even_made(folder: _Folder) -> None:
    folder.publish({"a": b"1", "b": b"2"})
    folder.made.clear()
    outcome = folder.publish({"a": b"1", "b": b"3"})
    assert folder.made == ["b"]
    assert (outcome.written, outcome.unchanged) == (("b",), 1)


def test_a_file_whose_bytes_come_out_the_same_is_not_written_again(folder: _Folder) -> None:
    folder.publish({"a": b"1"})
    before = (folder.root / "a").stat()
    outcome = folder.publish({"a": b"1"}, tag="other inputs")
    assert folder.made == ["a", "a"]
    assert outcome.written == ()
    assert (folder.root / "a").stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_that_somebody_changed_or_removed_comes_back(folder: _Folder) -> None:
    folder.publish({"a": b"1", "b": b"2"})
    (folder.root / "a").write_bytes(b"mine")
    (folder.root / "b").unlink()
    assert not intact(folder.root, manifest.load(folder.manifest, folder.root))
    folder.publish({"a": b"1", "b": b"2"})
    assert folder.files() == {"a": b"1", "b": b"2"}


def test_a_file_that_is_not_ours_is_never_overwritten_and_nothing_else_is_either(
    folder: _Folder,
) -> None:
    folder.publish({"a": b"1"})
    (folder.root / "b").write_bytes(b"mine")
    with pytest.raises(ForeignFileError, match="does not overwrite"):
        folder.publish({"a": b"new", "b": b"2"})
    assert folder.files() == {"a": b"1", "b": b"mine"}


def test_a_file_with_the_very_bytes_that_we_would_write_becomes_ours(folder: _Folder) -> None:
    folder.root.mkdir()
    (folder.root / "a").write_bytes(b"1")
    assert folder.publish({"a": b"1"}).written == ()
    assert "a" in manifest.load(folder.manifest, folder.root)


def test_what_vanished_is_removed_with_its_empty_folder_and_nothing_else(folder: _Folder) -> None:
    folder.publish({"a/x": b"1", "b/y": b"2"})
    (folder.root / "b/mine").write_bytes(b"3")
    outcome = folder.publish({"c": b"4"})
    assert folder.files() == {"b/mine": b"3", "c": b"4"}
    assert not (folder.root / "a").exists()
    assert outcome.removed == ("a/x", "b/y")


def test_a_dry_run_tells_and_changes_nothing(folder: _Folder) -> None:
    folder.publish({"a": b"1"})
    listed = manifest.load(folder.manifest, folder.root)
    outcome = folder.publish({"b": b"2"}, dry_run=True)
    assert (outcome.written, outcome.removed) == (("b",), ("a",))
    assert folder.files() == {"a": b"1"}
    assert manifest.load(folder.manifest, folder.root) == listed


def test_when_one_file_cannot_be_made_none_is_replaced(folder: _Folder) -> None:
    folder.publish({"a": b"1"})

    def broken() -> bytes:
        raise OutputError("would not be valid", remedy="mend it")

    outputs = [
        Output(path="a", fingerprint="new", produce=lambda: b"new"),
        Output(path="b", fingerprint="new", produce=broken),
    ]
    with pytest.raises(OutputError):
        publish(
            folder.root,
            [outputs],
            folder.manifest,
            workers=1,
            dry_run=False,
            everything=False,
            progress=lambda _: None,
        )
    assert folder.files() == {"a": b"1"}


def test_a_link_in_the_output_folder_never_leads_writing_out_of_it(
    folder: _Folder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.root.mkdir()
    (folder.root / "a").symlink_to(elsewhere)
    with pytest.raises(ForeignFileError, match="no folder of ours"):
        folder.publish({"a/x": b"1"})
    assert list(elsewhere.iterdir()) == []


def test_after_a_crash_before_renaming_the_new_files_are_still_ours(folder: _Folder) -> None:
    """The manifest names them before they appear."""
    folder.publish({"a": b"1"})
    listed = manifest.load(folder.manifest, folder.root)
    manifest.save(folder.manifest, folder.root, listed | {"b": manifest.Written("f", "d")})
    (folder.root / "b").write_bytes(b"half a run")
    folder.publish({"a": b"1", "b": b"2"})
    assert folder.files() == {"a": b"1", "b": b"2"}


@pytest.mark.skipif(sys.platform != "linux", reason="kills a forked child")
def test_what_a_killed_run_staged_is_removed_by_the_next_one(folder: _Folder) -> None:
    folder.publish({"a": b"1"})
    child = os.fork()
    if not child:
        folder.publish({"a": b"2", "sub/b": b"3"}, progress=lambda done: os._exit(7 * (done == 2)))
        os._exit(1)
    os.waitpid(child, 0)
    assert folder.files().keys() > {"a"}
    outcome = folder.publish({"a": b"1"})
    assert folder.files() == {"a": b"1"}
    assert not (folder.root / "sub").exists()
    assert outcome == Outcome(written=(), removed=(), unchanged=1)
    assert manifest.load(folder.manifest, folder.root).keys() == {"a"}


def test_files_of_another_output_folder_are_neither_known_nor_touched(folder: _Folder) -> None:
    folder.publish({"a": b"1", "b": b"2"})
    old, folder.root = folder.root, folder.root.with_name("site")
    folder.root.mkdir()
    (folder.root / "a").write_bytes(b"mine")
    with pytest.raises(ForeignFileError, match="does not overwrite"):
        folder.publish({"a": b"1"})
    assert folder.files() == {"a": b"mine"}
    assert {path.name for path in old.iterdir()} == {"a", "b"}


@pytest.mark.parametrize("is_link", [True, False])
def test_removing_never_follows_a_link_and_never_takes_a_folder_in_the_place(
    folder: _Folder, tmp_path: Path, is_link: bool
) -> None:
    folder.publish({"news/one": b"1", "kept": b"2"})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "one").write_bytes(b"mine")
    shutil.rmtree(folder.root / "news")
    if is_link:
        (folder.root / "news").symlink_to(elsewhere)
    else:
        (folder.root / "news/one").mkdir(parents=True)
    outcome = folder.publish({"kept": b"2"})
    assert outcome.removed == ()
    assert (elsewhere / "one").read_bytes() == b"mine"
    assert (folder.root / "news/one").exists()


@pytest.mark.parametrize(
    ("call", "files", "message"),
    [("replace", {"a": b"new"}, "cannot be replaced"), ("unlink", {}, "cannot be removed")],
)
def test_a_file_that_cannot_be_replaced_or_removed_is_named_with_what_to_do(
    folder: _Folder,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    files: dict[str, bytes],
    message: str,
) -> None:
    folder.publish({"a": b"1"})
    genuine = getattr(Path, call)

    def refused(path: Path, *args: object, **options: object) -> object:
        if folder.root in path.parents:
            raise PermissionError(13, "Permission denied")
        return genuine(path, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, call, refused)
        with pytest.raises(OutputError, match=message) as caught:
            folder.publish(files)
    assert caught.value.where == str(folder.root / "a")
    assert "permissions" in caught.value.remedy
    folder.publish(files)
    assert folder.files() == files


def test_many_files_come_out_the_same_from_several_processes(tmp_path: Path) -> None:
    groups = [[Output(path=f"{i}", fingerprint=str(i), produce=str(i).encode)] for i in range(40)]
    for workers, name in ((1, "one"), (3, "three")):
        publish(
            tmp_path / name,
            groups,
            tmp_path / f"{name}.json",
            workers=workers,
            dry_run=False,
            everything=False,
            progress=lambda _: None,
        )
    one, three = (
        {p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "three")
    )
    assert one == three
    assert len(one) == 40
