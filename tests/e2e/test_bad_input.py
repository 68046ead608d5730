"""Whatever lies in the folder: each fault is named, and every other article is published."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import NEWSLETTER, SETTINGS, Site

GOOD = "A good article"
SECONDS = 30
KIBIBYTES = 512 * 1024

HEAD = "---\ntitle: {title}\ndate: 2026-01-01\n---\n"


def _head(title: str) -> str:
    return HEAD.format(title=title)


# name: (file name, bytes, what the message must say)
LEFT_OUT: dict[str, tuple[str, bytes, str]] = {
    "a title with a colon": ("a.md", b"---\ntitle: a: b\n---\n", "a.md:2: "),
    "a title that begins with @": ("a.md", b"---\ntitle: @news\n---\n", "a.md:2: "),
    "an unclosed block": ("a.md", b"---\ntitle: a\ntext\n", "a.md"),
    "a list as front matter": ("a.md", b"---\n- a\n- b\n---\n", "a.md"),
    "two keys of one name": ("a.md", b"---\ntitle: a\ntitle: b\n---\n", "a.md:3: "),
    "no title": ("a.md", b"text only\n", "no title"),
    "UTF-16": ("a.md", _head("한").encode("utf-16"), "UTF-16"),
    "EUC-KR": ("a.md", _head("한국 소식입니다").encode("euc-kr"), "EUC-KR"),
    "an empty file": ("a.md", b"", "empty"),
    "a binary file": ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(2000), "a.md"),
    "30 February": ("a.md", b"---\ntitle: a\ndate: 2024-02-30\n---\n", "a.md:3: "),
    "year 1": ("a.md", b"---\ntitle: a\ndate: 0001-01-01\n---\n", "a.md:3: "),
    "year 9999": ("a.md", b"---\ntitle: a\ndate: 9999-12-31 23:59:59 -1200\n---\n", "a.md:3: "),
    "a date in words": ("a.md", b"---\ntitle: a\ndate: tomorrow\n---\n", "a.md:3: "),
    "a YAML tag": ("a.md", b"---\ntitle: !!python/object/apply:os.system [x]\n---\n", "a.md:2: "),
    "an alias bomb": (
        "a.md",
        b"---\na: &a [x,x,x]\n"
        + b"".join(
            b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c]\n" % ((97 + i, 97 + i) + (96 + i,) * 6)
            for i in range(1, 20)
        )
        + b"title: a\n---\n",
        "a.md",
    ),
    "../ in a permalink": ("a.md", b"---\ntitle: a\npermalink: /../../etc/\n---\n", "a.md"),
    "10 MB of front matter": (
        "a.md",
        b"---\ntitle: a\nx: " + b"x" * 10_000_000 + b"\n---\n",
        "a.md",
    ),
    "a 5 MB body": (
        "a.md",
        _head("big").encode() + b"word **bold** [a](b) <i>x</i>\n\n" * 180_000,
        "a.md",
    ),
    "broken TOML": ("a.md", b"+++\ntitle = a\n+++\n", "a.md:2"),
    "a bad boolean": ("a.md", b"---\ntitle: a\ndraft: perhaps\n---\n", "a.md:3: "),
}

PUBLISHED: dict[str, tuple[bytes, Callable[[str], bool]]] = {
    "a BOM": (b"\xef\xbb\xbf" + _head("bom").encode(), lambda text: "<title>bom<" in text),
    "CRLF": (_head("crlf").replace("\n", "\r\n").encode(), lambda text: "<title>crlf<" in text),
    "control characters": (
        _head("con\x07trol").encode() + b"a\x00b\x0bc\xef\xbf\xbe",
        lambda text: "abc" in text and "\x07" not in text,
    ),
    "]]>": (_head("cdata").encode() + b"a ]]> b `]]>`", lambda text: "cdata" in text),
    "scripts": (
        _head("xss").encode() + b"<script>alert(1)</script>[x](javascript:alert(1))"
        b"<a href=' jav&#x09;ascript:alert(1)'>y</a><img src=x onerror=alert(1)>"
        b"<svg onload=alert(1)></svg><iframe src=//evil.example></iframe>"
        b"<a href='data:text/html,<script>alert(1)</script>'>z</a>",
        lambda text: not re.search("&lt;[^&]*(script|alert|iframe|svg|data:)", text),
    ),
    "a template": (
        _head("'{{ 7 * 7 }}'").encode() + b"{% include '/etc/passwd' %}{{ 7 * 7 }}",
        lambda text: "{{ 7 * 7 }}" in text and "49" not in text,
    ),
    "10,000 tags": (
        b"---\ntitle: tags\ntags: [" + b",".join(b"t%d" % i for i in range(10_000)) + b"]\n---\n",
        lambda text: "t9999" in text,
    ),
    "bidi overrides": (
        _head("rtl \u202eabc\u202c").encode(),
        lambda text: "rtl abc" in text and "\u202e" not in text,
    ),
    "right-to-left text": (_head("שלום עולם").encode(), lambda text: "שלום עולם" in text),
    "a family of emoji": (
        _head("emoji").encode() + "👩‍👩‍👧‍👦".encode() * 400,
        lambda text: text.count("👩‍👩‍👧‍👦…") >= 1,
    ),
    "20,000 nested brackets": (
        _head("brackets").encode() + b"[" * 20_000,
        lambda t: "brackets" in t,
    ),
    "a title like a number": (_head("2024").encode(), lambda text: "<title>2024<" in text),
    "a title like a boolean": (_head("No").encode(), lambda text: "<title>No<" in text),
    "a title like a list": (_head("[속보]").encode(), lambda text: "<title>[속보]<" in text),
    "../ in a slug": (
        b"---\ntitle: slug\nslug: ../../etc/passwd\n---\n",
        lambda text: "https://news.example.org/etc-passwd/" in text,
    ),
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("good.md", title=GOOD, date="2026-02-02")
    return site


MEASURED = """\
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.write(f"\\n{used.ru_utime + used.ru_stime} {used.ru_maxrss}")
sys.exit(status)
"""
"""Runs a command and says last how many seconds of processor time and how much memory, in KiB, it
had. Of what this process starts itself, the system would tell the peak of all that it ever started,
and of its own size.
"""


def _run(site: Site, status: int) -> str:
    """Publish, with bounds on processor time and memory; what stderr says."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, sys.executable, "-m", "newsfeed", "publish"],
        cwd=site.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    seconds, memory = done.stdout.rpartition("\n")[2].split()
    assert float(seconds) < SECONDS
    assert int(memory) < KIBIBYTES
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert GOOD in site.titles("feed.xml") and GOOD in site.titles("atom.xml")
    return done.stderr


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_file_with_a_fault_is_left_out_and_named(site: Site, name: str) -> None:
    file, data, message = LEFT_OUT[name]
    site.write(file, data)
    errors = _run(site, 3)
    assert message in errors
    assert len(errors.splitlines()) == 1
    assert site.titles() == [GOOD]


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_odd_but_can_be_read_is_published_safely(site: Site, name: str) -> None:
    data, holds = PUBLISHED[name]
    site.write("odd.md", data)
    _run(site, 0)
    for path in ("feed.xml", "atom.xml"):
        assert len(site.titles(path)) == 2
        assert holds(site.read(path)), site.read(path)[:4000]


def test_all_faults_are_named_in_one_run(site: Site) -> None:
    for number, (_, data, _) in enumerate(LEFT_OUT.values()):
        site.write(f"{number}.md", data)
    errors = _run(site, 3)
    assert all(f"{number}.md:" in errors for number in range(len(LEFT_OUT)))


def test_a_file_that_may_not_be_read_is_named(site: Site) -> None:
    path = site.post("closed.md")
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()
        path.symlink_to("/proc/kmsg")
    assert "closed.md" in _run(site, 3)


def test_fifos_and_loops_and_links_out_of_the_folder_do_no_harm(site: Site) -> None:
    os.mkfifo(site.posts / "pipe.md")
    (site.posts / "loop").symlink_to(site.posts)
    (site.posts / "out.md").symlink_to("/etc/passwd")
    errors = _run(site, 3)
    assert "pipe.md" in errors
    assert "out.md" in errors
    assert site.titles() == [GOOD]


def test_odd_names_are_published_or_named_on_one_line(site: Site) -> None:
    for name in ("a\nb.md", "-rf.md", "a b#c?.md", "한글 이름.md", "%2e%2e.md", "'\";$(x).md"):
        site.post(name, title=f"'{len(name)}'")
    _run(site, 0)
    assert len(site.titles()) == 7
    assert len({entry.link for entry in site.feed().entries}) == 7


def test_a_strict_build_with_faults_ends_with_1_and_writes_nothing(site: Site) -> None:
    site.write("a.md", b"---\ntitle: a: b\n---\n")
    done = site.run("build", "--strict")
    assert done.returncode == 1
    assert "a.md:2:" in done.stderr
    assert not site.output.exists()


def test_a_foreign_file_ends_with_2_and_is_named(site: Site) -> None:
    site.output.mkdir()
    (site.output / "atom.xml").write_text("mine", encoding="utf-8")
    done = site.run("publish")
    assert done.returncode == 2
    assert "atom.xml" in done.stderr
    assert list(site.files()) == ["atom.xml"]


def test_lone_surrogates_never_reach_a_feed(site: Site) -> None:
    """They cannot stand in UTF-8; escaped in YAML and JSON they can be written."""
    site.write("a.md", b'---\ntitle: "a\\ud800b"\n---\n')
    site.write("b.md", b'{\n  "title": "c\\ud800d"\n}\n')
    done = site.run("publish")
    assert done.returncode in {0, 3}
    assert "Traceback" not in done.stderr
    assert site.feed().bozo is False
