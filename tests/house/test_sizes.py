"""Small modules and small functions: the tail is where a design's debt is."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import quantiles

MODULE_LIMIT = 400
FUNCTION_LIMIT = 50
FUNCTION_90TH_PERCENTILE = 35


def _modules(root: Path) -> list[Path]:
    return sorted((root / "src").rglob("*.py"))


def _function_sizes(root: Path) -> dict[str, int]:
    """Lines of each function in src/, decorators left out, by `file:line name`."""
    return {
        f"{path.relative_to(root)}:{node.lineno} {node.name}": 1
        + (node.end_lineno or node.lineno)
        - node.lineno
        for path in _modules(root)
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_module_is_longer_than_its_limit(root: Path) -> None:
    """A module is read in one sitting."""
    sizes = {path: len(path.read_bytes().splitlines()) for path in _modules(root)}
    assert sizes
    assert {str(path): size for path, size in sizes.items() if size > MODULE_LIMIT} == {}


def test_no_function_is_longer_than_its_limit(root: Path) -> None:
    """A function fits on a screen."""
    sizes = _function_sizes(root)
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LIMIT} == {}


def test_nine_of_ten_functions_are_short(root: Path) -> None:
    """Long functions are exceptions: the 90th percentile stays below its limit."""
    assert quantiles(_function_sizes(root).values(), n=10)[-1] < FUNCTION_90TH_PERCENTILE
