"""The tick: what came on all lines is kept in one step of the desk, then the next bodies begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from newsfeed.deliver.smtp.inbox import Inbox
from newsfeed.deliver.smtp.line import Line, untouched
from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Desk, DeskBusyError, Parcel
from newsfeed.deliver.smtp.timeouts import Timeouts


class Switchboard:
    """All lines to one relay.

    `lines` are those whose connection is not quite closed, `out` the parcels handed out of which
    the desk has not heard, and `in_vain` whether it had none for us when it was last asked. While
    it is `held` the desk could not keep what it heard: lines that are ready wait.
    """

    def __init__(self, desk: Desk, *, clock: Callable[[], float], wake: Callable[[], None]) -> None:
        self._desk = desk
        self._clock = clock
        self.inbox = Inbox(wake)
        self.lines: set[Line] = set()
        self.out = 0
        self.in_vain = False
        self.held = False

    def connect(self, opened: Opened, *, most: int, timeouts: Timeouts) -> None:
        """Take over a connection for at most `most` messages."""
        self.lines.add(Line(opened, self.inbox, most=most, timeouts=timeouts))

    def tick(self, *, asking: bool, renewing: bool = False) -> bool:
        """Hand in the results, ask for parcels if `asking`, and begin bodies and envelopes.

        Nothing is written before the desk's step returns, and it is left out where there is
        nothing to say unless `renewing`. Whether there was one. Where the desk is busy, nothing
        begins before a later tick. Raises what else the desk raises.
        """
        inbox = self.inbox
        results, inbox.results = inbox.results, []
        ready, inbox.ready = [line for line in inbox.ready if line.open], []
        wanted = len(inbox.hungry) + sum(line.more for line in ready) if asking else 0
        if not (results or wanted or renewing or self.held):
            self._begin(ready)
            for line in ready:
                line.flush()
            return False
        self.out -= len(results)
        try:
            parcels = self._desk.step(results, wanted)
        except DeskBusyError:
            inbox.ready[:0] = ready
            self.held, self.in_vain = True, wanted > 0
            return True
        self.held = False
        self._begin(ready)
        taken = self._take(parcels)
        for line in ready:
            line.flush()
        self.out += taken
        self.in_vain = wanted > 0 and not taken
        return True

    @property
    def idle(self) -> bool:
        """Whether a line waits for a parcel and has none."""
        return any(line.idle for line in self.inbox.hungry)

    def hang_up(self) -> None:
        """Say goodbye on all lines without a parcel."""
        for line in self.lines:
            if line.idle:
                line.quit()

    def drop(self, why: str) -> None:
        """End all connections now, without a dot, as `why` tells."""
        for line in self.lines:
            line.drop(why)

    def gone(self) -> list[Line]:
        """Forget the lines whose connection is closed, and name them."""
        gone, self.inbox.gone = self.inbox.gone, []
        self.lines.difference_update(gone)
        return gone

    def _begin(self, ready: list[Line]) -> None:
        """Begin the bodies, all before anything slower."""
        now = self._clock() if ready else 0.0
        for line in ready:
            parcel = line.following
            if parcel is None:
                continue
            if parcel.until > now and self._desk.may_begin(parcel):
                line.begin()
            else:
                line.drop("")

    def _take(self, parcels: Iterable[Parcel]) -> int:
        """Put envelopes on the wire, first on the lines that have waited longest. How many parcels
        there were.
        """
        taken = 0
        remaining = iter(parcels)
        for line, parcel in zip(list(self.inbox.hungry), remaining, strict=False):
            taken += 1
            line.take(parcel)
        for parcel in remaining:  # there is a line less than the desk was told
            taken += 1
            self.inbox.add(untouched(parcel))
        return taken
