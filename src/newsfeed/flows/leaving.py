"""What a dry run tells of editions that are in the ledger already and would be delivered."""

from __future__ import annotations

from collections.abc import Iterable

from newsfeed.flows.build import Workshop
from newsfeed.flows.forecast import canary_of, takes
from newsfeed.flows.letters import sample
from newsfeed.flows.naming import edition_named
from newsfeed.flows.outcomes import Leaving
from newsfeed.model import DeliveryState, EditionState
from newsfeed.settings import Newsletter
from newsfeed.store import deliveries, editions
from newsfeed.store.editions import EditionRecord

_TO_DO = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


def leaving(shop: Workshop, names: Iterable[str]) -> tuple[Leaving, ...]:
    """The editions of these names, but for those whose newsletter the settings lack."""
    theirs = {one.name: one for one in shop.plan.newsletters}
    titles = {article.id: article.title for article in shop.collection.articles}
    found = [edition_named(shop.db, name) for name in names]
    return tuple(
        _leaving(shop, theirs[one.newsletter], one, titles)
        for one in found
        if one.newsletter in theirs
    )


def _leaving(
    shop: Workshop, newsletter: Newsletter, edition: EditionRecord, titles: dict[str, str]
) -> Leaving:
    db, plan = shop.db, shop.plan
    letter = editions.own_letter(db, edition.id)
    left, begun = _left(shop, edition)
    canary = 0 if begun else canary_of(plan, newsletter, left)
    return Leaving(
        edition=edition.name,
        subject=letter.subject,
        articles=tuple(titles.get(one.id, one.id) for one in editions.articles(db, edition.id)),
        size=len(sample(plan, newsletter, letter, edition.slot)),
        recipients=left,
        takes=takes(plan, left),
        canary=canary,
        canary_wait=newsletter.canary_wait if canary else "",
    )


def _left(shop: Workshop, edition: EditionRecord) -> tuple[int, bool]:
    """To how many it is still to go, and whether some have had it."""
    if edition.state is EditionState.READY:
        return deliveries.expected(shop.db, edition.newsletter, edition.recipients_of), False
    counts = deliveries.counts_of(shop.db, edition.id)
    left = sum(counts.get(state, 0) for state in _TO_DO)
    return left, left < sum(counts.values())
