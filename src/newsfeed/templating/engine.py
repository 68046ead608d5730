"""The door to Jinja2: it fills the templates of a shelf, in the process that it is in.

Jinja2's own choice by file name would not escape `*.html.j2`: whoever asks says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsfeed.errors import TemplateError
from newsfeed.templating.mistakes import NearbyUndefined, TooMuchError, explained
from newsfeed.templating.shelf import Shelf
from newsfeed.templating.store import Compiled

if TYPE_CHECKING:
    from newsfeed.templating import Plain

# Whatever a template can raise: Jinja2's own errors, those of operators, filters and functions
# that met a value they cannot use, and Python's where a template is nested too deeply.
_MISTAKES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TooMuchError,
    TypeError,
    ValueError,
)


class Engine:
    """Fills templates. With `most`, what one gives has so many bytes at most. With `kept`, that
    folder has what was compiled before, also by other processes.
    """

    def __init__(self, shelf: Shelf, most: int | None = None, kept: Path | None = None) -> None:
        self._shelf = shelf
        self._most = most
        self._kept = kept

    def filled(self, name: str, values: Mapping[str, Plain], *, escaped: bool) -> str:
        """The template `name` with its values, which are escaped for HTML or as they are.

        Raises TemplateError that names file and line.
        """
        environment = self._html if escaped else self._text
        try:
            template = environment.get_template(name)
            filled = "".join(self._bounded(template.generate(values)))
            filled.encode()  # "\ud800" is a string to Jinja2, but no text that could be written
        except _MISTAKES as error:
            raise explained(error, name, self._shelf, values, environment) from None
        return filled

    def _bounded(self, pieces: Iterator[str]) -> Iterator[str]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if self._most is not None and size > self._most:
                raise TooMuchError(f"it makes more than {self._most / (1 << 20):g} MB")
            yield piece

    @cached_property
    def _html(self) -> jinja2.Environment:
        # A piece of HTML ends where its last tag does: an image in a link has no space after it.
        return self._environment(autoescape=True, keep_trailing_newline=False)

    @cached_property
    def _text(self) -> jinja2.Environment:
        return self._environment(autoescape=False, keep_trailing_newline=True)

    def _environment(self, *, autoescape: bool, keep_trailing_newline: bool) -> jinja2.Environment:
        compiled = Compiled(self._kept, "html" if autoescape else "text") if self._kept else None
        return ImmutableSandboxedEnvironment(
            loader=_Loader(self._shelf),
            bytecode_cache=compiled,
            autoescape=autoescape,
            keep_trailing_newline=keep_trailing_newline,
            undefined=NearbyUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )


class _Loader(jinja2.BaseLoader):
    """Gives the sources of a shelf, and names the file that cannot be read: Jinja2 does not."""

    def __init__(self, shelf: Shelf) -> None:
        self._sheets = shelf.sheets

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002  # Jinja2's signature
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        name = "/".join(part for part in str(template).split("/") if part not in {"", "."})
        sheet = self._sheets.get(name)
        if sheet is None or str(template).startswith("/"):
            raise jinja2.TemplateNotFound(template)
        if sheet.problem:
            raise TemplateError(
                f"the template {sheet.problem}", remedy="let newsfeed read it", where=sheet.place
            )
        try:
            return sheet.data.decode("utf-8-sig"), sheet.place, lambda: True
        except UnicodeDecodeError as error:
            line = sheet.data.count(b"\n", 0, error.start) + 1
            raise TemplateError(
                "the template is not in UTF-8",
                remedy="save it as UTF-8",
                where=f"{sheet.place}:{line}",
            ) from None
