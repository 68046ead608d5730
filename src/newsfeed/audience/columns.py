"""Which column of a file is which field, and whether one is left that tells who left."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime

import msgspec

from newsfeed.audience.services import FIELDS, SERVICES, Service
from newsfeed.audience.states import Standing, StateColumn, plain, state_column, tells_state
from newsfeed.audience.tables import TableError
from newsfeed.errors import UsageError
from newsfeed.text import one_line

_SHOWN = 40


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of a file are read.

    `mapping` names a column for a field, or "" for none. `consent_source` is the operator's word
    for where consent was given. `ignored` are columns that are about something else. `force` is
    what all rows say of their people, whatever else stands there. `now` is aware.
    """

    service: Service
    now: datetime
    mapping: Mapping[str, str] = {}
    consent_source: str = ""
    ignored: tuple[str, ...] = ()
    force: Standing | None = None


def columns_of(header: list[str], reading: Reading, where: str) -> list[tuple[str, int]]:
    """Which cell is which field. Raises TableError and UsageError."""
    ignored = {plain(name) for name in reading.ignored}
    for name in reading.ignored:
        if plain(name) not in map(plain, header):
            raise _missing(name, header, where)
    names = ["" if plain(name) in ignored else plain(name) for name in header]
    found: dict[str, int] = {}
    for field, candidates in reading.service.columns.items():
        column = next((c for c in candidates if c in names), None)
        if column is not None:
            found[field] = _only(names, column, header, where)
    dropped = _map(found, names, header, reading, where)
    if "address" not in found:
        raise TableError(
            f"has no column of addresses; it has {_listed(header)}",
            where=where,
            remedy="say which one it is with --map address=COLUMN",
        )
    if reading.force is None:
        _check_service(reading, set(names), where)
        _check_states(reading, header, found, ignored | dropped, where)
    return list(found.items())


def _map(
    found: dict[str, int], names: list[str], header: list[str], reading: Reading, where: str
) -> set[str]:
    """Put what the operator says in the place of what names say; gives columns not to be read."""
    dropped = set()
    for field, column in reading.mapping.items():
        if field not in FIELDS:
            raise UsageError(
                f"`{field}` is no field", where="--map", remedy=f"say one of {', '.join(FIELDS)}"
            )
        if not column.strip():
            if field in found:
                dropped.add(names[found.pop(field)])
        elif not plain(column) or plain(column) not in names:
            raise _missing(column, header, where)
        else:
            found[field] = _only(names, plain(column), header, where)
    return dropped


def _missing(column: str, header: list[str], where: str) -> UsageError:
    return UsageError(
        f"there is no column `{column}`", where=where, remedy=f"it has {_listed(header)}"
    )


def _check_states(
    reading: Reading, header: list[str], found: dict[str, int], ignored: set[str], where: str
) -> None:
    """A column that tells who left must be read, or those people would get mail again.

    The exports of services are known whole; of any other file, the names of columns have to do.
    """
    if reading.service is not SERVICES["csv"]:
        return
    if "status" not in found:
        found.pop("left_date", None)  # beside no state it is the state
    used = set(found.values())
    names = [
        name
        for index, name in enumerate(header)
        if index not in used and plain(name) not in ignored and tells_state(name)
    ]
    if not names:
        return
    column = typed(names[0])
    field = next((f for f in ("status", "unsubscribed") if f not in found), "suppressed")
    raise TableError(
        f"{_listed(names)} may tell who left, and nothing reads it",
        where=where,
        remedy=f"say `--map {field}={column}` if it does, or `--ignore {column}` if it is about"
        " something else",
    )


def _only(names: list[str], column: str, header: list[str], where: str) -> int:
    index = names.index(column)
    if names.count(column) > 1:
        raise TableError(
            f"has two columns `{header[index]}`", where=where, remedy="give them different names"
        )
    return index


def _check_service(reading: Reading, names: set[str], where: str) -> None:
    """Without the column that tells who left, everybody would seem to be there."""
    service = reading.service
    if not service.known_by or reading.mapping.get("status"):
        return
    if not any(known <= names for known in service.known_by):
        missing = min(sorted(known - names) for known in service.known_by)
        raise TableError(
            f"is no export of {service.title}: it lacks {', '.join(missing)}",
            where=where,
            remedy="export it again with all columns, or say --from csv",
        )


def shown(name: str) -> str:
    """A column's name as a message repeats it."""
    return one_line(name)[:_SHOWN]


def typed(name: str) -> str:
    """A column's name as a shell takes it."""
    return shlex.quote(one_line(name))


def _listed(header: list[str]) -> str:
    names = [f"`{shown(name)}`" for name in header if name][:12]
    return ", ".join(names) + (" and others" if len(header) > len(names) else "")


def state_columns(called: Mapping[str, str], service: Service) -> list[StateColumn]:
    """The columns of state that the service's own words do not read."""
    own = service.columns if service is not SERVICES["csv"] else {}
    fields = [one for one in ("status", "unsubscribed", "suppressed") if one not in own]
    return [state_column(field, called[field]) for field in fields if field in called]
