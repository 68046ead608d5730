"""The door to source folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsfeed.collect import files
from newsfeed.errors import ArticleError, Fault


def _walk(root: Path, skipped: frozenset[str] = frozenset()) -> tuple[list[str], list[Fault]]:
    faults: list[Fault] = []
    found = files.walk(root, lambda path: path.endswith(("/", ".md")), skipped, faults.append)
    return sorted(file.path for file in found), faults


def test_files_are_found_in_every_folder_below_the_root(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/one.md").touch()
    (tmp_path / "two.md").touch()
    (tmp_path / "other.css").touch()
    assert _walk(tmp_path) == (["a/b/one.md", "two.md"], [])


def test_our_own_output_and_tools_folders_are_not_entered(tmp_path: Path) -> None:
    for folder in ("public", "node_modules"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.md").touch()
    assert _walk(tmp_path, frozenset({str(tmp_path / "public")})) == ([], [])


def test_links_out_of_the_folder_and_loops_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "secret.md").symlink_to("/etc/passwd")
    found, faults = _walk(tmp_path)
    assert found == []
    assert [fault.path for fault in faults] == ["secret.md"]
    assert "symbolic link" in str(faults[0])


def test_a_fifo_is_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    found, faults = _walk(tmp_path)
    assert found == []
    assert "not a regular file" in str(faults[0])


def test_a_name_that_is_not_utf_8_is_named_readably(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).touch()
    found, faults = _walk(tmp_path)
    assert found == []
    assert str(faults[0]) == "caf\\xe9.md: the file name is not UTF-8. rename the file"


def test_a_decomposed_name_is_known_by_its_composed_form(tmp_path: Path) -> None:
    (tmp_path / "\u1112\u1161\u11ab.md").touch()
    assert _walk(tmp_path)[0] == ["한.md"]


def test_reading_refuses_what_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "big.md"
    with path.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    with pytest.raises(ArticleError, match="are the most"):
        files.read(path)


def test_reading_never_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to("/etc/hostname")
    with pytest.raises(ArticleError, match="symbolic link"):
        files.read(tmp_path / "link.md")


def test_reading_a_fifo_fails_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(ArticleError, match="regular file"):
        files.read(tmp_path / "pipe.md")


def test_reading_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="No such file"):
        files.read(tmp_path / "none.md")
