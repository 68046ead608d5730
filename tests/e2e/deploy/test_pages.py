"""The site on Pages and letters from elsewhere, as `docs/service.md` tells it, without GitHub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.editions_kit import FRIDAY, MONDAY, READERS
from tests.kit import NEWSLETTER, SETTINGS, Site

ACTIONS = {
    "actions/checkout",
    "actions/setup-python",
    "actions/upload-pages-artifact",
    "actions/deploy-pages",
}


@pytest.fixture(scope="module")
def workflow(root: Path) -> dict[Any, Any]:
    text = (root / "docs" / "deploy" / "pages.yml").read_text(encoding="utf-8")
    found: dict[Any, Any] = yaml.safe_load(text)
    return found


@pytest.fixture(scope="module")
def deploy(root: Path) -> str:
    """The deploy command in the page."""
    page = (root / "docs" / "service.md").read_text(encoding="utf-8")
    block = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1]
    return str(tomllib.loads(block)["publish"]["deploy"])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH on which `newsfeed` is this one, and a git that has never heard of anybody."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "newsfeed"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m newsfeed "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Operator",
        "GIT_AUTHOR_EMAIL": "operator@example.org",
        "GIT_COMMITTER_NAME": "Operator",
        "GIT_COMMITTER_EMAIL": "operator@example.org",
        "GIT_AUTHOR_DATE": FRIDAY.isoformat(),
        "GIT_COMMITTER_DATE": FRIDAY.isoformat(),
    }


def _git(folder: Path, environment: dict[str, str], *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env=environment, check=True, capture_output=True)


def _act(workflow: dict[Any, Any], folder: Path, environment: dict[str, str]) -> None:
    """Every `run` step but the first, which installs, as GitHub's runner does it (bash -e)."""
    install, *others = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step]
    assert install == 'python -m pip install "$NEWSFEED"'
    assert len(others) == 2
    for script in others:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_workflow_is_one_that_github_takes(workflow: dict[Any, Any]) -> None:
    """As far as can be told without GitHub: triggers, least rights, steps, and their order."""
    assert workflow[True] == {"push": {"branches": ["main"]}, "workflow_dispatch": None}
    assert workflow["permissions"] == {"contents": "read"}
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert (build["runs-on"], publish["needs"]) == ("ubuntu-latest", "build")
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert publish["environment"]["name"] == "github-pages"
    (step,) = publish["steps"]
    assert f"steps.{step['id']}.outputs.page_url" in publish["environment"]["url"]
    steps = [*build["steps"], step]
    used = [one["uses"] for one in steps if "uses" in one]
    assert all(re.fullmatch(r"[a-z/-]+@v[0-9]+", one) for one in used)
    assert {one.partition("@")[0] for one in used} == ACTIONS
    assert all(("uses" in one) != ("run" in one) for one in steps)
    checkout = next(one for one in steps if "checkout" in one.get("uses", ""))
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    upload = next(one for one in steps if "upload" in one.get("uses", ""))
    assert upload["with"] == {"path": "public"}


def test_its_steps_make_the_site_in_a_clean_checkout(
    workflow: dict[Any, Any], environment: dict[str, str], tmp_path: Path
) -> None:
    site = Site(tmp_path / "site")
    site.post("one.md")
    _act(workflow, site.folder, environment)
    assert site.titles() == ["Title of one.md"]
    assert not (site.output / "editions").exists()


@pytest.mark.timeout(180)
def test_letters_come_from_elsewhere_and_their_web_copies_are_on_pages(
    workflow: dict[Any, Any],
    deploy: str,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two clones of one repository: one sends, the other is what Pages makes; their feeds are the
    same to the byte, though one has no store.
    """
    for name in ("PATH", *(key for key in environment if key.startswith("GIT_"))):
        monkeypatch.setenv(name, environment[name])
    settings = (
        SETTINGS.replace('path = "posts"', 'path = "."') + f"[publish]\ndeploy = '''{deploy}'''\n"
    )
    origin, sender = tmp_path / "origin.git", Site(tmp_path / "sender", settings + NEWSLETTER)
    _git(tmp_path, environment, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    sender.post("one.md", "The first text.", date="2026-11-01")
    sender.post("undated.md", "Its date is that of its commit.")
    (sender.folder / ".gitignore").write_text("public/\n", encoding="utf-8")
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        ("commit", "--quiet", "--message", "site"),
        ("remote", "add", "origin", str(origin)),
        ("push", "--quiet", "--set-upstream", "origin", "main"),
    ):
        _git(sender.folder, environment, *words)
    sender.publish(FRIDAY)
    sender.subscribe(*READERS, now=FRIDAY)
    sender.round(MONDAY)
    assert len(sender.outbox()) == len(READERS)
    sender.publish(MONDAY + timedelta(hours=1))  # nothing new: nothing is pushed, and nothing fails

    _git(tmp_path, environment, "clone", "--quiet", str(origin), "runner")
    runner = tmp_path / "runner"
    _act(workflow, runner, environment)
    copy = "public/editions/weekly/2026-11-23/index.html"
    assert (runner / copy).read_bytes() == (sender.folder / copy).read_bytes()
    for name in ("feed.xml", "atom.xml", "feed.json"):
        assert (runner / "public" / name).read_bytes() == (sender.output / name).read_bytes()
    assert (runner / ".newsfeed" / "outbox").exists() is False
