"""Buyers ask for their money back; an organizer says yes or no, and the buyer is told."""

import uuid

import msgspec

from server import audit
from server.catalog.service import Catalog
from server.checkout import returns
from server.checkout.facts import order_fact
from server.checkout.models import Order
from server.checkout.service import Checkout
from server.inventory.service import once
from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key, settled
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.refunds import sql_requests as sql
from server.refunds.deciding import PAID, Terms, decide
from server.refunds.models import NotRefundable
from server.refunds.request_models import (
    RefundApproval,
    RefundAsk,
    RefundDecline,
    RefundRequest,
    RequestDecided,
    RequestOpen,
    RequestPage,
    RequestQuery,
)
from server.refunds.service import policy_of
from server.refunds.sql_requests import RequestRow


class Requests:
    def __init__(self, db: Database, catalog: Catalog, checkout: Checkout) -> None:
        self._db, self._catalog, self._checkout = db, catalog, checkout

    async def ask(
        self, buyer_id: uuid.UUID, order_id: uuid.UUID, wish: RefundAsk, key: Key | None
    ) -> RefundRequest:
        """One request of an order waits at a time. Raises NotRefundable, LineNotSold, RequestOpen,
        BadRequest where it is late and gives no reason, NotFound also for another's order."""
        order = await self._checkout.order_of(order_id, buyer_id)
        event = await self._catalog.event(order.event_id)
        logs.bind(event_id=event.id, order_id=order_id)
        wanted = {part.id: part.quantity for part in wish.parts}
        if len(wanted) < len(wish.parts):
            raise BadRequest("parts: name each once")

        async def act(tx: Tx) -> RefundRequest:
            of = await returns.bought(tx, order_id)
            if of.order.status not in PAID or not of.live:
                raise NotRefundable("the order has nothing that could be paid back")
            returns.parts_of(of, wanted)
            policy = await policy_of(tx, event.org_id, event.id)
            if not policy.is_open and not wish.reason.strip():
                raise BadRequest("reason: refunds of this event have ended, so say why you ask")
            request_id = uuid7()
            made = await sql.INSERT.run(
                tx, request_id, event.org_id, order_id, event.id,
                msgspec.to_builtins(wish.parts), wish.reason.strip(),
            )  # fmt: skip
            if not made:
                raise RequestOpen("you have asked before: the organizer will answer")
            await _tell(tx, "refund_requested", of.order, request_id, wish.reason.strip())
            return await _found(tx, event.org_id, request_id)

        return await settled(self._db, key, RefundRequest, act)

    async def of_order(self, buyer_id: uuid.UUID, order_id: uuid.UUID) -> RequestPage:
        """What was asked of an order, the latest first. Raises NotFound, also for another's."""
        order = await self._checkout.order_of(order_id, buyer_id)
        event = await self._catalog.event(order.event_id)
        async with self._db.tx(read_only=True) as tx:
            found = await sql.OF_ORDER.all(tx, order_id, event.org_id)
        return RequestPage([_view(row) for row in found])

    async def page(self, org_id: str, wanted: RequestQuery) -> RequestPage:
        size = wanted.page_size
        asked = (org_id, wanted.event_id, wanted.next_token, size + 1)
        async with self._db.tx(read_only=True) as tx:
            if wanted.status == "open":
                found = await sql.WAITING.all(tx, *asked)
            else:
                found = await sql.LATEST.all(tx, *asked, wanted.status)
        more = str(found[size - 1].id) if len(found) > size else None
        return RequestPage([_view(row) for row in found[:size]], more)

    async def approve(
        self, org_id: str, request_id: uuid.UUID, wish: RefundApproval, key: Key | None
    ) -> RefundRequest:
        """The refund is decided with it. Raises RequestDecided, NotRefundable, OrderDisputed,
        LineNotSold where some of it went back meanwhile, NotFound."""
        event_id = await self._event_of(org_id, request_id)
        event = await self._catalog.event(event_id)

        async def work(tx: Tx) -> RefundRequest:
            row = await sql.FIND.first(tx, request_id, org_id)
            assert row is not None
            # The order before its requests, as everybody locks them.
            of = await returns.bought(tx, row.order_id)
            await _waiting(tx, org_id, request_id)
            policy = await policy_of(tx, org_id, event_id)
            keeps_fees = policy.keeps_fees if wish.keeps_fees is None else wish.keeps_fees
            terms = Terms("request", wish.words.strip(), keeps_fees, wish.keeps_places)
            wanted = {part.id: part.quantity for part in _view(row).parts}
            refund_id = await decide(tx, event, row.order_id, wanted, terms)
            return await _decide(tx, of.order, request_id, "approved", wish.words, refund_id)

        return await once(self._db, event_id, key, RefundRequest, work)

    async def decline(
        self, org_id: str, request_id: uuid.UUID, wish: RefundDecline, key: Key | None
    ) -> RefundRequest:
        """Raises RequestDecided, NotFound."""

        async def act(tx: Tx) -> RefundRequest:
            found = await sql.FIND.first(tx, request_id, org_id)
            if found is None:
                raise NotFound("no such request")
            of = await returns.bought(tx, found.order_id)
            await _waiting(tx, org_id, request_id)
            return await _decide(tx, of.order, request_id, "declined", wish.words, None)

        return await settled(self._db, key, RefundRequest, act)

    async def _event_of(self, org_id: str, request_id: uuid.UUID) -> uuid.UUID:
        async with self._db.tx(read_only=True) as tx:
            return (await _found(tx, org_id, request_id)).event_id


async def _waiting(tx: Tx, org_id: str, request_id: uuid.UUID) -> None:
    """Locks the request. Raises RequestDecided."""
    row = await sql.LOCK.first(tx, request_id, org_id)
    if row is None or row.status != "open":
        raise RequestDecided("somebody has answered this request already")


async def _decide(
    tx: Tx,
    order: Order,
    request_id: uuid.UUID,
    status: str,
    words: str,
    refund_id: uuid.UUID | None,
) -> RefundRequest:
    words = words.strip()
    await sql.DECIDE.run(
        tx, request_id, order.org_id, status, words, refund_id, context.current().actor
    )
    await _tell(tx, f"refund_{status}", order, request_id, words)
    await audit.record(
        tx, order.org_id, f"refund_request.{status}", subject=f"order:{order.id}",
        data={"request_id": str(request_id), "words": words},
    )  # fmt: skip
    return await _found(tx, order.org_id, request_id)


async def _tell(tx: Tx, verb: str, order: Order, request_id: uuid.UUID, words: str) -> None:
    await outbox.append(tx, order_fact(verb, order, request_id=str(request_id), words=words))


async def _found(tx: Tx, org_id: str, request_id: uuid.UUID) -> RefundRequest:
    """Raises NotFound."""
    row = await sql.FIND.first(tx, request_id, org_id)
    if row is None:
        raise NotFound("no such request")
    return _view(row)


def _view(row: RequestRow) -> RefundRequest:
    return msgspec.convert(row, RefundRequest, from_attributes=True)
