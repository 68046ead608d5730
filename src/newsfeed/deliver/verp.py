"""Envelope senders that tell which letter came back (VERP, standards E-D-01). Values in, values
out.
"""

from __future__ import annotations

from newsfeed.address import LONGEST_ADDRESS, AddressError, parse_address
from newsfeed.errors import SettingsError

LONGEST_TOKEN = 48
"""Characters of a bounce token, at most."""

_LONGEST_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1
_SETTING = "mail.bounces"


def checked_bounces(text: str) -> str:
    """The address for bounces as it stands on the wire; "" where none is set.

    Raises SettingsError for one that is no address, or that leaves no room for a token.
    """
    if not text.strip():
        return ""
    try:
        address = parse_address(text).address
    except AddressError as error:
        raise SettingsError(error.problem, where=_SETTING, remedy=error.remedy) from None
    envelope_sender(address, "x" * LONGEST_TOKEN)
    return address


def envelope_sender(bounces: str, token: str) -> str:
    """`bounces` with a token: `bounces+TOKEN@example.org`.

    `bounces` is an address in ASCII, and `token` is of letters, digits and hyphens. Raises
    SettingsError where the local part would exceed 64 octets, or the whole an address's length.
    """
    local, _, domain = bounces.rpartition("@")
    found = f"{local}+{token}@{domain}"
    if len(local) + 1 + len(token) > _LONGEST_LOCAL_PART or len(found) > LONGEST_ADDRESS:
        before = _LONGEST_LOCAL_PART - 1 - len(token)
        after = LONGEST_ADDRESS - 1 - _LONGEST_LOCAL_PART
        raise SettingsError(
            "the address is too long to carry the mark of a letter",
            where=_SETTING,
            remedy=f"write at most {before} characters before the `@`, and {after} after it",
        )
    return found
