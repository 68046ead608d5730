"""Which IP addresses may be reached when somebody else chose where to go (standards S-10, CWE-918).

Pure. The networks are those of IANA's special-purpose registries (RFC 6890) that are not for the
public, and the forms of IPv6 that carry an IPv4 address.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

Reach = Literal["public", "loopback", "any"]
"""`public` addresses alone; those of this machine's `loopback` too; or `any`, where the operator
asks for a server of their own.
"""

_CLOSED4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # between a provider and its customers (RFC 6598)
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_OPEN6 = IPv6Network("2000::/3")
"""All that is given out for the public; IPv4 in disguise and NAT64 lie outside of it."""

_CLOSED6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # Teredo, ORCHID, benchmarks
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "3fff::/20",
        ),
    )
)


def may_reach(address: str, reach: Reach) -> bool:
    """Whether a connection to `address`, as a resolver writes it, is allowed."""
    if reach == "any":
        return True
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if reach == "loopback" and _is_loopback(ip):
        return True
    return _is_public(ip)


def _is_loopback(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_loopback and not (isinstance(ip, IPv6Address) and ip.ipv4_mapped)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _CLOSED4)
    return ip.scope_id is None and ip in _OPEN6 and not any(ip in network for network in _CLOSED6)
