"""The unit of systemd, the Dockerfile and the compose file are true, as far as it can be tried."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from newsfeed.cli import group
from newsfeed.service.running import FOR_REQUESTS, LIMIT
from newsfeed.settings import Server
from tests.rigs.servers import hold_port, port_of
from tests.web.kit import Desk
from tests.web.service import serving


@pytest.fixture(scope="module")
def files(root: Path) -> Callable[[str], str]:
    return lambda name: (root / "docs" / "deploy" / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def unit(files: Callable[[str], str]) -> dict[str, str]:
    """The [Service] section; of repeated keys the last."""
    parser = RawConfigParser(strict=False, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(files("newsfeed.service"))
    assert parser.sections() == ["Unit", "Service", "Install"]
    return dict(parser["Service"])


def _understood(words: list[str]) -> None:
    command = group.get_command(click.Context(group), words[0])
    assert command is not None
    command.make_context(words[0], words[1:])


def test_the_unit_runs_the_service_and_gives_it_time_to_end(unit: dict[str, str]) -> None:
    program, *words = shlex.split(unit["ExecStart"])
    assert program.endswith("/newsfeed")
    _understood(words)
    assert int(unit["TimeoutStopSec"]) > LIMIT + FOR_REQUESTS
    assert unit["KillMode"] == "mixed"  # git, templates and the like finish with it
    assert unit["User"] not in ("", "root")


def test_the_unit_lets_it_write_in_its_own_folder_alone(unit: dict[str, str]) -> None:
    assert unit["ProtectSystem"] == "strict"
    assert unit["ReadWritePaths"] == unit["WorkingDirectory"]
    for key in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "RestrictSUIDSGID"):
        assert unit[key] == "true"
    assert unit["CapabilityBoundingSet"] == ""


def test_systemd_knows_every_line_of_the_unit(files: Callable[[str], str], tmp_path: Path) -> None:
    """Where systemd is installed; elsewhere the tests above have to do."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    path = tmp_path / "newsfeed.service"
    words = re.sub(r"/opt/newsfeed/bin/newsfeed", "/bin/true", files("newsfeed.service"))
    path.write_text(words, encoding="utf-8")
    done = subprocess.run(
        [program, "verify", "--man=no", str(path)], capture_output=True, text=True, check=False
    )
    assert "newsfeed.service" not in done.stderr
    assert "Unknown" not in done.stderr


def _instructions(text: str) -> list[tuple[str, str]]:
    """The Dockerfile's instructions and what stands behind them, comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", lines)
    found = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    return [(name, words) for name, _, words in found]


def test_the_image_is_made_of_files_that_are_there(files: Callable[[str], str], root: Path) -> None:
    copies = [words for name, words in _instructions(files("Dockerfile")) if name == "COPY"]
    ours = [words.split()[:-1] for words in copies if not words.startswith("--from")]
    assert len(ours) == 5
    assert [name for names in ours for name in names if not (root / name).exists()] == []


@pytest.mark.wheel
@pytest.mark.xdist_group("wheel")
@pytest.mark.timeout(300)
def test_the_image_has_all_files_that_building_needs(
    files: Callable[[str], str], root: Path, tmp_path: Path
) -> None:
    source = tmp_path / "src"
    source.mkdir()
    for name, words in _instructions(files("Dockerfile")):
        if name != "COPY" or words.startswith("--from"):
            continue
        *names, _ = words.split()
        for one in names:
            if (root / one).is_dir():
                shutil.copytree(root / one, source / one, ignore=shutil.ignore_patterns("*.pyc"))
            else:
                shutil.copy(root / one, source / one)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len([*tmp_path.glob("newsfeed-*.whl")]) == 1


def test_the_image_installs_what_the_locks_name(files: Callable[[str], str]) -> None:
    runs = " & ".join(words for name, words in _instructions(files("Dockerfile")) if name == "RUN")
    installs = re.findall(r"pip install [^&]*", runs)
    assert len(installs) == 3
    for line in installs:
        assert "--require-hashes" in line or "--no-deps" in line


def test_the_image_runs_the_service_and_not_as_root(files: Callable[[str], str]) -> None:
    instructions = dict(_instructions(files("Dockerfile")))
    (program,), words = (yaml.safe_load(instructions[key]) for key in ("ENTRYPOINT", "CMD"))
    assert program == "newsfeed"
    _understood(words)
    assert not instructions["USER"].startswith(("root", "0"))


def test_its_health_check_tells_health(files: Callable[[str], str], desk: Desk) -> None:
    command = dict(_instructions(files("Dockerfile")))["HEALTHCHECK"].partition("CMD ")[2]
    _, option, program = yaml.safe_load(command)

    def checked(place: str) -> int:
        assert Server().listen in program
        words = [sys.executable, option, program.replace(Server().listen, place)]
        return subprocess.run(words, capture_output=True, check=False).returncode

    with serving(desk) as service:
        assert checked(service.url().removeprefix("http://")) == 0
    with hold_port() as held:
        assert checked(f"127.0.0.1:{port_of(held)}") != 0


@pytest.fixture(scope="module")
def compose(files: Callable[[str], str]) -> dict[str, Any]:
    (service,) = yaml.safe_load(files("compose.yaml"))["services"].values()
    found: dict[str, Any] = service
    return found


def test_the_container_is_confined(compose: dict[str, Any], files: Callable[[str], str]) -> None:
    assert compose["read_only"] is True
    assert compose["cap_drop"] == ["ALL"]
    assert compose["security_opt"] == ["no-new-privileges:true"]
    assert compose["user"] == dict(_instructions(files("Dockerfile")))["USER"]
    assert compose["network_mode"] == "host"
    assert "ports" not in compose
    assert int(compose["stop_grace_period"].removesuffix("s")) > LIMIT + FOR_REQUESTS


def test_the_container_is_built_from_the_checkout_and_keeps_the_site(
    compose: dict[str, Any], root: Path, files: Callable[[str], str]
) -> None:
    context = (root / "docs" / "deploy" / compose["build"]["context"]).resolve()
    assert context == root
    assert (context / compose["build"]["dockerfile"]).is_file()
    (volume,) = compose["volumes"]
    assert volume.endswith(f":{dict(_instructions(files('Dockerfile')))['VOLUME']}")


def test_no_secret_stands_in_a_file(root: Path) -> None:
    for path in (root / "docs" / "deploy").iterdir():
        assert not re.search(r"(?i)password\s*[=:]\s*[^\s…]", path.read_text(encoding="utf-8"))
