"""Names and addresses, read as strictly as the strictest receiver reads them."""

from __future__ import annotations

from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.address import AddressError, parse_address
from newsfeed.digest.mailbox import Mailbox, checked_address, parse_mailbox
from newsfeed.errors import SettingsError

WHERE = "config.toml: newsletters.weekly.from"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("한반도 브리핑 <news@example.org>", "한반도 브리핑", "news@example.org"),
        ('"The Weekly" <news@example.org>', "The Weekly", "news@example.org"),
        ("  news@example.org ", "", "news@example.org"),
        ("<a.b+c@mail.example.org>", "", "a.b+c@mail.example.org"),
        ("St. Mary (news) <x@news.xn--3e0b707e>", "St. Mary (news)", "x@news.xn--3e0b707e"),
        ("한반도 브리핑 <News@한국.KR>", "한반도 브리핑", "News@xn--3e0b707e.kr"),
    ],
)
def test_a_name_with_an_address_is_read(text: str, name: str, address: str) -> None:
    """The form of the settings, quoted or not, and an address alone."""
    assert parse_mailbox(text) == Mailbox(name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "a b c",
        "Name <>",
        "<a@b>c",
        "a@b.com,c@d.com",
        '"a@b.com"@evil.example',
        "<@relay.example:a@b.example>",
        "Group: a@example.org;",
        "a..b@example.org",
        ".a@example.org",
        "a@-example.org",
        "a@example..org",
        "a (comment)@example.org",
        "a@[127.0.0.1]",
        "a@localhost",
        "a@example.org.",
        "사람@example.org",
        "user%other.example@example.org",
        "Name <news@example.org> x",
        "Evil, <x@evil.example> <news@example.org>",
        "x@evil.example <news@example.org>",
        "a: b <news@example.org>",
        "a\\b <news@example.org>",
        "a\r\nBcc: x <news@example.org>",
        "a\u202eb <news@example.org>",
        "news@example.org\r\nBcc:x@example.com",
        f"{'n' * 201} <news@example.org>",
        f"{'n' * 65}@example.org",
    ],
)
def test_what_two_programs_could_read_differently_is_refused(text: str) -> None:
    """S-01, S-02, E-P-02: no comments, groups, routes, quotes, second addresses or controls."""
    with pytest.raises(SettingsError) as caught:
        parse_mailbox(text, where=WHERE)
    assert str(caught.value).startswith(f"{WHERE}: ")
    assert len(str(caught.value).splitlines()) == 1


def test_an_international_domain_is_taken_in_its_ascii_form() -> None:
    """E-P-05: `한국.kr` in a header would become an encoded-word inside the address."""
    assert checked_address("news@한국.kr") == "news@xn--3e0b707e.kr"


@given(st.one_of(st.emails(), st.text(max_size=30)))
def test_who_can_subscribe_can_send_and_nobody_else(text: str) -> None:
    """S-02: one parser for validation and for what stands on the wire."""
    try:
        address = parse_address(text).address
    except AddressError:
        with pytest.raises(SettingsError):
            checked_address(text)
    else:
        assert checked_address(text) == address


@given(st.text(max_size=40))
def test_what_is_read_means_the_same_to_the_standard_library(text: str) -> None:
    """Whatever passes here is one address for another parser, too, and the same one."""
    try:
        box = parse_mailbox(f"{text} <news@example.org>")
    except SettingsError:
        return
    assert getaddresses([f'"{box.name}" <{box.address}>']) == [(box.name, "news@example.org")]
