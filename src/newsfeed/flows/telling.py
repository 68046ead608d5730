"""The operator is told by mail what happened and what waits for them, each thing once.

What was told is noted before the mail is on the wire, and taken back where it surely did not leave:
a crash repeats nothing, and what the relay puts off is told by the next call.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from newsfeed.flows.news import LASTING, MOST, Item, limit, run_key, there_is, worded
from newsfeed.flows.people import People
from newsfeed.flows.stopping import Stop
from newsfeed.store import database, told

FOLDER = ("operator", "told")
"""Where below the outbox these mails lie."""

Clock = Callable[[], datetime]

_UNTOLD = database.UNTOLD
_DAY = timedelta(days=1)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How many mails went to the operator, and how many things are still to be told. `trouble` says
    why a mail did not leave; "" where all did.
    """

    mailed: int
    left: int
    trouble: str = ""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that is noted as told, by its number, and its message from `sender`."""

    key: str
    number: int
    sender: str
    message: bytes


def tell_operator(
    people: People,
    faults: Mapping[str, Sequence[str]],
    *,
    clock: Clock,
    environ: Mapping[str, str] = os.environ,
    stop: Stop | None = None,
) -> Told:
    """Tell `[operator] notify` what was not told yet; nothing where it is empty.

    `faults` are the runs that ended just now, such as `publish`, each with one line for all that
    went wrong: none where nothing did, and what was told of that run before is over. Runs that are
    not named stay as they were. `environ` may hold the relay's password; nothing is begun once
    `stop` is set.

    Raises SettingsError, OutputError. That the relay does not take a mail is told by the result.
    """
    if not people.plan.notify or not people.plan.newsletters:
        return Told(mailed=0, left=0)
    people = msgspec.structs.replace(people, now=clock())
    found = there_is(people, faults)
    known = told.everything(people.db)
    _forget_what_is_over(people, known, found, faults)
    news = list({one.key: one for one in found if one.key not in known}.values())
    if not news:
        _note_untold(people, known, 0)
        return Told(mailed=0, left=0)
    desk = Desk(people, news, clock)
    if people.plan.mail.transport == "files":
        _write_all(people, desk)
    else:
        from newsfeed.flows.telling_smtp import mail_all

        mail_all(people, desk, environ=environ, stop=stop)
    left = len({one.key for one in news} - told.everything(people.db).keys())
    _note_untold(people, known, left)
    return Told(mailed=desk.mailed, left=left, trouble=desk.trouble)


class Desk:
    """Hands out the mails of one call, `items`, as far as a day allows it; `trouble` says why one
    did not leave.
    """

    def __init__(self, people: People, news: Sequence[Item], clock: Clock) -> None:
        self.items = [*news, limit()]
        self.mailed = 0
        self.trouble = ""
        self._people, self._clock = people, clock
        self._limited = False

    def prepare(self, item: Item) -> Outgoing | None:
        """The mail, which is noted as told from now on; None where none is to leave now.

        Within the caller's transaction.
        """
        people = msgspec.structs.replace(self._people, now=self._clock())
        db, now = people.db, people.now
        known = told.everything(db)
        if item.key == limit().key:
            before = known.get(item.key)
            if not self._limited or (before is not None and abs(now - before) < _DAY):
                return None
        elif item.key in known:
            return None  # another process told it
        elif told.mails_of_a_day(db, now) >= MOST:
            self._limited = True
            return None
        else:
            number = told.count_mail(db, now)
            told.note(db, item.key, now)
            return _outgoing(people, item, number)
        told.note(db, item.key, now)
        return _outgoing(people, item, 0)

    def take_back(self, mail: Outgoing) -> None:
        """A mail did not leave. Within the caller's transaction."""
        told.forget(self._people.db, mail.key)
        told.uncount_mail(self._people.db, mail.number)


def _outgoing(people: People, item: Item, number: int) -> Outgoing:
    from newsfeed.digest.cells import cut
    from newsfeed.digest.notice import build_notice
    from newsfeed.digest.subject import LIMIT
    from newsfeed.flows.editions import sender_of
    from newsfeed.flows.letters import message_id, refuse_flaws

    newsletter = people.plan.newsletters[0]
    sender = sender_of(newsletter)
    news = worded(people, item)
    at = f"{people.now:%Y%m%dT%H%M%S.%f}"
    message = build_notice(
        cut(news.subject, LIMIT),
        news.text,
        from_name=sender.name,
        from_address=sender.address,
        to_address=people.plan.notify,
        date=people.now,
        message_id=message_id(
            f"operator/{item.key}", at, number, sender.address.rpartition("@")[2]
        ),
    )
    refuse_flaws(message, newsletter.name)
    return Outgoing(key=item.key, number=number, sender=sender.address, message=message)


def _write_all(people: People, desk: Desk) -> None:
    from newsfeed.deliver import outbox

    folder = people.plan.outbox.joinpath(*FOLDER)
    for item in desk.items:
        with database.transaction(people.db):
            mail = desk.prepare(item)
            if mail is None:
                continue
            name = f"{people.now:%Y%m%dT%H%M%S}-{item.kind}-{mail.number}"
            outbox.write(folder, name, mail.message)
        desk.mailed += 1


def _forget_what_is_over(
    people: People,
    known: Mapping[str, datetime],
    found: Sequence[Item],
    faults: Mapping[str, Sequence[str]],
) -> None:
    """What is over is told again when it comes back."""
    can_be_over = (*LASTING, *map(run_key, faults))
    over = {key for key in known if key.startswith(can_be_over)} - {one.key for one in found}
    if over:
        with database.transaction(people.db):
            for key in sorted(over):
                told.forget(people.db, key)


def _note_untold(people: People, known: Mapping[str, datetime], left: int) -> None:
    """Note whether the next run has something to tell even where nothing else is to be done."""
    if bool(left) != (_UNTOLD in known):
        change = partial(told.note, now=people.now) if left else told.forget
        with database.transaction(people.db):
            change(people.db, _UNTOLD)
