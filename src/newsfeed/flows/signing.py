"""The keys in the settings: made, published, and the signature of letters by them.

The libraries behind it are imported only where a key is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from newsfeed.address import AddressError, parse_address
from newsfeed.deliver.dkim import record
from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.errors import SettingsError, UsageError, message
from newsfeed.flows.plan import Plan
from newsfeed.settings import DkimKey, Mail
from newsfeed.store import private

if TYPE_CHECKING:
    from newsfeed.deliver.dkim.keyfile import Algorithm, Key

Sign = Callable[[bytes, int], bytes]
Look = Callable[[str], tuple[str, ...]]

_WHERE = "mail.dkim"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LONGEST_NAME = 253


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the settings: `domain` in A-labels and lower case, `file` absolute."""

    domain: str
    selector: str
    file: Path

    @property
    def name(self) -> str:
        """Where its record lies in DNS."""
        return record.name_of(self.selector, self.domain)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a key's record `name`; letters may go all the same with a `warning`."""

    name: str
    problem: str
    remedy: str
    warning: bool = False

    def __str__(self) -> str:
        return message(self.name, self.problem, self.remedy)


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """A key and its DNS record: `name`, its `text` in one piece, and both as a `zone` file has it.

    `configured` tells that the settings name the key already.
    """

    domain: str
    selector: str
    file: Path
    algorithm: str
    bits: int
    name: str
    text: str
    zone: str
    configured: bool


def entries(mail: Mail, base: Path) -> tuple[Entry, ...]:
    """The keys that the settings name; no file is read. Raises SettingsError."""
    found = tuple(_entry(one, base) for one in mail.dkim)
    names = [one.name.lower() for one in found]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise SettingsError(
            f"{twice} is there twice", where=_WHERE, remedy="give each key a selector of its own"
        )
    return found


def signature_of(plan: Plan, from_domain: str) -> Sign | None:
    """The function that signs letters from `from_domain` (A-labels), as `sign.signer` describes
    it: with all keys for this domain or one above it (standards E-A-05).

    None where the settings name no key. Raises SettingsError for a key that cannot be used, and
    where there are keys and none is for this domain.
    """
    from_domain = from_domain.lower().rstrip(".")
    named = entries(plan.mail, plan.base)
    if not named:
        return None
    fitting = [one for one in named if f".{from_domain}".endswith(f".{one.domain}")]
    if not fitting:
        raise SettingsError(
            f"no DKIM key is for {from_domain}, from which letters come",
            where=_WHERE,
            remedy=f"run `newsfeed dkim new --domain {from_domain}`",
        )
    from newsfeed.deliver.dkim import keyfile, sign

    return sign.signer(
        [sign.Signer(one.domain, one.selector, keyfile.load(one.file)) for one in fitting]
    )


def check_published(plan: Plan, look: Look | None = None) -> list[Finding]:
    """What is wrong with the records of all keys that the settings name (standards E-A-07).

    `look` gives the TXT records of a name, and raises DnsSilentError; the system's resolver does
    where it is None. DNS that is silent is a warning. Raises SettingsError for a key that cannot
    be used.
    """
    named = entries(plan.mail, plan.base)
    if not named:
        return []
    from newsfeed.deliver.dkim import keyfile, published

    keys = [(one, keyfile.load(one.file)) for one in named]
    look = look or published.texts
    found = [wrong for one, key in keys for wrong in _of_key(one, key, look)]
    return [*found, *_without_rsa(keys)]


def announced(plan: Plan) -> list[Announcement]:
    """The keys that the settings name. Raises SettingsError for one that cannot be used."""
    named = entries(plan.mail, plan.base)
    if not named:
        return []
    from newsfeed.deliver.dkim import keyfile

    return [_announcement(one, keyfile.load(one.file), configured=True) for one in named]


def new_key(
    plan: Plan, *, domain: str, selector: str, algorithm: Algorithm, now: datetime
) -> Announcement:
    """Make the key that the settings name and that is missing; else one in the private folder.

    `domain` and `selector` may be "". Then the domain is the newsletters', and the selector says
    when it was made (`now`, aware), since keys are changed now and then. Raises UsageError where
    it is not clear for which domain, SettingsError for a name that cannot be, and where there is
    such a key.
    """
    named = entries(plan.mail, plan.base)
    domain = _host(domain, "--domain") if domain else ""
    entry = next((one for one in named if _is_missing(one, domain, selector)), None)
    configured = entry is not None
    if entry is None:
        domain = domain or _own_domain(plan)
        selector = selector or f"nf{now:%Y%m}{'e' if algorithm == 'ed25519' else ''}"
        file = plan.private / f"dkim-{selector}.pem"
        entry = _checked(domain, selector, file, where="--domain, --selector")
        if there := next((one for one in named if one.name == entry.name), None):
            raise UsageError(
                "the settings have such a key, and it is not written over",
                where=str(there.file),
                remedy="say another --selector for a new one; `newsfeed dkim show` shows the old",
            )
    from newsfeed.deliver.dkim import keyfile

    private.prepare(plan.private)
    return _announcement(entry, keyfile.make(entry.file, algorithm), configured=configured)


def _of_key(one: Entry, key: Key, look: Look) -> Iterator[Finding]:
    from newsfeed.deliver.dkim.published import DnsSilentError

    try:
        texts = look(one.name)
    except DnsSilentError as error:
        yield Finding(name=one.name, problem=error.problem, remedy=error.remedy, warning=True)
        return
    for wrong in record.complaints(texts, key.algorithm, key.public):
        yield Finding(name=one.name, **wrong._asdict())


def _without_rsa(keys: list[tuple[Entry, Key]]) -> Iterator[Finding]:
    """Domains whose letters only some receivers can verify (RFC 8463 section 3, E-A-03)."""
    signed = {one.domain for one, _key in keys}
    by_rsa = {one.domain for one, key in keys if key.algorithm == "rsa"}
    for domain in sorted(signed - by_rsa):
        yield Finding(
            name=domain,
            problem="only ed25519 signs its letters, and many receivers know RSA alone",
            remedy=f"add a key with `newsfeed dkim new --domain {domain} --algorithm rsa`",
            warning=True,
        )


def _entry(one: DkimKey, base: Path) -> Entry:
    """An entry of the settings, checked. Raises SettingsError."""
    return _checked(one.domain, one.selector, base / one.key_file, where=_WHERE)


def _checked(domain: str, selector: str, file: Path, *, where: str) -> Entry:
    """An entry whose domain and selector make a name in DNS. Raises SettingsError.

    `where` is the table of the settings, or what else messages name.
    """
    host = _host(domain, where)
    if not _SELECTOR.fullmatch(selector):
        raise SettingsError(
            f"`{selector}` is no selector",
            where=where,
            remedy="take letters, digits and hyphens, as in news",
        )
    entry = Entry(domain=host, selector=selector, file=file)
    if len(entry.name) > _LONGEST_NAME:
        raise SettingsError(
            f"`{entry.name}` is too long for DNS", where=where, remedy="take a shorter selector"
        )
    return entry


def _host(domain: str, where: str) -> str:
    """A domain in lower case and A-labels, as addresses have it. Raises SettingsError."""
    try:
        return parse_address(f"postmaster@{domain.rstrip('.')}").address.partition("@")[2]
    except AddressError:
        raise SettingsError(
            f"the domain `{domain}` is none that mail comes from",
            where=where,
            remedy="write it like example.org",
        ) from None


def _is_missing(one: Entry, domain: str, selector: str) -> bool:
    """Whether an entry is meant, and its file is not there."""
    meant = domain in {"", one.domain} and selector in {"", one.selector}
    return meant and not one.file.is_symlink() and not one.file.exists()


def _own_domain(plan: Plan) -> str:
    """The one domain that letters come from. Raises UsageError."""
    senders = [parse_mailbox(one.from_).address for one in plan.newsletters]
    found = sorted({address.partition("@")[2] for address in senders})
    if len(found) == 1:
        return found[0]
    problem = f"letters come from {', '.join(found)}" if found else "there is no newsletter yet"
    raise UsageError(problem, remedy="say for which domain the key is with --domain")


def _announcement(entry: Entry, key: Key, *, configured: bool) -> Announcement:
    text = record.text_of(key.algorithm, key.public)
    return Announcement(
        domain=entry.domain,
        selector=entry.selector,
        file=entry.file,
        algorithm=key.algorithm,
        bits=key.bits,
        name=entry.name,
        text=text,
        zone=record.zone_entry(entry.name, text),
        configured=configured,
    )
