"""When git first had a file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.collect.git import history, last_changes
from tests.kit import Site


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


def test_the_last_change_is_that_of_the_newest_commit(repository: _Repository) -> None:
    repository.commit("posts/글 하나.md", "1", "2024-01-01T09:00:00+09:00")
    repository.commit("posts/글 하나.md", "2", "2025-01-01T09:00:00+09:00")
    repository.commit("posts/two.md", "2", "2026-01-01T09:00:00+09:00")
    changed = last_changes(repository.folder / "posts")
    assert changed["글 하나.md"] == datetime(2025, 1, 1, tzinfo=UTC)


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
    assert found.problem == ""


def test_the_repository_of_a_hook_is_not_taken_for_the_folders(
    repository: _Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("a.md", "1", "2024-01-01T00:00:00+00:00")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "none")
    assert set(history(repository.folder).added) == {"a.md"}


def test_a_repository_without_commits_is_no_problem(repository: _Repository) -> None:
    assert history(repository.folder).problem == ""


def _fake_git(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_repository_that_git_does_not_trust_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_git(
        tmp_path / "bin", monkeypatch, "echo 'fatal: detected dubious ownership' >&2; exit 128"
    )
    site = Site(tmp_path / "site")
    site.post("undated.md")
    assert site.build().warnings == ()
    (site.folder / ".git").mkdir()
    site.post("other.md")
    (warning,) = site.build().warnings
    assert "detected dubious ownership" in warning.problem
    assert f"--add safe.directory {site.folder}" in warning.remedy


def test_a_machine_without_git_is_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / ".git").mkdir()
    assert history(tmp_path).problem == ""
