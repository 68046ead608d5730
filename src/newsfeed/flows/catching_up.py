"""After a restore: what the store cannot know of the time since its backup."""

from __future__ import annotations

from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import choice_for
from newsfeed.model import EditionState
from newsfeed.store import database, deliveries, editions
from newsfeed.store.editions import EditionArticle

_OPEN = (EditionState.HELD, EditionState.READY, EditionState.RELEASED, EditionState.PAUSED)
_WHY = "counted as sent after a restore"


def count_as_sent(shop: Workshop) -> int:
    """Every article that is new to a newsletter counts as sent, and so does every edition that
    is not complete: they may have left since the backup. Gives how many articles.

    It is so for a newsletter without any edition, too: the store may have been lost with all.
    """
    count = 0
    with database.transaction(shop.db):
        shop.remember()
        for edition in editions.everything(shop.db):
            if edition.state in _OPEN:
                deliveries.drop(shop.db, edition.id, shop.seams.now, _WHY)
                editions.set_state(shop.db, edition.id, EditionState.CANCELLED, _WHY)
        for newsletter in shop.plan.newsletters:
            choice = choice_for(shop, newsletter)
            found = (*choice.items, *choice.more, *choice.before)
            taken = [EditionArticle(id=one.id) for one in found]
            editions.take(shop.db, newsletter.name, None, taken)
            count += len(taken)
    return count
