"""How many would get an edition, and how long the relay's quota will take."""

from __future__ import annotations

import sqlite3

from newsfeed.deliver.pace import Quota, estimate, parse_domain_quota, parse_quota
from newsfeed.flows.outcomes import Decided, Forecast
from newsfeed.flows.plan import Plan
from newsfeed.settings import MailSmtp, Newsletter
from newsfeed.store import deliveries


def forecast(plan: Plan, db: sqlite3.Connection, one: Decided) -> Forecast:
    """What a decision that was not recorded would lead to."""
    recipients = deliveries.expected(db, one.newsletter) if one.edition else 0
    newsletter = next((n for n in plan.newsletters if n.name == one.newsletter), None)
    canary = canary_of(plan, newsletter, recipients) if newsletter else 0
    return Forecast(
        decided=one,
        recipients=recipients,
        takes=takes(plan, recipients),
        canary=canary,
        canary_wait=newsletter.canary_wait if newsletter and canary else "",
    )


def canary_of(plan: Plan, newsletter: Newsletter, recipients: int) -> int:
    """To how many an edition goes first; 0 where it goes to all at once."""
    asks = plan.mail.transport == "smtp" and newsletter.canary < recipients
    return newsletter.canary if asks else 0


def takes(plan: Plan, letters: int) -> float:
    """Seconds that the quotas of the transport ask for so many letters."""
    if plan.mail.transport == "files":
        return 0.0
    return estimate(letters, _quotas(plan.mail.smtp)).total_seconds()


def check_quotas(smtp: MailSmtp) -> None:
    """Raises SettingsError for a quota that cannot be read."""
    _quotas(smtp)
    for text in smtp.per_domain:
        parse_domain_quota(text, where="mail.smtp.per_domain")


def _quotas(smtp: MailSmtp) -> list[Quota]:
    return [parse_quota(text, where="mail.smtp.rate") for text in smtp.rate]
