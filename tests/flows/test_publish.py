"""Publishing a folder: what changes, and what must not."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.errors import ForeignFileError, OutputError, SourceError
from newsfeed.flows.build import StrictError
from newsfeed.flows.deploying import DeployError
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

NEXT_DAY = NOW + timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.post("2026-10-01-one.md", "First *text*.", categories="[News]")
    site.post("2026-10-02-two.md", "Second text.", categories="[News, 경제]")
    site.post("undated.md", "Third text.")
    return site


def test_every_format_and_category_is_written(site: Site) -> None:
    site.publish()
    for path in ("feed.xml", "atom.xml", "categories/news/feed.xml", "categories/경제/atom.xml"):
        assert site.feed(path).bozo is False
    assert site.titles() == [
        f"Title of {n}" for n in ("2026-10-02-two.md", "2026-10-01-one.md", "undated.md")
    ]
    assert site.titles("categories/경제/feed.xml") == ["Title of 2026-10-02-two.md"]
    assert {
        "subscribe/index.html",
        "opml.xml",
        "index.html",
        "archive/1/feed.xml",
    } <= site.files().keys()


def test_a_second_run_changes_no_byte_and_writes_no_file(site: Site) -> None:
    site.publish()
    before = {path: (site.output / path).stat() for path in site.files()}
    report = site.publish(NEXT_DAY)
    assert report.build.written == ()
    assert {path: (site.output / path).stat() for path in site.files()} == before


def test_touching_files_on_another_day_changes_no_byte(site: Site) -> None:
    site.publish()
    before = site.files()
    for path in site.posts.rglob("*.md"):
        os.utime(path, (1, 1))
    assert site.publish(NEXT_DAY).build.written == ()
    assert site.files() == before


def test_without_its_cache_a_run_gives_the_same_bytes(site: Site) -> None:
    site.publish()
    before = site.files()
    for path in (site.folder / ".newsfeed/cache").iterdir():
        path.unlink()
    (site.folder / ".newsfeed/manifest.json").unlink()
    site.publish(NEXT_DAY)
    assert site.files() == before


def test_a_damaged_cache_is_made_anew(site: Site) -> None:
    site.publish()
    before = site.files()
    for path in (site.folder / ".newsfeed/cache").iterdir():
        path.write_bytes(b"not a database" * 100)
    site.publish(NEXT_DAY)
    assert site.files() == before


def test_another_article_changes_only_what_shows_it(site: Site) -> None:
    site.publish()
    before = site.files()
    site.post("2026-11-01-three.md", "New.", categories="[경제]")
    report = site.publish(NEXT_DAY)
    assert set(report.build.written) == {
        "feed.xml",
        "atom.xml",
        "feed.json",
        "categories/경제/feed.xml",
        "categories/경제/atom.xml",
        "categories/경제/feed.json",
        "archive/1/feed.xml",
        "archive/1/atom.xml",
        "index.html",
        "all/index.html",
        "경제/three/index.html",
        "news/경제/two/index.html",
    }
    after = site.files()
    assert all(after[path] == before[path] for path in before if path not in report.build.written)


def test_an_edit_keeps_id_and_date(site: Site) -> None:
    site.publish()
    before = site.feed("atom.xml").entries[0]
    site.post("2026-10-02-two.md", "Other text.", title="Other", categories="[News, 경제]")
    site.publish(NEXT_DAY)
    after = site.feed("atom.xml").entries[0]
    assert after.title == "Other"
    assert (after.id, after.published, after.updated) == (
        before.id,
        before.published,
        before.updated,
    )


def test_only_the_author_s_own_date_of_an_update_moves_updated(site: Site) -> None:
    site.post("2026-10-02-two.md", updated="2026-10-05")
    site.publish()
    entry = site.feed("atom.xml").entries[0]
    assert entry.published == "2026-10-02T00:00:00+09:00"
    assert entry.updated == "2026-10-05T00:00:00+09:00"


def test_drafts_unpublished_and_future_articles_leave_no_trace_in_any_file(site: Site) -> None:
    site.post("draft.md", title="SECRET-1", draft="true")
    site.post("hidden.md", title="SECRET-2", published="false")
    site.post("future.md", title="SECRET-3", date="2026-12-01 09:00:00 +0900")
    site.publish()
    assert not any(b"SECRET" in data for data in site.files().values())


def test_a_future_article_appears_with_the_clock_alone(site: Site) -> None:
    site.post("future.md", title="Later", date="2026-11-21 09:00")
    due = datetime(2026, 11, 21, tzinfo=UTC)
    site.publish(due - timedelta(seconds=1))
    assert "Later" not in site.titles()
    site.publish(due)
    assert site.titles()[0] == "Later"


def test_a_removed_article_vanishes_with_its_page(site: Site) -> None:
    site.publish()
    (site.posts / "2026-10-01-one.md").unlink()
    report = site.publish(NEXT_DAY)
    assert report.build.removed == ("news/one/index.html",)
    assert not (site.output / "news/one").exists()


def test_a_source_that_is_suddenly_empty_changes_nothing(site: Site) -> None:
    site.publish()
    before = site.files()
    for path in site.posts.iterdir():
        path.unlink()
    with pytest.raises(SourceError, match="suddenly empty"):
        site.publish(NEXT_DAY)
    assert site.files() == before
    assert site.publish(NEXT_DAY, allow_empty=True).build.articles == 0
    assert site.titles() == []


def test_a_source_that_is_missing_changes_nothing(site: Site) -> None:
    site.publish()
    before = site.files()
    site.posts.rename(site.folder / "elsewhere")
    with pytest.raises(SourceError, match="no such folder"):
        site.publish(NEXT_DAY)
    assert site.files() == before


def test_a_file_of_somebody_else_is_not_overwritten(site: Site) -> None:
    site.output.mkdir()
    (site.output / "feed.xml").write_text("mine", encoding="utf-8")
    with pytest.raises(ForeignFileError):
        site.publish()
    assert site.files() == {"feed.xml": b"mine"}


def test_a_strict_build_with_a_fault_writes_nothing(site: Site) -> None:
    site.write("broken.md", "---\ntitle: a: b\n---\n")
    with pytest.raises(StrictError):
        site.build(strict=True)
    assert site.files() == {}


def test_a_fault_is_told_in_every_run_until_it_is_mended(site: Site) -> None:
    site.write("broken.md", "---\ntitle: a: b\n---\n")
    first, second = site.build(), site.build(NEXT_DAY)
    assert [fault.path for fault in first.faults] == ["broken.md"]
    assert second.faults == first.faults
    site.post("broken.md")
    assert site.build(NEXT_DAY).faults == ()


def test_a_dry_run_writes_nothing_and_records_nothing(site: Site) -> None:
    report = site.build(dry_run=True)
    assert "feed.xml" in report.written
    assert site.files() == {}
    site.publish(NEXT_DAY)
    assert site.feed("atom.xml").entries[-1].published == "2026-11-21T12:00:00+09:00"


def test_excerpts_only_leave_the_body_out(site: Site) -> None:
    site.configure(SETTINGS + '[feeds]\ncontent = "excerpt"\n')
    site.post("long.md", "word " * 400, date="2026-11-01")
    site.publish()
    entry = site.feed().entries[0]
    assert "content" not in entry
    assert entry.summary.endswith("…")


def test_feeds_of_one_language_leave_the_others_to_feeds_of_their_own(tmp_path: Path) -> None:
    """The main feed, its archive and those of categories hold one; each other has its folder."""
    more = (
        '[feeds]\nlanguage = "ko"\nby = ["categories", "languages"]\n'
        '[feeds.paths]\nlanguage = "{slug}/"\n'
    )
    site = Site(tmp_path / "site", SETTINGS + more)
    site.post("one.md", title="하나", date="2026-11-01", category="소식")
    site.post("two.md", title="Two", date="2026-11-02", lang="en", category="News")
    site.build()
    assert site.titles() == ["하나"]
    assert site.titles("archive/1/feed.xml") == ["하나"]
    assert site.titles("en/feed.xml") == ["Two"]
    assert site.feed("en/feed.xml").feed.title == "한반도 브리핑 — en"
    assert not (site.output / "ko").exists()
    assert not (site.output / "categories/news").exists()


def test_the_feed_of_a_language_has_the_title_that_the_site_has_in_it(tmp_path: Path) -> None:
    settings = SETTINGS.replace("language =", 'titles = { en = "Peninsula Brief" }\nlanguage =')
    site = Site(tmp_path / "site", settings + '[feeds]\nby = ["languages"]\n')
    site.post("one.md", title="하나", date="2026-11-01")
    site.post("two.md", title="Two", date="2026-11-02", lang="en")
    site.build()
    assert site.feed("languages/en/feed.xml").feed.title == "Peninsula Brief"
    assert site.feed("languages/ko/feed.xml").feed.title == "한반도 브리핑 — ko"


def test_the_archive_holds_every_article_exactly_once(site: Site) -> None:
    site.configure(SETTINGS + "[feeds]\nlimit = 2\narchive_size = 2\n")
    for day in range(1, 6):
        site.post(f"2026-09-0{day}-p{day}.md")
    site.publish()
    seen: list[str] = []
    path = _archive_link(site, "atom.xml")
    while path:
        seen += [entry.id for entry in site.feed(path).entries]
        path = _archive_link(site, path)
    assert len(seen) == len(set(seen)) == 8


def test_a_closed_archive_document_keeps_its_bytes(site: Site) -> None:
    site.configure(SETTINGS + "[feeds]\narchive_size = 2\n")
    site.publish()
    first = site.read("archive/1/feed.xml")
    site.post("2026-11-01-four.md")
    site.post("2026-11-02-five.md")
    site.publish(NEXT_DAY)
    assert site.read("archive/1/feed.xml") == first


def _archive_link(site: Site, path: str) -> str:
    links = site.feed(path).feed.links
    found = [link.href for link in links if link.rel == "prev-archive"]
    return found[0].removeprefix("https://news.example.org/") if found else ""


def test_a_site_that_moves_keeps_every_id(site: Site) -> None:
    site.publish()
    before = [entry.id for entry in site.feed("atom.xml").entries]
    site.configure(SETTINGS.replace("https://news.example.org", "https://other.example"))
    site.publish(NEXT_DAY)
    entries = site.feed("atom.xml").entries
    assert [entry.id for entry in entries] == before
    assert all(entry.link.startswith("https://other.example/") for entry in entries)


def test_two_articles_with_one_address_leave_out_the_newcomer(site: Site) -> None:
    site.publish()
    site.post("0-first-by-name.md", permalink="/news/one/")
    report = site.build(NEXT_DAY)
    assert [fault.path for fault in report.faults] == ["0-first-by-name.md"]
    assert "2026-10-01-one.md" in str(report.faults[0])


def test_two_terms_with_one_slug_get_feeds_of_their_own(site: Site) -> None:
    site.post("2026-09-01-a.md", categories='["C++", "C--"]')
    site.publish()
    folders = {path.split("/")[1] for path in site.files() if path.startswith("categories/c")}
    assert "c" in folders
    assert len(folders) == 2


@pytest.mark.parametrize("permalink", ["/", "/subscribe/", "/feed.xml", "/opml.xml"])
def test_an_article_cannot_take_an_address_of_ours(site: Site, permalink: str) -> None:
    site.post("taker.md", permalink=permalink)
    report = site.build()
    assert [fault.path for fault in report.faults] == ["taker.md"]
    assert report.articles == 3


def test_images_of_a_plain_folder_are_published_where_articles_say(site: Site) -> None:
    site.write("pics/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write("pics/unused.svg", "<svg/>")
    site.post("pics/here.md", "See ![](a.svg) here.", date="2026-11-20 11:00")
    site.publish()
    assert "pics/a.svg" in site.files()
    assert "pics/unused.svg" not in site.files()
    assert 'src="https://news.example.org/pics/a.svg"' in site.feed().entries[0].content[0].value


def test_files_that_are_no_media_are_never_published(site: Site) -> None:
    site.write("secret.key", "k")
    site.post("leak.md", "[x](secret.key) ![](../newsfeed.toml) ![](secret.key)")
    site.publish()
    assert not any(path.endswith((".key", ".toml")) for path in site.files())


def test_deploying_happens_once_for_the_same_files(site: Site) -> None:
    site.configure(SETTINGS + '[publish]\ndeploy = "echo x >> deployed"\n')
    assert [site.publish().deployed, site.publish(NEXT_DAY).deployed] == [True, False]
    site.post("2026-11-01-three.md")
    assert site.publish(NEXT_DAY).deployed
    assert (site.folder / "deployed").read_text(encoding="utf-8") == "x\nx\n"


def test_a_failed_deployment_stops_and_is_tried_again(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + '[publish]\ndeploy = "exit 4"\n')
    for _ in range(2):
        with pytest.raises(DeployError, match="status 4"):
            site.publish()


def test_a_deployment_that_does_not_end_is_ended(site: Site) -> None:
    """Else it would hold the lock of all builds, and no letter would ever be due again."""
    slow = '[publish]\ndeploy = "sleep 300"\ndeploy_within = "1s"\n'
    site.configure(SETTINGS + NEWSLETTER + slow)
    with pytest.raises(DeployError, match="took longer than 0:00:01, and was ended"):
        site.publish()


def test_an_output_that_would_not_be_valid_replaces_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish()
    before = site.files()
    monkeypatch.setattr("newsfeed.feeds.check.problems", lambda *_: ["an item has no id"])
    site.post("2026-11-01-three.md")
    with pytest.raises(OutputError, match="an item has no id"):
        site.publish(NEXT_DAY)
    assert site.files() == before


def test_several_processes_give_the_bytes_of_one(tmp_path: Path) -> None:
    folders = []
    for name, workers in (("one", 1), ("two", 2)):
        site = Site(tmp_path / name)
        for number in range(320):
            site.post(
                f"2026-01-01-p{number:03}.md", f"Text {number}", categories=f"[c{number % 9}]"
            )
        site.publish(workers=workers)
        folders.append(site.files())
    assert folders[0] == folders[1]


def test_an_article_that_only_the_letter_shows_to_be_broken_is_never_deployed(site: Site) -> None:
    """With excerpts alone, the feeds never look at its body."""
    site.configure(
        SETTINGS
        + NEWSLETTER
        + '[feeds]\ncontent = "excerpt"\n[pages]\nenabled = false\n'
        + '[publish]\ndeploy = "cp public/feed.xml deployed.xml"\n'
    )
    site.post("big.md", "word " * 500_000, title="BIG", excerpt="Short.", date="2026-11-01")
    report = site.publish()
    assert [fault.path for fault in report.build.faults] == ["big.md"]
    assert "BIG" not in (site.folder / "deployed.xml").read_text(encoding="utf-8")


def test_liquid_in_a_jekyll_post_is_dropped_and_warned_of(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS.replace('path = "posts"', 'path = "."'))
    (site.folder / "_config.yml").touch()
    path = site.folder / "_posts/2026-01-01-a.md"
    path.parent.mkdir()
    path.write_text("---\ntitle: a\n---\n\none\n{{ page.x }}{{ site.baseurl }}\n", encoding="utf-8")
    (warning,) = site.build().warnings
    assert str(warning).startswith("_posts/2026-01-01-a.md:6: {{ page.x }} is not evaluated")
    assert "{{" not in site.read("feed.xml")
