"""Networks as the settings write them: `10.0.0.0/8`, `2001:db8::/32`, or one address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from newsfeed.errors import SettingsError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_networks(texts: Iterable[str], where: str = "") -> list[Network]:
    """The networks of `[server] metrics`; `where` is the file for the message. Raises
    SettingsError.
    """
    found: list[Network] = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            raise SettingsError(
                f"`server.metrics`: {text!r} is no network",
                where=where,
                remedy='write some like ["127.0.0.0/8", "::1"], or [] for nobody',
            ) from None
    return found
