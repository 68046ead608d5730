"""What marks a letter that comes back: nobody but us can make it."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b32encode, urlsafe_b64decode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.keys import Keys
from newsfeed.audience.tokens import (
    Bounced,
    bounce_signer,
    bounce_token,
    leave_token,
    read_bounce_token,
    read_leave_token,
)

OLD = Keys(suppression=bytes(32), tokens=(b"1" * 32,))
TURNED = Keys(suppression=bytes(32), tokens=(b"3" * 32, b"2" * 32, b"1" * 32))
OTHER = Keys(suppression=bytes(32), tokens=(b"9" * 32,))
ID = "AAECAwQFBgcICQoLDA0ODw"
UUID_ID = str(UUID(int=0x1234567890ABCDEF1234567890ABCDEF))
EDITIONS = st.integers(0, (1 << 27) - 1)
IDS = st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True) | st.uuids().map(str)
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@given(edition=EDITIONS, public_id=IDS)
def test_a_bounce_token_gives_back_edition_and_person(edition: int, public_id: str) -> None:
    """Also where a server changed the case of its letters."""
    token = bounce_token(OLD, edition, public_id)
    said = Bounced(edition_id=edition, public_id=public_id)
    assert set(token) <= set(BASE32)
    assert read_bounce_token(OLD, token) == said
    assert read_bounce_token(OLD, token.upper()) == said


def test_it_is_the_same_at_each_try__e_s_09() -> None:
    assert bounce_token(OLD, 7, ID) == bounce_token(OLD, 7, ID) == bounce_signer(OLD, 7)(ID)


def test_its_signature_is_hmac_sha_256_of_what_it_says() -> None:
    """Computed here without the library: what comes back was signed by another version of us."""
    purpose = hmac.new(b"1" * 32, b"newsfeed: bounce", hashlib.sha256).digest()
    number = int.from_bytes(urlsafe_b64decode(f"{ID}AA"), "big") >> 12
    said = (7 << 132 | number).to_bytes(20, "big")
    whole = hmac.new(purpose, said, hashlib.sha256).digest()
    assert bounce_token(OLD, 7, ID) == b32encode(said + whole[:10]).decode().lower()


def test_every_key_that_ever_signed_still_verifies() -> None:
    token = bounce_token(OLD, 7, ID)
    assert read_bounce_token(TURNED, token) == Bounced(edition_id=7, public_id=ID)
    assert read_bounce_token(OTHER, token) is None
    assert bounce_token(TURNED, 7, ID) != token


@pytest.mark.parametrize("public_id", [ID, UUID_ID])
def test_one_changed_character_anywhere_is_refused__e_d_07(public_id: str) -> None:
    token = bounce_token(OLD, 7, public_id)
    for place, character in enumerate(token):
        other = BASE32[(BASE32.index(character) + 1) % 32]
        assert read_bounce_token(OLD, f"{token[:place]}{other}{token[place + 1 :]}") is None


HOSTILE = ["", "a" * 48, "a" * 47, "a" * 49, "A" * 1_000_000, "1" * 48, "\u212a" * 48, "\ud800"]


@pytest.mark.parametrize("token", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_bounce_tokens_are_refused_at_once(token: str) -> None:
    start = time.process_time()
    assert read_bounce_token(TURNED, token) is None
    assert read_bounce_token(TURNED, f"{bounce_token(OLD, 7, ID)}{token}\n") is None
    assert time.process_time() - start < 0.2


@given(st.text(max_size=60) | st.text(BASE32, min_size=48, max_size=48))
def test_no_text_is_a_bounce_token(text: str) -> None:
    assert read_bounce_token(OLD, text) is None


def test_a_mark_of_a_letter_opens_no_link_and_the_other_way_round() -> None:
    """S-06: each purpose has a key of its own."""
    bounce, leave = bounce_token(OLD, 7, ID), leave_token(OLD, "weekly", ID)
    assert read_leave_token(OLD, "weekly", bounce) is None
    assert read_bounce_token(OLD, leave) is None
    purpose = hmac.new(b"1" * 32, b"newsfeed: leave", hashlib.sha256).digest()
    said = (7 << 132).to_bytes(20, "big")
    forged = b32encode(said + hmac.new(purpose, said, hashlib.sha256).digest()[:10]).decode()
    assert read_bounce_token(OLD, forged) is None


@pytest.mark.parametrize(
    "public_id", ["", "a" * 21, "a" * 23, f"{ID}\n", "가" * 22, UUID_ID.upper()]
)
def test_no_mark_is_made_that_could_not_be_read(public_id: str) -> None:
    with pytest.raises(ValueError, match="no public id"):
        bounce_token(OLD, 7, public_id)


@pytest.mark.parametrize("edition", [-1, 1 << 27])
def test_no_edition_is_marked_that_could_not_be_read(edition: int) -> None:
    with pytest.raises(ValueError, match="no edition"):
        bounce_token(OLD, edition, ID)
