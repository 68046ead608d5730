"""Whether letters may leave by SMTP: keys that sign, what the law wants to be said, a way to leave,
signatures to verify.
"""

from __future__ import annotations

from collections.abc import Mapping

from newsfeed.audience.keys import Keys, installation
from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import SettingsError
from newsfeed.flows.editions import sender_of
from newsfeed.flows.lawful import refuse_unlawful
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan
from newsfeed.flows.preflight import Answer, refuse_unless_one_can_leave
from newsfeed.flows.relaying import is_loopback, relay_of
from newsfeed.flows.signing import check_published, signature_of


def refuse_unless_ready(people: People, relay: Relay) -> None:
    """Raises NewsfeedError where a key that signs cannot be used; and, before letters go beyond
    this machine, where nobody could leave, no receiver could verify them, or the law asks for more.

    DNS that is silent stops nothing: it may be ours alone that is.
    """
    _refuse_bad_keys(people.plan)
    if is_loopback(relay.host):
        return
    refuse_unlawful(people.plan, relay)
    refuse_unless_one_can_leave(people.plan, people.keys, relay)
    wrong = next((one for one in check_published(people.plan) if not one.warning), None)
    if wrong:
        raise SettingsError(wrong.problem, where=wrong.name, remedy=wrong.remedy)


def refuse_unready_settings(plan: Plan, keys: Keys, environ: Mapping[str, str]) -> None:
    """The part of it that needs no network: password, keys, law, and what links begin with."""
    if plan.mail.transport != "smtp":
        return
    relay = relay_of(plan, environ)
    _refuse_bad_keys(plan)
    refuse_unlawful(plan, relay)
    own = Answer(text=installation(keys))
    refuse_unless_one_can_leave(plan, keys, relay, fetch=lambda _url: own)


def _refuse_bad_keys(plan: Plan) -> None:
    for newsletter in plan.newsletters:
        signature_of(plan, sender_of(newsletter).address.rpartition("@")[2])
