"""Programs that newsfeed itself runs beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

AT_WORK = '''\
import os, signal, sys, threading, time
from contextlib import suppress
from pathlib import Path

from newsfeed.collect.git import history
from newsfeed.collect.remote.bounded import SMALL, read_bounded
from newsfeed.templating import Limits, Templates

def templates(folder):
    (folder / "main").write_text("{% for a in range(99999) %}{% endfor %}{{ word }}")
    made = Templates([folder], Limits())
    return all(made.html("main", {"word": str(n)}) == str(n) for n in range(20))

def feed(folder):
    data = b"<rss version='2.0'><channel><title>A</title></channel></rss>" + b" " * SMALL
    return read_bounded(data, "https://example.org/feed.xml") is not None

def git(folder):
    os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    (folder / "git").write_text("#!/bin/sh\\nsleep 0.5\\nprintf false\\n")
    (folder / "git").chmod(0o755)
    (folder / ".git").mkdir()
    return history(folder).problem == ""

def press():
    """Ctrl-C, whenever a child has begun: until it is a program of its own, it is as we are."""
    ours, told = Path("/proc/self/cmdline").read_bytes(), set()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        for child in set(children.read_text().split()) - told:
            with suppress(OSError):  # it has just ended
                if Path(f"/proc/{child}/cmdline").read_bytes() not in (ours, b""):
                    told.add(child)
                    os.killpg(os.getpgrp(), signal.SIGINT)
        time.sleep(0.005)

signal.signal(signal.SIGINT, lambda *_: None)
threading.Thread(target=press, daemon=True).start()
print(globals()[sys.argv[1]](Path(sys.argv[2])), flush=True)
os._exit(0)
'''


@pytest.mark.parametrize("work", ["templates", "feed", "git"])
def test_ctrl_c_leaves_them_to_whoever_runs_them(tmp_path: Path, work: str) -> None:
    """A terminal tells all of a process group, and a service finishes what is on its way."""
    done = subprocess.run(
        [sys.executable, "-c", AT_WORK, work, str(tmp_path)],
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=50,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
