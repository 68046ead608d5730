"""Every kind of page of a running service, as a browser is led to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from newsfeed.address import parse_address
from newsfeed.audience import keys
from newsfeed.audience.tokens import confirm_token, leave_token, preferences_token
from newsfeed.audience.wording import wording_for
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.store import subscribers
from newsfeed.store.subscribers import Subscriber
from tests.e2e.service.kit import CRAFT, LONG_ENOUGH, WEEKLY, House, house

READER, LEAVER, ASKED, CONFIRMED = (
    f"{name}@mail.example.org" for name in ("reader", "leaver", "asked", "confirmed")
)

TEXT = """\
글 하나와 [링크](https://other.example.com/)와 `code`.

## 제목

| 이름 | 값 |
|---|---:|
| 가 | 1 |
| 나 | 2 |

> 인용.

1. 하나
2. 둘[^1]

![그림 설명](dot.png)

    a = 1

[^1]: 각주.
"""

ENGLISH_TEXT = """\
A text with a [link](https://other.example.com/) and `code`.

## Heading

- one
- two[^1]

> A quotation.

[^1]: A note.
"""

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class Lodging:
    """A service with readers, in a language; `paths` lead to what GET shows."""

    def __init__(self, home: House, language: str) -> None:
        self.home = home
        self.language = language
        self.newsletter = "weekly" if language == "ko" else "craft"
        self._furnish()

    @property
    def paths(self) -> dict[str, str]:
        """Where each kind of page is."""
        article = next(path for path in self._files() if path.endswith("/text-2/"))
        copy = next(path for path in self._files() if path.startswith("editions/"))
        name = self.newsletter
        return {
            "home": "/",
            "all": "/all/",
            "article": f"/{article}",
            "subscribe": "/subscribe/",
            "edition": f"/{copy}",
            "form": f"/s?language={self.language}",
            "form for one": f"/s?newsletter={name}&language={self.language}",
            "manage": f"/p?language={self.language}",
            "preferences": f"/p/{self._token('p', READER)}",
            "no preferences": "/p/none",
            "confirm": f"/c/{name}/{self._token('c', ASKED)}",
            "no link": f"/c/{name}/none",
            "leave": f"/u/{name}/{self._token('u', READER)}",
            "nothing here": "/nothing-here",
        }

    def led_to(self, page: Page, kind: str) -> bytes:
        """Let the browser show a kind of page, one of `paths` or BY_POST; gives what came."""
        if kind in self.paths:
            return _shown(page, self.home.url + self.paths[kind])
        name = self.newsletter
        before = {
            "left": f"/u/{name}/{self._token('u', LEAVER)}",
            "confirmed": f"/c/{name}/{self._token('c', CONFIRMED)}",
            "saved": self.paths["preferences"],
            "manage": self.paths["manage"],
            "form": self.paths["form"],
        }
        _shown(page, self.home.url + before[kind.rpartition(" ")[2]])
        if kind.startswith("wrong"):
            # What a browser would not send comes from browsers that do not look.
            page.locator("form").evaluate("form => { form.noValidate = true }")
            page.locator("#address").fill("no address")
        elif kind.startswith("answered"):
            page.locator("#address").fill("new@mail.example.org")
            if kind.endswith("form"):
                page.locator(f"#n-{name}").check()
            page.wait_for_timeout(LONG_ENOUGH)
        with page.expect_navigation() as answered:
            page.get_by_role("button").click()
        return answered.value.body()

    def _furnish(self) -> None:
        site = self.home.site
        (site.posts / "dot.png").write_bytes(DOT)
        text = TEXT if self.language == "ko" else ENGLISH_TEXT
        title, category = ("글", "생활") if self.language == "ko" else ("Text", "Life")
        for number in range(1, 4):
            name = f"2026-01-0{number}-text-{number}.md"
            site.post(name, text, title=f"{title} {number}", categories=f"[{category}]", tags="[a]")
        now = datetime.now(UTC)
        site.publish(now)
        with site.people(now) as who:
            for address in (READER, LEAVER):
                add(who, parse_address(address), self.newsletter, Enrolment(consent="on paper"))
            for address in (ASKED, CONFIRMED):
                add(who, parse_address(address), self.newsletter, Enrolment())
        done = site.run("send", self.newsletter, "--yes")
        assert done.returncode == 0, done.stderr

    def _files(self) -> list[str]:
        root = self.home.site.output
        return sorted(f"{p.parent.relative_to(root)}/" for p in root.rglob("index.html"))

    def _token(self, door: str, address: str) -> str:
        person = self._person(address)
        mine = keys.load(self.home.site.plan().secret)
        now = datetime.now(UTC)
        if door == "p":
            return preferences_token(mine, person.public_id, now)
        if door == "u":
            return leave_token(mine, self.newsletter, person.public_id)
        title = next(
            n.title for n in self.home.site.plan().newsletters if n.name == self.newsletter
        )
        version = wording_for(self.language).titled(title).version
        return confirm_token(mine, self.newsletter, person.public_id, version, now)

    def _person(self, address: str) -> Subscriber:
        with self.home.site.people(datetime.now(UTC)) as who:
            found = subscribers.find(
                who.db, keys.address_hash(who.keys, parse_address(address).key)
            )
        assert found is not None
        return found


BY_POST = (
    "left",
    "confirmed",
    "saved",
    "wrong form",
    "answered form",
    "wrong manage",
    "answered manage",
)
"""Kinds of pages that follow the press of a button."""


def _shown(page: Page, url: str) -> bytes:
    answer = page.goto(url)
    assert answer is not None
    return answer.body()


@contextmanager
def lodging(folder: Path, language: str) -> Iterator[Lodging]:
    """A service that runs."""
    both = WEEKLY + 'language = "ko"\n' + CRAFT
    with house(folder / "site", both, language) as home:
        found = Lodging(home, language)
        with home.running():
            yield found
