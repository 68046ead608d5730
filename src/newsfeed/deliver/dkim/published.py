"""What is published in DNS: the one place that asks it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from newsfeed.errors import NewsfeedError

PATIENCE = 5.0
"""Seconds to wait for an answer."""


_PORT, _HIGHEST_PORT = 53, 65535


class DnsSilentError(NewsfeedError):
    """DNS gave no answer, neither that there is a record nor that there is none."""


class NameServer(NamedTuple):
    """A name server to ask instead of the system's: an IP address and a port."""

    address: str
    port: int = _PORT


def name_server(text: str) -> NameServer:
    """The name server in `text`: 192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353.

    Raises ValueError with a message for people.
    """
    match = re.fullmatch(r"\[(.+)\](?::([0-9]{1,5}))?|([^:]+)(?::([0-9]{1,5}))?", text)
    address, port = (match[1] or match[3], match[2] or match[4]) if match else (text, None)
    number = int(port or _PORT)
    if _is_address(address) and 0 < number <= _HIGHEST_PORT:
        return NameServer(address, number)
    raise ValueError(f"{text!r} is no IP address, as in 192.0.2.1 or 192.0.2.1:53")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def texts(
    name: str, *, server: NameServer | None = None, patience: float = PATIENCE
) -> tuple[str, ...]:
    """The TXT records of `name` (ASCII), the strings of each joined; () where there are none.

    Waits `patience` seconds at most. Raises DnsSilentError.
    """
    try:
        answer = _resolver(server).resolve(
            dns.name.from_text(name), dns.rdatatype.TXT, lifetime=patience
        )
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.Timeout:
        raise _silent(name, f"no answer within {patience:g} seconds") from None
    except (dns.exception.DNSException, OSError) as error:
        raise _silent(name, f"no use of the answer ({type(error).__name__})") from None
    return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)


def _resolver(server: NameServer | None) -> dns.resolver.Resolver:
    if server is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [server.address]
    resolver.port = server.port
    return resolver


def _silent(name: str, problem: str) -> DnsSilentError:
    return DnsSilentError(
        f"DNS could not be asked: {problem}", where=name, remedy="try again; mend the network"
    )
