"""What the pages for subscribers say: in English here, in other languages by the catalogues."""

from __future__ import annotations

import msgspec

from newsfeed.catalogues import Catalogue, base_language, catalogue, languages

DOMAIN = "web"


class Notice(msgspec.Struct, frozen=True):
    """A page that only says something: its heading and one or two sentences.

    In `text` may stand `{title}`, the newsletter's.
    """

    heading: str
    text: str


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the pages. None says whether an address is known, or ever was.

    Names in braces stand for what is filled in.
    """

    language: str
    newsletter: str
    address: str
    leave: Notice
    leave_button: str
    leave_small: str
    left: Notice
    not_whole: Notice
    confirm: Notice
    confirm_also: str
    confirmed_also: str
    confirm_button: str
    confirm_small: str
    confirmed: Notice
    already: Notice
    dead: Notice
    nothing_here: Notice
    not_allowed: Notice
    too_large: Notice
    too_slow: Notice
    busy: Notice
    fault: Notice
    too_often: Notice
    form: Notice
    form_wrong: str
    form_address: str
    form_address_wrong: str
    form_which: str
    form_which_wrong: str
    form_agree: str
    form_button: str
    form_small: str
    form_all: str
    form_other: str
    form_stale: str
    form_pot: str
    form_about: str
    form_about_text: str
    form_age: str
    form_privacy: str
    form_sent: Notice
    manage: Notice
    manage_button: str
    manage_small: str
    manage_sent: Notice
    manage_dead: Notice
    choose: Notice
    choose_saved: str
    choose_which: str
    choose_which_small: str
    choose_language: str
    choose_language_own: str
    choose_button: str
    when_daily: str
    when_weekdays: str
    when_weekly: str
    when_weeks: str
    when_monthly: str
    when_day: str
    when_last: str
    when_time: str
    when_other: str
    when_never: str


ENGLISH = Words(
    language="en",
    newsletter="Newsletter",
    address="Address",
    leave=Notice("Unsubscribe?", "One press of the button, and we send you no more of it."),
    leave_button="Unsubscribe",
    leave_small="No reason asked, no login needed.",
    left=Notice(
        "You are unsubscribed",
        "We send no more of “{title}” to this address. A letter that is already on its way "
        "may still arrive.",
    ),
    not_whole=Notice(
        "This link is not whole",
        "A part of the address seems to be cut off or altered. Nothing was changed. Follow the "
        "link in the letter again, or copy and paste the whole address.",
    ),
    confirm=Notice("Confirm your subscription", ""),
    confirm_also="You asked for this, too, and confirm it with the same button:",
    confirmed_also="You are subscribed to this, too:",
    confirm_button="Confirm",
    confirm_small="If you did not ask for this, close this page. We send you nothing.",
    confirmed=Notice(
        "You are subscribed",
        "The next “{title}” comes to you. Every letter ends with a link by which you can leave.",
    ),
    already=Notice(
        "You are subscribed already",
        "This subscription was confirmed before, and there is nothing left to do. The next "
        "“{title}” comes to you.",
    ),
    dead=Notice(
        "This link cannot confirm anything",
        "It is too old, or you have unsubscribed since, or a part of it is cut off. Nothing was "
        "changed. If you would like the newsletter, subscribe again, and we send you a new link.",
    ),
    nothing_here=Notice("There is nothing here", "Please look whether the address is right."),
    not_allowed=Notice("This address is not used that way", "Nothing was changed."),
    too_large=Notice("That was too much", "Nothing was changed."),
    too_slow=Notice("That did not arrive whole", "Nothing was changed. Please try again."),
    busy=Notice("Please try again in a moment", "We cannot do it right now. Nothing was changed."),
    fault=Notice("Something is wrong on our side", "Please try again later."),
    too_often=Notice(
        "That was very often",
        "So many requests came from your network that we take no more of them for now. Please "
        "try again later.",
    ),
    form=Notice("Subscribe by e-mail", ""),
    form_wrong="Something is missing. Please look at what is marked below.",
    form_address="Your e-mail address",
    form_address_wrong="Please write an e-mail address such as name@example.org.",
    form_which="What would you like to get?",
    form_which_wrong="Please tick at least one newsletter.",
    form_agree="By pressing the button you say:",
    form_button="Subscribe",
    form_small="We send you a message with a link. Nothing begins until you open it and confirm.",
    form_all="All newsletters",
    form_other="In another language:",
    form_stale="This page was open for too long. Please press the button once more.",
    form_pot="Leave this field empty",
    form_about="About your data",
    form_about_text=(
        "{site} keeps your address and, as a proof, when, how and from which network you asked, "
        "to send you the newsletters that you choose and for nothing else. What you do not "
        "confirm is deleted after 30 days. You leave with one press of a button by the link in "
        "every letter. To see, correct or erase what is kept, write to {contact}; if you are not "
        "content with the answer, complain to your data protection authority."
    ),
    form_age="You have to be 16 or older, or have the consent of a parent or guardian.",
    form_privacy="Privacy policy",
    form_sent=Notice(
        "Look into your mailbox",
        "If the address can receive our newsletters, a message from us is on its way to it. Open "
        "the link in it to confirm. If nothing comes, look among the spam, or see whether the "
        "address was right.",
    ),
    manage=Notice(
        "What do you get?",
        "Write your e-mail address, and we send you a link to a page on which you choose what you "
        "get, and in which language.",
    ),
    manage_button="Send me the link",
    manage_small="The link works for 24 hours.",
    manage_sent=Notice(
        "Look into your mailbox",
        "If this address gets one of our newsletters, a message with a link is on its way to it.",
    ),
    manage_dead=Notice(
        "This link has ended",
        "It is more than 24 hours old, or you have unsubscribed since, or a part of it is cut off. "
        "Nothing was changed. The newest letter has a link to unsubscribe.",
    ),
    choose=Notice("What do you get?", ""),
    choose_saved="Saved. That is what you get from now on.",
    choose_which="Newsletters",
    choose_which_small="By ticking one you say what stands below it. It begins at once.",
    choose_language="Language",
    choose_language_own="As each newsletter has it",
    choose_button="Save",
    when_daily="daily",
    when_weekdays="Monday to Friday",
    when_weekly="every {days}",
    when_weeks="every {weeks} weeks on {days}",
    when_monthly="every month on {days}",
    when_day="day {day}",
    when_last="the last day",
    when_time="{days} at {times}",
    when_other="at times of its own",
    when_never="now and then",
)


def in_language(language: str) -> Words:
    """The words of a language that has a catalogue; what it lacks is in English."""
    said = catalogue(DOMAIN, language)
    fields = msgspec.structs.asdict(ENGLISH)
    translated = {name: _translated(said, name, value) for name, value in fields.items()}
    return msgspec.convert({**translated, "language": language}, Words)


def messages() -> dict[str, str]:
    """Everything that a catalogue has to say: context -> the English text, if there is any."""
    found: dict[str, str] = {}
    for name, value in msgspec.structs.asdict(ENGLISH).items():
        parts = _parts(name, value) if isinstance(value, Notice) else {name: str(value)}
        found.update((context, text) for context, text in parts.items() if text)
    return {context: text for context, text in found.items() if context != "language"}


def _translated(said: Catalogue, name: str, value: str | Notice) -> str | Notice:
    if isinstance(value, str):
        return said.pgettext(name, value)
    heading, text = (said.pgettext(*part) for part in _parts(name, value).items())
    return Notice(heading, text)


def _parts(name: str, notice: Notice) -> dict[str, str]:
    return {f"{name}.heading": notice.heading, f"{name}.text": notice.text}


CATALOGUE = {
    "en": ENGLISH,
    **{language: in_language(language) for language in sorted(languages(DOMAIN) - {"en"})},
}
KOREAN = CATALOGUE["ko"]


def words_for(language: str) -> Words:
    """The words for a language tag such as `ko-KR`; English where there are none of its own."""
    return CATALOGUE.get(base_language(language), ENGLISH)
