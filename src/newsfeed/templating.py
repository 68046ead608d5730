"""The door to Jinja2: template files and plain values in, text out, mistakes by file and line.

Jinja2's own choice by file name would not escape `*.html.j2`: whoever asks says what it is.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsfeed.errors import TemplateError

if TYPE_CHECKING:
    Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
    """What a template may see. An object's attributes and methods would be open to it."""

# Whatever a template can raise: Jinja2's own errors, those of operators, filters and functions
# that met a value they cannot use, and Python's where a template is nested too deeply.
_MISTAKES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class Templates:
    """The templates of some folders; a name is taken from the first folder that has it.

    They run in a sandbox, see plain values only, and may not use a name that they were not given
    (standards S-17). Values are never templates themselves. Each file is read once.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(Path(os.path.normpath(folder)) for folder in folders)

    def html(self, name: str, values: Mapping[str, Plain]) -> str:
        """The template `name` filled with `values`, which are escaped whatever the name is.

        Raises TemplateError that names file and line where the template is missing or broken.
        """
        return self._filled(self._html, name, values)

    def text(self, name: str, values: Mapping[str, Plain]) -> str:
        """The template `name` filled with `values` as they are. Raises TemplateError as `html`."""
        return self._filled(self._text, name, values)

    @cached_property
    def _html(self) -> jinja2.Environment:
        # A piece of HTML ends where its last tag does: an image in a link has no space after it.
        return self._environment(autoescape=True, keep_trailing_newline=False)

    @cached_property
    def _text(self) -> jinja2.Environment:
        return self._environment(autoescape=False, keep_trailing_newline=True)

    def _environment(self, *, autoescape: bool, keep_trailing_newline: bool) -> jinja2.Environment:
        return ImmutableSandboxedEnvironment(
            loader=jinja2.ChoiceLoader([_Folder(folder) for folder in self._folders]),
            autoescape=autoescape,
            keep_trailing_newline=keep_trailing_newline,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def _filled(
        self, environment: jinja2.Environment, name: str, values: Mapping[str, Plain]
    ) -> str:
        try:
            filled = environment.get_template(name).render(values)
            filled.encode()  # "\ud800" is a string to Jinja2, but no text that could be written
        except _MISTAKES as error:
            raise self._explained(name, error) from None
        return filled

    def _explained(self, name: str, error: Exception) -> TemplateError:
        where = self._position(error)
        # Of several names that an include tries, the subclass's message names each.
        if type(error) is jinja2.TemplateNotFound:
            folders = " or ".join(map(str, self._folders))
            return TemplateError(
                f"the template {error.name} is missing",
                remedy=f"put it into {folders}, or correct the name where it is asked for",
                where=where or folders,
            )
        problem = _message(error) or type(error).__name__
        return TemplateError(
            f"the template cannot be used: {problem}",
            remedy="mend it, or compare it with the template that newsfeed brings",
            where=where or name,
        )

    def _position(self, error: Exception) -> str:
        """File and line of the innermost template that the error passed through, or ""."""
        if isinstance(error, SyntaxError):
            return error.filename or ""
        passed = [
            f"{path}:{line}"
            for frame, line in traceback.walk_tb(error.__traceback__)
            if self._holds(path := Path(frame.f_code.co_filename))
        ]
        return passed[-1] if passed else ""

    def _holds(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self._folders)


class _Folder(jinja2.FileSystemLoader):
    """One folder of templates, which names the file that cannot be read: Jinja2 does not."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        file = Path(f"{self.searchpath[0]}/{template}")
        try:
            return super().get_source(environment, template)
        except jinja2.TemplateNotFound:  # an OSError too
            raise
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise TemplateError(
                "the template is not in UTF-8",
                remedy="save it as UTF-8",
                where=f"{file}:{line}",
            ) from None
        except OSError as error:
            raise TemplateError(
                f"the template cannot be read: {error.strerror}",
                remedy="let newsfeed read it",
                where=str(file),
            ) from None


def _message(error: Exception) -> str:
    """What the error says, without the line of a SyntaxError: it is one of generated Python."""
    return error.msg if isinstance(error, SyntaxError) else str(error)
