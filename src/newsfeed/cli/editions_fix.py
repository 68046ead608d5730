"""`newsfeed editions fix`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.doors import opened
from newsfeed.cli.editions_words import (
    ask,
    explained,
    given_subject,
    given_words,
    refuse_article,
)
from newsfeed.cli.options import config_option, dry_run_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.fixing import Fix, Fixed, apply_fix, prepare_fix
from newsfeed.model import EditionState


@click.command(name="fix")
@click.argument("edition")
@click.option("--intro", metavar="FILE", help="Own words in Markdown, in place of the former.")
@click.option("--no-intro", is_flag=True, help="Without own words again.")
@click.option("--subject", metavar="TEXT", help="Another subject.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@config_option
@dry_run_option
@json_option
def command(
    *,
    edition: str,
    intro: str | None,
    no_intro: bool,
    subject: str | None,
    yes: bool,
    file: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Compose EDITION again: the same articles as they are now, for those not yet served.

    Shows what is different first. A delivery that runs takes the new letter at its next claim;
    whoever was served keeps what they got. `newsfeed editions pause` holds it meanwhile.
    """
    if no_intro and intro is not None:
        raise click.UsageError("Say either --intro FILE or --no-intro.")
    own = given_words(intro) if intro is not None else "" if no_intro else None
    line = None if subject is None else given_subject(subject)
    with opened(file) as shop, explained(intro or ""):
        if intro is not None:
            refuse_article(shop.plan, intro)
        fix = prepare_fix(shop, edition, intro=own, subject=line)
    if not as_json:
        click.echo("\n".join(_difference(fix)))
    if dry_run or not fix.changed:
        if as_json:
            click.echo(to_json(_plain(fix)))
        return
    if not yes:
        ask(f"Correct {fix.edition.name}", f"{fix.edition.name} would be corrected")
    with opened(file) as shop:  # asking took its time, and nobody was kept waiting
        done = apply_fix(shop, fix)
    click.echo(to_json({**_plain(fix), "fixed": done}) if as_json else _line(done))


def _difference(fix: Fix) -> list[str]:
    if not fix.changed:
        return [f"{fix.edition.name}: nothing is different"]
    if not fix.diff:
        what = "the HTML part, or another language, is different"
        return [f"{fix.edition.name}: subject and text part stay; {what}"]
    return list(fix.diff)


def _plain(fix: Fix) -> dict[str, object]:
    return {
        "edition": fix.edition.name,
        "changed": fix.changed,
        "diff": fix.diff,
        "served": fix.served,
        "waiting": fix.waiting,
    }


def _line(done: Fixed) -> str:
    next_ = {
        EditionState.HELD: f"`newsfeed editions approve {done.edition}` lets it go",
        EditionState.PAUSED: f"`newsfeed editions resume {done.edition}` lets it go on",
        EditionState.SENT: f"`newsfeed retry {done.edition}` tries again",
    }.get(done.state, "`newsfeed send` or the next `publish` delivers it")
    return (
        f"{done.edition} is corrected: {done.served:,} served before, {done.waiting:,} to get it "
        f"as it is now; {next_}"
    )
