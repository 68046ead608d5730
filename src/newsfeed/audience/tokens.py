"""Links that only we can make: to leave, to confirm, to one's preferences; the marks of letters
that come back, and of forms that were shown. itsdangerous stays behind this module.

A token carries what it says in plain sight and a signature over it, over its purpose and over the
newsletter of its address. It opens nothing else (standards S-06).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from itsdangerous import Signer
from itsdangerous.encoding import base64_encode
from itsdangerous.signer import SigningAlgorithm

from newsfeed.audience.keys import Keys

CONFIRM_WITHIN = timedelta(hours=72)
"""How long a link to confirm works (standards L-C-03)."""

PREFERENCES_WITHIN = timedelta(hours=24)
"""How long a link to somebody's preferences works (standards S-27)."""

_CLOCKS_DIFFER = timedelta(minutes=5)
_SHORT_LIVED_KEYS = 2
_ID_LENGTH = 22
_SUPPLY = 3 * 11 * 256  # bytes that make whole ids, and no padding
_SIGNATURE_BYTES = 16
_LEAVE = b"newsfeed: leave"
_CONFIRM = b"newsfeed: confirm"
_BOUNCE = b"newsfeed: bounce"
_PREFERENCES = b"newsfeed: preferences"
_FORM = b"newsfeed: form"

_ID = r"[A-Za-z0-9_-]{16,64}"  # a UUID from another program is one, too
_SIGNATURE = r"[A-Za-z0-9_-]{22}"
_WORDING = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LEAVE_TOKEN = re.compile(rf"({_ID})\.({_SIGNATURE})")
_CONFIRM_TOKEN = re.compile(
    rf"(({_ID})\.({_WORDING.pattern})\.([1-9][0-9]{{0,10}}))\.({_SIGNATURE})"
)
_PREFERENCES_TOKEN = re.compile(rf"(({_ID})\.([1-9][0-9]{{0,10}}))\.({_SIGNATURE})")
_FORM_STAMP = re.compile(rf"([1-9][0-9]{{0,10}})\.({_SIGNATURE})")
_PUBLIC_ID = re.compile(_ID)

# A bounce token is 240 bits: 1 tells a UUID, 27 are the edition, 132 the id, 80 the signature.
_BOUNCE_TOKEN = re.compile(r"[A-Za-z2-7]{48}")
_OWN_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EDITION_BITS, _ID_BITS = 27, 132
_SAID_BYTES, _BOUNCE_SIGNATURE_BYTES = 20, 10


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What a link to confirm says: who, to which version of the words, and when it was made."""

    public_id: str
    wording: str
    issued: datetime


class Preferring(msgspec.Struct, frozen=True, kw_only=True):
    """What a link to preferences says: whose they are, and when it was made."""

    public_id: str
    issued: datetime


class Bounced(msgspec.Struct, frozen=True, kw_only=True):
    """What a bounce token says: which edition's letter came back, and whose."""

    edition_id: int
    public_id: str


class _Cut(SigningAlgorithm):
    """HMAC-SHA-256, cut to 128 bits (RFC 2104 section 5)."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")[:_SIGNATURE_BYTES]


_ALGORITHM = _Cut()


def new_public_id(random: Callable[[int], bytes] = os.urandom) -> str:
    """128 random bits as 22 characters that can stand in a URL: who is meant, and nothing more."""
    return urlsafe_b64encode(random(16))[:22].decode()


def new_public_ids(random: Callable[[int], bytes] = os.urandom) -> Iterator[str]:
    """Ids like `new_public_id`'s without end, for millions: their random bits are fetched and
    written for many at once.
    """
    while True:
        text = urlsafe_b64encode(random(_SUPPLY)).decode()
        for end in range(_ID_LENGTH, len(text) + 1, _ID_LENGTH):
            yield text[end - _ID_LENGTH : end]


def leave_token(keys: Keys, newsletter: str, public_id: str) -> str:
    """The token (45 characters for an id of ours) by which one person leaves one newsletter.

    Raises ValueError for an id that no link can carry.
    """
    return leave_signer(keys, newsletter)(public_id)


def leave_signer(keys: Keys, newsletter: str) -> Callable[[str], str]:
    """What makes the leave tokens of one newsletter: id in, token out, in a few microseconds."""
    key = _derived(keys.tokens[0], _LEAVE)
    start = _message(newsletter, "")
    is_public_id = _PUBLIC_ID.fullmatch

    def token(public_id: str) -> str:
        if not is_public_id(public_id):
            raise ValueError(f"no public id: {public_id!r}")
        return f"{public_id}.{_signed(key, start + public_id.encode())}"

    return token


def read_leave_token(keys: Keys, newsletter: str, token: str) -> str | None:
    """The public id in a leave token, or None where we did not make it for this newsletter.

    It never expires, and every key that ever signed one still verifies it (standards S-07, S-27).
    """
    match = _LEAVE_TOKEN.fullmatch(token)
    if match is None:
        return None
    public_id, signature = match.groups()
    message = _message(newsletter, public_id)
    return public_id if _is_signed(keys.tokens, _LEAVE, message, signature) else None


def confirm_token(keys: Keys, newsletter: str, public_id: str, wording: str, now: datetime) -> str:
    """The token by which one person agrees to one newsletter in the words of version `wording`.

    `now` is aware. Raises ValueError for an id or a version that no link can carry.
    """
    if not _PUBLIC_ID.fullmatch(public_id) or not _WORDING.fullmatch(wording):
        raise ValueError(f"no public id or no version: {public_id!r}, {wording!r}")
    said = f"{public_id}.{wording}.{int(now.timestamp())}"
    key = _derived(keys.tokens[0], _CONFIRM)
    return f"{said}.{_signed(key, _message(newsletter, said))}"


def read_confirm_token(
    keys: Keys, newsletter: str, token: str, now: datetime
) -> Confirmation | None:
    """What a token to confirm says, or None where it is not ours, too old, or of the future.

    Only the two newest keys count: a link that is rotated out of use is dead (standards S-07).
    """
    match = _CONFIRM_TOKEN.fullmatch(token)
    if match is None:
        return None
    said, public_id, wording, seconds, signature = match.groups()
    if not _is_signed(
        keys.tokens[:_SHORT_LIVED_KEYS], _CONFIRM, _message(newsletter, said), signature
    ):
        return None
    issued = datetime.fromtimestamp(int(seconds), UTC)
    if not -_CLOCKS_DIFFER <= now - issued <= CONFIRM_WITHIN:
        return None
    return Confirmation(public_id=public_id, wording=wording, issued=issued)


def preferences_token(keys: Keys, public_id: str, now: datetime) -> str:
    """The token by which one person sees and changes what they get. `now` is aware.

    Raises ValueError for an id that no link can carry.
    """
    if not _PUBLIC_ID.fullmatch(public_id):
        raise ValueError(f"no public id: {public_id!r}")
    said = f"{public_id}.{int(now.timestamp())}"
    key = _derived(keys.tokens[0], _PREFERENCES)
    return f"{said}.{_signed(key, said.encode())}"


def read_preferences_token(keys: Keys, token: str, now: datetime) -> Preferring | None:
    """What a token to preferences says, or None where it is not ours, too old, or of the future.

    As with links to confirm only the two newest keys count.
    """
    match = _PREFERENCES_TOKEN.fullmatch(token)
    if match is None:
        return None
    said, public_id, seconds, signature = match.groups()
    short_lived = keys.tokens[:_SHORT_LIVED_KEYS]
    if not _is_signed(short_lived, _PREFERENCES, said.encode(), signature):
        return None
    issued = datetime.fromtimestamp(int(seconds), UTC)
    if not -_CLOCKS_DIFFER <= now - issued <= PREFERENCES_WITHIN:
        return None
    return Preferring(public_id=public_id, issued=issued)


def form_stamp(keys: Keys, shown: datetime) -> str:
    """What a form carries to tell when it was shown (aware)."""
    said = str(int(shown.timestamp()))
    return f"{said}.{_signed(_derived(keys.tokens[0], _FORM), said.encode())}"


def read_form_stamp(keys: Keys, stamp: str) -> datetime | None:
    """When the form of a stamp was shown (UTC); None for a stamp that we did not make."""
    match = _FORM_STAMP.fullmatch(stamp)
    if match is None:
        return None
    said, signature = match.groups()
    if not _is_signed(keys.tokens[:_SHORT_LIVED_KEYS], _FORM, said.encode(), signature):
        return None
    return datetime.fromtimestamp(int(said), UTC)


def bounce_token(keys: Keys, edition_id: int, public_id: str) -> str:
    """What marks the envelope sender of one letter: 48 characters of `a-z2-7` (standards E-D-01).

    It fits into a local part, also of a server that changes the case of letters, and is the same
    at each try, as greylisting wants it, as long as the same key signs. Raises ValueError for an
    edition or an id that it cannot carry.
    """
    return bounce_signer(keys, edition_id)(public_id)


def bounce_signer(keys: Keys, edition_id: int) -> Callable[[str], str]:
    """What makes the bounce tokens of one edition: id in, token out, in a few microseconds."""
    key = _derived(keys.tokens[0], _BOUNCE)
    if not 0 <= edition_id < 1 << _EDITION_BITS:
        raise ValueError(f"no edition: {edition_id}")

    def token(public_id: str) -> str:
        is_uuid, number = _packed(public_id)
        said = ((is_uuid << _EDITION_BITS | edition_id) << _ID_BITS | number).to_bytes(_SAID_BYTES)
        return b32encode(said + _bounce_signature(key, said)).decode().lower()

    return token


def read_bounce_token(keys: Keys, token: str) -> Bounced | None:
    """What a bounce token says, or None where we did not make it (standards E-D-07).

    Every key that ever signed one still verifies it; how old the letter is, its edition tells.
    """
    if not _BOUNCE_TOKEN.fullmatch(token):
        return None
    data = b32decode(token.upper())
    said, signature = data[:_SAID_BYTES], data[_SAID_BYTES:]
    if not any(
        hmac.compare_digest(_bounce_signature(_derived(key, _BOUNCE), said), signature)
        for key in keys.tokens
    ):
        return None
    number = int.from_bytes(said)
    edition = number >> _ID_BITS
    return Bounced(
        edition_id=edition & (1 << _EDITION_BITS) - 1,
        public_id=_unpacked(number & (1 << _ID_BITS) - 1, is_uuid=bool(edition >> _EDITION_BITS)),
    )


def leave_url(base: str, newsletter: str, token: str) -> str:
    """Where a leave token leads, below the address `base` of our web server."""
    return f"{base}/u/{newsletter}/{token}"


def confirm_url(base: str, newsletter: str, token: str) -> str:
    """Where a token to confirm leads, below the address `base` of our web server."""
    return f"{base}/c/{newsletter}/{token}"


def preferences_url(base: str, token: str) -> str:
    """Where a token to preferences leads, below the address `base` of our web server."""
    return f"{base}/p/{token}"


def _message(newsletter: str, said: str) -> bytes:
    """What is signed. What a token says holds no slash, so that no two pairs read the same."""
    return f"{newsletter}/{said}".encode("utf-8", "surrogatepass")


def _packed(public_id: str) -> tuple[bool, int]:
    """An id as a number of 132 bits, and whether it is a UUID. Raises ValueError for others."""
    if _OWN_ID.fullmatch(public_id):
        return False, int.from_bytes(urlsafe_b64decode(f"{public_id}AA")) >> 12
    if _UUID.fullmatch(public_id):
        return True, UUID(public_id).int
    raise ValueError(f"no public id for a bounce token: {public_id!r}")


def _unpacked(number: int, *, is_uuid: bool) -> str:
    if is_uuid:
        return str(UUID(int=number))
    return urlsafe_b64encode((number << 12).to_bytes(18))[:_ID_LENGTH].decode()


def _bounce_signature(key: bytes, said: bytes) -> bytes:
    """80 bits, the least that RFC 2104 section 5 allows: there is no room for more."""
    return _ALGORITHM.get_signature(key, said)[:_BOUNCE_SIGNATURE_BYTES]


def _derived(key: bytes, purpose: bytes) -> bytes:
    """The key for one purpose: HMAC-SHA-256 of the purpose by the installation's key."""
    signer = Signer(
        key,
        salt=purpose,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=_ALGORITHM,
    )
    return signer.derive_key()


def _signed(key: bytes, message: bytes) -> str:
    return base64_encode(_ALGORITHM.get_signature(key, message)).decode()


def _is_signed(keys: tuple[bytes, ...], purpose: bytes, message: bytes, signature: str) -> bool:
    """Whether one of the keys gives just this signature.

    Texts are compared, not what they decode to: base64 has several spellings of the same bytes.
    """
    return any(
        hmac.compare_digest(_signed(_derived(key, purpose), message), signature) for key in keys
    )
