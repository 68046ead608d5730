"""Chosen articles -> an edition, its letter, and the message as it would be sent."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from newsfeed.digest.compose import UNSUBSCRIBE, Sender, compose
from newsfeed.digest.gate import flaws
from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.digest.message import Envelope, build_message
from newsfeed.digest.select import Choice
from newsfeed.digest.subject import subject
from newsfeed.digest.words import words_for, written_date
from newsfeed.errors import OutputError
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.editions import key_of, sender_of
from newsfeed.flows.plan import Plan
from newsfeed.model import Edition, Letter
from newsfeed.settings import Newsletter
from newsfeed.templating import Templates

RECIPIENT = "subscriber@example.invalid"
"""Stands in a preview for whoever will get the letter."""


def make_edition(
    plan: Plan, newsletter: Newsletter, choice: Choice, slot: datetime, bodies: Bodies
) -> Edition:
    """The edition of chosen articles for a slot (aware)."""
    language = newsletter.language or plan.site.language
    line = subject(
        newsletter.subject,
        title=newsletter.title,
        lead=choice.items[0].title,
        count=len(choice.items) + len(choice.more),
        more=len(choice.items) + len(choice.more) - 1,
        date=written_date(slot, words_for(language)),
        where=key_of(newsletter, "subject"),
    )
    return Edition(
        newsletter=newsletter.name,
        title=newsletter.title,
        language=language,
        subject=line,
        slot=slot,
        items=tuple(bodies.letter_item(article) for article in choice.items),
        more=tuple(bodies.letter_item(article) for article in choice.more),
    )


def compose_letter(plan: Plan, newsletter: Newsletter, edition: Edition) -> Letter:
    """The letter of an edition. Raises TemplateError."""
    sender = Sender(
        site_title=plan.site.title,
        site_url=plan.site_url + "/",
        postal_address=newsletter.postal_address,
    )
    templates = Templates([plan.templates / "email"])
    return compose(
        edition, sender, templates, template=newsletter.template, content=newsletter.content
    )


def message_of(plan: Plan, newsletter: Newsletter, letter: Letter, slot: datetime) -> bytes:
    """The letter as a message to a made-up subscriber. Raises OutputError, SettingsError."""
    sender = sender_of(newsletter)
    host = urlsplit(plan.site_url).hostname or "localhost"
    reply_to = newsletter.reply_to and parse_mailbox(newsletter.reply_to).address
    message = build_message(
        letter,
        Envelope(
            from_name=sender.name,
            from_address=sender.address,
            to_address=RECIPIENT,
            date=slot,
            message_id=f"<preview.{newsletter.name}.{slot:%Y%m%d%H%M}@{sender.address.rpartition('@')[2]}>",
            list_id=f"{newsletter.name}.{host}",
            reply_to=reply_to,
            list_unsubscribe_https=UNSUBSCRIBE if plan.mail.unsubscribe == "https" else "",
            list_unsubscribe_mailto=sender.address if plan.mail.unsubscribe == "mailto" else "",
            one_click=plan.mail.unsubscribe == "https",
        ),
    )
    found = flaws(message)
    if found:
        raise OutputError(
            f"the letter is not correct: {found[0]}",
            where=f"newsletters.{newsletter.name}",
            remedy="change the setting or the article that it names",
        )
    return message
