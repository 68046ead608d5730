"""An edition in every language that its readers have: its own, and variants of its frame."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from newsfeed.digest.variants import wanted
from newsfeed.flows.letters import compose_letter, language_of, sample
from newsfeed.flows.linting import findings, refuse_errors, told
from newsfeed.flows.plan import Plan
from newsfeed.model import Edition, Letter
from newsfeed.settings import Newsletter
from newsfeed.store import subscribers

if TYPE_CHECKING:
    from newsfeed.digest.lint import Finding


class Variants(msgspec.Struct, frozen=True, kw_only=True):
    """The letters of an edition by language, its own first, and the bytes of the largest message
    to one person; `warnings` of the lint are lines for the operator, each once.
    """

    letters: dict[str, Letter]
    size: int
    warnings: tuple[str, ...]


def languages_read(
    plan: Plan, db: sqlite3.Connection, newsletter: Newsletter, kept: Iterable[str] = ()
) -> tuple[str, ...]:
    """The variants that the newsletter's active subscribers read now, and those of `kept`."""
    read = subscribers.languages(db, newsletter.name)
    return wanted(language_of(plan, newsletter), [*read, *kept])


def findings_of_variants(
    plan: Plan,
    newsletter: Newsletter,
    edition: Edition,
    others: Iterable[str],
    known: Sequence[Finding],
    *,
    view_url: str,
) -> tuple[Finding, ...]:
    """What the lint finds in an edition's variants that is not `known` of its own letter; each
    finding says in which. Raises TemplateError, OutputError, SettingsError.
    """
    found: list[Finding] = []
    for language in others:
        spoken = msgspec.structs.replace(edition, spoken=language)
        letter = compose_letter(plan, newsletter, spoken, view_url=view_url)
        sample(plan, newsletter, letter, edition.slot, language=language)
        found += (
            msgspec.structs.replace(one, where=f"{one.where} ({language})")
            for one in findings(plan, newsletter, letter, view_url=view_url)
            if one not in known
        )
    return tuple(found)


def compose_variants(
    plan: Plan, newsletter: Newsletter, edition: Edition, others: Iterable[str], *, view_url: str
) -> Variants:
    """The letters of an edition, in its own language and in `others`, which passed the lint and
    the gate: what is wrong with one of them keeps all back.

    Raises TemplateError, SettingsError, OutputError.
    """
    letters, size = {}, 0
    known: list[Finding] = []
    warnings: list[str] = []
    for language in ("", *others):
        spoken = msgspec.structs.replace(edition, spoken=language)
        letter = compose_letter(plan, newsletter, spoken, view_url=view_url)
        found = findings(plan, newsletter, letter, view_url=view_url)
        name = f"{newsletter.name} ({language})" if language else newsletter.name
        refuse_errors(found, name)
        warnings += told([one for one in found if one not in known], name, "warning")
        known += found
        message = sample(plan, newsletter, letter, edition.slot, language=language)
        letters[language or edition.language] = letter
        size = max(size, len(message))
    return Variants(letters=letters, size=size, warnings=tuple(warnings))
