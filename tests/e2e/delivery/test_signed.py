"""Letters verify as they arrive: by the bytes that the relay took, and by another's verifier."""

from __future__ import annotations

import csv
import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.deliver.dkim import keyfile, record
from newsfeed.deliver.dkim.keyfile import Algorithm
from tests.deliver.dkim.kit import verified
from tests.flows.relay_kit import relay
from tests.kit import NEWSLETTER, SETTINGS, Site

LETTERS = 1_000
COVERED = {b"from", b"to", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post"}
NAMES = ("김서연", "Anna Example", "佐藤 花子", "Chloé Martin", "O'Hara, Ben", "")
KEYS: tuple[tuple[Algorithm, str], ...] = (("rsa", "one"), ("ed25519", "two"))
TABLES = "".join(
    f'[[mail.dkim]]\ndomain = "example.org"\nselector = "{selector}"\nkey_file = "{selector}.pem"\n'
    for _, selector in KEYS
)


@pytest.mark.timeout(180)
def test_a_thousand_letters_verify_as_they_arrive_and_a_second_from_breaks_them__e_a_06(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path / "site")
    published = {}
    for kind, selector in KEYS:
        key = keyfile.make(site.folder / f"{selector}.pem", kind)
        name = record.name_of(selector, "example.org")
        published[name] = record.text_of(key.algorithm, key.public)
    with relay() as server:
        site.configure(SETTINGS + NEWSLETTER + server.settings() + TABLES)
        site.post("one.md", "눈이 왔다. Some words.\n\n.\n\n.. dots at the start of lines\n" * 5)
        _subscribe(site)
        assert site.run("send", "weekly", "--yes").returncode == 0
    assert len({mail.recipient for mail in server.taken}) == len(server.taken) == LETTERS
    now = datetime.now(UTC).timestamp() + 60
    for number, mail in enumerate(server.taken):
        assert verified(mail.message, now=now, published=published) == [True, True]
        head = b"".join(mail.message.partition(b"\r\n\r\n")[0].lower().split())
        covered = [set(names.split(b":")) for names in re.findall(rb";h=([^;]+);", head)]
        assert [names >= COVERED for names in covered] == [True, True]
        if not number % 20:
            second = b"From: somebody@example.com\r\n" + mail.message
            assert verified(second, now=now, published=published) == [False, False]


def _subscribe(site: Site) -> None:
    with (site.folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Email", "Name", "Signed up"])
        for number, name in zip(range(LETTERS), itertools.cycle(NAMES)):
            rows.writerow([f"reader{number}@example.com", name, "2025-03-01"])
    proof = ("--consent-source", "a form", "--consent-date-column", "Signed up")
    done = site.run("subscribers", "import", "people.csv", "--newsletter", "weekly", *proof)
    assert done.returncode == 0, done.stderr
