"""Sales over the counter, from allocations, and for nothing: sold and confirmed at once.

A sale is one transaction, alone on its event: places, order, money, audit. Tickets are issued after
it, here so that they can be printed, and by the worker where this process dies before.
"""

import uuid
from collections import Counter
from collections.abc import Sequence

import msgspec

from server import audit
from server.boxoffice import sql
from server.boxoffice.models import (
    AllocatedSale,
    ChannelSales,
    CounterSale,
    Gift,
    ManualSale,
    SaleRefused,
)
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import NONE_CHOSEN, Chosen
from server.catalog.service import Catalog, is_cancelled
from server.checkout import counter, extras
from server.checkout.counter import CounterOrder
from server.checkout.models import EMAIL
from server.inventory import allocations, choices, selling, taking, verbs
from server.inventory.allocations import Allocating, Seller
from server.inventory.models import HoldOver, Legs, NotOnSale, Selection, SelectionInvalid
from server.inventory.service import check, check_there, legs_of, must_be_its_map, once
from server.inventory.taking import NO_RESERVE, Sale
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.payments import counter as money
from server.pricing.models import Quote, QuoteItem, QuoteLine, Ware
from server.pricing.service import quote
from server.tickets.models import OrderWithTickets
from server.tickets.service import Tickets

PAGE_MAX = 100
NOBODY = "Box office"
"""Who has tickets that were sold to somebody without a name."""


class Made(msgspec.Struct):
    """What a sale is answered with, once per key."""

    order_id: uuid.UUID
    buyer_id: uuid.UUID


class Selling:
    """Of one organization's events each: another's are NotFound."""

    def __init__(
        self, db: Database, catalog: Catalog, allocating: Allocating, tickets: Tickets
    ) -> None:
        self._db, self._catalog, self._allocating = db, catalog, allocating
        self._tickets = tickets

    async def sell(
        self, org_id: str, event_id: uuid.UUID, wish: CounterSale, key: Key | None
    ) -> OrderWithTickets:
        """All of these places and products, or none. Raises SeatsTaken, SaleRefused,
        SelectionInvalid, TicketTypeRefused, TicketTypeSoldOut, CheckoutInvalid, ProductSoldOut,
        NotOnSale, FeatureOff, MapMoved, NotFound."""
        event, places, legs = await self._own(org_id, event_id, wish, wish.legs)
        chosen = choices.read(wish.ticket_types, None, event, places, is_organizer=True)

        async def act(tx: Tx) -> Made:
            wares = await extras.take(tx, event_id, wish.products, claims=True)
            sold = quote_of(event, places, wish, chosen, wares)
            must_be_paid(sold.total_minor, wish.method)
            made = order_of(wish.name, wish.email, sold.lines, items=sold.items)
            await choices.must_be_left(tx, made.hold_id, _counts(wish, chosen), event)
            await self._take(tx, event, places, wish, made, legs)
            await choices.write(tx, org_id, made.hold_id, chosen)
            await record(tx, event, "box_office", [made], legs, wish.method, wish.note)
            return Made(made.id, made.buyer_id)

        return await self._issued(event_id, await once(self._db, event_id, key, Made, act))

    async def give(
        self, org_id: str, event_id: uuid.UUID, wish: Gift, key: Key | None
    ) -> OrderWithTickets:
        """Complimentary tickets. Raises as `sell` does."""
        event, places, legs = await self._own(org_id, event_id, wish, wish.legs)
        if not EMAIL.fullmatch(wish.email):
            raise SaleRefused("this is not an e-mail address", field="email")
        lines = [free(line, event) for line in lines_of(event, places, wish, NONE_CHOSEN)]
        made = order_of(wish.name, wish.email, lines)

        async def act(tx: Tx) -> Made:
            await self._take(tx, event, places, wish, made, legs)
            await record(tx, event, "complimentary", [made], legs, None, wish.note.strip())
            return Made(made.id, made.buyer_id)

        return await self._issued(event_id, await once(self._db, event_id, key, Made, act))

    async def sell_allocated(
        self, seller: Seller, allocation_id: uuid.UUID, wish: AllocatedSale, key: Key | None
    ) -> OrderWithTickets:
        """Places of an allocation, at the event's prices. Raises SeatsTaken, HoldOver, SaleRefused,
        SelectionInvalid, NotOnSale, FeatureOff, MapMoved, BadRequest, NotFound."""
        allocation = await self._allocating.of_seller(seller, allocation_id)
        event, places = await self._allocating.sellable(allocation.event_id)
        legs = (0, event.legs - 1)
        if (wish.hold_id is None) is not bool(wish.size):
            raise BadRequest("places, or hold_id for what was held before: one of them")
        check(wish, event, places)

        async def act(tx: Tx) -> Made:
            await must_sell(tx, event)
            await must_be_its_map(tx, self._catalog, event)
            selection = wish
            if wish.hold_id is not None:
                await allocations.held_from(tx, allocation_id, wish.hold_id)
                _, hold = await verbs.locked(tx, wish.hold_id)
                if hold.is_over:
                    raise HoldOver("this hold has ended: choose again", hold_id=str(hold.id))
                selection = Selection(hold.seat_idxs, hold.pools)
            lines = lines_of(event, places, selection, NONE_CHOSEN)
            must_be_paid(sum(line.total_minor for line in lines), wish.method)
            made = order_of(wish.name, wish.email, lines, wish.hold_id)
            if wish.hold_id is not None:
                held = selling.Sale(wish.hold_id, made.sale)
                sold = await selling.sell(tx, event.id, [held])
                assert sold == [True], "a hold that is not over has its places"
            else:
                reserve = await allocations.reserve_of(tx, event.org_id, allocation_id, places)
                await taking.sell(tx, event, [sale_of(made)], legs, reserve, allocation_id)
            await record(tx, event, "box_office", [made], legs, wish.method, wish.note)
            return Made(made.id, made.buyer_id)

        return await self._issued(event.id, await once(self._db, event.id, key, Made, act))

    async def sales(
        self, org_id: str, event_id: uuid.UUID, before: uuid.UUID | None, limit: int
    ) -> list[ManualSale]:
        """Newest first, those before an order. Raises NotFound."""
        await must_own(self._catalog, org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            return await sql.SALES.all(tx, event_id, org_id, before, limit)

    async def by_channel(self, org_id: str, event_id: uuid.UUID) -> list[ChannelSales]:
        """Raises NotFound."""
        await must_own(self._catalog, org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            return await sql.BY_CHANNEL.all(tx, event_id, org_id)

    async def _own(
        self, org_id: str, event_id: uuid.UUID, wish: Selection, legs: Legs | None
    ) -> tuple[Event, Places, Legs]:
        await must_own(self._catalog, org_id, event_id)
        event, places = await self._allocating.sellable(event_id)
        if not wish.size:
            raise SelectionInvalid("choose at least one seat or standing place")
        check(wish, event, places)
        check_there(wish, places)
        return event, places, legs_of(legs, event)

    async def _take(
        self,
        tx: Tx,
        event: Event,
        places: Places,
        wish: CounterSale | Gift,
        made: CounterOrder,
        legs: Legs,
    ) -> None:
        """The order's places, from what is on sale, or also from what is off it."""
        await must_sell(tx, event)
        await must_be_its_map(tx, self._catalog, event)
        reserve = (
            await allocations.reserve_of_house(tx, event, wish, places)
            if wish.off_sale
            else NO_RESERVE
        )
        await taking.sell(tx, event, [sale_of(made)], legs, reserve)

    async def _issued(self, event_id: uuid.UUID, made: Made) -> OrderWithTickets:
        await issue(self._tickets, event_id, made.order_id)
        return await self._tickets.order_of(made.order_id, made.buyer_id)


async def issue(tickets: Tickets, event_id: uuid.UUID, order_id: uuid.UUID) -> None:
    """Now, and not when the worker comes to it."""
    failpoint("boxoffice.sold")
    logs.bind(order_id=order_id)
    await tickets.issue(event_id, order_id)


async def must_own(catalog: Catalog, org_id: str, event_id: uuid.UUID) -> Event:
    """Raises NotFound."""
    event, _ = await catalog.event_now(event_id)
    if event.org_id != org_id:
        raise NotFound("no such event")
    return event


async def must_sell(tx: Tx, event: Event) -> None:
    """What was cancelled gives back what it had sold by then, and this process may not have heard
    of it yet. Raises NotOnSale."""
    if await is_cancelled(tx, event.id):
        raise NotOnSale("this event was cancelled")


def lines_of(event: Event, places: Places, wish: Selection, chosen: Chosen) -> list[QuoteLine]:
    """At the prices of now."""
    return quote_of(event, places, wish, chosen).lines


def quote_of(
    event: Event, places: Places, wish: Selection, chosen: Chosen, wares: Sequence[Ware] = ()
) -> Quote:
    """At the prices of now."""
    pools = {pool.pool_id: pool.quantity for pool in wish.pools}
    return quote(event, places, wish.seats, pools, event.prices.now, chosen, wares)


def free(line: QuoteLine, event: Event) -> QuoteLine:
    return priced(line, 0, event)


def priced(line: QuoteLine, unit_price_minor: int, event: Event) -> QuoteLine:
    """At a price of its own, which has taxes in it and no fee."""
    charges = event.prices.charges(event.prices.now).without_fee
    parts = charges.parts_of(unit_price_minor * line.quantity, line.quantity)
    return msgspec.structs.replace(line, unit_price_minor=unit_price_minor, parts=parts)


def must_be_paid(total_minor: int, method: str | None) -> None:
    """Raises SaleRefused where it is not said how, or nothing is to be paid."""
    if total_minor and method is None:
        raise SaleRefused(
            "method: say how it is paid, cash, card_terminal or invoice", field="method"
        )
    if method is not None and not total_minor:
        raise SaleRefused("method: these places cost nothing, leave it out", field="method")


def order_of(
    name: str,
    email: str,
    lines: Sequence[QuoteLine],
    hold_id: uuid.UUID | None = None,
    items: Sequence[QuoteItem] = (),
) -> CounterOrder:
    """Raises SaleRefused for what is no e-mail address."""
    email = email.strip()
    if email and not EMAIL.fullmatch(email):
        raise SaleRefused("this is not an e-mail address", field="email")
    return CounterOrder(
        uuid7(), hold_id or uuid7(), uuid7(), name.strip() or NOBODY, email,
        [(uuid7(), line) for line in lines], items,
    )  # fmt: skip


def sale_of(made: CounterOrder) -> Sale:
    return Sale(made.hold_id, made.buyer_id, made.sale)


async def record(
    tx: Tx,
    event: Event,
    channel: counter.CounterChannel,
    orders: Sequence[CounterOrder],
    legs: Legs,
    method: str | None,
    note: str,
    external_refs: Sequence[str] = (),
) -> None:
    """Write the orders of places that `tx` has sold, and the money that was taken for them."""
    await counter.record(tx, event, channel, orders, legs)
    taken = [money.Taken(order.id, order.total_minor) for order in orders]
    await money.take(tx, event.org_id, event.currency, taken)
    await sql.INSERT_SALES.run(
        tx, event.org_id, event.id, method, note, context.current().actor,
        [order.id for order in orders], list(external_refs) or [None for _ in orders],
    )  # fmt: skip
    if len(orders) == 1:
        subject, facts = f"order:{orders[0].id}", {"note": note} if note else {}
    else:
        subject, facts = f"event:{event.id}", {"orders": len(orders)}
    await audit.record(
        tx, event.org_id, f"order.{channel}", subject=subject,
        data={"event_id": str(event.id), "places": _places(orders), **facts},
    )  # fmt: skip


def _places(orders: Sequence[CounterOrder]) -> int:
    return sum(line.quantity for order in orders for _, line in order.lines)


def _counts(wish: Selection, chosen: Chosen) -> Counter[uuid.UUID]:
    """Places per chosen ticket type. Raises SelectionInvalid for places that are not sold here."""
    quantities = {pool.pool_id: pool.quantity for pool in wish.pools}
    strange = sorted(chosen.seats.keys() - set(wish.seats))
    if strange or not quantities.keys() >= chosen.pools.keys():
        raise SelectionInvalid("ticket_types: the sale has no such place", seats=strange)
    counts = Counter(chosen.seats.values())
    for pool, of in chosen.pools.items():
        counts[of] += quantities[pool]
    return counts
