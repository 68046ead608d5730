"""The secret file: made once, kept from others, and never half there."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from newsfeed.audience.keys import Keys, address_hash, check_value, load, rotate
from newsfeed.errors import StoreError

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
KEYS = Keys(suppression=bytes(32), tokens=(bytes(range(32)),))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return tmp_path / "private" / "secret.key"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_missing_file_is_made_for_its_owner_alone(secret: Path) -> None:
    """S-30: 0600 in a folder of 0700, whatever the umask."""
    before = os.umask(0)
    try:
        keys = load(secret)
    finally:
        os.umask(before)
    assert (mode(secret), mode(secret.parent)) == (0o600, 0o700)
    assert [len(key) for key in (keys.suppression, *keys.tokens)] == [32, 32]
    assert keys.suppression != keys.tokens[0]


def test_the_same_keys_are_read_again(secret: Path) -> None:
    """A file once made is only read."""
    keys = load(secret)
    text = secret.read_bytes()
    assert load(secret) == keys
    assert secret.read_bytes() == text


def test_every_installation_has_keys_of_its_own(tmp_path: Path) -> None:
    """They are random."""
    assert load(tmp_path / "a") != load(tmp_path / "b")


def test_the_file_is_text_that_people_can_read_and_copy(secret: Path) -> None:
    """A backup on paper is possible: a word and hex on each line, and what it is above them."""
    keys = load(secret)
    lines = secret.read_text(encoding="ascii").splitlines()
    assert lines[0].startswith("# The keys of this newsfeed")
    assert all(len(line) <= 100 for line in lines)
    assert f"suppression {keys.suppression.hex()}" in lines
    assert f"token {keys.tokens[0].hex()}" in lines


def test_processes_that_start_at_once_end_with_the_same_keys(secret: Path) -> None:
    """Nobody signs with keys that another one then overwrites."""
    code = (
        "import sys, pathlib; from newsfeed.audience.keys import load; sys.stdin.read(1);"
        "print(load(pathlib.Path(sys.argv[1])).tokens[0].hex())"
    )
    argv = [sys.executable, "-c", code, str(secret)]
    runs = [
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for run in runs:
        assert run.stdin
        run.stdin.write("x")
        run.stdin.flush()
    said = {run.communicate()[0].strip() for run in runs}
    assert said == {load(secret).tokens[0].hex()}


def test_turning_keys_adds_one_and_keeps_the_others(secret: Path) -> None:
    """S-07: the newest comes first, old ones stay for ever, the suppression key does not change."""
    first = load(secret)
    second = rotate(secret, NOW)
    third = rotate(secret, NOW)
    assert second.tokens[1:] == first.tokens
    assert third.tokens[1:] == second.tokens
    assert len(set(third.tokens)) == 3
    assert third.suppression == first.suppression
    assert load(secret) == third
    assert mode(secret) == 0o600
    assert "since 2026-11-21" in secret.read_text(encoding="ascii")


def test_turning_keys_at_once_loses_none(secret: Path) -> None:
    """Each of the processes that do so adds its keys to those of the others."""
    load(secret)
    code = (
        "import sys, pathlib, datetime; from newsfeed.audience.keys import rotate;"
        "[rotate(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC)) for _ in range(9)]"
    )
    argv = [sys.executable, "-c", code, str(secret)]
    runs = [subprocess.Popen(argv) for _ in range(4)]
    assert [run.wait() for run in runs] == [0] * 4
    assert len(set(load(secret).tokens)) == 37


@pytest.mark.parametrize("loose", [0o644, 0o640, 0o604, 0o660, 0o601, 0o620])
def test_a_file_that_others_can_open_is_refused(secret: Path, loose: int) -> None:
    """S-30: whoever reads it can forge links; the message names the remedy."""
    load(secret)
    secret.chmod(loose)
    with pytest.raises(StoreError, match=f"read by others. run `chmod 600 {secret}`"):
        load(secret)


def damaged(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    at = text.index("token ") + 10
    flipped = "0" if text[at] != "0" else "1"
    other_order = [*lines[:-3], lines[-2], lines[-3], lines[-1]]
    return [
        "",
        "hello\n",
        text[:-5],
        text[: len(text) // 2],
        "".join(lines[:-1]),
        "".join(lines[:-2]),
        "".join(lines[:-2] + lines[-1:]),
        text[:at] + flipped + text[at + 1 :],
        text.replace("suppression", "token"),
        "".join(other_order),
        text + "token 00\n",
        text.replace("check ", "check  "),
    ]


@pytest.mark.parametrize("case", range(12))
def test_a_damaged_file_is_refused_whole(secret: Path, case: int) -> None:
    """A lost or mistyped key would silently kill links; so nothing is guessed."""
    load(secret)
    text = secret.read_text(encoding="ascii")
    secret.write_text(damaged(text)[case], encoding="ascii")
    with pytest.raises(StoreError, match=r"secret file is .* put back the copy") as caught:
        load(secret)
    assert str(caught.value).startswith(f"{secret}: ")
    with pytest.raises(StoreError):
        rotate(secret, NOW)
    assert secret.read_text(encoding="ascii") == damaged(text)[case]


@pytest.mark.parametrize(
    "lines",
    [
        ["token " + "1" * 64, "suppression " + "2" * 64],
        ["suppression " + "1" * 64],
        ["suppression " + "1" * 64, "token " + "2" * 62],
        ["suppression " + "1" * 64, "token " + "x" * 64],
        ["suppression " + "1" * 64, "token"],
        ["suppression " + "1" * 64, "token " + "2" * 64, "other " + "3" * 64],
    ],
)
def test_a_whole_file_with_other_words_is_refused(secret: Path, lines: list[str]) -> None:
    """What a later version may write is not half understood."""
    secret.parent.mkdir()
    check = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    secret.write_text("\n".join([*lines, f"check {check}\n"]), encoding="ascii")
    secret.chmod(0o600)
    with pytest.raises(StoreError, match="of this version"):
        load(secret)


@given(data=st.binary(max_size=200))
def test_no_other_file_is_taken_for_a_secret_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Whatever the bytes: one error, for people."""
    path = tmp_path_factory.mktemp("any") / "secret.key"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(StoreError):
        load(path)


def test_what_is_no_file_is_refused_and_not_waited_for(secret: Path) -> None:
    """A folder, and a pipe that nobody writes to."""
    secret.mkdir(parents=True)
    with pytest.raises(StoreError, match="is no file"):
        load(secret)
    secret.rmdir()
    os.mkfifo(secret, 0o600)
    with pytest.raises(StoreError, match="is no file"):
        load(secret)


def test_a_file_that_cannot_be_read_is_named(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys are made in its place."""
    load(secret)
    before = secret.read_bytes()

    def denied(*_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(StoreError, match="cannot be read: Permission denied"):
        load(secret)
    monkeypatch.undo()
    assert secret.read_bytes() == before


def test_a_place_that_cannot_hold_it_is_named(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "private").write_text("x", encoding="ascii")
    with pytest.raises(StoreError, match="private"):
        load(tmp_path / "private" / "secret.key")


def test_a_link_to_the_file_stays_a_link(secret: Path, tmp_path: Path) -> None:
    """Who keeps secrets elsewhere keeps them there when keys turn."""
    load(secret)
    link = tmp_path / "link.key"
    link.symlink_to(secret)
    assert rotate(link, NOW) == load(secret)
    assert link.is_symlink()


def test_a_crash_while_turning_keys_leaves_the_old_file(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is replaced as a whole or not at all."""
    before = load(secret)

    def full(_: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="cannot be written: No space left"):
        rotate(secret, NOW)
    assert load(secret) == before
    assert {path.name for path in secret.parent.iterdir()} == {"secret.key", "secret.key.lock"}


def test_keys_do_not_show_in_logs_or_tracebacks() -> None:
    """Neither as text nor in what rich draws."""
    keys = Keys(suppression=b"s" * 32, tokens=(b"t" * 32, b"u" * 32))
    shown = f"{keys!r} {keys} {pretty_repr(keys)} {[keys]}"
    for secret in ("sss", "ttt", "uuu", (b"s" * 32).hex()):
        assert secret not in shown


def test_the_hash_of_an_address_is_an_hmac_that_never_changes() -> None:
    """L-C-09: written down here, since stores keep it for ever."""
    assert address_hash(KEYS, "seoyeon@example.org") == "QmtRz0BoI5YBfhINaGnA0w"
    assert check_value(KEYS) == "iP1C1xaTDgfp9oHdo4hyNw"


@given(st.binary(min_size=32, max_size=32), st.emails(), st.emails())
def test_hashes_tell_addresses_and_installations_apart(
    other: bytes, one: str, another: str
) -> None:
    """22 characters for files and SQL, equal for equal addresses under one key only."""
    theirs = Keys(suppression=other, tokens=KEYS.tokens)
    found = address_hash(KEYS, one)
    assert len(found) == 22
    assert found.replace("-", "a").replace("_", "a").isalnum()
    assert (found == address_hash(KEYS, another)) == (one == another)
    assert (found == address_hash(theirs, one)) == (other == KEYS.suppression)
    assert (check_value(theirs) == check_value(KEYS)) == (other == KEYS.suppression)


def test_turning_keys_leaves_the_check_value_as_it_is(secret: Path) -> None:
    """The store knows its installation again."""
    before = check_value(load(secret))
    assert check_value(rotate(secret, NOW)) == before
