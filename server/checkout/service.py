"""From hold to order, and from money to tickets or back to money.

An order is confirmed in one exclusive transaction of its event: seats sold, lines live, event in
the outbox. Money that comes too late gets the same places if they are still free, and goes back
otherwise; it never just stays.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable

from server.admission import service as admission
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import extras, sql
from server.checkout.models import (
    EMAIL,
    CheckoutInvalid,
    CheckoutRequest,
    CheckoutStarted,
    LineNotSold,
    Order,
    OrderItem,
    OrderLine,
    OrderView,
    PaymentView,
    SoldSeat,
)
from server.inventory import choices
from server.inventory import verbs as inventory
from server.inventory.models import (
    Hold,
    HoldOver,
    NotOnSale,
    SaleLine,
    SelectionInvalid,
    TicketTypeRefused,
)
from server.inventory.sold import reassign, release_sold
from server.kernel import context, idempotency, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import switches
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.payments import refunding
from server.payments import service as payments
from server.payments.models import OpenPayment, Payment
from server.payments.service import Payments
from server.pricing.service import Quote, quote

EXPIRE_MAX = 500
PAGE_GRACE = dt.timedelta(seconds=60)
"""How long past the hold's last possible moment the provider may still take a payment."""
TOO_SLOW = "The hold ended before a payment came."
TOO_LATE = "The payment came after the hold had ended and the places were taken: it is paid back."

_log = logs.get(__name__)


class Checkout:
    """`public_url`: what browsers and providers call us by."""

    def __init__(
        self, db: Database, catalog: Catalog, payments_: Payments, public_url: str
    ) -> None:
        self._db, self._catalog, self._payments = db, catalog, payments_
        self._public_url = public_url.rstrip("/")

    async def start(
        self,
        buyer_id: uuid.UUID,
        wish: CheckoutRequest,
        key: Key | None,
        shop_url: str | None = None,
    ) -> CheckoutStarted:
        """Turn a hold into a pending order and open the provider's page for it.

        `shop_url`: where its buyer comes back to, where that is not our own address.

        Safe to repeat: a hold becomes one order. Raises HoldOver, TooManyPlaces, NotFound,
        TicketTypeRefused, ProductSoldOut, CheckoutInvalid, UnknownProvider, PaymentRefused,
        ProviderNotOffered, ProviderUnavailable.
        """
        if not EMAIL.fullmatch(wish.email):
            raise CheckoutInvalid("this is not an e-mail address", field="email")
        if not wish.name.strip():
            raise CheckoutInvalid("tell us your name", field="name")
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            hold = await inventory.find(tx, wish.hold_id)
        if hold is None or hold.buyer_id != buyer_id:
            raise NotFound("no such hold")
        context.act_for(hold.org_id)
        pool_ids = [pool.pool_id for pool in hold.pools]
        event, places = await self._catalog.event_with(hold.event_id, hold.seat_idxs, pool_ids)
        switches.must_be_on("checkout", event.switched_off)
        if not event.takes_orders:
            raise NotOnSale("this event is not on sale")

        async def price(tx: Tx, hold: Hold) -> Quote:
            pools = {pool.pool_id: pool.quantity for pool in hold.pools}
            chosen = await choices.of_hold(tx, hold.id, event)
            return quote(event, places, hold.seat_idxs, pools, hold.created_at, chosen)

        async with self._db.tx(read_only=True) as tx:
            is_free = not (await price(tx, hold)).total_minor  # its places, that is

        async def work(tx: Tx) -> tuple[Order, Payment | None, Order]:
            before = await idempotency.once(tx, key, Order)
            order, payment = await _open_order(tx, hold.id, wish, event, price, is_free=is_free)
            if before is None:
                await idempotency.remember(tx, key, order)
            return order, payment, before or order

        if not is_free:
            wish.provider = await self._payments.accounts.choose(hold.org_id, wish.provider)
            # Nothing is sold yet, so the event's lane is left to those who change seats.
            async with self._db.tx() as tx:
                order, payment, first = await work(tx)
        else:
            order, payment, first = await inventory.alone(self._db, event.id, work)
        failpoint("checkout.ordered")
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order.id)
        shop_url = shop_url or self._public_url
        order_url = f"{shop_url}/orders/{order.id}"
        redirect_url = order_url
        # One key has one answer: also where the order has ended since, the page is the same.
        if (
            payment is not None
            and first.status == "pending"
            and (order.status == "pending" or payment.redirect_url is not None)
        ):
            redirect_url = payment.redirect_url or await self._payments.start(
                payment.provider,
                OpenPayment(
                    payment_id=payment.id,
                    expires_at=hold.extendable_until + PAGE_GRACE,
                    amount_minor=payment.amount_minor,
                    currency=payment.currency,
                    description=event.name,
                    return_url=order_url,
                    cancel_url=f"{shop_url}/checkout/{hold.id}",
                    webhook_url=f"{self._public_url}/v1/webhooks/{payment.provider}",
                ),
            )
        return CheckoutStarted(await self._view(order), redirect_url)

    async def find(self, order_id: uuid.UUID) -> Order:
        """An order of the organization that is acted for. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            order = await sql.ORDER_BY_ID.first(tx, order_id)
        if order is None:
            raise NotFound("no such order")
        return order

    async def places_with(self, order: Order, seat_idx: int) -> Places:
        """The map of the order's event, with this seat if there is such a one."""
        return (await self._catalog.event_with(order.event_id, [seat_idx]))[1]

    async def order_of(self, order_id: uuid.UUID, buyer_id: uuid.UUID) -> OrderView:
        """Raises NotFound, also for another buyer's order."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            order = await sql.ORDER_BY_ID.first(tx, order_id)
        if order is None or order.buyer_id != buyer_id:
            raise NotFound("no such order")
        context.act_for(order.org_id)
        return await self._view(order)

    async def order_of_hold(self, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> OrderView | None:
        """What a buyer's hold became at checkout, if it went there."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            order = await sql.ORDER_OF_HOLD.first(tx, hold_id)
        if order is None or order.buyer_id != buyer_id:
            return None
        context.act_for(order.org_id)
        return await self._view(order)

    async def sold_seat(self, org_id: str, event_id: uuid.UUID, seat_idx: int) -> list[SoldSeat]:
        """Who has a seat, by leg. Raises NotFound, also for another organization's event."""
        event = await self._catalog.event(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")
        async with self._db.tx(read_only=True) as tx:
            return await sql.SOLD_SEAT.all(tx, event_id, seat_idx)

    async def settle(self, order_id: uuid.UUID, payment_id: uuid.UUID) -> None:
        """Money has come: confirm the order, or have the money paid back. Safe to repeat."""
        order = await self.find(order_id)
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order_id)
        event = await self._catalog.event(order.event_id)
        await inventory.alone(
            self._db,
            event.id,
            lambda tx: _settle(tx, order_id, payment_id, event),
        )
        failpoint("order.settled")

    async def expire_due(self) -> int:
        """Orders whose hold has ended unpaid; a payment may still come and revive one."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            expired = await sql.EXPIRE_DUE.all(tx, TOO_SLOW, EXPIRE_MAX)
            await outbox.append(tx, *(_fact("expired", order) for order in expired))
        return len(expired)

    async def _view(self, order: Order) -> OrderView:
        async with self._db.tx(read_only=True) as tx:
            lines = await sql.LINES.all(tx, order.id)
            payment = await payments.of_order(tx, order.id)
            items = await extras.of_order(tx, order.id)
        return _order_view(order, lines, payment, items)


def _order_view(
    order: Order, lines: list[OrderLine], payment: Payment | None, items: list[OrderItem]
) -> OrderView:
    return OrderView(
        id=order.id,
        event_id=order.event_id,
        hold_id=order.hold_id,
        status=order.status,
        email=order.email,
        name=order.name,
        currency=order.currency,
        total_minor=order.total_minor,
        note=order.note,
        created_at=order.created_at,
        expires_at=order.expires_at,
        confirmed_at=order.confirmed_at,
        lines=lines,
        payment=(
            PaymentView(payment.provider, payment.status, payment.redirect_url) if payment else None
        ),
        products=items,
    )


async def order_with_lines(tx: Tx, order_id: uuid.UUID) -> tuple[Order, list[OrderLine]]:
    """An order, locked, and its lines: for whoever fulfils it."""
    order = await sql.LOCK_ORDER.first(tx, order_id)
    assert order is not None, "orders are never deleted"
    return order, await sql.LINES.all(tx, order_id)


async def claim(tx: Tx, guest_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """A guest's orders are an account's from now on."""
    await sql.CLAIM.run(tx, guest_id, account_id)


async def fulfilled(tx: Tx, order_id: uuid.UUID) -> None:
    """Something was made of the order, which `tx` has locked: who decides at this moment on what
    the order was before it must look again."""
    await sql.TOUCH.run(tx, order_id)


async def refunded(tx: Tx, order_id: uuid.UUID, *, in_full: bool) -> list[uuid.UUID]:
    """The provider has paid back; in full, so the places that were bought are on sale again.

    `tx` is alone on the order's event. Returns the lines that are not live any more.
    """
    order, lines = await order_with_lines(tx, order_id)
    status = "refunded" if in_full else "partially_refunded"
    released = await release_lines(tx, order, lines) if in_full else []
    if order.status != status:
        await sql.END.run(tx, order_id, status, order.note)
        await outbox.append(tx, _fact("refunded", order))
    return released


async def release_lines(tx: Tx, order: Order, lines: list[OrderLine]) -> list[uuid.UUID]:
    """Put the places of these lines, all or some of the order's, back on sale.

    `tx` is alone on the order's event and has locked the order. Returns the lines that were live.
    """
    live = [line for line in lines if line.live]
    if live:
        await release_sold(tx, order.hold_id, _sale(live))
        seats, pools = [line.seat_idx for line in live], [line.pool_id for line in live]
        await choices.drop(tx, order.hold_id, seats, pools)
        await sql.RELEASE_LINES.run(tx, order.id, [line.id for line in live])
    return [line.id for line in live]


async def move_line(
    tx: Tx, order_id: uuid.UUID, line_id: uuid.UUID, seat_idx: int, places: Places
) -> OrderLine:
    """Give a sold line another seat at its price. `tx` is alone on the order's event.

    Raises SeatsTaken, LineNotSold, SelectionInvalid, NotFound; nothing changes then.
    """
    order, lines = await order_with_lines(tx, order_id)
    line = next((line for line in lines if line.id == line_id), None)
    if line is None:
        raise NotFound("the order has no such line")
    if not line.live or line.seat_idx is None:
        raise LineNotSold("only a line that is paid for, and has a seat, gets another seat")
    if seat_idx >= places.seat_count:
        raise SelectionInvalid("the event has no such place: read its map", seats=[seat_idx])
    if not await reassign(tx, order.hold_id, line.id, line.seat_idx, seat_idx):
        return line
    await choices.move(tx, order.hold_id, line.seat_idx, seat_idx)
    section = places.section_of(seat_idx)
    moved = await sql.MOVE_LINE.first(
        tx, line.id, seat_idx, places.label_of(seat_idx), section.key if section else ""
    )
    assert moved is not None
    return moved


async def _open_order(
    tx: Tx,
    hold_id: uuid.UUID,
    wish: CheckoutRequest,
    event: Event,
    price: Callable[[Tx, Hold], Awaitable[Quote]],
    *,
    is_free: bool,
) -> tuple[Order, Payment | None]:
    # The order before its hold, as everybody locks them.
    before = await sql.LOCK_ORDER_OF_HOLD.first(tx, hold_id)
    hold = await inventory.order(tx, hold_id, event)
    if before is None:
        # Made while we waited for the hold, so made of the hold as it is.
        twin = await sql.ORDER_OF_HOLD.first(tx, hold_id)
        if twin is not None:
            return twin, await payments.of_order(tx, twin.id)
    else:
        if before.status in ("pending", "expired") and not hold.is_over:
            # An extended hold gives its order more time.
            before = await sql.REOPEN.first(tx, before.id, hold.expires_at)
            assert before is not None
        return before, await payments.of_order(tx, before.id)
    if hold.is_over:
        raise HoldOver("this hold has ended: choose again", hold_id=str(hold_id))
    priced = await price(tx, hold)
    _check_counts(priced, event)
    if not priced.total_minor and not is_free:
        # Where nothing is to be paid the places are sold at once, alone on the event.
        raise CheckoutInvalid("the hold's tickets changed at this moment: check out again")
    order = await _insert(tx, hold, wish, priced, await extras.take(tx, event.id, wish.products))
    if order.total_minor:
        return order, await payments.open_attempt(
            tx, order.org_id, order.id, wish.provider or "", order.total_minor, order.currency
        )
    confirmed = await _confirm(tx, order, event)
    assert confirmed, "a hold that is not over has its places"
    order = await sql.ORDER_BY_ID.first(tx, order.id)
    assert order is not None
    return order, None


def _check_counts(priced: Quote, event: Event) -> None:
    """Raises TicketTypeRefused for too few or too many of a type in one order."""
    counts: Counter[uuid.UUID] = Counter()
    for line in priced.lines:
        counts[line.ticket_type_id] += line.quantity
    for type_id, count in counts.items():
        of = event.prices.types[type_id]
        least, most = of.per_order_min, of.per_order_max
        if least is not None and count < least:
            detail = f"{of.name} is sold from {least} in one order on, not {count}"
        elif most is not None and count > most:
            detail = f"at most {most} of {of.name} in one order, not {count}"
        else:
            continue
        raise TicketTypeRefused(detail, ticket_type_id=type_id)


async def _insert(
    tx: Tx, hold: Hold, wish: CheckoutRequest, priced: Quote, items: list[OrderItem]
) -> Order:
    total_minor = priced.total_minor + sum(item.total_minor for item in items)
    order = await sql.INSERT_ORDER.first(
        tx, uuid7(), hold.org_id, hold.event_id, hold.id, hold.buyer_id,
        wish.email, wish.name.strip(), priced.currency, total_minor, hold.expires_at,
    )  # fmt: skip
    assert order is not None
    lines = priced.lines
    await sql.INSERT_LINES.run(
        tx,
        order.org_id,
        order.id,
        order.event_id,
        [uuid7() for _ in lines],
        [line.seat_idx for line in lines],
        [line.pool_id for line in lines],
        [line.quantity for line in lines],
        [line.label for line in lines],
        [line.section for line in lines],
        [line.unit_price_minor for line in lines],
        *hold.legs,
        [line.ticket_type_id for line in lines],
        [line.ticket_type for line in lines],
    )
    await extras.insert(tx, order.org_id, order.id, items)
    await outbox.append(tx, _fact("created", order))
    return order


async def _settle(tx: Tx, order_id: uuid.UUID, payment_id: uuid.UUID, event: Event) -> None:
    order = await sql.LOCK_ORDER.first(tx, order_id)
    assert order is not None
    await payments.settled(tx, payment_id)
    if order.status not in ("pending", "expired"):
        return
    if await _confirm(tx, order, event, event.seats_per_buyer_max):
        return
    payment = await payments.of_order(tx, order_id)
    assert payment is not None
    assert payment.id == payment_id
    _log.warning("late payment: places gone, paying back", order_id=str(order_id))
    await refunding.request_refund(tx, payment, payment.amount_minor, "late")
    await sql.END.run(tx, order_id, "cancelled", TOO_LATE)
    await outbox.append(tx, _fact("cancelled", order))


def _sale(lines: list[OrderLine]) -> list[SaleLine]:
    return [SaleLine(line.id, line.seat_idx, line.pool_id, line.quantity) for line in lines]


async def _confirm(tx: Tx, order: Order, event: Event, buyer_max: int | None = None) -> bool:
    """Sell the order's places. Returns False, having changed nothing, where one is taken."""
    lines = await sql.LINES.all(tx, order.id)
    if not await inventory.convert(tx, order.hold_id, _sale(lines), buyer_max):
        return False
    await sql.CONFIRM.run(tx, order.id)
    if event.has_waiting_room:  # somebody else may come in
        await admission.end_turn(tx, event.id, order.buyer_id)
    await outbox.append(tx, _fact("confirmed", order))
    return True


def _fact(verb: str, order: Order) -> Fact:
    return Fact(
        type=f"order.{verb}",
        org_id=order.org_id,
        subject=f"order:{order.id}",
        data={
            "order_id": str(order.id),
            "event_id": str(order.event_id),
            "hold_id": str(order.hold_id),
            "total_minor": order.total_minor,
            "currency": order.currency,
        },
    )
