"""The real commands, over a real connection: readers of three languages, one letter each."""

from __future__ import annotations

import json
from pathlib import Path

from tests.flows.editions_kit import text_of
from tests.flows.relay_kit import refusing, relay
from tests.kit import NEWSLETTER, SETTINGS, Site

GREETINGS = {"ko": "안녕하세요", "en": "Hello", "ja": "こんにちは"}
PEOPLE = """\
Email,Language,Signed up
kim@example.com,,2025-03-01
anna@example.com,en_GB,2025-03-01
hana@example.com,ja,2025-03-01
dieter@example.com,de,2025-03-01
"""
READ = {"kim": "ko", "anna": "en", "hana": "ja", "dieter": "ko", "lee": "en"}


def _done(site: Site, *words: str) -> str:
    result = site.run(*words)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_each_reader_of_a_delivery_that_is_tried_twice_gets_one_letter_in_their_language(
    tmp_path: Path,
) -> None:
    """Who says something else in between gets the letter that was tried; the next is another."""
    site = Site(tmp_path / "site")
    with relay(refusing(hana=b"451 4.3.0 later")) as server:
        site.configure(SETTINGS + NEWSLETTER + server.settings())
        site.post("one.md", "눈이 왔다.", date="2026-11-01", title="첫 글")
        (site.folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
        proof = ("--consent-source", "a form", "--consent-date-column", "Signed up")
        _done(site, "subscribers", "import", "people.csv", "--newsletter", "weekly", *proof)
        add = ("subscribers", "add", "lee@example.com", "weekly", "--consent", "a form")
        _done(site, *add, "--language", "en")
        assert "language: en" in _done(site, "subscribers", "show", "lee@example.com")
        _done(site, "send", "weekly", "--yes", "--max-time", "5s")
        _done(site, "subscribers", "add", "hana@example.com", "weekly", "--language", "en")
        server.answer = refusing()
        listed = json.loads(_done(site, "editions", "list", "--json"))
        _done(site, "retry", *(one["edition"] for one in listed))
    got = {mail.recipient.partition("@")[0]: text_of(mail.parsed) for mail in server.taken}
    assert len(server.taken) == len(got) == len(READ)
    for name, language in READ.items():
        assert [tag for tag, hello in GREETINGS.items() if hello in got[name]] == [language]
        assert "눈이 왔다." in got[name]
