"""The DNS record that holds a public key: written, read, and compared (RFC 6376 section 3.6).

Text only; `published` asks DNS.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from newsfeed.errors import NewsfeedError

LONGEST_STRING = 255
"""Octets of one string of a TXT record (RFC 1035 section 3.3)."""

# What stands before an RSA key in the form that all publish; RFC 6376 section 3.6.1 names the bare
# form, and so a record may have either.
_INFO_OCTETS = 24

_PUBLISH = "publish what `newsfeed dkim show` prints"
_NAME, _VALUE = re.compile("[A-Za-z][A-Za-z0-9_]*"), re.compile("[ -:<-~\t\r\n]*")


class RecordError(NewsfeedError):
    """A text is no DKIM key record; the problem says in what."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a record says. `public` is b"" for a key that was revoked; `hashes` () means all."""

    algorithm: str
    public: bytes
    hashes: tuple[str, ...] = ()
    services: tuple[str, ...] = ("*",)
    flags: tuple[str, ...] = ()


class Complaint(NamedTuple):
    """What is wrong with what is published; signatures hold all the same with a `warning`."""

    problem: str
    remedy: str
    warning: bool = False


def name_of(selector: str, domain: str) -> str:
    """Where the record lies (RFC 6376 section 3.6.2.1), without a dot at its end."""
    return f"{selector}._domainkey.{domain}"


def text_of(algorithm: str, public: bytes) -> str:
    """The record's text in one piece, as forms of DNS providers take it."""
    return f"v=DKIM1; k={algorithm}; p={b64encode(public).decode()}"


def zone_entry(name: str, text: str) -> str:
    """The record as a zone file has it, in strings of at most 255 octets (RFC 6376 §3.6.2.2)."""
    pieces = [f'"{text[at : at + LONGEST_STRING]}"' for at in range(0, len(text), LONGEST_STRING)]
    value = pieces[0] if len(pieces) == 1 else "( " + "\n    ".join(pieces) + " )"
    return f"{name}. IN TXT {value}"


def parse(text: str) -> Record:
    """The record in `text`, which is its strings joined. Raises RecordError."""
    tags = dict[str, str]()
    for part in text.rstrip("; \t\r\n").split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (_NAME.fullmatch(name) and equals and _VALUE.fullmatch(value)) or name in tags:
            raise RecordError(f"`{part.strip()[:40]}` is no tag with a value, or is there twice")
        tags[name] = value
    if tags.get("v", "DKIM1") != "DKIM1" or "v" in list(tags)[1:]:
        raise RecordError("it does not begin with v=DKIM1")
    if "p" not in tags:
        raise RecordError("it has no p=")
    try:
        public = b64decode("".join(tags["p"].split()), validate=True)
    except (Base64Error, ValueError):
        raise RecordError("its p= is not base64") from None
    return Record(
        algorithm=tags.get("k", "rsa"),
        public=public,
        hashes=_listed(tags.get("h", "")),
        services=_listed(tags.get("s", "*")),
        flags=_listed(tags.get("t", "")),
    )


def complaints(texts: Sequence[str], algorithm: str, public: bytes) -> Iterator[Complaint]:
    """What is wrong with the TXT records `texts` of a name for a key that signs."""
    if not texts:
        yield Complaint("there is no such record in DNS", _PUBLISH)
    elif len(texts) > 1:
        problem = f"there are {len(texts)} records, and receivers read any one of them"
        yield Complaint(problem, "leave only one: what `newsfeed dkim show` prints")
    else:
        try:
            yield from _of_record(parse(texts[0]), algorithm, public)
        except RecordError as error:
            yield Complaint(f"the record in DNS cannot be read: {error.problem}", _PUBLISH)


def _of_record(found: Record, algorithm: str, public: bytes) -> Iterator[Complaint]:
    """What is wrong with a record that can be read."""
    bare = public[_INFO_OCTETS:] if algorithm == "rsa" else public
    if not found.public:
        remedy = "make a key for another selector with `newsfeed dkim new`"
        yield Complaint("the key is revoked in DNS: its p= is empty", remedy)
    elif found.algorithm != algorithm:
        problem = f"the record in DNS is for {found.algorithm}, and the key is for {algorithm}"
        yield Complaint(problem, _PUBLISH)
    elif found.public not in (public, bare):
        remedy = f"{_PUBLISH}, or sign with the key that belongs to it"
        yield Complaint("the record in DNS holds another key", remedy)
    if found.hashes and "sha256" not in found.hashes:
        yield Complaint("the record in DNS allows no sha256 (h=)", _PUBLISH)
    if not {"*", "email"} & set(found.services):
        yield Complaint("the record in DNS is not for mail (s=)", _PUBLISH)
    if "y" in found.flags:
        problem = "the record in DNS says that this is a test (t=y): receivers may ignore it"
        yield Complaint(problem, "take t=y out once letters arrive", warning=True)


def _listed(value: str) -> tuple[str, ...]:
    """The words of a list with colons."""
    return tuple(word.strip() for word in value.split(":") if word.strip())
