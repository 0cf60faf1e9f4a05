"""What organizers ask of refunds, and what follows when money has gone back."""

import uuid

from server import audit
from server.catalog.models import Event
from server.catalog.service import Catalog
from server.checkout import loyalty, returns, sql_returns
from server.checkout.returns import Bought
from server.checkout.service import Checkout
from server.inventory import verbs as inventory
from server.inventory.service import once
from server.kernel import logs
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key, settled
from server.payments import refunding
from server.payments.models import RefundShare, RefundStatus
from server.refunds import disputes, sql
from server.refunds.deciding import PAID, Terms, decide, reason_of
from server.refunds.disputes import Became
from server.refunds.models import (
    Policy,
    PolicyWish,
    RefundedPart,
    RefundList,
    RefundView,
    RefundWindowOver,
    RefundWish,
)
from server.refunds.sql import RefundRow


class Refunds:
    """Of an organization's own orders: another's are NotFound."""

    def __init__(self, db: Database, catalog: Catalog, checkout: Checkout) -> None:
        self._db, self._catalog, self._checkout = db, catalog, checkout

    async def refund(
        self, org_id: str, order_id: uuid.UUID, wish: RefundWish, key: Key | None
    ) -> RefundView:
        """Pay back an order, or some of it. Raises RefundWindowOver, NotRefundable, OrderDisputed,
        LineNotSold, BadRequest, NotFound."""
        event = await self.event_of(org_id, order_id)
        wanted = {part.id: part.quantity for part in wish.parts}
        if len(wanted) < len(wish.parts):
            raise BadRequest("parts: name each once")
        if wish.overrides and not wish.note.strip():
            raise BadRequest("note: say why the policy does not count this time")

        async def work(tx: Tx) -> RefundView:
            policy = await policy_of(tx, org_id, event.id)
            keeps_fees = policy.keeps_fees if wish.keeps_fees is None else wish.keeps_fees
            if not wish.overrides:
                must_be_open(policy)
                if keeps_fees != policy.keeps_fees:
                    detail = "the event's policy says otherwise of fees: override it with a note"
                    raise RefundWindowOver(detail, keeps_fees=policy.keeps_fees)
            terms = Terms("organizer", wish.note.strip(), keeps_fees, wish.keeps_places)
            refund_id = await decide(tx, event, order_id, wanted, terms)
            row = await sql.FIND.first(tx, refund_id, org_id)
            assert row is not None
            return await view(tx, row)

        decided = await once(self._db, event.id, key, RefundView, work)
        failpoint("refund.decided")
        return decided

    async def retry(
        self, org_id: str, order_id: uuid.UUID, refund_id: uuid.UUID, key: Key | None
    ) -> RefundView:
        """Ask the providers once more for what they refused; nothing where they did not. Raises
        NotFound."""
        await self.event_of(org_id, order_id)

        async def act(tx: Tx) -> RefundView:
            row = await sql.FIND.first(tx, refund_id, org_id)
            if row is None or row.order_id != order_id:
                raise NotFound("the order has no such refund")
            if await refunding.ask_again(tx, order_id, reason_of(refund_id)):
                await audit.record(
                    tx, org_id, "order.refund_retried", subject=f"order:{order_id}",
                    data={"refund_id": str(refund_id)},
                )  # fmt: skip
            return await view(tx, row)

        return await settled(self._db, key, RefundView, act)

    async def of_order(self, org_id: str, order_id: uuid.UUID) -> RefundList:
        """An order's refunds, the latest first. Raises NotFound."""
        await self.event_of(org_id, order_id)
        async with self._db.tx(read_only=True) as tx:
            rows = await sql.OF_ORDER.all(tx, order_id, org_id)
            return RefundList([await view(tx, row) for row in rows])

    async def bought(self, org_id: str, order_id: uuid.UUID) -> Bought:
        """An order with what it has, and what of it went back. Raises NotFound."""
        order = await self._checkout.find(order_id)
        if order.org_id != org_id:
            raise NotFound("no such order")
        async with self._db.tx(read_only=True) as tx:
            return await returns.read(tx, order)

    async def event_of(self, org_id: str, order_id: uuid.UUID) -> Event:
        """The event of an order of this organization. Raises NotFound."""
        order = await self._checkout.find(order_id)
        if order.org_id != org_id:
            raise NotFound("no such order")
        logs.bind(event_id=order.event_id, order_id=order_id)
        return await self._catalog.event(order.event_id)

    async def policy(self, org_id: str, event_id: uuid.UUID) -> Policy:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            return await policy_of(tx, org_id, event_id)

    async def set_policy(
        self, org_id: str, event_id: uuid.UUID, wish: PolicyWish, key: Key | None
    ) -> Policy:
        """For every refund from now on. Raises NotFound."""

        async def act(tx: Tx) -> Policy:
            before = await policy_of(tx, org_id, event_id)
            await sql.SET_POLICY.run(
                tx, event_id, org_id, wish.allow_refunds_until, wish.keeps_fees
            )
            told = {
                name: {
                    "allow_refunds_until": of.allow_refunds_until
                    and of.allow_refunds_until.isoformat(),
                    "keeps_fees": of.keeps_fees,
                }
                for name, of in (("before", before), ("after", wish))
            }
            await audit.record(
                tx, org_id, "refund_policy.set", subject=f"event:{event_id}", data=told
            )
            return await policy_of(tx, org_id, event_id)

        return await settled(self._db, key, Policy, act)

    async def disputed(self, order_id: uuid.UUID, became: Became) -> None:
        """A payer disputes a payment of the order, or that was decided. Safe to repeat."""
        order = await self._checkout.find(order_id)
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order_id)
        async with self._db.tx() as tx:
            await disputes.mark(tx, order_id, became)

    async def went_back(self, order_id: uuid.UUID) -> None:
        """A provider has paid back something of the order. Safe to repeat."""
        order = await self._checkout.find(order_id)
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order_id)
        event = await self._catalog.event(order.event_id)
        await inventory.alone(self._db, event.id, lambda tx: _follow(tx, event, order_id))
        failpoint("refund.followed")


async def _follow(tx: Tx, event: Event, order_id: uuid.UUID) -> None:
    of = await returns.bought(tx, order_id)
    order = of.order
    await returns.recount(tx, order_id)
    balance = await refunding.balance(tx, order_id)
    if order.status in PAID and of.live and of.value_minor and not balance.kept_minor:
        # Somebody paid all of it back in the provider's own office, or a payer got it back.
        cause = "dispute" if await sql.IS_LOST.value(tx, order_id) else "provider"
        await decide(tx, event, order_id, {}, Terms(cause, pays=False))
        of = await returns.bought(tx, order_id)
    done = await sql.COMPLETE.all(tx, order_id, order.org_id)
    status = order.status
    # What a provider refused to pay back may have gone back in its own office.
    is_owed = bool(balance.kept_minor and balance.owed_minor)
    worth_minor = min(of.value_minor, order.confirmed_by_minor)
    is_short = balance.kept_minor - balance.owed_minor < worth_minor
    if status in PAID and not of.live and not is_owed:
        status = "refunded"
    elif status in PAID and (of.gone or is_short):  # else what was paid twice went back
        status = "partially_refunded"
    elif status == "cancelled" and not balance.kept_minor:
        status = "refunded"
    for refund in done:
        told = {
            "refund_id": str(refund.id),
            "refund_minor": refund.amount_minor,
            "fee_minor": refund.fee_minor,
            "tax_minor": refund.tax_minor,
            "cause": refund.cause,
        }
        await returns.become(tx, order, status, order.note, "refunded", **told)
    if not done and status != order.status:
        await returns.become(tx, order, status, order.note, "refunded")
    await loyalty.follow(tx, [order_id])


async def policy_of(tx: Tx, org_id: str, event_id: uuid.UUID) -> Policy:
    """Raises NotFound."""
    found = await sql.POLICY.first(tx, event_id, org_id)
    if found is None:
        raise NotFound("no such event")
    return found


def must_be_open(policy: Policy) -> None:
    """Raises RefundWindowOver."""
    if not policy.is_open:
        raise RefundWindowOver(
            "refunds of this event have ended: an organizer overrides that with a note",
            open_until=policy.open_until,
        )


async def view(tx: Tx, row: RefundRow) -> RefundView:
    shares = await refunding.of_reason(tx, row.order_id, reason_of(row.id))
    parts = await sql_returns.OF_REFUNDS.all(tx, row.order_id)
    return RefundView(
        id=row.id,
        order_id=row.order_id,
        cause=row.cause,
        amount_minor=row.amount_minor,
        fee_minor=row.fee_minor,
        tax_minor=row.tax_minor,
        currency=row.currency,
        keeps_fees=row.keeps_fees,
        keeps_places=row.keeps_places,
        note=row.note,
        actor=row.actor,
        created_at=row.created_at,
        status=_status(row, shares),
        parts=[
            RefundedPart(part.id, part.label, part.quantity, part.total_minor)
            for part in parts
            if part.refund_id == row.id
        ],
        payments=shares,
    )


def _status(row: RefundRow, shares: list[RefundShare]) -> RefundStatus:
    if any(share.status == "failed" for share in shares):
        return "failed"
    return "pending" if row.completed_at is None else "succeeded"
