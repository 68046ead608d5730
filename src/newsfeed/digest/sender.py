"""Who writes a letter, as its footer says."""

from __future__ import annotations

import msgspec

from newsfeed.digest.disclosure import Disclosure


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """The site behind a newsletter. `view_url` is the edition's web copy, and `subscribe_url`
    the page to which that copy leads its readers; at `preferences_url` subscribers change what
    they get. All but the title may be "". `disclosure` is what the law wants to be said of who
    advertises.
    """

    site_title: str
    site_url: str = ""
    postal_address: str = ""
    view_url: str = ""
    subscribe_url: str = ""
    preferences_url: str = ""
    disclosure: Disclosure | None = None
