"""The words that people agree to, and what is kept of how they did."""

from __future__ import annotations

import ipaddress
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.evidence import cut_agent, cut_ip, person_name
from newsfeed.audience.wording import (
    ENGLISH,
    JAPANESE,
    KOREAN,
    Wording,
    wording_for,
    wording_of,
)

TITLE = "주간 {link} 브리핑"


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", KOREAN), ("ko-KR", KOREAN), ("ja", JAPANESE), ("en", ENGLISH), ("fr", ENGLISH)],
)
def test_words_are_in_the_language_or_english(language: str, words: Wording) -> None:
    assert wording_for(language) is words


@pytest.mark.parametrize("words", [KOREAN, ENGLISH, JAPANESE])
def test_the_version_is_of_the_exact_words(words: Wording) -> None:
    exact = words.titled("One")
    assert exact == exact.titled("anything else")
    assert "One" in exact.consent
    assert wording_of(exact.version, "One") == exact
    assert wording_of(exact.version, "Two") is None


@pytest.mark.parametrize("words", [KOREAN, ENGLISH, JAPANESE])
def test_braces_of_a_title_are_only_letters(words: Wording) -> None:
    exact = words.titled(TITLE)
    text = exact.letter(link="https://example.org/c/x", sender="{site}", site="https://s.example/")
    assert TITLE in exact.consent
    assert TITLE in exact.subject
    assert TITLE in text
    assert "https://example.org/c/x" in text.splitlines()
    assert "{site}" in text


@pytest.mark.parametrize("words", [KOREAN, ENGLISH, JAPANESE])
def test_a_mail_names_all_newsletters_that_were_asked_for(words: Wording) -> None:
    exact = words.titled("One")
    text = exact.letter(link="l", sender="s", site="x", others=["Two", "{link} Three"])
    assert exact.consent in text
    assert [ln for ln in text.splitlines() if ln.startswith("- ")] == ["- Two", "- {link} Three"]
    assert "- " not in exact.letter(link="l", sender="s", site="x")


@given(st.ip_addresses(v=4))
def test_of_an_ipv4_address_three_bytes_are_kept(ip: ipaddress.IPv4Address) -> None:
    network = ipaddress.ip_network(cut_ip(str(ip)))
    assert (ip in network, network.prefixlen) == (True, 24)
    assert cut_ip(f"::ffff:{ip}") == str(network)


@given(st.ip_addresses(v=6))
def test_of_an_ipv6_address_48_bits_are_kept(ip: ipaddress.IPv6Address) -> None:
    network = ipaddress.ip_network(cut_ip(str(ip)))
    if ip.ipv4_mapped is None:
        assert (ip in network, network.prefixlen) == (True, 48)


@given(st.text())
def test_what_is_no_address_is_not_kept(text: str) -> None:
    kept = cut_ip(text)
    assert kept == "" or ipaddress.ip_network(kept)
    assert cut_ip("fe80::1%eth0") == "fe80::/48"


@given(st.text())
def test_names_and_browsers_are_one_short_line(text: str) -> None:
    for kept in (cut_agent(text), person_name(text)):
        assert len(kept) <= 200
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in kept)
        assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        assert kept == kept.strip()
        kept.encode()


def test_a_name_is_kept_as_it_is_written() -> None:
    assert person_name("  {{ 7*7 }} <b>Ann</b>\r\nBcc: x ") == "{{ 7*7 }} <b>Ann</b> Bcc: x"
    assert person_name("é") == "é"
    assert len(person_name("가" * 5000)) == 200
