"""Sites that are laid out in other ways, each built by Hugo and compared with what we publish."""

from __future__ import annotations

import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.detect import convention
from tests.generators.hugo.kit import Require, differences, hugo, write

DATE = "2024-01-05T10:00:00Z"


def _post(title: str, **more: object) -> dict[str, object]:
    return {"title": title, "date": DATE, **more}


def test_languages_by_folder_below_their_codes(tmp_path: Path, require: Require) -> None:
    """`contentDir` of each, the main language below its code too, a feed of another name."""
    folder = write(
        tmp_path / "site",
        {
            "config/_default/hugo.yaml": (
                "baseURL: https://ex.example.org\ntitle: T\ndefaultContentLanguage: ko\n"
                "defaultContentLanguageInSubdir: true\ndisablePathToLower: true\n"
                "removePathAccents: true\nuglyURLs: true\n"
                "outputFormats: {RSS: {baseName: feed}}\n"
            ),
            "config/_default/languages.toml": (
                '[en]\ncontentDir = "content/en"\nweight = 2\n'
                '[ko]\ncontentDir = "content/ko"\nweight = 1\nlanguageCode = "ko-kr"\n'
            ),
            "config/_default/permalinks.toml": 'posts = "/p/:slugorfilename"\n',
            "config/production/hugo.toml": 'title = "Production"\n',
            "content/en/posts/One Two.md": _post("one"),
            "content/ko/posts/One Two.md": _post("하나"),
            "content/ko/posts/zz.en.md": _post("in English, in the other folder"),
            "content/en/notes/Été Ünï 한글.md": _post("accents"),
            "content/en/notes/bundle/index.md": _post("bundle"),
            "content/en/notes/u.md": _post("url", url="/Some/Url2"),
            "content/en/about.md": _post("About", slug="Été X"),
            "content/ko/about.md": _post("소개"),
        },
    )
    hugo(require, folder)
    assert differences(folder, "ko/feed.xml", "en/feed.xml") == []
    assert 'rss = "ko/feed.xml"' in (folder / "newsfeed.toml").read_text(encoding="utf-8")


def test_a_language_that_hugo_alone_spells_so_is_taken_over(
    tmp_path: Path, require: Require
) -> None:
    """Feeds and settings say `pt-br` where Hugo has `pt_br`; addresses keep Hugo's spelling."""
    languages = "[languages.en]\nweight = 1\n[languages.pt_br]\nweight = 2\n"
    folder = write(
        tmp_path / "site",
        {
            "hugo.toml": f'baseURL = "https://ex.example.org"\ntitle = "T"\n{languages}',
            "content/posts/one.md": _post("one"),
            "content/posts/one.pt_br.md": _post("um"),
        },
    )
    hugo(require, folder)
    found = differences(folder, "index.xml", "pt_br/index.xml")
    assert [(one.kind, one.entry) for one in found if one.kind != "address"] == []
    assert 'languages = ["pt-br"]' in (folder / "newsfeed.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "hugo.yaml",
            "baseURL: https://ex.example.org/blog/\npermalinks: {posts: /:year/:title/}\n",
        ),
        (
            "hugo.json",
            '{"baseURL": "https://ex.example.org/", "permalinks": {"posts": "/:yearday/:slug/"}}',
        ),
        ("config.toml", 'baseURL = "https://ex.example.org/"\nlanguageCode = "ko-KR"\n'),
        ("config.yml", "baseURL: https://ex.example.org/\ntimeZone: America/New_York\n"),
    ],
)
def test_settings_in_every_syntax(tmp_path: Path, require: Require, name: str, text: str) -> None:
    """Of one language; dates without a zone are in the site's, else in UTC."""
    folder = write(
        tmp_path / "site",
        {
            name: text,
            "content/posts/a.md": _post("It's A—Title: “한글” & more?", date="2024-01-05"),
            "content/posts/b.md": '+++\ntitle = "TOML"\ndate = 2024-01-06\nslug = "A Slug!"\n+++\n',
            "content/posts/c.org": "#+title: Org\n#+date: 2024-01-07T10:00:00\n\ntext\n",
            "content/posts/d.html": "---\ntitle: HTML\ndate: 2024-01-08 10:00:00\n---\n<p>x</p>",
            "content/posts/2024/e.md": _post("Deep", date="2024-01-09T10:00:00+09:00"),
            "content/posts/f.md": "---\nTitle: Keys in capitals\nDATE: 2024-01-10\n---\nx\n",
            "content/about/index.md": _post("About us"),
        },
    )
    hugo(require, folder)
    assert differences(folder, "index.xml") == []


def test_weights_dates_and_what_is_left_out(tmp_path: Path, require: Require) -> None:
    """Those with a weight come first; dates are taken from where the settings say."""
    posts = {
        "neg": _post("n", weight=-2),
        "w9": _post("w", weight=9, date="2025-01-01"),
        "w2": _post("w", weight=2),
        "pub": {"title": "p", "publishDate": "2023-05-05"},
        "mod": {"title": "m", "lastmod": "2023-05-06"},
        "own": _post("o", Written="2022-02-02"),
        "ahead": _post("ahead", date="2090-01-01", publishDate="2023-01-01"),
        "late": _post("late", publishDate="2090-01-01"),
        "gone": _post("gone", expiryDate="2021-01-01"),
        "stays": _post("stays", expiryDate="2091-01-01"),
        "false": _post("false", published=False),
        "local": _post("local", _build={"list": "local"}),
        "link": _post("link", _build={"render": "link"}),
        "2023-03-04-named": {"title": "named"},
        "2023-03-05 spaces": {"title": "named too"},
        "2023-03-06": {"title": "date alone"},
        "2023-03-07-both": _post("both"),
        "bundle/index": _post("bundle", linkTitle="zzz"),
        "bundle/resource": _post("resource"),
        "bundle/deep/index": _post("deep in a bundle"),
        "hidden/index": _post("headless", headless=True),
        "none": {"title": "undated"},
    }
    settings = (
        'baseURL = "https://ex.example.org/"\ntimeZone = "Asia/Seoul"\nrssLimit = 100\n'
        '[frontmatter]\ndate = ["written", ":filename", ":default"]\n'
        '[permalinks]\nposts = "/:year/:month/:slugorfilename/"\n'
    )
    files = {f"content/posts/{name}.md": values for name, values in posts.items()}
    folder = write(tmp_path / "site", {"hugo.toml": settings, **files})
    hugo(require, folder)
    assert differences(folder, "index.xml") == []


def test_cascades_from_settings_and_sections(tmp_path: Path, require: Require) -> None:
    """The page's own wins, then the nearest section's; by path, kind and language."""
    folder = write(
        tmp_path / "site",
        {
            "hugo.toml": (
                'baseURL = "https://ex.example.org/"\n'
                "[languages.en]\nweight = 1\n[languages.ko]\nweight = 2\n"
                '[permalinks]\nc = "/:sections[1:]/:sections[last]/:filename/"\n'
                '[[cascade]]\ndraft = true\n[cascade._target]\npath = "/secret/**"\n'
                '[[cascade]]\nweight = 4\n[cascade._target]\nlang = "ko"\n'
            ),
            "content/secret/a.md": _post("secret"),
            "content/secret/b.md": _post("said otherwise", draft=False),
            "content/c/_index.md": {"title": "C", "cascade": {"date": "2019-09-09", "weight": 7}},
            "content/c/a.md": {"title": "a"},
            "content/c/a.ko.md": _post("a ko"),
            "content/c/b.ko.md": _post("b ko", weight=2),
            "content/c/b.md": _post("b", weight=3),
            "content/c/d/_index.md": {
                "title": "D",
                "cascade": [{"weight": 9, "_target": {"path": "/c/d/x*"}}, {"weight": 11}],
            },
            "content/c/d/xa.md": {"title": "xa"},
            "content/c/d/ya.md": {"title": "ya"},
            "content/c/plain/z.md": {"title": "z"},
            "content/t/_index.md": {"title": "T", "cascade": {"title": "Given", "url": "/given/"}},
            "content/t/one.md": {"date": DATE},
            "content/e/_index.md": {"title": "E", "draft": True},
            "content/e/one.md": _post("in a section that is a draft"),
        },
    )
    hugo(require, folder)
    assert differences(folder, "index.xml", "ko/index.xml") == []


@pytest.mark.parametrize("place", ["", "themes/cove/"])
def test_a_feed_of_the_main_sections_alone(tmp_path: Path, require: Require, place: str) -> None:
    """By a template of the site or of its theme, which asks for `mainSections`."""
    template = (
        '<rss version="2.0"><channel><title>T</title><link>{{ .Permalink }}</link>'
        '<description>D</description>{{ range where .Site.RegularPages "Section" "in" '
        ".Site.Params.mainSections }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link>"
        "<guid>{{ .Permalink }}</guid></item>{{ end }}</channel></rss>"
    )
    folder = write(
        tmp_path / "site",
        {
            "hugo.toml": (
                'baseURL = "https://ex.example.org/"\n'
                + ('theme = "cove"\n' if place else "")
                + '[params]\nmainSections = ["posts"]\n'
            ),
            f"{place}layouts/_default/rss.xml": template,
            "content/posts/a.md": _post("a"),
            "content/notes/b.md": _post("b"),
            "content/about.md": _post("About"),
        },
    )
    hugo(require, folder)
    assert differences(folder, "index.xml") == []


def test_rules_change_with_what_is_a_page_and_not_with_every_post(tmp_path: Path) -> None:
    """A new bundle is a file more to read; one that holds other files changes what is read."""
    keys = []
    write(tmp_path, {"hugo.toml": 'baseURL = "https://ex.example.org/"\n'})
    for name in ("one/index.md", "two/index.md", "two/images/map.svg", "two/notes.md"):
        write(tmp_path, {f"content/posts/{name}": _post(name)})
        keys.append(convention("hugo", tmp_path, ZoneInfo("UTC"), "").key)
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_a_page_without_a_date_stays_last_where_git_knows_when_it_came(
    tmp_path: Path, require: Require
) -> None:
    """An "about" that was committed today is nothing new."""
    folder = write(
        tmp_path / "site",
        {
            "hugo.toml": 'baseURL = "https://ex.example.org/"\n',
            "content/about.md": {"title": "About"},
            "content/posts/a.md": _post("a"),
            "content/posts/heavy.md": {"title": "heavy and undated", "weight": 5},
        },
    )
    hugo(require, folder)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "content"), (*who, "commit", "-qm", "x")):
        subprocess.run([require("git"), *words], cwd=folder, check=True, timeout=60)
    assert differences(folder, "index.xml") == []
