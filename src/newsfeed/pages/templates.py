"""The door to the page templates: files in, bytes out, and every mistake as one clear error."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsfeed.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Whatever an expression in a template can raise: Jinja's own errors, and those of operators,
# filters and methods that met a value they cannot use.
_MISTAKES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


class Templates:
    """The templates of some folders; a name is taken from the first folder that has it.

    They run in a sandbox, get plain values only, escape what they print, and may not use a name
    that they were not given (standards S-17). Files are read once.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(map(str, folders))
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(self._folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )

    def render(self, name: str, values: Mapping[str, object]) -> bytes:
        """The template `name` filled with `values`, in UTF-8.

        Raises TemplateError that names file and line where the template is missing or broken.
        """
        try:
            return self._environment.get_template(name).render(values).encode()
        except _MISTAKES as error:
            raise self._explained(name, error) from None

    def _explained(self, name: str, error: BaseException) -> TemplateError:
        if isinstance(error, jinja2.TemplateNotFound):
            return TemplateError(
                f"the template {error.name} is missing from {' and '.join(self._folders)}",
                remedy="put it back, or remove the line that includes it",
                where=self._where(error),
            )
        problem = " ".join(str(error).split()) or type(error).__name__
        return TemplateError(
            f"the template cannot be used: {problem}",
            remedy="mend it, or compare it with the template that newsfeed brings",
            where=self._where(error) or name,
        )

    def _where(self, error: BaseException) -> str:
        """File and line of the innermost template that the error passed through, or ""."""
        if isinstance(error, jinja2.TemplateSyntaxError):
            return f"{error.filename or error.name}:{error.lineno}"
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename.startswith(self._folders):
                return f"{frame.filename}:{frame.lineno}"
        return ""
