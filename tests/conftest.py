"""What all tests share: where things are, and how a test asks for what a machine may not have."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# A slow or busy machine is no reason to fail: pytest's timeout watches instead of a deadline.
# The build machine repeats its examples, so that a change fails there by its own fault; elsewhere
# each run tries new ones.
BUILDS = os.environ.get("NEWSFEED_REQUIRE_SERVICES") == "1"
settings.register_profile("newsfeed", deadline=None, derandomize=BUILDS)
settings.load_profile("newsfeed")


# Whoever starts the tests in the background may ignore Ctrl-C, and children would inherit that.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def missing(what: str) -> NoReturn:
    """Skip; or fail, where everything is promised to be installed."""
    if BUILDS:
        pytest.fail(f"{what} is missing, and NEWSFEED_REQUIRE_SERVICES=1 promises it", False)
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of a user's is read or written: not the folder of caches either."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("caches"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """`require("newsboat")` gives the path of a program that the test cannot do without."""

    def find(program: str) -> str:
        return shutil.which(program) or missing(program)

    return find


@pytest.fixture(scope="session")
def shared_seeds() -> Path:
    """The folder of sample posts that lies beside the checkout on the project's own machines."""
    folder = ROOT.parent / "shared" / "seeds"
    if not folder.is_dir():
        missing("../shared/seeds")
    return folder
