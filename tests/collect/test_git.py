"""When git first had a file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.collect.git import history


class _Repository:
    def __init__(self, folder: Path, git: str) -> None:
        self.folder, self._git = folder, git
        folder.mkdir(parents=True)
        self.git("init", "-q")

    def git(self, *words: str, date: str = "2024-01-01T00:00:00+00:00") -> None:
        subprocess.run(
            [self._git, "-c", "user.name=n", "-c", "user.email=n@example.invalid", *words],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
            check=True,
            capture_output=True,
        )

    def commit(self, name: str, text: str, date: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-qm", name, date=date)


@pytest.fixture
def repository(tmp_path: Path, require: Callable[[str], str]) -> _Repository:
    return _Repository(tmp_path / "repository", require("git"))


def test_the_date_is_that_of_the_commit_that_added_the_file(repository: _Repository) -> None:
    repository.commit("posts/글 하나.md", "1", "2024-01-01T09:00:00+09:00")
    repository.commit("posts/글 하나.md", "2", "2025-01-01T09:00:00+09:00")
    added = history(repository.folder / "posts").added
    assert added == {"글 하나.md": datetime(2024, 1, 1, tzinfo=UTC)}


def test_a_file_that_was_never_committed_has_no_date(repository: _Repository) -> None:
    repository.commit("a.md", "1", "2024-01-01T00:00:00+00:00")
    (repository.folder / "b.md").touch()
    assert set(history(repository.folder).added) == {"a.md"}


def test_a_history_that_is_cut_off_says_nothing_and_says_so(
    repository: _Repository, tmp_path: Path
) -> None:
    for number in range(3):
        repository.commit(f"{number}.md", "1", f"2024-01-0{number + 1}T00:00:00+00:00")
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", str(clone))
    found = history(clone)
    assert found.shallow
    assert found.added == {}


def test_a_folder_without_git_says_nothing(tmp_path: Path) -> None:
    found = history(tmp_path)
    assert (found.added, found.shallow) == ({}, False)
