"""The lock files: complete, hashed, in step with pyproject.toml, and silent about any index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

BUILD, RUNTIME, DEV = "requirements-build.lock", "requirements.lock", "requirements-dev.lock"
LOCKS = (BUILD, RUNTIME, DEV)

# One entry: name==version, perhaps a marker, then its hashes on lines of their own.
ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n",
    re.MULTILINE,
)


def _entries(lock: Path) -> dict[str, Version]:
    """Locked versions by canonical name, of those that this platform installs."""
    return {
        canonicalize_name(entry["name"]): Version(entry["version"])
        for entry in ENTRY.finditer(lock.read_text("utf-8"))
        if entry["marker"] is None or Marker(entry["marker"]).evaluate()
    }


def _project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_only(name: str, root: Path) -> None:
    """Nothing but pinned and hashed packages is in a lock: no index address, no option."""
    text = (root / name).read_text("utf-8")
    assert ENTRY.sub("", text) == ""
    assert text


@pytest.mark.parametrize(
    ("name", "section"),
    [(RUNTIME, "project"), (BUILD, "build"), (BUILD, "build-system"), (DEV, "dev")],
)
def test_a_lock_satisfies_what_pyproject_asks_for(name: str, section: str, root: Path) -> None:
    """A requirement that is added or raised in pyproject.toml is locked too."""
    project = _project(root)
    wanted = {
        "project": project["project"]["dependencies"],
        "build-system": project["build-system"]["requires"],
        **project["dependency-groups"],
    }[section]
    locked = _entries(root / name)
    for requirement in (Requirement(line) for line in wanted if isinstance(line, str)):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {name}; run make lock"
        assert version in requirement.specifier, f"{requirement}, but {version} is locked"


def test_locks_agree_with_each_other(root: Path) -> None:
    """What is tested is what is installed: no package is locked at two versions."""
    build, runtime, dev = (_entries(root / name) for name in LOCKS)
    for name, version in dev.items():
        assert {build.get(name, version), runtime.get(name, version)} == {version}, name
