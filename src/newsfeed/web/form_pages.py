"""What people see who ask for something by a form: plain values into templates, a page out."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from newsfeed.audience.wording import wording_for
from newsfeed.catalogues import language_name
from newsfeed.digest.mailbox import parse_mailbox
from newsfeed.flows.editions import schedule_of, sender_of
from newsfeed.web.schedule_words import schedule_words
from newsfeed.web.words import CATALOGUE, Words, words_for

if TYPE_CHECKING:
    from newsfeed.flows.plan import Plan
    from newsfeed.flows.preferring import Preferences
    from newsfeed.settings import Newsletter
    from newsfeed.web.pages import Page, Pages, Values

UNPROCESSABLE = 422
WRONG_ADDRESS, NOTHING_CHOSEN, STALE = "address", "newsletter", "stale"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it is shown, and as it came: in a language, with a stamp of when it was shown.

    `only` names the one newsletter that a link to the form was for, else "". `wrong` holds what is
    wrong with it.
    """

    language: str
    stamp: str
    only: str = ""
    address: str = ""
    chosen: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


class FormPages:
    """The forms of one installation, and the pages that answer them.

    Every method raises TemplateError where a template is missing or broken.
    """

    def __init__(self, plan: Plan, pages: Pages) -> None:
        self._plan = plan
        self._pages = pages

    def subscribe(self, entry: Entry) -> Page:
        """The form to subscribe by; where something is wrong with what came, with that marked."""
        words = words_for(entry.language)
        offered = [n for n in self._plan.newsletters if entry.only in ("", n.name)]
        shown = [self._newsletter(n, words, entry.chosen) for n in offered]
        values: Values = {
            **self._asking(entry),
            "title": offered[0].title if len(offered) == 1 else "",
            "newsletters": shown,
            "several": len(shown) > 1,
            "all": len(shown) < len(self._plan.newsletters),
            "only": entry.only,
            "languages": _languages(words.language),
            "nothing_chosen": NOTHING_CHOSEN in entry.wrong,
            "about": self._about(words, offered[0]),
            "privacy_url": self._plan.site.privacy_url,
        }
        return self._pages.page("asking.html.j2", words, words.form, values, _status(entry))

    def subscribe_sent(self, language: str) -> Page:
        """The answer to whatever was asked for whomever (standards S-09)."""
        words = words_for(language)
        return self._pages.notice(words, words.form_sent)

    def manage(self, entry: Entry) -> Page:
        """The form that asks for a link to one's preferences."""
        words = words_for(entry.language)
        values: Values = {**self._asking(entry), "title": ""}
        return self._pages.page("managing.html.j2", words, words.manage, values, _status(entry))

    def manage_sent(self, language: str) -> Page:
        """The answer, whoever it was."""
        words = words_for(language)
        return self._pages.notice(words, words.manage_sent)

    def manage_dead(self) -> Page:
        """A link to preferences that is too old, cut, forged or void. 404."""
        words = words_for(self._plan.site.language)
        return self._pages.notice(words, words.manage_dead, 404)

    def choose(self, preferences: Preferences, *, saved: bool) -> Page:
        """What somebody gets, to be changed; `saved` says that it just was."""
        words = words_for(preferences.language or self._plan.site.language)
        shown = [self._newsletter(n, words, preferences.active) for n in self._plan.newsletters]
        values: Values = {
            "title": "",
            "masked": preferences.masked,
            "saved": saved,
            "newsletters": shown,
            "languages": [
                {"tag": tag, "name": language_name(tag), "chosen": tag == preferences.language}
                for tag in spoken_languages(self._plan, preferences.language)
            ],
        }
        return self._pages.page("choosing.html.j2", words, words.choose, values)

    def _asking(self, entry: Entry) -> Values:
        """What every form has that asks for an address."""
        return {
            "address": entry.address,
            "stamp": entry.stamp,
            "language": entry.language,
            "problem": bool({WRONG_ADDRESS, NOTHING_CHOSEN} & set(entry.wrong)),
            "wrong_address": WRONG_ADDRESS in entry.wrong,
            "stale": STALE in entry.wrong,
        }

    def _newsletter(self, newsletter: Newsletter, words: Words, chosen: Collection[str]) -> Values:
        wording = wording_for(words.language).titled(newsletter.title)
        return {
            "name": newsletter.name,
            "title": newsletter.title,
            "language": newsletter.language or self._plan.site.language,
            "schedule": schedule_words(schedule_of(newsletter), words),
            "consent": wording.consent,
            "consent_language": wording.language,
            "chosen": newsletter.name in chosen,
        }

    def _about(self, words: Words, newsletter: Newsletter) -> str:
        """The notice at collection (standards L-C-12)."""
        answers = newsletter.reply_to and parse_mailbox(newsletter.reply_to).address
        contact = answers or sender_of(newsletter).address
        before, _, after = words.form_about_text.partition("{contact}")
        site = self._plan.site.title
        return f"{before.replace('{site}', site)}{contact}{after.replace('{site}', site)}"


def spoken_languages(plan: Plan, present: str) -> list[str]:
    """The languages that somebody may be addressed in, with the one that they have at `present`."""
    own = [n.language for n in plan.newsletters if n.language]
    return list(dict.fromkeys([plan.site.language, *own, *CATALOGUE, *([present] * bool(present))]))


def _languages(shown: str) -> list[dict[str, str]]:
    """The other languages of the pages."""
    return [{"tag": tag, "name": language_name(tag)} for tag in CATALOGUE if tag != shown]


def _status(entry: Entry) -> int:
    return UNPROCESSABLE if entry.wrong else 200
