"""What a letter must hold, which it does not say by itself."""

from __future__ import annotations

import msgspec

from newsfeed.digest.view import UNSUBSCRIBE

WIDTH = 600
"""CSS pixels of the widest column that mail programs show whole."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses that must be linked, "" for those that this letter has not; the sender's postal
    address, "" for none; the column's width in CSS pixels; the site's own hosts.
    """

    unsubscribe: str = UNSUBSCRIBE
    view_url: str = ""
    preferences_url: str = ""
    postal_address: str = ""
    width: int = WIDTH
    hosts: tuple[str, ...] = ()
