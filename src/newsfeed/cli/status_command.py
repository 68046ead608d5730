"""`newsfeed status`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.status import EditionStatus, Status, status
from newsfeed.model import DeliveryState, EditionState

_CAUSES = 5
"""How many reasons are told; `--json` has all of them."""


@click.command()
@click.argument("edition", required=False)
@click.option("--failed", is_flag=True, help="Name those who did not get it, and why.")
@click.option("--repeated", is_flag=True, help="Name those who may have got it twice.")
@config_option
@json_option
def command(
    *, edition: str | None, failed: bool, repeated: bool, file: Path | None, as_json: bool
) -> None:
    """Tell who got an edition, who did not and why, and how long the rest will take.

    EDITION is called like weekly/2026-11-23; without it, the newest ones.
    """
    plan = make_plan(open_project(file))
    with people(plan, datetime.now(UTC)) as who:
        found = status(who, edition or "", failed=failed, repeated=repeated)
    if as_json:
        click.echo(to_json(found))
        return
    if found.paused:
        click.echo(f"nothing is sent: {found.paused}; `newsfeed resume` lets it go on", err=True)
    for name in found.paused_newsletters:
        line = f"nothing of {name} is sent: it is paused; `newsfeed resume {name}` lets it go on"
        click.echo(line, err=True)
    click.echo("\n".join(_all_lines(found)))


def _all_lines(found: Status) -> list[str]:
    told = [line for one in found.editions for line in lines(one)] or ["no edition yet"]
    at_work = [f"a run delivers at this moment, since {_time(s.started)}" for s in found.senders]
    if found.nobody_delivers:
        at_work = ["no run delivers at this moment: `newsfeed send` or the next `publish` goes on"]
    if found.trouble:
        at_work.append(f"no letter left since {_time(found.trouble.at)}: {found.trouble.problem}")
    return told + at_work


def lines(one: EditionStatus) -> Iterator[str]:
    """An edition for people: two lines where all went well."""
    yield _headline(one)
    yield f"  {one.subject}"
    yield from _next_step(one)
    yield from _pace(one)
    yield from _causes(one)
    yield from _people(one)


def _headline(one: EditionStatus) -> str:
    why = f" ({one.why})" if one.why else ""
    words = {DeliveryState.SENT: "written"} if one.transport == "files" else {}
    counts = [
        f"{n:,} {words.get(state, state.value)}"
        for state in DeliveryState
        if (n := one.counts.get(state))
    ]
    text = f"{one.edition}  {one.state.value}{why}  {counted(one.recipients, 'recipient')}"
    return text + (f": {', '.join(counts)}" if counts else "")


def _next_step(one: EditionStatus) -> Iterator[str]:
    """What it waits for, where that is a command or a time."""
    if one.state is EditionState.HELD:
        yield f"  waits for approval: `newsfeed editions approve {one.edition}`"
    if one.state is EditionState.PAUSED:
        yield f"  to let it go on: `newsfeed editions resume {one.edition}`"
    if one.state is EditionState.READY and one.not_before > datetime.now(UTC):
        yield f"  leaves at {_time(one.not_before)}"
    if one.canary_until:
        yield f"  the first letters are out; the others wait until {_time(one.canary_until)}"


def _pace(one: EditionStatus) -> Iterator[str]:
    left = timedelta(seconds=round(one.takes))
    if one.rate:
        yield f"  {one.rate:,.0f} a minute; the rest takes about {left}"
    elif left:
        yield f"  the rest takes at least {left}"


def _causes(one: EditionStatus) -> Iterator[str]:
    """Why letters failed or wait, the most frequent reasons first."""
    for cause in one.causes[:_CAUSES]:
        again = f"; next try {_time(cause.next)}" if cause.next and one.left else ""
        said = cause.reply or "waits for its turn"
        yield f"  {cause.letters:,} {cause.state.value}: {said}{again}"
    if more := one.causes[_CAUSES:]:
        letters = sum(cause.letters for cause in more)
        yield f"  {counted(letters, 'letter')} for {counted(len(more), 'other reason')} (--failed)"
    for hold in one.holds:
        until = _time(hold.until)
        yield f"  {hold.domain} refuses us and gets nothing until {until}: {hold.reply}"


def _people(one: EditionStatus) -> Iterator[str]:
    """Whom it concerns, as far as that was asked for."""
    for person in one.unserved:
        again = f", again at {_time(person.due)}" if not person.done else ""
        yield f"  {person.address}  {person.state.value}: {person.reply}{again}"
    yield from _again(one.repeating, "go out", "goes out")
    yield from _again(one.repeated - one.repeating, "were sent", "was sent")
    for repeat in one.repeats:
        times = f", {repeat.times} times" if repeat.times > 1 else ""
        yield f"  {repeat.address}  {repeat.state.value}: perhaps twice{times}"


def _again(letters: int, many: str, one: str) -> Iterator[str]:
    """What becomes, or became, of letters that a run held when it ended."""
    if letters:
        was, own, what = ("were", "their", f"they {many}")
        if letters == 1:
            was, own, what = ("was", "its", f"it {one}")
        yield (
            f"  {counted(letters, 'letter')} {was} on {own} way when a run ended; {what}"
            " again with the same Message-ID"
        )


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
