"""`newsfeed editions new`."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from newsfeed.cli.doors import opened
from newsfeed.cli.editions_words import (
    explained,
    given_subject,
    given_words,
    refuse_article,
)
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, dry_run_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.build import Workshop
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.editions import zone_of
from newsfeed.flows.specials import Made, corrected, correction, leaving_time, special
from newsfeed.model import EditionState


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed; without a `newsletter` it is a correction."""

    newsletter: str
    recipients_of: str
    intro: str
    subject: str
    articles: tuple[str, ...]
    at: str
    dry_run: bool


@click.command(name="new")
@click.argument("words", nargs=-1, metavar="[NEWSLETTER]")
@click.option("--intro", metavar="FILE", required=True, help="Own words in Markdown; - is stdin.")
@click.option("--subject", metavar="TEXT", required=True, help="The subject, as readers see it.")
@click.option(
    "--articles",
    multiple=True,
    metavar="ARTICLE...",
    help="Articles by id, address, or path as `newsfeed articles` prints it.",
)
@click.option("--at", metavar="WHEN", default="", help='When it may leave: "2026-11-28 09:00".')
@click.option(
    "--to-recipients-of",
    "recipients_of",
    metavar="EDITION",
    default="",
    help="A correction, for those who got that edition or may have.",
)
@config_option
@dry_run_option
@json_option
def command(
    *,
    words: tuple[str, ...],
    intro: str,
    subject: str,
    articles: tuple[str, ...],
    at: str,
    recipients_of: str,
    file: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make an edition with own words, for the subscribers of NEWSLETTER.

    `newsfeed send` or the next `publish` delivers it, after approval where the newsletter asks
    for one. An article that another edition has is refused: nobody gets one twice.
    """
    newsletter, *more = words or ("",)
    order = _Order(
        newsletter=newsletter,
        recipients_of=recipients_of,
        intro=given_words(intro),
        subject=given_subject(subject),
        articles=(*articles, *more),
        at=at,
        dry_run=dry_run,
    )
    if more and not articles:
        raise click.UsageError(f"`{more[0]}` is one word too many; --articles names articles.")
    if not newsletter and not recipients_of:
        raise click.UsageError("Name the newsletter, or say --to-recipients-of EDITION.")
    if recipients_of and articles:
        raise click.UsageError(
            "A correction has own words only: others would never get the articles. "
            "Leave --articles out, and link to them."
        )
    with opened(file) as shop, explained(intro):
        refuse_article(shop.plan, intro)
        made = _made(shop, order)
    click.echo(to_json(made) if as_json else "\n".join(_lines(made, dry_run=dry_run)))
    if made.standstill:
        click.echo(f"{made.edition} waits: {made.standstill}", err=True)


def _made(shop: Workshop, order: _Order) -> Made:
    if order.recipients_of:
        edition, newsletter = corrected(shop, order.recipients_of)
        if order.newsletter not in ("", newsletter.name):
            raise click.UsageError(f"{edition.name} is no edition of `{order.newsletter}`.")
    else:
        newsletter = named(shop.plan, order.newsletter)
    zone = zone_of(newsletter, shop.plan.site.timezone)
    own = OwnWords(
        intro=order.intro,
        subject=order.subject,
        not_before=leaving_time(order.at, zone, shop.seams.now) if order.at else None,
    )
    if order.recipients_of:
        return correction(shop, order.recipients_of, own, dry_run=order.dry_run)
    return special(shop, newsletter, own, order.articles, dry_run=order.dry_run)


def _lines(made: Made, *, dry_run: bool) -> list[str]:
    would = "would be " if dry_run else ""
    kilobytes = f"{made.size / 1024:,.0f} KB"
    lines = [
        f"{made.edition}  {would}{made.state.value}  {made.kind.value}  "
        f"{counted(made.recipients, 'recipient')} as of now  {kilobytes}",
        f"  {made.subject}",
        f"  not before {made.not_before:%a %Y-%m-%d %H:%M %Z}",
        *(f"  article: {title}" for title in made.articles),
    ]
    if dry_run:
        return [*lines, "", made.text]
    if made.state is EditionState.HELD:
        return [*lines, f"`newsfeed editions approve {made.edition}` lets it go"]
    return [*lines, "`newsfeed send` or the next `publish` delivers it"]
