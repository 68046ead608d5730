"""`newsfeed db`: the store upgraded, copied, and put back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, refuse_public
from newsfeed.cli.options import config_option, dry_run_option, json_option
from newsfeed.cli.report import counted, shown, to_json
from newsfeed.errors import UsageError
from newsfeed.flows.plan import Plan
from newsfeed.flows.replaying import Replayed
from newsfeed.flows.storekeeping import BackedUp, Restored

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def command() -> None:
    """Upgrade, back up and restore the store.

    The store remembers who subscribed, what was sent to whom, and the ids of articles. A copy made
    with `cp` while newsfeed runs may be broken; one made with `db backup` never is.
    """


@command.command()
@json_option
@config_option
def upgrade(*, file: Path | None, as_json: bool) -> None:
    """Bring the store to the version of this newsfeed, after a copy of it.

    Every command does this by itself; here it is done and told alone.
    """
    from newsfeed.flows import storekeeping

    plan = _plan(file)
    done = storekeeping.upgrade(plan, datetime.now(UTC))
    store = shown(plan.store)
    if as_json:
        click.echo(to_json({"store": plan.store, **done._asdict()}))
    elif done.copy:
        click.echo(f"{store}: upgraded from version {done.before} to {done.after}")
        click.echo(f"  the old one is kept as {shown(done.copy)}")
    elif done.before < done.after:
        click.echo(f"{store}: made, version {done.after}")
    else:
        click.echo(f"{store}: version {done.after} already, nothing to do")


@command.command()
@click.argument("target", metavar="FILE", type=_FILE)
@click.option("--with-keys", is_flag=True, help="Copy the secret file too, to FILE.keys.")
@json_option
@config_option
def backup(*, file: Path | None, target: Path, with_keys: bool, as_json: bool) -> None:
    """Copy the store to FILE, while newsfeed may go on.

    The copy holds addresses: keep it where nobody else reads it, and the keys apart from it.
    """
    from newsfeed.flows import storekeeping

    plan = _plan(file)
    target = target.absolute()
    refuse_public(plan, "the backup", target)
    done = storekeeping.save(plan, target, with_keys=with_keys)
    click.echo(to_json(done) if as_json else "\n".join(_saved(done, plan)))


@command.command()
@click.argument("source", metavar="FILE", type=_FILE)
@click.option("--keys", "keys_file", type=_FILE, help="The backup's keys; else FILE.keys.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@dry_run_option
@json_option
@config_option
def restore(
    *,
    file: Path | None,
    source: Path,
    keys_file: Path | None,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put the backup FILE in the store's place; nothing is sent until `newsfeed resume`.

    The present store is kept beside it. Who left, complained or was erased since the backup stays
    away, by the journal in the private folder.
    """
    from newsfeed.flows import storekeeping

    plan = _plan(file)
    if not (yes or dry_run):
        _ask(source, plan)
    done = storekeeping.restore(
        plan,
        source.absolute(),
        keys_file.absolute() if keys_file else None,
        datetime.now(UTC),
        dry_run=dry_run,
    )
    click.echo(to_json(done) if as_json else "\n".join(_restored(done, dry_run=dry_run)))


def _plan(file: Path | None) -> Plan:
    return make_plan(open_project(file))


def _ask(source: Path, plan: Plan) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "a restore replaces the store, and there is nobody to ask",
            remedy="say --yes, or look first with --dry-run",
        )
    question = f"Let {source} take the place of {shown(plan.store)}, which is kept beside it?"
    click.confirm(question, abort=True)


def _saved(done: BackedUp, plan: Plan) -> list[str]:
    lines = [f"saved to {shown(done.file)}"]
    if done.keys:
        lines.append(f"its keys to {shown(done.keys)}: keep them apart from it")
    elif done.secret:
        lines.append(
            f"a restore needs the keys too: keep a copy of {shown(done.secret)}, or say --with-keys"
        )
    beside = {
        plan.journal: "is who left since",
        plan.media: "are the images of letters",
        plan.remote: "is what remote feeds had",
        **{plan.base / one.key_file: "is a key that signs letters" for one in plan.mail.dkim},
    }
    return lines + [
        f"not in it {what}: copy {shown(place)} too"
        for place, what in beside.items()
        if place.exists()
    ]


def _restored(done: Restored, *, dry_run: bool) -> list[str]:
    verb = "would be restored" if dry_run else "restored"
    grown = f", upgraded from version {done.before}" if done.before < done.after else ""
    lines = [f"{shown(done.store)}: {verb}{grown}"]
    if done.aside:
        lines.append(f"  the store until now is kept as {shown(done.aside)}")
    if done.secret_aside:
        lines.append(f"  the secret file until now is kept as {shown(done.secret_aside)}")
    if done.keys:
        lines.append(f"  keys: {shown(done.keys)}")
    lines.append(f"  {_replayed(done.replayed, has_journal=done.journal)}")
    if done.replayed.unknown:
        names = ", ".join(done.replayed.unknown)
        lines.append(
            f"  somebody left {names}, which this store does not know: rename the newsletter"
            " again, and restore once more"
        )
    when = "it would be paused" if dry_run else "paused"
    return [
        *lines,
        f"{when}: look with `newsfeed send --dry-run`, then say `newsfeed resume --articles sent` "
        "or `new`",
    ]


def _replayed(replayed: Replayed, *, has_journal: bool) -> str:
    if not has_journal:
        return "there is no journal here: who left after the backup is not known"
    parts = [
        f"{replayed.left:,} left",
        f"{replayed.suppressed:,} suppressed",
        f"{replayed.erased:,} erased",
        f"{replayed.reinstated:,} reinstated",
    ]
    return f"since the backup, by {counted(replayed.entries, 'line')} of the journal: " + ", ".join(
        parts
    )
