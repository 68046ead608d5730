"""What subscribers see: plain values into templates, a page with its status out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from newsfeed.templating import PAGES, folders, open_templates
from newsfeed.web.words import Notice, Words, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsfeed.audience.wording import Wording
    from newsfeed.flows.asking import Also
    from newsfeed.flows.plan import Plan
    from newsfeed.flows.subscribing import Person
    from newsfeed.templating import Plain

    Values = dict[str, Plain]


class Page(msgspec.Struct, frozen=True):
    """An HTML document, the language it is in, and the HTTP status that it is sent with."""

    html: str
    language: str
    status: int = 200


class Pages:
    """The pages of one installation.

    A page speaks the newsletter's language, or the site's where it is about no newsletter. Every
    method raises TemplateError where a template is missing or broken.
    """

    def __init__(self, plan: Plan) -> None:
        self._site: Values = {
            "title": plan.site.title,
            "language": plan.site.language,
            "home": f"{plan.site_url}/",
        }
        self._language = plan.site.language
        self._languages = {n.name: n.language or plan.site.language for n in plan.newsletters}
        self._templates = open_templates(folders(plan.templates, "web"), PAGES)

    def leave(self, newsletter: str, person: Person) -> Page:
        """The button by which `person` leaves the newsletter."""
        notice = words_for(person.language).leave
        return self._form("leave.html.j2", newsletter, person, notice, {})

    def left(self, person: Person) -> Page:
        """Nothing is sent to this address any more: the same words whoever it was."""
        return self._about(person, words_for(person.language).left)

    def not_whole(self, newsletter: str) -> Page:
        """A link to leave that was cut or forged; nothing was changed. 404."""
        words = self._words(newsletter)
        return self.notice(words, words.not_whole, 404)

    def confirm(
        self, newsletter: str, person: Person, wording: Wording, also: Sequence[Also] = ()
    ) -> Page:
        """What `person` agrees to, what they asked for with it, and the button that says yes."""
        notice = words_for(person.language).confirm
        values: Values = {
            "consent": wording.consent,
            "consent_language": wording.language,
            "also": self._more(also),
        }
        return self._form("confirm.html.j2", newsletter, person, notice, values)

    def confirmed(self, person: Person, also: Sequence[Also] = ()) -> Page:
        """The subscription has begun, and those of `also` with it."""
        return self._about(person, words_for(person.language).confirmed, also)

    def already(self, person: Person) -> Page:
        """It had begun before."""
        return self._about(person, words_for(person.language).already)

    def dead(self, newsletter: str) -> Page:
        """A link to confirm that is too old, cut or forged, or void since the person left. 404."""
        words = self._words(newsletter)
        return self.notice(words, words.dead, 404)

    def problem(self, status: int) -> Page:
        """The page for an HTTP status that is about no subscriber."""
        words = words_for(self._language)
        notices = {
            404: words.nothing_here,
            405: words.not_allowed,
            410: words.nothing_here,
            408: words.too_slow,
            413: words.too_large,
            429: words.too_often,
            503: words.busy,
        }
        return self.notice(words, notices.get(status, words.fault), status)

    def _words(self, newsletter: str) -> Words:
        return words_for(self._languages.get(newsletter, self._language))

    def notice(self, words: Words, notice: Notice, status: int = 200) -> Page:
        """A page that only says something, and is about no newsletter."""
        return self.page("notice.html.j2", words, notice, {"title": "", "also": []}, status)

    def _form(
        self, template: str, newsletter: str, person: Person, notice: Notice, values: Values
    ) -> Page:
        about: Values = {
            "title": person.title,
            "title_language": self._languages.get(newsletter, self._language),
            "masked": person.masked,
        }
        return self.page(template, words_for(person.language), notice, {**about, **values})

    def _about(self, person: Person, notice: Notice, also: Sequence[Also] = ()) -> Page:
        words = words_for(person.language)
        values: Values = {"title": person.title, "also": self._more(also)}
        return self.page("notice.html.j2", words, notice, values)

    def _more(self, also: Sequence[Also]) -> list[Plain]:
        return [
            {
                "title": one.title,
                "language": self._languages[one.name],
                "consent": one.wording.consent,
                "consent_language": one.wording.language,
            }
            for one in also
        ]

    def page(
        self, template: str, words: Words, notice: Notice, values: Values, status: int = 200
    ) -> Page:
        """A page of a template; `values` has the newsletter's `title`, or ""."""
        own = msgspec.structs.asdict(words)
        shared: Values = {
            "site": self._site,
            "say": {name: own[name] for name in own if isinstance(own[name], str)},
            "heading": notice.heading,
            "text": notice.text.replace("{title}", str(values["title"])),  # which may hold braces
        }
        html = self._templates.html(template, {**shared, **values})
        return Page(html, words.language, status)
