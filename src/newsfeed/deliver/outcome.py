"""What a relay's reply means for a letter, for the receiving domain, or for the whole edition.

Guarantee 5 of the design, in one table. `words.py` makes of a reply what the ledger keeps.
"""

from __future__ import annotations

import re
from enum import StrEnum

from newsfeed.deliver.smtp.parcel import Reply, Stage


class Verdict(StrEnum):
    """What follows from a reply.

    SENT: the relay has it. DEFER: this letter is tried again, after growing waits. REQUEUE: as if
    it had never been tried. FAIL: this letter is not sent. SUPPRESS: nor is any other to this
    address. HOLD: the receiving domain refuses us for what we are; nothing goes there for a while,
    and this letter waits with the others. PAUSE: the fault is ours or the relay's, and would hit
    every letter; the edition waits for somebody, and this letter with it.
    """

    SENT = "sent"
    DEFER = "defer"
    REQUEUE = "requeue"
    FAIL = "fail"
    SUPPRESS = "suppress"
    HOLD = "hold"
    PAUSE = "pause"


_CLOSING = 421
_TOO_LARGE = 552
_LOGIN = frozenset({530, 534, 535, 538})
"""The relay wants a login or TLS, or refuses ours (RFC 4954 section 6, RFC 3207 section 4)."""

_NO_MAILBOX = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""Hard, by standards E-D-05: no such mailbox or domain, no address, moved, null MX, disabled."""

_OUR_ADDRESS = frozenset({"1.7", "1.8"})
"""The envelope sender is malformed, or its domain does not exist."""

_OURS = frozenset(
    "7.20 7.21 7.22 7.23 7.25 7.26 7.27 7.29 7.30 7.31 7.32 7.40 7.515".split()  # noqa: SIM905
)
"""What the sender has to mend although the reply is 4xx: DKIM, SPF, DMARC, reverse name, TLS."""

_STATUS = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})")


def judge(stage: Stage, reply: Reply) -> Verdict:
    """What a reply at a stage means. Pure, and never an error, whatever a server says.

    The first digit decides where nothing below says more (RFC 5321 section 4.2.1, standards
    E-S-07). A status counts only where its class is the code's (RFC 2034 section 4).

    - 2xx to the final dot: SENT. A 2xx or 3xx that ended a transaction elsewhere, or a code that
      is no reply's: DEFER, since the server did not say that it took or refused the letter.
    - 421 at any stage: REQUEUE (E-S-10); the connection is closed, which says nothing about the
      letter. Gmail uses it for the faults of the sender, too: with their statuses, HOLD.
    - 4xx: DEFER; so greylisting (4.7.1, 4.2.0; E-S-09), rate (4.7.28) and 452. The faults of the
      sender that E-B-02 lists (4.7.23, 4.7.27, 4.7.29 to 4.7.32 and alike): HOLD.
    - 5xx to MAIL: PAUSE, since it is said before anybody knows to whom the letter is. Its size
      (552, 5.3.4) is the letter's own: FAIL (E-S-15).
    - 530, 534, 535, 538 (login, TLS), 5.1.7 and 5.1.8 (the envelope sender), at any stage: PAUSE.
    - 5.7.x: HOLD (E-B-02, E-D-05: policy and authentication are never the address's fault). This
      holds for 5.7.27 in either reading: Gmail means SPF; RFC 7505 section 4.2 means that our own
      domain has a null MX. That of the recipient is 5.1.10.
    - 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10 (null MX; E-S-16) and 5.2.1 to RCPT: SUPPRESS. Elsewhere
      they do not tell whom they mean, and FAIL.
    - 5.2.2 (mailbox full) and 5.4.x (routing), which E-D-05 calls soft: DEFER, until it is given
      up. So does 552 5.5.3, too many recipients (RFC 5321 section 4.5.3.1.10).
    - Any other 5xx, such as 550 without a status, 5.5.x, 5.6.x or 552: FAIL.
    """
    if reply.code // 100 == 2 and stage is Stage.BODY:
        return Verdict.SENT
    status = _within_class(reply)
    if reply.code == _CLOSING:
        return Verdict.HOLD if status in _OURS else Verdict.REQUEUE
    if reply.code // 100 == 5:
        return _refusal(stage, reply.code, status)
    if reply.code // 100 == 4 and status in _OURS:
        return Verdict.HOLD
    return Verdict.DEFER


def _refusal(stage: Stage, code: int, status: str) -> Verdict:
    """What a 5xx means."""
    if code in _LOGIN or status in _OUR_ADDRESS:
        return Verdict.PAUSE
    if stage is Stage.MAIL:
        is_size = code == _TOO_LARGE or status == "3.4"
        return Verdict.FAIL if is_size else Verdict.PAUSE
    if status.startswith("7."):
        return Verdict.HOLD
    if status in _NO_MAILBOX and stage is Stage.RCPT:
        return Verdict.SUPPRESS
    many = code == _TOO_LARGE and status == "5.3"
    if status == "2.2" or status.startswith("4.") or many:
        return Verdict.DEFER
    return Verdict.FAIL


def _within_class(reply: Reply) -> str:
    """Subject and detail of a reply's status, such as `7.1`; "" where it has none that counts."""
    found = _STATUS.fullmatch(reply.status)
    if found is None or int(found[1]) != reply.code // 100:
        return ""
    return f"{int(found[2])}.{int(found[3])}"
