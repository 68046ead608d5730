"""The keeper of the process in which an operator's templates run (standards S-17).

A template can be written that takes hours or all memory, and a sandbox in our own process cannot
stop it: only the system can, and it can only stop processes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from signal import SIGXCPU
from typing import TYPE_CHECKING

import msgspec

from newsfeed.errors import TemplateError
from newsfeed.templating.child import READY, Answer, Request, Start, receive, send
from newsfeed.templating.limits import Limits
from newsfeed.templating.mistakes import place_of, too_much
from newsfeed.templating.shelf import Shelf

if TYPE_CHECKING:
    from newsfeed.templating import Plain

_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from newsfeed.templating import child; "
_PROGRAM += "child.main()"
_REMEMBERED = 64
"""Requests that took too much processor time, which are not tried again."""

_ROOT = str(Path(__file__).parents[2])


class Guard:
    """Fills templates in a child, which is started when it is first needed, and again after it had
    to be ended. It ends with this object. A forked process has a child of its own.
    """

    def __init__(self, shelf: Shelf, limits: Limits) -> None:
        self._shelf = shelf
        self._limits = limits
        self._endless: dict[bytes, TemplateError] = {}
        self._own()

    def _own(self) -> None:
        """Have no child yet, as the process that this is: another's answers are not for us."""
        self._process = os.getpid()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def filled(self, name: str, values: Mapping[str, Plain], *, escaped: bool) -> str:
        """The template `name` with its values. Raises TemplateError, for what goes beyond the
        limits too, and for a child that cannot be started.
        """
        try:
            request = msgspec.msgpack.encode(Request(name, dict(values), escaped))
        except (ValueError, OverflowError) as error:  # half a surrogate pair, an endless number
            raise TemplateError(
                f"a value cannot be shown: {error}",
                remedy="mend the article or setting that has it",
                where=place_of(name, self._shelf),
            ) from None
        if os.getpid() != self._process:
            self._own()
        with self._lock:
            answer = self._asked(request, name)
        if answer.problem:
            raise TemplateError(answer.problem, remedy=answer.remedy, where=answer.where)
        return answer.text

    def _asked(self, request: bytes, name: str) -> Answer:
        key = hashlib.sha256(request).digest()
        if key in self._endless:  # the same once more would take the same time
            raise self._endless[key].with_traceback(None)
        child = self._child or self._started()
        data = _said(child, request, self._limits.clock)
        if data:
            return msgspec.msgpack.decode(data, type=Answer)
        self._child = None
        status = _ended(child, self._process)
        error = too_much(self._why(status), place_of(name, self._shelf))
        if status == -SIGXCPU and len(self._endless) < _REMEMBERED:
            self._endless[key] = error
        raise error

    def _started(self) -> subprocess.Popen[bytes]:
        """A child that is ready. Raises TemplateError where it cannot be."""
        try:
            child = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-I", "-c", _PROGRAM, _ROOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                process_group=0,  # Ctrl-C is for us, who may have to finish what is begun
            )
        except OSError as error:
            raise self._unstarted(error.strerror or type(error).__name__) from None
        weakref.finalize(self, _ended, child, self._process)
        start = msgspec.msgpack.encode(Start(self._shelf, self._limits))
        ready = _said(child, start, self._limits.clock) == READY
        assert child.stderr is not None  # noqa: S101  # it is a pipe
        with child.stderr:
            if not ready:
                *_, reason = child.stderr.read().decode("utf-8", "replace").split("\n")[:-1] or [""]
        if not ready:
            status = _ended(child, self._process)
            raise self._unstarted(reason or f"it ended with status {status}")
        self._child = child
        return child

    def _unstarted(self, reason: str) -> TemplateError:
        return TemplateError(
            f"the process in which your templates run cannot be started: {reason}",
            remedy="see whether there is memory for it, and a Python that may be run",
            where=self._shelf.folders[0],
        )

    def _why(self, status: int) -> str:
        if status == -SIGXCPU:
            return f"it takes more than {self._limits.processor:g} s of processor time"
        return f"it takes more than {self._limits.clock:g} s, or all the memory there is for it"


def _said(child: subprocess.Popen[bytes], message: bytes, seconds: float) -> bytes:
    """What the child answers to a message; b"" where it ended, or had to after so many seconds."""
    assert child.stdin is not None  # noqa: S101  # both are pipes
    assert child.stdout is not None  # noqa: S101
    timer = threading.Timer(seconds, child.kill)
    timer.daemon = True
    timer.start()
    try:
        send(child.stdin, message)
        return receive(child.stdout)
    except OSError:  # it ended
        return b""
    finally:
        timer.cancel()


def _ended(child: subprocess.Popen[bytes], process: int) -> int:
    """End a child of this `process` that still runs, and close what led to it; gives its exit
    status. Another process's goes on, and we only let go of it.
    """
    for pipe in (child.stdin, child.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:  # what was on its way goes nowhere
                continue
    if os.getpid() != process:
        return 0
    try:
        return child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
