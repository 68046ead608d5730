"""Links that only we can make, and that open one thing each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.keys import Keys
from newsfeed.audience.tokens import (
    PREFERENCES_WITHIN,
    Confirmation,
    Preferring,
    confirm_token,
    confirm_url,
    form_stamp,
    leave_signer,
    leave_token,
    leave_url,
    new_public_id,
    new_public_ids,
    preferences_token,
    preferences_url,
    read_confirm_token,
    read_form_stamp,
    read_leave_token,
    read_preferences_token,
)

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = Keys(suppression=bytes(32), tokens=(b"1" * 32,))
TURNED = Keys(suppression=bytes(32), tokens=(b"2" * 32, b"1" * 32))
TURNED_TWICE = Keys(suppression=bytes(32), tokens=(b"3" * 32, b"2" * 32, b"1" * 32))
OTHER = Keys(suppression=bytes(32), tokens=(b"9" * 32,))
ID = "AAECAwQFBgcICQoLDA0ODw"
UUID_ID = str(UUID(int=0x1234567890ABCDEF1234567890ABCDEF))
IDS = st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True)
WORDINGS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
HOSTILE = [
    "",
    ".",
    "\x00",
    ID,
    f"{ID}.",
    f".{'A' * 22}",
    f"{ID}.{'A' * 22}",
    f"{ID}.{'가' * 22}",
    f"{ID}.{'A' * 21}=",
    f"{ID}.{'A' * 22}\n",
    f"../../{ID}.{'A' * 22}",
    "a" * 1_000_000,
    f"{ID}.{'A' * 1_000_000}",
    "." * 1_000_000,
    "\ud800",
    f"{ID}.ko-1.{'9' * 11}.{'A' * 22}",
    f"{ID}.ko-1.-1.{'A' * 22}",
    f"{ID}.ko-1.٣.{'A' * 22}",
]


def test_a_leave_token_gives_back_who_it_was_made_for() -> None:
    """45 characters, so that the header stays on one line (E-P-01)."""
    token = leave_token(OLD, "weekly", ID)
    assert len(token) == 45
    assert token.startswith(f"{ID}.")
    assert read_leave_token(OLD, "weekly", token) == ID


def test_ids_of_other_programs_make_tokens_too() -> None:
    """An imported UUID stands as it is."""
    token = leave_token(OLD, "weekly", UUID_ID)
    assert read_leave_token(OLD, "weekly", token) == UUID_ID


def test_a_signature_is_hmac_sha_256_of_purpose_newsletter_and_id() -> None:
    """Computed here without the library: links that were sent must work for ever."""
    purpose = hmac.new(b"1" * 32, b"newsfeed: leave", hashlib.sha256).digest()
    whole = hmac.new(purpose, f"weekly/{ID}".encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(whole[:16]).decode().rstrip("=")
    assert leave_token(OLD, "weekly", ID) == f"{ID}.{signature}"


def test_each_purpose_has_a_key_of_its_own() -> None:
    """S-06: even if two kinds of tokens said the same, one signature would not fit the other."""
    purpose = hmac.new(b"1" * 32, b"newsfeed: confirm", hashlib.sha256).digest()
    said = f"{ID}.ko-1.{int(NOW.timestamp())}"
    whole = hmac.new(purpose, f"weekly/{said}".encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(whole[:16]).decode().rstrip("=")
    assert confirm_token(OLD, "weekly", ID, "ko-1", NOW) == f"{said}.{signature}"


def test_a_leave_token_outlives_every_turn_of_the_keys() -> None:
    """S-07: the old key still verifies, and the newest one signs."""
    token = leave_token(OLD, "weekly", ID)
    assert read_leave_token(TURNED, "weekly", token) == ID
    assert read_leave_token(TURNED_TWICE, "weekly", token) == ID
    assert leave_token(TURNED_TWICE, "weekly", ID) != token
    assert read_leave_token(OTHER, "weekly", token) is None
    assert read_leave_token(OLD, "weekly", leave_token(TURNED, "weekly", ID)) is None


def test_a_confirm_token_says_who_agreed_to_what_and_when() -> None:
    """L-C-03: bound to the person, the newsletter and the version of the words."""
    token = confirm_token(OLD, "weekly", ID, "ko-1.2", NOW)
    assert read_confirm_token(OLD, "weekly", token, NOW + HOUR) == Confirmation(
        public_id=ID, wording="ko-1.2", issued=NOW
    )


@pytest.mark.parametrize(
    ("passed", "is_good"),
    [
        (timedelta(0), True),
        (timedelta(hours=72), True),
        (timedelta(hours=72, seconds=1), False),
        (timedelta(days=3650), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
    ],
)
def test_a_confirm_token_works_for_72_hours(passed: timedelta, is_good: bool) -> None:
    """Not longer, and not from the future but for clocks that differ a little."""
    token = confirm_token(OLD, "weekly", ID, "ko-1", NOW)
    assert (read_confirm_token(OLD, "weekly", token, NOW + passed) is not None) == is_good


def test_a_confirm_token_dies_when_keys_turn_twice() -> None:
    """S-07: one turn does not break links on their way; two do."""
    token = confirm_token(OLD, "weekly", ID, "ko-1", NOW)
    assert read_confirm_token(TURNED, "weekly", token, NOW)
    assert read_confirm_token(TURNED_TWICE, "weekly", token, NOW) is None
    assert read_confirm_token(OTHER, "weekly", token, NOW) is None


def test_a_token_opens_nothing_but_its_own_newsletter_and_purpose() -> None:
    """S-06: a link out is no link in, nor the other way round, nor for another newsletter."""
    leave, confirm = leave_token(OLD, "weekly", ID), confirm_token(OLD, "weekly", ID, "ko-1", NOW)
    assert read_leave_token(OLD, "daily", leave) is None
    assert read_confirm_token(OLD, "daily", confirm, NOW) is None
    assert read_confirm_token(OLD, "weekly", leave, NOW) is None
    assert read_leave_token(OLD, "weekly", confirm) is None
    said, _, signature = confirm.rpartition(".")
    for mixed in (f"{ID}.{signature}", f"{said}.{leave[-22:]}", f"{said}.{leave}"):
        assert read_leave_token(OLD, "weekly", mixed) is None
        assert read_confirm_token(OLD, "weekly", mixed, NOW) is None


def test_a_name_with_a_slash_is_not_taken_for_another_newsletter() -> None:
    """What is signed has one reading only."""
    inner = leave_token(OLD, "a", ID)
    assert read_leave_token(OLD, f"a/{ID}", inner) is None
    assert read_leave_token(OLD, "a/b", leave_token(OLD, "a/b", ID)) == ID
    assert read_leave_token(OLD, "b", leave_token(OLD, "a/b", ID)) is None


@pytest.mark.parametrize("bit", range(8))
def test_one_changed_bit_anywhere_is_refused(bit: int) -> None:
    """Also in the last character, where base64 has several spellings for the same bytes."""
    leave, confirm = leave_token(OLD, "weekly", ID), confirm_token(OLD, "weekly", ID, "ko-1", NOW)
    for token in (leave, confirm):
        for place, character in enumerate(token):
            changed = f"{token[:place]}{chr(ord(character) ^ 1 << bit)}{token[place + 1 :]}"
            assert read_leave_token(OLD, "weekly", changed) is None
            assert read_confirm_token(OLD, "weekly", changed, NOW) is None


@pytest.mark.parametrize("token", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_tokens_are_refused_at_once(token: str) -> None:
    """Acceptance 10: whatever a stranger sends, it is None in no time."""
    start = time.process_time()
    assert read_leave_token(TURNED_TWICE, "weekly", token) is None
    assert read_confirm_token(TURNED_TWICE, "weekly", token, NOW) is None
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize("newsletter", ["", "\x00", "\ud800", "한", "../x", "w" * 1_000_000])
def test_hostile_names_in_an_address_are_refused_at_once(newsletter: str) -> None:
    """The newsletter's name comes from the same stranger as the token."""
    start = time.process_time()
    leave, confirm = leave_token(OLD, "weekly", ID), confirm_token(OLD, "weekly", ID, "ko-1", NOW)
    assert read_leave_token(TURNED_TWICE, newsletter, leave) is None
    assert read_confirm_token(TURNED_TWICE, newsletter, confirm, NOW) is None
    assert time.process_time() - start < 0.2


@given(newsletter=st.text(max_size=50), token=st.text(max_size=120))
def test_no_text_is_a_token(newsletter: str, token: str) -> None:
    """Nor an error."""
    assert read_leave_token(OLD, newsletter, token) is None
    assert read_confirm_token(OLD, newsletter, token, NOW) is None


@given(
    public_id=IDS,
    newsletter=st.text(max_size=20),
    wording=WORDINGS,
    seconds=st.floats(min_value=1, max_value=9e9),
)
def test_every_token_that_is_made_is_read(
    public_id: str, newsletter: str, wording: str, seconds: float
) -> None:
    """Any id, name, version and time, to the second; and it fits into an address."""
    moment = datetime.fromtimestamp(seconds, UTC)
    leave = leave_token(OLD, newsletter, public_id)
    assert read_leave_token(OLD, newsletter, leave) == public_id
    token = confirm_token(OLD, newsletter, public_id, wording, moment)
    read = read_confirm_token(OLD, newsletter, token, moment)
    issued = moment.replace(microsecond=0)
    assert read == Confirmation(public_id=public_id, wording=wording, issued=issued)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", leave + token)


def test_many_tokens_of_one_newsletter_are_the_same_as_single_ones() -> None:
    """The quick way for a sender signs nothing else."""
    sign = leave_signer(TURNED, "weekly")
    for public_id in (ID, UUID_ID):
        assert sign(public_id) == leave_token(TURNED, "weekly", public_id)


@pytest.mark.parametrize("public_id", ["", "a" * 15, "a" * 65, f"{ID}\n", f"{ID}.x", "가" * 22])
def test_no_token_is_made_that_could_not_be_read(public_id: str) -> None:
    """A broken link in a letter cannot be called back."""
    with pytest.raises(ValueError, match="no public id"):
        leave_token(OLD, "weekly", public_id)
    with pytest.raises(ValueError, match="no public id"):
        confirm_token(OLD, "weekly", public_id, "ko-1", NOW)


@pytest.mark.parametrize("wording", ["", "a b", "a/b", "a" * 65, ".a", "한"])
def test_no_version_is_signed_that_could_not_be_read(wording: str) -> None:
    """Neither one that would not stand in an address."""
    with pytest.raises(ValueError, match="no version"):
        confirm_token(OLD, "weekly", ID, wording, NOW)


def test_a_public_id_is_128_random_bits_for_an_address() -> None:
    """S-06: no two alike, and nothing to be guessed from one."""
    assert new_public_id(lambda size: bytes(range(size))) == ID
    found = {new_public_id() for _ in range(1000)}
    assert len(found) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", one) for one in found)


def test_ids_for_millions_are_ids_like_any_other() -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return os.urandom(size)

    found = list(islice(new_public_ids(random), 5_000))
    assert len(set(found)) == 5_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", id_) for id_ in found)
    assert sum(asked) >= 5_000 * 16, "every id has 128 random bits of its own"


def test_the_addresses_hold_newsletter_and_token() -> None:
    """Short ones, below the server's own."""
    assert leave_url("https://news.example.org", "weekly", "t.s") == (
        "https://news.example.org/u/weekly/t.s"
    )
    assert confirm_url("https://news.example.org", "weekly", "t.s") == (
        "https://news.example.org/c/weekly/t.s"
    )


@given(IDS)
def test_a_preferences_token_says_whose_they_are_for_24_hours__s_27(public_id: str) -> None:
    token = preferences_token(OLD, public_id, NOW)
    for passed in (timedelta(0), PREFERENCES_WITHIN):
        said = read_preferences_token(OLD, token, NOW + passed)
        assert said == Preferring(public_id=public_id, issued=NOW)
    late = NOW + PREFERENCES_WITHIN + timedelta(seconds=1)
    assert read_preferences_token(OLD, token, late) is None
    assert read_preferences_token(OLD, token, NOW - HOUR) is None
    assert read_preferences_token(TURNED, token, NOW) is not None
    assert read_preferences_token(TURNED_TWICE, token, NOW) is None
    assert read_preferences_token(OTHER, token, NOW) is None
    assert preferences_url("https://x.example", token).startswith("https://x.example/p/")


@given(st.integers(1, 9_999_999_999))
def test_a_stamp_says_when_its_form_was_shown(seconds: int) -> None:
    shown = datetime.fromtimestamp(seconds, UTC)
    stamp = form_stamp(OLD, shown + timedelta(milliseconds=999))
    assert read_form_stamp(OLD, stamp) == shown
    assert read_form_stamp(TURNED, stamp) is not None
    assert read_form_stamp(TURNED_TWICE, stamp) is None
    for other in (f"1{stamp}", stamp[:-1], f"{stamp}A", stamp.replace(".", "")):
        assert read_form_stamp(OLD, other) is None


@pytest.mark.parametrize("token", HOSTILE)
def test_hostile_links_to_preferences_and_stamps_are_refused_at_once(token: str) -> None:
    begin = time.process_time()
    assert read_preferences_token(OLD, token, NOW) is None
    assert read_form_stamp(OLD, token) is None
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize("public_id", ["", "short", "a/b" * 8, "a.b" * 8, f"{ID}\n"])
def test_no_preferences_token_is_made_that_could_not_be_read(public_id: str) -> None:
    with pytest.raises(ValueError, match="no public id"):
        preferences_token(OLD, public_id, NOW)
