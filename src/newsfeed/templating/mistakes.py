"""A template's mistake -> what is said of it: file, line, problem, and what may have been meant."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import jinja2

from newsfeed.errors import TemplateError

if TYPE_CHECKING:
    from newsfeed.templating.shelf import Shelf

_REMEDY = "mend it, or compare it with the template that newsfeed brings"

_UNKNOWN = re.compile(r"'(\w+)' is undefined|No (filter|test) named '(\w+)'")


class TooMuchError(Exception):
    """A template goes beyond its limits; says beyond which."""


class NearbyUndefined(jinja2.StrictUndefined):
    """A value that is not there; where a mapping lacks a name, those near it are told."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        said = super()._undefined_message
        known = self._undefined_obj
        if self._undefined_hint or not isinstance(known, Mapping):
            return said
        return said + _meant(str(self._undefined_name), map(str, known))


def explained(
    error: Exception,
    name: str,
    shelf: Shelf,
    values: Mapping[str, object],
    environment: jinja2.Environment,
) -> TemplateError:
    """What to say where the template `name`, filled with `values`, raised `error`."""
    where = _position(error, shelf)
    # Of several names that an include tries, the subclass's message names each.
    if type(error) is jinja2.TemplateNotFound:
        folders = " or ".join(shelf.folders)
        return TemplateError(
            f"the template {error.name} is missing{_meant(str(error.name), shelf.sheets)}",
            remedy=f"put it into {folders}, or correct the name where it is asked for",
            where=where or folders,
        )
    if isinstance(error, TooMuchError | MemoryError):
        problem = str(error) or "it wants more memory than there is for it"
        return too_much(problem, where or place_of(name, shelf))
    problem = _message(error) or type(error).__name__
    if found := _UNKNOWN.match(problem):
        known = {"filter": environment.filters, "test": environment.tests}.get(found[2])
        problem = problem.rstrip(".") + _meant(
            found[1] or found[3], known or {*values, *environment.globals, *_names(error, shelf)}
        )
    return TemplateError(
        f"the template cannot be used: {problem}", remedy=_REMEDY, where=where or name
    )


def too_much(problem: str, where: str) -> TemplateError:
    """What to say of a template that goes beyond its limits."""
    return TemplateError(
        f"the template cannot be used: {problem}",
        remedy="look for a loop or a number that is far too large",
        where=where,
    )


def place_of(name: str, shelf: Shelf) -> str:
    """A template's file as messages name it; the name where there is none."""
    return shelf.sheets[name].place if name in shelf.sheets else name


def _meant(name: str, known: Iterable[str]) -> str:
    """Which of the known names is so near that it may have been meant."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _message(error: Exception) -> str:
    """What the error says, without the line of a SyntaxError: it is one of generated Python."""
    if isinstance(error, RecursionError):
        return "endless recursion: it calls, includes or nests itself too deeply"
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _position(error: Exception, shelf: Shelf) -> str:
    """File and line of the innermost template that the error passed through, or ""."""
    if isinstance(error, SyntaxError):
        return error.filename or ""
    passed = [f"{place}:{line}" for place, line, _ in _passed(error, shelf)]
    return passed[-1] if passed else ""


def _names(error: Exception, shelf: Shelf) -> set[str]:
    """What the templates that the error passed through named themselves: loops, macros, `set`."""
    return {name for *_, names in _passed(error, shelf) for name in names}


def _passed(error: Exception, shelf: Shelf) -> Iterator[tuple[str, int, Mapping[str, object]]]:
    """Place, line and names of each template that an error passed through."""
    places = {sheet.place for sheet in shelf.sheets.values()}
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in places:
            yield frame.f_code.co_filename, line, frame.f_locals
