"""The secret file: the keys behind links and hashes.

A text file that people can read and back up: a word, a key in hex, and a last line that shows a
file cut short or mistyped. It is written here, and only here, as a whole.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from newsfeed.errors import StoreError
from newsfeed.store import private

_INTRODUCTION = """\
# The keys of this newsfeed. Nobody else may read this file: whoever has it can forge links.
# Keep a copy apart from the store's backups. Without it no unsubscribe link that was sent works,
# and who was suppressed or erased is not recognised any more. Change nothing in it by hand.
"""
_KEY_BYTES = 32
_LARGEST = 1 << 20
_SUPPRESSION, _TOKEN, _CHECK = "suppression", "token", "check"
_BACK = "put back the copy that you keep of it"


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """`suppression` hashes addresses and never changes; `tokens` sign links, newest first."""

    suppression: bytes
    tokens: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Keys(<secret>, {len(self.tokens)} for tokens)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("tokens", len(self.tokens))]


def load(path: Path) -> Keys:
    """The keys in the file at `path`; made (mode 0600, in a folder of 0700) where there is none.

    Processes that start at once get the same keys. Raises StoreError for a file that others can
    read (standards S-30), that is damaged, or that cannot be read or made.
    """
    try:
        return _parsed(path, _text(path))
    except FileNotFoundError:
        private.make(path.parent)
    with private.lock(path.parent, path.name):
        if not path.exists():
            keys = [f"{word} {os.urandom(_KEY_BYTES).hex()}" for word in (_SUPPRESSION, _TOKEN)]
            _write(path, keys)
        return _parsed(path, _text(path))


def rotate(path: Path, now: datetime) -> Keys:
    """Add a key that signs from now on; the older ones stay, so that old links work (S-07).

    `now` (aware) is noted beside the key. Raises StoreError, and leaves the file as it was.
    """
    load(path)
    with private.lock(path.parent, path.name):
        text = _text(path)
        _parsed(path, text)
        lines = [line for line in text.splitlines() if line and line[0] != "#"]
        fresh = f"{_TOKEN} {os.urandom(_KEY_BYTES).hex()} since {now.astimezone(UTC):%Y-%m-%d}"
        _write(path, [lines[0], fresh, *lines[1:-1]])
        return _parsed(path, _text(path))


def check_value(keys: Keys) -> str:
    """What the store remembers of the suppression key, to know it again; it tells nothing else."""
    return _keyed(keys, "check")


def installation(keys: Keys) -> str:
    """The name of this installation: 22 characters, which everybody may know; they tell no key.

    It stays when keys for tokens rotate.
    """
    return _keyed(keys, "installation")


def address_hash(keys: Keys, key: str) -> str:
    """A keyed hash of 128 bits (22 characters) of `Address.key`: who is who after erasure, too.

    It never changes, or everybody who was suppressed would get mail again (standards L-C-09).
    """
    return _keyed(keys, f"address {key}")


def address_hasher(keys: Keys) -> Callable[[str], str]:
    """`address_hash` for millions: the same hash at a fifth of the time.

    What HMAC makes of the key alone (RFC 2104 section 2) is worked out once.
    """
    block = keys.suppression.ljust(hashlib.sha256().block_size, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def hashed(key: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(f"address {key}".encode())
        second.update(first.digest())
        return _short(second.digest())

    return hashed


def _keyed(keys: Keys, text: str) -> str:
    return _short(hmac.digest(keys.suppression, text.encode(), "sha256"))


def _short(digest: bytes) -> str:
    """The first 128 bits of a hash as 22 characters that can stand in a URL."""
    return urlsafe_b64encode(digest[:16])[:22].decode()


def _parsed(path: Path, text: str) -> Keys:
    """The keys in a file's text. Raises StoreError where anything in it is not as written."""
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    if not lines or lines[-1] != f"{_CHECK} {_checksum(lines[:-1])}":
        _refuse(path, "is damaged: its last line does not fit the others", _BACK)
    words = [line.split(" ") for line in lines[:-1]]
    names = [word[0] for word in words]
    try:
        keys = [bytes.fromhex(word[1]) for word in words]
    except (IndexError, ValueError):
        keys = []
    if (
        len(keys) < 2
        or names != [_SUPPRESSION, *[_TOKEN] * (len(keys) - 1)]
        or any(len(key) != _KEY_BYTES for key in keys)
    ):
        _refuse(path, "is no secret file of this version of newsfeed", _BACK)
    return Keys(suppression=keys[0], tokens=tuple(keys[1:]))


def _checksum(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _text(path: Path) -> str:
    """The file's text. Raises FileNotFoundError where there is none, and StoreError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would wait
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                _refuse(path, "is no file", "move it away, or name another `store.secret_file`")
            if stat.S_IMODE(status.st_mode) & 0o077:
                _refuse(path, "can be read by others", f"run `chmod 600 {path}`")
            return os.read(descriptor, _LARGEST).decode("ascii")
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise
    except OSError as error:
        remedy = "run newsfeed as the account that owns it"
        _refuse(path, f"cannot be read: {error.strerror}", remedy)
    except UnicodeDecodeError:
        _refuse(path, "is damaged: it is no text", _BACK)


def _write(path: Path, keys: list[str]) -> None:
    """Replace the file as a whole; flushed, for what is signed with its keys leaves the house."""
    place = path.resolve()
    beside = place.with_name(f".{place.name}.new")
    text = "\n".join([_INTRODUCTION + keys[0], *keys[1:], f"{_CHECK} {_checksum(keys)}", ""])
    try:
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(descriptor)
        beside.replace(place)
        folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        _refuse(path, f"cannot be written: {error.strerror}", "mend the permissions or make room")


def _refuse(path: Path, problem: str, remedy: str) -> NoReturn:
    raise StoreError(f"the secret file {problem}", where=str(path), remedy=remedy) from None
