"""What may be kept of how somebody confirmed: as little as proves it (standards L-C-04, L-C-10)."""

from __future__ import annotations

import ipaddress

from newsfeed.text import one_line

_LONGEST_AGENT = 200
_LONGEST_NAME = 200
_LONGEST_READ = 2000
"""Characters that are looked at, of however many were sent."""


def cut_ip(ip: str) -> str:
    """The network that an IP address is in, /24 or (IPv6) /48; "" for what is no address."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0].strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def cut_agent(user_agent: str) -> str:
    """What a browser calls itself: one line, no controls, at most 200 characters."""
    return one_line(user_agent[:_LONGEST_READ])[:_LONGEST_AGENT].rstrip()


def person_name(name: str) -> str:
    """A person's name in NFC and on one line, without controls that reorder text, at most 200
    characters. What looks like a template or markup stays as it is: it is never read as such.
    """
    return one_line(name[:_LONGEST_READ])[:_LONGEST_NAME].rstrip()
