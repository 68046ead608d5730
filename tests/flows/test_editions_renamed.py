"""What an edition was composed as stays, whatever its newsletter is called later."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.errors import SettingsError
from newsfeed.flows.cancelling import reset
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.fixing import apply_fix, prepare_fix
from newsfeed.flows.profile import profile
from newsfeed.flows.reading import shown
from newsfeed.flows.renaming import rename
from newsfeed.flows.specials import special
from newsfeed.store import database, deliveries, editions
from tests.flows.editions_kit import (
    LATER,
    MONDAY,
    READERS,
    WEEKLY,
    letters,
    released_site,
    text_of,
)
from tests.kit import NEWSLETTER, SETTINGS, Site


def called(site: Site, old: str, new: str, now: datetime, sender: str = "example.org") -> None:
    """`newsfeed newsletters rename`, with a sender of that domain."""
    newsletter = NEWSLETTER.replace('"weekly"', f'"{new}"').replace("example.org", sender)
    site.configure(SETTINGS + newsletter)
    with site.people(now) as who:
        rename(who, old, new)


def ids(site: Site) -> dict[str, str]:
    """The Message-ID of each letter in the outbox, by recipient."""
    return {to: one["Message-ID"] for to, one in letters(site).items()}


def test_a_letter_made_again_after_a_crash_and_a_rename_is_the_same_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same file, with the same Message-ID, though the sender's domain is another, too."""
    site = released_site(tmp_path)

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(deliveries, "finish", die)
        site.deliver(MONDAY)
    before, files = ids(site), set(site.outbox())
    assert sorted(before) == sorted(READERS)
    called(site, "weekly", "digest", LATER, sender="example.com")
    site.deliver(LATER)
    assert ids(site) == before
    assert set(site.outbox()) == files


def test_what_is_known_of_a_person_names_the_letters_they_have(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(MONDAY)
    called(site, "weekly", "digest", LATER, sender="example.com")
    with site.people(LATER) as who:
        (sent,) = profile(who, parse_address(READERS[0])).deliveries
    assert sent.edition == "digest/2026-11-23"
    assert sent.message_id == ids(site)[READERS[0]]


def test_the_link_to_the_web_copy_goes_on_working(tmp_path: Path) -> None:
    """Also in those who get the letter after the rename, and in a corrected one."""
    site = released_site(tmp_path)
    called(site, "weekly", "digest", MONDAY)
    site.publish(LATER)
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, "digest/2026-11-23", intro="Corrected.")
        told = apply_fix(shop, fix).web_copy
    site.deliver(LATER)
    with site.people(LATER) as who:
        assert shown(who, "digest/2026-11-23").web_copy == told
    for letter in letters(site).values():
        links = re.findall(r"https://\S*editions/\S*", text_of(letter))
        assert set(links) == {told}
    assert told.endswith(f"/editions/{WEEKLY}/")
    page = site.output / "editions" / WEEKLY / "index.html"
    assert "Corrected." in page.read_text(encoding="utf-8")


def test_a_rehearsal_is_taken_back_with_its_letters(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(MONDAY)
    called(site, "weekly", "digest", LATER)
    with site.people(LATER) as who:
        assert reset(who, "digest/2026-11-23").letters == len(READERS)
    assert site.outbox() == {}


def test_a_newsletter_renamed_there_and_back_has_no_two_editions_at_one_address(
    tmp_path: Path,
) -> None:
    site = released_site(tmp_path)
    now, names = MONDAY, ["weekly", "digest", "weekly", "digest"]
    for old, new in pairwise(names):
        called(site, old, new, now)
        for _ in range(2):
            with site.shop(now) as shop:
                special(shop, shop.plan.newsletters[0], OwnWords(intro="x", subject="y"))
        now += timedelta(hours=1)
        site.publish(now)
    with site.people(now) as who:
        found = editions.everything(who.db)
    assert len(found) == 7
    assert len({one.origin for one in found}) == len({one.name for one in found}) == 7
    pages = {one.relative_to(site.output).parent for one in site.output.glob("editions/*/*/*.html")}
    assert {str(page) for page in pages} == {f"editions/{one.origin}" for one in found}


def test_another_newsletters_former_name_makes_no_special_edition(tmp_path: Path) -> None:
    """Its address could be that of one which was sent."""
    site = released_site(tmp_path)
    called(site, "weekly", "digest", LATER)
    site.configure(SETTINGS + NEWSLETTER + NEWSLETTER.replace('"weekly"', '"digest"'))
    with site.shop(MONDAY) as shop:
        seen = database.revision(shop.db)
        with pytest.raises(SettingsError, match="`weekly` was the name of `digest`"):
            special(shop, shop.plan.newsletters[0], OwnWords(intro="x", subject="y"))
        assert database.revision(shop.db) == seen
