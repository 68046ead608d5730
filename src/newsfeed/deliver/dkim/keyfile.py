"""The file with a DKIM key: read, checked and made (RFC 6376, RFC 8301, RFC 8463).

It is a private key in PEM, as `openssl` and other signers write it. It is made here, and only
here, and never written over: who loses it loses what is published in DNS.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NoReturn

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from newsfeed.errors import SettingsError
from newsfeed.store import private

Algorithm = Literal["rsa", "ed25519"]

SHORTEST_RSA, LONGEST_RSA = 2048, 4096
"""Bits: shorter is not safe, and no receiver has to take longer ones (RFC 8301 section 3.2)."""

_EXPONENT = 65537
_LARGEST = 1 << 16
_NEW = "copy it from where it was, or run `newsfeed dkim new` for another"
_ANOTHER = "name another file, or move it away and run `newsfeed dkim new`"
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
_INFO = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


class Key(msgspec.Struct, frozen=True):
    """A key that signs. `public` is what its DNS record holds as p=, not yet in base64."""

    algorithm: Algorithm
    bits: int
    public: bytes
    private: RSAPrivateKey | Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Key({self.algorithm}, {self.bits} bits)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("algorithm", self.algorithm), ("bits", self.bits)]


def load(path: Path, where: str = "") -> Key:
    """The key in the file at `path`; messages call it `where`, or else by its path.

    Raises SettingsError: for a file that is not there, that others can read (standards S-05), or
    that does not hold one private key, RSA of 2048 to 4096 bits or Ed25519, without a passphrase.
    """
    where = where or str(path)
    pem = _bytes(path, where)
    if b"-----BEGIN PUBLIC KEY" in pem or b"-----BEGIN RSA PUBLIC KEY" in pem:
        _refuse("is a public key, and signing takes the private one", where, _ANOTHER)
    try:
        found = serialization.load_pem_private_key(pem, password=None)
    except TypeError:  # as the library tells that a passphrase is missing
        remedy = "take the passphrase off with `openssl pkey`; the file's mode 0600 protects it"
        _refuse("is encrypted with a passphrase", where, remedy)
    except (ValueError, UnsupportedAlgorithm):
        _refuse("is no private key in PEM", where, _ANOTHER)
    return _checked(found, where)


def make(path: Path, algorithm: Algorithm) -> Key:
    """Make a key and write it to `path`, mode 0600, in a folder that is made with 0700; flushed.

    Raises SettingsError where there is something at `path` already, and where it cannot be
    written; StoreError where its folder cannot be made.
    """
    private.make(path.parent)
    made: RSAPrivateKey | Ed25519PrivateKey
    if algorithm == "rsa":
        made = generate_private_key(public_exponent=_EXPONENT, key_size=SHORTEST_RSA)
    else:
        made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(path, pem)
    return _checked(made, str(path))


def _checked(found: object, where: str) -> Key:
    """The key of a kind that DKIM knows. Raises SettingsError."""
    if isinstance(found, Ed25519PrivateKey):
        return Key("ed25519", 256, found.public_key().public_bytes(*_RAW), found)
    if not isinstance(found, RSAPrivateKey):
        _refuse("is a key for another algorithm: DKIM knows RSA and Ed25519", where, _ANOTHER)
    if not SHORTEST_RSA <= found.key_size <= LONGEST_RSA:
        short = found.key_size < SHORTEST_RSA
        problem = f"is too {'short' if short else 'long'}: {found.key_size} bits"
        _refuse(problem, where, f"RSA keys have {SHORTEST_RSA} to {LONGEST_RSA}; {_ANOTHER}")
    return Key("rsa", found.key_size, found.public_key().public_bytes(*_INFO), found)


def _bytes(path: Path, where: str) -> bytes:
    """What the file holds, if it is a file that only its owner can read. Raises SettingsError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would wait
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                _refuse("is no file", where, _ANOTHER)
            if stat.S_IMODE(status.st_mode) & 0o077:
                _refuse("can be read or changed by others", where, f"run `chmod 600 {path}`")
            return os.read(descriptor, _LARGEST)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        _refuse("is not there", where, _NEW)
    except OSError as error:
        remedy = "run newsfeed as the account that owns it"
        _refuse(f"cannot be read: {error.strerror}", where, remedy)


def _write(path: Path, pem: bytes) -> None:
    """Write a new file, and never over another. Raises SettingsError, and leaves nothing then."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        remedy = "say another --selector, or name another file"
        _refuse("is there already, and is not written over", str(path), remedy)
    except OSError as error:
        _unwritten(path, error)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)  # whatever the umask
            file.write(pem)
            file.flush()
            os.fsync(descriptor)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        _unwritten(path, error)


def _unwritten(path: Path, error: OSError) -> NoReturn:
    problem = f"cannot be written: {error.strerror}"
    _refuse(problem, str(path), "mend the permissions or make room")


def _refuse(problem: str, where: str, remedy: str) -> NoReturn:
    raise SettingsError(f"the DKIM key {problem}", where=where, remedy=remedy) from None
