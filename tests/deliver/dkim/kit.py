"""What the tests of DKIM share: keys, a signed message, and verifiers that are not ours."""

from __future__ import annotations

import base64
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import dkim  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from newsfeed.deliver.dkim import keyfile, record
from newsfeed.deliver.dkim.keyfile import Algorithm, Key
from newsfeed.deliver.dkim.sign import Signer, signer

NOW = 1_795_143_600
"""2026-11-20 03:00 UTC."""


@cache
def key(algorithm: Algorithm, number: int = 0) -> Key:
    """A key; another one for another number. They live as long as the tests."""
    with tempfile.TemporaryDirectory() as folder:
        return keyfile.make(Path(folder) / f"{algorithm}-{number}.pem", algorithm)


@cache
def signers() -> tuple[Signer, Signer]:
    """One for each algorithm."""
    return (
        Signer("example.org", "nf1", key("rsa")),
        Signer("example.org", "nf2", key("ed25519")),
    )


def signed(message: bytes, now: int = NOW, by: Sequence[Signer] = ()) -> bytes:
    """A message with the signatures of all our keys in front."""
    return signer(by or signers())(message, now) + message


def records(by: Sequence[Signer] = ()) -> dict[str, str]:
    """What DNS would hold, by name."""
    return {
        record.name_of(one.selector, one.domain): record.text_of(one.key.algorithm, one.key.public)
        for one in by or signers()
    }


def verified(
    message: bytes, *, now: float = NOW, published: dict[str, str] | None = None
) -> list[bool]:
    """What dkimpy says of each DKIM signature of a message, which comes at `now`."""
    found = records() if published is None else published

    def answer(name: bytes, timeout: int = 5) -> bytes:
        return found.get(name.decode().rstrip("."), "").encode()

    with (
        patch.object(dkim, "time", SimpleNamespace(time=lambda: now)),
        patch.object(dkim, "nacl", _NACL, create=True),
    ):
        count = len(re.findall(rb"(?im)^dkim-signature:", message.partition(b"\r\n\r\n")[0]))
        return [_verdict(message, number, answer) for number in range(count)]


def opendkim(program: str, folder: Path, message: bytes) -> tuple[bool, str]:
    """Whether OpenDKIM accepts every signature of a message, and what it said."""
    keys = "".join(f"{name} {text}\n" for name, text in records().items())
    (folder / "keys").write_text(keys)
    settings = f"TestPublicKeys {folder / 'keys'}\nStrictTestMode yes\nMode v\n"
    (folder / "opendkim.conf").write_text(settings)
    (folder / "letter.eml").write_bytes(message)
    done = subprocess.run(
        [program, "-x", folder / "opendkim.conf", "-vvv", "-t", folder / "letter.eml"],
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    results = re.findall(r"dkim=(\w+)", done.stdout)
    wanted = len(re.findall(rb"(?m)^DKIM-Signature:", message))
    return results == ["pass"] * wanted, done.stdout + done.stderr


def _verdict(message: bytes, number: int, answer: Callable[..., bytes]) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(number, dnsfunc=answer))
    except dkim.DKIMException:
        return False


class _VerifyKey:
    """What dkimpy takes from PyNaCl, which is not needed for anything else here."""

    def __init__(self, text: bytes, encoder: object) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text))

    def verify(self, digest: bytes, signature: bytes) -> None:
        self._key.verify(signature, digest)


_NACL = SimpleNamespace(
    signing=SimpleNamespace(VerifyKey=_VerifyKey),
    encoding=SimpleNamespace(Base64Encoder=None),
    exceptions=SimpleNamespace(ValueError=ValueError, BadSignatureError=InvalidSignature),
)
