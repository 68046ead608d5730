"""Dependencies are declared where they are used, used where declared, and kept behind doors."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

# Distributions whose package has another name; zoneinfo finds tzdata by itself, and uvicorn what it
# is told by name.
PACKAGES = {
    "dnspython": "dns",
    "email-validator": "email_validator",
    "pillow": "PIL",
    "prometheus-client": "prometheus_client",
    "python-frontmatter": "frontmatter",
    "pyyaml": "yaml",
    "yoyo-migrations": "yoyo",
}
DATA = {"tzdata"}

# The one place in src/newsfeed that may know a library: a module, or a folder given over to it.
DOORS = {
    "PIL": "collect/images/",
    "aiosmtplib": "deliver/smtp/dial.py",
    "aiosql": "store/queries.py",
    "apscheduler": "schedule/",
    "babel": "catalogues.py",
    "brotli": "web/servable.py",
    "comrak": "collect/markup/markdown.py",
    "cryptography": "deliver/dkim/",
    "dns": "deliver/dkim/published.py",
    "docutils": "collect/conventions/pelican/restructured.py",
    "feedgen": "feeds/generator.py",
    "feedparser": "collect/feedfile.py",
    "email_validator": "address.py",
    "frontmatter": "collect/frontmatter/",
    "httptools": "web/server.py",
    "httpx": "net/http.py",
    "itsdangerous": "audience/tokens.py",
    "nh3": "collect/markup/sanitise.py",
    "premailer": "digest/inline.py",
    "prometheus_client": "service/metrics.py",
    "rich": "cli/",
    "starlette": "web/",
    "uvicorn": "web/",
    "watchfiles": "service/watching.py",
    "yoyo": "store/database.py",
}


def _imports(root: Path) -> dict[str, set[str]]:
    """The modules of src/newsfeed that import each third-party package."""
    source = root / "src" / "newsfeed"
    found: dict[str, set[str]] = {}
    for path in source.rglob("*.py"):
        for name in _imported(ast.parse(path.read_bytes())):
            if name not in sys.stdlib_module_names and name != "newsfeed":
                found.setdefault(name, set()).add(path.relative_to(source).as_posix())
    return found


def _imported(tree: ast.Module) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_what_is_declared_is_used_and_what_is_used_is_declared(root: Path) -> None:
    """A dependency that nobody imports is dropped, and none is had by accident of another's."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {Requirement(line).name.lower() for line in project["dependencies"]} - DATA
    assert {PACKAGES.get(name, name) for name in declared} == set(_imports(root))


@pytest.mark.parametrize("package", DOORS)
def test_a_library_stays_behind_its_door(package: str, root: Path) -> None:
    """What a library does wrong is known in one place, and changing it changes one place."""
    modules = _imports(root)[package]
    assert [name for name in modules if not re.match(re.escape(DOORS[package]), name)] == []
