"""Columns that tell who is subscribed and who left: how they are called, and what their cells mean.

Nothing is guessed: a column of such a name is read or refused, and so is a word in it. Whether a
yes lets a person stay or go is told by the column's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from newsfeed.model import SuppressionReason


class Standing(StrEnum):
    """What a row says of a person."""

    HERE = "here"
    PENDING = "pending"
    LEFT = "left"
    SUPPRESSED = "suppressed"


class Verdict(NamedTuple):
    """What a row means. `date` is when the person left or was suppressed, as written.

    `proof` is the source of a documented consent, "" for none, and `proof_date` its time.
    """

    standing: Standing
    reason: SuppressionReason | None = None
    date: str = ""
    proof: str = ""
    proof_date: str = ""
    ip: str = ""


class UnknownWordError(ValueError):
    """A column that decides who gets mail holds a word that is not known. `word` is that word."""

    def __init__(self, field: str, word: str) -> None:
        super().__init__(word)
        self.field = field
        self.word = word


HERE = Verdict(Standing.HERE)
PENDING = Verdict(Standing.PENDING)
LEFT = Verdict(Standing.LEFT)
BOUNCED = Verdict(Standing.SUPPRESSED, SuppressionReason.BOUNCED)
COMPLAINED = Verdict(Standing.SUPPRESSED, SuppressionReason.COMPLAINED)
BLOCKED = Verdict(Standing.SUPPRESSED, SuppressionReason.BLOCKED)

WORDS: Mapping[str, Verdict] = {
    **dict.fromkeys(("active", "subscribed", "confirmed", "enabled", "구독"), HERE),
    **dict.fromkeys(("pending", "unconfirmed", "unactivated"), PENDING),
    **dict.fromkeys(
        ("unsubscribed", "left", "optedout", "optout", "removed", "disabled", "수신거부", "해지"),
        LEFT,
    ),
    **dict.fromkeys(("bounced", "cleaned", "undeliverable", "hardbounce"), BOUNCED),
    **dict.fromkeys(("complained", "complaint", "spam"), COMPLAINED),
    **dict.fromkeys(("blocked", "blocklisted", "blacklisted", "suppressed", "banned"), BLOCKED),
}
"""Words that mean the same to several services, as `plain` makes them."""

_PLAIN_WORDS = {
    **WORDS,
    **dict.fromkeys(("optedin", "optin", "동의", "수신", "수신동의", "구독중"), HERE),
    **dict.fromkeys(("inactive", "unsubscribe", "거부", "미동의", "구독취소", "구독해지"), LEFT),
    **dict.fromkeys(("탈퇴", "철회", "수신안함", "동의철회"), LEFT),
}
_YES = frozenset({"true", "1", "yes", "y", "t", "on", "예", "네"})
_NO = frozenset({"false", "0", "no", "n", "f", "off", "아니오", "아니요"})
_NEVER = frozenset({"", "null", "none", "00000000", "0000000000:00:00"})
_DATE = re.compile(r"\d{1,4}([./-] ?|년 ?)\d{1,2}([./-] ?|월 ?)\d{1,4}(\D|$)|\d{10}(\d{3})?$")

_USUAL = frozenset({"status", "state", "subscriptionstatus", "상태"})
_BOUNCE = re.compile(r"cleaned|cleantime|bounc|undeliver|반송")
_COMPLAINT = re.compile(r"complain|spam|스팸")
_BLOCK = re.compile(r"suppress|blocked|blocklist|blacklist|banned|차단")
_LEAVING = re.compile(
    rf"unsub(?:scri(?:bed?|ption))?|optout|optedout|optingout|disabled|inactive|deactivated"
    rf"|removed|deleted|cancell?ed|donot(?:e?mail|contact|send)|수신거부|거부|해지|탈퇴|철회|취소"
    rf"|중지|配信停止|退会|解除|退订|退訂|{_BOUNCE.pattern}|{_COMPLAINT.pattern}"
    rf"|{_BLOCK.pattern}"
)
_STAYING = re.compile(
    r"subscri(?!ber)|optin|optedin|active|enabled|consent|agree|confirm|verif|permission"
    r"|수신|동의|구독(?!자)"
)
_NEUTRAL = re.compile(r"status|상태|여부")
_WHOLE = frozenset({"newsletter", "mailing", "state", "receivenewsletter"})
_GONE = frozenset({"left", "quit", "dnc"})
_NEGATED = re.compile(
    r"(?:un|dis|in|non|not|no)(?:confirm|verif|agree|active|enabled|consent)|[미비]동의"
)
_NEGATIONS = frozenset({"not", "no", "non", "never", "dont", "안함"})
_ABOUT = re.compile(
    r"(?:ed|tion|optin|consent|confirm)(?:at|on|date|time|ip)$|[일자시]$|일시$|시간$|경로$|날짜$"
)
_ABOUT_WORDS = frozenset(
    {"at", "on", "date", "time", "timestamp", "ip", "id", "since", "source", "text", "url", "link"}
)


@lru_cache(1024)
def plain(name: str) -> str:
    """A column's name or a word as it is compared."""
    return "".join(c for c in name.casefold() if c not in " _-.")


def tells_state(name: str) -> bool:
    """Whether a column of that name may tell who is subscribed or left.

    When or from where somebody came is no such thing; when somebody left is.
    """
    squashed, words = _squashed(name), _words(name)
    if _LEAVING.search(squashed) or words & _GONE:
        return not words & {"url", "link"}
    if words & _ABOUT_WORDS or _ABOUT.search(squashed):
        return False
    return bool(
        _STAYING.search(squashed)
        or _NEUTRAL.search(squashed)
        or squashed in _WHOLE
        or words & {"state"}
    )


class StateColumn(NamedTuple):
    """A column that tells who is there. What `yes`, `no` and an `empty` cell mean is None where
    the name does not tell. `leaving`: a date in it, or any other sign, is that of leaving.
    """

    field: str
    yes: Verdict | None
    no: Verdict | None
    empty: Verdict | None
    leaving: bool

    def verdict(self, cell: str) -> Verdict:
        """What a cell says. Raises UnknownWordError."""
        word = plain(cell.strip())
        found: Verdict | None
        if not word or (self.leaving and word in _NEVER):
            found = self.empty
        elif word in _YES:
            found = self.yes
        elif word in _NO:
            found = self.no
        elif self.leaving and self.yes and _DATE.match(cell.strip()):
            found = self.yes._replace(date=cell)
        else:
            found = _PLAIN_WORDS.get(word)
            if self.leaving and found is HERE:
                found = None  # such as a consent to leaving
        if found is None:
            raise UnknownWordError(self.field, cell.strip())
        return found


def state_column(field: str, name: str) -> StateColumn:
    """How a column called `name` is read as `field`: status, unsubscribed or suppressed."""
    squashed, words = _squashed(name), _words(name)
    leaving = bool(_LEAVING.search(squashed) or words & _GONE)
    staying = bool(_STAYING.search(_LEAVING.sub(" ", squashed)))
    if field != "status":
        verdict = _leaving(squashed) if leaving else LEFT
        if field == "suppressed" and verdict is LEFT:
            verdict = BLOCKED
        return StateColumn(field, verdict, HERE, HERE, leaving=True)
    unclear = words & _NEGATIONS or _NEGATED.search(squashed) or (leaving and staying)
    if leaving and not unclear:
        return StateColumn(field, _leaving(squashed), HERE, HERE, leaving=True)
    usual = staying or _NEUTRAL.search(squashed) or squashed in _WHOLE or words & {"state"}
    empty = HERE if plain(name) in _USUAL else None
    if unclear or not usual:
        return StateColumn(field, None, None, empty, leaving=False)
    no = PENDING if re.search("confirm|verif", squashed) else LEFT
    return StateColumn(field, HERE, no, empty, leaving=False)


def strongest(verdicts: list[Verdict]) -> Verdict:
    """Whoever left by one column left, whatever the others say."""
    return min(verdicts, key=lambda verdict: _ORDER.index(verdict.standing))


_ORDER = (Standing.SUPPRESSED, Standing.LEFT, Standing.PENDING, Standing.HERE)


def _leaving(squashed: str) -> Verdict:
    for names, verdict in ((_BOUNCE, BOUNCED), (_COMPLAINT, COMPLAINED), (_BLOCK, BLOCKED)):
        if names.search(squashed):
            return verdict
    return LEFT


def _squashed(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if c.isalnum())


def _words(name: str) -> set[str]:
    """The words of a name, however they are held together: `opted_out`, `optedOut`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return set(re.findall(r"[^\W_]+", parted.casefold()))
