"""The keeper of the process in which an operator's templates run (standards S-17).

A template can be written that takes hours or all memory, and a sandbox in our own process cannot
stop it: only the system can, and it can only stop processes.
"""

from __future__ import annotations

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
from newsfeed.templating.child import Answer, Request, Start, receive, send
from newsfeed.templating.limits import Limits
from newsfeed.templating.mistakes import place_of, too_much
from newsfeed.templating.shelf import Shelf

if TYPE_CHECKING:
    from newsfeed.templating import Plain

_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from newsfeed.templating import child; "
_PROGRAM += "child.main()"
_ROOT = str(Path(__file__).parents[2])


class Guard:
    """Fills templates in a child, which is started when it is first needed, and again after it had
    to be ended. It ends with this object.
    """

    def __init__(self, shelf: Shelf, limits: Limits) -> None:
        self._shelf = shelf
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def filled(self, name: str, values: Mapping[str, Plain], *, escaped: bool) -> str:
        """The template `name` with its values. Raises TemplateError, for what goes beyond the
        limits too.
        """
        try:
            request = msgspec.msgpack.encode(Request(name, dict(values), escaped))
        except (ValueError, OverflowError) as error:  # half a surrogate pair, an endless number
            raise TemplateError(
                f"a value cannot be shown: {error}",
                remedy="mend the article or setting that has it",
                where=place_of(name, self._shelf),
            ) from None
        with self._lock:
            answer = self._asked(request, name)
        if answer.problem:
            raise TemplateError(answer.problem, remedy=answer.remedy, where=answer.where)
        return answer.text

    def _asked(self, request: bytes, name: str) -> Answer:
        child = self._child or self._started()
        assert child.stdin is not None  # noqa: S101  # both are pipes
        assert child.stdout is not None  # noqa: S101
        timer = threading.Timer(self._limits.clock, child.kill)
        timer.daemon = True
        timer.start()
        try:
            send(child.stdin, request)
            data = receive(child.stdout)
        except OSError:  # it ended
            data = b""
        finally:
            timer.cancel()
        if data:
            return msgspec.msgpack.decode(data, type=Answer)
        self._child = None
        status = _ended(child)
        raise too_much(self._why(status), place_of(name, self._shelf))

    def _started(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-I", "-c", _PROGRAM, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        weakref.finalize(self, _ended, child)
        self._child = child
        assert child.stdin is not None  # noqa: S101  # it is a pipe
        send(child.stdin, msgspec.msgpack.encode(Start(self._shelf, self._limits)))
        return child

    def _why(self, status: int) -> str:
        if status == -SIGXCPU:
            return f"it takes more than {self._limits.processor:g} s of processor time"
        return f"it takes more than {self._limits.clock:g} s, or all the memory there is for it"


def _ended(child: subprocess.Popen[bytes]) -> int:
    """End a child that still runs, and close what led to it; gives its exit status."""
    for pipe in (child.stdin, child.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:  # what was on its way goes nowhere
                continue
    try:
        return child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
