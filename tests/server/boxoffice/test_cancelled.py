"""A counter that has not heard yet of a cancellation sells nothing of the event any more: what was
sold has gone back by then, and nobody would look for more."""

import uuid
from collections.abc import Awaitable

import pytest

from server.boxoffice.guests import Hosting
from server.boxoffice.imports import Imports
from server.boxoffice.models import AllocatedSale, CounterSale, Gift, NewGuest, NewGuestList
from server.boxoffice.selling import Selling
from server.identity.models import Operator
from server.inventory.allocations import AllocationWish
from server.inventory.models import NotOnSale
from server.refunds.cancelling import Cancellations
from server.refunds.models import CancellationWish
from tests.server.inventory.engine import ORG_ID, Instance, Stage

PRICE_MINOR = 1_000


async def _cancelled(here: Instance, event_id: uuid.UUID) -> None:
    """And done with."""
    cancelling = Cancellations(here.db, here.catalog)
    async with here.db.tx() as tx:
        revision = await tx.connection.fetchval(
            "SELECT revision FROM events WHERE id = $1", event_id
        )
    await cancelling.cancel(ORG_ID, event_id, revision, CancellationWish(), None)
    while await cancelling.go_on():
        pass
    assert (await cancelling.progress(ORG_ID, event_id)).finished_at is not None


async def test_who_has_not_heard_of_a_cancellation_sells_nothing_of_it(database_url: str) -> None:
    async with Stage(database_url) as stage:
        here, there = stage.instances
        event_id = await stage.event(price_minor=PRICE_MINOR)
        selling = Selling(there.db, there.catalog, there.allocating, there.tickets)
        hosting = Hosting(there.db, there.catalog, there.allocating, there.tickets)
        importing = Imports(there.db, there.catalog, there.allocating)
        pool, area = stage.pools(event_id)[0], (await there.catalog.event(event_id)).pools[0].key
        listed = await hosting.open_list(ORG_ID, event_id, NewGuestList("Crew", pool), None)
        mine = await there.allocating.create(
            ORG_ID, event_id, AllocationWish([0], name="Club"), None
        )
        await _cancelled(here, event_id)
        rows = f"ref;name;section;row;seat;area;quantity;price\n1;Cy;;;;{area};1;"
        clerk = Operator(uuid.uuid4(), ORG_ID, "owner", frozenset())
        sale = CounterSale([1], method="cash")
        gift = Gift([2], name="Ada", email="ada@buyer.example", note="Press")
        tries: list[Awaitable[object]] = [
            selling.sell(ORG_ID, event_id, sale, None),
            selling.give(ORG_ID, event_id, gift, None),
            selling.sell_allocated(clerk, mine.id, AllocatedSale([0], method="cash"), None),
            hosting.add(ORG_ID, listed.id, NewGuest("Bo"), None),
            importing.run(ORG_ID, event_id, rows.encode(), None, dry_run=False),
        ]
        for one in tries:
            with pytest.raises(NotOnSale):
                await one
        assert await stage.rows("SELECT id FROM orders WHERE event_id = $1", event_id) == []
