"""What the law asks of a newsletter that advertises, and where it has to be said whether it does.

Korea (standards L-K-04 to L-K-07) wants to know it of every newsletter in its language or zone:
an unlabelled advertisement is an offence, and consent does not remove the duty. Nowhere else is
`commercial` asked for. A builder's reading, no advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.digest.disclosure import Disclosure
from newsfeed.digest.label import KOREAN_LABEL
from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.errors import OutputError, SettingsError
from newsfeed.flows.editions import key_of, sender_of
from newsfeed.flows.plan import Plan
from newsfeed.flows.relaying import is_loopback
from newsfeed.model import Article
from newsfeed.settings import Newsletter

_SEOUL = "Asia/Seoul"
_TOKYO = "Asia/Tokyo"


def label_of(plan: Plan, newsletter: Newsletter) -> str:
    """What the subjects of a newsletter's letters begin with by law, or ""."""
    advertises = newsletter.commercial and _law(plan, newsletter) == "ko"
    return KOREAN_LABEL if advertises else ""


def disclosure_of(plan: Plan, newsletter: Newsletter) -> Disclosure | None:
    """What a newsletter's letters say about their sender by law; None where they do not advertise.

    Raises SettingsError for a key that is missing: a postal address everywhere, and in Korea a
    telephone number.
    """
    if not newsletter.commercial:
        return None
    law = _law(plan, newsletter)
    wanted = {"postal_address": newsletter.postal_address}
    if law == "ko":
        wanted["phone"] = newsletter.phone
    for key, value in wanted.items():
        if not value.strip():
            raise SettingsError(
                f"it is missing, and {_COUNTRIES[law]} wants it in letters that advertise",
                where=key_of(newsletter, key),
                remedy="set it, as it is to stand in each letter",
            )
    sender = sender_of(newsletter)
    contact = parse_mailbox(newsletter.reply_to) if newsletter.reply_to else sender
    return Disclosure(
        name=sender.name or newsletter.title,
        email=contact.address,
        phone=newsletter.phone,
        postal_address=newsletter.postal_address,
        law=law,
    )


def unsaid(plan: Plan) -> tuple[SettingsError, ...]:
    """A word on each newsletter of which Korean law has to know whether it advertises."""
    return tuple(
        SettingsError(
            "it is not said whether these letters advertise, and Korean law may apply to them",
            where=key_of(one, "commercial"),
            remedy="set it to true where they promote or sell anything, also a paid article, "
            "else to false",
        )
        for one in plan.newsletters
        if one.commercial is None and _law(plan, one) == "ko"
    )


def refuse_unlawful(plan: Plan, relay: Relay) -> None:
    """Before letters go beyond this machine it must be said what they are, and who sends them.

    Raises SettingsError.
    """
    if is_loopback(relay.host):
        return
    for error in unsaid(plan):
        raise error
    for newsletter in plan.newsletters:
        disclosure_of(plan, newsletter)


def refuse_sponsored(plan: Plan, newsletter: Newsletter, articles: Iterable[Article]) -> None:
    """Raises OutputError for a paid article where the newsletter says, or does not say where it
    has to, that it does not advertise (standards L-K-06).
    """
    unlabelled = newsletter.commercial is False or (
        newsletter.commercial is None and _law(plan, newsletter) == "ko"
    )
    for article in articles:
        if article.sponsored and unlabelled:
            raise OutputError(
                f"`{article.sponsored}` makes a letter with it an advertisement, and "
                f"`{key_of(newsletter, 'commercial')}` is not true",
                where=article.path,
                remedy=f"set that to true, or take `{article.sponsored}` out of the article if "
                "nobody pays for it",
            )


_COUNTRIES = {"ko": "Korean law", "ja": "Japanese law", "": "the law"}


def _law(plan: Plan, newsletter: Newsletter) -> Literal["ko", "ja", ""]:
    """The country whose law asks for more; by language and zone, which tell where readers are."""
    languages = {_primary(newsletter.language), _primary(plan.site.language)}
    zone = newsletter.timezone or plan.site.timezone
    if "ko" in languages or zone == _SEOUL:
        return "ko"
    return "ja" if "ja" in languages or zone == _TOKYO else ""


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
