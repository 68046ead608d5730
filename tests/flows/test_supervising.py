"""Programs of the operator's: how long they may run, and what is left of them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.flows import supervising
from newsfeed.flows.stopping import Stop
from newsfeed.flows.supervising import EndedError, supervised
from tests.rigs.servers import until

LONG = timedelta(minutes=10)
BEGINS_ANOTHER = "sleep 300 & echo $! > child.new; mv child.new child"


def _runs(pid: int) -> bool:
    """Whether it runs; what has ended and waits for whoever began it does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_its_exit_status_is_given(tmp_path: Path) -> None:
    assert supervised("exit 4", tmp_path, LONG, None) == 4
    assert supervised("true", tmp_path, LONG, Stop()) == 0


def test_what_takes_too_long_is_ended_with_all_that_it_began(tmp_path: Path) -> None:
    with pytest.raises(EndedError, match="took longer than 0:00:03"):
        supervised(f"{BEGINS_ANOTHER}; sleep 300", tmp_path, timedelta(seconds=3), Stop())
    child = int((tmp_path / "child").read_text(encoding="ascii"))
    until(lambda: not _runs(child), "its end")


def test_who_does_not_heed_is_ended_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "_TO_HEED", 0.5)
    with pytest.raises(EndedError):
        supervised("trap '' TERM; sleep 300; sleep 300", tmp_path, timedelta(seconds=1), Stop())


def test_a_service_that_is_to_end_waits_for_it_and_no_longer_than_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()
    stop.set()
    assert supervised("sleep 0.5; exit 7", tmp_path, LONG, stop) == 7
    monkeypatch.setattr(supervising, "_GRACE", 0.5)
    with pytest.raises(EndedError, match="was not done when newsfeed was to end"):
        supervised("sleep 300", tmp_path, LONG, stop)


def test_what_it_leaves_behind_in_peace_goes_on(tmp_path: Path) -> None:
    """A deploy command may begin a server."""
    assert supervised(BEGINS_ANOTHER, tmp_path, LONG, Stop()) == 0
    child = int((tmp_path / "child").read_text(encoding="ascii"))
    assert _runs(child)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
