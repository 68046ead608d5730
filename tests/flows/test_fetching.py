"""Remote feeds as sources: asked politely, kept whatever happens, and published as articles are."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path
from shutil import rmtree

import pytest

from newsfeed.flows.fetching import LONGEST_WAIT, OFTENEST, SELDOMEST, ask_politely, fetch
from newsfeed.flows.listing import listing
from tests.flows.remote_kit import Blog, blog, entry, feed, remote_site
from tests.kit import NOW, Site
from tests.net.kit import Web

HOUR = timedelta(hours=1)


@pytest.fixture
def their() -> Iterator[Blog]:
    with blog() as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, their: Blog) -> Site:
    return remote_site(tmp_path / "site", their.url)


def _told(site: Site, now: datetime = NOW) -> list[str]:
    return [str(warning) for warning in site.build(now).warnings]


def test_items_stand_in_the_feeds_beside_the_folders_articles(site: Site, their: Blog) -> None:
    site.post("2026-11-01-ours.md", title="Ours")
    assert site.build().articles == 3
    for path in ("feed.xml", "atom.xml"):
        assert site.titles(path) == ["Title of a", "Title of b", "Ours"]
    first = site.feed().entries[0]
    assert (first.id, first.link) == (
        "https://blog.example.com/?p=a",
        "https://blog.example.com/a/",
    )
    assert (first.author, first.category) == ("Kim", "News")
    assert first.content[0].value == "<p>Text.</p>"


def test_the_feed_an_item_is_from_is_named(site: Site, their: Blog) -> None:
    site.post("2026-11-19-ours.md")
    site.build()
    rss, atom = site.feed().entries, site.feed("atom.xml").entries
    assert "source" not in rss[0]
    assert "source" not in atom[0]
    assert (rss[1].source.title, rss[1].source.href) == ("Their blog", their.url)
    assert (atom[1].source.title, atom[1].source.id) == ("Their blog", their.url)


def test_no_pages_are_made_of_what_is_elsewhere(site: Site) -> None:
    site.post("2026-11-01-ours.md", slug="ours")
    site.build()
    assert (site.output / "ours" / "index.html").is_file()
    assert not (site.output / "a").exists()
    assert 'href="https://blog.example.com/a/"' in site.read("index.html")


def test_what_the_feed_no_longer_shows_stays(site: Site, their: Blog) -> None:
    site.build()
    their.show(feed(entry("c", day=3)))
    site.build(NOW + HOUR)
    assert site.titles() == ["Title of c", "Title of a", "Title of b"]
    (site.folder / ".newsfeed" / "cache" / "index.db").unlink()
    assert site.build(NOW + HOUR).articles == 3


def test_a_changed_item_keeps_its_id_and_date_of_sight(site: Site, their: Blog) -> None:
    their.show(feed(entry("a", body="Old.")))
    site.build()
    their.show(feed(entry("a", title="New title", body="New.")))
    site.build(NOW + HOUR)
    (found,) = site.feed().entries
    assert (found.id, found.title) == ("https://blog.example.com/?p=a", "New title")
    assert found.content[0].value == "<p>New.</p>"


def test_an_item_whose_feed_gives_other_ids_now_is_still_the_same(site: Site, their: Blog) -> None:
    site.build()
    their.show(feed(entry("a"), entry("b")).replace("https://blog.example.com/?p=", "urn:post:"))
    assert site.build(NOW + HOUR).articles == 2
    ids = {e.id for e in site.feed().entries}
    assert ids == {"https://blog.example.com/?p=a", "https://blog.example.com/?p=b"}


def test_it_is_not_asked_again_before_its_time(site: Site, their: Blog) -> None:
    site.build()
    site.build(NOW + OFTENEST - timedelta(seconds=1))
    assert len(their.asked) == 1
    site.build(NOW + OFTENEST)
    assert len(their.asked) == 2


@pytest.mark.parametrize(
    ("said", "due"),
    [("max-age=3600", HOUR), ("max-age=0", OFTENEST), ("max-age=9999999", SELDOMEST)],
)
def test_how_long_an_answer_holds_is_believed_within_bounds(
    said: str, due: timedelta, site: Site, their: Blog
) -> None:
    their.show(feed(entry("a")), Cache_Control=f"public, {said}")
    site.build()
    site.build(NOW + due - timedelta(seconds=1))
    assert len(their.asked) == 1
    site.build(NOW + due)
    assert len(their.asked) == 2


def test_what_did_not_change_is_not_fetched_again(site: Site, their: Blog) -> None:
    stamp = "Fri, 20 Nov 2026 00:00:00 GMT"
    their.show(feed(entry("a")), ETag='"1"', Last_Modified=stamp)
    site.build()
    their.show("", 304)
    assert site.build(NOW + HOUR).articles == 1
    assert their.asked[1]["if-none-match"] == '"1"'
    assert their.asked[1]["if-modified-since"] == stamp
    their.show("", 304)
    site.build(NOW + 2 * HOUR)
    assert their.asked[2]["if-none-match"] == '"1"'


FAILURES: dict[str, tuple[Callable[[Web], object], str]] = {
    "404": (lambda web: web.answer(404), "404"),
    "500": (lambda web: web.answer(500), "500"),
    "a page": (lambda web: web.answer(200, "<html><body>Hello</body></html>"), "no feed"),
    "nothing": (lambda web: web.answer(200, ""), "no feed"),
    "a circle": (lambda web: web.answer(302, Location="/feed"), "redirects too often"),
    "a private address": (
        lambda web: web.answer(302, Location="http://10.0.0.1/"),
        "not one of the public internet",
    ),
    "a broken line": (lambda web: web.wfile.write(b"\r\n\r\n"), ""),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_a_fetch_that_fails_is_one_line_and_empties_nothing(
    kind: str, site: Site, their: Blog
) -> None:
    site.build()
    before = site.files()
    their.answer, words = FAILURES[kind]
    (told,) = _told(site, NOW + HOUR)
    assert told.startswith(f"{their.url}: the feed is not read: ")
    assert words in told
    assert "\n" not in told
    assert "what was known is kept" in told
    assert site.files() == before


def test_an_address_that_may_not_be_asked_does_not_mend_itself(site: Site, their: Blog) -> None:
    """Nobody has to wait for an answer that never comes."""
    site.build()
    their.answer, _ = FAILURES["a private address"]
    (told,) = _told(site, NOW + HOUR)
    assert "mend its address" in told
    assert "asked again" not in told
    their.show("", 500)
    (told,) = _told(site, NOW + 9 * HOUR)
    assert "asked again" in told


def test_a_first_fetch_that_fails_leaves_the_folder_as_it_is(site: Site, their: Blog) -> None:
    their.show("", 503)
    site.post("2026-11-01-ours.md", title="Ours")
    assert "the answer is 503" in _told(site)[0]
    assert site.titles() == ["Ours"]


def test_what_went_wrong_is_told_until_it_is_mended(site: Site, their: Blog) -> None:
    their.show("", 500)
    assert len(_told(site)) == 1
    assert len(_told(site, NOW + timedelta(seconds=10))) == 1
    assert len(their.asked) == 1
    their.show(feed(entry("a")))
    assert _told(site, NOW + HOUR) == []


def test_a_feed_that_goes_on_failing_is_asked_ever_more_seldom(site: Site, their: Blog) -> None:
    their.show("", 500)
    asked = []
    for minute in range(400):
        before = len(their.asked)
        fetch(site.plan(), NOW + timedelta(minutes=minute))
        asked += [minute] if len(their.asked) > before else []
    assert asked == [0, 1, 5, 21, 85, 341]


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("7200", 2 * HOUR),
        ("Fri, 20 Nov 2026 05:00:00 GMT", 2 * HOUR),
        ("99999999", LONGEST_WAIT),
        ("soon", timedelta(minutes=1)),
    ],
)
def test_retry_after_is_heeded(said: str, wait: timedelta, site: Site, their: Blog) -> None:
    their.show("", 429, Retry_After=said)
    fetch(site.plan(), NOW)
    fetch(site.plan(), NOW + wait - timedelta(seconds=1))
    assert len(their.asked) == 1
    fetch(site.plan(), NOW + wait)
    assert len(their.asked) == 2


def test_an_address_that_moved_for_good_is_told_and_read(site: Site, their: Blog) -> None:
    text = feed(entry("a"))

    def say(web: Web) -> None:
        if web.path == "/feed":
            web.answer(301, Location="/new.xml")
        else:
            web.answer(200, text)

    their.answer = say
    (told,) = _told(site)
    new = their.url.replace("/feed", "/new.xml")
    assert told == (
        f"{their.url}: the feed has moved for good to {new}. write the new address into `feed =`"
    )
    assert site.titles() == ["Title of a"]


def test_a_detour_is_followed_without_a_word(site: Site, their: Blog) -> None:
    text = feed(entry("a"))
    their.answer = lambda web: (
        web.answer(302, Location="/x") if web.path == "/feed" else web.answer(200, text)
    )
    assert _told(site) == []
    assert site.titles() == ["Title of a"]


def test_a_feed_that_is_gone_for_good_is_told_so(site: Site, their: Blog) -> None:
    site.build()
    their.show("", 410)
    (told,) = _told(site, NOW + HOUR)
    assert "410: the feed is gone for good" in told
    assert told.endswith("remove its [[sources]], or write its new address")
    assert site.titles() == ["Title of a", "Title of b"]


def test_a_feed_without_end_is_not_read_to_its_end(site: Site, their: Blog) -> None:
    def say(web: Web) -> None:
        web.send_response(200)
        web.end_headers()
        for _ in range(100):
            web.wfile.write(b"<!-- " + b"x" * 1_000_000 + b" -->")

    their.answer = say
    begun = time.monotonic()
    assert "it is larger than 10 MB" in _told(site)[0]
    assert time.monotonic() - begun < 10


def test_who_never_comes_to_an_end_is_waited_for_no_longer_than_the_limit(
    site: Site, their: Blog
) -> None:
    ended = threading.Event()

    def say(web: Web) -> None:
        web.send_response(200)
        web.end_headers()
        while not ended.wait(0.05):
            web.wfile.write(b" ")

    their.answer = say
    try:
        (told,) = fetch(site.plan(), NOW, ask=partial(ask_politely, patience=0.5))
    finally:
        ended.set()
    assert "there is no answer in 0.5 seconds" in told.problem


def test_many_that_never_answer_are_waited_for_as_long_as_one(tmp_path: Path, their: Blog) -> None:
    ended = threading.Event()
    their.answer = lambda _: ended.wait(20)
    site = remote_site(tmp_path / "site", *(f"{their.url}/{number}" for number in range(20)))
    begun = time.monotonic()
    try:
        told = fetch(site.plan(), NOW, ask=partial(ask_politely, patience=2))
    finally:
        ended.set()
    assert len(told) == 20
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "[fe80::1]"])
def test_a_feed_at_a_private_address_is_refused(host: str) -> None:
    """Of this machine only what the operator wrote as such is asked."""
    assert "not one of the public internet" in ask_politely(f"http://{host}/feed", {}).problem


def test_a_new_source_is_no_news(tmp_path: Path, their: Blog) -> None:
    """What a feed had already when it was added is not mailed; what comes later is."""
    site = remote_site(tmp_path / "site")
    site.post("2026-10-01-ours.md", title="Ours")
    site.subscribe("kim@example.org")
    site.round()
    monday = datetime(2026, 11, 22, 23, tzinfo=UTC)
    site.round(monday)
    assert len(site.outbox()) == 1
    file = site.folder / "newsfeed.toml"
    text = file.read_text(encoding="utf-8")
    site.configure(
        text.replace("[[newsletters]]", f'[[sources]]\nfeed = "{their.url}"\n[[newsletters]]')
    )
    site.round(monday + HOUR)
    next_week = monday + timedelta(days=7)
    site.round(next_week)
    assert len(site.outbox()) == 1
    assert site.titles() == ["Title of a", "Title of b", "Ours"]
    their.show(feed(entry("c", title="Fresh", day=24)))
    site.round(next_week + 7 * timedelta(days=1))
    assert len(site.outbox()) == 2
    letters = [message_from_bytes(one, policy=default) for one in site.outbox().values()]
    assert ["Fresh" in letter["Subject"] for letter in letters].count(True) == 1


def test_another_feed_in_the_place_of_one_is_no_news_either(tmp_path: Path, their: Blog) -> None:
    site = remote_site(tmp_path / "site", their.url, more='name = "blog"\n', local=False)
    site.build()
    with blog() as other:
        other.show(feed(entry("x"), entry("y")))
        settings = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
        site.configure(settings.replace(their.url, other.url))
        with site.shop(NOW + HOUR) as shop:
            news = {article.title: article.news for article in shop.collection.articles}
    assert news == dict.fromkeys([f"Title of {name}" for name in "abxy"], False)


def test_a_validator_that_cannot_be_sent_is_not(site: Site, their: Blog) -> None:
    their.show(feed(entry("a")), ETag='"\xe9"')
    site.build()
    assert _told(site, NOW + HOUR) == []
    assert "if-none-match" not in their.asked[1]


def test_who_says_that_nothing_changed_before_there_was_anything_is_not_believed(
    site: Site, their: Blog
) -> None:
    their.show("", 304)
    assert "the answer is 304" in _told(site)[0]


def test_the_same_article_of_two_feeds_appears_once(tmp_path: Path, their: Blog) -> None:
    with blog() as other:
        text = feed(entry("a", title="Of the other"), entry("z", title="Only there"))
        other.show(
            text.replace("?p=", "?q=").replace("blog.example.com/a/", "www.blog.example.com/a")
        )
        site = remote_site(tmp_path / "site", their.url, other.url)
        site.build()
    assert sorted(site.titles()) == ["Only there", "Title of a", "Title of b"]
    with site.shop() as shop:
        (twin,) = [one for one in listing(shop) if one.left_out]
    assert twin.left_out.startswith(f"it is in {their.url} already")


@pytest.mark.parametrize(
    "address", ["https://blog.example.com/a/", "http://www.blog.example.com/a"]
)
def test_an_authors_file_wins_over_a_feed_and_takes_its_place(
    address: str, tmp_path: Path, their: Blog
) -> None:
    """The article keeps its id, so that no reader and no letter shows it twice."""
    text = feed(entry("a", day=2), entry("b", day=1))
    their.show(text.replace("https://blog.example.com/a/", address))
    site = remote_site(tmp_path / "site", their.url)
    site.build()
    ids = {e.title: e.id for e in site.feed().entries}
    settings = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
    site.configure(settings.replace("https://news.example.org", "https://blog.example.com"))
    site.post("2026-11-02-a.md", title="Ours now", permalink="/a/")
    site.build(NOW + HOUR)
    found = {e.title: e.id for e in site.feed().entries}
    assert found == {"Ours now": ids["Title of a"], "Title of b": ids["Title of b"]}


def test_a_site_of_feeds_alone_is_published(tmp_path: Path, their: Blog) -> None:
    site = remote_site(tmp_path / "site", their.url, local=False)
    run = site.run("build")
    assert (run.returncode, run.stderr) == (0, "")
    assert site.titles() == ["Title of a", "Title of b"]
    again = site.run("check")
    assert again.returncode == 0, again.stderr
    assert len(their.asked) == 1
    assert "Title of a" in site.run("articles").stdout


def test_a_source_that_has_another_name_now_keeps_its_items(site: Site, their: Blog) -> None:
    site.build()
    their.show(feed(entry("c", day=3)))
    settings = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
    site.configure(
        settings.replace(f'feed = "{their.url}"', f'feed = "{their.url}"\nname = "blog"')
    )
    assert site.build(NOW + HOUR).articles == 3
    assert len(list((site.folder / ".newsfeed" / "remote").iterdir())) == 1
    assert site.build(NOW + HOUR).written == ()


def test_a_feed_that_moved_keeps_its_items_at_its_new_address(site: Site, their: Blog) -> None:
    new, text = their.url + "/new", feed(entry("c", day=3))
    site.build()
    before = {e.id for e in site.feed().entries}
    their.answer = lambda web: (
        web.answer(301, Location="/feed/new") if web.path == "/feed" else web.answer(200, text)
    )
    assert new in _told(site, NOW + HOUR)[0]
    settings = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
    site.configure(settings.replace(f'"{their.url}"', f'"{new}"'))
    assert _told(site, NOW + 2 * HOUR) == []
    assert {e.id for e in site.feed().entries} == before | {"https://blog.example.com/?p=c"}


def test_items_that_were_lost_are_fetched_again_at_once(site: Site, their: Blog) -> None:
    their.show(feed(entry("a")), ETag='"1"')
    site.build()
    rmtree(site.folder / ".newsfeed" / "remote")
    assert site.build(NOW + timedelta(seconds=1)).articles == 1
    assert "if-none-match" not in their.asked[1]


def test_when_an_item_was_first_seen_is_kept_even_if_the_items_are_lost(
    site: Site, their: Blog
) -> None:
    their.show(re.sub("<pubDate>.*?</pubDate>", "", feed(entry("a"), entry("b"))))
    site.build()
    before = [(e.title, e.published) for e in site.feed().entries]
    assert [title for title, _ in before] == ["Title of a", "Title of b"]
    rmtree(site.folder / ".newsfeed" / "remote")
    site.build(NOW + HOUR)
    assert [(e.title, e.published) for e in site.feed().entries] == before


def test_a_feed_that_comes_packed_is_read(site: Site, their: Blog) -> None:
    def say(web: Web) -> None:
        web.send_response(200)
        web.send_header("Content-Encoding", "gzip")
        web.end_headers()
        web.wfile.write(gzip.compress(feed(entry("a")).encode()))

    their.answer = say
    assert site.build().articles == 1
    assert their.asked[0]["accept-encoding"] == "gzip"


def test_commands_and_the_service_tell_of_a_feed_that_fails(site: Site, their: Blog) -> None:
    their.show("", 404)
    site.post("2026-11-01-ours.md")
    line = f"{their.url}: the feed is not read: the answer is 404: there is nothing at this address"
    done = site.run("run", "--once")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(line) == 1
    for command in ("build", "check"):
        done = site.run(command)
        assert (done.returncode, done.stderr.count(f"warning: {line}")) == (0, 1)
    assert len(their.asked) == 1


def test_offline_nobody_is_asked_and_what_is_known_is_used(site: Site, their: Blog) -> None:
    site.post("2026-11-01-ours.md", title="Ours")
    assert site.run("build", "--offline").returncode == 0
    assert (their.asked, site.titles()) == ([], ["Ours"])
    site.build()
    assert site.run("publish", "--offline").returncode == 0
    assert (len(their.asked), len(site.titles())) == (1, 3)


def test_bad_feeds_cost_a_line_each_and_the_others_are_published(
    tmp_path: Path, their: Blog
) -> None:
    good = feed(entry("a"))

    def say(web: Web) -> None:
        if web.path == "/page":
            web.answer(200, "<!doctype html><title>No feed</title>")
        elif web.path == "/circle":
            web.answer(302, Location="/circle")
        elif web.path == "/inside":
            web.answer(301, Location="https://192.168.0.1/feed")
        elif web.path == "/endless":
            web.answer(200, f"{good}<!-- {'x' * 11_000_000} -->")
        else:
            web.answer(200, good)

    their.answer = say
    root = their.url.removesuffix("/feed")
    bad = [f"{root}/{name}" for name in ("page", "circle", "inside", "endless")]
    bad += ["http://10.1.2.3/feed", "https://[::ffff:7f00:1]/feed", "http://127.0.0.1:1/feed"]
    site = remote_site(tmp_path / "site", *bad, their.url)
    site.post("2026-11-01-ours.md", title="Ours")
    done = site.run("build")
    lines = [line for line in done.stderr.splitlines() if "the feed is not read: " in line]
    assert done.returncode == 0
    assert sorted(line.removeprefix("warning: ").partition(": the")[0] for line in lines) == sorted(
        bad
    )
    assert "Traceback" not in done.stderr
    assert site.titles() == ["Title of a", "Ours"]


def test_the_clock_that_was_wrong_once_does_not_silence_a_feed(site: Site, their: Blog) -> None:
    fetch(site.plan(), NOW + timedelta(days=400))
    fetch(site.plan(), NOW)
    assert len(their.asked) == 2


def test_a_damaged_item_is_named_and_the_others_stay(site: Site) -> None:
    site.build()
    file = next((site.folder / ".newsfeed" / "remote").glob("*/items/a-*.json"))
    file.write_text("{", encoding="utf-8")
    (fault,) = site.build(NOW + timedelta(seconds=1)).faults
    assert "is damaged" in fault.problem
    assert site.titles() == ["Title of b"]
