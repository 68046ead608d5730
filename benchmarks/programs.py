"""The programs that are compared, each with its exact settings for the same work.

Work `newest`: RSS and Atom of the newest 20 posts with their whole HTML, and nothing else.
Work `bodies`: every post's HTML in some feed. newsfeed writes archives and category feeds;
Hugo writes all entries into its two feeds.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import make_corpus

NEWEST = 20
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Program:
    """How one program is set up and called; paths are below its site's folder.

    `made` is what a cold run begins without; `forks` tells that it works in several processes.
    """

    name: str
    variant: str
    posts: str
    command: tuple[str, ...]
    version: tuple[str, ...]
    output: str
    made: tuple[str, ...]
    settings: Mapping[str, str]
    rss: str = "feed.xml"
    forks: bool = False


NEWSFEED_SETTINGS = """\
[site]
title = "Island News"
url = "https://news.example.org"
language = "ko"
author = "Island News"
timezone = "Asia/Seoul"

[[sources]]
path = "."
generator = "jekyll"

[feeds]
formats = ["rss", "atom"]
limit = {newest}
by = {by}
archive = {archive}

[pages]
enabled = false
"""


def newsfeed(*, bodies: bool) -> Program:
    """This checkout's newsfeed, reading the posts of a Jekyll site."""
    command = str(Path(sys.executable).with_name("newsfeed"))
    settings = NEWSFEED_SETTINGS.format(
        newest=NEWEST,
        by='["categories"]' if bodies else "[]",
        archive="true" if bodies else "false",
    )
    return Program(
        name="newsfeed",
        variant="jekyll",
        posts="_posts",
        command=(command, "build", "-c", "newsfeed.toml"),
        version=(command, "--version"),
        output="public",
        made=("public", ".newsfeed"),
        settings={"newsfeed.toml": settings, "_config.yml": "permalink: pretty\n"},
        forks=True,
    )


# Posts are listed and have addresses, but get no page; "link" is what Hugo calls that.
HUGO_SETTINGS = """\
baseURL = "https://news.example.org/"
title = "Island News"
languageCode = "ko"
timeZone = "Asia/Seoul"
disableKinds = ["section", "taxonomy", "term", "sitemap", "robotsTXT", "404"]

[outputs]
home = ["RSS", "ATOM"]

[mediaTypes."application/atom+xml"]
suffixes = ["xml"]

[outputFormats.RSS]
baseName = "feed"

[outputFormats.ATOM]
mediaType = "application/atom+xml"
baseName = "atom"
isPlainText = false

[markup.goldmark.renderer]
unsafe = true

[[cascade]]
[cascade._build]
render = "link"
[cascade._target]
path = "/posts/**"
"""

HUGO_RSS = """\
{{{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}}}
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>{{{{ .Site.Title }}}}</title>
<link>{{{{ .Permalink }}}}</link>
<description>{{{{ .Site.Title }}}}</description>
{{{{- range {pages} }}}}
<item>
<title>{{{{ .Title }}}}</title>
<link>{{{{ .Permalink }}}}</link>
<guid>{{{{ .Permalink }}}}</guid>
<pubDate>{{{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}}}</pubDate>
{{{{- range .Params.categories }}}}
<category>{{{{ . }}}}</category>
{{{{- end }}}}
<description>{{{{ .Params.summary }}}}</description>
<content:encoded>{{{{ .Content | html }}}}</content:encoded>
</item>
{{{{- end }}}}
</channel>
</rss>
"""

HUGO_ATOM = """\
{{{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}}}
<feed xmlns="http://www.w3.org/2005/Atom">
<title>{{{{ .Site.Title }}}}</title>
<id>{{{{ .Permalink }}}}</id>
<link href="{{{{ .Permalink }}}}"/>
<author><name>{{{{ .Site.Title }}}}</name></author>
{{{{- range {pages} }}}}
<entry>
<title>{{{{ .Title }}}}</title>
<id>{{{{ .Permalink }}}}</id>
<link href="{{{{ .Permalink }}}}"/>
<published>{{{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}}}</published>
<updated>{{{{ .Lastmod.Format "2006-01-02T15:04:05Z07:00" }}}}</updated>
{{{{- range .Params.categories }}}}
<category term="{{{{ . }}}}"/>
{{{{- end }}}}
<summary>{{{{ .Params.summary }}}}</summary>
<content type="html">{{{{ .Content | html }}}}</content>
</entry>
{{{{- end }}}}
</feed>
"""


def hugo(*, bodies: bool) -> Program:
    """Debian's Hugo, writing nothing but its home page's two feeds."""
    pages = ".Site.RegularPages" if bodies else f"first {NEWEST} .Site.RegularPages"
    return Program(
        name="Hugo",
        variant="hugo",
        posts="content/posts",
        command=("hugo", "--quiet"),
        version=("hugo", "version"),
        output="public",
        made=("public", "resources"),
        settings={
            "config.toml": HUGO_SETTINGS,
            "layouts/index.rss.xml": HUGO_RSS.format(pages=pages),
            "layouts/index.atom.xml": HUGO_ATOM.format(pages=pages),
        },
    )


PELICAN_SETTINGS = """\
SITENAME = AUTHOR = "Island News"
SITEURL = FEED_DOMAIN = "https://news.example.org"
TIMEZONE = "Asia/Seoul"
DEFAULT_LANG = "ko"
PATH = "content"
ARTICLE_PATHS = ["posts"]
STATIC_PATHS = THEME_STATIC_PATHS = []

FEED_ALL_RSS = "feed.xml"
FEED_ALL_ATOM = "atom.xml"
FEED_MAX_ITEMS = {newest}
RSS_FEED_SUMMARY_ONLY = False
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None

ARTICLE_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = AUTHOR_SAVE_AS = ""
DRAFT_SAVE_AS = PAGE_SAVE_AS = ""
DIRECT_TEMPLATES = []

CACHE_CONTENT = LOAD_CONTENT_CACHE = True
CONTENT_CACHING_LAYER = "generator"
CHECK_MODIFIED_METHOD = "mtime"
"""


def pelican(work: Path) -> Program:
    """Pelican in an environment of its own below `work`, with its cache on and pages off."""
    command = str(work / "pelican-env" / "bin" / "pelican")
    return Program(
        name="Pelican",
        variant="pelican",
        posts="content/posts",
        command=(command, "--quiet", "--settings", "pelicanconf.py", "--output", "public"),
        version=(command, "--version"),
        output="public",
        made=("public", "cache", "__pycache__"),
        settings={"pelicanconf.py": PELICAN_SETTINGS.format(newest=NEWEST)},
    )


def install_pelican(work: Path) -> None:
    """Make Pelican's environment from its lock file, once."""
    environment = work / "pelican-env"
    if (environment / "bin" / "pelican").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run(
        [
            *(environment / "bin" / "python", "-m", "pip", "install", "-qq"),
            *("--require-hashes", "--requirement", HERE / "pelican.lock"),
        ],
        check=True,
    )


def prepare(program: Program, site: Path, count: int) -> None:
    """Write the corpus into `site` unless it is there, and the settings anew."""
    posts = site / program.posts
    stamp = site / "corpus.stamp"
    if not stamp.exists() or stamp.read_text() != _corpus_stamp():
        shutil.rmtree(site, ignore_errors=True)
        make_corpus.write(posts, program.variant, count)
        make_corpus.write_images(site)
        stamp.write_text(_corpus_stamp())
    for name, text in program.settings.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _corpus_stamp() -> str:
    """Changes with the generator's source."""
    return "".join((HERE / name).read_text("utf-8") for name in ("make_corpus.py", "prose.py"))
