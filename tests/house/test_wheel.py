"""What is shipped is what is tested: the built wheel, in an environment that knows nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import feedparser
import pytest

pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(300)]


# What is packed: the folder of the checkout, and its place in the wheel.
PACKED = {
    "src/newsfeed": "newsfeed",
    "templates": "newsfeed/templates",
    "seeds": "newsfeed/demo",
    "third_party/caniemail": "newsfeed/caniemail",
}


def _run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that must succeed, as somebody who has never heard of this checkout."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{arguments}: {run.stdout}\n{run.stderr}"
    return run


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution and not from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, root, cwd=folder)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def newsfeed(wheel: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that holds the wheel and what the lock names."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    install = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(*install, "--require-hashes", "--requirement", root / "requirements.lock", cwd=folder)
    _run(*install, "--no-deps", wheel, cwd=folder)
    _run(python, "-m", "pip", "check", cwd=folder)
    return python.with_name("newsfeed")


def _published(folder: Path) -> dict[str, bytes]:
    """Every public file by its path."""
    public = folder / "public"
    return {
        str(path.relative_to(public)): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file()
    }


def test_the_wheel_holds_every_file_of_the_package(wheel: Path, root: Path) -> None:
    """No template, statement, migration or sample is forgotten, and nothing else comes along."""
    ours = {
        f"{inside}/{path.relative_to(root / outside).as_posix()}"
        for outside, inside in PACKED.items()
        for path in (root / outside).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == ours
    assert "newsfeed/py.typed" in packed


def test_the_installed_command_publishes_its_samples(newsfeed: Path, tmp_path: Path) -> None:
    """Samples become feeds with items and the next letter, far from the source, and stay so."""
    _run(newsfeed, "init", "--demo", "site", cwd=tmp_path)
    _run(newsfeed, "publish", cwd=tmp_path / "site")
    published = _published(tmp_path / "site")
    for name in ("feed.xml", "atom.xml"):
        feed = feedparser.parse(published[name])
        assert not feed.bozo, name
        assert feed.entries, name
    assert list((tmp_path / "site" / ".newsfeed" / "preview").glob("*.eml"))

    _run(newsfeed, "publish", cwd=tmp_path / "site")
    assert _published(tmp_path / "site") == published


def test_the_module_is_the_command(newsfeed: Path, tmp_path: Path) -> None:
    """`python -m newsfeed` and `newsfeed` are one program, and it is the installed one."""
    python = newsfeed.with_name("python")
    where = _run(python, "-c", "import newsfeed; print(newsfeed.__file__)", cwd=tmp_path).stdout
    assert Path(where.strip()).is_relative_to(newsfeed.parent.parent)
    named = _run(newsfeed, "--help", cwd=tmp_path).stdout
    assert _run(python, "-m", "newsfeed", "--help", cwd=tmp_path).stdout == named
