"""A real Postfix of a test's own. It needs root's rights, and Debian's package `postfix`.

It listens on 127.0.0.1 alone, takes letters for the mailboxes it is told of, hands them to an LMTP
server, and sends nothing anywhere else. The machine's own Postfix and its queue are not touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.rigs.servers import hold_port, listens, port_of, running

MAIN = """\
compatibility_level = 3.6
myhostname = mail.example.org
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4

mydestination =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_transport = lmtp:unix:{lmtp}
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
relay_domains =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_peername_lookup = no
smtp_dns_support_level = disabled

smtpd_client_connection_count_limit = 0
smtpd_sasl_type = dovecot
message_size_limit = 10485760
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
lmtp unix - - n - - lmtp
scache unix - - n - 1 scache
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(NamedTuple):
    """A running one: the port at which it takes mail, and its log."""

    port: int
    log_file: Path

    @property
    def log(self) -> str:
        """What it logged so far."""
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""


@contextmanager
def postfix(
    folder: Path, *, mailboxes: Iterable[str], lmtp: Path, more: Mapping[str, str] | None = None
) -> Iterator[Postfix]:
    """Postfix in an empty `folder` that every user may enter, ended in the end.

    `mailboxes` are the addresses that exist; others in their domains are refused with 5.1.1, other
    domains with 5.7.1. `lmtp` is the socket behind which letters end. `more` are further settings
    of main.cf. Raises AssertionError where it does not start.
    """
    known = sorted(mailboxes)
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    with closing(hold_port()) as held:
        port = port_of(held)
        _configure(folder / "etc", port, known, lmtp, more or {})
        _prepare(folder)
        words = (_asked(folder, "daemon_directory") + "/master", "-c", str(folder / "etc"), "-d")
        with running(words, lambda: listens(port), folder / "master.log"):
            yield Postfix(port, folder / "mail.log")


def _configure(
    etc: Path, port: int, mailboxes: list[str], lmtp: Path, more: Mapping[str, str]
) -> None:
    domains = " ".join(sorted({one.rpartition("@")[2] for one in mailboxes}))
    main = MAIN.format(folder=etc.parent, domains=domains, lmtp=lmtp)
    main += "".join(f"{name} = {value}\n" for name, value in more.items())
    (etc / "main.cf").write_text(main, encoding="utf-8")
    (etc / "master.cf").write_text(MASTER.format(port=port), encoding="utf-8")
    lines = "".join(f"{one} here\n" for one in mailboxes)
    (etc / "mailboxes").write_text(lines, encoding="utf-8")
    for path in etc.iterdir():
        os.utime(path, (0, 0))  # Postfix waits until files that are young have been written


def _prepare(folder: Path) -> None:
    """Let Postfix make its queue's folders and look over what it was given."""
    done = subprocess.run(
        ["postfix", "-c", str(folder / "etc"), "check"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode or "fatal" in done.stderr:
        raise AssertionError(f"postfix check: {done.stderr}")


def _asked(folder: Path, name: str) -> str:
    """What a setting is."""
    words = ["postconf", "-c", str(folder / "etc"), "-h", name]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
