"""A form that somebody fills in, and what came of it."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience.keys import address_hash
from newsfeed.audience.tokens import preferences_token
from newsfeed.flows.confirming import send_confirmations
from newsfeed.store import subscribers
from newsfeed.store.subscribers import Subscriber
from tests.kit import plain
from tests.web.kit import ADDRESS, Desk, parse

SENT = "메일함을 확인해 주세요"
FORM = "이메일로 구독하기"
DEAD = "이 링크는 쓸 수 없습니다"


def stamp(desk: Desk, path: str = "/s") -> str:
    """The stamp of a form that is shown now; the person needs five seconds to fill it in."""
    (found,) = parse(desk.get(path)).xpath("//input[@name='stamp']/@value")
    desk.now += timedelta(seconds=5)
    return str(found)


def filled(desk: Desk, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """What a browser sends of a form that asks for the weekly newsletter."""
    given = {"address": ADDRESS, "newsletter": "weekly", "language": "ko", "message": ""}
    if "stamp" not in fields:
        given["stamp"] = stamp(desk)
    return {**given, **fields}


def send(desk: Desk, path: str = "/s", **fields: Any) -> httpx.Response:  # noqa: ANN401
    """Fill in a form and send it; what it asks for is done when this returns."""
    answer: httpx.Response = desk.post(path, data=filled(desk, **fields))
    desk.app.state.postbox.settle()
    return answer


def found(desk: Desk, address: str = ADDRESS) -> Subscriber | None:
    """The person with an address."""
    with people(desk.plan, desk.now) as who:
        return subscribers.find(who.db, address_hash(who.keys, parse_address(address).key))


def notices(desk: Desk) -> list[tuple[str, str]]:
    """The kinds and newsletters of the mails that wait."""
    with people(desk.plan, desk.now) as who:
        return who.db.execute("SELECT kind, newsletter FROM notice ORDER BY id").fetchall()


def everybody(desk: Desk) -> int:
    """How many people are in the store."""
    with people(desk.plan, desk.now) as who:
        (number,) = who.db.execute("SELECT count(*) FROM subscriber").fetchone()
    return int(number)


def mailed(desk: Desk) -> int:
    """How many confirmation mails the service writes now."""
    with people(desk.plan, desk.now) as who:
        return send_confirmations(who, only_asked=True, limit=10_000).mailed


def letters(desk: Desk) -> list[str]:
    """The confirmation mails in the outbox: subject and text."""
    found = []
    for path in sorted(desk.plan.outbox.rglob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        found.append(f"{message['Subject']}\n{plain(message)}")
    return found


def preferences_path(desk: Desk, person: Subscriber) -> str:
    """Where the person sees and changes what they get, by a link that was made now."""
    return f"/p/{preferences_token(desk.keys, person.public_id, desk.now)}"
