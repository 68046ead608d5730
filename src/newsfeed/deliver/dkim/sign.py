"""The signature of a message: rsa-sha256 (RFC 6376, RFC 8301) and ed25519-sha256 (RFC 8463).

Every recipient's copy is signed, and last of all (standards E-A-06, S-34). So the body is hashed
once for all keys, and all that is the same for every copy is made once.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from newsfeed.deliver.dkim.keyfile import Key

Sign = Callable[[bytes, int], bytes]

LIFETIME = 7 * 24 * 3600
"""Seconds for which a signature holds, so that a letter is of no use for replays (S-34)."""

# Listed once more than there are of them, so that nobody can add one (RFC 6376 section 5.4.2).
_OVERSIGNED = (b"from", b"subject", b"to", b"date", b"reply-to")

# Covered where present, with all that begins with `list-` (standards E-A-04). What a relay adds
# or changes is not among them (RFC 6376 section 5.4.1).
_COVERED = frozenset(
    {
        *_OVERSIGNED,
        b"sender",
        b"cc",
        b"message-id",
        b"in-reply-to",
        b"references",
        b"mime-version",
        b"content-type",
        b"content-transfer-encoding",
        b"feedback-id",
        b"precedence",
    }
)

_NAME = b"DKIM-Signature: "
_FOLD = b"\r\n "
_LINE = 78
_CHUNK = 72
_SPACE, _CR = b" \r"
_WHITE = re.compile(rb"[ \t]+")


class Signer(msgspec.Struct, frozen=True):
    """Who signs: `domain` in A-labels and `selector` name the record that holds the public key."""

    domain: str
    selector: str
    key: Key

    @property
    def algorithm(self) -> str:
        """As a= names it."""
        return f"{self.key.algorithm}-sha256"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("domain", self.domain), ("selector", self.selector), ("key", self.key)]


def signer(signers: Sequence[Signer]) -> Sign:
    """A function that signs messages for all of `signers`.

    It takes a message as it will stand on the wire but for dots (CRLF throughout, standards
    E-A-06) and the time in seconds since 1970-01-01 UTC, and gives the DKIM-Signature headers
    to put in front of it, one for each signer, with CRLF at the end of every line. It can be
    called by several threads at once; the costly step of RSA lets them run side by side.
    """
    stamps = [(_stamp(one), _raw_signature(one.key)) for one in signers]

    def sign(message: bytes, now: int) -> bytes:
        end = message.find(b"\r\n\r\n")
        head, start = (message, len(message)) if end < 0 else (message[:end], end + 4)
        names, fields = relaxed_headers(head)
        hashed = sha256(fields)
        times = (now, now + LIFETIME, _base64(_body_hash(message, start)))
        found: list[bytes] = []
        for stamp, raw_signature in stamps:
            written, canonical = stamp(names)
            whole = hashed.copy()
            whole.update(canonical % times)
            value = _base64(raw_signature(whole.digest()))
            folded = _FOLD.join([value[at : at + _CHUNK] for at in range(0, len(value), _CHUNK)])
            found += (written % times, folded, b"\r\n")
        return b"".join(found)

    return sign


def relaxed_headers(head: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """The headers of `head` (no CRLF at its end): their names, and what is hashed of them.

    They are in relaxed form (RFC 6376 section 3.4.2) and from the last to the first, for so
    verifiers take them where a name occurs twice (section 5.4.2). The name of a header that is
    not covered is b"".
    """
    head = head.replace(_FOLD, b" ")
    if b"\t" in head:
        head = head.replace(b"\r\n\t", b" ")
    names, fields = zip(*map(_field, reversed(head.split(b"\r\n"))), strict=True)
    return names, b"".join(fields)


def relaxed_body(body: bytes) -> bytes:
    """The body in relaxed form (RFC 6376 section 3.4.4); its last line ends as SMTP will end it."""
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    body = _WHITE.sub(b" ", body).replace(b" \r\n", b"\r\n")
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""


def _body_hash(message: bytes, start: int) -> bytes:
    """The hash of the body in relaxed form, which ours are in already: base64 has no spaces."""
    if _is_relaxed(message, start):
        return sha256(memoryview(message)[start:]).digest()
    return sha256(relaxed_body(message[start:])).digest()


def _is_relaxed(message: bytes, start: int) -> bool:
    """Whether the body from `start` is sure to be in relaxed form; quick where spaces are few."""
    if message.find(b"\t", start) >= 0 or message.endswith(b"\r\n\r\n"):
        return False
    if not message.endswith(b"\r\n"):
        return False
    at = message.find(b" ", start)
    while at >= 0:
        if message[at + 1] in (_SPACE, _CR):
            return False
        at = message.find(b" ", at + 1)
    return True


@lru_cache(maxsize=256)
def _field(line: bytes) -> tuple[bytes, bytes]:
    """The name of a covered header and all of it in relaxed form; (b"", b"") for others.

    `line` is unfolded. Most are the same in all copies.
    """
    if b"  " in line or b"\t" in line:
        line = _WHITE.sub(b" ", line)
    written, _, value = line.partition(b":")
    name = written.rstrip(b" ").lower()
    if name in _COVERED or name.startswith(b"list-"):
        return name, b"%b:%b\r\n" % (name, value.strip(b" "))
    return b"", b""


def _stamp(one: Signer) -> Callable[[tuple[bytes, ...]], tuple[bytes, bytes]]:
    """A function from names of headers to the patterns of a signature header: as it is written,
    and as it is hashed. Both take the times and the hash of the body, and end before the value
    of b=, which is empty where the header itself is hashed (RFC 6376 section 3.7).
    """
    tags = (
        "v=1",
        f"a={one.algorithm}",
        "c=relaxed/relaxed",
        f"d={one.domain}",
        f"s={one.selector}",
    )
    words = [b"%b; " % tag.encode("ascii") for tag in tags]

    @lru_cache(maxsize=64)
    def patterns(names: tuple[bytes, ...]) -> tuple[bytes, bytes]:
        listed = [b"%b:" % name for name in (*names, *_OVERSIGNED) if name]
        listed[0] = b"h=" + listed[0]
        listed[-1] = listed[-1][:-1] + b"; "
        fixed = _folded([_NAME, *words, *listed])
        written = fixed.replace(b"%", b"%%") + b"\r\n t=%d; x=%d;\r\n bh=%b;\r\n b="
        value = written.removeprefix(_NAME).replace(_FOLD, b" ")
        return written, b"dkim-signature:" + value

    return patterns


def _folded(words: Sequence[bytes]) -> bytes:
    """The words on lines of at most 78 characters; a longer word has a line of its own."""
    lines = [b""]
    for word in words:
        if len(lines[-1]) + len(word.rstrip()) > _LINE - 1:
            lines.append(b"")
        lines[-1] += word
    return _FOLD.join(line.rstrip() for line in lines)


def _raw_signature(key: Key) -> Callable[[bytes], bytes]:
    """A function from a SHA-256 hash to its signature; Ed25519 signs the hash (RFC 8463 §3)."""
    private = key.private
    if isinstance(private, Ed25519PrivateKey):
        return private.sign
    padding, hashed = PKCS1v15(), Prehashed(SHA256())
    return lambda digest: private.sign(digest, padding, hashed)


def _base64(octets: bytes) -> bytes:
    return b2a_base64(octets, newline=False)
