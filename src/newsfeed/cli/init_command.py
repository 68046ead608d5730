"""`newsfeed init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.app import demo_folder, templates_folder
from newsfeed.cli.report import counted, shown
from newsfeed.collect.conventions.sites import usable_url
from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.errors import NewsfeedError
from newsfeed.flows.copying import copy_templates
from newsfeed.flows.starting import PLACEHOLDER_URL, Guess, answered, sender_at, start
from newsfeed.urls import ascii_url


@click.command()
@click.argument(
    "folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--demo", is_flag=True, help="Fill an empty folder with sample articles.")
@click.option(
    "--templates", is_flag=True, help="Only copy our templates into templates/, to be changed."
)
def command(*, folder: Path, demo: bool, templates: bool) -> None:
    """Look at a folder of articles, tell its generator, and write newsfeed.toml there.

    In a Jekyll site it is _newsfeed.toml, which Jekyll does not publish; where Eleventy reads the
    whole folder, an .eleventyignore is written too. No other file is changed. With --templates, no
    settings are written, and templates that are there already stay as they are. At a terminal it
    asks for the site's address, where the folder does not tell it, and for that of letters.
    """
    if templates:
        _copy(folder)
        return
    ask = _asked if sys.stdin.isatty() else None
    target, guess = start(folder.absolute(), demo=demo_folder() if demo else None, ask=ask)
    for fault in guess.about.problems:
        click.echo(str(fault), err=True)
    many = "an article" if guess.articles == 1 else "articles"
    click.echo(f"{counted(guess.articles, 'file')} that may be {many}; {_belongs(guess)}.")
    if name := guess.about.ignored_by:
        click.echo(f"Wrote {name}: {guess.generator} shall not read what newsfeed writes.")
    click.echo(f"Wrote {shown(target)}. Look at it, and change:")
    if guess.about.url == PLACEHOLDER_URL:
        click.echo("  site.url           the address under which people will find the output")
    click.echo("  newsletters.from   the address that letters come from")
    click.echo("Then:")
    if folder != Path():
        click.echo(f"  cd {folder}")
    click.echo("  newsfeed articles    what would be published, and what not")
    click.echo("  newsfeed publish     the feeds, and a preview of the next letter")


def _asked(guess: Guess) -> Guess:
    """What only somebody who is there can know; Enter takes what is guessed."""
    url = guess.about.url
    if url == PLACEHOLDER_URL:
        url = click.prompt("Address of the site", default=url, value_proc=_url, err=True)
    sender = click.prompt(
        "Address that letters come from", default=sender_at(url), value_proc=_sender, err=True
    )
    return answered(guess, url=url, sender=sender)


def _url(said: str) -> str:
    url = usable_url(said if "://" in said else f"https://{said}")
    try:
        if url and ascii_url(url):
            return url
        problem = "this is no address of a site"
    except ValueError as error:
        problem = str(error)
    raise click.BadParameter(f"{problem}. write it like https://news.example.org")


def _sender(said: str) -> str:
    try:
        parse_mailbox(said)
    except NewsfeedError as error:
        raise click.BadParameter(str(error)) from None
    return said


def _belongs(guess: Guess) -> str:
    """Whose folder it is, and why we think so."""
    if not guess.reasons:
        return "the folder belongs to no generator"
    return f"the folder belongs to {guess.generator} ({', '.join(guess.reasons)})"


def _copy(folder: Path) -> None:
    """Our templates into the folder, and what to do with them."""
    done = copy_templates(templates_folder(), folder.absolute())
    kept = f"; {counted(len(done.kept), 'file')} stayed as they were" if done.kept else ""
    click.echo(f"Wrote {counted(len(done.written), 'file')} into {shown(done.folder)}{kept}.")
    click.echo("Change what you like, and delete the rest: ours stand for what is not there.")
    click.echo("Letters are in email/ (letter.css has the styles), pages in web/. Then:")
    click.echo("  newsfeed publish     a preview of the next letter in .newsfeed/preview/")
