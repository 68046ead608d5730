"""To ask a resolver, which blocks: whoever waits no longer leaves it behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


async def in_thread(look_up: Callable[[], Found]) -> Found:
    """What `look_up` gives or raises, in a thread of its own: an executor would wait for one that
    hangs, and an event loop for its executor, past every timeout.
    """
    import asyncio
    import threading
    from concurrent.futures import Future

    future: Future[Found] = Future()

    def work() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(look_up())
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return await asyncio.wrap_future(future)
