"""The DNS record of a key: as it is written, and what is wrong with one that is published."""

from __future__ import annotations

import base64
import re

import dns.rdataclass
import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.dkim.record import (
    Complaint,
    Record,
    RecordError,
    complaints,
    name_of,
    parse,
    text_of,
    zone_entry,
)
from tests.deliver.dkim.kit import key

RSA, ED25519 = key("rsa"), key("ed25519")
TEXT = text_of("rsa", RSA.public)
BARE = base64.b64encode(RSA.public[24:]).decode()


def found(*texts: str) -> list[Complaint]:
    """What is wrong with what is published for the RSA key."""
    return list(complaints(texts, "rsa", RSA.public))


def test_an_ed25519_record_is_that_of_the_rfc() -> None:
    """RFC 8463 appendix A.2."""
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    wanted = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    assert text_of("ed25519", public) == wanted


@pytest.mark.parametrize("one", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_a_zone_file_gives_the_text_back_in_strings_of_255_octets__e_a_07(one: object) -> None:
    """As a name server reads it (RFC 1035 section 5.1)."""
    text = TEXT if one is RSA else text_of("ed25519", ED25519.public)
    entry = zone_entry(name_of("nf1", "example.org"), text)
    zone = dns.zone.from_text(f"$TTL 60\n{entry}\n", "example.org", check_origin=False)
    (rdata,) = zone.find_rdataset("nf1._domainkey", dns.rdatatype.TXT)
    assert b"".join(rdata.strings).decode() == text
    assert all(len(string) <= 255 for string in rdata.strings)
    assert max(map(len, re.findall('"([^"]*)"', entry))) <= 255


def test_what_we_print_is_read_without_a_complaint() -> None:
    assert parse(TEXT) == Record(algorithm="rsa", public=RSA.public)
    assert found(TEXT) == []
    text = text_of("ed25519", ED25519.public)
    assert list(complaints([text], "ed25519", ED25519.public)) == []


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("; ", " ;  "),
        TEXT.replace("p=MIIB", "p= MI\tIB "),
        TEXT.removeprefix("v=DKIM1; ") + ";",
        TEXT.replace("k=rsa; ", "h=sha1:sha256; s=email ; t=s; n=a note; new_1=x; "),
        f"v=DKIM1; p={BARE}",
    ],
    ids=["spaces", "folded key", "no version", "more tags", "bare RSA key"],
)
def test_other_ways_to_write_it_are_as_good(text: str) -> None:
    """RFC 6376 sections 3.2 and 3.6.1."""
    assert found(text) == []


WRONG = [
    (text_of("rsa", key("rsa", 1).public), "holds another key"),
    (text_of("ed25519", ED25519.public), "is for ed25519, and the key is for rsa"),
    ("v=DKIM1; p=", "is revoked in DNS"),
    (TEXT + "; h=sha1", "allows no sha256"),
    (TEXT + "; s=tlsrpt", "is not for mail"),
    ("v=spf1 -all", "does not begin with v=DKIM1"),
    ("v=DKIM2; p=AAAA", "does not begin with v=DKIM1"),
    (TEXT.removeprefix("v=DKIM1; ") + "; v=DKIM1", "does not begin with v=DKIM1"),
    ("v=DKIM1; k=rsa", "it has no p="),
    ("v=DKIM1; p=%%", "p= is not base64"),
    ("v=DKIM1; p=AAA", "p= is not base64"),
    (TEXT + "; p=", "or is there twice"),
    ("hello", "is no tag with a value"),
    ("", "is no tag with a value"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=[problem for _, problem in WRONG])
def test_what_is_wrong_with_a_record_is_said(text: str, problem: str) -> None:
    (complaint,) = found(text)
    assert problem in complaint.problem
    assert complaint.remedy
    assert not complaint.warning


def test_no_record_and_two_records_are_wrong() -> None:
    assert "no such record" in found()[0].problem
    assert "2 records" in found(TEXT, TEXT)[0].problem


def test_a_test_mode_is_only_a_warning() -> None:
    (complaint,) = found(TEXT + "; t=y:s")
    assert "t=y" in complaint.problem
    assert complaint.warning


@given(st.text(max_size=80) | st.text("vkpths=;: \tDKIM1rsa", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(parse(text), Record)
    except RecordError as error:
        assert error.problem
