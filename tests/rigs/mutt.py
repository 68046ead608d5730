"""Letters as the mail program mutt shows them. It needs Debian's package `mutt`."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path
from threading import Thread

RC = """\
set folder = '{folder}'
set print = yes
set print_split = yes
set print_decode = yes
set print_command = "cat >> '{folder}/printed'"
set wait_key = no
set mark_old = no
set read_inc = 0
set ssl_starttls = no
set ssl_force_tls = no
set header_cache = ""
set charset = "utf-8"
set wrap = 78
ignore *
unignore from: to: subject: date: list-
unhdr_order *
hdr_order from: to: subject: date: list-
auto_view text/html
alternative_order text/plain text/html
push "<tag-pattern>~A<enter><tag-prefix><print-message><exit>"
"""


def shown(mailbox: str | Path, folder: Path) -> list[str]:
    """The letters of a Maildir, or of what `Dovecot.url` names, as mutt shows them: each with its
    decoded subject and its text.

    mutt is a program for terminals, so it is given one, with the keys that print them.
    `folder` is one for its files. Raises AssertionError where it does not end by itself.
    """
    rc, printed = folder / "muttrc", folder / "printed"
    printed.unlink(missing_ok=True)
    rc.write_text(RC.format(folder=folder), encoding="utf-8")
    home = {"HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
    ours, its = pty.openpty()
    screen: list[bytes] = []
    reader = Thread(target=_drain, args=(ours, screen), daemon=True)
    reader.start()
    try:
        subprocess.run(
            ["mutt", "-n", "-R", "-F", str(rc), "-f", str(mailbox)],
            stdin=its,
            stdout=its,
            stderr=its,
            env={"PATH": os.environ["PATH"], **home},
            timeout=30,
            check=True,
            start_new_session=True,
        )
    except subprocess.SubprocessError as error:
        raise AssertionError(f"{error}: {b''.join(screen)!r}") from None
    finally:
        os.close(its)
        reader.join(timeout=5)
        os.close(ours)
    return printed.read_text(encoding="utf-8").split("\f")[:-1]


def _drain(terminal: int, screen: list[bytes]) -> None:
    """Read what is written to a terminal, until nobody has it open."""
    try:
        while data := os.read(terminal, 65536):
            screen.append(data)
    except OSError:
        return
