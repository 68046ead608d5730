"""Whether letters may leave by SMTP: keys that sign, a way to leave, signatures to verify."""

from __future__ import annotations

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import SettingsError
from newsfeed.flows.editions import sender_of
from newsfeed.flows.people import People
from newsfeed.flows.preflight import refuse_unless_one_can_leave
from newsfeed.flows.relaying import is_loopback
from newsfeed.flows.signing import check_published, signature_of


def refuse_unless_ready(people: People, relay: Relay) -> None:
    """Raises NewsfeedError where a key that signs cannot be used; and, before letters go beyond
    this machine, where nobody could leave, or no receiver could verify them.

    DNS that is silent stops nothing: it may be ours alone that is.
    """
    plan = people.plan
    for newsletter in plan.newsletters:
        signature_of(plan, sender_of(newsletter).address.rpartition("@")[2])
    if is_loopback(relay.host):
        return
    refuse_unless_one_can_leave(plan, people.keys, relay)
    wrong = next((one for one in check_published(plan) if not one.warning), None)
    if wrong:
        raise SettingsError(wrong.problem, where=wrong.name, remedy=wrong.remedy)
