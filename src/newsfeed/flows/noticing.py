"""A mail that is no edition, in the look of its newsletter: text with a link -> both parts."""

from __future__ import annotations

import html

from newsfeed.flows.plan import Plan
from newsfeed.settings import Newsletter


def both_parts(
    plan: Plan,
    newsletter: Newsletter,
    *,
    template: str,
    language: str,
    subject: str,
    text: str,
    link: str,
    action: str,
) -> tuple[str, str]:
    """Text and HTML of a mail, whose `text` has `notice_page.LINK` where `link` is to stand. The
    HTML is "" where the newsletter is of text alone. Raises TemplateError, SettingsError.
    """
    from newsfeed.digest.notice_page import LINK, filled_text, notice_page
    from newsfeed.flows.theming import theme_of
    from newsfeed.templating import folders

    page = ""
    if newsletter.format == "html":
        page = notice_page(
            folders(plan.templates, "email"),
            template,
            theme_of(plan, newsletter),
            language,
            subject,
            text,
            action,
            plan.key,
        ).replace(LINK, html.escape(link))
    return filled_text(text, language).replace(LINK, link), page
