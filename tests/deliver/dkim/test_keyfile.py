"""The file with a DKIM key: made for its owner alone, and refused where it is not right."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519

from newsfeed.deliver.dkim import keyfile
from newsfeed.deliver.dkim.keyfile import Algorithm, load, make
from newsfeed.errors import SettingsError
from tests.deliver.dkim.kit import key

ALGORITHMS: tuple[Algorithm, ...] = ("rsa", "ed25519")
PRIVATE = form.PrivateFormat
PLAIN = form.NoEncryption()


def pem(
    private: object,
    shape: form.PrivateFormat = PRIVATE.PKCS8,
    lock: form.KeySerializationEncryption = PLAIN,
) -> bytes:
    """A private key as a text."""
    octets: bytes = private.private_bytes(form.Encoding.PEM, shape, lock)  # type: ignore[attr-defined]
    return octets


def written(folder: Path, octets: bytes, mode: int = 0o600) -> Path:
    """A file with these bytes."""
    path = folder / "dkim.pem"
    path.write_bytes(octets)
    path.chmod(mode)
    return path


def refusal(path: Path) -> str:
    """What is said of a file that is no key for us: one line, which says what to do."""
    with pytest.raises(SettingsError) as caught:
        load(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: the DKIM key ")
    assert caught.value.remedy
    assert "\n" not in text
    return text


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_that_was_made_is_loaded_again(algorithm: Algorithm, tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    made = make(path, algorithm)
    found = load(path)
    assert (found.algorithm, found.bits, found.public) == (made.algorithm, made.bits, made.public)
    assert made.algorithm == algorithm
    assert made.bits == (2048 if algorithm == "rsa" else 256)


def test_a_key_is_made_for_its_owner_alone__s_05(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make(tmp_path / "private" / "dkim.pem", "ed25519")
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "private" / "dkim.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("there", ["file", "folder", "link to nowhere"])
def test_nothing_is_written_over(there: str, tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    if there == "file":
        path.write_bytes(b"an old key")
    elif there == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="is there already"):
        make(path, "ed25519")
    assert sorted(tmp_path.iterdir()) == [path]
    assert there != "file" or path.read_bytes() == b"an old key"


def test_a_key_that_could_not_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="cannot be written: No space left"):
        make(tmp_path / "dkim.pem", "ed25519")
    assert list(tmp_path.iterdir()) == []


def test_the_key_is_on_the_disk_before_anything_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = []
    real = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    path = make(tmp_path / "dkim.pem", "ed25519") and tmp_path / "dkim.pem"
    assert flushed == [str(path), str(tmp_path)]


@pytest.mark.parametrize("shape", [PRIVATE.PKCS8, PRIVATE.TraditionalOpenSSL])
def test_keys_of_other_signers_are_taken(shape: form.PrivateFormat, tmp_path: Path) -> None:
    """As `opendkim-genkey` and `openssl` write them: PKCS#8 and PKCS#1."""
    path = written(tmp_path, b"a note above\n" + pem(key("rsa").private, shape))
    assert load(path).public == key("rsa").public


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_can_read_or_change_is_refused__s_05(mode: int, tmp_path: Path) -> None:
    path = written(tmp_path, pem(key("ed25519").private), mode)
    assert f"can be read or changed by others. run `chmod 600 {path}`" in refusal(path)


def test_a_file_that_is_not_there_is_told_with_the_way_to_make_it(tmp_path: Path) -> None:
    assert refusal(tmp_path / "dkim.pem").endswith(
        "is not there. copy it from where it was, or run `newsfeed dkim new` for another"
    )


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "is no file" in refusal(tmp_path / "pipe")
    assert "is no file" in refusal(tmp_path)


@pytest.mark.parametrize("octets", [b"", b"hello", b"\xff" * 400, b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(octets: bytes, tmp_path: Path) -> None:
    assert "is no private key in PEM" in refusal(written(tmp_path, octets))


@pytest.mark.parametrize("shape", [PRIVATE.PKCS8, PRIVATE.TraditionalOpenSSL])
def test_a_key_with_a_passphrase_is_refused(shape: form.PrivateFormat, tmp_path: Path) -> None:
    lock = form.BestAvailableEncryption(b"open sesame")
    text = refusal(written(tmp_path, pem(key("rsa").private, shape, lock)))
    assert "is encrypted with a passphrase" in text


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_public_key_is_refused_by_its_name(algorithm: Algorithm, tmp_path: Path) -> None:
    public = key(algorithm).private.public_key()
    octets = public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    assert "is a public key" in refusal(written(tmp_path, octets))


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ed448.Ed448PrivateKey.generate(),
        x25519.X25519PrivateKey.generate(),
    ],
    ids=["ecdsa", "ed448", "x25519"],
)
def test_other_algorithms_are_refused__e_a_02(private: object, tmp_path: Path) -> None:
    assert "is a key for another algorithm" in refusal(written(tmp_path, pem(private)))


def test_a_short_rsa_key_is_refused__e_a_02(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    assert "is too short: 1024 bits" in refusal(written(tmp_path, pem(short)))


def test_an_rsa_key_that_no_receiver_has_to_take_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 8301 section 3.2: up to 4096 bits; here the border is lower, since keys take time."""
    monkeypatch.setattr(keyfile, "LONGEST_RSA", 2047)
    assert "is too long: 2048 bits" in refusal(written(tmp_path, pem(key("rsa").private)))


def test_messages_call_the_key_as_the_caller_does(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^mail\.dkim\.key_file: the DKIM key is not there"):
        load(tmp_path / "dkim.pem", "mail.dkim.key_file")


def test_what_is_shown_of_a_key_does_not_tell_it__s_05() -> None:
    one = key("ed25519")
    octets = one.private.private_bytes(form.Encoding.Raw, PRIVATE.Raw, PLAIN)
    assert isinstance(one.private, ed25519.Ed25519PrivateKey)
    assert repr(one) == "Key(ed25519, 256 bits)"
    assert octets.hex() not in str(one.__rich_repr__())
