"""The keys in the settings: which of them sign a letter, and what is said of their records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.deliver.dkim import keyfile, record
from newsfeed.deliver.dkim.keyfile import Algorithm
from newsfeed.deliver.dkim.published import DnsSilentError
from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.plan import Plan
from newsfeed.flows.signing import announced, check_published, new_key, signature_of
from tests.deliver.dkim.kit import NOW, verified
from tests.kit import NEWSLETTER, SETTINGS, Site

MESSAGE = b"From: news@example.org\r\n\r\nbody\r\n"
MONTH = datetime(2026, 11, 20, tzinfo=UTC)


def planned(folder: Path, *keys: tuple[str, str, Algorithm], make: bool = True) -> Plan:
    """A plan whose settings name keys by domain, selector and algorithm."""
    tables = "".join(
        f'[[mail.dkim]]\ndomain = "{domain}"\nselector = "{selector}"\n'
        f'key_file = ".newsfeed/{number}.pem"\n'
        for number, (domain, selector, _) in enumerate(keys)
    )
    plan = Site(folder / "site", SETTINGS + NEWSLETTER + tables).plan()
    for number, (_, _, algorithm) in enumerate(keys):
        if make:
            keyfile.make(plan.private / f"{number}.pem", algorithm)
    return plan


def published(plan: Plan) -> dict[str, str]:
    """What DNS holds once all is as it should be."""
    return {one.name: one.text for one in announced(plan)}


def check(plan: Plan, records: dict[str, str]) -> list[str]:
    """What is wrong where DNS holds `records`; warnings are marked."""
    found = check_published(plan, lambda name: (records[name],) if name in records else ())
    return [f"warning: {one}" if one.warning else str(one) for one in found]


@pytest.mark.parametrize("sender", ["example.org", "news.example.org", "EXAMPLE.ORG."])
def test_keys_of_the_domain_and_of_those_above_sign__e_a_05(sender: str, tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        ("Example.org", "a", "ed25519"),
        ("ample.org", "b", "ed25519"),
        ("a.example.org", "c", "ed25519"),
    )
    sign = signature_of(plan, sender)
    assert sign is not None
    header = sign(MESSAGE, NOW)
    assert header.count(b"DKIM-Signature") == 1
    assert b"d=example.org; s=a;" in header.replace(b"\r\n", b"")
    assert verified(header + MESSAGE, published=published(plan)) == [True]


def test_two_keys_give_two_signatures__e_a_03(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.org", "a", "rsa"), ("example.org", "b", "ed25519"))
    sign = signature_of(plan, "example.org")
    assert sign is not None
    assert verified(sign(MESSAGE, NOW) + MESSAGE, published=published(plan)) == [True, True]


def test_an_international_domain_is_signed_as_it_stands_in_addresses(tmp_path: Path) -> None:
    domain = "뉴스.example".encode("idna")
    plan = planned(tmp_path, ("뉴스.example", "a", "ed25519"))
    sign = signature_of(plan, domain.decode())
    assert domain.startswith(b"xn--")
    assert sign is not None
    assert b"d=%b;" % domain in sign(MESSAGE, NOW)


def test_without_keys_nothing_signs(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert signature_of(plan, "example.org") is None
    assert check_published(plan) == []
    assert announced(plan) == []


def test_keys_for_other_domains_alone_are_an_error(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.net", "a", "ed25519"), ("news.example.org", "b", "ed25519"))
    with pytest.raises(SettingsError, match="no DKIM key is for example") as caught:
        signature_of(plan, "example.org")
    assert caught.value.remedy == "run `newsfeed dkim new --domain example.org`"


def test_a_key_that_is_missing_is_an_error(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.org", "a", "rsa"), make=False)
    for use in (lambda: signature_of(plan, "example.org"), lambda: check_published(plan)):
        with pytest.raises(SettingsError, match="the DKIM key is not there"):
            use()


@pytest.mark.parametrize(
    ("domain", "selector", "problem"),
    [
        ("localhost", "a", "is none that mail comes from"),
        ("exa mple.org", "a", "is none that mail comes from"),
        ("example.org", "a b", "is no selector"),
        ("example.org", "-a", "is no selector"),
        ("example.org", "a" * 64, "is no selector"),
        ("example.org", "a..b", "is no selector"),
        ("example.org", ".".join(["a" * 60] * 4), "is too long for DNS"),
    ],
)
def test_names_that_cannot_be_in_dns_are_refused(
    domain: str, selector: str, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=problem) as caught:
        planned(tmp_path, (domain, selector, "rsa"), make=False)
    assert caught.value.where == "mail.dkim"


def test_one_name_for_two_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is there twice"):
        planned(tmp_path, ("example.org", "a", "rsa"), ("EXAMPLE.org", "A", "ed25519"), make=False)


def test_what_is_published_as_shown_is_right__e_a_07(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.org", "a", "rsa"), ("example.org", "b", "ed25519"))
    assert check(plan, published(plan)) == []


def test_each_key_is_compared_with_its_own_record__e_a_07(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.org", "a", "rsa"), ("example.org", "b", "ed25519"))
    right = published(plan)
    swapped = dict(zip(right, reversed(right.values()), strict=True))
    missing, other = check(plan, {"b._domainkey.example.org": swapped["b._domainkey.example.org"]})
    assert missing.startswith("a._domainkey.example.org: there is no such record in DNS")
    assert other.startswith("b._domainkey.example.org: the record in DNS is for rsa")


def test_silent_dns_is_a_warning(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.org", "a", "rsa"))

    def silent(name: str) -> tuple[str, ...]:
        raise DnsSilentError("no answer", where=name, remedy="try again")

    (found,) = check_published(plan, silent)
    assert found.warning
    assert str(found) == "a._domainkey.example.org: no answer. try again"


def test_ed25519_alone_is_a_warning__e_a_03(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("example.org", "a", "ed25519"), ("example.net", "b", "rsa"))
    (found,) = check(plan, published(plan))
    assert found.startswith("warning: example.org: only ed25519 signs its letters")


def test_a_new_selector_tells_its_month_and_kind(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    rsa = new_key(plan, domain="", selector="", algorithm="rsa", now=MONTH)
    second = new_key(plan, domain="", selector="", algorithm="ed25519", now=MONTH)
    assert [rsa.name, second.name] == [
        "nf202611._domainkey.example.org",
        "nf202611e._domainkey.example.org",
    ]
    assert [rsa.file, second.file] == [
        plan.private / "dkim-nf202611.pem",
        plan.private / "dkim-nf202611e.pem",
    ]
    assert rsa.text == record.text_of("rsa", keyfile.load(rsa.file).public)
    assert not rsa.configured


def test_missing_keys_are_made_where_the_settings_name_them(tmp_path: Path) -> None:
    """One at a time, or the one that is meant."""
    keys: list[tuple[str, str, Algorithm]] = [
        ("example.org", "a", "rsa"),
        ("뉴스.example", "b", "rsa"),
        ("example.org", "c", "rsa"),
    ]
    plan = planned(tmp_path, *keys, make=False)
    wishes = (("", "c"), ("뉴스.example", ""), ("", ""))
    made = [
        new_key(plan, domain=domain, selector=selector, algorithm="ed25519", now=MONTH)
        for domain, selector in wishes
    ]
    assert [one.selector for one in made] == ["c", "b", "a"]
    assert all(one.configured for one in made)
    assert [one.file.name for one in made] == ["2.pem", "1.pem", "0.pem"]


def test_the_domain_has_to_be_clear(tmp_path: Path) -> None:
    other = NEWSLETTER.replace('"weekly"', '"daily"').replace("example.org", "example.net")
    for settings, problem in (
        (SETTINGS, "there is no newsletter yet"),
        (SETTINGS + NEWSLETTER + other, "letters come from example.net, example.org"),
    ):
        plan = Site(tmp_path / problem[-1], settings).plan()
        with pytest.raises(UsageError, match=problem):
            new_key(plan, domain="", selector="", algorithm="rsa", now=MONTH)
