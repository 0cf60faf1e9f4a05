"""From hold to order, and from money to tickets or back to money.

An order is confirmed in one exclusive transaction of its event: seats sold, lines live, event in
the outbox. Money that comes too late gets the same places if they are still free, and goes back
otherwise; it never just stays.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import beginning, deposits, extras, loyalty, opening, sql
from server.checkout.beginning import ENDED, Begun, Opened, Price
from server.checkout.discount_models import Discount
from server.checkout.facts import order_fact
from server.checkout.models import (
    CheckoutRequest,
    CheckoutStarted,
    DraftWish,
    LineNotSold,
    MoveWish,
    Order,
    OrderLine,
    OrderView,
    PaymentView,
    QuoteRequest,
    QuoteView,
    SoldSeat,
)
from server.checkout.settling import NOT_ALL, Till, give_up, lines_of
from server.inventory import choices
from server.inventory import verbs as inventory
from server.inventory.models import (
    Hold,
    HoldOver,
    NotOnSale,
    SelectionInvalid,
)
from server.inventory.sold import reassign
from server.kernel import context, idempotency, logs
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.tenancy import Across
from server.orgs import switches
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.payments import service as payments
from server.payments.models import Opened as OpenedPayment
from server.payments.models import OpenPayment, Payment, PaymentFlow
from server.payments.service import Payments
from server.points import service as points
from server.pricing.models import Quote

EXPIRE_MAX = 500
PAGE_GRACE = dt.timedelta(seconds=60)
"""How long past the hold's last possible moment the provider may still take a payment."""
TOO_SLOW = "The hold ended before a payment came."


class Checkout:
    """`public_url`: what browsers and providers call us by."""

    def __init__(
        self, db: Database, catalog: Catalog, payments_: Payments, public_url: str
    ) -> None:
        self._db, self._catalog, self._payments = db, catalog, payments_
        self._public_url = public_url.rstrip("/")
        self._till = Till(db, catalog)

    async def start(
        self,
        buyer_id: uuid.UUID,
        wish: CheckoutRequest,
        key: Key | None,
        shop_url: str | None = None,
    ) -> CheckoutStarted:
        """Turn a hold into a pending order and open the provider's page for it.

        `shop_url`: where its buyer comes back to, where that is not our own address.

        Repeating it is safe: a hold becomes one order. Raises HoldOver, TooManyPlaces, NotFound,
        TicketTypeRefused, ProductSoldOut, DiscountRefused, PointsRefused, CheckoutInvalid,
        UnknownProvider, ProviderNotOffered, IntentNotOffered, ProviderUnavailable, PaymentRefused,
        OrderBegun for a draft.
        """
        hold, event, price = await self.priced(wish.hold_id, buyer_id, wish)
        async with self._db.tx(read_only=True) as tx:
            is_ordered = await sql.ORDER_OF_HOLD.first(tx, hold.id) is not None
            is_free = not is_ordered and not (await price(tx, hold, claims=False))[0].total_minor

        async def open_(tx: Tx) -> Opened:
            return await beginning.order(tx, hold.id, wish, event, price, is_free=is_free)

        if not is_free:
            wish.provider = await self._payments.accounts.choose(
                hold.org_id, wish.provider, wish.payment_flow
            )
        flow = wish.payment_flow
        return await self.begin(hold, event, open_, key, shop_url, flow, is_free=is_free)

    async def begin(
        self,
        hold: Hold,
        event: Event,
        open_: Work[Opened],
        key: Key | None,
        shop_url: str | None,
        flow: PaymentFlow,
        *,
        is_free: bool,
    ) -> CheckoutStarted:
        """Have `open_` open a payment, and the provider its page or an intent."""
        self.must_take(event)

        async def work(tx: Tx) -> tuple[Order, Payment | None, Begun, Hold]:
            before = await idempotency.once(tx, key, Begun)
            order, payment = await open_(tx)
            begun = before or Begun(order.status)
            if before is None:
                await idempotency.remember(tx, key, begun)
            held = hold if payment is None else await inventory.find(tx, hold.id)
            assert held is not None, "holds are never deleted"
            return order, payment, begun, held

        if not is_free:
            # Nothing is sold yet, so the event's lane is left to those who change seats.
            async with self._db.tx() as tx:
                order, payment, first, held = await work(tx)
        else:
            order, payment, first, held = await inventory.alone(self._db, event.id, work)
        failpoint("checkout.ordered")
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order.id)
        shop_url = shop_url or self._public_url
        order_url = f"{shop_url}/orders/{order.id}"
        opened = None
        # One key has one answer: also where the order has ended since, the page is the same.
        if (
            payment is not None
            and first.status == "pending"
            and (order.status == "pending" or payment.provider_ref is not None)
        ):
            opened = await self.open_at_provider(
                payment, event, held.extendable_until + PAGE_GRACE, order_url,
                f"{shop_url}/checkout/{hold.id}", flow,
            )  # fmt: skip
        if opened is not None and opened.intent is not None:
            return CheckoutStarted(await self.view(order), None, opened.intent)
        return CheckoutStarted(
            await self.view(order), (opened and opened.redirect_url) or order_url
        )

    async def open_at_provider(
        self,
        payment: Payment,
        event: Event,
        closes_at: dt.datetime,
        return_url: str,
        cancel_url: str,
        flow: PaymentFlow = "page",
    ) -> OpenedPayment:
        """Raises ProviderUnavailable, PaymentRefused."""
        return await self._payments.start(
            payment,
            OpenPayment(
                payment_id=payment.id,
                expires_at=closes_at,
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                description=event.name,
                return_url=return_url,
                cancel_url=cancel_url,
                webhook_url=f"{self._public_url}/v1/webhooks/{payment.provider}",
                flow=flow,
            ),
        )

    @staticmethod
    def must_take(event: Event) -> None:
        """Raises FeatureOff, NotOnSale."""
        switches.must_be_on("checkout", event.switched_off)
        if not event.takes_orders:
            raise NotOnSale("this event is not on sale")

    async def priced(
        self, hold_id: uuid.UUID, buyer_id: uuid.UUID, wish: DraftWish | CheckoutRequest
    ) -> tuple[Hold, Event, Price]:
        """The buyer's hold, and what prices it with all that is wanted. Raises NotFound."""
        hold, event, places = await self.held(hold_id, buyer_id)
        wanted = opening.Wanted(wish.products, wish.discount_code, wish.email, wish.points)

        async def price(tx: Tx, hold: Hold, *, claims: bool) -> tuple[Quote, Discount | None]:
            return await opening.price(tx, hold, event, places, wanted, claims=claims)

        return hold, event, price

    async def quote(self, buyer_id: uuid.UUID, wish: QuoteRequest) -> QuoteView:
        """What the hold would cost. Changes nothing. Raises NotFound, HoldOver, CheckoutInvalid,
        ProductSoldOut, DiscountRefused, PointsRefused."""
        hold, event, places = await self.held(wish.hold_id, buyer_id)
        if hold.is_over:
            raise HoldOver(ENDED, hold_id=str(hold.id))
        wanted = opening.Wanted(wish.products, wish.discount_code, points=wish.points)
        async with self._db.tx(read_only=True) as tx:
            priced, _ = await opening.price(tx, hold, event, places, wanted, claims=False)
            due_minor = priced.total_minor + priced.points_minor
            offer = await points.offer(tx, event, buyer_id, due_minor)
        # Points pay for what is paid at once.
        deposit = None if wish.points else deposits.offer(event, priced.total_minor)
        return opening.view(priced, offer, deposit)

    async def held(self, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> tuple[Hold, Event, Places]:
        """The buyer's hold, for whose organization is acted from now on. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            hold = await inventory.find(tx, hold_id)
        if hold is None or hold.buyer_id != buyer_id:
            raise NotFound("no such hold")
        context.act_for(hold.org_id)
        pool_ids = [pool.pool_id for pool in hold.pools]
        return hold, *await self._catalog.event_with(hold.event_id, hold.seat_idxs, pool_ids)

    async def event(self, event_id: uuid.UUID) -> Event:
        """Raises NotFound."""
        return await self._catalog.event(event_id)

    async def find(self, order_id: uuid.UUID) -> Order:
        """An order of the organization that is acted for. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            order = await sql.ORDER_BY_ID.first(tx, order_id)
        if order is None:
            raise NotFound("no such order")
        return order

    async def places_now(self, order: Order) -> Places:
        """The map that the order's event has at this moment."""
        return (await self._catalog.event_now(order.event_id))[1]

    async def order_of(self, order_id: uuid.UUID, buyer_id: uuid.UUID) -> OrderView:
        """Raises NotFound, also for another buyer's order."""
        return await self.view(await self.own(order_id, buyer_id))

    async def own(self, order_id: uuid.UUID, buyer_id: uuid.UUID) -> Order:
        """The buyer's order, for whose organization is acted from now on. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            order = await sql.ORDER_BY_ID.first(tx, order_id)
        if order is None or order.buyer_id != buyer_id:
            raise NotFound("no such order")
        context.act_for(order.org_id)
        return order

    async def order_of_hold(self, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> OrderView | None:
        """What a buyer's hold became at checkout, if it went there."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            order = await sql.ORDER_OF_HOLD.first(tx, hold_id)
        if order is None or order.buyer_id != buyer_id:
            return None
        context.act_for(order.org_id)
        return await self.view(order)

    async def sold_seat(self, org_id: str, event_id: uuid.UUID, seat_idx: int) -> list[SoldSeat]:
        """Who has a seat, by leg. Raises NotFound, also for another organization's event."""
        event = await self._catalog.event(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        async with self._db.tx(read_only=True) as tx:
            return await sql.SOLD_SEAT.all(tx, event_id, seat_idx)

    async def settle(self, order_id: uuid.UUID, payment_id: uuid.UUID) -> None:
        """Money has come: confirm the order, or have the money paid back. Safe to repeat."""
        logs.bind(order_id=order_id)
        await self._till.settle(order_id, payment_id)

    async def expire_due(self) -> int:
        """Orders whose hold has ended unpaid; a payment may still come and revive one, but for one
        that was paid in part: that goes back."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.EXPIRE_DUE.all(tx, TOO_SLOW, EXPIRE_MAX)
            facts: list[Fact] = []
            for order in due:
                caused = context.apart(str(order.id), order.org_id)
                if order.status == "expired" and order.paid_minor:
                    await give_up(tx, order, NOT_ALL, caused)
                elif order.status == "expired":
                    facts.append(order_fact("expired", order, caused))
            await loyalty.follow(tx, [order.id for order in due])
            await outbox.append(tx, *facts)
        return len(due)

    async def view(self, order: Order) -> OrderView:
        """All that is told of an order of the organization that is acted for."""
        async with self._db.tx(read_only=True) as tx:
            lines = await sql.LINES.all(tx, order.id)
            payment = await payments.of_order(tx, order.id)
            items = await extras.of_order(tx, order.id)
            taxes = await sql.TAXES.all(tx, order.id)
            used = await points.of_order(tx, order.id)
        shared = {
            name: getattr(order, name)
            for name in OrderView.__struct_fields__
            if hasattr(order, name)
        }
        return OrderView(
            **shared,
            lines=lines,
            payment=(
                PaymentView(payment.provider, payment.status, payment.redirect_url)
                if payment
                else None
            ),
            products=items,
            taxes=taxes,
            points=used,
        )


async def order_with_lines(tx: Tx, order_id: uuid.UUID) -> tuple[Order, list[OrderLine]]:
    """An order, locked, and its lines: for whoever fulfils it."""
    return (await orders_with_lines(tx, [order_id]))[0]


async def orders_with_lines(
    tx: Tx, order_ids: Sequence[uuid.UUID]
) -> list[tuple[Order, list[OrderLine]]]:
    """As above, of several; none twice."""
    orders = await sql.LOCK_ORDERS.all(tx, order_ids)
    assert len(orders) == len(order_ids), "orders are never deleted"
    lines = await lines_of(tx, order_ids)
    return [(order, lines[order.id]) for order in orders]


async def claim(tx: Tx, guest_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """A guest's orders are an account's from now on."""
    await sql.CLAIM.run(tx, guest_id, account_id)


async def fulfilled(tx: Tx, order_ids: Sequence[uuid.UUID]) -> None:
    """Something was made of the orders, which `tx` has locked: who decides at this moment on what
    one was before it must look again."""
    await sql.TOUCH.run(tx, order_ids)


async def move_lines(
    tx: Tx, order_id: uuid.UUID, wish: MoveWish, places: Places
) -> tuple[list[OrderLine], list[OrderLine]]:
    """Give sold lines other seats at their price, all of them or none. `tx` is alone on the order's
    event. Returns the lines that were named, as they are now, and those that have moved.

    Raises SeatsTaken, LineNotSold, SelectionInvalid, NotFound; nothing changes then.
    """
    seats = _seats_for(wish, places)
    order, lines = await order_with_lines(tx, order_id)
    named = {line.id: line for line in lines if line.id in set(wish.lines)}
    if len(named) < len(wish.lines):
        raise NotFound("the order has no such line")
    had = {
        line_id: seat
        for line_id in wish.lines
        if named[line_id].live and (seat := named[line_id].seat_idx) is not None
    }
    if len(had) < len(wish.lines):
        raise LineNotSold("only a line that is paid for, and has a seat, gets another seat")
    moved: list[OrderLine] = []
    for line_id, seat in (await reassign(tx, order.hold_id, had, seats)).items():
        await choices.move(tx, order.hold_id, had[line_id], seat)
        section = places.section_of(seat)
        key = section.key if section else ""
        line = await sql.MOVE_LINE.first(tx, line_id, seat, places.label_of(seat), key)
        assert line is not None
        moved.append(line)
    now = {line.id: line for line in moved}
    kept = {line_id: named[line_id] for line_id in wish.lines if line_id not in now}
    now |= {at: msgspec.convert(line, OrderLine, from_attributes=True) for at, line in kept.items()}
    return [now[line_id] for line_id in wish.lines], moved


def _seats_for(wish: MoveWish, places: Places) -> Sequence[int]:
    """Raises SelectionInvalid."""
    if len(set(wish.lines)) < len(wish.lines) or len(set(wish.seats)) < len(wish.seats):
        raise SelectionInvalid("a line or a seat is named twice")
    if wish.table_idx is not None:
        tables = places.geometry.tables
        if wish.seats or wish.table_idx >= len(tables):
            raise SelectionInvalid("table_idx: one of the map's tables, and no seats beside it")
        first, count = tables[wish.table_idx].seats
        return range(first, first + count)
    if len(wish.seats) != len(wish.lines):
        raise SelectionInvalid("seats: name one for each line, or a table")
    unknown = [seat for seat in wish.seats if seat >= places.seat_count]
    if unknown:
        raise SelectionInvalid("the event has no such place: read its map", seats=unknown)
    return wish.seats
