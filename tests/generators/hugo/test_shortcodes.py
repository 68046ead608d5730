"""Shortcodes: the built-in ones as plain HTML, others dropped and told, inner text kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.collect.conventions.hugo.shortcodes import replace

_PIECES = ["{{<", ">}}", "{{%", "%}}", "/", "/*", "*/", "figure ", "highlight ", "a", '"', "`", "="]
_PIECES += [" ", "\n", "{{< a >}}", "{{< /a >}}", "{{% b %}}", "{{% /b %}}", 'src="x"', "\\", "한"]


def _nowhere(_: str) -> str:
    return ""


def _shown(text: str) -> str:
    return replace(text, _nowhere)[0].strip()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            '{{< figure src="/a.png" alt="A" caption="The *sea* & I" >}}',
            '<figure><img src="/a.png" alt="A">'
            "<figcaption>The <em>sea</em> &amp; I</figcaption></figure>",
        ),
        (
            "{{< highlight go >}}\nif a < b {\n\n}\n{{< /highlight >}}",
            '<pre><code class="language-go">if a &lt; b {\n\n}\n</code></pre>',
        ),
        (
            "{{< youtube abc >}}",
            '<a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a>',
        ),
        (
            '{{< tweet user="ada" id="12" >}}',
            '<a href="https://twitter.com/ada/status/12">https://twitter.com/ada/status/12</a>',
        ),
        (
            "written as {{</* tide */>}} or {{%/* tide */%}}",
            "written as {{< tide >}} or {{% tide %}}",
        ),
    ],
)
def test_what_hugo_builds_in_is_plain_html(written: str, shown: str) -> None:
    assert replace(written, _nowhere) in [(shown, []), (f"\n\n{shown}\n\n", [])]


def test_attributes_cannot_leave_their_quotes() -> None:
    assert "<script>" not in _shown('{{< figure src=`"><script>` alt="<script>" >}}')
    assert "<script>" not in _shown('{{< youtube `"><script>` >}}')


def test_references_lead_to_the_article() -> None:
    """With the part of it that is meant."""

    def find(reference: str) -> str:
        return {"one.md": "https://example.org/one/"}.get(reference, "")

    text, left = replace('[x]({{< ref "one.md#top" >}}) {{% relref "one.md" %}}', find)
    assert text == "[x](https://example.org/one/#top) https://example.org/one/"
    assert left == []


def test_a_reference_to_nothing_is_nothing() -> None:
    """It is told by Hugo, which does not build then; while files are read, none is known yet."""
    assert replace('[a]({{< ref "gone.md" >}})', _nowhere) == ("[a]()", [])


def test_what_lacks_its_arguments_is_dropped_and_told() -> None:
    text, left = replace("a\n{{< figure >}}{{< youtube >}}", _nowhere)
    assert (text, [one.line for one in left]) == ("a\n", [2, 2])


def test_of_an_unknown_pair_the_text_stays() -> None:
    text, left = replace("a\n\n{{< tide >}}**high** {{% moon %}}{{< /tide >}}\n", _nowhere)
    assert text == "a\n\n**high** \n"
    assert sorted(left) == [("{{% moon %}}", 3), ("{{< tide >}}", 3)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("{{< tide >}} text", " text"),
        ("text {{< /tide >}} more", "text  more"),
        ("{{< tide text", "{{< tide text"),
        ("{{< a >}}1{{< b >}}2{{< /a >}}3{{< /b >}}", "123"),
        ("{{< a />}}1", "1"),
    ],
)
def test_what_has_no_beginning_or_end_loses_no_text(text: str, kept: str) -> None:
    assert replace(text, _nowhere)[0] == kept


@given(st.lists(st.sampled_from(_PIECES)).map("".join) | st.text())
@example("{{< a >}}" * 50 + "{{< /a >}}" * 50)
def test_any_text_gives_text(text: str) -> None:
    """No exception, and nothing but shortcodes goes."""
    shown, left = replace(text, _nowhere)
    assert "{{" in text or (shown, left) == (text, [])


@pytest.mark.parametrize(
    "piece",
    [
        "{{<",
        "{{< a >}}",
        "{{% a >}}",
        "{{",
        "{{< a >}}{{< /b >}}",
        "{{< b `",
        '{{< figure x="',
        "{",
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    """Half a megabyte of the same takes seconds, where squares take hours."""
    started = time.perf_counter()
    replace(piece * (500_000 // len(piece)), _nowhere)
    replace("{{< figure " + piece * (500_000 // len(piece)) + " >}}", _nowhere)
    assert time.perf_counter() - started < 15
