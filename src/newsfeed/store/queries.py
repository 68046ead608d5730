"""The named SQL of `sql/`, as functions of a connection."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiosql

_NAME = re.compile(r"^-- name: (\w+)", re.MULTILINE)


class _Queries:
    """Every statement by its name. A file is parsed when the first of its statements is asked for:
    to parse all of them would take longer than many a run.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {
            name: file
            for file in folder.glob("*.sql")
            for name in _NAME.findall(file.read_text("utf-8"))
        }

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # as aiosql has them
        if name not in self._files:
            raise AttributeError(f"there is no statement {name!r}", name=name, obj=self)
        parsed = aiosql.from_path(self._files[name], "sqlite3")
        self.__dict__.update({each: getattr(parsed, each) for each in parsed.available_queries})
        return self.__dict__[name]


queries = _Queries(Path(__file__).parent / "sql")
