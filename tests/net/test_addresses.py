"""Which addresses a request may go to (standards S-10)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.net.addresses import may_reach

PUBLIC = ["8.8.8.8", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2606:4700::1111"]
CLOSED = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",  # IPv4 in disguise, whichever
    "::8.8.8.8",
    "64:ff9b::8.8.8.8",  # NAT64
    "64:ff9b:1::1",
    "2002:0808:0808::1",  # 6to4
    "2001:0:808:808::1",  # Teredo
    "2001:db8::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "no address",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert may_reach(address, "public")


@pytest.mark.parametrize("address", CLOSED)
def test_all_others_may_not(address: str) -> None:
    assert not may_reach(address, "public")


@pytest.mark.parametrize("address", CLOSED)
def test_leave_for_this_machine_is_leave_for_nothing_else(address: str) -> None:
    assert may_reach(address, "loopback") is (address in {"127.0.0.1", "::1"})


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: object) -> None:
    """Python's own table is another reading of the same registries."""
    ip = ip_address(str(address))
    if ip.is_private or ip.is_multicast or ip.is_reserved or ip.is_link_local:
        assert not may_reach(str(ip), "public")
