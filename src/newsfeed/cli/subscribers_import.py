"""`newsfeed subscribers import`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.audience.services import SERVICES
from newsfeed.cli.audience import audience
from newsfeed.cli.bar import bar
from newsfeed.cli.options import config_option, dry_run_option, json_option
from newsfeed.cli.report import LEFT_OUT, counted, shown, to_json
from newsfeed.errors import UsageError
from newsfeed.flows.importing import import_subscribers
from newsfeed.flows.intake import ImportOptions, ImportReport

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(name="import")
@click.argument("source", metavar="FILE", type=_FILE)
@click.option("--newsletter", metavar="NAME", default="", help="Which one; needed where several.")
@click.option(
    "--from",
    "service",
    type=click.Choice(["auto", *SERVICES]),
    default="auto",
    help="Whose export it is; auto knows it by its header.",
)
@click.option("--encoding", metavar="NAME", default="", help="Such as cp949; else UTF-8.")
@click.option(
    "--separator", metavar="WORD", default="", help="comma, semicolon, tab; else the header's."
)
@click.option(
    "--map", "mapped", metavar="FIELD=COLUMN", multiple=True, help="Which column a field is."
)
@click.option(
    "--ignore", "ignored", metavar="COLUMN", multiple=True, help="It does not tell who left."
)
@click.option("--consent-source", metavar="TEXT", default="", help="Where people consented.")
@click.option("--consent-date-column", metavar="COLUMN", help="The column that says when.")
@click.option("--unsubscribed", metavar="FILE", type=_FILE, help="Everybody in it left.")
@click.option("--suppressed", metavar="FILE", type=_FILE, help="Nobody in it gets any mail.")
@click.option("--no-unsubscribed", is_flag=True, help="Nobody ever left (listmonk, Mailchimp).")
@click.option("--skip-bad", is_flag=True, help="Import the good rows; the status is 3 then.")
@click.option("--report", metavar="FILE", type=_FILE, help="Write what became of which row.")
@dry_run_option
@json_option
@config_option
def import_command(
    *,
    source: Path,
    newsletter: str,
    service: str,
    encoding: str,
    separator: str,
    mapped: tuple[str, ...],
    ignored: tuple[str, ...],
    consent_source: str,
    consent_date_column: str | None,
    unsubscribed: Path | None,
    suppressed: Path | None,
    no_unsubscribed: bool,
    skip_bad: bool,
    report: Path | None,
    dry_run: bool,
    as_json: bool,
    file: Path | None,
) -> None:
    """Take subscribers over from a CSV FILE: all rows, or none if one is bad.

    A person is active who has a source and a date of consent: by columns (consent_source,
    consent_date), by what the service documents, or by --consent-source and the row's date.
    Everybody else is pending. Who left or is suppressed, here or in the files, stays out.

    A FIELD is address, name, first_name, last_name, language, status, unsubscribed, suppressed,
    consent_source or consent_date. A column that may tell who left has to be read by one of them,
    or named by --ignore. A file has at most 1 GB and 10 million rows.
    """
    wanted = ImportOptions(
        file=source,
        newsletter=newsletter,
        service=service,
        encoding=encoding,
        separator=separator,
        mapping=_mapping(mapped, consent_date_column),
        consent_source=consent_source,
        ignored=ignored,
        unsubscribed=unsubscribed,
        suppressed=suppressed,
        no_unsubscribed=no_unsubscribed,
        skip_bad=skip_bad,
        report=report,
        dry_run=dry_run,
    )
    with audience(file) as people, bar() as show:
        done = import_subscribers(people, wanted, show)
    _end(done, wanted, as_json=as_json)


def _mapping(mapped: tuple[str, ...], consent_date_column: str | None) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for words in mapped:
        field, equals, column = words.partition("=")
        if not equals:
            raise UsageError(
                f"`{words}` maps nothing", where="--map", remedy="write --map name=COLUMN"
            )
        mapping[field.strip()] = column
    if consent_date_column:
        mapping["consent_date"] = consent_date_column
    return mapping


def _end(report: ImportReport, wanted: ImportOptions, *, as_json: bool) -> None:
    """Print what came of it, and set the exit status."""
    click.echo(to_json(report) if as_json else "\n".join(_lines(report, wanted)))
    _complain(report, wanted)
    if report.bad:
        sys.exit(LEFT_OUT if wanted.skip_bad else 1)


def _lines(report: ImportReport, wanted: ImportOptions) -> list[str]:
    rows = counted(report.rows, "row")
    if report.bad and not wanted.skip_bad:
        return [f"nothing was imported: {report.bad:,} of {rows} cannot be used"]
    verb = "would become" if report.dry_run else "are now"
    title = SERVICES[report.service].title
    lines = [
        f"{rows} read ({title}); {report.active:,} {verb} active, {report.pending:,} pending,"
        f" {report.unsubscribed:,} unsubscribed, {report.suppressed:,} suppressed"
    ]
    rest = {
        "kept out, who left or are suppressed": report.kept_out,
        "known already": report.known,
        "repeated": report.repeated,
        "of other newsletters": report.passed_over,
        "bad": report.bad,
    }
    lines += [f"  {number:,} {what}" for what, number in rest.items() if number]
    if report.pending and report.undated:
        lines.append(
            f"  of {counted(report.undated, 'row')} the date of consent is missing:"
            " `--consent-date-column COLUMN` names it"
        )
    if report.pending:
        lines.append("  pending ones have to confirm: `newsfeed subscribers confirm --send`")
    return lines


def _complain(report: ImportReport, wanted: ImportOptions) -> None:
    """The first bad rows on stderr, and how many more there are."""
    for problem in report.problems:
        click.echo(problem, err=True)
    more = report.bad - len(report.problems)
    if more:
        where = shown(wanted.report) if wanted.report else ""
        rest = f"{where} has all" if where else "`--report FILE` writes all of them"
        click.echo(f"{more:,} more bad rows; {rest}", err=True)
    if report.service == "mailchimp" and wanted.unsubscribed and not wanted.suppressed:
        click.echo(
            f"{wanted.file}: Mailchimp's cleaned file is missing, which tells what bounced. add it"
            " with --suppressed FILE",
            err=True,
        )
    if report.bad and not wanted.skip_bad:
        click.echo("mend these rows, or import the others with --skip-bad", err=True)
