"""DNS is asked, over the loopback, and tells what there is, what there is not, or nothing."""

from __future__ import annotations

import socket

import pytest

from newsfeed.deliver.dkim.published import DnsSilentError, NameServer, name_server, texts
from tests.deliver.dkim import name_server as loopback

NAME = "nf1._domainkey.example.org"


def test_the_strings_of_a_record_come_joined__e_a_07() -> None:
    text = "v=DKIM1; p=" + "A" * 600
    with loopback.name_server({NAME: [text, "another"]}) as server:
        assert sorted(texts(NAME, server=server)) == ["another", text]


@pytest.mark.parametrize("records", [{}, {NAME: []}], ids=["no name", "no TXT"])
def test_no_record_is_an_answer(records: dict[str, list[str]]) -> None:
    with loopback.name_server(records) as server:
        assert texts(NAME, server=server) == ()


def test_a_server_that_fails_is_no_answer() -> None:
    with (
        loopback.name_server({NAME: ["v=DKIM1; p="]}, fails=True) as server,
        pytest.raises(DnsSilentError, match=f"{NAME}: DNS could not be asked"),
    ):
        texts(NAME, server=server)


def test_silence_is_not_waited_for_longer_than_asked() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        server = NameServer(*deaf.getsockname())
        with pytest.raises(DnsSilentError, match=r"no answer within 0\.2 seconds"):
            texts(NAME, server=server, patience=0.2)


def test_a_name_that_cannot_be_is_no_answer() -> None:
    with loopback.name_server({}) as server, pytest.raises(DnsSilentError):
        texts("a" * 64 + ".example.org", server=server)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", NameServer("192.0.2.1", 53)),
        ("192.0.2.1:5353", NameServer("192.0.2.1", 5353)),
        ("2001:db8::1", NameServer("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", NameServer("2001:db8::1", 5353)),
        ("[2001:db8::1]", NameServer("2001:db8::1", 53)),
    ],
)
def test_a_name_server_is_an_address_with_or_without_a_port(text: str, server: NameServer) -> None:
    assert name_server(text) == server


@pytest.mark.parametrize("text", ["", "ns.example.org", "192.0.2.1:0", "192.0.2.1:65536", ":53"])
def test_other_texts_are_no_name_server(text: str) -> None:
    with pytest.raises(ValueError, match="is no IP address"):
        name_server(text)
