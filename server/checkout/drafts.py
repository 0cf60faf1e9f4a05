"""Orders before they are paid: drafts, and what their buyers do with them."""

import uuid

from server.checkout import beginning, loyalty, sql
from server.checkout.beginning import Opened
from server.checkout.models import (
    CheckoutStarted,
    DraftRequest,
    DraftWish,
    Order,
    OrderBegun,
    OrderView,
    PaymentWish,
)
from server.checkout.service import Checkout
from server.checkout.settling import BY_BUYER, give_up
from server.inventory import verbs as inventory
from server.inventory.service import once
from server.kernel import logs
from server.kernel.db import Database, Tx
from server.kernel.idempotency import Done, Key, settled
from server.payments.service import Payments


class Drafts:
    """Of one buyer each: another's are NotFound."""

    def __init__(self, db: Database, checkout: Checkout, payments: Payments) -> None:
        self._db, self._checkout, self._payments = db, checkout, payments

    async def make(self, buyer_id: uuid.UUID, wish: DraftRequest, key: Key | None) -> OrderView:
        """A hold's draft. Its places cannot change any more, and stay held as long as its hold is.

        Raises OrderBegun where the hold is an order already, and as `change`.
        """
        return await self._write(buyer_id, wish.hold_id, wish, key, is_new=True)

    async def change(
        self, buyer_id: uuid.UUID, order_id: uuid.UUID, wish: DraftWish, key: Key | None
    ) -> OrderView:
        """All that a draft says, anew. Raises OrderBegun, HoldOver, TooManyPlaces, NotOnSale,
        NotFound, TicketTypeRefused, ProductSoldOut, DiscountRefused, PointsRefused,
        CheckoutInvalid."""
        order = await self._checkout.own(order_id, buyer_id)
        return await self._write(buyer_id, order.hold_id, wish, key, is_new=False)

    async def _write(
        self,
        buyer_id: uuid.UUID,
        hold_id: uuid.UUID,
        wish: DraftWish,
        key: Key | None,
        *,
        is_new: bool,
    ) -> OrderView:
        hold, event, price = await self._checkout.priced(hold_id, buyer_id, wish)
        self._checkout.must_take(event)
        logs.bind(org_id=hold.org_id, event_id=event.id)

        async def act(tx: Tx) -> Done:
            await beginning.write_draft(tx, hold_id, wish, event, price, is_new=is_new)
            return Done()

        await settled(self._db, key, Done, act)
        order = await self._checkout.order_of_hold(hold_id, buyer_id)
        assert order is not None, "written before"
        return order

    async def confirm(
        self,
        buyer_id: uuid.UUID,
        order_id: uuid.UUID,
        wish: PaymentWish,
        key: Key | None,
        shop_url: str | None = None,
    ) -> CheckoutStarted:
        """Begin the payment of a draft; what became of it, where that was done before. Raises
        NotFound, HoldOver, NotOnSale, FeatureOff, CheckoutInvalid, PointsRefused, UnknownProvider,
        ProviderNotOffered, IntentNotOffered, ProviderUnavailable, PaymentRefused."""
        order = await self._checkout.own(order_id, buyer_id)
        hold, event, _ = await self._checkout.held(order.hold_id, buyer_id)
        is_free, provider, flow = not order.total_minor, wish.provider, wish.payment_flow
        if not is_free:
            provider = await self._payments.accounts.choose(order.org_id, provider, flow)

        async def open_(tx: Tx) -> Opened:
            return await beginning.draft(tx, order, event, provider, is_free=is_free)

        return await self._checkout.begin(hold, event, open_, key, shop_url, flow, is_free=is_free)

    async def cancel(self, buyer_id: uuid.UUID, order_id: uuid.UUID, key: Key | None) -> OrderView:
        """Of an order that is not paid: its places go back on sale at once, and what came of its
        money goes back. Raises NotFound, OrderBegun for one that is paid or over."""
        order = await self._checkout.own(order_id, buyer_id)
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order.id)

        async def work(tx: Tx) -> Done:
            [now] = await sql.LOCK_ORDERS.all(tx, [order.id])
            await _cancel(tx, now)
            return Done()

        await once(self._db, order.event_id, key, Done, work)
        return await self._checkout.order_of(order_id, buyer_id)


async def _cancel(tx: Tx, order: Order) -> None:
    if order.status not in ("draft", "pending"):
        detail = f"only what is not paid yet is cancelled so: the order is {order.status}"
        raise OrderBegun(detail, order_id=order.id)
    await inventory.release(tx, order.hold_id)
    await give_up(tx, order, BY_BUYER)
    await loyalty.follow(tx, [order.id])
