"""Names and addresses in headers: read strictly, so that no two programs read them differently."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from newsfeed.address import LONGEST_ADDRESS, AddressError, is_dot_atom_address, parse_address
from newsfeed.errors import SettingsError

__all__ = ["Mailbox", "checked_address", "checked_name", "is_dot_atom_address", "parse_mailbox"]

_SPECIALS = '<>@",;:\\'
_LONGEST_NAME = 200


class Mailbox(msgspec.Struct, frozen=True):
    """A display name ("" for none) and an ASCII address."""

    name: str
    address: str


def parse_mailbox(text: str, *, where: str = "") -> Mailbox:
    """`Name <address>`, or an address alone, as the settings write it.

    Raises SettingsError, for which `where` names file and key.
    """
    match = re.fullmatch(r"\s*(?:(?P<name>[^<>]*?)\s*<(?P<inner>[^<>]*)>|(?P<bare>\S+))\s*", text)
    if match is None:
        raise SettingsError(
            f"`{text}` is no name with an address",
            where=where,
            remedy="write it as `Name <news@example.org>`",
        )
    name = match["name"] or ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    return Mailbox(
        checked_name(name, where=where),
        checked_address(match["inner"] or match["bare"] or "", where),
    )


def checked_name(name: str, *, where: str = "") -> str:
    """`name` in NFC, fit to stand before an address.

    The specials of RFC 5322 section 3.2.3 that divide addresses are refused even where they
    could be quoted: mail programs and libraries have taken an address out of quotes before
    (standards E-P-02, S-02). Raises SettingsError.
    """
    bad = [c for c in name if c in _SPECIALS or not (c.isprintable() or c == "\u200d")]
    if bad or len(name) > _LONGEST_NAME:
        what = f"holds `{bad[0]}`" if bad else f"is longer than {_LONGEST_NAME} characters"
        raise SettingsError(
            f"the name `{name}` {what}",
            where=where,
            remedy=f"write a short name without {' '.join(_SPECIALS)}",
        )
    return unicodedata.normalize("NFC", name).strip()


def checked_address(address: str, where: str = "") -> str:
    """`address` as it stands on the wire, its domain in ASCII and lower case; else SettingsError.

    The parser is the one that subscribers' addresses pass (standards S-02, E-P-05).
    """
    try:
        return parse_address(address).address
    except AddressError as error:
        raise SettingsError(
            f"`{address[:LONGEST_ADDRESS]}`: {error.problem}", where=where, remedy=error.remedy
        ) from None
