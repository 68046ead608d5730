"""Reading CSV files: encodings, separators, damaged rows, limits."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience import tables
from newsfeed.audience.tables import Row, TableError, open_table
from newsfeed.errors import UsageError

TEXT = "이름,email\n김민지,minji@example.com\n"


def read(path: Path, encoding: str = "", separator: str = "") -> tuple[list[str], list[Row]]:
    with open_table(path, encoding=encoding, separator=separator) as table:
        return table.header, list(table.rows())


def written(folder: Path, data: bytes | str) -> Path:
    path = folder / "people.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("codec", "said"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("cp949", "cp949"), ("utf-8", "UTF8")],
)
def test_korean_names_come_out_right(tmp_path: Path, codec: str, said: str) -> None:
    """UTF-8 with and without a mark, UTF-16 with one, and whatever is said (S-21)."""
    header, rows = read(written(tmp_path, TEXT.encode(codec)), said)
    assert header == ["이름", "email"]
    assert [row.cells for row in rows] == [["김민지", "minji@example.com"]]


def test_another_encoding_is_never_guessed(tmp_path: Path) -> None:
    """The error names the line, the byte and `--encoding`; nothing is garbled."""
    data = b"email\n" + b"a@example.com\n" * 30_000 + "김@example.com\n".encode("cp949")
    with pytest.raises(TableError, match=r"people\.csv:30002: .*0xB1 is not UTF-8.*cp949"):
        read(written(tmp_path, data))


def test_a_wrong_word_for_the_encoding_is_told_too(tmp_path: Path) -> None:
    """The file is not what was said."""
    with pytest.raises(TableError, match="is not cp949"):
        read(written(tmp_path, b"email\n\xff\xff\n"), "cp949")


@pytest.mark.parametrize("name", ["klingon", "unicode_escape", "base64", "idna", "\0"])
def test_an_encoding_that_makes_no_text_is_a_usage_error(tmp_path: Path, name: str) -> None:
    """With the names of some that do."""
    with pytest.raises(UsageError, match="cp949"):
        read(written(tmp_path, TEXT), name)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_from_the_header(tmp_path: Path, separator: str) -> None:
    """Spreadsheets write semicolons where the comma is a decimal sign."""
    path = written(tmp_path, f'email{separator}name\na@example.com{separator}"x{separator}y"\n')
    assert read(path)[1][0].cells == ["a@example.com", f"x{separator}y"]


def test_the_line_with_which_a_spreadsheet_tells_its_separator_is_no_header(
    tmp_path: Path,
) -> None:
    """And counts as a line."""
    header, rows = read(written(tmp_path, "sep=;\nemail;name\na@example.com;x\n"))
    assert (header, rows[0].line) == (["email", "name"], 3)


def test_another_separator_can_be_said(tmp_path: Path) -> None:
    """As a word or as one character; not as a letter."""
    path = written(tmp_path, "email|name\na@example.com|x,y\n")
    assert read(path, separator="|")[1][0].cells == ["a@example.com", "x,y"]
    for wrong in ("a", "ab", '"', "\n"):
        with pytest.raises(UsageError, match="separates no columns"):
            read(path, separator=wrong)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a@example.com", "1 column where the header has 2"),
        ("a@example.com,b,c", "3 columns where the header has 2"),
        ('"a"b@example.com,c', "quotation marks do not fit"),
        ("a@example.com,\0", "NUL byte"),
        (f"a@example.com,{'x' * 200_000}", "longer than 131,072"),
        ('a@example.com,"never closed', "quotation marks do not fit"),
    ],
)
def test_a_damaged_row_is_named_and_the_others_are_read(
    tmp_path: Path, line: str, problem: str
) -> None:
    """The damage has the line that the row begins in."""
    after = "" if "never" in line else "z@example.com,z\n"
    rows = read(written(tmp_path, f'email,name\n"a@example.com","two\nlines"\n\n{line}\n{after}'))[
        1
    ]
    assert rows[0].damage is None
    damaged = rows[1]
    assert damaged.damage is not None
    assert problem in damaged.damage.problem
    assert damaged.line == 5
    assert [row.cells[0] for row in rows[2:]] == (["z@example.com"] if after else [])


def test_separators_at_the_end_of_a_row_move_nothing(tmp_path: Path) -> None:
    """Spreadsheets leave empty cells behind."""
    (row,) = read(written(tmp_path, "email,name\na@example.com,x,,\n"))[1]
    assert row.damage is None


def test_quotation_marks_escaped_by_a_backslash_can_be_read(tmp_path: Path) -> None:
    r"""MailPoet writes `\"`."""
    with open_table(written(tmp_path, 'email,name\n"a@example.com","say \\"x\\", y"\n')) as table:
        table.escaped()
        assert next(table.rows()).cells == ["a@example.com", 'say "x", y']


def test_a_file_beyond_the_limits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 GB before a byte is read, 10 million rows while reading (S-21)."""
    path = written(tmp_path, "email\n")
    with path.open("r+b") as file:
        file.truncate(tables.LARGEST_FILE + 1)  # takes no room on the disk
    with pytest.raises(TableError, match="larger than 1 GB"):
        read(path)
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(TableError, match="more than 3 rows"):
        read(written(tmp_path, "email\n" + "a@example.com\n" * 4))


@pytest.mark.parametrize("place", ["nowhere.csv", "."])
def test_what_is_no_file_is_told(tmp_path: Path, place: str) -> None:
    """With the path, and no traceback."""
    with pytest.raises(TableError):
        read(tmp_path / place)


def workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("subscribed.csv", TEXT)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["", "latin-1"])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (workbook(), "a spreadsheet.*save it as CSV"),
        (archive(), "ZIP archive.*unpack it"),
        (gzip.compress(TEXT.encode(), mtime=0), "gzip.*unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old spreadsheet.*save it as CSV"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_what_is_no_text_is_told_by_its_kind(
    tmp_path: Path, data: bytes, told: str, encoding: str
) -> None:
    """Another encoding would not help."""
    with pytest.raises(TableError, match=told):
        read(written(tmp_path, data), encoding)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=8), separator=st.sampled_from(",;\t"))
def test_what_the_standard_library_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], separator: str
) -> None:
    """Any text in any cell, line breaks and quotation marks too; and the lines are right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(("email", "name", "note"))
    lines = []
    for row in rows:
        lines.append(1 + len(io.StringIO(out.getvalue(), newline="").readlines()))
        writer.writerow(row)
    path = written(tmp_path_factory.mktemp("csv"), out.getvalue())
    found = read(path)[1]
    assert [tuple(row.cells) for row in found] == rows
    assert [row.line for row in found] == lines
