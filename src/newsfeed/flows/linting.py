"""The lint over a newsletter's letter: what it must hold comes from the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsfeed.errors import OutputError, message

if TYPE_CHECKING:
    from newsfeed.digest.lint import Finding
    from newsfeed.flows.plan import Plan
    from newsfeed.model import Letter
    from newsfeed.settings import Newsletter


def findings(
    plan: Plan, newsletter: Newsletter, letter: Letter, *, view_url: str = ""
) -> tuple[Finding, ...]:
    """What is wrong with a letter, errors first; of text alone where the newsletter is of text."""
    from msgspec import structs

    from newsfeed.digest.lint import About, lint
    from newsfeed.flows.letters import preferences_page

    about = About(
        view_url=view_url,
        preferences_url=preferences_page(plan),
        postal_address=newsletter.postal_address,
        hosts=(urlsplit(plan.site_url).hostname or "",),
    )
    plain = newsletter.format == "text"
    return lint(structs.replace(letter, html="") if plain else letter, about)


def refuse_errors(found: Sequence[Finding], newsletter: str) -> None:
    """Raises OutputError where a letter must not leave; it names the first reason and how many
    there are besides.
    """
    errors = [one for one in found if one.level == "error"]
    if errors:
        first, further = errors[0], len(errors) - 1
        more = f" (and {further} more: `newsfeed check` names them)" if further else ""
        raise OutputError(
            f"the letter cannot leave: {first.problem}{more}",
            where=f"newsletters.{newsletter}: {first.where}",
            remedy=first.remedy,
        )


def told(found: Sequence[Finding], newsletter: str, level: str) -> tuple[str, ...]:
    """The findings of one level as lines for people."""
    return tuple(
        message(f"newsletters.{newsletter}", str(one), "") for one in found if one.level == level
    )
