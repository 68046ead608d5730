"""The installation says its name where its links lead, so that it can tell whether they do."""

from __future__ import annotations

from newsfeed.audience.keys import check_value, installation
from tests.web.kit import Desk

PATH = "/.well-known/newsfeed"


def test_it_is_the_name_in_plain_text_and_nothing_else(desk: Desk) -> None:
    answer = desk.get(PATH)
    assert answer.status_code == 200
    assert answer.text == f"{installation(desk.keys)}\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert check_value(desk.keys) not in answer.text


def test_it_is_said_below_the_path_of_the_links_as_well(desk: Desk) -> None:
    server = '[server]\nurl = "https://letters.example.org/news"\n'
    file = desk.site.folder / "newsfeed.toml"
    text = file.read_text(encoding="utf-8").partition("[server]")[0]
    desk.site.configure(text + server)
    desk.open()
    assert desk.get(f"/news{PATH}").text == desk.get(PATH).text


def test_it_cannot_be_posted_to(desk: Desk) -> None:
    assert desk.post(PATH).status_code == 405


def test_where_no_link_would_work_no_name_is_said(desk: Desk) -> None:
    desk.person()
    desk.plan.secret.chmod(0o644)
    assert desk.get(PATH).status_code == 503
    desk.plan.secret.chmod(0o600)
    assert desk.get(PATH).status_code == 200
    desk.plan.store.write_bytes(b"no database" * 1000)
    assert desk.get(PATH).status_code in (500, 503)
