"""Everything made and looked at, nothing kept: the offline check."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from newsfeed.digest.lint import Finding
from newsfeed.errors import BodyError, Fault, NewsfeedError, SettingsError
from newsfeed.flows.build import BuildOptions, Workshop, build
from newsfeed.flows.lawful import disclosure_of, unsaid
from newsfeed.flows.linting import told
from newsfeed.flows.people import keys_for
from newsfeed.flows.plan import Complaints, Plan
from newsfeed.flows.previewing import try_letter
from newsfeed.flows.readiness import refuse_unready_settings
from newsfeed.flows.relaying import is_loopback
from newsfeed.flows.renaming import refuse_former_names
from newsfeed.flows.theming import theme_of
from newsfeed.settings import Newsletter


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what was found. `errors` are of settings, templates, feeds and
    letters as a whole; `faults` left an article out, `warnings` did not. `notes` are warnings of
    letters as a whole. `findings` are all of the lint's, by newsletter; those of weight are among
    errors and notes, too.
    """

    articles: int
    files: int
    letters: int
    errors: tuple[str, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    findings: Mapping[str, tuple[Finding, ...]] = {}


def check(shop: Workshop) -> CheckReport:
    """Make every feed, page and letter without writing them, and collect what is wrong."""
    errors: list[str] = []
    articles = files = 0
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    try:
        report = build(shop, BuildOptions(dry_run=True, check_all=True))
    except NewsfeedError as error:
        errors.append(str(error))
    else:
        articles, files = report.articles, report.files
        faults, warnings = report.faults, report.warnings
    try:
        refuse_former_names(shop)
        if shop.plan.newsletters:
            keys = keys_for(shop.db, shop.plan.secret)
            refuse_unready_settings(shop.plan, keys, os.environ)
    except NewsfeedError as error:
        errors.append(str(error))
    found, faulty, wrong = _letters(shop)
    return CheckReport(
        articles=articles,
        files=files,
        letters=len(found),
        errors=tuple(dict.fromkeys((*errors, *wrong))),
        faults=(*faults, *faulty),
        warnings=Complaints.of([*warnings, *shop.remarks]).warnings,
        notes=(*_notes(shop.plan), *_told(found, "warning")),
        findings=found,
    )


_Findings = dict[str, tuple[Finding, ...]]


def _letters(shop: Workshop) -> tuple[_Findings, list[Fault], list[str]]:
    """What the lint finds by newsletter, articles that stood in the way, and errors."""
    from newsfeed.flows.letters import look_of

    found: _Findings = {}
    faults: list[Fault] = []
    errors: list[str] = []
    for newsletter in shop.plan.newsletters:
        try:
            disclosure_of(shop.plan, newsletter)
            look_of(shop.plan, newsletter)
            lint = try_letter(shop, newsletter)
        except BodyError as error:
            faults.append(error.fault)
        except NewsfeedError as error:
            errors.append(str(error))
        else:
            if lint is not None:
                found[newsletter.name] = lint
    return found, faults, [*errors, *_told(found, "error")]


def _told(found: _Findings, level: str) -> list[str]:
    return [line for name, lint in found.items() for line in told(lint, name, level)]


def _notes(plan: Plan) -> tuple[str, ...]:
    if not plan.newsletters:
        return ()
    from newsfeed.flows.letters import missing_button

    notes = [missing_button(plan)]
    if not _leaves(plan):  # what leaves is not to be warned of, but refused
        notes += map(str, unsaid(plan))
    notes += [note for newsletter in plan.newsletters for note in _look_notes(plan, newsletter)]
    return tuple(note for note in notes if note)


def _leaves(plan: Plan) -> bool:
    return plan.mail.transport == "smtp" and not is_loopback(plan.mail.smtp.host)


def _look_notes(plan: Plan, newsletter: Newsletter) -> tuple[str, ...]:
    """What a look is told of; one that cannot be is an error of its letter already."""
    try:
        return theme_of(plan, newsletter).notes
    except SettingsError:
        return ()
