"""Who leads: of all services on a store, the one that holds a lock beside it (guarantee 7)."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from newsfeed.store import private
from newsfeed.store.private import HeldError


class Leader:
    """The lead of a store. It ends with the process, however that ends."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._held = ExitStack()
        self._lock = threading.Lock()
        self.leads = False

    def tried(self) -> bool:
        """Lead, unless another process does; tells whether this one leads. Raises StoreError."""
        with self._lock:
            if not self.leads:
                name = f"{self._store.name}.leader"
                try:
                    self._held.enter_context(private.lock(self._store.parent, name, patience=0))
                except HeldError:
                    return False
                self.leads = True
            return True

    def resign(self) -> None:
        """Let another lead: nothing that only a leader may do runs any more."""
        with self._lock:
            self.leads = False
            self._held.close()
