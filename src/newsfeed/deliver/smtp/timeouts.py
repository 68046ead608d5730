"""How long anything on a connection may take."""

from __future__ import annotations

import msgspec


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds. The first six are the least that RFC 5321 section 4.5.3.2 allows: a shorter wait for
    the final dot's reply makes duplicates.

    `block` is for each stretch in which the server takes no byte of a message. `quit` is how long a
    goodbye may take, `stop` how long what is on the wire when a run is stopped, `idle` how long a
    connection without work is kept, and `hold` one whose next body has to wait for us (servers wait
    five minutes for it). `renew` is how often the desk is heard from while parcels are out.
    """

    greeting: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600
    quit: float = 2
    stop: float = 30
    idle: float = 30
    hold: float = 120
    renew: float = 5

    @property
    def sweep(self) -> float:
        """How often to look whether one is over."""
        least: float = min(msgspec.structs.astuple(self))
        return min(1.0, least / 2)
