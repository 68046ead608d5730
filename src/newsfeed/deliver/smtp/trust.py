"""Whom TLS trusts, and in words why it does not: TLS 1.2 or newer, the host's name checked.

The rules are RFC 8314, RFC 9525 and standards E-S-01, E-S-02. Reads certificates from the disk.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.deliver.smtp.trouble import RefusedByRelayError, RelayError

_NOT_YET, _EXPIRED = 9, 10
_SELF_SIGNED = 18
_UNKNOWN_ISSUER = (2, 19, 20, 21, 27)
_OTHER_NAME = (62, 64)
"""Of OpenSSL's X509_V_ERR_..."""

_HERE = ("localhost", "127.0.0.1", "::1")

_TOO_OLD = ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW")
_NO_TLS = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """What every connection is made with: the system's certificates, and those in `ca_file`.

    Raises RefusedByRelayError where `ca_file` cannot be used.
    """
    if ca_file is None:
        return _context(None, 0)
    try:
        return _context(ca_file, ca_file.stat().st_mtime_ns)
    except ssl.SSLError:
        problem, remedy = "holds no certificate", "write the certificates into it as PEM"
    except FileNotFoundError:
        problem, remedy = "there is no such file", "put it there, or change `mail.smtp.ca_file`"
    except OSError as error:
        problem, remedy = f"cannot be read: {error.strerror}", "mend its permissions"
    raise RefusedByRelayError(f"`mail.smtp.ca_file`: {problem}", where=str(ca_file), remedy=remedy)


@lru_cache(maxsize=4)
def _context(ca_file: Path | None, _changed: int) -> ssl.SSLContext:
    """Kept, since reading a system's certificates takes 20 ms; a changed file is read again."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def without_tls(relay: Relay) -> str:
    """The other way out, which only a relay on this machine has; "" for all others."""
    here = relay.host in _HERE
    return '; or do without TLS on this machine: `mail.smtp.security = "none"`' if here else ""


def tls_trouble(error: ssl.SSLError, relay: Relay, where: str) -> RelayError:
    """Why TLS with the relay did not come about. `where` names it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        problem, remedy = _certificate(error, relay)
        remedy += without_tls(relay)
    elif error.reason in _TOO_OLD:
        problem = "the relay knows no TLS that is new enough: 1.2 or 1.3 is needed"
        remedy = "ask who runs it to bring it up to date, or use another relay"
    elif error.reason in _NO_TLS and relay.security == "tls":
        problem = "the relay does not begin with TLS on this port"
        remedy = 'set `mail.smtp.security = "starttls"`, or `mail.smtp.port` to 465'
    else:
        reason = (error.reason or "the connection was closed").replace("_", " ").lower()
        return RelayError(f"TLS with the relay did not come about: {reason}", where=where)
    return RefusedByRelayError(problem, where=where, remedy=remedy)


def _certificate(error: ssl.SSLCertVerificationError, relay: Relay) -> tuple[str, str]:
    """What is wrong with the relay's certificate, and what to do."""
    code = error.verify_code
    if code == _EXPIRED:
        return "the relay's certificate has expired", "ask who runs the relay to renew it"
    if code == _NOT_YET:
        return "the relay's certificate is not valid yet", "check the clock of this machine"
    if code in _OTHER_NAME:
        problem = f"the relay's certificate is for another name than {relay.host}"
        return problem, "set `mail.smtp.host` to the name that it is for"
    if code == _SELF_SIGNED:
        problem = "the relay's certificate is self-signed: anybody could have made it"
        return problem, "name the file with the relay's own certificate in `mail.smtp.ca_file`"
    if code in _UNKNOWN_ISSUER:
        problem = "the relay's certificate comes from an issuer that is not known here"
        return problem, "name the file with the issuer's certificate in `mail.smtp.ca_file`"
    problem = f"the relay's certificate does not hold: {error.verify_message}"
    return problem, "ask who runs the relay to mend it"
