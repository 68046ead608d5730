"""The bytes of what is published depend on articles, settings and store, and on nothing else."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import NEWSLETTER, SETTINGS, Site

ENVIRONMENTS = {
    "Korean": {"LC_ALL": "ko_KR.UTF-8", "PYTHONHASHSEED": "1"},
    "C": {"LC_ALL": "C", "PYTHONHASHSEED": "2"},
    "far away": {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "3", "TZ": "Pacific/Kiritimati"},
}


@pytest.fixture(scope="module")
def outputs(
    root: Path, tmp_path_factory: pytest.TempPathFactory, require: Callable[[str], str]
) -> dict[str, dict[str, str]]:
    """The dated samples and the letter, published in each environment; hashes by path."""
    known = subprocess.run([require("locale"), "-a"], capture_output=True, check=True).stdout
    if b"ko_KR.utf8" not in known:
        from tests.conftest import missing

        missing("the locale ko_KR.UTF-8")
    return {
        name: _publish(root, tmp_path_factory.mktemp("site") / "site", environment)
        for name, environment in ENVIRONMENTS.items()
    }


def _publish(root: Path, folder: Path, environment: dict[str, str]) -> dict[str, str]:
    site = Site(folder, SETTINGS + "[feeds]\nby = ['categories', 'tags', 'authors']\n" + NEWSLETTER)
    for path in (root / "seeds").glob("20*.md"):
        shutil.copyfile(path, site.posts / path.name)
    shutil.copytree(root / "seeds/assets", site.posts / "assets")
    done = site.run("publish", **environment)
    assert done.returncode == 0, done.stderr
    letters = {path.name: path.read_bytes() for path in (folder / ".newsfeed/preview").iterdir()}
    files = site.files() | letters
    assert {"feed.xml", "atom.xml", "feed.json", "weekly.eml"} <= files.keys()
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


@pytest.mark.parametrize("name", ["C", "far away"])
def test_locale_hash_seed_and_the_machine_s_zone_change_no_byte(
    outputs: dict[str, dict[str, str]], name: str
) -> None:
    assert outputs[name] == outputs["Korean"]
