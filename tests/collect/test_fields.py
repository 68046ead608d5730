"""Promises about fields: every key in the shapes that authors use, and faults by line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.decode import decode_source
from newsfeed.collect.fields import Fields, ImageField, read_fields
from newsfeed.collect.frontmatter import parse_front_matter
from newsfeed.errors import ArticleError
from newsfeed.text import clean, one_line

SEOUL = ZoneInfo("Asia/Seoul")
NINE = datetime(2024, 7, 12, tzinfo=UTC)


def read(head: str) -> Fields:
    return read_fields(parse_front_matter(f"---\n{head}\n---\nBody.\n"), SEOUL)


def read_toml(head: str) -> Fields:
    return read_fields(parse_front_matter(f"+++\n{head}\n+++\nBody.\n"), SEOUL)


def read_json(head: str) -> Fields:
    return read_fields(parse_front_matter(f"{head}\nBody.\n"), SEOUL)


def complaint(head: str) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        read(f"layout: post\n{head}")
    assert caught.value.remedy
    assert caught.value.line == 3
    return caught.value


def test_a_post_like_the_seeds_is_read_whole() -> None:
    fields = read(
        "title: 한미 정상, 만나다\ndate: 2024-07-12 09:00:00 +0900\ncategories:\n  - News\n"
        "tags: [속보, 외교]\nauthor: '편집부'\nexcerpt: >\n  첫 줄\n  둘째 줄\n\n  셋째 줄\n"
        "image: '/assets/a.jpg'\nlang: ko_KR\nslug: summit\npermalink: /a/b/\nid: urn:1"
    )
    assert fields == Fields(
        title="한미 정상, 만나다",
        date=NINE,
        slug="summit",
        permalink="/a/b/",
        guid="urn:1",
        excerpt="첫 줄 둘째 줄\n셋째 줄",
        language="ko-KR",
        authors=("편집부",),
        categories=("News",),
        tags=("속보", "외교"),
        image=ImageField(src="/assets/a.jpg"),
    )


def test_nothing_said_is_nothing_read() -> None:
    empty = "title:\ndate:\ndraft:\ntags:\nimage:\nauthor: ~\nexcerpt: null\npublished: ''"
    assert read(empty) == read("layout: post") == Fields()


def test_texts_are_on_one_line_without_what_could_reorder_or_break_a_feed() -> None:
    assert read('title: "  a\\u202E b\\0 \\n c\\u00A0"').title == "a b c"
    assert read("title: >\n  one\n\n  two\n").title == "one two"
    assert read_json('{"title": "a\\ud800\\u0007b"}').title == "ab"
    assert read_json('{"excerpt": "a\\ud800\\u0007b\\r\\nc"}').excerpt == "ab\nc"


def test_titles_in_toml_and_json_may_be_numbers_and_booleans() -> None:
    assert read_toml("title = 2024").title == "2024"
    assert read_toml("title = true").title == "true"
    assert read_toml("title = 2024-01-02").title == "2024-01-02"
    assert read_json('{"title": 1.10}').title == "1.10"


# Dates


def test_dates_of_yaml_and_toml_mean_the_same() -> None:
    assert read("date: 2024-07-12 09:00").date == NINE
    assert read("date: '2024-07-12T00:00:00Z'").date == NINE
    assert read_toml("date = 2024-07-12T09:00:00").date == NINE
    assert read_toml("date = 2024-07-12 00:00:00Z").date == NINE
    assert read_toml("date = 2024-07-12").date == datetime(2024, 7, 12, tzinfo=SEOUL)


@pytest.mark.parametrize("key", ["last_modified_at", "updated", "modified", "lastmod"])
def test_the_date_of_change_has_the_names_that_generators_give_it(key: str) -> None:
    assert read(f"{key}: 2024-07-12 09:00").updated == NINE


@pytest.mark.parametrize("key", ["date", "updated"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2024-02-30", '"2024-02-30" is a day or time that does not exist'),
        ("0001-01-01", "the year 0001 is impossible"),
        ("9999-12-31", "the year 9999 is impossible"),
        ("12/07/2024", '"12/07/2024" is not a date that can be read in only one way'),
        ("soon", '"soon" is not a date'),
        ("[2024-07-12]", "is not a date"),
        ("{y: 2024}", "is not a date"),
    ],
)
def test_a_bad_date_is_told_with_its_line_and_never_replaced(
    key: str, value: str, problem: str
) -> None:
    error = complaint(f"{key}: {value}")
    assert f'in "{key}", ' in error.problem
    assert problem in error.problem
    assert "2024-07-12 09:00:00 +0900" in error.remedy


# Left out


@pytest.mark.parametrize("value", ["true", "True", "yes", "on", "'true'"])
def test_drafts_are_left_out(value: str) -> None:
    assert read(f"draft: {value}").left_out == "draft: true"


@pytest.mark.parametrize("value", ["false", "No", "off", "'false'"])
def test_what_is_not_published_is_left_out(value: str) -> None:
    assert read(f"published: {value}").left_out == "published: false"


def test_the_opposites_and_toml_booleans_are_understood() -> None:
    assert read("draft: false\npublished: true").left_out == ""
    assert read_toml("draft = true").left_out == "draft: true"
    assert read_json('{"published": false}').left_out == "published: false"


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("draft: maybe", '"draft" is "maybe"'),
        ("published: 2024-07-12", '"published" is "2024-07-12"'),
        ("draft: 1", '"draft" is "1"'),
        ("draft: [true]", '"draft" holds a list where text belongs'),
    ],
)
def test_a_flag_that_is_neither_true_nor_false_is_not_guessed(head: str, problem: str) -> None:
    assert complaint(head).problem == problem


# Texts


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("title:\n  - a", '"title" holds a list where text belongs'),
        ("title:\n  a: b", '"title" holds a mapping where text belongs'),
        ("excerpt:\n  a: b", '"excerpt" holds a mapping where text belongs'),
        ("tags: [[a]]", '"tags" holds a list where text belongs'),
        ("category: {a: b}", '"category" holds a mapping where text belongs'),
        ("author: {email: a@example.org}", '"author" has a mapping without a name'),
        ("image: [[a]]", '"image" holds a list where text belongs'),
    ],
)
def test_shapes_that_a_key_cannot_have_are_told(head: str, problem: str) -> None:
    assert complaint(head).problem == problem


def test_a_number_too_large_to_write_is_told() -> None:
    with pytest.raises(ArticleError, match="too large"):
        read_toml(f"title = 0x{'F' * 5000}")


def test_the_first_summary_that_is_not_empty_is_the_excerpt() -> None:
    assert read("description: c\nsummary: b\nexcerpt: a").excerpt == "a"
    assert read("description: c\nsummary: b\nexcerpt: ' '").excerpt == "b"
    assert read("description: c").excerpt == "c"


def test_guid_goes_before_id() -> None:
    assert read("id: b\nguid: a").guid == "a"


def test_a_language_that_is_none_is_left_out_with_a_remark() -> None:
    fields = read("title: a\nlang: 한국어")
    assert fields.language == ""
    assert [(remark.line, remark.remedy) for remark in fields.remarks] == [
        (3, "write one such as ko or en-GB")
    ]
    assert read("language: en-GB").language == "en-GB"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("author: Kim, Minji", ("Kim, Minji",)),
        ("author: {name: Kim, url: x}", ("Kim",)),
        ("author: [Kim, Park, Kim]", ("Kim", "Park")),
        ("authors:\n  - name: Kim\n  - Park\nauthor: Lee", ("Kim", "Park", "Lee")),
        ("author: {name: ~}", ()),
    ],
)
def test_authors_are_text_mappings_or_lists_of_these(head: str, expected: tuple[str]) -> None:
    assert read(head).authors == expected


# Terms


@pytest.mark.parametrize(
    ("plural", "singular", "field"),
    [("categories", "category", "categories"), ("tags", "tag", "tags")],
)
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("{plural}: News Tech", ("News", "Tech")),
        ("{singular}: World News", ("World News",)),
        ("{plural}: World News, Tech", ("World News", "Tech")),
        ("{plural}: [World News, 'a, b']", ("World News", "a, b")),
        ("{plural}:\n  - 한국\n  - 2024\n  - no", ("한국", "2024", "no")),
        ("{plural}: [a, A, a, '', ' a ']", ("a", "A")),
        ("{plural}: [a]\n{singular}: b", ("a", "b")),
        ("{singular}: [a, b]", ("a", "b")),
    ],
)
def test_terms_are_split_as_jekyll_does(
    plural: str, singular: str, field: str, head: str, expected: tuple[str, ...]
) -> None:
    assert getattr(read(head.format(plural=plural, singular=singular)), field) == expected


def test_decomposed_and_composed_terms_are_one() -> None:
    assert read("tags: ['\u1112\u1161\u11ab', '한']").tags == ("한",)


def test_ten_thousand_tags_are_read() -> None:
    tags = ",".join(f"{number:x}" for number in range(10_000))
    assert len(read(f"tags: [{tags}]").tags) == 10_000


# Images


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("image: a.jpg", ImageField(src="a.jpg")),
        ("thumbnail: a.jpg", ImageField(src="a.jpg")),
        ("cover: a.jpg\nimage: b.jpg", ImageField(src="b.jpg")),
        ("image: [a.jpg, b.jpg]", ImageField(src="a.jpg")),
        (
            "image: {path: a.jpg, alt: ' 알트 ', width: 800, height: 600px}",
            ImageField(src="a.jpg", alt="알트", width=800, height=600),
        ),
        ("image:\n  - src: a.jpg\n    alt: x", ImageField(src="a.jpg", alt="x")),
        ("cover: {url: a.jpg}", ImageField(src="a.jpg")),
        ("image: {path: '', src: a.jpg}", ImageField(src="a.jpg")),
        ("image: false\ncover: a.jpg", ImageField(src="a.jpg")),
        ("image: []", None),
        ("image: ''", None),
        ("image: false", None),
    ],
)
def test_images_are_text_mappings_or_lists_of_these(head: str, expected: ImageField | None) -> None:
    fields = read(head)
    assert fields.image == expected
    assert fields.remarks == ()


def test_sizes_that_are_not_in_pixels_are_remarked_and_not_used() -> None:
    fields = read(f"image: {{src: a.jpg, width: 100%, height: {'9' * 9000}}}")
    assert fields.image == ImageField(src="a.jpg")
    assert [remark.line for remark in fields.remarks] == [2, 2]


def test_an_image_without_an_address_is_remarked() -> None:
    fields = read("image: {alt: x}")
    assert fields.image is None
    assert [remark.line for remark in fields.remarks] == [2]


# Whatever comes

KEYS = st.sampled_from(
    [
        *("title", "date", "updated", "draft", "published", "slug", "guid", "excerpt", "lang"),
        *("author", "authors", "category", "categories", "tag", "tags", "image", "cover"),
    ]
)
VALUES = st.text("0123456789-:/ ,.[]{}'\"#&*!|>truefalsexy한\n\t", max_size=30)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4), st.sampled_from(["---", "+++"]))
def test_any_front_matter_gives_fields_or_a_complaint(
    pairs: list[tuple[str, str]], fence: str
) -> None:
    sign = ":" if fence == "---" else " ="
    head = "\n".join(f"{key}{sign} {value}" for key, value in pairs)
    whole_way(f"{fence}\n{head}\n{fence}\nBody.\n".encode())


@given(st.sampled_from([b"", b"---\n", b"+++\n", b"{"]), st.binary(), st.text())
def test_any_bytes_give_fields_or_a_complaint(opening: bytes, data: bytes, text: str) -> None:
    whole_way(opening + data)
    whole_way(opening + text.encode() + b"\n" + opening)


def whole_way(data: bytes) -> None:
    """From bytes to fields: all is clean and on one line, or there is an error to show."""
    try:
        fields = read_fields(parse_front_matter(decode_source(data).text), SEOUL)
    except ArticleError as error:
        assert error.problem
        assert error.remedy
        return
    lines = (fields.title, fields.slug, fields.guid, fields.language)
    for line in (*lines, *fields.authors, *fields.categories, *fields.tags):
        assert one_line(line) == line
    assert clean(fields.excerpt) == fields.excerpt
    assert fields.date is None or fields.date.utcoffset() is not None


@pytest.mark.parametrize(
    ("key", "meant"), [("darft", "draft"), ("categorys", "category"), ("Title", "title")]
)
def test_a_key_that_looks_misspelt_is_remarked_on_with_its_line(key: str, meant: str) -> None:
    """`darft: true` would publish a draft without a word."""
    front = parse_front_matter(f"---\nlayout: post\n{key}: true\n---\n")
    (remark,) = read_fields(front, ZoneInfo("UTC")).remarks
    assert (remark.line, remark.remedy) == (3, f"if it means {meant}, write that")


@pytest.mark.parametrize("key", ["feature_text", "layout", "toc", "data", "subtitle", "weight"])
def test_keys_of_generators_are_no_mistake(key: str) -> None:
    front = parse_front_matter(f"---\ntitle: t\n{key}: x\n---\n")
    assert read_fields(front, ZoneInfo("UTC")).remarks == ()
