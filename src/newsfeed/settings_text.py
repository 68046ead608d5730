"""Settings as TOML text, to be read by people and by `config.py` again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import msgspec

from newsfeed.settings import Settings

_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*:)\S*(?=@)|([?&]password=)[^&\s]*")


def as_toml(settings: Settings) -> str:
    """Every key with the value in force. What is not set at all is left out."""
    tables = msgspec.to_builtins(settings)
    return "\n".join(_table(name, value) for name, value in tables.items() if value)


def without_secrets(settings: Settings) -> Settings:
    """The settings with `***` for the password in each address, to be shown to anybody."""
    return msgspec.convert(_masked(msgspec.to_builtins(settings)), Settings)


def _masked(value: object) -> object:
    if isinstance(value, str):
        return _PASSWORD.sub(r"\1\2***", value)
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list | tuple) else value


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
