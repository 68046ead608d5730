"""The named SQL of `sql/`, as functions of a connection."""

from __future__ import annotations

from pathlib import Path

import aiosql

queries = aiosql.from_path(Path(__file__).parent / "sql", "sqlite3")
