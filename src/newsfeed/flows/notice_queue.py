"""Mails to subscribers that are no editions are put into their queue here, and no more of them
than a person shall get, whoever asks in their name (standards S-08, S-09).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from newsfeed.store import notices

Kind = Literal["welcome", "confirmed", "left", "renewal", "already", "preferences"]

_DAY = timedelta(days=1)
MOST: Mapping[Kind, Sequence[tuple[timedelta, int]]] = {
    "welcome": ((_DAY, 1),),
    "already": ((_DAY, 1),),
    "preferences": ((timedelta(hours=1), 1), (_DAY, 3)),
}
"""How many of a kind a person is sent within a time, and welcomes by each newsletter: a link to
preferences may come into a stranger's hands. Of the others the law asks for each.
"""


def enqueue(
    db: sqlite3.Connection,
    *,
    kind: Kind,
    subscriber_id: int,
    newsletter: str,
    language: str = "",
    now: datetime,
    due: datetime | None = None,
) -> bool:
    """Put a mail into the queue, to be sent from `due` (else `now`) on; the caller commits.

    `newsletter` is "" where it is about none, and `language` where nobody asked for it in one.
    False where the person was given enough of them.
    """
    about = newsletter if kind == "welcome" else ""
    for within, most in MOST.get(kind, ()):
        got = notices.count(
            db, kind=kind, subscriber_id=subscriber_id, newsletter=about, after=now - within
        )
        if got >= most:
            return False
    notices.add(
        db,
        kind=kind,
        subscriber_id=subscriber_id,
        newsletter=newsletter,
        language=language,
        now=now,
        due=due or now,
    )
    return True
