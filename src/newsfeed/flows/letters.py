"""Chosen articles -> an edition, its letter, and what all copies of the letter have in common."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from msgspec import structs

from newsfeed.digest.compiled import Compiled, Copy, Frame, compile_letter
from newsfeed.digest.compose import UNSUBSCRIBE, Sender, compose
from newsfeed.digest.disclosure import refuse_undisclosed
from newsfeed.digest.gate import flaws
from newsfeed.digest.label import labelled
from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.digest.pattern import Facts
from newsfeed.digest.preheader import preheader, preheader_by
from newsfeed.digest.select import Choice
from newsfeed.digest.subject import pattern_of, subject
from newsfeed.digest.words import words_for, written_date
from newsfeed.errors import ArticleError, OutputError, SettingsError, message
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.editions import key_of, sender_of
from newsfeed.flows.lawful import disclosure_of, label_of, refuse_sponsored
from newsfeed.flows.plan import Plan
from newsfeed.flows.theming import theme_of
from newsfeed.model import Edition, Letter, LetterItem
from newsfeed.settings import Newsletter
from newsfeed.templating import LETTERS, Templates, folders, open_templates

RECIPIENT = "subscriber@example.invalid"
"""Stands in a preview for whoever will get the letter."""

_ID_LENGTH = 32


def language_of(plan: Plan, newsletter: Newsletter) -> str:
    """The language that a newsletter's letters are written in."""
    return newsletter.language or plan.site.language


def make_edition(
    plan: Plan,
    newsletter: Newsletter,
    choice: Choice,
    slot: datetime,
    bodies: Bodies,
    *,
    intro: str = "",
    line: str = "",
) -> Edition:
    """The edition of chosen articles for a slot (aware).

    `intro` are the sender's own words as Markdown, and `line` a subject of their own; without them
    the newsletter's words and pattern take their place, for which there must be an article.
    Raises SettingsError, and OutputError for a paid article in a newsletter that does not
    advertise.
    """
    refuse_sponsored(plan, newsletter, (*choice.items, *choice.more))
    language = language_of(plan, newsletter)
    own = bodies.own_words(intro, f"{plan.site_url}/") if intro else ""
    items = tuple(bodies.letter_item(article) for article in choice.items)
    facts = _facts(newsletter, choice, slot, language) if items else None
    return Edition(
        newsletter=newsletter.name,
        title=newsletter.title,
        language=language,
        subject=_subject(plan, newsletter, facts, line),
        slot=slot,
        items=items,
        more=tuple(bodies.letter_item(article, listed=True) for article in choice.more),
        intro_html=own or (_usual_words(plan, newsletter, bodies) if items else ""),
        preheader=_preheader(newsletter, facts, own, items),
    )


def _facts(newsletter: Newsletter, choice: Choice, slot: datetime, language: str) -> Facts:
    count = len(choice.items) + len(choice.more)
    return Facts(
        title=newsletter.title,
        lead=choice.items[0].title,
        count=count,
        more=count - 1,
        date=written_date(slot, words_for(language)),
    )


def _subject(plan: Plan, newsletter: Newsletter, facts: Facts | None, line: str) -> str:
    """`line`, or what the newsletter's pattern makes; with the label that the law wants, which
    the limit of its cells counts.
    """
    label = label_of(plan, newsletter)
    if line or facts is None:
        return labelled(line, label)
    pattern, key = pattern_of(newsletter.subject, newsletter.subject_one, facts.more)
    return subject(labelled(pattern, label), facts, key_of(newsletter, key))


def _preheader(
    newsletter: Newsletter, facts: Facts | None, own: str, items: tuple[LetterItem, ...]
) -> str:
    """What the newsletter's pattern makes. Without one it begins with this edition's `own` words;
    those that every edition has would say nothing beside the subject.
    """
    by_pattern = ""
    if newsletter.preheader and facts is not None:
        where = key_of(newsletter, "preheader")
        by_pattern = preheader_by(newsletter.preheader, facts, where)
    return by_pattern or preheader(own, items)


def _usual_words(plan: Plan, newsletter: Newsletter, bodies: Bodies) -> str:
    """The words that stand above the articles of every edition without its own."""
    if not newsletter.intro.strip():
        return ""
    try:
        return bodies.own_words(newsletter.intro, f"{plan.site_url}/")
    except ArticleError as error:
        where = key_of(newsletter, "intro")
        raise SettingsError(error.problem, where=where, remedy=error.remedy) from None


def compose_letter(
    plan: Plan, newsletter: Newsletter, edition: Edition, *, view_url: str = ""
) -> Letter:
    """The letter of an edition, whose web copy is at `view_url`.

    Raises TemplateError, and SettingsError for a look that is not there.
    """
    sender = Sender(
        site_title=plan.site.title,
        site_url=plan.site_url + "/",
        postal_address=newsletter.postal_address,
        view_url=view_url,
        subscribe_url=f"{plan.site_url}/subscribe/",
        preferences_url=preferences_page(plan),
        disclosure=disclosure_of(plan, newsletter),
    )
    letter = compose(
        edition,
        sender,
        look_of(plan, newsletter),
        template=newsletter.template,
        content=newsletter.content,
        theme=theme_of(plan, newsletter),
        by_category=newsletter.group_by == "category",
    )
    if sender.disclosure:
        spoken = edition.spoken or edition.language
        refuse_undisclosed(letter, sender.disclosure, spoken, UNSUBSCRIBE)
    return letter


def look_of(plan: Plan, newsletter: Newsletter) -> Templates:
    """The templates of letters, among which is the newsletter's. Raises SettingsError."""
    templates = _templates(plan.templates, plan.key)
    if not templates.has(f"{newsletter.template}.html.j2"):
        raise SettingsError(
            f"there is no template {newsletter.template}.html.j2",
            where=key_of(newsletter, "template"),
            remedy='take "digest", "brief" or "gallery", or put yours into templates/email/',
        )
    return templates


@lru_cache(maxsize=2)
def _templates(roots: tuple[Path, ...], _state: str) -> Templates:
    """The templates of letters, kept with what was compiled of them, and with the process that an
    operator's run in. `_state` is a value that changes with the templates.
    """
    return open_templates(folders(roots, "email"), LETTERS)


def view_url(plan: Plan, origin: str) -> str:
    """The address of an edition's web copy; `origin` as in `webcopies.web_path`."""
    return f"{plan.site_url}/editions/{quote(origin)}/"


def preferences_page(plan: Plan) -> str:
    """Where subscribers ask for the link to their preferences; "" where nobody serves it."""
    return f"{plan.links_url}/p" if plan.served else ""


def frame_of(
    plan: Plan, newsletter: Newsletter, *, campaign: str, own: str = "", language: str = ""
) -> Frame:
    """What all copies of a letter have in common; `campaign` tells editions apart in complaints.
    `own` is the edition's language, "" for that which the newsletter has now, and `language` that
    of the letter's own words, "" for the same.

    Raises SettingsError for a sender that cannot be used.
    """
    sender = sender_of(newsletter)
    host = urlsplit(plan.site_url).hostname or "localhost"
    own = own or language_of(plan, newsletter)
    return Frame(
        from_name=sender.name,
        from_address=sender.address,
        reply_to=parse_mailbox(newsletter.reply_to).address if newsletter.reply_to else "",
        list_id=f"{newsletter.name}.{host}",
        list_name=newsletter.title,
        feedback_id=f"{campaign}:{newsletter.name}:newsfeed:{_sender_id(host)}",
        archive_url="",
        one_click=_one_click(plan),
        language=language or own,
        languages=(language, own) if language not in ("", own) else (own,),
    )


def _one_click(plan: Plan) -> bool:
    """Whether letters announce RFC 8058, which wants a signature over it (section 4).

    What goes into the outbox is signed by whoever sends it from there.
    """
    signed = bool(plan.mail.dkim) or plan.mail.transport == "files"
    return plan.mail.unsubscribe == "https" and signed


def missing_button(plan: Plan) -> str:
    """Why mail programs will not show their own button to leave by, as a line for the operator; ""
    where they may, and where they are to write a mail (`mail.unsubscribe = "mailto"`).
    """
    if plan.mail.unsubscribe != "https":
        return ""
    why, remedy = "", ""
    if not plan.links_url.startswith("https://"):
        why, remedy = (
            "their links do not begin with https://",
            "set `server.url` to such an address",
        )
    elif not _one_click(plan):
        why, remedy = "newsfeed does not sign them", "`newsfeed dkim new` makes a key for that"
    return why and message("", f"letters have no one-click button: {why}", remedy)


def seed(origin: str, slot: datetime) -> str:
    """What the Message-IDs of an edition are made from: its name and slot as it was composed.

    A name can come again after a restore; the slot does not.
    """
    return f"{origin} {int(slot.timestamp())}"


def message_id(made_from: str, public_id: str, copy: int, domain: str) -> str:
    """The Message-ID of one copy: always the same for it, whenever it is made (RFC 5322 §3.6.4).

    `made_from` is the edition's `seed`, `domain` the sender's when it was composed. It tells
    nobody who the recipient is.
    """
    words = "\0".join((made_from, public_id, str(copy)))
    return f"<{hashlib.sha256(words.encode()).hexdigest()[:_ID_LENGTH]}@{domain}>"


def domain_of(frame: Frame) -> str:
    """The sender's domain, under which Message-IDs are made."""
    return frame.from_address.rpartition("@")[2]


def compiled_letter(newsletter: Newsletter, letter: Letter, frame: Frame) -> Compiled:
    """The letter ready to be addressed; of text alone where the newsletter is of text.

    Raises OutputError or SettingsError where a value cannot stand in a header.
    """
    plain = newsletter.format == "text"
    return compile_letter(structs.replace(letter, html="") if plain else letter, frame)


def sample(
    plan: Plan,
    newsletter: Newsletter,
    letter: Letter,
    slot: datetime,
    *,
    to: tuple[str, str] = (RECIPIENT, ""),
    language: str = "",
) -> bytes:
    """The letter as a message `to` an address and a name, whose way to leave leads nowhere.
    `language` as in `frame_of`.

    Raises OutputError, SettingsError.
    """
    frame = frame_of(plan, newsletter, campaign="preview", language=language)
    mailto = f"mailto:{frame.from_address}?subject=unsubscribe"
    made = compiled_letter(newsletter, letter, frame).message(
        Copy(
            to_address=to[0],
            to_name=to[1],
            message_id=message_id(
                f"{newsletter.name}/{slot:%Y%m%d%H%M}", "preview", 0, domain_of(frame)
            ),
            date=slot,
            unsubscribe=UNSUBSCRIBE if plan.mail.unsubscribe == "https" else mailto,
        )
    )
    refuse_flaws(made, newsletter.name, label_of(plan, newsletter))
    return made


def refuse_flaws(message: bytes, newsletter: str, label: str = "") -> None:
    """Raises OutputError for a message that a strict receiver could object to, or the law: its
    subject must begin with `label`.
    """
    found = flaws(message, label=label)
    if found:
        raise OutputError(
            f"the letter is not correct: {found[0]}",
            where=f"newsletters.{newsletter}",
            remedy="change the setting or the article that it names",
        )


def _sender_id(host: str) -> str:
    """The constant last field of Feedback-ID: 5 to 15 characters (standards E-L-17)."""
    return f"nf{hashlib.sha256(host.encode()).hexdigest()[:10]}"
