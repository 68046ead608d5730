"""The values of Liquid that are known without evaluating anything: the site's names, and addresses.

Filters are those that people make addresses with (Jekyll's documentation, "Liquid Filters").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

_ATOM = r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<name>[A-Za-z_][\w.-]*))"""
_FIRST = re.compile(rf"\s*{_ATOM}\s*")
_FILTER = re.compile(rf"\|\s*(?P<filter>\w+)\s*(?::\s*{_ATOM}\s*)?")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What Liquid may ask for: the site's own settings by name, such as `site.title`, its address
    and the path below it ("" or "/blog"), and the path of a post or another file as `post_url` and
    `link` name it.
    """

    names: Mapping[str, str]
    url: str
    base_path: str
    post: Callable[[str], str]
    file: Callable[[str], str]


def value_of(expression: str, scope: Scope) -> str | None:
    """The value of what stands between {{ and }}; None where it is not known."""
    match = _FIRST.match(expression)
    value = _atom(match, scope) if match else None
    while match and value is not None and match.end() < len(expression):
        match = _FILTER.match(expression, match.end())
        value = _filtered(value, match, scope) if match else None
    return value


def _atom(match: re.Match[str], scope: Scope) -> str | None:
    if match["name"]:
        return scope.names.get(match["name"])
    return match["double"] if match["double"] is not None else match["single"]


def _filtered(value: str, match: re.Match[str], scope: Scope) -> str | None:
    argument = _atom(match, scope)
    if argument is None:
        if match["name"]:
            return None
        return {"relative_url": relative, "absolute_url": absolute}.get(match["filter"], _no)(
            value, scope
        )
    return {"prepend": argument + value, "append": value + argument}.get(match["filter"])


def relative(path: str, scope: Scope) -> str:
    """`path` below the site's base path; an address stays as it is."""
    if _ABSOLUTE.match(path):
        return path
    slash = "" if not path or path.startswith("/") else "/"
    return f"{scope.base_path}{slash}{path}"


def absolute(path: str, scope: Scope) -> str:
    """`path` at the site's address; an address stays as it is."""
    return path if _ABSOLUTE.match(path) else scope.url + relative(path, scope)


def _no(value: str, scope: Scope) -> None:
    """A filter that is not known."""
