"""Titles beside those of jekyll-feed: the same filters of Jekyll get the same text."""

from __future__ import annotations

import html
import json
import random
import subprocess
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.jekyll.titles import feed_title, title_of_name

FILTERS = """
require "json"; require "jekyll"
smart = Jekyll::Converters::SmartyPants.new(Jekyll.configuration({ "quiet" => true }))
include Liquid::StandardFilters
include Jekyll::Filters
puts JSON.generate(JSON.parse(STDIN.read).map do |title|
  normalize_whitespace(strip_html(smart.convert(title)))
end)
"""
"""What jekyll-feed's template does with a title."""

SIGNS = """" ' " ' a word s 's 80s -- --- ... . , ! ( ) [ { - _ * & &amp; &copy; &nope; &#65; < > <<
>> <b> </b> <i> </i> <br> <code> </code> 한글 é 1 9 \\ ` “ : ? x<y <!--c--> </p> <span/> ="""
PIECES = (*SIGNS.split(), " ", " ", "\t")
WRITTEN = (
    '"Plant it," said the neighbour\'s book',
    "The '90s, 'tis said: \"'mine'\"",
    "<em>It's</em> <a href='x.html'>\"here\"</a>",
    '<script>var a = "b";</script>After it',
    '“따뜻한 가을”과 "추운 겨울"',
    "C++ <T> & List<String>",
)


def titles() -> list[str]:
    """Those above, and mixtures of all that has a meaning."""
    chance = random.Random(20240712)
    mixed = ["a" + "".join(chance.choices(PIECES, k=chance.randint(1, 12))) for _ in range(1500)]
    return [*WRITTEN, *mixed]


def test_titles_are_those_of_jekyll_feed(require: Callable[[str], str]) -> None:
    done = subprocess.run(
        [require("ruby"), "-e", FILTERS],
        input=json.dumps(titles()),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    theirs = [" ".join(html.unescape(title).split()) for title in json.loads(done.stdout)]
    different = [
        (title, shown, ours)
        for title, shown in zip(titles(), theirs, strict=True)
        if (ours := " ".join(feed_title(title).split())) != shown
    ]
    assert different == []


def test_a_name_becomes_a_title_word_by_word() -> None:
    assert title_of_name("hello-WORLD-of-posts") == "Hello World Of Posts"


@given(st.text())
def test_no_title_makes_it_fail(title: str) -> None:
    assert "\n" not in feed_title(title) or "\n" in title
