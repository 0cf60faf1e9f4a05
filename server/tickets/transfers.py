"""A ticket that goes to somebody else, or is issued again: the old code and token open nothing from
the moment on at which there are new ones, and a ticket is replaced once.

Who is to have a ticket gets a link by mail. The event that it is offered carries ids alone; whoever
writes the mail asks `letter` for the link's token, which is made of the offer and a secret of the
process, and of which only a hash is stored.
"""

import base64
import datetime as dt
import hashlib
import hmac
import uuid

import msgspec

from server import audit
from server.checkout import service as checkout
from server.checkout.models import EMAIL, Order
from server.kernel import context, idempotency, ids, logs
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Done, Key
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.tickets import sql
from server.tickets import sql_transfers as offers
from server.tickets.codes import hash_of
from server.tickets.models import (
    Reissue,
    Ticket,
    TicketAcceptance,
    TicketOver,
    TicketView,
    Transfer,
    TransferOver,
    TransferRefused,
)
from server.tickets.service import Tickets, fact

OFFERED_DAYS = 14
_STATES = {"used": "used", "void": "replaced by another", "refunded": "paid back"}
_OVER = (
    "this offer does not stand any more. Who took the ticket has it among their tickets; "
    "otherwise ask for it again"
)


class Replaced(msgspec.Struct):
    """What is saved of a ticket issued instead of another: never its code."""

    ticket_id: uuid.UUID


class Offered(msgspec.Struct):
    """What to write to whom. `token`: of the link."""

    to_address: str
    language: str
    token: str
    expires_at: dt.datetime
    ticket: Ticket


class Transfers:
    """`secret`: of the process; who does not know it cannot make a link."""

    def __init__(self, db: Database, tickets: Tickets, secret: str) -> None:
        self._db, self._tickets = db, tickets
        self._secret = hashlib.sha256(f"ticket transfers {secret}".encode()).digest()

    async def offer(
        self, ticket: Ticket, to_address: str, language: str, key: Key | None
    ) -> Transfer:
        """Have a mail written to who shall have the ticket; an earlier offer of it ends. The ticket
        stays as good as it is until the offer is accepted.

        Raises TicketOver, TransferRefused.
        """
        _act_for(ticket)
        address = to_address.strip().lower()

        async def act(tx: Tx) -> Transfer:
            order, now = await _locked(tx, ticket.id)
            if not EMAIL.fullmatch(address):
                raise TransferRefused("this is not an e-mail address", field="to_address")
            if address == (now.holder_address or order.email).lower():
                raise TransferRefused("the ticket is at this address already", field="to_address")
            await offers.CANCEL.run(tx, ticket.id)
            offer_id = ids.uuid7()
            offer = await offers.INSERT.first(
                tx, offer_id, ticket.org_id, ticket.id, address, language,
                ids.digest(self._token(offer_id)), OFFERED_DAYS,
            )  # fmt: skip
            assert offer is not None
            told = {"ticket_id": str(ticket.id), "transfer_id": str(offer_id)}
            await outbox.append(tx, fact("transfer_offered", order, **told))
            return offer

        return await idempotency.settled(self._db, key, Transfer, act)

    async def cancel(self, ticket: Ticket, key: Key | None) -> None:
        """Take an offer back. Raises TransferOver where none waits for an answer."""
        _act_for(ticket)

        async def act(tx: Tx) -> Done:
            await checkout.order_with_lines(tx, ticket.order_id)
            if not await offers.CANCEL.run(tx, ticket.id):
                raise TransferOver("nobody is offered this ticket, or has it by now")
            return Done()

        await idempotency.settled(self._db, key, Done, act)

    async def open_of(self, ticket_id: uuid.UUID) -> Transfer | None:
        """The offer of a ticket that waits for an answer."""
        async with self._db.tx(read_only=True, across=Across.BEARER) as tx:
            return await offers.OPEN.first(tx, ticket_id)

    async def offered(self, token: str) -> Ticket:
        """What the link offers. Raises TransferOver."""
        async with self._db.tx(read_only=True, across=Across.BEARER) as tx:
            offer = await offers.OFFER_BY_TOKEN.first(tx, ids.digest(token))
            ticket = await sql.BY_ID.first(tx, offer.ticket_id) if offer else None
        if offer is None or ticket is None or not offer.is_open or ticket.status != "valid":
            raise TransferOver(_OVER)
        return ticket

    async def accept(
        self, buyer_id: uuid.UUID, wish: TicketAcceptance, key: Key | None
    ) -> TicketView:
        """The ticket is this buyer's from now on, under a new code. Raises TransferOver."""
        async with self._db.tx(read_only=True, across=Across.BEARER) as tx:
            offer = await offers.OFFER_BY_TOKEN.first(tx, ids.digest(wish.token))
        if offer is None:
            raise TransferOver("this is no link to a ticket: copy the whole of it")
        context.act_for(offer.org_id)

        async def act(tx: Tx) -> Replaced:
            order, ticket = await _locked(tx, offer.ticket_id)
            now = await offers.OFFER.first(tx, offer.id)
            if now is None or not now.is_open:
                raise TransferOver(_OVER)
            await offers.ACCEPT.run(tx, offer.id)
            name = wish.name.strip()
            new = await self._replace(tx, order, ticket, buyer_id, name, offer.to_address)
            told = {"transfer_id": str(offer.id), "from_ticket_id": str(ticket.id)}
            await outbox.append(tx, fact("transferred", order, ticket_id=str(new.id), **told))
            return Replaced(new.id)

        return await self._settled(key, act)

    async def reissue(
        self, org_id: str, ticket_id: uuid.UUID, wish: Reissue, key: Key | None
    ) -> TicketView:
        """Issue a ticket again, to its holder, who has lost it: the old one is void.

        Raises NotFound, TicketOver.
        """

        async def act(tx: Tx) -> Replaced:
            order, ticket = await _locked(tx, ticket_id)
            name = (wish.holder_name or ticket.holder_name).strip()
            new = await self._replace(
                tx, order, ticket, ticket.buyer_id, name, ticket.holder_address
            )
            told = {"ticket_id": str(new.id), "from_ticket_id": str(ticket_id)}
            await outbox.append(tx, fact("reissued", order, **told))
            await audit.record(
                tx, org_id, "ticket.reissued", subject=f"ticket:{new.id}",
                data={"order_id": str(order.id), "label": new.label, "from": str(ticket_id)},
            )  # fmt: skip
            return Replaced(new.id)

        return await self._settled(key, act)

    async def letter(self, tx: Tx, transfer_id: uuid.UUID) -> Offered | None:
        """What to write to whom; None where nobody waits for an answer any more. `tx` sees the
        organization whose ticket it is."""
        offer = await offers.OFFER.first(tx, transfer_id)
        if offer is None or not offer.is_open:
            return None
        ticket = await sql.BY_ID.first(tx, offer.ticket_id)
        assert ticket is not None
        token = self._token(offer.id)
        return Offered(offer.to_address, offer.language, token, offer.expires_at, ticket)

    async def _replace(
        self,
        tx: Tx,
        order: Order,
        ticket: Ticket,
        buyer_id: uuid.UUID,
        name: str,
        address: str | None,
    ) -> Ticket:
        """`tx` has locked the order and the ticket, which is valid."""
        await sql.VOID.run(tx, ticket.id)
        await offers.CANCEL.run(tx, ticket.id)
        new_id = ids.uuid7()
        new = await sql.REPLACE.first(
            tx, ticket.id, new_id, buyer_id, name, address,
            hash_of(self._tickets.codes.page_code(new_id)),
        )  # fmt: skip
        assert new is not None
        # Who refunds the order at this moment must look again at what its tickets are.
        await checkout.fulfilled(tx, [order.id])
        return new

    async def _settled(self, key: Key | None, act: Work[Replaced]) -> TicketView:
        done = await idempotency.settled(self._db, key, Replaced, act)
        failpoint("tickets.replaced")
        async with self._db.tx(read_only=True) as tx:
            ticket = await sql.BY_ID.first(tx, done.ticket_id)
        assert ticket is not None
        return self._tickets.view(ticket)

    def _token(self, transfer_id: uuid.UUID) -> str:
        digest = hmac.digest(self._secret, transfer_id.bytes, "sha256")
        return f"fht_{base64.urlsafe_b64encode(digest[:24]).decode()}"


def _act_for(ticket: Ticket) -> None:
    context.act_for(ticket.org_id)
    logs.bind(org_id=ticket.org_id, event_id=ticket.event_id, order_id=ticket.order_id)


async def _locked(tx: Tx, ticket_id: uuid.UUID) -> tuple[Order, Ticket]:
    """A valid ticket's order and the ticket, locked. Raises NotFound, TicketOver."""
    found = await sql.BY_ID.first(tx, ticket_id)
    if found is None:
        raise NotFound("no such ticket")
    order, _ = await checkout.order_with_lines(tx, found.order_id)
    ticket = await sql.LOCK.first(tx, ticket_id)
    assert ticket is not None
    if ticket.status != "valid":
        raise TicketOver(
            f"this ticket is {_STATES[ticket.status]}: only a valid one changes hands",
            ticket_status=ticket.status,
        )
    return order, ticket
