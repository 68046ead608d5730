"""The settings file and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed import config
from newsfeed.errors import SettingsError
from newsfeed.settings import Settings
from newsfeed.settings_text import as_toml, without_secrets

MINIMAL = '[site]\ntitle = "T"\nurl = "https://example.org"\n[[sources]]\npath = "posts"\n'
NEWSLETTER = '[[newsletters]]\nname = "w"\ntitle = "W"\nfrom = "news@example.org"\n'
REDIRECT = '[[redirects]]\nfrom = "{}"\nto = "{}"\n'


def _load(folder: Path, text: str, **environment: str) -> Settings:
    path = folder / "newsfeed.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, environment)


def test_two_tables_are_enough(tmp_path: Path) -> None:
    settings = _load(tmp_path, MINIMAL)
    assert (settings.feeds.limit, settings.feeds.output) == (20, "public")
    assert settings.pages.enabled is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`site` is missing"),
        ('[site]\ntitle = "T"\n[[sources]]\npath = "p"\n', "`site.url` is missing"),
        (MINIMAL + "[feeds]\nlimt = 3\n", "`feeds.limt` is not a setting. did you mean `limit`?"),
        (MINIMAL + "[feed]\n", "did you mean `feeds`?"),
        (MINIMAL + '[feeds.paths]\nrsss = "x"\n', "`feeds.paths.rsss` is not a setting"),
        (MINIMAL + '[feeds]\nlimit = "3"\n', "`feeds.limit` is not right: Expected `int`"),
        (MINIMAL + "[feeds]\nlimit = 0\n", "`feeds.limit` is not right"),
        (MINIMAL + '[feeds]\noutput = "."\n', "`feeds.output` is the folder of the settings"),
        (MINIMAL + '[feeds]\noutput = ".."\n', "`feeds.output` is the folder of the settings"),
        (MINIMAL + '[feeds.paths]\nrss = "../x"\n', "leaves the output folder"),
        (MINIMAL + '[feeds.paths]\nrss = "atom.xml"\n', "two formats have one file name"),
        (MINIMAL + '[feeds.paths]\ncategory = "c/"\n', "is not a folder with {slug}"),
        (MINIMAL + '[feeds.paths]\ncategory = "c/{slug}.xml"\n', "with one of `formats` it may be"),
        (MINIMAL.replace("https:", "ftp:"), "`site.url`: 'ftp://example.org' is not an http"),
        (
            MINIMAL.replace("[[sources]]", 'privacy_url = "javascript:x"\n[[sources]]'),
            "`site.privacy_url`: 'javascript:x' is not an http address",
        ),
        (MINIMAL + "[site.x]\n", "`site.x` is not a setting"),
        (MINIMAL.replace("[[sources]]", 'timezone = "Korea/Seoul"\n[[sources]]'), "no time zone"),
        (MINIMAL.replace("[[sources]]", 'language = "korean"\n[[sources]]'), "not a language tag"),
        (MINIMAL.replace('path = "posts"', 'feed = "ftp://example.org/f"'), "not an http address"),
        (MINIMAL.replace('path = "posts"', 'feed = "https://a:b@example.org/f"'), "not an http"),
        (MINIMAL.replace("[[sources]]", '[[sources]]\nfeed = "https://example.org/f"'), "has both"),
        (
            MINIMAL.replace('path = "posts"', 'feed = "https://example.org/f"\npermalink = "/:x/"'),
            "`sources.permalink` is for folders",
        ),
        (MINIMAL + '[[sources]]\npath = "posts"\n', "two `[[sources]]` have one name"),
        (MINIMAL + NEWSLETTER + NEWSLETTER, "two `[[newsletters]]` have"),
        (MINIMAL + NEWSLETTER + 'sources = ["x"]\n', "there is no source 'x'"),
        (MINIMAL + NEWSLETTER.replace('"w"', '"We ekly"'), "does not have its form"),
        (MINIMAL + '[feeds]\nhub = "http://hub.example"\n', "`feeds.hub` does not begin with"),
        (MINIMAL + "[site\n", "newsfeed.toml:6: "),
        (MINIMAL + '[[redirects]]\nfrom = "/a"\n', "`redirects[0].to` is missing"),
        (MINIMAL + REDIRECT.format("old.xml", "/feed.xml"), "`redirects.from`: 'old.xml' is not"),
        (MINIMAL + REDIRECT.format("/", "/feed.xml"), "`redirects.from`: '/' is not a path"),
        (MINIMAL + REDIRECT.format("/a/../b", "/feed.xml"), "`redirects.from`: '/a/../b' is not"),
        (MINIMAL + REDIRECT.format("/a?b", "/feed.xml"), "`redirects.from`: '/a?b' is not a path"),
        (MINIMAL + REDIRECT.format("/feed.xml", "/b"), "is where a feed lies now"),
        (MINIMAL + REDIRECT.format("/a", "//evil.example"), "`redirects.to`: '//evil.example'"),
        (MINIMAL + REDIRECT.format("/a", "javascript:x"), "`redirects.to`: 'javascript:x' is nei"),
        (MINIMAL + REDIRECT.format("/a", "https://[x/"), "`redirects.to`"),
        (MINIMAL + 2 * REDIRECT.format("/a", "/feed.xml"), "two `[[redirects]]` have one `from`"),
        (MINIMAL + REDIRECT.format("/a", "/%61"), "`redirects.to`: '/%61' leads on to elsewhere"),
        (MINIMAL + '[server]\nmetrics = ["x"]\n', "`server.metrics`: 'x' is no network"),
        (MINIMAL + '[server]\ngone = ["x"]\n', "`server.gone`: 'x' is not a path of the site"),
        (MINIMAL + '[server]\ngone = ["/atom.xml"]\n', "is where a feed lies now"),
        (
            MINIMAL + '[server]\ngone = ["/a"]\n' + REDIRECT.format("/a", "/b"),
            "`server.gone`: '/a' is in `[[redirects]]` too",
        ),
        (
            MINIMAL + '[server]\ngone = ["/b"]\n' + REDIRECT.format("/a", "/b"),
            "`redirects.to`: '/b' is in `server.gone`",
        ),
    ],
)
def test_what_cannot_be_is_named_with_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text)
    assert message in str(caught.value)
    assert "newsfeed.toml" in str(caught.value)
    assert caught.value.exit_status == 2


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.toml"
    path.write_bytes('title = "한"'.encode("cp949"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        config.load(path, {})


def test_any_key_can_be_set_by_the_environment(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        MINIMAL + NEWSLETTER,
        NEWSFEED__SITE__TITLE="2024",
        NEWSFEED__FEEDS__LIMIT="5",
        NEWSFEED__FEEDS__PATHS__RSS="rss.xml",
        NEWSFEED__FEEDS__BY='["tags"]',
        NEWSFEED__PAGES__ENABLED="false",
        NEWSFEED__NEWSLETTERS__0__FROM="b@example.org",
        OTHER="x",
    )
    assert settings.site.title == "2024"
    assert (settings.feeds.limit, settings.feeds.by) == (5, ("tags",))
    assert settings.feeds.paths.rss == "rss.xml"
    assert settings.pages.enabled is False
    assert settings.newsletters[0].from_ == "b@example.org"


@pytest.mark.parametrize(
    "name", ["NEWSFEED__SITE__TITEL", "NEWSFEED__X__Y", "NEWSFEED__SOURCES__7__PATH"]
)
def test_a_variable_that_names_no_setting_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        _load(tmp_path, MINIMAL, **{name: "x"})


def test_only_a_config_toml_that_is_ours_is_taken(tmp_path: Path) -> None:
    other = tmp_path / "config.toml"
    other.write_text('baseURL = "https://example.org"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="no settings file"):
        config.find(tmp_path)
    other.write_text(MINIMAL, encoding="utf-8")
    assert config.find(tmp_path) == other
    (tmp_path / "newsfeed.toml").write_text(MINIMAL, encoding="utf-8")
    assert config.find(tmp_path) == tmp_path / "newsfeed.toml"


def test_what_config_prints_can_be_read_again(tmp_path: Path) -> None:
    settings = _load(
        tmp_path, MINIMAL + NEWSLETTER + '[[mail.dkim]]\ndomain = "d"\nselector = "s"\n'
    )
    (tmp_path / "again").mkdir()
    assert _load(tmp_path / "again", as_toml(settings)) == settings


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('[feeds]\nlimit = "3"\n', "write a whole number"),
        ('[feeds]\nby = ["x"]\n', "in a list, write one of categories, tags, authors, languages"),
        ('[pages]\nenabled = "x"\n', "write true or false"),
        ("feeds = 3\n", "write a table"),
        (NEWSLETTER + 'max_late = "6"\n', 'write it like "6h"'),
        (NEWSLETTER.replace('"w"', '"We ekly"'), "take a-z"),
        (NEWSLETTER + "tags = [1]\n", "in a list, write text in quotes"),
    ],
)
def test_a_value_that_is_not_right_comes_with_what_is_expected(
    tmp_path: Path, text: str, remedy: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text + MINIMAL if text.startswith("feeds =") else MINIMAL + text)
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSFEED__FEEDS__LIMIT", "abc"),
        ("NEWSFEED__FEEDS__BY", '["x"]'),
        ("NEWSFEED__SITE__URL", "ftp://example.org"),
        ("NEWSFEED__NEWSLETTERS__0__NAME", "A B"),
    ],
)
def test_a_variable_that_is_not_right_is_named_and_not_the_file(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, MINIMAL + NEWSLETTER, **{name: value})
    assert caught.value.where == name


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("NEWSFEED__SITE__TITEL", "did you mean `title`?"),
        ("NEWSFEED__SOURCES__7__PATH", "write the number of one of the 1 tables"),
    ],
)
def test_a_variable_that_names_no_setting_comes_with_what_does(
    tmp_path: Path, name: str, remedy: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, MINIMAL, **{name: "x"})
    assert caught.value.remedy.startswith(remedy)


def test_a_path_through_a_file_is_no_matter_of_permissions(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="name a settings file"):
        config.load(tmp_path / "file/newsfeed.toml", {})


def test_a_host_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.url"):
        _load(tmp_path, MINIMAL.replace("example.org", "exa%20mple.org"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("amqp://u:SECRET@mq.invalid//v", "amqp://u:***@mq.invalid//v"),
        ("redis://:SE/CR@ET@mq.invalid", "redis://:***@mq.invalid"),
        ("amqp://u:SECRET@a.invalid;amqp://u:SECRET@b.invalid", "amqp://u:***@b.invalid"),
        ("https://mq.invalid:80/x?password=SECRET&y=1", "https://mq.invalid:80/x?password=***&y=1"),
        ("amqp://mq.invalid:5672", "amqp://mq.invalid:5672"),
    ],
)
def test_passwords_in_addresses_are_not_shown(tmp_path: Path, address: str, shown: str) -> None:
    text = f'{MINIMAL}[cluster]\nbroker = "{address}"\n[store]\nurl = "{address}"\n'
    safe = without_secrets(_load(tmp_path, text))
    assert (safe.cluster.broker, safe.store.url) == (shown, shown)


def test_old_addresses_lead_to_new_ones(tmp_path: Path) -> None:
    text = MINIMAL + '[server]\ngone = ["/x"]\n' + REDIRECT.format("/옛.xml", "/feed.xml")
    settings = _load(tmp_path, text + REDIRECT.format("/feed/", "https://example.com/f?x=1"))
    assert [(r.from_, r.to) for r in settings.redirects] == [
        ("/옛.xml", "/feed.xml"),
        ("/feed/", "https://example.com/f?x=1"),
    ]
    assert settings.server.gone == ("/x",)


def test_a_number_out_of_bounds_names_the_bounds(tmp_path: Path) -> None:
    for port in (0, 99999):
        text = MINIMAL + f"[mail.smtp]\nport = {port}\n"
        with pytest.raises(SettingsError, match=r"port.* whole number from 1 to 65535"):
            config.parse(text, tmp_path / "newsfeed.toml", {})
