"""Envelope senders that tell which letter came back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.address import is_dot_atom_address
from newsfeed.audience.keys import Keys
from newsfeed.audience.tokens import bounce_token, read_bounce_token
from newsfeed.deliver.verp import LONGEST_TOKEN, checked_bounces, envelope_sender
from newsfeed.errors import SettingsError

KEYS = Keys(suppression=bytes(32), tokens=(b"1" * 32,))
IDS = st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True) | st.uuids().map(str)


@given(edition=st.integers(0, (1 << 27) - 1), public_id=IDS)
def test_an_envelope_sender_fits_and_names_its_letter__e_d_01(edition: int, public_id: str) -> None:
    """With the longest local part that the settings may have."""
    token = bounce_token(KEYS, edition, public_id)
    assert len(token) == LONGEST_TOKEN
    bounces = checked_bounces("bounces-of-news@Bounce.Example.org")
    found = envelope_sender(bounces, token)
    local, _, domain = found.partition("@")
    assert is_dot_atom_address(found)
    assert len(local) == 64
    assert domain == "bounce.example.org"
    said = read_bounce_token(KEYS, local.rpartition("+")[2])
    assert said is not None
    assert (said.edition_id, said.public_id) == (edition, public_id)


TOO_LONG = (
    "mail.bounces: the address is too long to carry the mark of a letter. "
    "write at most 15 characters before the `@`, and 189 after it"
)


def test_an_address_for_bounces_without_room_for_a_token_is_refused() -> None:
    assert checked_bounces("fifteen.letters@example.org")
    with pytest.raises(SettingsError) as caught:
        checked_bounces("sixteen.letters-@example.org")
    assert str(caught.value) == TOO_LONG


def test_so_is_one_that_would_be_too_long_as_a_whole() -> None:
    domain = ".".join(["a" * 60] * 3 + ["bb", "org"])
    assert len(domain) == 189
    assert checked_bounces(f"fifteen.letters@{domain}")
    with pytest.raises(SettingsError) as caught:
        checked_bounces(f"fifteen.letters@b{domain}")
    assert str(caught.value) == TOO_LONG


@pytest.mark.parametrize(
    "text", ["bounces", "a b@example.org", "b@localhost", "b@example.org\r\n."]
)
def test_what_is_no_address_is_refused_by_the_setting_s_name(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^mail\.bounces: this is no e-mail address"):
        checked_bounces(text)


@pytest.mark.parametrize("text", ["", "  "])
def test_without_an_address_for_bounces_there_is_none(text: str) -> None:
    assert checked_bounces(text) == ""
