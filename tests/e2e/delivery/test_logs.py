"""Logs of a send hold nothing personal and nothing secret, at DEBUG of every library, whatever the
relay does and says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.flows.relay_kit import DROP, Relay, relay
from tests.kit import SETTINGS, Site

NEWSLETTER = """\
[[newsletters]]
name = "weekly"
title = "Weekly"
from = "Weekly <news@example.org>"
"""
PASSWORD = "correct-horse-battery-staple"
SHORT = ("--yes", "--max-time", "3s")
READERS = [f"reader{n}@mail{n % 3}.example.com" for n in range(6)]

WITH_DEBUG = """\
import logging, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1))
from newsfeed.cli import main
main()
"""
"""The command line, in a process where every logger writes all it has to say into a file."""


def answer(verb: str, recipient: str) -> bytes | None:
    """A relay that repeats addresses, refuses, puts off and hangs up."""
    if verb == "RCPT":
        return {
            "reader1": b"550 5.1.1 <reader1@mail1.example.com>: no such user",
            "reader2": b"451 4.7.1 greylisted, reader2@mail2.example.com, come again",
            "reader3": DROP,
        }.get(recipient.partition("@")[0])
    return DROP if verb == "." and recipient.startswith("reader4@") else None


def sent_with_debug(site: Site, log: Path, *words: str) -> str:
    """What a command writes into its log."""
    subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore", "-c", WITH_DEBUG, str(log), *words],
        cwd=site.folder,
        env={**os.environ, "NEWSFEED_SMTP_PASSWORD": PASSWORD},
        capture_output=True,
        timeout=50,
        check=False,
    )
    return log.read_text(encoding="utf-8")


def settings(server: Relay, smtp: str = "") -> str:
    return SETTINGS + server.settings(smtp=smtp) + NEWSLETTER


def test_a_send_that_fails_in_every_way_logs_nobody_and_no_secret__s_05__s_31(
    tmp_path: Path,
) -> None:
    with relay(answer) as server:
        site = Site(tmp_path / "site", settings(server))
        site.post("one.md", "The first text.", date="2026-01-01")
        for reader in READERS:
            assert (
                site.run("subscribers", "add", reader, "weekly", "--consent", "x").returncode == 0
            )
        said = sent_with_debug(site, tmp_path / "send.log", "send", "weekly", *SHORT)
        tokens = {
            token
            for mail in server.taken
            for token in re.findall(
                r"/u/weekly/([\w.-]{30,})", str(mail.parsed["List-Unsubscribe"])
            )
        }
        assert tokens  # letters did leave
        site.configure(settings(server, 'username = "news@example.org"'))
        said += sent_with_debug(site, tmp_path / "login.log", "send", *SHORT)
    assert "asyncio" in said  # the log was listening
    for hidden in (*READERS, *tokens, PASSWORD):
        assert hidden not in said
