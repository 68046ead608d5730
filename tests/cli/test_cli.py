"""The command line as people meet it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest

from newsfeed.cli import COMMANDS
from tests.kit import NEWSLETTER, SETTINGS, Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("2026-10-01-one.md", categories="[News]", title="하나")
    return site


def test_help_lists_every_command_and_each_has_help_of_its_own(site: Site) -> None:
    text = site.run("--help").stdout
    for name, sentence in COMMANDS.items():
        assert name in text
        assert sentence.split(";")[0].split(",")[0] in " ".join(text.split())
        done = site.run(name, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith(f"Usage: newsfeed {name}")


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", [("init", "new"), ("publish",)])
def test_closed_streams_are_no_fault(site: Site, words: tuple[str, ...], closed: str) -> None:
    """As a supervisor may start us: what is asked of nobody is not asked, and the rest is done."""
    (site.folder / "new").mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m newsfeed "$@" {closed}', sys.executable, *words],
        cwd=site.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_publish_tells_where_feeds_and_preview_are(site: Site) -> None:
    done = site.run("publish")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("1 article; ")
    for path in ("public/feed.xml", "public/atom.xml", "public/feed.json"):
        assert f"  {path}" in lines
        assert (site.folder / path).is_file()
    for ending in ("html", "txt", "eml"):
        assert f"  .newsfeed/preview/weekly.{ending}" in lines
        assert (site.folder / f".newsfeed/preview/weekly.{ending}").is_file()
    assert any(line.startswith("weekly: the next letter is due Mon ") for line in lines)
    assert done.stderr == ""


def test_json_is_one_document(site: Site) -> None:
    for words in (("publish",), ("build",), ("articles",), ("check",), ("config",)):
        done = site.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)


def test_build_never_previews(site: Site) -> None:
    assert site.run("build").returncode == 0
    assert not (site.folder / ".newsfeed/preview").exists()


def test_articles_explains_each_file(site: Site) -> None:
    site.post("draft.md", draft="true")
    site.post("later.md", date="2099-01-01")
    site.write("broken.md", "---\ntitle: a: b\n---\n")
    lines = site.run("articles").stdout.splitlines()
    assert lines[0].startswith("2026-10-01 00:00 +0900  2026-10-01-one.md  하나")
    assert "left out  draft.md: draft: true" in lines
    assert any("later.md: its date is in the future" in line for line in lines)
    assert any("broken.md: line 2" in line for line in lines)
    detail = site.run("articles", "posts/2026-10-01-one.md").stdout
    assert "id:        https://news.example.org/news/one/" in detail
    assert "public" not in detail
    assert "feed.xml" in detail


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("posts/none.md", "there is no such file"),
        ("newsfeed.toml", "it lies in no source"),
        ("posts/style.css", "by the rules of plain it is no article"),
    ],
)
def test_articles_explains_what_is_no_article(site: Site, path: str, reason: str) -> None:
    site.write("style.css", "")
    assert reason in site.run("articles", path).stdout


def test_articles_writes_nothing(site: Site) -> None:
    site.run("articles")
    assert not site.output.exists()


def test_check_looks_at_everything_and_writes_nothing(site: Site) -> None:
    settings = site.folder / "newsfeed.toml"
    site.configure(settings.read_text() + "commercial = false\n")
    done = site.run("check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("looked at 1 article, ")
    assert "1 letter: 0 faults, 0 warnings" in done.stdout
    assert not site.output.exists()
    assert not (site.folder / ".newsfeed/preview").exists()


def test_check_names_faults_and_warnings(site: Site) -> None:
    site.write("broken.md", "---\ntitle: a: b\n---\n")
    site.post("image.md", image="/none.png")
    done = site.run("check")
    assert done.returncode == 3
    assert "broken.md:2:" in done.stderr
    assert "warning: image.md: the image /none.png is not in the folder" in done.stderr


def test_config_shows_what_is_in_force(site: Site) -> None:
    done = site.run("config", NEWSFEED__FEEDS__LIMIT="7")
    assert "limit = 7" in done.stdout
    assert 'title = "한반도 브리핑"' in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("publihs",), "publihs"),
        (("publish", "--jsno"), "--json"),
        (("publish", "-c", "none.toml"), "none.toml: there is no such file"),
        (("publish", "-c"), "-c"),
    ],
)
def test_wrong_words_end_with_2_and_one_line(
    site: Site, words: tuple[str, ...], message: str
) -> None:
    done = site.run(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('schedule = "every moonday"', "newsletters.weekly.schedule"),
        ('from = "nobody"', "newsletters.weekly.from"),
        ('subject = "{titel}"', "newsletters.weekly.subject"),
        ('reply_to = "a b c"', "newsletters.weekly.reply_to"),
    ],
)
def test_a_newsletter_that_cannot_be_is_named_before_anything_is_written(
    site: Site, line: str, message: str
) -> None:
    key = line.partition(" ")[0]
    lines = [old for old in NEWSLETTER.splitlines() if not old.startswith(f"{key} ")]
    site.configure(SETTINGS + "\n".join([*lines, line]) + "\n")
    done = site.run("publish")
    assert done.returncode == 2
    assert message in done.stderr
    assert not site.output.exists()


def test_paths_are_relative_to_the_settings_file(site: Site, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newsfeed", "build", "-c", site.folder / "newsfeed.toml"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert (site.output / "feed.xml").is_file()


def test_a_store_that_the_output_would_publish_is_refused(site: Site) -> None:
    site.configure(SETTINGS + '[store]\nurl = "sqlite:///public/x.db"\n')
    done = site.run("publish")
    assert done.returncode == 2
    assert "where everybody could read it" in done.stderr


def test_init_on_own_posts_leads_to_a_publish(tmp_path: Path) -> None:
    site = Site(tmp_path / "blog")
    (site.folder / "newsfeed.toml").unlink()
    site.post("hello.md", "안녕하세요, 첫 글입니다.", title="첫 글")
    done = site.run("init")
    assert done.returncode == 0, done.stderr
    assert "newsfeed publish" in done.stdout
    text = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
    assert 'language = "ko"' in text
    assert site.run("publish").returncode == 0
    assert site.titles() == ["첫 글"]
    assert site.run("init").returncode == 2


def test_init_reads_a_jekyll_site(tmp_path: Path) -> None:
    site = Site(tmp_path / "blog")
    shutil.rmtree(site.posts)
    (site.folder / "newsfeed.toml").unlink()
    (site.folder / "_config.yml").write_text(
        "title: 블로그\nurl: https://example.org\nbaseurl: /b\ntimezone: Asia/Seoul\n",
        encoding="utf-8",
    )
    (site.folder / "_posts").mkdir()
    (site.folder / "_posts/2024-07-12-글.md").write_text("---\ntitle: 글\n---\n", encoding="utf-8")
    assert site.run("init").returncode == 0
    done = site.run("publish")
    assert done.returncode == 0, done.stderr
    entry = feedparser.parse((site.folder / "_public/atom.xml").read_bytes()).entries[0]
    assert entry.link == "https://example.org/b/2024/07/12/%EA%B8%80.html"
    assert entry.id == "https://example.org/b/2024/07/12/%EA%B8%80"
    assert not (site.folder / "_public/index.html").exists()


def test_the_demo_publishes_at_once(tmp_path: Path) -> None:
    site = Site(tmp_path / "x")
    site.folder = tmp_path
    assert site.run("init", "demo", "--demo").returncode == 0
    site.folder = tmp_path / "demo"
    done = site.run("publish")
    assert done.returncode == 0, done.stderr
    assert (site.folder / "public/feed.xml").is_file()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_given_for_each_shell(site: Site, shell: str) -> None:
    done = site.run(_NEWSFEED_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert "newsfeed" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shells_themselves_accept_the_completion_script(
    site: Site, tmp_path: Path, shell: str, require: Callable[[str], str]
) -> None:
    script = tmp_path / "complete"
    script.write_text(site.run(_NEWSFEED_COMPLETE=f"{shell}_source").stdout, encoding="utf-8")
    done = subprocess.run([require(shell), "-n", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_completion_offers_commands(site: Site) -> None:
    done = site.run(_NEWSFEED_COMPLETE="bash_complete", COMP_WORDS="newsfeed pub", COMP_CWORD="1")
    assert done.stdout.strip() == "plain,publish"


@pytest.mark.parametrize(
    "name", ["posts/각.md", "posts/\u1100\u1161\u11a8.md", "docs/../posts/각.md"]
)
def test_articles_finds_a_file_however_its_path_is_spelled(site: Site, name: str) -> None:
    (site.folder / "docs").mkdir()
    site.post("각.md", title="찾은 글")
    assert "찾은 글" in site.run("articles", name).stdout


def test_articles_explains_a_symbolic_link(site: Site) -> None:
    (site.posts / "out.md").symlink_to(site.folder / "newsfeed.toml")
    assert "is a symbolic link" in site.run("articles", "posts/out.md").stdout


@pytest.mark.parametrize("words", [("config",), ("config", "--json")])
def test_config_shows_no_password(site: Site, words: tuple[str, ...]) -> None:
    site.configure(SETTINGS + '[cluster]\nbroker = "amqp://u:SECRET@mq.invalid"\n')
    done = site.run(*words)
    assert "amqp://u:***@mq.invalid" in done.stdout
    assert "SECRET" not in done.stdout + done.stderr


def test_json_is_one_document_though_the_deploy_command_prints(site: Site) -> None:
    site.configure(SETTINGS + '[publish]\ndeploy = "echo uploaded"\n')
    done = site.run("publish", "--json")
    assert json.loads(done.stdout)["deployed"] is True
    assert "uploaded" in done.stderr


def test_init_reads_what_jekyll_sites_really_say(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(
        "title: 블로그\nurl: https://한국.kr\nlocale: ko_KR\n", encoding="utf-8"
    )
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_posts/2024-07-12-글.md").write_text("---\ntitle: 글\n---\n", encoding="utf-8")
    site = Site(tmp_path / "x")
    site.folder = tmp_path
    assert site.run("init").returncode == 0
    text = (tmp_path / "_newsfeed.toml").read_text(encoding="utf-8")
    assert 'language = "ko-KR"' in text
    assert 'from = "news@xn--3e0b707e.kr"' in text
    done = site.run("publish")
    assert done.returncode == 0, done.stderr


def test_init_writes_no_settings_that_would_fail(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("timezone: Nowhere/None\n", encoding="utf-8")
    site = Site(tmp_path / "x")
    site.folder = tmp_path
    done = site.run("init")
    assert done.returncode == 2
    assert "Nowhere/None" in done.stderr
    assert not (tmp_path / "_newsfeed.toml").exists()


def test_init_where_no_folder_can_be_is_told_in_one_line(site: Site) -> None:
    done = site.run("init", "newsfeed.toml/folder")
    assert done.returncode == 2
    assert "fault of newsfeed" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_a_command_the_help_is_shown_as_it_is(site: Site) -> None:
    done = site.run()
    assert done.returncode == 2
    assert done.stdout == site.run("--help").stdout
    assert done.stderr == ""


def test_the_slot_is_told_in_the_newsletter_s_zone_in_every_run(site: Site) -> None:
    slots = [
        [line for line in site.run("publish").stdout.splitlines() if "is due" in line]
        for _ in range(2)
    ]
    assert slots[0] == slots[1]
    assert "08:00 KST, 1 article" in slots[0][0]


def test_a_path_that_is_no_file_ends_with_status_1(site: Site) -> None:
    done = site.run("articles", "posts/none.md")
    assert (done.returncode, "there is no such file" in done.stdout) == (1, True)
    assert site.run("articles", "posts").returncode == 0


def test_what_click_refuses_ends_with_a_full_stop_before_the_help(site: Site) -> None:
    said = site.run("publish", "x").stderr
    assert "unexpected extra argument (x). See `newsfeed publish --help`" in said


def test_one_file_is_told_as_one(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.post("one.md")
    (site.folder / "newsfeed.toml").unlink()
    assert "1 file that may be an article; " in site.run("init").stdout
