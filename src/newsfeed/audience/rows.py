"""From a row of a file to what it says of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from newsfeed.address import Address, parse_address
from newsfeed.audience.columns import Reading, columns_of, shown, state_columns, typed
from newsfeed.audience.evidence import cut_ip, person_name
from newsfeed.audience.exports import unmarked
from newsfeed.audience.services import SERVICES
from newsfeed.audience.states import HERE, LEFT, Standing, UnknownWordError, Verdict, strongest
from newsfeed.errors import NewsfeedError
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.text import one_line

_LONGEST_SOURCE = 200
_SHOWN = 40
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_NO_TIME = frozenset({"", "null", "none", "0000-00-00", "0000-00-00 00:00:00"})
_GO_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})(?: [A-Z+-]\S*)?")
_DAY = re.compile(r"(\d{4})[./-] ?(\d{1,2})[./-] ?(\d{1,2})\.?")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_CLOCKS_DIFFER = timedelta(days=1)


class RowError(NewsfeedError):
    """A row cannot be used. The message repeats no address."""


class Incoming(NamedTuple):
    """What a row says of a person. Times are seconds since 1970-01-01 UTC, None where unknown.

    `state` is None for those who get nothing at all (`suppress`) and of whom nothing else is to
    be kept. `source` and `consented` are the proof of consent; `public_id` is the id that the
    person had, "" for a new one; `newsletter` is "" where the file does not tell.
    """

    address: Address
    name: str
    language: str
    newsletter: str
    state: SubscriptionState | None
    since: int | None
    source: str
    consented: int | None
    ip: str
    public_id: str
    suppress: SuppressionReason | None


class Reader:
    """Reads the rows below one header. Raises TableError or UsageError if it has no use for it.

    `undated` counts rows that lack nothing but the date of consent to be active.
    """

    def __init__(self, header: list[str], reading: Reading, where: str) -> None:
        self._service = reading.service
        self._latest = int((reading.now + _CLOCKS_DIFFER).timestamp())
        self._source = _source(reading.consent_source)
        self._force = reading.force
        self._is_own = reading.service is SERVICES["newsfeed"]
        self._columns = columns_of(header, reading, where)
        self._called = {field: header[index] for field, index in self._columns}
        self._states = state_columns(self._called, reading.service)
        self.undated = 0
        self.has_ids = any(field == "uuid" for field, _ in self._columns)

    def read(self, cells: list[str]) -> Incoming:
        """What a row with as many cells as the header says. Raises RowError and AddressError."""
        fields = {field: cells[index] for field, index in self._columns}
        if self._is_own and "'" in "".join(cells):
            for field, cell in fields.items():
                if cell[:1] == "'":
                    fields[field] = unmarked(cell)
        address = parse_address(fields["address"])
        verdict = self._verdict(fields)
        standing = verdict.standing
        left = standing is Standing.LEFT or standing is Standing.SUPPRESSED
        source, consented, ip = self._consent(fields, verdict, lenient=left)
        state = _STATES[standing]
        if state is SubscriptionState.ACTIVE and consented is None:
            state = SubscriptionState.PENDING
            if self._source or fields.get("consent_source"):
                self.undated += 1
        since = self._seconds(verdict.date or fields.get("since", ""), "date", lenient=left)
        if since is None and state is SubscriptionState.ACTIVE:
            since = consented
        language = fields.get("language", "")
        uuid = fields["uuid"].strip() if self.has_ids else ""
        suppress = verdict.reason
        if self._is_own and fields.get("suppressed"):
            suppress = _reason(fields["suppressed"])
        return Incoming(
            address,
            _name(fields),
            _language(language) if language else "",
            fields.get("newsletter", "").strip(),
            state,
            since,
            source,
            consented,
            cut_ip(ip) if ip else "",
            uuid.lower() if uuid and _UUID.fullmatch(uuid) else "",
            suppress,
        )

    def _verdict(self, fields: dict[str, str]) -> Verdict:
        try:
            verdict = self._service.judge(fields)
            if self._states:
                said = [column.verdict(fields[column.field]) for column in self._states]
                verdict = _dated(strongest([verdict, *said]), fields)
        except UnknownWordError as error:
            if self._force is None:
                raise self._unknown(error) from None
            verdict = Verdict(self._force)
        if self._force is None:
            return verdict
        if self._force is Standing.LEFT and verdict.standing is not Standing.SUPPRESSED:
            return Verdict(Standing.LEFT, date=verdict.date)
        if self._force is Standing.SUPPRESSED:
            reason = verdict.reason or SuppressionReason.BLOCKED
            return Verdict(Standing.SUPPRESSED, reason, verdict.date)
        return verdict

    def _unknown(self, error: UnknownWordError) -> RowError:
        """Names the column as the file does."""
        name = self._called.get(error.field, error.field)
        what = _quoted(error.word) if error.word else "an empty cell"
        if self._service is SERVICES["csv"]:
            remedy = (
                "write subscribed or unsubscribed there; or say"
                f" `--ignore {typed(name)}` if the column is about something else"
            )
        else:
            remedy = "write there what it has to say, or leave such rows out with --skip-bad"
        return RowError(
            f"{what} in the column `{shown(name)}` says nothing that is known here", remedy=remedy
        )

    def _consent(
        self, fields: dict[str, str], verdict: Verdict, *, lenient: bool
    ) -> tuple[str, int | None, str]:
        """Source, time and network of a consent; its time is None where there is no proof.

        A row's own columns come first, then what the service documents, then the operator's word.
        """
        source = _source(fields.get("consent_source", ""))
        date = self._seconds(fields.get("consent_date", ""), "consent date", lenient=lenient)
        if source and date is not None:
            return source, date, ""
        if verdict.proof:
            proven = self._seconds(verdict.proof_date, "consent date", lenient=lenient)
            if proven is not None:
                return verdict.proof, proven, verdict.ip
        source = source or self._source
        if source and date is None:
            date = self._seconds(fields.get("date", ""), "consent date", lenient=lenient)
        return (source, date, "") if source and date is not None else ("", None, "")

    def _seconds(self, text: str, what: str, *, lenient: bool) -> int | None:
        """A time in seconds; None for none. Raises RowError unless `lenient`: whoever left, left,
        whatever the date.
        """
        if not text:
            return None
        moment = _stripped_time(text)
        if moment is not None and moment <= self._latest:
            return moment
        text = text.strip()
        if lenient or text.lower() in _NO_TIME:
            return None
        if moment is None:
            raise RowError(
                f"the {what} {_quoted(text)} cannot be read",
                remedy="write it as 2026-05-01 or 2026-05-01T09:30:00Z",
            )
        raise RowError(f"the {what} is in the future", remedy="mend it, or leave it empty")


def read_time(text: str) -> int | None:
    """Seconds since 1970-01-01 UTC; None for what is no date, or one that could be two.

    ISO 8601, a day with the year first, and what Go prints. A time without a zone is UTC.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            if match := _GO_TIME.fullmatch(text):
                moment = datetime.fromisoformat(match[1] + match[2])
            elif match := _DAY.fullmatch(text):
                moment = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
            else:
                return None
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return int(moment.timestamp())
    except (OverflowError, ValueError):
        return None


@lru_cache(1024)
def _stripped_time(text: str) -> int | None:
    """`read_time`, for a row has the same time twice, and a day is that of many rows."""
    return read_time(text.strip())


_STATES = {
    Standing.HERE: SubscriptionState.ACTIVE,
    Standing.PENDING: SubscriptionState.PENDING,
    Standing.LEFT: SubscriptionState.UNSUBSCRIBED,
    Standing.SUPPRESSED: None,
}


def _dated(verdict: Verdict, fields: Mapping[str, str]) -> Verdict:
    """With the time of leaving from a column of its own; it says all where the state is empty."""
    date = fields.get("left_date", "").strip()
    if not date or verdict.date:
        return verdict
    if verdict is HERE and not fields.get("status", "").strip():
        return LEFT._replace(date=date)
    return verdict if verdict.standing is Standing.HERE else verdict._replace(date=date)


def _reason(word: str) -> SuppressionReason:
    try:
        return SuppressionReason(word.strip())
    except ValueError:
        raise RowError(
            f"{_quoted(word)} in the column `suppressed` is no reason",
            remedy=f"write {', '.join(SuppressionReason)}, or nothing",
        ) from None


def _quoted(text: str) -> str:
    """A cell as a message repeats it; never one that may be an address (standards S-31)."""
    return "what stands" if "@" in text else f"`{one_line(text[: 10 * _SHOWN])[:_SHOWN]}`"


@lru_cache(1024)
def _language(text: str) -> str:
    """The tag in `text`; "" for what is none, such as a language's name."""
    tag = text.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


@lru_cache(1024)
def _source(text: str) -> str:
    return one_line(text[: 10 * _LONGEST_SOURCE])[:_LONGEST_SOURCE].rstrip()


def _name(fields: dict[str, str]) -> str:
    """The whole name; two parts in the order in which their script has them."""
    name = fields.get("name", "")
    if not name.strip():
        first, last = fields.get("first_name", "").strip(), fields.get("last_name", "").strip()
        if _EAST_ASIAN.fullmatch(first) and _EAST_ASIAN.fullmatch(last):
            name = last + first
        else:
            name = f"{first} {last}"
    return person_name(name)
