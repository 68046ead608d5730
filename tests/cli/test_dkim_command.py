"""`newsfeed dkim`, by the real command line and a name server on the loopback."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from newsfeed.deliver.dkim import keyfile
from tests.deliver.dkim.name_server import Records, name_server
from tests.kit import NEWSLETTER, SETTINGS, Site

NAME = "news._domainkey.example.org"
ENTRY = '[[mail.dkim]]\ndomain = "example.org"\nselector = "news"\n'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose letters come from example.org and go unsigned."""
    return Site(tmp_path / "site", SETTINGS + NEWSLETTER)


@pytest.fixture
def signed(site: Site) -> Site:
    """The same with a key."""
    site.configure(SETTINGS + NEWSLETTER + ENTRY)
    keyfile.make(site.folder / ".newsfeed" / "dkim.pem", "rsa")
    return site


def value(site: Site) -> str:
    """The record that is to be published."""
    text: str = json.loads(site.run("dkim", "show", "--json").stdout)[0]["text"]
    return text


def check(site: Site, records: Records, *words: str) -> tuple[int, str, str]:
    """What `dkim check` does where DNS holds `records`."""
    with name_server(records) as server:
        done = site.run("dkim", "check", "--server", f"{server.address}:{server.port}", *words)
    return done.returncode, done.stdout, done.stderr


def test_a_new_key_comes_with_its_record_and_the_settings_to_add(site: Site) -> None:
    done = site.run("dkim", "new")
    assert done.returncode == 0, done.stderr
    (file,) = (site.folder / ".newsfeed").glob("dkim-nf*.pem")
    selector = file.stem.removeprefix("dkim-")
    assert re.fullmatch(r"nf20\d{4}", selector)
    assert done.stdout.startswith(f".newsfeed/{file.name}: rsa, 2048 bits, for example.org: made\n")
    entry = "\n".join(
        line for line in done.stdout.splitlines() if re.match(r"  (\[\[|[a-z_]+ = )", line)
    )
    assert tomllib.loads(entry)["mail"]["dkim"] == [
        {"domain": "example.org", "selector": selector, "key_file": f".newsfeed/{file.name}"}
    ]
    site.configure(f"{SETTINGS}{NEWSLETTER}{entry}\n")
    assert check(site, {f"{selector}._domainkey.example.org": [value(site)]})[0] == 0
    assert value(site) in done.stdout
    assert (site.folder / ".newsfeed" / ".gitignore").read_text() == "*\n"


def test_a_key_that_the_settings_name_is_made_there(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + ENTRY)
    done = site.run("dkim", "show")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "is not there. copy it from where it was, or run `newsfeed dkim new` for another\n"
    )
    done = site.run("dkim", "new")
    assert done.stdout.startswith(".newsfeed/dkim.pem: rsa, 2048 bits, for example.org: made\n")
    assert "[[mail.dkim]]" not in done.stdout
    assert site.run("dkim", "show").returncode == 0


def test_a_second_key_may_be_ed25519(signed: Site) -> None:
    words = ("--algorithm", "ed25519", "--selector", "news2", "--json")
    told = json.loads(signed.run("dkim", "new", *words).stdout)
    assert told["file"] == str(signed.folder / ".newsfeed" / "dkim-news2.pem")
    assert told["name"] == "news2._domainkey.example.org"
    assert told["text"].startswith("v=DKIM1; k=ed25519; p=")


def test_no_key_is_written_over(signed: Site) -> None:
    before = (signed.folder / ".newsfeed" / "dkim.pem").read_bytes()
    done = signed.run("dkim", "new", "--selector", "news")
    assert done.returncode == 2
    assert "the settings have such a key, and it is not written over" in done.stderr
    assert signed.run("dkim", "new", "--selector", "other").returncode == 0
    done = signed.run("dkim", "new", "--selector", "other")
    assert done.returncode == 2
    assert "is there already, and is not written over" in done.stderr
    assert (signed.folder / ".newsfeed" / "dkim.pem").read_bytes() == before


def test_the_records_of_all_keys_are_shown(signed: Site) -> None:
    done = signed.run("dkim", "show")
    assert done.returncode == 0
    assert f'    {NAME}. IN TXT ( "v=DKIM1; k=rsa; p=' in done.stdout
    assert f"    value  {value(signed)}\n" in done.stdout
    assert "PRIVATE" not in done.stdout


def test_what_is_published_is_compared(signed: Site) -> None:
    assert check(signed, {NAME: [value(signed)]}) == (0, f"{NAME}: published\n", "")
    status, out, err = check(signed, {})
    assert (status, out) == (1, "")
    assert err == (
        f"{NAME}: there is no such record in DNS. publish what `newsfeed dkim show` prints\n"
    )
    status, out, err = check(signed, {NAME: [value(signed) + "; t=y"]})
    assert (status, out) == (0, "")
    assert err.startswith(f"warning: {NAME}: the record in DNS says that this is a test (t=y)")


def test_what_is_found_is_told_to_machines(signed: Site) -> None:
    status, out, _err = check(signed, {NAME: ["v=DKIM1; p="]}, "--json")
    told = json.loads(out)
    assert status == 1
    assert told["records"] == [NAME]
    assert told["findings"][0]["problem"] == "the key is revoked in DNS: its p= is empty"


def test_without_a_key_the_way_to_one_is_told(site: Site) -> None:
    for words in (("show",), ("check",)):
        done = site.run("dkim", *words)
        assert (done.returncode, done.stdout) == (0, "")
        assert "letters go unsigned. `newsfeed dkim new` makes one" in done.stderr
    assert json.loads(site.run("dkim", "show", "--json").stdout) == []


def test_a_wrong_word_is_a_wrong_usage(signed: Site) -> None:
    for words in (
        ("check", "--server", "ns.example.org"),
        ("new", "--selector", "a/../b"),
        ("new", "--domain", "localhost"),
        ("new", "--algorithm", "dsa"),
    ):
        done = signed.run("dkim", *words)
        assert done.returncode == 2, words
        assert done.stderr.startswith("newsfeed: ")
        assert done.stderr.count("\n") == 1
    assert [path.name for path in (signed.folder / ".newsfeed").glob("*.pem")] == ["dkim.pem"]
