"""An order that several people pay: divided by its buyer, each share paid by who has its link.

An order is settled by the sum of what came (`settling`), so a share is no more than an amount with
a link and the payments that were begun for it. The link's token is made of the share's id and a
secret of the server: the database keeps its hash.
"""

import base64
import hmac
import uuid
from typing import Any

from server.catalog.models import Event
from server.checkout import beginning, deposits, dividing, sql, sql_shares
from server.checkout.beginning import ENDED
from server.checkout.dividing import Part
from server.checkout.models import EMAIL, CheckoutInvalid, Order, OrderLine
from server.checkout.service import PAGE_GRACE, Checkout
from server.checkout.settling import SOLD
from server.checkout.share_models import (
    Division,
    Payer,
    Share,
    SharedOrder,
    ShareLink,
    ShareLinks,
    ShareOver,
    SharePayment,
    SharePlaces,
    ShareView,
)
from server.inventory import verbs as inventory
from server.inventory.models import Hold, HoldOver
from server.kernel import context, ids, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Done, Key, settled
from server.kernel.money import coin
from server.kernel.tenancy import Across
from server.payments import service as payments
from server.payments.models import Payment
from server.payments.service import Payments


class Shares:
    """`public_url`: what browsers call us by."""

    def __init__(
        self,
        db: Database,
        checkout: Checkout,
        payments_: Payments,
        secret: str,
        public_url: str,
    ) -> None:
        self._db, self._checkout, self._payments = db, checkout, payments_
        self._secret = hmac.digest(secret.encode(), b"order shares", "sha256")
        self._public_url = public_url.rstrip("/")

    async def divide(
        self,
        buyer_id: uuid.UUID,
        order_id: uuid.UUID,
        wish: Division,
        key: Key | None,
        shop_url: str | None = None,
    ) -> ShareLinks:
        """A draft waits for several people's money from now on, as long as its hold may last.

        Raises DivisionRefused, OrderBegun, HoldOver, NotOnSale, FeatureOff, CheckoutInvalid,
        PointsRefused, NotFound.
        """
        order = await self._checkout.own(order_id, buyer_id)
        _, event, _ = await self._checkout.held(order.hold_id, buyer_id)
        self._checkout.must_take(event)

        async def act(tx: Tx) -> Done:
            await self._divide(tx, order_id, event, wish)
            return Done()

        await settled(self._db, key, Done, act)
        failpoint("order.divided")
        return await self.links(buyer_id, order_id, shop_url)

    async def _divide(self, tx: Tx, order_id: uuid.UUID, event: Event, wish: Division) -> None:
        [order] = await sql.LOCK_ORDERS.all(tx, [order_id])
        beginning.must_be_draft(order)
        lines = await sql.LINES.all(tx, order_id)
        if wish == Division(deposit=True):
            parts = await deposits.take(tx, order, event)
        else:
            parts = dividing.parts(wish, order.total_minor, coin(order.currency), lines)
        await beginning.begin(tx, order, event)
        await self.insert(tx, order, parts)

    async def insert(self, tx: Tx, order: Order, parts: list[Part]) -> None:
        made = [ids.uuid7() for _ in parts]
        await sql_shares.INSERT.run(
            tx,
            order.org_id,
            order.id,
            made,
            list(range(len(parts))),
            [part.amount_minor for part in parts],
            [part.name for part in parts],
            [ids.digest(self.token(share_id)) for share_id in made],
        )
        for share_id, part in zip(made, parts, strict=True):
            if part.places:
                places = part.places
                await sql_shares.SET_PLACES.run(tx, share_id, list(places), list(places.values()))

    async def links(
        self, buyer_id: uuid.UUID, order_id: uuid.UUID, shop_url: str | None = None
    ) -> ShareLinks:
        """Of a buyer's own order. Raises NotFound."""
        await self._checkout.own(order_id, buyer_id)
        async with self._db.tx(read_only=True) as tx:
            shares = await sql_shares.OF_ORDER.all(tx, order_id)
            lines = await sql.LINES.all(tx, order_id)
        base = shop_url or self._public_url
        return ShareLinks([
            ShareLink(**_told(share, lines), url=f"{base}/pay/{self.token(share.id)}")
            for share in shares
        ])  # fmt: skip

    async def paid(self, order_id: uuid.UUID) -> list[Share]:
        """Those whose money came, whether or not it went back, of an order of the organization that
        is acted for."""
        async with self._db.tx(read_only=True) as tx:
            shares = await sql_shares.OF_ORDER.all(tx, order_id)
        return [share for share in shares if share.status != "open"]

    async def rest_url(self, order_id: uuid.UUID) -> str:
        """Where the rest of an order with a deposit is paid, from our own address on."""
        async with self._db.tx(read_only=True) as tx:
            [_, rest] = await sql_shares.OF_ORDER.all(tx, order_id)
        return f"/pay/{self.token(rest.id)}"

    async def shown(self, token: str) -> SharedOrder:
        """What whoever has the link sees. Raises NotFound."""
        share = await self._of(token)
        async with self._db.tx(read_only=True) as tx:
            order, hold = await _read(tx, share)
            shares = await sql_shares.OF_ORDER.all(tx, share.order_id)
            lines = await sql.LINES.all(tx, share.order_id)
        return SharedOrder(
            event_id=order.event_id,
            buyer_name=order.name,
            status=order.status,
            note=order.note,
            currency=order.currency,
            total_minor=order.total_minor,
            paid_minor=order.paid_minor,
            position=share.position,
            shares=[ShareView(**_told(one, lines)) for one in shares],
            expires_at=hold.expires_at,
            extendable_until=hold.extendable_until,
            server_time=hold.server_time,
            deposit_minor=order.deposit_minor,
            balance_due_at=order.balance_due_at,
        )

    async def pay(self, token: str, payer: Payer, shop_url: str | None = None) -> SharePayment:
        """Open the provider's page for a share; the one that is open, where one is.

        Raises NotFound, ShareOver, HoldOver, CheckoutInvalid, UnknownProvider, ProviderNotOffered,
        ProviderUnavailable, PaymentRefused.
        """
        if not EMAIL.fullmatch(payer.email):
            raise CheckoutInvalid("this is not an e-mail address", field="email")
        if not payer.name.strip():
            raise CheckoutInvalid("tell us your name", field="name")
        share = await self._of(token)
        provider = await self._payments.accounts.choose(share.org_id, payer.provider)
        async with self._db.tx() as tx:
            order, hold, payment = await _open(tx, share, payer, provider)
        failpoint("share.opened")
        event = await self._checkout.event(order.event_id)
        url = f"{shop_url or self._public_url}/pay/{token}"
        closes_at = hold.extendable_until + PAGE_GRACE
        if order.status in SOLD:
            closes_at = ids.made_at(payment.id) + deposits.PAGE_OPEN
        opened = await self._checkout.open_at_provider(payment, event, closes_at, url, url)
        assert opened.redirect_url is not None, "nobody asked for an intent"
        return SharePayment(opened.redirect_url)

    async def _of(self, token: str) -> Share:
        """For whose organization is acted from now on. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.BEARER) as tx:
            share = await sql_shares.BY_TOKEN.first(tx, ids.digest(token))
        if share is None:
            raise NotFound("this is no link to pay by: copy the whole of it")
        context.act_for(share.org_id)
        logs.bind(org_id=share.org_id, order_id=share.order_id)
        return share

    def token(self, share_id: uuid.UUID) -> str:
        """192 bits that nobody can guess."""
        digest = hmac.digest(self._secret, share_id.bytes, "sha256")
        return f"fhp_{base64.urlsafe_b64encode(digest[:24]).decode()}"


async def _read(tx: Tx, share: Share) -> tuple[Order, Hold]:
    order = await sql.ORDER_BY_ID.first(tx, share.order_id)
    assert order is not None, "orders are never deleted"
    hold = await inventory.find(tx, order.hold_id)
    assert hold is not None, "holds are never deleted"
    return order, hold


async def _open(tx: Tx, seen: Share, payer: Payer, provider: str) -> tuple[Order, Hold, Payment]:
    """The attempt to pay a share. The order is locked, so that none is begun of one that ends."""
    await sql.LOCK_ORDERS.all(tx, [seen.order_id])
    order, hold = await _read(tx, seen)
    share = next(s for s in await sql_shares.OF_ORDER.all(tx, order.id) if s.id == seen.id)
    if share.status != "open":
        raise ShareOver("this share is paid already", share_status=share.status)
    if order.status in SOLD and order.balance_due_at is not None:
        if order.balance_due_at <= hold.server_time:
            raise ShareOver("the time to pay the rest is over", order_status=order.status)
    elif order.status != "pending":
        detail = order.note or f"the order is {order.status}: there is nothing to pay"
        raise ShareOver(detail, order_status=order.status)
    elif hold.is_over:
        raise HoldOver(ENDED, hold_id=str(hold.id))
    elif order.deposit_minor is not None and share.position:
        raise ShareOver("the deposit is paid first, then the rest", order_status=order.status)
    await sql_shares.SET_PAYER.run(tx, share.id, payer.name.strip(), payer.email)
    payment = await payments.open_of_share(tx, order.id, share.id, provider)
    if payment is None:
        payment = await payments.open_attempt(
            tx, order.org_id, order.id, provider, share.amount_minor, order.currency, share.id
        )
    return order, hold, payment


def _told(share: Share, lines: list[OrderLine]) -> dict[str, Any]:
    labels = {line.id: line.label for line in lines}
    return {
        "position": share.position,
        "name": share.name,
        "amount_minor": share.amount_minor,
        "places": [
            SharePlaces(line_id, labels[line_id], count)
            for line_id, count in zip(share.line_ids, share.quantities, strict=True)
        ],
        "status": share.status,
    }
