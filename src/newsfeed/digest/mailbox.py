"""Names and addresses in headers: read strictly, so that no two programs read them differently."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from newsfeed.errors import SettingsError

_ATOM = r"[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+"  # without %, which once routed mail onwards
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_SPECIALS = '<>@",;:\\'
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254
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
    """`address` if it is a plain ASCII one (a dot-atom at a domain); raises SettingsError if not.

    Comments, quotes, routes, groups and percent signs are refused (standards S-02).
    """
    local, _, domain = address.rpartition("@")
    if is_dot_atom_address(address):
        return address
    remedy = "write it like news@example.org"
    if local.isascii() and not domain.isascii():
        remedy = "write its domain in ASCII (xn--…)"
    raise SettingsError(f"`{address}` is no address for mail", where=where, remedy=remedy)


def is_dot_atom_address(text: str) -> bool:
    """Whether `text` is a dot-atom, `@` and a domain in ASCII, not too long (RFC 5321 §4.5.3.1)."""
    local = text.rpartition("@")[0]
    fits = len(local) <= _LONGEST_LOCAL_PART and len(text) <= _LONGEST_ADDRESS
    return fits and bool(_ADDRESS.fullmatch(text))
