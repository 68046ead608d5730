"""A real OpenDKIM of a test's own, which tells a Postfix what it makes of signatures.

It needs Debian's package `opendkim`. It looks for keys in what it is given, never in the DNS.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.rigs.servers import running

CONFIGURATION = """\
Mode v
Socket local:{folder}/milter
UMask 000
Syslog no
TestPublicKeys {folder}/keys
AuthservID mail.example.org
AlwaysAddARHeader yes
InternalHosts {folder}/nobody
IgnoreMalformedMail no
On-BadSignature accept
On-NoSignature accept
"""


@contextmanager
def opendkim(folder: Path, records: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """OpenDKIM in an empty `folder` that every user may enter, ended in the end; gives the settings
    by which a Postfix asks it. Letters get the field Authentication-Results.

    `records` is what the DNS would hold: `SELECTOR._domainkey.DOMAIN` to the key's record. Raises
    AssertionError where it does not start.
    """
    file, socket = folder / "opendkim.conf", folder / "milter"
    file.write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
    lines = "".join(f"{name} {text}\n" for name, text in records.items())
    (folder / "keys").write_text(lines, encoding="utf-8")
    (folder / "nobody").write_text("192.0.2.1\n", encoding="utf-8")
    words = ("opendkim", "-f", "-x", str(file), "-P", str(folder / "pid"))
    log = folder / "opendkim.log"
    with running(words, socket.exists, log, signal.SIGKILL):  # it has nothing to lose, and is slow
        yield {"smtpd_milters": f"unix:{socket}", "milter_default_action": "tempfail"}
