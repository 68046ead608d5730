"""Work that is shared among forked processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsfeed.store import private
from newsfeed.store.private import HeldError
from tests.rigs.servers import until

AT_WORK = """\
import sys, time
from pathlib import Path
from newsfeed.parallel import fork_map
from newsfeed.store import private

def work(number):
    print(number, flush=True)
    time.sleep(0.05)

with private.lock(Path(sys.argv[1]), "store"):
    list(fork_map(work, range(10_000), threshold=1, workers=2))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_ended_leaves_nobody_who_holds_its_locks(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Its children would wait for work for ever, and every later run for them."""
    words = [sys.executable, "-c", AT_WORK, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(number)
        assert process.wait(30) == -number
        until(lambda: _is_free(tmp_path), "the lock is free")


def _is_free(folder: Path) -> bool:
    try:
        with private.lock(folder, "store", patience=0):
            return True
    except HeldError:
        return False
