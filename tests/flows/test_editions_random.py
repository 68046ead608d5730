"""Whatever operators do in whatever order, also while letters are delivered: nothing is lost,
nobody is served twice, no article is in two editions, and from every state a command leads out.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.address import parse_address
from newsfeed.deliver import outbox
from newsfeed.errors import NewsfeedError
from newsfeed.flows import cancelling, filing
from newsfeed.flows.approving import approve, pause_edition, resume_edition
from newsfeed.flows.cancelling import cancel, reset
from newsfeed.flows.composing import OwnWords
from newsfeed.flows.fixing import apply_fix, prepare_fix
from newsfeed.flows.resending import resend, retry
from newsfeed.flows.specials import correction, special
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import deliveries, editions
from newsfeed.store.editions import EditionRecord
from tests.flows.editions_kit import FRIDAY, MANUAL, leave_now
from tests.kit import NEWSLETTER, SETTINGS, Site

READERS = tuple(f"reader{number}@example.org" for number in range(3))
WORDS = OwnWords(intro="Own words.", subject="A subject")
ID_LENGTH = 22
OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED)

Step = tuple[str, int]


class World:
    """A site, its clock, and everything that was ever written into the outbox."""

    def __init__(self, folder: Path, patched: pytest.MonkeyPatch, *, manual: bool) -> None:
        self.site = Site(folder, SETTINGS + NEWSLETTER + (MANUAL if manual else ""))
        self.now = FRIDAY
        self.posts = 0
        self.written: list[tuple[str, str]] = []
        self.read: set[str] = set()  # what was written and not taken back
        self.ids: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        self.resent: Counter[tuple[str, str]] = Counter()
        self.reset: Counter[str] = Counter()
        self.crashes = 0
        self.meanwhile: Callable[[], None] | None = None
        self._write = outbox.write_many
        patched.setattr(filing, "_BATCH", 1)
        patched.setattr(outbox, "write_many", self._watched)
        patched.setattr(cancelling, "_PATIENCE", 0)
        self.post(0)
        self.site.publish(self.now)
        self.site.subscribe(*READERS, now=self.now)
        self.names = self._names()

    def _names(self) -> dict[str, str]:
        with self.site.people(self.now) as who:
            return dict(who.db.execute("SELECT public_id, address FROM subscriber").fetchall())

    def _watched(self, folder: Path, items: list[tuple[str, bytes]]) -> int:
        action, self.meanwhile = self.meanwhile, None
        if action:
            action()
        edition = f"{folder.parent.name}/{folder.name}"
        for name, message in items:
            address = self.names[name[:ID_LENGTH]]  # a further copy's name has a number behind it
            self.written.append((edition, address))
            self.read.add(edition)
            (line,) = (ln for ln in message.split(b"\r\n") if ln.startswith(b"Message-ID"))
            self.ids[edition, address].add(line)
        return self._write(folder, items)

    def everything(self) -> list[EditionRecord]:
        with self.site.people(self.now) as who:
            return editions.everything(who.db)

    def run(self, step: Step) -> None:
        """One step; a refusal is as good as anything."""
        name, number = step
        self.now += timedelta(hours=20)
        try:
            getattr(self, name)(number)
        except NewsfeedError as error:
            assert str(error)

    def post(self, _number: int) -> None:
        self.posts += 1
        date = self.now - timedelta(minutes=1)
        self.site.post(f"a{self.posts}x.md", f"Text {self.posts}.", date=date.isoformat())

    def mend(self, number: int) -> None:
        name = f"a{1 + number % self.posts}x.md"
        path = self.site.posts / name
        path.write_text(path.read_text() + "\nMore.\n")

    def publish(self, _number: int) -> None:
        self.site.publish(self.now)

    def send(self, _number: int) -> None:
        from newsfeed.flows.sending import send

        with self.site.shop(self.now) as shop:
            send(shop, shop.plan.newsletters[0])

    def deliver(self, _number: int) -> None:
        self.site.deliver(self.now)

    def crash(self, _number: int) -> None:
        """A delivery is killed after it wrote a letter and before it said so."""

        def die(*_words: object) -> None:
            self.crashes += 1
            raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(deliveries, "finish", die)
            with contextlib.suppress(KeyboardInterrupt):
                self.site.deliver(self.now)

    def leave(self, number: int) -> None:
        with self.site.people(self.now) as who:
            leave_now(who, READERS[number % len(READERS)])

    def new(self, number: int) -> None:
        articles = [f"a{number}x.md"] if number else []
        with self.site.shop(self.now) as shop:
            special(shop, shop.plan.newsletters[0], WORDS, articles)

    def correct(self, number: int) -> None:
        with self.site.shop(self.now) as shop:
            correction(shop, self.name(number), WORDS)

    def fix(self, number: int) -> None:
        with self.site.shop(self.now) as shop:
            apply_fix(shop, prepare_fix(shop, self.name(number)))

    def approve(self, number: int) -> None:
        with self.site.people(self.now) as who:
            approve(who, self.name(number))

    def pause(self, number: int) -> None:
        with self.site.people(self.now) as who:
            pause_edition(who, self.name(number))

    def resume(self, number: int) -> None:
        with self.site.people(self.now) as who:
            resume_edition(who, self.name(number))

    def cancel(self, number: int) -> None:
        with self.site.people(self.now) as who:
            cancel(who, self.name(number))

    def undo(self, number: int) -> None:
        name = self.name(number)
        with self.site.people(self.now) as who:
            reset(who, name)
        self.reset[name] += 1
        self.read.discard(name)

    def retry(self, number: int) -> None:
        with self.site.people(self.now) as who:
            retry(who, self.name(number))

    def resend(self, number: int) -> None:
        name, address = self.name(number), READERS[number % len(READERS)]
        with self.site.people(self.now) as who:
            resend(who, name, parse_address(address))
        self.resent[name, address] += 1

    def name(self, number: int) -> str:
        """One of the editions, or a name that there is not."""
        names = [one.name for one in self.everything()]
        return names[number % len(names)] if names else "weekly/none"

    def check(self) -> None:
        """What must hold at any time."""
        for (edition, address), found in self.ids.items():
            assert len(found) <= 1 + self.resent[edition, address]
        again = Counter(self.written)
        for (edition, address), number in again.items():
            allowed = 1 + self.resent[edition, address] + self.reset[edition] + self.crashes
            assert number <= allowed
        seen: Counter[str] = Counter()
        with self.site.people(self.now) as who:
            for one in editions.everything(who.db):
                if one.state is EditionState.CANCELLED and one.name not in self.read:
                    continue
                (letter,) = editions.letters(who.db, one.id).values()
                titles = {f"Title of a{n}x.md" for n in range(1, self.posts + 1)}
                seen.update(title for title in titles if title in letter.text)
                ledger = [article.id for article in editions.articles(who.db, one.id)]
                assert len(ledger) == len([title for title in titles if title in letter.text])
        assert not [title for title, number in seen.items() if number > 1]

    def lead_out(self) -> None:
        """From where everything is now, a command leads each edition to its end."""
        for one in self.everything():
            number = [other.name for other in self.everything()].index(one.name)
            if one.state is EditionState.HELD:
                self.approve(number)
            if one.state is EditionState.PAUSED:
                self.resume(number)
            if one.state is EditionState.SENT:
                self.retry(number)
        self.now += timedelta(days=1)
        self.publish(0)
        self.deliver(0)
        ends = {EditionState.SENT, EditionState.CANCELLED}
        held = {EditionState.HELD}  # what this very run composed
        for one in self.everything():
            assert one.state in ends | (held if one.composed == self.now else set())
            if one.state is EditionState.SENT:
                with self.site.people(self.now) as who:
                    counts = deliveries.counts_of(who.db, one.id)
                assert not sum(counts.get(state, 0) for state in OPEN)


ON_EDITIONS = ("approve", "pause", "resume", "cancel", "undo", "retry", "resend", "fix", "correct")
OTHERS = (
    "post",
    "mend",
    "publish",
    "publish",
    "send",
    "deliver",
    "deliver",
    "crash",
    "leave",
    "new",
)
STEPS = st.tuples(st.sampled_from((*ON_EDITIONS, *OTHERS)), st.integers(0, 4))
MEANWHILE = st.tuples(st.sampled_from(ON_EDITIONS), st.integers(0, 4))


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(STEPS, st.none() | MEANWHILE), max_size=12), manual=st.booleans())
def test_no_order_of_commands_breaks_a_guarantee(
    steps: list[tuple[Step, Step | None]], manual: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        world = World(Path(folder) / "site", patched, manual=manual)
        for step, meanwhile in [(("send", 0), None), *steps]:
            if meanwhile and step[0] in {"deliver", "crash"}:
                world.meanwhile = lambda meanwhile=meanwhile: world.run(meanwhile)
            world.run(step)
            world.meanwhile = None
            world.check()
        world.lead_out()
        world.check()
