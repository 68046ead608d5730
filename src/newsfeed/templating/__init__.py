"""Template files and plain values in, text out, mistakes by file and line.

Jinja2 stays behind `engine`. Ours run in this process; where an operator's are among them, all run
in a child process with bounds (`guard`, `child`), which never sees the disk (`shelf` reads for it).
What ours are compiled to is kept (`store`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from newsfeed.templating.limits import LETTERS, PAGES, Limits
from newsfeed.templating.shelf import Shelf, read_shelf

if TYPE_CHECKING:
    Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
    """What a template may see. An object's attributes and methods would be open to it."""

__all__ = ["KINDS", "LETTERS", "PAGES", "Limits", "Templates", "folders", "open_templates"]


KINDS = ("email", "web")
"""What lies below a folder of templates; all else there is somebody else's."""


class Templates:
    """The templates of some folders; a name is taken from the first folder that has it.

    They run in a sandbox, see plain values only, and may not use a name that they were not given
    (standards S-17). Values are never templates themselves. Each file is read once. With `limits`
    they run in a process of their own, which ends with this object.
    """

    def __init__(self, folders: Sequence[Path], limits: Limits | None = None) -> None:
        self._folders = tuple(folders)
        self._limits = limits

    def html(self, name: str, values: Mapping[str, Plain]) -> str:
        """The template `name` filled with `values`, which are escaped whatever the name is.

        Raises TemplateError that names file and line where the template is missing or broken, or
        goes beyond the limits.
        """
        return self._press.filled(name, values, escaped=True)

    def text(self, name: str, values: Mapping[str, Plain]) -> str:
        """The template `name` filled with `values` as they are. Raises TemplateError as `html`."""
        return self._press.filled(name, values, escaped=False)

    def has(self, name: str) -> bool:
        """Whether any of the folders has a file of this name."""
        return name in self._shelf.sheets

    @cached_property
    def _shelf(self) -> Shelf:
        return read_shelf(self._folders)

    @cached_property
    def _press(self) -> _Press:
        if self._limits is None:
            from newsfeed.templating.engine import Engine
            from newsfeed.templating.store import cache_folder

            return Engine(self._shelf, kept=cache_folder())
        from newsfeed.templating.guard import Guard

        return Guard(self._shelf, self._limits)


class _Press(Protocol):
    """What fills templates: here, or in a child."""

    def filled(self, name: str, values: Mapping[str, Plain], *, escaped: bool) -> str:
        """A template with its values. Raises TemplateError."""


def folders(roots: Sequence[Path], kind: str) -> tuple[Path, ...]:
    """Where templates of a kind, `email` or `web`, lie below `roots`; ours, the last, always."""
    own = (root / kind for root in roots[:-1])
    return (*(folder for folder in own if folder.is_dir()), roots[-1] / kind)


def open_templates(places: Sequence[Path], limits: Limits) -> Templates:
    """The templates of our folder, which is the last, and of an operator's before it, if any.

    Ours alone are trusted and run here; the operator's are bound by `limits`.
    """
    return Templates(places, limits if len(places) > 1 else None)
