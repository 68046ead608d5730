"""The wish to end: SIGTERM and the first Ctrl-C let what is on the wire come to its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WISHES = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def until_told(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop`, in the running event loop, at the first SIGTERM or SIGINT while the block runs.

    From then on, and after the block, the signals do what they did before: within asyncio.run a
    second Ctrl-C cancels everything and raises KeyboardInterrupt, a second SIGTERM ends the process
    at once. What is ignored (nohup, `&` in scripts) stays ignored. In another thread than the main
    one nothing changes: Python hands signals to that one alone.

    To be used in a coroutine; `stop` must not raise.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    former = {one: signal.getsignal(one) for one in _WISHES}

    def restore() -> None:
        while former:
            one, handler = former.popitem()
            loop.remove_signal_handler(one)
            signal.signal(one, handler)

    def told() -> None:
        restore()
        listen()
        stop()

    # None is a handler that Python did not set, and could not put back.
    for ignored in [one for one, was in former.items() if was in (signal.SIG_IGN, None)]:
        del former[ignored]
    for one in former:
        loop.add_signal_handler(one, told)
    with _awakened(loop) as listen:
        try:
            yield
        finally:
            restore()


@contextmanager
def _awakened(loop: asyncio.AbstractEventLoop) -> Iterator[Callable[[], None]]:
    """Gives what lets every signal wake the loop, from its call to the end of the block.

    A handler in Python waits for this thread, which sleeps on where the signal found another one.
    """
    heard, told = socket.socketpair()
    with heard, told:
        heard.settimeout(0)
        told.settimeout(0)

        def listen() -> None:
            loop.add_reader(heard, heard.recv, 1)
            signal.set_wakeup_fd(told.fileno())

        try:
            yield listen
        finally:
            if loop.remove_reader(heard):
                signal.set_wakeup_fd(-1)
