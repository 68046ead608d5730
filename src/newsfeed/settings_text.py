"""Settings as TOML text, to be read by people and by `config.py` again."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from newsfeed.settings import Settings


def as_toml(settings: Settings) -> str:
    """Every key with the value in force. What is not set at all is left out."""
    tables = msgspec.to_builtins(settings)
    return "\n".join(_table(name, value) for name, value in tables.items() if value)


def _table(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(f"[[{name}]]\n{_body(name, item)}" for item in value)
    return f"[{name}]\n{_body(name, value)}" if isinstance(value, dict) else ""


def _body(name: str, table: Mapping[str, object]) -> str:
    lines = []
    inner = []
    for key, value in table.items():
        if isinstance(value, dict) or _is_tables(value):
            inner.append(_table(f"{name}.{key}", value))
        elif value is not None:
            lines.append(f"{key} = {_value(value)}\n")
    return "".join(lines) + "".join(inner)


def _is_tables(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    """JSON's texts, numbers, lists and booleans are TOML's too, but for U+007F."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
