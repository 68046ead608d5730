"""CSV files as people and programs write them: encodings, separators, damaged rows.

Nothing is guessed that could garble a name: a file is UTF-8, or UTF-16 with a mark, or says its
encoding. Rows are read one after the other, so that a file may be larger than memory.
"""

from __future__ import annotations

import codecs
import csv
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from newsfeed.errors import NewsfeedError, UsageError

LARGEST_FILE = 1 << 30
"""Bytes of a file that is read (standards S-21)."""

MOST_ROWS = 10_000_000
"""Rows of a file that are read."""

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_LONGEST_HEADER = 1 << 16
_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the next does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TABLES = (
    (b"PK\x03\x04", "a ZIP archive", "unpack it"),
    (b"PK\x05\x06", "an empty ZIP archive", "export it again"),
    (b"\x1f\x8b", "compressed by gzip", "unpack it"),
    (b"BZh", "compressed by bzip2", "unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"\xfd7zXZ\x00", "compressed by xz", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet", "open it there and save it as CSV"),
    (b"%PDF-", "a PDF", "export the list as CSV"),
    (b"SQLite format 3\0", "a database", "export the list as CSV"),
)
_SPREADSHEET = re.compile(rb"\[Content_Types\]\.xml|_rels/|xl/|opendocument\.spreadsheet")
_NO_TEXT = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf_7"}
)
_SEPARATE = "separate the rows into several files"


class TableError(NewsfeedError):
    """A file cannot be read as a table; nothing of it is used."""


class Damage(NamedTuple):
    """What is wrong with a row: `problem` is one line without a full stop."""

    problem: str
    remedy: str


class Row(NamedTuple):
    """One row as it stands: the line that it begins in (from 1), and its cells or its damage."""

    line: int
    cells: list[str]
    damage: Damage | None


class Table:
    """An open CSV file with a header. Iterating reads it once."""

    def __init__(self, path: Path, text: TextIO, encoding: str, separator: str) -> None:
        self.path = path
        self.size = os.fstat(text.fileno()).st_size
        self.encoding = encoding
        self._text = text
        self._skipped, first = self._first_line()
        self.separator = separator or _separator(first)
        self._reader = csv.reader(text, delimiter=self.separator, strict=True)
        self.header = self._header(first)

    def position(self) -> int:
        """How many bytes of the file were read."""
        return os.lseek(self._text.fileno(), 0, os.SEEK_CUR)

    def escaped(self) -> None:
        r"""From now on a quotation mark inside a cell is written as `\"`, as MailPoet does it."""
        self._reader = csv.reader(
            self._text, delimiter=self.separator, strict=True, escapechar="\\", doublequote=True
        )

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Raises TableError for a wrong encoding or too many rows."""
        width = len(self.header)
        reader, skipped = self._reader, self._skipped
        count = 0
        line = reader.line_num + skipped + 1
        damaged = True
        while damaged:
            damaged = False
            try:
                for cells in reader:
                    if cells:
                        count += 1
                        if count > MOST_ROWS:
                            raise self._too_long()
                        damage = None if len(cells) == width else _misfit(cells, width)
                        if "\0" in "".join(cells):
                            damage = Damage("it holds a NUL byte", "export the file again")
                        yield Row(line, cells, damage)
                    line = reader.line_num + skipped + 1
            except csv.Error as error:
                damaged = True
                yield Row(line, [], _damage(error, line, reader.line_num + skipped))
                line = reader.line_num + skipped + 1
            except UnicodeDecodeError:
                raise self._wrong_encoding() from None
            except OSError as error:
                raise _unreadable(self.path, error) from None

    def _first_line(self) -> tuple[int, str]:
        """The header's line, and how many stand before it: spreadsheets know a line `sep=;`."""
        try:
            line = self._text.readline(_LONGEST_HEADER)
            if line.lower().startswith("sep=") and len(line.strip()) == len("sep=;"):
                return 2, self._text.readline(_LONGEST_HEADER)
        except UnicodeDecodeError:
            raise self._wrong_encoding() from None
        return 1, line

    def _header(self, line: str) -> list[str]:
        where = f"{self.path}:{self._skipped}"
        try:
            names = next(csv.reader([line], delimiter=self.separator, strict=True), [])
        except csv.Error:
            names = []
        names = [name.strip() for name in names]
        if not any(names) or "\0" in line or len(line) >= _LONGEST_HEADER:
            raise TableError(
                "has no header, which names the columns",
                where=where,
                remedy="write one such as `email,name` as its first line",
            )
        if any("@" in name for name in names):
            raise TableError(
                "begins with an address where the names of the columns should stand",
                where=where,
                remedy="write a header such as `email,name` above it",
            )
        return names

    def _too_long(self) -> TableError:
        return TableError(
            f"has more than {MOST_ROWS:,} rows", where=str(self.path), remedy=_SEPARATE
        )

    def _wrong_encoding(self) -> TableError:
        line, byte = _broken_at(self.path, self.encoding)
        name = "UTF-8" if self.encoding.startswith("utf-8") else self.encoding
        return TableError(
            f"the byte 0x{byte:02X} is not {name}",
            where=f"{self.path}:{line}",
            remedy="say how the file is written, such as --encoding cp949 (Korean Windows),"
            " cp932 (Japanese), gb18030 (Chinese) or cp1252 (Western European)",
        )


@contextmanager
def open_table(path: Path, *, encoding: str = "", separator: str = "") -> Iterator[Table]:
    """A CSV file, of which the header has been read.

    `encoding` and `separator` (a word of `SEPARATORS` or one character) are found where they are
    "". Raises TableError for a file that cannot be read, UsageError for words that mean nothing.
    """
    known = SEPARATORS.get(separator, separator)
    if len(known) > 1 or (known and (known.isalnum() or known in '"\r\n')):
        raise UsageError(
            f"`{separator}` separates no columns",
            where="--separator",
            remedy=f"say {', '.join(SEPARATORS)}, or one character",
        )
    try:
        _refuse_odd(path)
        codec = _codec(encoding) if encoding else _marked(path)
        text = path.open(encoding=codec, errors="strict", newline="")
    except OSError as error:
        raise _unreadable(path, error) from None
    with text:
        yield Table(path, text, codec, known)


def _unreadable(path: Path, error: OSError) -> TableError:
    return TableError(f"cannot be read: {error.strerror}", where=str(path), remedy="mend the path")


def _refuse_odd(path: Path) -> None:
    """Raises TableError for what is no file, for one too large or empty, or none of text."""
    status = path.stat()
    where = str(path)
    if not stat.S_ISREG(status.st_mode):
        raise TableError("is no file", where=where, remedy="give the file that was exported")
    if status.st_size > LARGEST_FILE:
        raise TableError("is larger than 1 GB", where=where, remedy=_SEPARATE)
    if status.st_size == 0:
        raise TableError("is empty", where=where, remedy="export it again")
    with path.open("rb") as file:
        start = file.read(1 << 12)
    for magic, what, remedy in _NO_TABLES:
        if start.startswith(magic):
            if magic.startswith(b"PK") and _SPREADSHEET.search(start):
                what, remedy = "a spreadsheet", "open it there and save it as CSV (UTF-8)"
            raise TableError(f"is {what} and no CSV file", where=where, remedy=remedy)


def _codec(name: str) -> str:
    """The codec of that name, if it makes text of bytes. Raises UsageError."""
    try:
        found = codecs.lookup(name)
        "a".encode(name)
    except (LookupError, ValueError):
        found = None
    if found is None or found.name.replace("-", "_") in _NO_TEXT:
        raise UsageError(
            f"`{name}` is no encoding that is known here",
            where="--encoding",
            remedy="say utf-8, cp949, cp932, gb18030 or cp1252",
        )
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _marked(path: Path) -> str:
    """The encoding that a byte order mark tells; else UTF-8."""
    with path.open("rb") as file:
        start = file.read(4)
    return next((codec for mark, codec in _MARKS if start.startswith(mark)), "utf-8")


def _separator(header: str) -> str:
    """The separator that makes the most columns of the header; a comma where there is one column.

    A header is a list of names, where commas in quotes are rare and none are needed.
    """
    best, most = ",", 1
    for separator in SEPARATORS.values():
        try:
            columns = len(next(csv.reader([header], delimiter=separator), []))
        except csv.Error:
            continue
        if columns > most:
            best, most = separator, columns
    return best


def _misfit(cells: list[str], width: int) -> Damage | None:
    if len(cells) > width and not any(cells[width:]):
        return None  # separators at the end of a row move nothing
    columns = "1 column" if len(cells) == 1 else f"{len(cells):,} columns"
    return Damage(
        f"it has {columns} where the header has {width}",
        "put quotation marks around a cell that holds the separator",
    )


def _damage(error: csv.Error, first: int, last: int) -> Damage:
    lines = f" (lines {first} to {last})" if last > first else ""
    if "limit" in str(error):
        return Damage(f"a cell is longer than 131,072 characters{lines}", 'look for a lost `"`')
    return Damage(
        f"its quotation marks do not fit{lines}", 'write a `"` inside of a quoted cell twice'
    )


def _broken_at(path: Path, codec: str) -> tuple[int, int]:
    """The line (from 1) and the value of the first byte that is not of the encoding."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines, kept = 1, b""
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                return lines + good.count(b"\n"), error.object[error.start]
            lines += text.count("\n")
            if not chunk:
                return lines, kept[-1] if kept else 0
            kept = chunk[-1:]
