"""The constants of a settings file in Python, which is parsed and never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

MAX_DEPTH = 40


class Computed(Enum):
    """What only running the program would tell."""

    COMPUTED = "computed"


COMPUTED: Final = Computed.COMPUTED


def constants(text: str, known: Mapping[str, object]) -> dict[str, object]:
    """What the file's assignments give, over what is `known`: text, numbers, lists and mappings of
    them, sums, and names given before. A name that is assigned anything else is COMPUTED.

    Raises ValueError where `text` is no Python.
    """
    found = dict(known)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes such as \d, which are the author's
            statements = ast.parse(text).body
    except (SyntaxError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise ValueError(f"it is no Python, as line {line} shows") from None
    for statement in statements:
        for name, value in _assigned(statement):
            try:
                found[name] = _value(value, found, 1)
            except (LookupError, TypeError):
                found[name] = COMPUTED
    return found


def _assigned(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    """The names that a statement gives a value, and the values."""
    if isinstance(statement, ast.Assign):
        names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        return [(name, statement.value) for name in names]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [(statement.target.id, statement.value)] if statement.value else []
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        before = ast.Name(id=statement.target.id, ctx=ast.Load())
        total = ast.BinOp(left=before, op=statement.op, right=statement.value)
        return [(statement.target.id, total)]
    return []


def _value(node: ast.expr, names: Mapping[str, object], depth: int) -> object:
    """The constant that an expression is. Raises LookupError or TypeError where it is none."""
    kind = _KINDS.get(type(node))
    value = kind(node, names, depth + 1) if kind and depth <= MAX_DEPTH else COMPUTED
    if value is COMPUTED:
        raise LookupError
    return value


def _sum(node: ast.BinOp, names: Mapping[str, object], depth: int) -> object:
    left, right = _value(node.left, names, depth), _value(node.right, names, depth)
    if type(node.op) is ast.Add:
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if isinstance(left, tuple) and isinstance(right, tuple):
            return (*left, *right)
    raise LookupError


def _mapping(node: ast.Dict, names: Mapping[str, object], depth: int) -> object:
    pairs = zip(node.keys, node.values, strict=True)
    return {_value(key, names, depth): _value(value, names, depth) for key, value in pairs if key}


def _joined(node: ast.JoinedStr, names: Mapping[str, object], depth: int) -> object:
    parts = []
    for part in node.values:
        is_hole = isinstance(part, ast.FormattedValue) and part.format_spec is None
        inner = part.value if is_hole and isinstance(part, ast.FormattedValue) else part
        parts.append(str(_value(inner, names, depth)))
    return "".join(parts)


_KINDS: dict[type[ast.expr], Callable[..., object]] = {
    ast.Constant: lambda node, _names, _depth: node.value,
    ast.Name: lambda node, names, _depth: names[node.id],
    ast.List: lambda node, names, depth: [_value(one, names, depth) for one in node.elts],
    ast.Set: lambda node, names, depth: [_value(one, names, depth) for one in node.elts],
    ast.Tuple: lambda node, names, depth: tuple(_value(one, names, depth) for one in node.elts),
    ast.Dict: _mapping,
    ast.BinOp: _sum,
    ast.JoinedStr: _joined,
}
