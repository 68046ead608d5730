"""The wish to end, which one thread has and others hear."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Nothing new is begun once it is set; what was begun is finished."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._hearers: list[Callable[[], None]] = []

    def is_set(self) -> bool:
        """Whether somebody wants an end."""
        return self._set.is_set()

    def set(self) -> None:
        """Want an end. Not to be called by a signal's handler, which may interrupt itself."""
        with self._lock:
            self._set.set()
            for hear in self._hearers:
                hear()

    def wait(self, seconds: float) -> bool:
        """Wait for it, so long at most; tells whether it is set."""
        return self._set.wait(seconds)

    @contextmanager
    def heard(self, hear: Callable[[], None]) -> Iterator[None]:
        """Call `hear`, in whichever thread sets it, while the block runs; at once where it is set
        already. After the block it is called no more. It must neither raise nor wait.
        """
        with self._lock:
            self._hearers.append(hear)
            if self._set.is_set():
                hear()
        try:
            yield
        finally:
            with self._lock:
                self._hearers.remove(hear)
