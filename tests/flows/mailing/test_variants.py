"""By SMTP: each reader gets one letter, and every try of it in one language."""

from __future__ import annotations

import email
import email.policy
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.deliver.smtp.parcel import Parcel, Result, Stage
from newsfeed.digest.variants import variant_for
from newsfeed.flows.people import People
from newsfeed.store import database
from tests.flows.editions_kit import MONDAY
from tests.flows.mailing.desk_kit import Clock, desk_of, lost, refused, smtp_site, taken
from tests.flows.notices_kit import SENDER

READERS = tuple(f"reader{number}@example.org" for number in range(4))
COMPOSED = {"ko", "en"}
TAGS = st.sampled_from(["", "ko", "en-GB", "en", "ja", "de"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, len(READERS) - 1), TAGS),
        st.tuples(st.just("tick"), st.integers(1, 4), st.sampled_from(["taken", "later", "hang"])),
    ),
    max_size=12,
)


class Post:
    """One process that sends, and the language of each try, by reader."""

    def __init__(self, who: People) -> None:
        self.who, self.clock = who, Clock()
        self.desk = desk_of(who, self.clock, "p")
        self.reads = dict.fromkeys(READERS, "")
        self.reads[READERS[0]] = "en"
        self.first: dict[str, str] = {}
        self.tried: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.got: list[str] = []

    def say(self, number: int, language: str) -> None:
        """Somebody reads another language from now on."""
        address = READERS[number]
        self.reads[address] = language
        with database.transaction(self.who.db):
            self.who.db.execute(
                "UPDATE subscriber SET language = ? WHERE address = ?", (language, address)
            )

    def tick(self, number: int, end: str) -> int:
        """Up to so many letters leave, are put off, or leave without an answer."""
        if not self.desk.waiting(number):
            return 0
        parcels = list(self.desk.step([], number))
        self.desk.step([self._result(parcel, end) for parcel in parcels], 0)
        self.clock.go(7_200)
        return len(parcels)

    def _result(self, parcel: Parcel, end: str) -> Result:
        message = email.message_from_bytes(parcel.message, policy=email.policy.SMTP)
        language = str(message["Content-Language"]).partition(",")[0]
        self.first.setdefault(parcel.recipient, self.reads[parcel.recipient])
        self.tried[parcel.recipient].append((str(message["Message-ID"]), language))
        if end == "hang":
            return lost(parcel)
        if end == "later":
            return refused(parcel, 450, "4.2.0", Stage.BODY)
        self.got.append(parcel.recipient)
        return taken(parcel)


def test_the_first_letter_of_each_variant_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    """One without the label of advertisements stays; that another variant has it says nothing."""
    origin = smtp_site(tmp_path, READERS[1:], f"{SENDER}commercial = true\n", english=READERS[0])
    with origin.people(MONDAY) as who:
        with database.transaction(who.db):
            who.db.execute("UPDATE edition_letter SET subject = 'Bare' WHERE language = 'en'")
        post = Post(who)
        while post.tick(1, "taken"):
            pass
        rows = who.db.execute("SELECT state, reply FROM delivery ORDER BY subscriber_id").fetchall()
    assert sorted(post.got) == sorted(READERS[1:])
    assert [state for state, _ in rows] == ["sent", "sent", "sent", "failed"]
    assert "subject does not begin with (광고)" in rows[-1][1]


def test_whatever_languages_come_and_go_each_reader_gets_one_letter_in_the_right_one(
    tmp_path: Path,
) -> None:
    """That which they read when it was first tried, where the edition has it, at every try; also
    where one may have come already that nobody answered.
    """
    origin = smtp_site(tmp_path, READERS[1:], english=READERS[0])

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def check(steps: list[tuple[str, int, str]]) -> None:
        with (
            tempfile.TemporaryDirectory() as folder,
            origin.copied(Path(folder) / "site").people(MONDAY) as who,
        ):
            post = Post(who)
            for name, number, more in steps:
                getattr(post, name)(number, more)
            while post.tick(len(READERS), "taken"):
                pass
            assert sorted(post.got) == sorted(READERS)
            for address, tries in post.tried.items():
                expected = variant_for(post.first[address], COMPOSED, "ko")
                assert len(set(tries)) == 1
                assert tries[0][1] == expected

    check()
