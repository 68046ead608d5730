"""Newsletters and editions by name: one error for one mistake, whichever command meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.cli.newsletter_names import named
from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.enrolling import offered
from newsfeed.flows.fixing import prepare_fix
from newsfeed.flows.pausing import pause, resume
from newsfeed.flows.people import People
from newsfeed.flows.reading import listed
from newsfeed.flows.renaming import rename
from newsfeed.flows.resending import resend
from newsfeed.flows.specials import correction
from tests.flows.editions_kit import LATER, MONDAY, READERS, WEEKLY, released_site, weekly_site
from tests.kit import NEWSLETTER, SETTINGS

COMMANDS: tuple[Callable[[People, str], object], ...] = (
    offered,
    pause,
    resume,
    listed,
    lambda people, name: named(people.plan, name),
)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("weakly", "did you mean `weekly`?"), ("nothing like it", "there are: `weekly`")],
)
def test_an_unknown_newsletter_is_told_in_the_same_words_everywhere(
    tmp_path: Path, name: str, remedy: str
) -> None:
    site = weekly_site(tmp_path)
    with site.people(MONDAY) as who:
        for command in COMMANDS:
            with pytest.raises(UsageError) as told:
                command(who, name)
            assert str(told.value) == f"there is no newsletter `{name}`. {remedy}"


def test_without_newsletters_the_way_to_one_is_told(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    site.configure(SETTINGS)
    with site.people(MONDAY) as who:
        for command in COMMANDS:
            with pytest.raises(UsageError, match=r"add a table \[\[newsletters\]\]"):
                command(who, "daily")


def test_a_former_name_brings_the_present_one(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    site.configure(SETTINGS + NEWSLETTER.replace('"weekly"', '"digest"'))
    with site.people(MONDAY) as who:
        rename(who, "weekly", "digest")
        with pytest.raises(UsageError, match="did you mean `digest`"):
            pause(who, "weekly")


def test_an_edition_without_its_newsletter_is_the_same_error_everywhere(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(MONDAY)
    site.configure(SETTINGS + NEWSLETTER.replace('"weekly"', '"daily"'))
    told = set()
    with site.shop(LATER) as shop, site.people(LATER) as who:
        who.db.execute("UPDATE delivery SET state = 'limited' WHERE subscriber_id = 1")
        who.db.commit()
        commands: tuple[Callable[[], object], ...] = (
            lambda: prepare_fix(shop, WEEKLY),
            lambda: correction(shop, WEEKLY, OwnWords(intro="x", subject="y")),
            lambda: resend(who, WEEKLY, parse_address(READERS[1])),
        )
        for command in commands:
            with pytest.raises(SettingsError) as error:
                command()
            told.add(str(error.value))
    assert told == {
        f"{WEEKLY}: the newsletter `weekly` is not in the settings. put it back, or see "
        "`newsfeed newsletters rename`"
    }
