"""A row of the benchmark of delivery counts only when everybody got the letter, each once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import letters
from benchmarks.delivery import checked
from benchmarks.letters import Letter
from benchmarks.senders import Keys, Newsfeed, Sender, SmtpSource, Work, WrongOutputError
from benchmarks.sinks import Counted, counted
from newsfeed.config import load
from newsfeed.deliver.dkim import keyfile
from tests.rigs.sink import Received

WORK = Work(size=5_000, count=3, connections=2)
FOUND = Counted(letters=3, recipients=3, message_ids=3, own=3, size=4_900, begun=0.0)
LETTER = Letter(body="Hello.", message=b"", subject="", html="", text="")


def _newsfeed(folder: Path) -> Sender:
    return Newsfeed(folder, Keys(folder))


def _received(number: int, recipient: str, *, own: bool = True) -> Received:
    return Received(recipient, f"<{number}@example.org>", "1.1", 7.0 + number, 9.0, 4_900, own)


def test_a_record_tells_letters_from_recipients(tmp_path: Path) -> None:
    """Who got it twice is one recipient, and a line that was cut short is no letter."""
    record = tmp_path / "record"
    found = [_received(1, "a@example.org"), _received(0, "b@example.org", own=False)]
    twice = found[0]
    record.write_bytes(b"".join(one.line() for one in (*found, twice)) + b"\nc@example.org\t<x")
    assert counted(record) == Counted(
        letters=3, recipients=2, message_ids=2, own=2, size=4_900, begun=7.0
    )


def test_a_row_with_everybody_once_is_accepted(tmp_path: Path) -> None:
    """All three, each with a letter of their own."""
    assert checked(FOUND, WORK, _newsfeed(tmp_path)) is FOUND


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FOUND, letters=2, recipients=2, message_ids=2, own=2),
        replace(FOUND, letters=4),
        replace(FOUND, recipients=2),
        replace(FOUND, message_ids=1),
        replace(FOUND, own=2),
        replace(FOUND, size=500),
    ],
    ids=["one short", "one twice", "one for another", "all the same", "misaddressed", "too small"],
)
def test_other_letters_than_the_work_asks_for_are_refused(wrong: Counted, tmp_path: Path) -> None:
    """What a program leaves out cannot make it fast."""
    with pytest.raises(WrongOutputError):
        checked(wrong, WORK, _newsfeed(tmp_path))


def test_one_fixed_letter_is_enough_of_a_load_generator(tmp_path: Path) -> None:
    """smtp-source makes no letter of anybody's own, but all recipients are still different."""
    source = SmtpSource(tmp_path, keeps=True)
    fixed = replace(FOUND, message_ids=1, own=0)
    assert checked(fixed, WORK, source) is fixed
    with pytest.raises(WrongOutputError):
        checked(replace(fixed, recipients=2), WORK, source)


@pytest.mark.parametrize("signature", ["", "ed25519", "rsa"])
def test_newsfeed_takes_the_settings_that_it_is_measured_with(
    signature: str, tmp_path: Path
) -> None:
    """They stand in full in benchmarks/senders.py, and the key is one that it signs with."""
    work = replace(WORK, signature=signature)
    (tmp_path / "site-5000-3" / "posts").mkdir(parents=True)
    command, site = _newsfeed(tmp_path).ready(work, LETTER, 2525)
    found = load(site / "newsfeed.toml", {}).mail
    assert command[1:] == ("send", "weekly", "--yes")
    assert (found.transport, found.smtp.port, found.smtp.connections) == ("smtp", 2525, 2)
    assert [keyfile.load(Path(one.key_file)).algorithm for one in found.dkim] == (
        [signature] if signature else []
    )


def test_each_run_of_newsfeed_has_a_new_article(tmp_path: Path) -> None:
    """Or there would be nothing to send the second time."""
    (tmp_path / "site-5000-3" / "posts").mkdir(parents=True)
    sender = _newsfeed(tmp_path)
    for _ in range(3):
        sender.ready(WORK, LETTER, 2525)
    posts = (tmp_path / "site-5000-3" / "posts").iterdir()
    assert len({post.read_text("utf-8") for post in posts}) == 3


def test_all_senders_write_to_the_same_different_people(tmp_path: Path) -> None:
    """The file for nodemailer holds who is imported into newsfeed, each once."""
    letters.write_csv(tmp_path / "rows.csv", letters.people(100))
    letters.write_json(tmp_path / "people.json", 100)
    rows = (tmp_path / "rows.csv").read_text("utf-8").splitlines()[1:]
    addresses = {row.partition(",")[0] for row in rows}
    assert len(addresses) == len(rows) == 100
    assert all(f'"{address}"' in (tmp_path / "people.json").read_text() for address in addresses)


def test_the_text_is_as_long_as_asked_and_always_the_same() -> None:
    """Or runs of another day could not be compared."""
    for size in (50, 3_000, 20_000):
        assert size - 60 < len(letters.text(size).encode()) <= size
        assert letters.text(size) == letters.text(size)
