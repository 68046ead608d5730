"""How a folder's generator is told, and what is said where there is none of that name."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.detect import convention, detect, generators
from newsfeed.errors import SettingsError

SEOUL = ZoneInfo("Asia/Seoul")


def test_a_folder_without_a_sign_is_a_plain_one(tmp_path: Path) -> None:
    generator, located = detect(tmp_path)
    assert (generator.name, located.reasons) == ("plain", ())


def test_a_generator_that_there_is_not_is_an_error_that_names_those_that_there_are(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError, match="gatsbyy") as caught:
        convention("gatsbyy", tmp_path, SEOUL, "")
    assert all(name in caught.value.remedy for name in generators())


def test_a_placeholder_that_nothing_can_fill_is_an_error_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="titel"):
        convention("plain", tmp_path, SEOUL, "/:year/:titel/")


def test_the_feed_of_a_small_hugo_site_has_room_to_grow(tmp_path: Path) -> None:
    """Hugo's own has all entries, and would not lose one when the site grows."""
    (tmp_path / "hugo.toml").write_text('baseURL = "https://news.example.org/"\n', "utf-8")
    generator, located = detect(tmp_path)
    assert generator.about(located.site).limit == 500
