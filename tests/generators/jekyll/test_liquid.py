"""Liquid in bodies: what is known is resolved, the rest dropped and told, and no text is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.jekyll.expressions import Scope
from newsfeed.collect.conventions.jekyll.liquid import Resolved, resolve

SCOPE = Scope(
    names={"site.title": "Hill", "site.baseurl": "/notes", "site.author.name": "미나"},
    url="https://example.org",
    base_path="/notes",
    post=lambda reference: f"/notes/post/{reference}/",
    file=lambda reference: f"/notes/file/{reference}",
)
SIGNS = """{% %} {{ }} {%- -%} {{- -}} raw endraw comment endcomment capture endcapture highlight
ruby endhighlight post_url link site.title | relative_url : ' " a 글 ` - { } %"""
PIECES = st.sampled_from([*SIGNS.split(), "\n", "\n\n"])
LIQUID = st.lists(PIECES | st.text(max_size=5)).map(" ".join) | st.lists(PIECES).map("".join)


def text_of(source: str) -> str:
    return resolve(source, SCOPE).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ site.title }} {{site.author.name}}", "Hill 미나"),
        ("({{ site.baseurl }}/a.png)", "(/notes/a.png)"),
        ("{{ '/about/' | relative_url }}", "/notes/about/"),
        ('{{ "a.png" | absolute_url }}', "https://example.org/notes/a.png"),
        ("{{ 'https://example.com/' | absolute_url }}", "https://example.com/"),
        ("{{ '/a' | prepend: site.baseurl | append: '?x' }}", "/notes/a?x"),
        ("{% post_url 2024-01-01-a %}", "/notes/post/2024-01-01-a/"),
        ("{%- link _posts/2024-01-01-a.md -%}", "/notes/file/_posts/2024-01-01-a.md"),
        ("a {%- comment -%} b {%- endcomment -%} c", "ac"),
        ("a {% comment %} {% b %} {{ c }}{% endcomment %} d", "a  d"),
        ("{% raw %} {{ a }} {% b %} {% endraw %}", " {{ a }} {% b %} "),
        ("{% highlight c++ linenos %}\na < b\n{% endhighlight %}", "a &#60; b"),
        ("no Liquid {here} 50 %", "no Liquid {here} 50 %"),
    ],
)
def test_what_stands_for_addresses_and_listings_is_resolved(source: str, text: str) -> None:
    found = resolve(source, SCOPE)
    listing = '<pre><code class="language-c++">{}</code></pre>'
    assert found == Resolved(listing.format(text) if "highlight" in source else text)


@pytest.mark.parametrize(
    ("source", "text", "written"),
    [
        ("a{% include x.html %}b", "ab", ["{% include x.html %}"]),
        ("{% if page.a %}b{% endif %}", "b", ["{% if page.a %}", "{% endif %}"]),
        ("{{ page.title }}", "", ["{{ page.title }}"]),
        ("{{ site.title | reverse }}", "", ["{{ site.title | reverse }}"]),
        ("{{ site.title | append: page.x }}", "", ["{{ site.title | append: page.x }}"]),
        ("a\n\n{% gist 1 %}", "a\n\n", ["{% gist 1 %}"]),
        ("{% capture x %}y{% endcapture %}", "", ["{% capture x %}"]),
    ],
)
def test_the_rest_is_dropped_and_told(source: str, text: str, written: list[str]) -> None:
    found = resolve(source, SCOPE)
    assert found.text == text
    assert [one.written for one in found.dropped] == written
    assert found.dropped[0].line == source[: source.index("{")].count("\n") + 1


@pytest.mark.parametrize(
    "source",
    [
        "{% a\n\nText that stays.",
        "{% raw %}Text that stays.",
        "{% comment %}Text that stays.",
        "{% highlight ruby %}Text that stays.",
        "{{ Text that stays.",
        "{% endraw %}{% endhighlight %}Text that stays.",
        "{% x {% raw %}Text that stays.{% endraw %}",
    ],
)
def test_a_tag_without_an_end_takes_no_text_with_it(source: str) -> None:
    found = resolve(source, SCOPE)
    assert "Text that stays." in found.text
    assert found.dropped


def test_a_listing_shows_every_sign_and_no_markup_is_seen_in_it() -> None:
    """Listings of templates show the tags, the end of a listing among them."""
    source = (
        "{% highlight html %}\n{% raw %}{% endhighlight %}{% endraw %}*a*\n\n`b`{% endhighlight %}"
    )
    text = text_of(source)
    assert "\n" not in text
    assert not set("*`{%") & set(text)


@given(LIQUID)
def test_no_text_makes_it_fail(source: str) -> None:
    found = resolve(source, SCOPE)
    assert all(1 <= one.line <= source.count("\n") + 1 for one in found.dropped)


@given(st.text().filter(lambda text: "{" not in text), LIQUID)
def test_text_around_liquid_stays(around: str, liquid: str) -> None:
    """Where the tag beside it does not ask for the space to go, not a character is missing."""
    text = text_of(f"{around}{{% include x %}}{liquid}")
    assert text.startswith(around)


@given(st.text() | LIQUID)
def test_nothing_between_raw_and_endraw_is_changed(inside: str) -> None:
    inside = inside.replace("endraw", "")
    assert text_of(f"a{{% raw %}}{inside}{{% endraw %}}b") == f"a{inside}b"


@given(
    st.text().filter(lambda text: not {"{%", "{{"} & {text[i : i + 2] for i in range(len(text))})
)
def test_text_without_liquid_is_as_it_was(source: str) -> None:
    assert resolve(source, SCOPE) == Resolved(source)


@pytest.mark.parametrize(
    "piece",
    [
        "{%",
        "{{",
        "{% raw",
        "{% raw %}",
        "{% comment %}",
        "{{ }",
        "{% highlight a %}",
        "{%-  ",
        "%}{%",
        "{% a %}\n",
        "{{ 'a' | append: 'b' ",
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    """A megabyte of what begins and does not end takes no longer than one that is in order."""
    source = piece * (1_000_000 // len(piece))
    started = time.process_time()
    resolve(source, SCOPE)
    assert time.process_time() - started < 10  # what grows with its square takes hours
