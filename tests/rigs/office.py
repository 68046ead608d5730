"""A post office: Postfix that hands letters to Dovecot, and asks OpenDKIM where keys are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from tests.rigs.dovecot import Dovecot, dovecot
from tests.rigs.opendkim import opendkim
from tests.rigs.postfix import Postfix, postfix
from tests.rigs.servers import folder

PROGRAMS = ("postfix", "dovecot", "opendkim")
"""What it needs besides root's rights."""


class Office(NamedTuple):
    """Where letters go in, and where they are read."""

    postfix: Postfix
    dovecot: Dovecot


@contextmanager
def office(
    mailboxes: Iterable[str],
    *,
    more: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
) -> Iterator[Office]:
    """A post office with these mailboxes, closed in the end. Up in half a second.

    `more` are further settings of Postfix, in which `{sasl}` is Dovecot's socket for SASL; `keys`
    are the DKIM records that the DNS would hold. Raises AssertionError where it does not open.
    """
    with ExitStack() as stack:
        boxes = stack.enter_context(dovecot(stack.enter_context(folder())))
        settings = {name: value.format(sasl=boxes.sasl) for name, value in (more or {}).items()}
        if keys is not None:
            settings |= stack.enter_context(opendkim(stack.enter_context(folder()), keys))
        room = stack.enter_context(folder())
        counter = postfix(room, mailboxes=mailboxes, lmtp=boxes.lmtp, more=settings)
        yield Office(stack.enter_context(counter), boxes)
