"""Tickets: issued once per paid place, shown, scanned."""

import io
import uuid
from collections import Counter

import segno

from server.checkout import service as checkout
from server.checkout.models import Order, OrderLine
from server.checkout.service import Checkout
from server.inventory import clock
from server.inventory import verbs as inventory
from server.inventory.service import once
from server.kernel import context, logs
from server.kernel.batches import Batches
from server.kernel.context import Context
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.tickets import sql
from server.tickets.codes import Codes, hash_of
from server.tickets.models import OrderWithTickets, Ticket, TicketView

LISTED_MAX = 500
BATCH_MAX = 256
WAITING_MAX = 10_000


class Tickets:
    def __init__(self, db: Database, checkout_: Checkout, codes: Codes) -> None:
        self._db, self._checkout, self.codes = db, checkout_, codes
        self._due = Batches(self._issue, batch_max=BATCH_MAX, waiting_max=WAITING_MAX)

    async def issue(self, event_id: uuid.UUID, order_id: uuid.UUID) -> None:
        """One ticket per place of a confirmed order. Safe to repeat: each is issued once.

        Orders of one event that come together are fulfilled in one transaction.
        """
        logs.bind(org_id=context.current().org_id, event_id=event_id, order_id=order_id)
        await self._due.join(event_id, (order_id, context.current()))

    async def _issue(self, event_id: uuid.UUID, due: list[tuple[uuid.UUID, Context]]) -> list[None]:
        caused = dict(due)
        async with self._db.tx() as tx:
            wanted = [
                (uuid7(), order, line, ordinal)
                for order, lines in await checkout.orders_with_lines(tx, list(caused))
                if order.status == "confirmed"
                for line in lines
                for ordinal in range(line.quantity)
            ]
            issued = await sql.INSERT.values(
                tx,
                [ticket_id for ticket_id, _, _, _ in wanted],
                [order.id for _, order, _, _ in wanted],
                [line.id for _, _, line, _ in wanted],
                [ordinal for _, _, _, ordinal in wanted],
                [line.seat_idx for _, _, line, _ in wanted],
                [line.label for _, _, line, _ in wanted],
                [hash_of(self.codes.page_code(ticket_id)) for ticket_id, _, _, _ in wanted],
                [line.leg_first for _, _, line, _ in wanted],
                [line.leg_last for _, _, line, _ in wanted],
            )
            if issued:
                counts = Counter(issued)
                await checkout.fulfilled(tx, list(counts))
                # Doors show how many are expected.
                await clock.bump(tx, event_id, "scans")
                orders = {order.id: order for _, order, _, _ in wanted}
                facts = [
                    _fact("issued", orders[order_id], count, caused[order_id])
                    for order_id, count in counts.items()
                ]
                await outbox.append_bundle(tx, facts)
        failpoint("tickets.issued")
        return [None for _ in due]

    async def refunded(self, order_id: uuid.UUID, *, in_full: bool) -> None:
        """The provider has paid back: in full, so its tickets open no door any more and its places
        are on sale again, all in one transaction. Safe to repeat."""
        order = await self._checkout.find(order_id)
        logs.bind(org_id=order.org_id, event_id=order.event_id, order_id=order_id)

        async def work(tx: Tx) -> None:
            line_ids = await checkout.refunded(tx, order_id, in_full=in_full)
            await refund_lines(tx, order, line_ids)

        await inventory.alone(self._db, order.event_id, work)

    async def reassign(
        self, org_id: str, order_id: uuid.UUID, line_id: uuid.UUID, seat_idx: int, key: Key | None
    ) -> OrderLine:
        """Move a sold line, and its ticket, to a free seat of its event, at the price paid.

        Raises SeatsTaken, LineNotSold, SelectionInvalid, NotFound.
        """
        order = await self._checkout.find(order_id)
        if order.org_id != org_id:
            raise NotFound("no such order")
        logs.bind(event_id=order.event_id, order_id=order_id)
        places = await self._checkout.places_with(order, seat_idx)

        async def work(tx: Tx) -> OrderLine:
            line = await checkout.move_line(tx, order_id, line_id, seat_idx, places)
            await sql.MOVE.run(tx, order_id, line_id, line.seat_idx, line.label)
            return line

        return await once(self._db, order.event_id, key, OrderLine, work)

    async def order_of(self, order_id: uuid.UUID, buyer_id: uuid.UUID) -> OrderWithTickets:
        """An order with what was issued for it. Raises NotFound, also for another buyer's."""
        order = await self._checkout.order_of(order_id, buyer_id)
        async with self._db.tx(read_only=True) as tx:
            tickets = await sql.OF_ORDER.all(tx, order_id)
        fields = {name: getattr(order, name) for name in order.__struct_fields__}
        return OrderWithTickets(**fields, tickets=[self.view(ticket) for ticket in tickets])

    async def of_buyer(self, buyer_id: uuid.UUID) -> list[TicketView]:
        """A buyer's tickets, newest first."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            return [self.view(t) for t in await sql.OF_BUYER.all(tx, buyer_id, LISTED_MAX)]

    async def by_code(self, page_code: str) -> TicketView:
        """The public page: whoever has the code has the ticket. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.BEARER) as tx:
            ticket = await sql.BY_CODE.first(tx, hash_of(page_code))
        if ticket is None:
            raise NotFound("no such ticket")
        return self.view(ticket)

    def view(self, ticket: Ticket) -> TicketView:
        code = self.codes.page_code(ticket.id)
        return TicketView(
            id=ticket.id,
            event_id=ticket.event_id,
            order_id=ticket.order_id,
            label=ticket.label,
            holder_name=ticket.holder_name,
            status=ticket.status,
            code=code,
            url=f"/t/{code}",
            scan_token=self.codes.scan_token(ticket.id, ticket.event_id),
            issued_at=ticket.issued_at,
            used_at=ticket.used_at,
        )


async def find(tx: Tx, ticket_id: uuid.UUID) -> Ticket | None:
    return await sql.BY_ID.first(tx, ticket_id)


async def claim(tx: Tx, guest_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """A guest's tickets are an account's from now on; `tx` has locked their orders."""
    await sql.CLAIM.run(tx, guest_id, account_id)


async def refund_lines(tx: Tx, order: Order, line_ids: list[uuid.UUID]) -> None:
    """Tickets of these lines, which are not live any more, open no door from now on."""
    count = await sql.REFUND.run(tx, order.id, line_ids) if line_ids else 0
    if count:
        # Doors show how many are expected.
        await clock.bump(tx, order.event_id, "scans")
        await outbox.append(tx, _fact("refunded", order, count))


async def use(tx: Tx, ticket_id: uuid.UUID) -> bool:
    """Mark a valid ticket used. False where it was not valid any more: somebody was faster."""
    return await sql.USE.run(tx, ticket_id) == 1


async def count_live(tx: Tx, event_id: uuid.UUID) -> int:
    """Tickets of an event that are valid or used."""
    return int(await sql.COUNT_LIVE.value(tx, event_id))


def qr_svg(scan_token: str) -> bytes:
    """The token as a QR code: SVG that scales to its box, dark on white with a quiet zone."""
    out = io.BytesIO()
    segno.make(scan_token, error="m", micro=False).save(
        out, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()


def _fact(verb: str, order: Order, count: int, caused: Context | None = None) -> Fact:
    return Fact(
        type=f"fulfillment.{verb}",
        org_id=order.org_id,
        subject=f"order:{order.id}",
        data={"order_id": str(order.id), "event_id": str(order.event_id), "tickets": count},
        context=caused,
    )
