"""The settings `[mail.smtp]` and the environment -> the relay that letters go through.

Reads the password's file; contacts nothing.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import SettingsError
from newsfeed.flows.editions import sender_of
from newsfeed.flows.plan import Plan
from newsfeed.settings import MailSmtp

_LONGEST_PASSWORD = 1024
"""Bytes."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LITERAL = re.compile(r"\[(IPv6:)?([0-9A-Fa-f:.]+)\]")
_HERE = "[127.0.0.1]"
_INTERNAL = re.compile(
    r".*\.(?:[0-9]+|arpa|corp|home|internal|intranet|invalid|lan|local|localhost|onion|test)"
)


def relay_of(plan: Plan, environ: Mapping[str, str]) -> Relay:
    """The relay of the settings, with the password from a file or from `environ`.

    A password in `environ` goes unused where no user name is set. Raises SettingsError for settings
    that cannot be meant, for a password that is missing or given twice, and for a file with it that
    others could read (standards S-05).
    """
    smtp = plan.mail.smtp
    check_relay(smtp)
    return Relay(
        host=_host(smtp),
        port=smtp.port,
        security=smtp.security,
        hello=_hello(plan),
        username=smtp.username,
        password=_password(plan, environ),
        ca_file=plan.base / smtp.ca_file if smtp.ca_file else None,
        connections=smtp.connections,
        messages_per_connection=smtp.messages_per_connection,
    )


def check_relay(smtp: MailSmtp) -> None:
    """What can be said of the settings alone. Raises SettingsError."""
    host = _host(smtp)
    if smtp.security == "none" and not is_loopback(host):
        raise _wrong(
            "mail.smtp.security",
            '"none" is for a relay on this machine only: what is sent could be read on the way',
            'set it to "starttls" or "tls"',
        )
    if smtp.hello:
        _own_name(smtp.hello)
    if smtp.password_file and not smtp.username:
        raise _wrong(
            "mail.smtp.password_file",
            "there is a password, and nobody to log in with it",
            "set `mail.smtp.username`, or remove the file's name",
        )
    if smtp.password_env and not _VARIABLE.fullmatch(smtp.password_env):
        raise _wrong(
            "mail.smtp.password_env",
            "it is not the name of a variable",  # and perhaps the password, so that it is not said
            "name the environment variable that holds the password, not the password itself",
        )
    if not smtp.username.isprintable():
        raise _wrong(
            "mail.smtp.username", "it holds a character that cannot be seen", "write it anew"
        )


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own: `localhost`, 127.0.0.0/8, `::1`.

    Names are not looked up.
    """
    from ipaddress import IPv6Address, ip_address

    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host.lower().rstrip(".").rpartition(".")[2] == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _host(smtp: MailSmtp) -> str:
    """The relay's name in ASCII, or its address without brackets. Raises SettingsError."""
    bare = smtp.host.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    name = _ascii_name(bare)
    if name or _is_address(bare):
        return name or bare
    raise _wrong(
        "mail.smtp.host",
        f"{smtp.host!r} is not the name of a host",
        "write the name alone, like smtp.example.org, and the port as `mail.smtp.port`",
    )


def _hello(plan: Plan) -> str:
    """How we name ourselves in EHLO (RFC 5321 section 4.1.1.1, standards E-S-18): as the settings
    say, else by the host of our links or site, else by the senders' domain; at last by an address.
    """
    if own := plan.mail.smtp.hello:
        return _own_name(own)
    hosts = [urlsplit(url).hostname or "" for url in (plan.links_url, plan.site_url)]
    senders = [sender_of(one).address.rpartition("@")[2] for one in plan.newsletters]
    return next(filter(_is_public, hosts + senders), _HERE)


def _own_name(text: str) -> str:
    """A name of ours that the settings give, in ASCII. Raises SettingsError."""
    literal = _LITERAL.fullmatch(text)
    if literal and _is_address(literal[2]) and (":" in literal[2]) == bool(literal[1]):
        return text
    name = _ascii_name(text)
    if _is_public(name):
        return name
    raise _wrong(
        "mail.smtp.hello",
        f"{text!r} is not a name by which the relay could know this machine",
        "write a full host name, like mail.example.org, or an address, like [192.0.2.1]",
    )


def _is_public(name: str) -> bool:
    """Whether a name in ASCII can be one that everybody knows."""
    return "." in name and bool(_DOMAIN.fullmatch(name)) and not _INTERNAL.fullmatch(name)


def _ascii_name(text: str) -> str:
    """A host name with A-labels; "" where the text is none."""
    try:
        name = text.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return name.lower() if _DOMAIN.fullmatch(name.replace("_", "-")) else ""


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _password(plan: Plan, environ: Mapping[str, str]) -> str:
    """The password; "" where nobody logs in. Raises SettingsError, which never holds it."""
    smtp = plan.mail.smtp
    if not smtp.username:
        return ""
    variable = smtp.password_env
    given = environ.get(variable, "").rstrip("\r\n") if variable else ""
    # Somebody may have written the password itself where its variable's name belongs.
    name = variable if variable.isupper() else "the variable that `mail.smtp.password_env` names"
    if smtp.password_file and given:
        raise _wrong(
            "mail.smtp.password_file",
            "there is a password in the environment as well, and it is not clear which one holds",
            f"unset {name}, or remove the file's name",
        )
    if smtp.password_file:
        return _password_in(plan.base / smtp.password_file)
    if not given:
        raise _wrong(
            "mail.smtp.username",
            "there is no password for it",
            f"set {name}, or name a file that holds it in `mail.smtp.password_file`",
        )
    return _whole(given, "mail.smtp.password_env")


def _password_in(path: Path) -> str:
    """The one line of the password's file. Raises SettingsError."""
    problem, remedy = "", "mend `mail.smtp.password_file`, or what lies there"
    password = ""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would wait
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                problem = "is no file"
            elif stat.S_IMODE(status.st_mode) & 0o077:
                problem, remedy = "can be read by others", f"run `chmod 600 {path}`"
            else:
                raw = os.read(descriptor, _LONGEST_PASSWORD + 1)
                password = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
                problem = "is too long" if len(raw) > _LONGEST_PASSWORD else ""
        finally:
            os.close(descriptor)
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    if not problem and not password:
        problem = "is empty"
    if problem:
        raise _wrong(str(path), f"the password's file {problem}", remedy)
    return _whole(password, str(path))


def _whole(password: str, where: str) -> str:
    """The password, if it can be one: PLAIN cannot carry a NUL (RFC 4616 section 2)."""
    if any(ord(c) < ord(" ") or c == "\x7f" for c in password):
        raise _wrong(
            where,
            "the password holds a line break or another control character",
            "write the password alone, in one line",
        )
    return password


def _wrong(where: str, problem: str, remedy: str) -> SettingsError:
    return SettingsError(problem, where=where, remedy=remedy)
