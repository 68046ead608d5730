"""Map over many items in forked processes, one per processor; in this process where few.

A forked child inherits function and items, so that only results cross a pipe.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar, cast

_PR_SET_PDEATHSIG = 1
"""The option of prctl(2) by which a child is sent a signal when its parent ends."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def fork_map(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    threshold: int,
    workers: int,
) -> Iterator[Result]:
    """`function` of every item, in order; in `workers` processes from `threshold` items on.

    Results must be picklable. An error in a child is raised here.
    """
    if workers < 2 or len(items) < threshold or sys.platform != "linux":
        yield from map(function, items)
        return
    import ctypes  # noqa: F401  # here, for all children
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    chunk = max(1, min(200, len(items) // (workers * 64)))  # small, lest one ends long after
    chunks = [range(i, min(i + chunk, len(items))) for i in range(0, len(items), chunk)]
    inherit = partial(_inherit, os.getpid(), function, items)
    with ProcessPoolExecutor(workers, mp_context=get_context("fork"), initializer=inherit) as pool:
        for results in pool.map(_work, chunks):
            yield from cast("list[Result]", results)


class _Inherited:
    """What a child got from its parent; empty in the parent."""

    function: Callable[[Any], Any]
    items: Sequence[Any]


def _inherit(parent: int, function: Callable[[Item], Result], items: Sequence[Item]) -> None:
    _end_with(parent)
    gc.freeze()  # what the parent made is never garbage here, and most of ours is not either
    gc.set_threshold(200_000, 20, 100)
    _Inherited.function = staticmethod(function)
    _Inherited.items = items


def _end_with(parent: int) -> None:
    """End this child when its parent ends, by whatever: it would wait for work for ever, and hold
    every lock that the parent held.
    """
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that
        os._exit(1)


def _work(indices: range) -> list[object]:
    return [_Inherited.function(_Inherited.items[i]) for i in indices]
