"""What reading front matter gives."""

from __future__ import annotations

from typing import Literal

import msgspec

Syntax = Literal["", "yaml", "toml", "json", "org"]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A doubt about front matter that stops nothing. `line` counts from 1; 0 is unknown."""

    line: int
    problem: str
    remedy: str


class FrontMatter(msgspec.Struct, frozen=True, kw_only=True):
    """The front matter of one file, and what follows it.

    `values` holds text, lists and mappings, and None for an explicit null. From YAML, every
    scalar is the author's text (`title: No` is "No"); TOML and JSON also give booleans, and TOML
    integers, dates and times. `lines` has the line of each top-level key where it is known.
    `body` is without blank lines before and after it; `body_line` is the line on which it
    starts. `syntax` is "" where the file has no front matter. Lines count from 1.
    """

    values: dict[str, object]
    body: str
    body_line: int
    lines: dict[str, int]
    syntax: Syntax
    remarks: tuple[Remark, ...] = ()
