"""`newsfeed editions` and `newsfeed retry`, as they are typed."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsfeed.cli.delivery import complain_of
from newsfeed.flows.approving import BY_HAND, pause_edition
from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.releasing import release_ready
from newsfeed.flows.sending import send
from tests.kit import NEWSLETTER, SETTINGS, Site

READERS = ("ann@example.org", "bob@example.org")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("one.md", "The first text.", date="2026-01-01")
    site.subscribe(*READERS, now=datetime.now(UTC))
    (site.folder / "words.md").write_text("We *moved*.\n", encoding="utf-8")
    return site


def release(site: Site) -> str:
    """An edition that is released and not delivered; gives its name."""
    with site.shop(datetime.now(UTC)) as shop:
        send(shop, shop.plan.newsletters[0])
        release_ready(shop.plan, shop.db, shop.seams.now)
    return name_of(site)


def name_of(site: Site) -> str:
    """The newest edition."""
    return str(listed(site)[0]["edition"])


def listed(site: Site) -> list[dict[str, Any]]:
    """What `list --json` gives."""
    return list(json.loads(site.run("editions", "list", "--json").stdout))


def lines_of(done: subprocess.CompletedProcess[str], status: int) -> str:
    """What was said on stderr: one line, with this exit status."""
    assert done.returncode == status, done.stderr + done.stdout
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def answer(site: Site, text: str, *words: str) -> tuple[int, str]:
    """A command on a terminal where somebody types an answer: exit status, and what it said."""
    ours, theirs = pty.openpty()
    os.write(ours, text.encode())
    done = subprocess.run(
        [sys.executable, "-m", "newsfeed", *words],
        cwd=site.folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    return done.returncode, done.stdout


def test_help_names_every_command(site: Site) -> None:
    said = site.run("editions", "--help").stdout
    names = ("list", "show", "new", "approve", "pause", "resume", "fix", "cancel", "resend")
    for name in (*names, "reset"):
        assert f"  {name} " in said
    assert "--to-recipients-of EDITION" in site.run("editions", "new", "--help").stdout


def test_before_the_first_edition_there_is_none(site: Site) -> None:
    assert site.run("editions", "list").stdout == "no edition yet\n"
    assert listed(site) == []


def test_list_tells_state_kind_slot_subject_and_numbers(site: Site) -> None:
    name = release(site)
    said = site.run("editions", "list", "weekly").stdout.splitlines()
    assert said[0].startswith(f"{name}  released  manual  ")
    assert "KST  2 recipients, 0 sent, 2 left" in said[0]
    assert said[1] == "  주간 브리핑: Title of one.md"
    (one,) = listed(site)
    assert (one["recipients"], one["sent"], one["left"], one["slot"][-6:]) == (2, 0, 2, "+09:00")


def test_list_names_the_nearest_newsletter(site: Site) -> None:
    assert "`weekly`" in lines_of(site.run("editions", "list", "weakly"), 2)


def test_show_tells_everything(site: Site) -> None:
    name = release(site)
    said = site.run("editions", "show", name).stdout
    for part in ("by files", "letters:   2 queued", "article:   one.md", "The first text."):
        assert part in said
    assert "__" not in said
    assert site.run("editions", "show", name, "--text").stdout.strip() in said
    assert site.run("editions", "show", name, "--html").stdout.lstrip().startswith("<!DOCTYPE")
    found = json.loads(site.run("editions", "show", name, "--json").stdout)
    assert found["line"]["edition"] == name
    assert found["articles"] == [
        {"id": "https://news.example.org/one/", "path": "one.md", "listed": False}
    ]


@pytest.mark.parametrize("words", [("show",), ("fix", "--yes"), ("resend", "--to", READERS[0])])
def test_an_unknown_edition_is_named_with_the_nearest(site: Site, words: tuple[str, ...]) -> None:
    name = release(site)
    said = lines_of(site.run("editions", words[0], f"{name}x", *words[1:]), 2)
    assert f"there is no edition `{name}x`. did you mean `{name}`?" in said


def test_approve_says_what_is_next_and_twice_is_no_fault(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'approval = "manual"\n')
    name = release(site)
    assert "newsfeed send" in site.run("editions", "approve", name).stdout
    again = site.run("editions", "approve", name)
    assert (again.returncode, "was approved before" in again.stdout) == (0, True)


def test_pause_and_resume_name_each_other(site: Site) -> None:
    name = release(site)
    paused = site.run("editions", "pause", name).stdout
    assert "with 2 letters left" in paused
    assert f"newsfeed editions resume {name}" in paused
    assert "newsfeed send" in site.run("editions", "resume", name).stdout
    assert json.loads(site.run("editions", "pause", name, "--json").stdout)["state"] == "paused"


def test_fix_shows_the_difference_and_asks(site: Site) -> None:
    name = release(site)
    site.post("one.md", "The first word.", date="2026-01-01")
    words = ("editions", "fix", name)
    assert "say --yes" in lines_of(site.run(*words), 2)
    status, said = answer(site, "n\n", *words)
    assert status == 130
    assert "-The first text." in said
    assert "+The first word." in said
    assert "The first text." in site.run("editions", "show", name, "--text").stdout
    status, said = answer(site, "y\n", *words)
    assert status == 0, said
    assert "0 served before, 2 to get it as it is now" in said
    assert "The first word." in site.run("editions", "show", name, "--text").stdout


def test_fix_without_a_change_says_so_and_asks_nothing(site: Site) -> None:
    name = release(site)
    done = site.run("editions", "fix", name)
    assert (done.returncode, done.stdout) == (0, f"{name}: nothing is different\n")


def test_fix_takes_own_words_and_a_subject(site: Site) -> None:
    name = release(site)
    words = ("editions", "fix", name, "--intro", "words.md", "--subject", "Mine")
    dry = site.run(*words, "--dry-run")
    assert "+Subject: Mine" in dry.stdout
    assert listed(site)[0]["subject"] != "Mine"
    done = site.run(*words, "--yes", "--json")
    assert json.loads(done.stdout)["fixed"]["revision"] == 1
    assert listed(site)[0]["subject"] == "Mine"
    assert "We moved." in site.run("editions", "show", name, "--text").stdout.replace("*", "")


def test_fix_takes_own_words_back(site: Site) -> None:
    name = release(site)
    assert site.run("editions", "fix", name, "--intro", "words.md", "--yes").returncode == 0
    assert "Say either" in lines_of(
        site.run("editions", "fix", name, "--intro", "words.md", "--no-intro"), 2
    )
    assert site.run("editions", "fix", name, "--no-intro", "--yes").returncode == 0
    assert "moved" not in site.run("editions", "show", name, "--text").stdout


def test_cancel_asks_and_frees_the_articles(site: Site) -> None:
    name = release(site)
    assert "say --yes" in lines_of(site.run("editions", "cancel", name), 2)
    assert answer(site, "n\n", "editions", "cancel", name)[0] == 130
    assert listed(site)[0]["state"] == "released"
    done = site.run("editions", "cancel", name, "--yes")
    assert done.stdout == (
        f"{name} is cancelled; 2 letters will not leave\n"
        "1 article: new again, and in the next edition\n"
    )
    assert "is cancelled" in lines_of(site.run("editions", "cancel", name, "--yes"), 1)


def test_cancel_says_that_kept_articles_are_used_up(site: Site) -> None:
    name = release(site)
    done = site.run("editions", "cancel", name, "--yes", "--keep-articles")
    assert "1 article: used up, and in no edition" in done.stdout


def test_a_special_edition_from_a_file(site: Site) -> None:
    words = ("editions", "new", "weekly", "--intro", "words.md", "--subject", "We moved")
    dry = site.run(*words, "--dry-run")
    assert "would be ready  special  2 recipients as of now" in dry.stdout
    assert listed(site) == []
    done = site.run(*words, "--articles", "one.md")
    assert "article: Title of one.md" in done.stdout
    assert "newsfeed send" in done.stdout
    site.run("send")
    assert [(one["kind"], one["state"], one["sent"]) for one in listed(site)] == [
        ("special", "sent", 2)
    ]


def test_several_articles_are_named_in_a_row(site: Site) -> None:
    for name in ("two.md", "three.md"):
        site.post(name, date="2026-01-02")
    words = ("editions", "new", "weekly", "--intro", "words.md", "--subject", "We moved")
    done = site.run(*words, "--articles", "one.md", "two.md", "three.md", "--json")
    titles = [f"Title of {name}.md" for name in ("one", "two", "three")]
    assert json.loads(done.stdout)["articles"] == titles


def test_own_words_from_stdin(site: Site) -> None:
    words = ["editions", "new", "weekly", "--intro", "-", "--subject", "We moved", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-m", "newsfeed", *words],
        cwd=site.folder,
        input="안녕, *여러분*.",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "안녕, 여러분." in done.stdout.replace("*", "")


def test_a_time_for_it(site: Site) -> None:
    words = ("editions", "new", "weekly", "--intro", "words.md", "--subject", "We moved", "--at")
    soon = datetime.now(UTC) + timedelta(days=2)
    done = site.run(*words, f"{soon:%Y-%m-%d} 09:00")
    assert f"not before {soon:%a %Y-%m-%d} 09:00 KST" in done.stdout
    assert f"weekly/{soon:%Y-%m-%d}" in done.stdout
    assert "is past" in lines_of(site.run(*words, "2020-01-01 09:00"), 2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "words.md: is empty"),
        (b" \n\n", "words.md: is empty"),
        ("안녕".encode("cp949"), "words.md: the file is EUC-KR, not UTF-8"),
        ("안녕".encode("utf-16"), "words.md: the file is UTF-16"),
        (b"x" * 1_000_001, "words.md: has more than 1,000,000 bytes"),
        (None, "words.md: cannot be read: No such file"),
    ],
)
def test_own_words_that_cannot_be_used_name_their_file(
    site: Site, data: bytes | None, message: str
) -> None:
    file = site.folder / "words.md"
    file.unlink() if data is None else file.write_bytes(data)
    words = ("editions", "new", "weekly", "--intro", "words.md", "--subject", "We moved")
    assert message in lines_of(site.run(*words), 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--subject", "x"), "Name the newsletter"),
        (("weakly", "--subject", "x"), "did you mean `weekly`"),
        (("weekly", "two", "--subject", "x"), "`two` is one word too many"),
        (("weekly", "--subject", " \n"), "--subject: the subject is empty"),
        (("weekly",), "--subject"),
        (("--subject", "x", "--to-recipients-of", "weekly/1"), "there is no edition `weekly/1`"),
        (
            ("--subject", "x", "--to-recipients-of", "weekly/1", "--articles", "one.md"),
            "others would never get the articles",
        ),
    ],
)
def test_words_that_do_not_fit_are_told(site: Site, words: tuple[str, ...], message: str) -> None:
    assert message in lines_of(site.run("editions", "new", "--intro", "words.md", *words), 2)


def test_a_correction_goes_to_those_who_got_the_edition(site: Site) -> None:
    name = release(site)
    site.run("send")
    site.subscribe("late@example.org", now=datetime.now(UTC))
    words = ("editions", "new", "--to-recipients-of", name, "--intro", "words.md")
    done = site.run(*words, "--subject", "Sorry")
    assert "correction  2 recipients as of now" in done.stdout
    assert "no edition of `daily`" in lines_of(site.run(*words, "daily", "--subject", "x"), 2)
    site.run("send")
    assert (listed(site)[0]["kind"], listed(site)[0]["sent"]) == ("correction", 2)
    assert f"the readers of {name}" in site.run("editions", "show", name_of(site)).stdout


def test_resend_delivers_at_once(site: Site) -> None:
    name = release(site)
    site.run("send")
    done = site.run("editions", "resend", name, "--to", READERS[0])
    assert f"{name}: a further copy for {READERS[0]}" in done.stdout
    assert "1 letter written" in done.stdout
    assert "is not subscribed" in lines_of(
        site.run("editions", "resend", name, "--to", "nobody@example.org"), 1
    )
    assert site.run("editions", "resend", name, "--to", "no address").returncode == 2
    done = site.run("editions", "resend", name, "--to", READERS[0], "--json")
    assert json.loads(done.stdout)["resent"]["copy"] is True


def test_reset_takes_a_rehearsal_back(site: Site) -> None:
    name = release(site)
    site.run("send")
    assert len(site.outbox(name)) == 2
    assert "say --yes" in lines_of(site.run("editions", "reset", name), 2)
    done = site.run("editions", "reset", name, "--yes")
    assert f"{name} is ready again, 2 letters taken back" in done.stdout
    assert site.outbox(name) == {}
    site.run("send")
    assert len(site.outbox(name)) == 2


def test_retry_delivers_what_was_left_out(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + "[mail.files]\nlimit = 1\n")
    name = release(site)
    site.run("send")
    assert len(site.outbox(name)) == 1
    site.configure(SETTINGS + NEWSLETTER)
    done = site.run("retry", name)
    assert done.stdout.startswith(f"{name}: 1 letter to deliver\n")
    assert len(site.outbox(name)) == 2
    assert site.run("retry", name).stdout == f"{name}: there is nothing to try again\n"


def test_what_is_paused_is_not_tried_again(site: Site) -> None:
    name = release(site)
    with site.people(datetime.now(UTC)) as who:
        pause_edition(who, name)
    assert f"`newsfeed editions resume {name}` first" in lines_of(site.run("retry", name), 1)


def test_a_pause_that_keeps_letters_back_is_told(site: Site) -> None:
    name = release(site)
    site.run("send")
    site.run("pause", "weekly")
    done = site.run("editions", "resend", name, "--to", READERS[0])
    assert "newsfeed resume weekly" in done.stderr
    assert done.returncode == 0


def test_own_words_that_would_be_published_as_an_article_are_refused(site: Site) -> None:
    words = site.post("2026/words.md", "For subscribers alone.")
    hidden = site.write("_words/words.md", "For subscribers alone.")
    (site.folder / "link.md").symlink_to(words)
    command = ("editions", "new", "weekly", "--subject", "A word", "--intro")
    for name in ("posts/2026/words.md", "link.md"):
        said = lines_of(site.run(*command, name), 2)
        assert "would be published as one" in said
        assert "begins with `_`" in said
    assert listed(site) == []
    assert site.run(*command, str(hidden)).returncode == 0
    fix = ("editions", "fix", name_of(site), "--yes", "--intro", str(words))
    assert "would be published" in lines_of(site.run(*fix), 2)


def test_where_no_letter_was_dropped_none_is_told(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'approval = "manual"\n')
    name = release(site)
    said = site.run("editions", "cancel", name, "--yes").stdout
    assert said.splitlines()[0] == f"{name} is cancelled"


def test_a_test_letter_to_no_address_is_wrong_usage(site: Site) -> None:
    done = site.run("test", "weekly", "--to", "notanaddress")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("newsfeed: notanaddress: this is no e-mail address")


def test_who_paused_an_edition_is_told_how_it_goes_on_and_to_mend_nothing(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "weekly/2026-11-23"
    paused = Delivered(
        edition=name, transport="smtp", folder="", written=0, counts={}, why=BY_HAND, paused=True
    )
    assert complain_of(site.plan(), (paused,))
    assert capsys.readouterr().err == (
        f"{name}: it is paused by `newsfeed editions pause`; "
        f"`newsfeed editions resume {name}` lets it go on\n"
    )
