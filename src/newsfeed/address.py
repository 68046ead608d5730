"""E-mail addresses: one strict parser for who subscribes, who sends, and what is on the wire."""

from __future__ import annotations

import re

import msgspec

from newsfeed.errors import NewsfeedError

LONGEST_ADDRESS = 254
"""Characters of an address in ASCII (RFC 5321 section 4.5.3.1.3, less the angle brackets)."""

_LONGEST_LOCAL_PART = 64
_WHITE = " \t\r\n\xa0\u3000"
_ATEXT = r"[A-Za-z0-9!#$&'*+/=?^_`{|}~-]"  # without %, which once routed mail onwards
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*@{_LABEL}(?:\.{_LABEL})*")

# What needs no second look: labels without "--" in the place where international ones have it,
# and a top-level domain of letters that is not one of those without mail.
_PLAIN_LABEL = rf"(?!..--){_LABEL}"
_NO_MAIL = r"(?!(?i:arpa|local|localhost|onion)\Z)"
_PLAIN = re.compile(
    rf"(?=[^@]{{1,{_LONGEST_LOCAL_PART}}}@)({_ATEXT}+(?:\.{_ATEXT}+)*)"
    rf"@((?:{_PLAIN_LABEL}\.)+{_NO_MAIL}[A-Za-z]{{2,63}})"
)
_LOCAL = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")


class Address(msgspec.Struct, frozen=True):
    """Where mail goes: the local part as it was written, the domain in lower case and ASCII.

    `key` tells who is who: the whole address in lower case. No provider with many mailboxes tells
    them apart by case, and people write their own address now so, now so.
    """

    address: str
    key: str


class AddressError(NewsfeedError):
    """A text is no address that mail can be sent to. The message does not repeat the text."""


def parse_address(text: str) -> Address:
    """The address in `text`, white space around it aside.

    International domains become A-labels (RFC 5891, standards E-M-10). Everything that two
    programs could read differently is refused (S-02): quotes, comments, routes, groups, `%`,
    controls, IP literals; so are local parts that are not ASCII, since few servers take them, and
    domains that mail cannot have: without a dot, under a numeric name, `local`, `localhost`,
    `onion` or `arpa`. Raises AddressError.
    """
    text = text.strip(_WHITE)
    match = _PLAIN.fullmatch(text) if len(text) <= LONGEST_ADDRESS else None
    if match is None:
        return _unusual(text)
    local, domain = match.groups()
    address = f"{local}@{domain.lower()}"
    return Address(address, address.lower())


def is_dot_atom_address(text: str) -> bool:
    """Whether `text` is a dot-atom, `@` and a domain in ASCII, not too long (RFC 5321 §4.5.3.1).

    This is the form alone, as a Message-ID has it, too: the domain may be one word.
    """
    local = text.rpartition("@")[0]
    fits = len(local) <= _LONGEST_LOCAL_PART and len(text) <= LONGEST_ADDRESS
    return fits and bool(_ADDRESS.fullmatch(text))


def masked(address: str) -> str:
    """`address` so that its owner knows it and nobody else does: `s***@e***.org` (S-27)."""
    local, at, domain = address.rpartition("@")
    name, dot, _ = domain.partition(".")
    if not at:
        return "***"
    top = domain.rpartition(".")[2] if dot else ""
    return f"{local[:1]}***@{name[:1]}***{dot}{top}"


def _unusual(text: str) -> Address:
    """An address that needs the whole of the rules. Raises AddressError, which says why."""
    problem = _complaint(text)
    if problem:
        raise _refusal(problem)
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        raise _refusal(
            "the part before the `@` is not in ASCII, which few mail servers take",
            "use an address in plain letters and digits",
        )
    address = f"{local}@{_in_ascii(domain)}"
    if len(address) > LONGEST_ADDRESS:
        raise _refusal(f"in ASCII it is longer than {LONGEST_ADDRESS} characters")
    return Address(address, address.lower())


def _complaint(text: str) -> str:
    """What is wrong with everything but the domain; "" if nothing is."""
    if len(text) > LONGEST_ADDRESS:  # first, so that nothing below is long (standards S-28)
        return f"it is longer than {LONGEST_ADDRESS} characters"
    local, at, domain = text.rpartition("@")
    strange = next((c for c in text if c in '"(),:;<>[\\]%'), "")
    checks = (
        (not text, "it is empty"),
        (any(c.isspace() for c in text), "it holds a space"),
        (not text.isprintable(), "it holds a character that cannot be seen"),
        (strange, f"it holds `{strange}`"),
        (not at, "it has no `@`"),
        ("@" in local, "it has more than one `@`"),
        (
            len(local) > _LONGEST_LOCAL_PART,
            f"the part before the `@` is longer than {_LONGEST_LOCAL_PART} characters",
        ),
        (
            local.isascii() and not _LOCAL.fullmatch(local),
            "the part before the `@` is empty, or has a dot too many",
        ),
        ("." not in domain and domain.isascii(), "its domain has no dot"),
    )
    return next((problem for is_wrong, problem in checks if is_wrong), "")


def _in_ascii(domain: str) -> str:
    """The domain in lower case and A-labels, if mail can have it. Raises AddressError.

    Names under `.invalid` are for examples and tests, as those under `.test` are. They are
    accepted, which the library does only for the latter.
    """
    from email_validator import validate_email

    name, _, top = domain.rpartition(".")
    is_invalid = top.lower() == "invalid"
    try:
        checked = validate_email(
            f"a@{name}.test" if is_invalid else f"a@{domain}",
            check_deliverability=False,
            test_environment=True,
        )
    except ValueError:  # the library's own error is one, and so is what IDNA's rules raise
        raise _refusal("its domain is none that mail can be sent to") from None
    found = checked.ascii_domain.lower()
    return f"{found.removesuffix('.test')}.invalid" if is_invalid else found


def _refusal(problem: str, remedy: str = "write it like name@example.org") -> AddressError:
    return AddressError(f"this is no e-mail address: {problem}", remedy=remedy)
