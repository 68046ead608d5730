"""Ids, dates and order of articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.entry import Entry
from newsfeed.collect.identity import Identified, appears, identify, is_usable
from newsfeed.model import DateOrigin
from newsfeed.store.articles import Identity

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def _entry(path: str, **values: object) -> Entry:
    url = f"https://example.org/{path.removesuffix('.md')}/"
    fields: dict[str, object] = {
        "path": path,
        "raw_path": path,
        "url": url,
        "default_id": url,
        "title": path,
        "content_hash": path,
        "language": "en",
    }
    return Entry(**(fields | values))  # type: ignore[arg-type]


def _dated(path: str, day: int, **values: object) -> Entry:
    date = datetime(2026, 10, day, tzinfo=UTC)
    return _entry(path, date=date, dated=DateOrigin.FRONT_MATTER, **values)


def _identify(
    entries: list[Entry],
    known: tuple[Identity, ...] = (),
    now: datetime = NOW,
    git: dict[str, datetime] | None = None,
) -> Identified:
    dates = git or {}
    return identify(
        {"s": entries}, known, added=lambda _, path: dates.get(path), zones={"s": UTC}, now=now
    )


def test_the_newest_comes_first_and_ties_are_in_order_of_paths() -> None:
    found = _identify([_dated("b.md", 2), _dated("a.md", 2), _dated("c.md", 3)])
    assert [a.path for a in found.articles] == ["c.md", "a.md", "b.md"]


def test_of_two_that_want_one_id_the_one_published_first_gets_it() -> None:
    found = _identify(
        [_dated("a.md", 9, default_id="https://one/"), _dated("b.md", 2, default_id="https://one/")]
    )
    assert {a.path: a.id for a in found.articles} == {
        "a.md": "https://one/#2",
        "b.md": "https://one/",
    }


def test_undated_articles_of_a_first_build_come_last_and_are_not_news() -> None:
    found = _identify([_entry("new.md"), _dated("old.md", 1)])
    assert [(a.path, a.news) for a in found.articles] == [("old.md", True), ("new.md", False)]
    assert [a.sequence for a in found.articles] == [1, 0]


def test_an_undated_article_keeps_the_day_on_which_it_was_first_seen() -> None:
    first = _identify([_entry("a.md")])
    again = _identify([_entry("a.md")], first.changed, LATER)
    assert again.articles[0].published == NOW
    assert again.articles[0].dated is DateOrigin.FIRST_SEEN
    assert again.changed == ()


def test_an_undated_article_that_comes_later_is_news() -> None:
    first = _identify([_dated("a.md", 1)])
    second = _identify([_dated("a.md", 1), _entry("b.md")], first.changed, LATER)
    assert [(a.path, a.news) for a in second.articles] == [("b.md", True), ("a.md", True)]


def test_the_date_of_the_commit_goes_before_first_sight_and_is_kept() -> None:
    commit = datetime(2025, 5, 5, tzinfo=UTC)
    first = _identify([_entry("a.md")], git={"a.md": commit})
    assert first.articles[0].published == commit
    assert first.articles[0].dated is DateOrigin.GIT
    again = _identify([_entry("a.md")], first.changed, LATER, git={"a.md": LATER})
    assert again.articles[0].published == commit


def test_a_commit_in_the_future_is_not_believed() -> None:
    assert _identify([_entry("a.md")], git={"a.md": LATER}).articles[0].published == NOW


def test_an_id_survives_changes_of_title_address_and_content() -> None:
    first = _identify([_dated("a.md", 1)])
    moved = _dated("a.md", 2, title="Other", url="https://other.example/x/", content_hash="2")
    moved = msgspec.structs.replace(moved, default_id="https://other.example/x/")
    second = _identify([moved], first.changed, LATER)
    assert second.articles[0].id == first.articles[0].id == "https://example.org/a/"
    assert second.articles[0].url == "https://other.example/x/"


def test_a_renamed_file_with_the_same_address_keeps_its_id() -> None:
    first = _identify([_dated("a.md", 1)])
    renamed = _dated("z.md", 1, url="https://example.org/a/", default_id="https://example.org/a/")
    second = _identify([renamed], first.changed, LATER)
    assert second.articles[0].id == "https://example.org/a/"
    assert second.articles[0].sequence == 0


def test_a_moved_file_with_the_same_content_keeps_its_id() -> None:
    first = _identify([_dated("a.md", 1, content_hash="same")])
    second = _identify([_dated("sub/b.md", 1, content_hash="same")], first.changed, LATER)
    assert second.articles[0].id == "https://example.org/a/"


EDITED = {"title": "One", "content_hash": "edited"}


def test_a_file_that_was_renamed_and_edited_in_one_go_keeps_its_id_by_title_and_date() -> None:
    first = _identify([_dated("a.md", 1, title="One"), _dated("b.md", 1, title="Two")])
    edited = [_dated("z.md", 1, **EDITED), _dated("b.md", 1, title="Two")]
    second = _identify(edited, first.changed, LATER)
    ids = {a.path: a.id for a in second.articles}
    assert ids == {"z.md": "https://example.org/a/", "b.md": "https://example.org/b/"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([_dated("a.md", 1, title="One")], [_dated("z.md", 2, **EDITED)]),
        ([_dated("a.md", 1, title="Two")], [_dated("z.md", 1, **EDITED)]),
        ([_entry("a.md", title="One")], [_entry("z.md", **EDITED)]),
        (
            [_dated("a.md", 1, title="One"), _dated("b.md", 1, title="One")],
            [_dated("z.md", 1, **EDITED)],
        ),
        (
            [_dated("a.md", 1, title="One")],
            [_dated("y.md", 1, **EDITED), _dated("z.md", 1, **EDITED | {"content_hash": "y"})],
        ),
    ],
    ids=["another date", "another title", "no date", "two that vanished", "two that are new"],
)
def test_a_new_file_whose_title_and_date_do_not_tell_is_a_new_article(
    before: list[Entry], after: list[Entry]
) -> None:
    first = _identify(before)
    second = _identify(after, first.changed, LATER)
    assert not {a.id for a in first.articles} & {a.id for a in second.articles}


@pytest.mark.parametrize("origin", [DateOrigin.FIRST_SEEN, DateOrigin.LAST_COMMIT])
def test_a_date_that_the_author_did_not_write_tells_of_no_rename(origin: DateOrigin) -> None:
    date = datetime(2026, 10, 1, tzinfo=UTC)
    first = _identify([_entry("a.md", title="One", date=date, dated=origin)])
    second = _identify([_entry("z.md", **EDITED, date=date, dated=origin)], first.changed, LATER)
    assert [a.id for a in second.articles] == ["https://example.org/z/"]


def test_an_article_of_another_source_is_another_though_it_has_one_title_and_date() -> None:
    def run(entries: dict[str, list[Entry]], known: tuple[Identity, ...] = ()) -> Identified:
        zones = dict.fromkeys("st", UTC)
        return identify(entries, known, added=lambda *_: None, zones=zones, now=NOW)

    first = run({"s": [_dated("a.md", 1, title="One")], "t": []})
    second = run({"s": [], "t": [_dated("z.md", 1, **EDITED)]}, first.changed)
    assert [a.id for a in second.articles] == ["https://example.org/z/"]


def test_a_copy_beside_the_original_is_an_article_of_its_own() -> None:
    first = _identify([_dated("a.md", 1, content_hash="same")])
    both = [_dated("a.md", 1, content_hash="same"), _dated("b.md", 1, content_hash="same")]
    second = _identify(both, first.changed, LATER)
    assert {a.id for a in second.articles} == {"https://example.org/a/", "https://example.org/b/"}


def test_the_id_of_a_removed_article_is_never_given_again() -> None:
    first = _identify([_dated("a.md", 1)])
    gone = _identify([], first.changed, LATER)
    assert gone.changed[0].gone == LATER
    newcomer = _dated("b.md", 2, url="https://example.org/a/", default_id="https://example.org/a/")
    second = _identify([newcomer], gone.changed, LATER)
    assert second.articles[0].id == "https://example.org/a/#2"


def test_a_broken_file_has_not_vanished() -> None:
    first = _identify([_dated("a.md", 1)])
    fault = {"path": "a.md", "problem": "broken", "remedy": "mend"}
    broken = _entry("a.md", fault=fault)
    assert _identify([broken], first.changed, LATER).changed == ()


def test_a_future_article_appears_at_its_time_and_not_a_second_before() -> None:
    article = _dated("a.md", 1)
    assert article.date is not None
    early = _identify([article], now=article.date - timedelta(seconds=1))
    assert (early.articles, early.changed) == ((), ())
    assert len(_identify([article], now=article.date).articles) == 1


def test_the_authors_own_id_is_used_and_a_short_one_becomes_a_tag_uri() -> None:
    found = _identify([_dated("a.md", 1, guid="urn:x:1"), _dated("b.md", 2, guid="글 42")])
    assert [a.id for a in found.articles] == ["tag:example.org,2000:%EA%B8%80%2042", "urn:x:1"]


def test_an_article_with_its_own_id_is_found_wherever_it_moves() -> None:
    first = _identify([_dated("a.md", 1, guid="urn:x:1")])
    second = _identify(
        [_dated("z.md", 9, guid="urn:x:1", content_hash="new")], first.changed, LATER
    )
    assert second.articles[0].sequence == 0
    assert len(second.changed) == 1


@given(st.permutations([_dated(f"{i}.md", 1 + i % 5) for i in range(8)]))
def test_order_and_ids_do_not_depend_on_the_order_of_the_disk(entries: list[Entry]) -> None:
    found = _identify(entries)
    assert found.articles == _identify(sorted(entries, key=lambda e: e.path)).articles
    assert len({a.id for a in found.articles}) == len(entries)


@given(st.lists(st.sampled_from(["a.md", "b.md", "c.md", "d.md"]), max_size=4, unique=True))
def test_a_second_run_over_the_same_files_changes_nothing(paths: list[str]) -> None:
    entries = [_entry(path) for path in paths]
    first = _identify(entries)
    again = _identify(entries, first.changed, LATER)
    assert again.changed == ()
    assert again.articles == first.articles


def test_a_new_file_at_the_place_of_a_renamed_one_gets_an_id_of_its_own() -> None:
    first = _identify([_dated("a.md", 1, guid="urn:x:1")])
    both = [_dated("a.md", 2, content_hash="new"), _dated("b.md", 1, guid="urn:x:1")]
    second = _identify(both, first.changed, LATER)
    assert {a.path: a.id for a in second.articles} == {
        "a.md": "https://example.org/a/",
        "b.md": "urn:x:1",
    }


def test_an_article_that_another_known_one_replaced_has_vanished() -> None:
    first = _identify([_dated("a.md", 1), _dated("b.md", 2, guid="urn:x:2")])
    second = _identify([_dated("a.md", 2, guid="urn:x:2")], first.changed, LATER)
    assert {one.id: one.gone for one in second.changed} == {
        "urn:x:2": None,
        "https://example.org/a/": LATER,
    }


def test_the_id_that_an_author_gave_goes_before_one_made_up() -> None:
    found = _identify([_dated("a.md", 1), _dated("b.md", 2, guid="https://example.org/a/")])
    assert {a.path: a.id for a in found.articles} == {
        "a.md": "https://example.org/a/#2",
        "b.md": "https://example.org/a/",
    }


@given(
    st.lists(st.sampled_from(["", "urn:1", "https://example.org/a.x/"]), min_size=3, max_size=3),
    st.lists(st.sampled_from(["", "urn:1", "https://example.org/a.x/"]), min_size=3, max_size=3),
)
def test_no_two_articles_ever_have_one_id(before: list[str], after: list[str]) -> None:
    paths = ["a.x.md", "b.md", "c.md"]
    first = _identify([_dated(p, 1, guid=g) for p, g in zip(paths, before, strict=True)])
    second = _identify(
        [_dated(p, 1, guid=g) for p, g in zip(paths, after, strict=True)], first.changed, LATER
    )
    assert len({a.id for a in second.articles}) == 3


def test_an_article_has_its_time() -> None:
    """It is published since one date, which may be later than its own, and until another."""
    entry = _dated("a.md", 1, since=LATER, until=LATER + timedelta(days=1))
    moments = [NOW, LATER, LATER + timedelta(hours=23), LATER + timedelta(days=1)]
    assert [is_usable(entry, now) for now in moments] == [False, True, True, False]
    assert appears(entry) == LATER


def test_a_date_in_the_future_keeps_an_article_back_that_may_be_published() -> None:
    assert not is_usable(_dated("a.md", 1, since=NOW), datetime(2026, 9, 1, tzinfo=UTC))
