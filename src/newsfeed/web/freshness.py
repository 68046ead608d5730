"""What is served follows what is published, also by another process on this machine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from newsfeed.errors import NewsfeedError

EVERY = 0.5
"""Seconds between two looks at the manifest; a hub that was told of new bytes comes soon."""

log = logging.getLogger("newsfeed.web")


@contextmanager
def kept_fresh(show: Callable[[], None], *, every: float = EVERY) -> Iterator[None]:
    """Call `show`, which shows what was published since, now and again and again until the end.

    What goes wrong is one line in the log, said once: what is served stays as it was.
    """
    ended = threading.Event()
    said: set[str] = set()

    def look() -> None:
        try:
            show()
        except (NewsfeedError, OSError) as error:
            if str(error) not in said:
                said.add(str(error))
                log.error("%s", error)  # noqa: TRY400  # a sentence for people
        else:
            said.clear()

    def keep() -> None:
        while not ended.wait(every):
            look()

    look()
    thread = threading.Thread(target=keep, name="shelf", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
