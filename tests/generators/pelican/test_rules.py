"""How Pelican's folders are read. Expected values are those of Pelican 4."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.base import Asking, Place
from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.conventions.pelican.constants import COMPUTED, constants
from newsfeed.collect.conventions.pelican.headers import of_html, of_markdown, of_rest, title_of
from newsfeed.collect.conventions.pelican.rules import Pelican
from newsfeed.collect.conventions.pelican.settings import USED, read
from newsfeed.collect.conventions.pelican.slugs import slugify
from newsfeed.collect.fields import read_fields
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.model import DateOrigin

SEOUL = ZoneInfo("Asia/Seoul")
SITE = 'PATH = "content"\nSITEURL = "https://example.org/blog"\nTIMEZONE = "Asia/Seoul"\n'
HANGUL = range(0xAC00, 0xD7A4)
PICTURES = range(0x1F300, 0x1F700)
HEAD = "Title: One\nDate: 2024-07-12 09:30\n"


def rules(site: Path, settings: str = SITE, permalink: str = "") -> Pelican:
    (site / "pelicanconf.py").write_text(settings, encoding="utf-8")
    found = convention("pelican", site, SEOUL, permalink)
    assert isinstance(found, Pelican)
    return found


def placed(found: Pelican, path: str, text: str) -> Place:
    front = found.front_matter(path, text)
    return found.place(path, front, read_fields(front, found.zone), "")


@pytest.mark.parametrize(
    ("settings", "link"),
    [
        ("", "/one.html"),
        ('ARTICLE_URL = "{date:%Y}/{date:%-m}/{category}/{slug}/"', "/2024/7/tools-sheds/one/"),
        ('ARTICLE_URL = "{path}"', "/a/file.md"),
        ('SLUGIFY_SOURCE = "basename"', "/file.html"),
        ('DEFAULT_LANG = "ko"', "/one-en.html"),
    ],
)
def test_addresses_are_made_by_the_settings(tmp_path: Path, settings: str, link: str) -> None:
    found = rules(tmp_path, SITE + settings)
    text = f"{HEAD}Lang: en\nCategory: Tools & Sheds\n\nText."
    place = placed(found, "content/a/file.md", text)
    assert place.link == link
    assert (found.base_path, place.guid) == ("/blog", "tag:{host},2024-07-12:{path}")


def test_an_address_of_its_own_or_a_form_in_our_settings_counts_first(tmp_path: Path) -> None:
    text = f"{HEAD}Url: odd/\n\nText."
    assert placed(rules(tmp_path), "content/one.md", text).link == "/odd/"
    found = rules(tmp_path, permalink="/:year/:slug/")
    assert placed(found, "content/one.md", HEAD).link == "/2024/one/"


def test_an_address_that_cannot_be_filled_is_a_fault_of_the_article(tmp_path: Path) -> None:
    found = rules(tmp_path, f'{SITE}ARTICLE_URL = "{{nothing}}/"')
    with pytest.raises(ArticleError, match="nothing"):
        placed(found, "content/one.md", HEAD)


@pytest.mark.parametrize(
    ("settings", "path", "category"),
    [
        ("", "content/tools/one.md", "tools"),
        ("", "content/one.md", "misc"),
        ('DEFAULT_CATEGORY = "all"\nUSE_FOLDER_AS_CATEGORY = False', "content/a/one.md", "all"),
        (r"PATH_METADATA = '(?P<category>\w+)/.*/.*'", "content/a/b/one.md", "a"),
        ('EXTRA_PATH_METADATA = {"a": {"slug": "s"}}', "content/a/one.md", "a"),
    ],
)
def test_a_category_comes_from_settings_and_folders(
    tmp_path: Path, settings: str, path: str, category: str
) -> None:
    place = placed(rules(tmp_path, SITE + settings), path, HEAD)
    assert place.categories == (category,)
    assert placed(rules(tmp_path), path, f"{HEAD}Category: own").categories == ("own",)


@pytest.mark.parametrize(
    ("settings", "path", "date"),
    [
        ("", "content/2024-07-01-one.md", datetime(2024, 7, 1, tzinfo=SEOUL)),
        ("DEFAULT_DATE = (2020, 1, 2, 3)", "content/a.md", datetime(2020, 1, 2, 3, tzinfo=SEOUL)),
        ('DEFAULT_DATE = "2020-01-02"', "content/a.md", datetime(2020, 1, 2, tzinfo=SEOUL)),
    ],
)
def test_a_date_comes_from_names_and_settings(
    tmp_path: Path, settings: str, path: str, date: datetime
) -> None:
    assert placed(rules(tmp_path, SITE + settings), path, "Title: One\n").date == date


@pytest.mark.parametrize(
    "written",
    ["12 July 2024 09:30", "July 12, 2024 09:30", "2024-07-12_09:30", "Jul 12 2024 09:30"],
)
def test_dates_in_english_are_understood(tmp_path: Path, written: str) -> None:
    place = placed(rules(tmp_path), "content/one.md", f"Title: One\nDate: {written}\n")
    assert place.date == datetime(2024, 7, 12, 9, 30, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{HEAD}Status: draft", "status: draft"),
        (f"{HEAD}Status: Hidden", "status: hidden"),
        ("Date: 2024-07-12\n", "it has no title in its header"),
        ("Title: One\n", "it has no date, without which Pelican leaves it out"),
    ],
)
def test_what_pelican_does_not_publish_is_left_out(tmp_path: Path, text: str, reason: str) -> None:
    assert placed(rules(tmp_path), "content/one.md", text).left_out == reason


def test_the_time_of_a_file_is_asked_of_git(tmp_path: Path) -> None:
    place = placed(rules(tmp_path, f'{SITE}DEFAULT_DATE = "fs"'), "content/a.md", "Title: One\n")
    assert (place.date, place.dated, place.left_out, place.guid) == (None, None, "", "")
    assert placed(rules(tmp_path), "content/a.md", HEAD).dated is DateOrigin.FRONT_MATTER


def test_only_articles_in_their_folders_are_read(tmp_path: Path) -> None:
    found = rules(tmp_path, f'{SITE}ARTICLE_PATHS = ["blog"]\nARTICLE_EXCLUDES = ["blog/old"]')
    accepted = ("content/", "content/blog/", "content/blog/a.md", "content/blog/a.rst")
    refused = (
        "output/",
        "content/pages/",
        "content/a.md",
        "content/blog/old/",
        "content/blog/.#a.md",
    )
    assert all(map(found.accepts, accepted))
    assert [path for path in refused if found.accepts(path)] == []


def test_settings_that_are_no_python_are_named_and_no_guess(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    with pytest.raises(SettingsError, match=r"pelicanconf\.py: cannot be read"):
        rules(tmp_path, "PATH = \n")
    generator, located = detect(tmp_path)
    assert generator.name == "pelican"
    (fault,) = generator.about(located.site).problems
    assert str(fault).startswith(f"{tmp_path}/pelicanconf.py: cannot be read: ")
    assert generator.locate(tmp_path / "content") is not None


@pytest.mark.parametrize(
    ("settings", "feeds", "of_category"),
    [
        ("", {"atom": "feeds/all.atom.xml"}, "feeds/{slug}.atom.xml"),
        ("FEED_ALL_RSS = 'r.xml'", {"atom": "feeds/all.atom.xml", "rss": "r.xml"}, ""),
        ("FEED_ALL_ATOM = '/a.xml'\nCATEGORY_FEED_ATOM = None", {"atom": "a.xml"}, ""),
        ("FEED_ALL_ATOM = None", {}, ""),
    ],
)
def test_the_site_s_own_feeds_are_taken_over(
    tmp_path: Path, settings: str, feeds: dict[str, str], of_category: str
) -> None:
    (tmp_path / "pelicanconf.py").write_text(SITE + settings, encoding="utf-8")
    about = detect(tmp_path)[0].about(tmp_path)
    assert (about.feeds, about.by_category) == (feeds, of_category)


def test_what_a_program_would_compute_is_told_and_no_guess(tmp_path: Path) -> None:
    settings = f"{SITE}ARTICLE_URL = form()\nSITEURL = os.environ['URL']\nTHEME = theme()\n"
    with pytest.raises(ArticleError, match="ARTICLE_URL is computed"):
        placed(rules(tmp_path, settings), "content/one.md", HEAD)
    assert placed(rules(tmp_path, settings, "/:slug/"), "content/one.md", HEAD).link == "/one/"
    generator, located = detect(tmp_path)
    told = [fault.problem.partition(" ")[0] for fault in generator.about(located.site).problems]
    assert told == ["ARTICLE_URL", "SITEURL"]


def test_settings_are_constants_and_nothing_is_run() -> None:
    text = (
        "import os\nA = 'a'\nB: str = A + 'b'\nC = [A] + [1]\nD = {'k': (A, None)}\nE = f'{A}!'\n"
        "F = os.environ['HOME']\nG = open('x').read()\nH = A\nH += 'h'\nA = make()\n"
        r"I = '\d'"
    )
    found = constants(text, {"A": "before"})
    assert {name for name, value in found.items() if value is COMPUTED} == {"A", "F", "G"}
    assert {name: value for name, value in found.items() if value is not COMPUTED} == {
        "B": "ab",
        "C": ["a", 1],
        "D": {"k": ("a", None)},
        "E": "a!",
        "H": "ah",
        "I": r"\d",
    }


def test_headers_of_markdown_are_read_as_python_markdown_does() -> None:
    header = of_markdown("---\nTitle: A: b\nSummary: one\n    two\nTAGS: x\n---\nBody: no header")
    assert header.values == {"title": ["A: b"], "summary": ["one", "two"], "tags": ["x"]}
    assert header.body_line == 7
    assert of_markdown("Just words.\nTitle: no").body_line == 1


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        ("A *b*\n=====\n\n:date: 2024\n:tags: a,\n   b\n\nText", "A b", 8),
        ("###\nA b\n###\n\n:date: 2024\n:tags: a,\n   b\n\nText", "A b", 9),
        (":date: 2024\n:tags: a,\n   b\n\nText", "", 5),
    ],
)
def test_fields_of_rest_follow_the_title(text: str, title: str, line: int) -> None:
    header = of_rest(text)
    assert (title_of(header), header.body_line) == (title, line)
    assert (header.values["date"], header.values["tags"]) == (["2024"], ["a,", "b"])


def test_the_head_of_a_page_in_html_is_read() -> None:
    header = of_html('<title>A &amp; b</title>\n<meta name="keywords" content="x" />\n<body>\nT')
    assert (title_of(header), header.values["tags"], header.body_line) == ("A & b", ["x"], 3)


def test_raw_markup_and_other_files_stay_out_of_rest_and_are_told(tmp_path: Path) -> None:
    text = "One.\n\n.. raw:: html\n\n   <script>x</script>\n\n.. include:: /etc/hostname\n"
    found = rules(tmp_path)
    body = found.body("content/one.rst", text, str)
    assert body.text.strip() == "<p>One.</p>"
    told = found.body("content/one.rst", text, Asking()).dropped
    assert [(one.written, one.line) for one in told] == [
        (".. raw:: html", 3),
        (".. include:: /etc/hostname", 7),
    ]


def test_broken_rest_is_a_fault_of_the_article(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="Unknown directive"):
        rules(tmp_path).body("content/one.rst", ".. nonsense::\n", str)


def test_a_link_that_leads_nowhere_stays_as_it_is(tmp_path: Path) -> None:
    text = "[a]({filename}b.md) [c]({filename}/d.md#e) [f]({nothing}g)"
    known = {"content/d.md": "https://example.org/d/"}
    body = rules(tmp_path).body("content/a.md", text, lambda path: known.get(path, ""))
    assert body.text == "[a]({filename}b.md) [c](https://example.org/d/#e) [f]({nothing}g)"


def test_slugs_are_those_of_pelican_s_own_table(require: Callable[[str], str]) -> None:
    """All of Hangul, and every other character that we do not refuse."""
    script = (
        "import sys, re; from pelican.settings import DEFAULT_CONFIG as C\n"
        "from pelican.utils import slugify\n"
        "for word in sys.stdin.read().split('\\n'):\n"
        "    print(slugify(word, C['SLUG_REGEX_SUBSTITUTIONS']))\n"
    )
    known = {}
    for number in (*range(0x20, 0x2C00), *range(0x3000, 0x3100), *HANGUL, *PICTURES):
        word = f"a{chr(number)}b"
        if word.isprintable():
            try:
                known[word] = slugify(word)
            except LookupError:
                continue
    assert len(known) > len(HANGUL)
    with Path(require("pelican")).open(encoding="utf-8") as program:
        python = program.readline().removeprefix("#!").split()
    done = subprocess.run(
        [*python, "-c", script],
        input="\n".join(known),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    theirs = dict(zip(known, done.stdout.split("\n"), strict=False))
    assert {word: slug for word, slug in known.items() if theirs[word] != slug} == {}


def test_a_slug_in_another_alphabet_is_refused_unless_the_settings_keep_it(tmp_path: Path) -> None:
    text = "Title: Привет 世界\nDate: 2024-07-12\n"
    with pytest.raises(ArticleError, match="SLUGIFY_USE_UNICODE"):
        placed(rules(tmp_path), "content/one.md", text)
    found = rules(tmp_path, f"{SITE}SLUGIFY_USE_UNICODE = True\n")
    assert placed(found, "content/one.md", text).link == "/привет-世界.html"


@given(st.text(max_size=80))
def test_no_text_stops_the_readers_of_headers(text: str) -> None:
    for reader in (of_markdown, of_rest, of_html):
        header = reader(text)
        assert 1 <= header.body_line <= text.count("\n") + 2
        title_of(header)


@given(st.text(alphabet="ABC=+[](){}'\"\\:, \n#*f1", max_size=80))
def test_no_text_stops_the_reader_of_settings(text: str) -> None:
    try:
        assert isinstance(constants(text, {}), dict)
    except ValueError as error:
        assert "no Python" in str(error)


WORDS = st.text(alphabet="abc{}:%-Y,;<>&\"'\\\n 0129가", max_size=30)


@given(
    st.dictionaries(st.sampled_from(sorted(USED)), WORDS | st.lists(WORDS) | st.integers()),
    st.dictionaries(st.sampled_from(["Title", "Date", "Slug", "Url", "Lang", "Tags"]), WORDS),
)
def test_no_settings_and_no_header_are_more_than_a_fault(
    settings: dict[str, object], header: dict[str, str]
) -> None:
    """Whatever stands in the one or the other, the article has a place or a fault."""
    lines = "".join(f"{key}: {value}\n" for key, value in header.items())
    found = Pelican(read(settings, SEOUL, "content"))
    for path in ("content/2024-07-12-one.md", "content/a/one.rst", "one.html"):
        found.accepts(path)
        try:
            placed(found, path, f"{lines}\nText.")
        except ArticleError as error:
            assert error.problem


def test_the_rules_tell_long_patterns_apart(tmp_path: Path) -> None:
    long = "(?P<date>\\d{4}-\\d{2}-\\d{2})_" + "x?" * 100
    one, other = (f"{SITE}FILENAME_METADATA = r'{long}{end}'\n" for end in ("(?P<slug>.*)", ".*"))
    assert rules(tmp_path, one).key != rules(tmp_path, other).key
