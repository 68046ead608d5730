"""All people of the store, some thousands at a time.

While a statement is open nothing that was committed since can be taken out of the store's journal,
which then grows with every letter that leaves; and what reads our output may rest for hours. So
the rows of a span are all read before the first of them is given out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

AT_ONCE = 2_000
"""Persons in a span."""


def spans(db: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Ids in the order in which people came: a span begins after the first and ends with the
    second. Who comes meanwhile is in the last ones.
    """
    from newsfeed.store.queries import queries

    after = 0
    while (last := queries.end_of_span(db, after=after, number=AT_ONCE)) is not None:
        yield after, int(last)
        after = int(last)
