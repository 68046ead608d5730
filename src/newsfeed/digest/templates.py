"""Jinja2 for letters: two environments, plain data only, and errors that name file and line."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsfeed.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
    """What a template may see. An object's methods and attributes would be open to it (S-17)."""

# A mistake in a template shows as one of these while it is rendered.
_TEMPLATE_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Templates:
    """The letters' templates in `directories`; a file in an earlier one hides those in later ones.

    HTML is escaped always, and text never: Jinja2's choice by file name would not escape
    `*.html.j2`. Article text comes in as values and is never itself a template.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        loader = jinja2.FileSystemLoader([str(path) for path in directories])
        self._directories = tuple(directories)
        self._html = _environment(loader, autoescape=True)
        self._text = _environment(loader, autoescape=False)

    def html(self, name: str, data: Mapping[str, Plain]) -> str:
        """The HTML template `name` filled with `data`. Raises TemplateError."""
        return self._render(self._html, name, data)

    def text(self, name: str, data: Mapping[str, Plain]) -> str:
        """The text template `name` filled with `data`. Raises TemplateError."""
        return self._render(self._text, name, data)

    def _render(self, environment: jinja2.Environment, name: str, data: Mapping[str, Plain]) -> str:
        try:
            return environment.get_template(name).render(data)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(
                f"the template {error.name} is missing",
                where=", ".join(map(str, self._directories)),
                remedy="put it there, or remove the own templates folder to use ours",
            ) from None
        except _TEMPLATE_FAULTS as error:
            raise TemplateError(
                str(error) or type(error).__name__,
                where=self._position(error) or name,
                remedy="mend the template there",
            ) from None

    def _position(self, error: BaseException) -> str:
        """File and line of the template that `error` comes from."""
        if isinstance(error, jinja2.TemplateSyntaxError):
            return f"{error.filename or error.name}:{error.lineno}"
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if self._holds(Path(frame.filename))]
        return f"{ours[-1].filename}:{ours[-1].lineno}" if ours else ""

    def _holds(self, path: Path) -> bool:
        return any(path.is_relative_to(directory) for directory in self._directories)


def _environment(loader: jinja2.BaseLoader, *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=autoescape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=not autoescape,
        auto_reload=False,
    )
