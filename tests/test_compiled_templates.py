"""What our templates are compiled to is kept for the next process, and nobody else can write it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsfeed.templating import Templates
from newsfeed.templating.engine import Engine
from newsfeed.templating.shelf import read_shelf
from newsfeed.templating.store import FOLDER, cache_folder


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of caches, with nothing in it."""
    folder = tmp_path / "caches"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A folder with a template."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "a").write_text("<{{ word }}>", encoding="utf-8")
    return folder


def filled(folder: Path) -> tuple[str, str]:
    """As a process does that has just begun."""
    templates = Templates([folder])
    return templates.html("a", {"word": "&"}), templates.text("a", {"word": "&"})


def kept(caches: Path) -> list[Path]:
    return sorted((caches / FOLDER).iterdir())


def test_what_was_compiled_is_used_again(caches: Path, ours: Path) -> None:
    """Both forms of a file are kept, and the second process writes nothing."""
    assert filled(ours) == ("<&amp;>", "<&>")
    files = {file: file.stat().st_mtime_ns for file in kept(caches)}
    assert len(files) == 2
    assert filled(ours) == ("<&amp;>", "<&>")
    assert {file: file.stat().st_mtime_ns for file in kept(caches)} == files


def test_a_changed_template_is_compiled_anew(caches: Path, ours: Path) -> None:
    filled(ours)
    (ours / "a").write_text("new {{ word }}", encoding="utf-8")
    assert filled(ours) == ("new &amp;", "new &")
    assert len(kept(caches)) == 2


@pytest.mark.parametrize("cut", [0, 1, 20, 200])
def test_what_is_damaged_is_compiled_anew(caches: Path, ours: Path, cut: int) -> None:
    filled(ours)
    for file in kept(caches):
        file.write_bytes(file.read_bytes()[:cut])
    assert filled(ours) == ("<&amp;>", "<&>")
    assert all(file.stat().st_size > 200 for file in kept(caches))


def test_no_damaged_code_is_run(caches: Path, ours: Path) -> None:
    """It would end the process, and each one after it."""
    filled(ours)
    for file in kept(caches):
        whole = file.read_bytes()
        for place in range(0, len(whole), 97):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
            assert filled(ours) == ("<&amp;>", "<&>")
            assert file.read_bytes() == whole


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_write_to_is_not_used(caches: Path, mode: int) -> None:
    """What lies there would run in our process."""
    folder = cache_folder()
    assert folder == caches / FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(mode)
    assert cache_folder() is None


def test_a_folder_of_somebody_else_is_not_used(caches: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    folder = cache_folder()
    assert folder is not None
    os.chown(folder, 12345, 12345)
    assert cache_folder() is None


def test_neither_is_one_that_somebody_else_could_replace(caches: Path) -> None:
    """By renaming it, in a folder that they may write to. In a sticky one they cannot."""
    assert cache_folder()
    caches.chmod(0o777)
    assert cache_folder() is None
    caches.chmod(0o1777)
    assert cache_folder()


def test_neither_is_one_in_the_home_of_somebody_else(caches: Path) -> None:
    """Such as root finds where `sudo` left HOME as it was."""
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(caches, 12345, 12345)
    assert cache_folder() is None


def test_what_is_made_on_the_way_to_it_is_ours_alone(caches: Path) -> None:
    before = os.umask(0)
    try:
        assert cache_folder(environ={"HOME": str(caches)})
    finally:
        os.umask(before)


def test_neither_is_a_link(caches: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (caches / "newsfeed").mkdir()
    (caches / FOLDER).symlink_to(tmp_path / "elsewhere")
    assert cache_folder() is None


@pytest.mark.parametrize(
    "environ", [{}, {"HOME": "/proc"}, {"HOME": "relative"}, {"XDG_CACHE_HOME": "/dev/null"}]
)
def test_without_such_a_folder_templates_work_as_well(environ: dict[str, str]) -> None:
    assert cache_folder(environ) is None


def test_a_disk_that_takes_nothing_is_no_fault(ours: Path) -> None:
    engine = Engine(read_shelf([ours]), kept=Path("/proc/nothing/here"))
    assert engine.filled("a", {"word": "x"}, escaped=True) == "<x>"


def test_an_operators_templates_are_never_kept(caches: Path, ours: Path) -> None:
    """Their process has no disk."""
    from newsfeed.templating import LETTERS

    assert Templates([ours], LETTERS).html("a", {"word": "x"}) == "<x>"
    assert not (caches / FOLDER).exists()
