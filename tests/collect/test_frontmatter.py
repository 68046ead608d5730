"""Promises about front matter: the author's text is kept, and what is broken is told by line."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter, yaml_reader
from newsfeed.errors import ArticleError
from newsfeed.text import clean, one_line

MANY = 20_000


def parse_yaml(head: str) -> FrontMatter:
    return parse_front_matter(f"---\n{head}\n---\nBody.\n")


def complaint(text: str) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        parse_front_matter(text)
    assert caught.value.remedy
    assert len(str(caught.value)) < 250
    return caught.value


def yaml_complaint(head: str) -> ArticleError:
    return complaint(f"---\nlayout: post\n{head}\ndate: 2024-01-01\n---\nBody.\n")


# What is read


def test_the_head_becomes_values_and_the_rest_the_body() -> None:
    front = parse_front_matter("---\ntitle: 제목\ntags: [a, b]\n---\n\nFirst.\n\n---\n\nLast.\n\n")
    assert front.values == {"title": "제목", "tags": ["a", "b"]}
    assert front.body == "First.\n\n---\n\nLast."
    assert front.syntax == "yaml"


def test_lines_are_those_of_the_file() -> None:
    front = parse_front_matter(
        "\n\n---\ntitle: a\nexcerpt: >\n  b\n  c\ntags:\n- d\n---\n\n\nBody."
    )
    assert front.lines == {"title": 4, "excerpt": 5, "tags": 8}
    assert front.body_line == 13


def test_a_file_without_front_matter_is_all_body() -> None:
    front = parse_front_matter("# Title\n\nText.\n\n---\n\nMore: text.\n")
    assert (front.values, front.syntax, front.body_line) == ({}, "", 1)
    assert front.body == "# Title\n\nText.\n\n---\n\nMore: text."


@pytest.mark.parametrize("text", ["{% include x.html %}\n", "{속보} 한미\n", "+ a\n", "----\n"])
def test_a_body_that_only_looks_like_front_matter_is_body(text: str) -> None:
    assert parse_front_matter(text).body == text.strip()


def test_code_at_the_start_of_the_body_keeps_its_indentation() -> None:
    assert parse_yaml("a: b").body == "Body."
    assert parse_front_matter("---\na: b\n---\n\n    code\n").body == "    code"


@pytest.mark.parametrize(
    "head", ["---\n---\n", "---\n\n# only a comment\n---\n", "+++\n+++\n", "{}\n"]
)
def test_empty_front_matter_is_front_matter(head: str) -> None:
    front = parse_front_matter(f"{head}Body.")
    assert front.values == {}
    assert front.body == "Body."
    assert front.syntax


def test_a_rule_inside_a_block_text_does_not_end_the_front_matter() -> None:
    assert parse_yaml("a: |\n  x\n  ---\n  y").values == {"a": "x\n---\ny\n"}


def test_three_dots_end_the_front_matter_as_in_jekyll() -> None:
    assert parse_front_matter("---\na: b\n...\nBody.\n---\n").body == "Body.\n---"


@pytest.mark.parametrize(
    "text",
    [
        *("No", "yes", "2024", "1_000", "1.10", "0x1F", "010", "-5", ".inf", "12:30:45"),
        *(
            "2024-01-02",
            "[속보]",
            "{속보}",
            "[속보, 종합]",
            "[]",
            "a, b & c",
            "100%",
            "a:b",
            'say "x"',
        ),
    ],
)
def test_an_unquoted_title_is_the_authors_text(text: str) -> None:
    """YAML would make numbers, booleans, times, dates, lists and mappings of these."""
    assert parse_yaml(f"title: {text}\nz: 1").values["title"] == text


def test_brackets_are_lists_elsewhere() -> None:
    assert parse_yaml("image: {title: [a]}").values == {"image": {"title": ["a"]}}


def test_terms_are_the_authors_text() -> None:
    assert parse_yaml("tags: [no, 2024, 1.10, ~, null]").values == {
        "tags": ["no", "2024", "1.10", "~", "null"]
    }


def test_an_empty_value_is_empty_text_and_a_null_is_none() -> None:
    values = parse_yaml("a:\nb: ''\nc: ~\nd: null\ne: 'null'").values
    assert values == {"a": "", "b": "", "c": None, "d": None, "e": "null"}


@given(st.text(min_size=1).map(one_line))
@example("'")
@example("속보: \"한미\" #1 \\n 'x' [y] {z}")
def test_any_quoted_title_comes_back_equal(title: str) -> None:
    """In the quotes of YAML, TOML and JSON."""
    single = "'" + title.replace("'", "''") + "'"
    double = json.dumps(title, ensure_ascii=False)
    for text in (
        f"---\ntitle: {single}\n---\n",
        f"---\ntitle: {double}\n---\n",
        f"+++\ntitle = {double}\n+++\n",
        f'{{"title": {double}}}\n',
    ):
        assert parse_front_matter(text).values == {"title": title}


@given(st.text().map(one_line))
def test_any_title_in_a_block_comes_back_equal(title: str) -> None:
    assert parse_yaml(f"title: |-\n  {title}\nz: 1").values["title"] == title


TREES = st.recursive(
    st.text("abc가 :#'\"[]{}-0123", max_size=8),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text("xyz"), children, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("klm", min_size=1), TREES, min_size=1, max_size=4))
def test_what_another_yaml_writer_wrote_is_read_back(values: dict[str, object]) -> None:
    """PyYAML's own dumper, all scalars quoted, aliases as it pleases."""
    text = yaml.safe_dump(values, default_style='"', allow_unicode=True, sort_keys=False)
    assert parse_yaml(text).values == values


def test_the_reader_in_python_reads_the_same_as_the_one_in_c(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where PyYAML was built without libyaml, nothing changes but the speed."""
    text = "---\ntitle: [속보]\nb: &x {c: [1, ~]}\nd: *x\nexcerpt: 1위 # 태그\n---\n"
    by_c = parse_front_matter(text)
    monkeypatch.setattr(yaml_reader, "_LOADER", yaml.BaseLoader)
    assert parse_front_matter(text) == by_c


@pytest.mark.parametrize("loader", [yaml.BaseLoader, yaml_reader._LOADER])
def test_a_character_that_yaml_forbids_is_a_fault_of_the_article(
    monkeypatch: pytest.MonkeyPatch, loader: object
) -> None:
    """The reader in Python looks for such when it is made, the one in C while it reads."""
    monkeypatch.setattr(yaml_reader, "_LOADER", loader)
    with pytest.raises(ArticleError, match="is not YAML"):
        parse_front_matter("---\ntitle: a\x7fb\n---\n")


# TOML and JSON


def test_toml_is_read_with_types_and_lines() -> None:
    front = parse_front_matter(
        '+++\ntitle = "a: b"\nn = 1.10\nok = false\nday = 2024-07-12\n'
        'date = 2024-07-12T00:00:00Z\n[extra]\nimage = "x"\n+++\nBody.\n'
    )
    assert front.syntax == "toml"
    assert front.values == {
        "title": "a: b",
        "n": "1.10",
        "ok": False,
        "day": date(2024, 7, 12),
        "date": datetime(2024, 7, 12, tzinfo=UTC),
        "extra": {"image": "x"},
    }
    assert (front.lines["title"], front.lines["extra"], front.body_line) == (2, 7, 10)


def test_json_is_read_with_braces_wherever_they_stand() -> None:
    front = parse_front_matter(
        '{\n"a": {\n"b": "}"\n},\n"n": [1.10, 7, NaN],\n"ok": true\n}\n\nBody {x}.\n'
    )
    assert front.syntax == "json"
    assert front.values == {"a": {"b": "}"}, "n": ["1.10", "7", "NaN"], "ok": True}
    assert front.lines == {"a": 2, "b": 3, "n": 5, "ok": 6}
    assert (front.body, front.body_line) == ("Body {x}.", 9)


@pytest.mark.parametrize(
    ("head", "line", "problem"),
    [
        ("+++\na = 1\nb = x\n+++\n", 3, "this line is not TOML"),
        ("+++\na = 1\na = 2\n+++\n", 3, "a key or table stands twice"),
        ("+++\n\nd = 2024-02-30\n+++\n", 3, "there is no such date"),
        ("+++\na = 1\nb = '''x\n+++\n", 3, "this line is not TOML"),
        ("+++\nn = " + "9" * 5000 + "\n+++\n", 2, "this line is not TOML"),
        ('{\n"a": 1\n"b": 2\n}\n', 3, "the front matter is not JSON from this line on"),
        ('{\n"a": 1,\n"b": 2, "b": 3\n}\n', 3, 'the key "b" stands twice'),
        ('{\n"a": 1\n} Body.\n', 3, "text follows the closing brace of the front matter"),
    ],
)
def test_faults_in_toml_and_json_are_told_by_line(head: str, line: int, problem: str) -> None:
    error = complaint(head)
    assert (error.line, error.problem) == (line, problem)


# What is refused


@pytest.mark.parametrize("text", ["---\ntitle: a\n\nBody.\n", "---", "+++\na = 1\n", '{"a": 1,\n'])
def test_a_block_that_is_never_closed_is_told_with_its_first_line(text: str) -> None:
    error = complaint(f"\n{text}")
    assert error.problem == "the front matter that begins here is never closed"
    assert error.line == 2


@pytest.mark.parametrize("block", ["- a\n- b", "Just a paragraph.", "[a, b]"])
def test_an_article_that_begins_with_a_rule_loses_nothing_silently(block: str) -> None:
    """python-frontmatter would drop all up to the next rule."""
    error = complaint(f"---\n{block}\n---\nBody.\n")
    assert error.problem == 'what follows the first "---" is not front matter'
    assert "write ***" in error.remedy


@pytest.mark.parametrize(
    ("head", "example_of_remedy"),
    [
        ("title: 속보: 한미", "title: '속보: 한미'"),
        ('title: "한미" 정상', "title: '\"한미\" 정상'"),
        ("title: 'It's'", 'title: "It\'s"'),
        ("title: [속보] 한미", "title: '[속보] 한미'"),
        ("title: {속보} 한미", "title: '{속보} 한미'"),
        ("title: [속보", "title: '[속보'"),
        ('title: "한미', "title: '\"한미'"),
        ('title: "C:\\Users"', "title: 'C:\\Users'"),
        ("title: @news", "title: '@news'"),
        ("title: `code`", "title: '`code`'"),
        ("title: !긴급 속보", "title: '!긴급 속보'"),
        ("title: *별* 뉴스", "title: '*별* 뉴스'"),
        ("title: &별 뉴스", "title: '&별 뉴스'"),
        ("title: %5 상승", "title: '%5 상승'"),
        ("title: | 줄", "title: '| 줄'"),
        ("title: > 줄", "title: '> 줄'"),
        ("title: - 줄", "title: '- 줄'"),
        ("title: ? 줄", "title: '? 줄'"),
        ("title: , 줄", "title: ', 줄'"),
        ("title: 100% : 끝", "title: '100% : 끝'"),
    ],
)
def test_a_headline_that_yaml_cannot_read_is_shown_as_it_should_be(
    head: str, example_of_remedy: str
) -> None:
    error = yaml_complaint(head)
    assert error.line == 3
    assert error.remedy == f"put it in quotes: {example_of_remedy}"
    assert str(parse_yaml(example_of_remedy).values["title"]) in head


@pytest.mark.parametrize(
    ("head", "line", "problem"),
    [
        ("\ttitle: a", 3, "the line is indented with a tab"),
        ("tags:\n\t- a", 4, "the line is indented with a tab"),
        ("title:속보", 3, "the space after the colon is missing"),
        ("title: a\nloose words", 4, "this line is not YAML"),
        ("title: a\n  b: c", 4, "this line is not YAML"),
        ("tags:\n  - a\n b: c", 5, "this line is not YAML"),
        ("title: a\ntitle: b", 4, 'the key "title" stands twice (first in line 3)'),
        ("image:\n  src: a\n  src: b", 5, 'the key "src" stands twice (first in line 4)'),
        ("'title': a\ntitle: b", 4, 'the key "title" stands twice (first in line 3)'),
        ("<<: {a: b}", 3, 'the merge key "<<" is not supported'),
        ("[a]: b", 3, "a key is a list or mapping"),
        ("title: a\n--- b", 4, 'a line within begins with "---"'),
        ("title: *별", 3, 'the value begins with "*", which means something else to YAML'),
        ("title: *star", 3, '"*star" is a YAML alias, and nothing has that name'),
        ("excerpt: >\n  a\ntags: [\n  a: b,\n  c\n]\nloose", 9, "this line is not YAML"),
        ("excerpt: >\n  a: b: c\nloose", 5, "this line is not YAML"),
        ("image:\n  - a: b: c", 4, 'the value holds ": ", which means a new key to YAML'),
        ("tags:\n  - [속보] 한미", 4, 'the value begins with "[" as lists do'),
        ("a: &a [b, *a]", 3, '"*a" is a YAML alias, and nothing has that name'),
    ],
)
def test_faults_in_yaml_are_told_by_line(head: str, line: int, problem: str) -> None:
    error = yaml_complaint(head)
    assert (error.line, error.problem) == (line, problem)


@pytest.mark.parametrize(
    "value",
    ["!!python/object/apply:os.system ['touch owned']", "!긴급", "!urgent news", "!!timestamp 1"],
)
def test_yaml_tags_are_refused_and_execute_nothing(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    yaml_complaint(f"title: {value}")
    assert list(tmp_path.iterdir()) == []


def test_an_alias_bomb_is_refused() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "50 YAML aliases" in yaml_complaint("l0: &l0 [a]\n" + "\n".join(levels)).problem


def test_a_few_aliases_are_the_values_they_name() -> None:
    assert parse_yaml("a: &x [b]\nc: *x").values == {"a": ["b"], "c": ["b"]}


@pytest.mark.parametrize(
    "text",
    [
        f"---\na: {'[' * MANY}\n---\n",
        f"---\na: {'[' * MANY}{']' * MANY}\n---\n",
        f"---\n{'- ' * MANY}\n---\n",
        f"---\n{'? ' * MANY}\n---\n",
        "---\n" + "{a: " * (MANY // 2) + "\n---\n",
        f"+++\na = {'[' * MANY}{']' * MANY}\n+++\n",
        f"+++\na = {'[' * 20}{']' * 20}\n+++\n",
        f"+++\n{'a.' * MANY}b = 1\n+++\n",
        f"+++\nx = {{ {'a . ' * 21}b = 1 }}\n+++\n",
        f'{{"a": {"[" * MANY}{"]" * MANY}}}\n',
        f'{{"a": {"[" * 20}{"]" * 20}}}\n',
    ],
)
def test_deep_nesting_is_refused_in_every_syntax(text: str) -> None:
    assert "nested more than 20 levels deep" in complaint(text).problem


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = 19
    expected: object = "x"
    for _ in range(depth):
        expected = [expected]
    assert parse_yaml(f"a: {'[' * depth}x{']' * depth}").values == {"a": expected}
    text = f'{{"a": {"[" * depth}"x"{"]" * depth}}}\n'
    assert parse_front_matter(text).values == {"a": expected}
    text = f'+++\na = {"[" * depth}"x"{"]" * depth}\n+++\n'
    assert parse_front_matter(text).values == {"a": expected}


@pytest.mark.parametrize("character", ["x", "한"])
def test_front_matter_over_64_kb_is_refused(character: str) -> None:
    """Bytes of UTF-8 count, as in the file."""
    size = 65_536 // len(character.encode())
    error = complaint(f"---\ntitle: {character * size}\n---\nBody.\n")
    assert error.problem == "the front matter is longer than 64 KB"
    assert parse_yaml(f"title: {character * (size - 20)}").values


def test_a_body_of_any_size_is_no_front_matter() -> None:
    body = "가나다 라마바\n" * 300_000
    assert parse_front_matter(f"---\ntitle: a\n---\n{body}").body == body.rstrip()


# What is doubted


@pytest.mark.parametrize(
    ("value", "kept"), [("1위 # 태그", "1위"), ("#1 뉴스", ""), ("C# 과 F #", "C# 과 F")]
)
def test_a_title_that_a_comment_cuts_is_remarked(value: str, kept: str) -> None:
    front = parse_yaml(f"date: x # fine\ntitle: {value}\ntags: [a] # fine")
    assert front.values["title"] == kept
    assert [(remark.line, f'is only "{kept}"' in remark.problem) for remark in front.remarks] == [
        (3, True)
    ]


def test_a_title_whose_first_word_is_read_as_an_anchor_is_remarked() -> None:
    front = parse_yaml("title: &Beyond news")
    assert [(remark.line, "first word" in remark.problem) for remark in front.remarks] == [
        (2, True)
    ]
    assert parse_yaml("title: &t news\nslug: *t").remarks == ()


@pytest.mark.parametrize("title", ["'1위 # 태그'", "'1위' # note", "C#", "a#b", ">\n  a # b"])
def test_a_number_sign_that_is_text_is_not_remarked(title: str) -> None:
    assert parse_yaml(f"title: {title}\nz: 1").remarks == ()


# Whatever comes

MARKS = st.text("-+.{}[]:,#&*!|>'\"%@`?<~=\\ \n\ta한\u2028")
LINES = st.lists(
    st.sampled_from(
        ["---", "+++", "title: ", "- ", "  ", "[", "'", '"""', "!!str ", "*a", "&a ", "#"]
    )
    | MARKS
).map("".join)


@given(st.text(st.characters()) | MARKS | LINES, st.sampled_from(["", "---\n", "+++\n", '{"']))
def test_any_text_is_front_matter_or_a_complaint_with_a_remedy(text: str, opening: str) -> None:
    closing = opening if opening != '{"' else "}"
    source = clean(f"{opening}{text}\n{closing}")
    try:
        front = parse_front_matter(source)
    except ArticleError as error:
        assert error.problem
        assert error.remedy
        assert 0 <= error.line <= source.count("\n") + 1
    else:
        lines = source.split("\n")
        assert set(front.lines) <= set(front.values) or front.syntax == "json"
        assert "\n".join(lines[front.body_line - 1 :]).rstrip() == front.body
