"""How much an operator's templates may use."""

from __future__ import annotations

import msgspec

_MEGABYTE = 1 << 20


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What filling one template may cost: seconds of processor time, seconds on the clock (for a
    machine that is busy otherwise), bytes of memory, and bytes of what comes out.
    """

    processor: float = 10.0
    clock: float = 60.0
    memory: int = 512 * _MEGABYTE
    output: int = 32 * _MEGABYTE


LETTERS = Limits(output=_MEGABYTE)
"""Mail programs cut letters at a tenth of this, and styles are inlined in our own process."""

PAGES = Limits()
"""The list of all articles of a large site has megabytes."""
