"""How the exports of other newsletter services are written, and what their words mean.

Only what a service documents as proof of consent counts as one: that a person signed up or
confirmed, with the time and from where. When a row was made is no proof, since rows are also made
by imports; with a consent that the operator states, it is its date (standards L-C-16).

Sources: the header of the CSV of Mailchimp's audience export (three files: subscribed,
unsubscribed, cleaned); Substack's email_list.*.csv; Ghost's members export (members-csv); the
subscriber of Buttondown's API, whose fields the export has; listmonk's subscribers.go; MailPoet's
Export.php.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from newsfeed.audience.states import (
    BLOCKED,
    BOUNCED,
    COMPLAINED,
    HERE,
    LEFT,
    PENDING,
    WORDS,
    Standing,
    UnknownWordError,
    Verdict,
    plain,
    strongest,
)

Fields = Mapping[str, str]
"""The cells of a row by our names of fields; those that the file has no column for are missing."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of file. Names of columns are compared without case, `_`, `-` and spaces.

    `known_by` are sets of columns of which one must be there whole. `columns` are, by our field,
    the names that the column may have. `judge` tells what a row means. `escaped`: quotation marks
    in cells are escaped by a backslash. `apart`: how to get the people who left, who are not told
    in the file; "" where they are.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    judge: Callable[[Fields], Verdict]
    known_by: tuple[frozenset[str], ...] = ()
    escaped: bool = False
    apart: str = ""


_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


def _word(
    fields: Fields,
    field: str,
    words: Mapping[str, Verdict],
    dated: str = "left_date",
) -> Verdict:
    """The verdict of one word in a column, with a date. Raises UnknownWordError."""
    word = fields.get(field, "").strip()
    found = words.get(plain(word))
    if found is None:
        raise UnknownWordError(field, word)
    date = fields.get(dated, "")
    return Verdict(found.standing, found.reason, date) if date else found


def _flag(fields: Fields, field: str, *, missing: bool) -> bool:
    word = fields.get(field, "").strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if word or field in fields:
        raise UnknownWordError(field, word)
    return missing


def _csv(_fields: Fields) -> Verdict:
    """The columns of state of such a file are read by their names."""
    return HERE


def _newsfeed(fields: Fields) -> Verdict:
    return _word(fields, "status", WORDS, "")


_MAILCHIMP_WORDS = {**WORDS, "nonsubscribed": PENDING, "archived": LEFT}


def _mailchimp(fields: Fields) -> Verdict:
    """A file of people who left or bounced is known by its columns, whatever its cells hold.

    CONFIRM_TIME stands there also for people whom somebody added; then there is no IP.
    """
    if "status" in fields:
        status = _word(fields, "status", _MAILCHIMP_WORDS)
        if status.standing is not Standing.HERE:
            date = fields.get("unsub_time", "") or fields.get("clean_time", "")
            return status._replace(date=date)
    elif "clean_time" in fields:
        return BOUNCED._replace(date=fields["clean_time"])
    elif "unsub_time" in fields:
        return LEFT._replace(date=fields["unsub_time"])
    for time, ip, proof in (
        ("confirm_time", "confirm_ip", "Mailchimp: confirmed"),
        ("optin_time", "optin_ip", "Mailchimp: sign-up form"),
    ):
        if fields.get(time) and fields.get(ip):
            return Verdict(Standing.HERE, proof=proof, proof_date=fields[time], ip=fields[ip])
    return HERE


def _substack(fields: Fields) -> Verdict:
    left = _flag(fields, "email_disabled", missing=False)
    return LEFT if left else HERE


def _ghost(fields: Fields) -> Verdict:
    if fields.get("deleted_at"):
        return LEFT._replace(date=fields["deleted_at"])
    return HERE if _flag(fields, "subscribed", missing=True) else LEFT


_BUTTONDOWN_WORDS = {
    **dict.fromkeys(
        ("regular", "premium", "trialed", "gifted", "churning", "churned", "paused", "pastdue"),
        HERE,
    ),
    **dict.fromkeys(("unactivated", "unpaid", "upcoming"), PENDING),
    **dict.fromkeys(("unsubscribed", "removed"), LEFT),
    **dict.fromkeys(("undeliverable", "malformed", "disabled"), BOUNCED),
    "complained": COMPLAINED,
    **dict.fromkeys(("blocked", "spammy"), BLOCKED),
}


def _buttondown(fields: Fields) -> Verdict:
    return _word(fields, "status", _BUTTONDOWN_WORDS)


def _listmonk(fields: Fields) -> Verdict:
    return _word(fields, "status", WORDS)


_MAILPOET_WORDS = {**WORDS, "inactive": HERE, "": PENDING}


def _mailpoet(fields: Fields) -> Verdict:
    """Whoever left everything left this list, too. `inactive` people do not open their mail."""
    verdicts = [
        _word(fields, f, _MAILPOET_WORDS) for f in ("global_status", "status") if f in fields
    ]
    return strongest(verdicts or [PENDING])


_ADDRESS = ("email", "emailaddress", "mail", "address", "이메일", "이메일주소", "메일")
_NAME = ("name", "fullname", "이름", "성명")
_PARTS = {"first_name": ("firstname",), "last_name": ("lastname",)}
_CONSENT = {
    "consent_source": ("consentsource", "동의경로"),
    "consent_date": ("consentdate", "동의일", "동의일시"),
}

SERVICES: dict[str, Service] = {
    one.name: one
    for one in (
        Service(
            name="newsfeed",
            title="newsfeed",
            columns={
                "address": ("address",),
                "name": ("name",),
                "language": ("language",),
                "newsletter": ("newsletter",),
                "status": ("state",),
                "since": ("since",),
                "consent_source": ("consentsource",),
                "consent_date": ("consentdate",),
                "suppressed": ("suppressed",),
            },
            judge=_newsfeed,
            known_by=(frozenset({"address", "newsletter", "state", "since", "suppressed"}),),
        ),
        Service(
            name="mailchimp",
            title="Mailchimp",
            columns={
                "address": ("emailaddress", "email"),
                **_PARTS,
                "status": ("status", "emailmarketingstatus"),
                "date": ("confirmtime", "optintime"),
                **{
                    name: (plain(name),)
                    for name in (
                        "confirm_time",
                        "confirm_ip",
                        "optin_time",
                        "optin_ip",
                        "unsub_time",
                        "clean_time",
                    )
                },
            },
            judge=_mailchimp,
            known_by=(
                frozenset({"optintime", "confirmtime", "euid"}),
                frozenset({"memberrating", "lastchanged"}),
            ),
            apart="take the unsubscribed file of the same export, too, and the cleaned one with"
            " --suppressed FILE",
        ),
        Service(
            name="substack",
            title="Substack",
            columns={
                "address": ("email",),
                "name": _NAME,
                "email_disabled": ("emaildisabled",),
                "date": ("createdat",),
            },
            judge=_substack,
            known_by=(frozenset({"email", "activesubscription", "emaildisabled"}),),
        ),
        Service(
            name="ghost",
            title="Ghost",
            columns={
                "address": ("email",),
                "name": _NAME,
                "subscribed": ("subscribedtoemails",),
                "deleted_at": ("deletedat",),
                "date": ("createdat",),
            },
            judge=_ghost,
            known_by=(frozenset({"email", "subscribedtoemails"}),),
        ),
        Service(
            name="buttondown",
            title="Buttondown",
            columns={
                "address": ("emailaddress", "email"),
                "status": ("type", "subscribertype"),
                "date": ("creationdate",),
                "left_date": ("unsubscriptiondate", "undeliverabilitydate"),
            },
            judge=_buttondown,
            known_by=(
                frozenset({"emailaddress", "creationdate", "type"}),
                frozenset({"email", "creationdate", "subscribertype"}),
            ),
        ),
        Service(
            name="listmonk",
            title="listmonk",
            columns={
                "address": ("email",),
                "name": ("name",),
                "uuid": ("uuid",),
                "status": ("status",),
                "date": ("createdat",),
            },
            judge=_listmonk,
            known_by=(frozenset({"uuid", "email", "status"}),),
            apart="export them, too (subscribers of the list with the status unsubscribed)",
        ),
        Service(
            name="mailpoet",
            title="MailPoet",
            columns={
                "address": ("email",),
                **_PARTS,
                "status": ("liststatus",),
                "global_status": ("globalstatus",),
                "date": ("confirmedat", "subscribedat", "createdat"),
            },
            judge=_mailpoet,
            known_by=(frozenset({"email", "globalstatus"}), frozenset({"email", "liststatus"})),
            escaped=True,
        ),
        Service(
            name="csv",
            title="CSV",
            columns={
                "address": _ADDRESS,
                "name": _NAME,
                **_PARTS,
                "language": ("language", "lang", "locale", "언어"),
                "status": ("status", "state", "subscriptionstatus", "상태"),
                **_CONSENT,
                "date": (),
                "left_date": ("unsubscribedat", "unsubscribeddate"),
            },
            judge=_csv,
        ),
    )
}
"""The kinds of files, by the name that `--from` takes; `csv` is any other."""

FIELDS = (
    "address", "name", "first_name", "last_name", "language", "status", "unsubscribed",
    "suppressed", "consent_source", "consent_date",
)  # fmt: skip
"""What `--map FIELD=COLUMN` may name."""


def recognise(header: list[str]) -> Service:
    """The service whose export has this header, or plain CSV."""
    columns = {plain(name) for name in header}
    return next(
        (s for s in SERVICES.values() if any(known <= columns for known in s.known_by)),
        SERVICES["csv"],
    )
