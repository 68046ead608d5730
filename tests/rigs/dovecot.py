"""A real Dovecot of a test's own: LMTP takes letters in, IMAP shows them, SASL knows a password.

It needs root's rights, and Debian's packages `dovecot-imapd` and `dovecot-lmtpd`. It listens on
127.0.0.1 alone.
"""

from __future__ import annotations

import imaplib
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from tests.rigs.servers import hold_port, listens, port_of, running, until

PASSWORD = "a-password-for-tests"
"""The password of every mailbox."""

CONFIGURATION = """\
protocols = imap lmtp
listen = 127.0.0.1
instance_name = rig
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_login_user = dovenull
default_internal_user = dovecot
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%d/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%d/%n allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener sasl {{
    mode = 0666
  }}
}}
"""


class Dovecot(NamedTuple):
    """A running one: its IMAP port, where LMTP and SASL are spoken, and where the mailboxes lie."""

    port: int
    lmtp: Path
    sasl: Path
    mail: Path

    def maildir(self, address: str) -> Path:
        """The mailbox of an address as a Maildir."""
        name, _, domain = address.rpartition("@")
        return self.mail / domain / name

    def url(self, address: str) -> str:
        """The mailbox of an address as mail programs take it."""
        return f"imap://{quote(address, safe='')}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"

    def letters(self, address: str) -> list[bytes]:
        """The letters in a mailbox by IMAP, every octet as Dovecot holds it."""
        line = imaplib.IMAP4("127.0.0.1", self.port, timeout=30)
        with line:
            line.login(address, PASSWORD)
            line.select("INBOX", readonly=True)
            _, numbers = line.search(None, "ALL")
            found = (line.fetch(one.decode(), "(BODY.PEEK[])")[1] for one in numbers[0].split())
            return [parts[0][1] for parts in found if isinstance(parts[0], tuple)]

    def arrived(self, address: str, count: int = 1) -> list[bytes]:
        """The same, as soon as there are `count`. Raises AssertionError where they do not come."""
        until(lambda: len(self._files(address)) >= count, f"{count} letters for {address}")
        return self.letters(address)

    def _files(self, address: str) -> list[Path]:
        box = self.maildir(address)
        return [path for name in ("new", "cur") for path in box.glob(f"{name}/*")]


@contextmanager
def dovecot(folder: Path) -> Iterator[Dovecot]:
    """Dovecot in an empty `folder` that every user may enter, ended in the end.

    Every address has a mailbox, with the password PASSWORD. Raises AssertionError where it does
    not start.
    """
    mail, file = folder / "mail", folder / "dovecot.conf"
    mail.mkdir()
    shutil.chown(mail, "nobody", "nogroup")
    with closing(hold_port()) as held:
        port = port_of(held)
        text = CONFIGURATION.format(folder=folder, port=port, password=PASSWORD)
        file.write_text(text, encoding="utf-8")
        lmtp, sasl = folder / "run" / "lmtp", folder / "run" / "sasl"
        words = ("dovecot", "-F", "-c", str(file))
        with running(words, lambda: listens(port) and lmtp.exists(), folder / "dovecot.log"):
            yield Dovecot(port, lmtp, sasl, mail)
