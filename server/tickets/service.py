"""Tickets: issued once per paid place, shown, scanned."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping

import msgspec

from server import audit
from server.catalog.service import read_token, token_of
from server.checkout import service as checkout
from server.checkout.models import MovedLines, MoveWish, Order
from server.checkout.service import Checkout
from server.inventory import clock
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
from server.tickets.models import (
    OrderWithTickets,
    Ticket,
    TicketPage,
    TicketQuery,
    TicketView,
)

_NEVER = (dt.datetime.max.replace(tzinfo=dt.UTC), uuid.UUID(int=(1 << 128) - 1))
BATCH_MAX = 256
WAITING_MAX = 10_000


class Tickets:
    def __init__(self, db: Database, checkout_: Checkout, codes: Codes) -> None:
        self._db, self._checkout, self.codes = db, checkout_, codes
        self._due = Batches(self._issue, batch_max=BATCH_MAX, waiting_max=WAITING_MAX)

    async def issue(self, event_id: uuid.UUID, order_id: uuid.UUID) -> None:
        """One ticket per place of a confirmed order that was paid in full; of one with a deposit
        they come with the rest. Safe to repeat: each is issued once.

        Orders of one event that come together are fulfilled in one transaction.
        """
        logs.bind(org_id=context.current().org_id, event_id=event_id, order_id=order_id)
        await self._due.join(event_id, (order_id, context.current()))

    async def _issue(self, event_id: uuid.UUID, due: list[tuple[uuid.UUID, Context]]) -> list[None]:
        caused = dict(due)
        async with self._db.tx() as tx:
            bought = await checkout.orders_with_lines(tx, list(caused))
            paid = set(await sql.PAID.values(tx, list(caused)))
            wanted = [
                (uuid7(), order, line, ordinal)
                for order, lines in bought
                # Some of it may have gone back already.
                if order.status in ("confirmed", "partially_refunded") and order.id in paid
                for line in lines
                if line.live
                for ordinal in range(line.quantity)
            ]
            issued = await sql.INSERT.all(
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
                [line.ticket_type for _, _, line, _ in wanted],
            )
            if issued:
                counts = Counter(row.order_id for row in issued)
                payers: dict[uuid.UUID, set[str]] = defaultdict(set)
                for row in issued:
                    if row.holder_address is not None:
                        payers[row.order_id].add(row.holder_address)
                await checkout.fulfilled(tx, list(counts))
                # Doors show how many are expected.
                await clock.bump(tx, event_id, "scans")
                orders = {order.id: order for _, order, _, _ in wanted}
                facts = [
                    msgspec.structs.replace(
                        fact(
                            "issued", orders[order_id], tickets=count, **_payers(payers, order_id)
                        ),
                        context=caused[order_id],
                    )
                    for order_id, count in counts.items()
                ]
                await outbox.append_bundle(tx, facts)
        failpoint("tickets.issued")
        return [None for _ in due]

    async def reassign(
        self, org_id: str, order_id: uuid.UUID, wish: MoveWish, key: Key | None
    ) -> MovedLines:
        """Move sold lines, and their tickets, to free seats of their event, at the price paid: all
        of them or none.

        Raises SeatsTaken, LineNotSold, SelectionInvalid, NotFound.
        """
        order = await self._checkout.find(order_id)
        if order.org_id != org_id:
            raise NotFound("no such order")
        logs.bind(event_id=order.event_id, order_id=order_id)
        places = await self._checkout.places_now(order)

        async def work(tx: Tx) -> MovedLines:
            lines, moved = await checkout.move_lines(tx, order_id, wish, places)
            await sql.LOCK_LIVE.run(tx, order_id)
            tickets = await sql.MOVE.values(
                tx,
                order_id,
                [line.id for line in moved],
                [line.seat_idx for line in moved],
                [line.label for line in moved],
            )
            if tickets:
                told = [str(ticket_id) for ticket_id in tickets]
                await outbox.append(tx, fact("moved", order, ticket_ids=told))
            if moved:
                await audit.record(
                    tx, org_id, "order.moved", subject=f"order:{order_id}",
                    data={"to": [line.label for line in moved]},
                )  # fmt: skip
            return MovedLines(lines)

        return await once(self._db, order.event_id, key, MovedLines, work)

    async def order_of(self, order_id: uuid.UUID, buyer_id: uuid.UUID) -> OrderWithTickets:
        """An order with what was issued for it. Raises NotFound, also for another buyer's."""
        order = await self._checkout.order_of(order_id, buyer_id)
        fields = {name: getattr(order, name) for name in order.__struct_fields__}
        return OrderWithTickets(**fields, tickets=await self.of_order_own(order_id, buyer_id))

    async def of_buyer(self, buyer_id: uuid.UUID, wish: TicketQuery) -> TicketPage:
        """A buyer's tickets, newest first. Raises BadRequest."""
        begin = read_token(wish.next_token) if wish.next_token else _NEVER
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            found = await sql.OF_BUYER.all(tx, buyer_id, *begin, wish.page_size + 1)
        shown = found[: wish.page_size]
        more = token_of(shown[-1].issued_at, shown[-1].id) if len(found) > len(shown) else None
        return TicketPage([self.view(ticket) for ticket in shown], more)

    async def of_buyer_one(self, ticket_id: uuid.UUID, buyer_id: uuid.UUID) -> Ticket:
        """Raises NotFound, also for another buyer's."""
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            ticket = await sql.BY_ID.first(tx, ticket_id)
        if ticket is None or ticket.buyer_id != buyer_id:
            raise NotFound("no such ticket")
        return ticket

    async def of_org(self, ticket_id: uuid.UUID) -> Ticket:
        """A ticket of the organization that is acted for. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            ticket = await sql.BY_ID.first(tx, ticket_id)
        if ticket is None:
            raise NotFound("no such ticket")
        return ticket

    async def of_order_own(self, order_id: uuid.UUID, buyer_id: uuid.UUID) -> list[TicketView]:
        """What its buyer has of an order: of a ticket that was given away the new code is its new
        holder's alone."""
        async with self._db.tx(read_only=True) as tx:
            tickets = await sql.OF_ORDER.all(tx, order_id)
        return [self.view(ticket) for ticket in tickets if ticket.buyer_id == buyer_id]

    async def all_of_order(self, order_id: uuid.UUID) -> list[Ticket]:
        """Every ticket of an order of the organization that is acted for, whoever has it."""
        async with self._db.tx(read_only=True) as tx:
            return await sql.OF_ORDER.all(tx, order_id)

    async def of_code(self, page_code: str) -> Ticket:
        """Whoever has the code has the ticket. Raises NotFound."""
        async with self._db.tx(read_only=True, across=Across.BEARER) as tx:
            ticket = await sql.BY_CODE.first(tx, hash_of(page_code))
        if ticket is None:
            raise NotFound("no such ticket")
        return ticket

    async def by_code(self, page_code: str) -> TicketView:
        """As `of_code`, as it is shown."""
        return self.view(await self.of_code(page_code))

    def view(self, ticket: Ticket) -> TicketView:
        code = self.codes.page_code(ticket.id, ticket.code_hash)
        return TicketView(
            id=ticket.id,
            event_id=ticket.event_id,
            order_id=ticket.order_id,
            label=ticket.label,
            ticket_type=ticket.ticket_type,
            holder_name=ticket.holder_name,
            status=ticket.status,
            code=code,
            url=f"/t/{code}",
            scan_token=self.codes.scan_token(ticket.id, ticket.event_id),
            issued_at=ticket.issued_at,
            used_at=ticket.used_at,
        )


def _payers(payers: Mapping[uuid.UUID, set[str]], order_id: uuid.UUID) -> dict[str, int]:
    """How many others get theirs: told where there are any."""
    return {"payers": len(payers[order_id])} if order_id in payers else {}


async def find(tx: Tx, ticket_id: uuid.UUID) -> Ticket | None:
    return await sql.BY_ID.first(tx, ticket_id)


async def claim(tx: Tx, guest_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """A guest's tickets are an account's from now on; `tx` has locked their orders."""
    await sql.CLAIM.run(tx, guest_id, account_id)


async def refund_lines(tx: Tx, order: Order, counts: Mapping[uuid.UUID, int]) -> None:
    """So many tickets of these lines, whose places went back, open no door from now on; those that
    were not used yet go first."""
    if not counts:
        return
    await sql.LOCK_LIVE.run(tx, order.id)
    if count := await sql.REFUND.run(tx, order.id, list(counts), list(counts.values())):
        # Doors show how many are expected.
        await clock.bump(tx, order.event_id, "scans")
        await outbox.append(tx, fact("refunded", order, tickets=count))


async def use(tx: Tx, ticket_id: uuid.UUID) -> bool:
    """Mark a valid ticket used. False where it was not valid any more: somebody was faster."""
    return await sql.USE.run(tx, ticket_id) == 1


async def unuse(tx: Tx, ticket_id: uuid.UUID) -> None:
    """Whoever came in with the ticket has not; one that is not used stays what it is."""
    await sql.UNUSE.run(tx, ticket_id)


async def lock_valid(tx: Tx, order_id: uuid.UUID) -> list[Ticket]:
    """The order's tickets that nobody has come in with; nobody does until `tx` ends."""
    return await sql.LOCK_VALID.all(tx, order_id)


async def count_live(tx: Tx, event_id: uuid.UUID) -> int:
    """Tickets of an event that are valid or used."""
    return int(await sql.COUNT_LIVE.value(tx, event_id))


def fact(verb: str, order: Order, **told: object) -> Fact:
    """`fulfillment.VERB`; `told`: facts beside the order and its event."""
    return Fact(
        type=f"fulfillment.{verb}",
        org_id=order.org_id,
        subject=f"order:{order.id}",
        data={"order_id": str(order.id), "event_id": str(order.event_id), **told},
    )
