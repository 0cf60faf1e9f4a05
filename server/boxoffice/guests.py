"""Guest lists: who comes in by name, as many heads as were asked for.

A guest is an order of nothing to pay, so heads are places of the list's area like any others, and
its tickets are what comes in: by name, some at a time, or by their codes where they were mailed.
"""

import uuid

from server import audit
from server.boxoffice import sql
from server.boxoffice.models import (
    GUESTS_MAX,
    LISTS_MAX,
    Guest,
    GuestAdmission,
    GuestArrival,
    GuestList,
    GuestLists,
    Guests,
    GuestsAllIn,
    GuestsArrived,
    NewGuest,
    NewGuestList,
)
from server.boxoffice.selling import (
    free,
    issue,
    lines_of,
    must_own,
    must_sell,
    order_of,
    record,
    sale_of,
)
from server.catalog import events
from server.catalog.prices import NONE_CHOSEN
from server.catalog.service import Catalog
from server.checkin import service as checkin
from server.checkout import returns
from server.identity.models import Scanner
from server.inventory import taking
from server.inventory.allocations import Allocating
from server.inventory.models import PoolWish, Selection, SelectionInvalid
from server.inventory.service import check, once
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.ids import uuid7
from server.orgs import switches
from server.orgs.models import LimitReached
from server.tickets import service as tickets
from server.tickets.service import Tickets


class Hosting:
    """Of one organization's events each: another's are NotFound."""

    def __init__(
        self, db: Database, catalog: Catalog, allocating: Allocating, tickets_: Tickets
    ) -> None:
        self._db, self._catalog, self._allocating = db, catalog, allocating
        self._tickets = tickets_

    async def lists(self, org_id: str, event_id: uuid.UUID) -> GuestLists:
        """Oldest first. Raises NotFound."""
        await must_own(self._catalog, org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            return GuestLists(await sql.LISTS.all(tx, event_id, org_id, None))

    async def open_list(
        self, org_id: str, event_id: uuid.UUID, wish: NewGuestList, key: Key | None
    ) -> GuestList:
        """Raises SelectionInvalid for an area that the event has not, BadRequest for a name that
        is taken, LimitReached, NotFound."""
        event = await must_own(self._catalog, org_id, event_id)
        if not event.has_pools([wish.pool_id]):
            raise SelectionInvalid("the event has no such standing area", pools=[wish.pool_id])

        async def act(tx: Tx) -> GuestList:
            await events.lock(tx, org_id, event_id)
            if await sql.COUNT_LISTS.value(tx, event_id) >= LISTS_MAX:
                raise LimitReached(f"an event has at most {LISTS_MAX} lists", max=LISTS_MAX)
            list_id, name = uuid7(), wish.name.strip()
            if not await sql.INSERT_LIST.run(
                tx, list_id, org_id, event_id, wish.pool_id, name, wish.gate.strip()
            ):
                raise BadRequest("name: another list of the event is called so")
            await audit.record(
                tx, org_id, "guest_list.opened", subject=f"guest_list:{list_id}",
                data={"event_id": str(event_id), "name": name},
            )  # fmt: skip
            return (await sql.LISTS.all(tx, event_id, org_id, list_id))[0]

        return await idempotency.settled(self._db, key, GuestList, act)

    async def add(self, org_id: str, list_id: uuid.UUID, wish: NewGuest, key: Key | None) -> Guest:
        """As many places of the list's area as heads, or none. Raises SeatsTaken, SaleRefused,
        LimitReached, NotOnSale, FeatureOff, NotFound."""
        event, places = await self._allocating.sellable(await self._event_of(org_id, list_id))
        heads = wish.plus_ones + 1

        async def act(tx: Tx) -> Guest:
            await must_sell(tx, event)
            [of] = await sql.LISTS.all(tx, event.id, org_id, list_id)
            if await sql.COUNT_GUESTS.value(tx, list_id) >= GUESTS_MAX:
                raise LimitReached(f"a list has at most {GUESTS_MAX} guests", max=GUESTS_MAX)
            selection = Selection(pools=[PoolWish(of.pool_id, heads)])
            check(selection, event, places)
            lines = [free(line, event) for line in lines_of(event, places, selection, NONE_CHOSEN)]
            made = order_of(wish.name, wish.email, lines)
            legs = (0, event.legs - 1)
            await taking.sell(tx, event, [sale_of(made)], legs)
            await record(tx, event, "guest_list", [made], legs, None, "")
            guest_id, gate = uuid7(), wish.gate.strip() or of.gate
            await sql.INSERT_GUEST.run(
                tx, guest_id, org_id, event.id, list_id, made.id, made.name, wish.plus_ones, gate,
                wish.note.strip(),
            )  # fmt: skip
            guest = await sql.GUEST.first(tx, guest_id, event.id, org_id)
            assert guest is not None
            return guest

        guest = await once(self._db, event.id, key, Guest, act)
        await issue(self._tickets, event.id, guest.order_id)
        return guest

    async def guests(self, org_id: str, list_id: uuid.UUID) -> Guests:
        """With those who were cancelled. Raises NotFound."""
        event_id = await self._event_of(org_id, list_id)
        async with self._db.tx(read_only=True) as tx:
            return Guests(await sql.GUESTS.all(tx, event_id, org_id, list_id))

    async def of_event(self, org_id: str, event_id: uuid.UUID) -> Guests:
        """Of all its lists, with those who were cancelled. Raises NotFound."""
        await must_own(self._catalog, org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            return Guests(await sql.GUESTS.all(tx, event_id, org_id, None))

    async def cancel(
        self, org_id: str, list_id: uuid.UUID, guest_id: uuid.UUID, key: Key | None
    ) -> None:
        """Its heads are free places again. Raises GuestsArrived, NotFound."""
        event_id = await self._event_of(org_id, list_id)

        async def act(tx: Tx) -> Done:
            guest = await sql.GUEST.first(tx, guest_id, event_id, org_id)
            if guest is None or guest.list_id != list_id or guest.cancelled_at is not None:
                raise NotFound("the list has no such guest, or they were cancelled before")
            of = await returns.bought(tx, guest.order_id)
            if guest.arrived:
                raise GuestsArrived(
                    f"{guest.arrived} of {guest.heads} are in the house: they stay on the list",
                    arrived=guest.arrived, heads=guest.heads,
                )  # fmt: skip
            parts = returns.parts_of(of, dict.fromkeys(row.id for row in of.live))
            returned = await returns.give_back(tx, of, parts, None)
            await tickets.refund_lines(tx, of.order, returned.tickets)
            await returns.become(tx, of.order, "cancelled", None, "cancelled")
            await sql.CANCEL.run(tx, guest_id)
            await audit.record(
                tx, org_id, "guest.cancelled", subject=f"guest:{guest_id}",
                data={"event_id": str(event_id), "name": guest.name, "heads": guest.heads},
            )  # fmt: skip
            return Done()

        await once(self._db, event_id, key, Done, act)

    # --- at the door -----------------------------------------------------------------------------

    async def expected(self, scanner: Scanner, part: str) -> Guests:
        """Guests of the scanner's event whose name has this in it, at most 50."""
        async with self._db.tx(read_only=True) as tx:
            found = await sql.GUESTS_NAMED.all(tx, scanner.event_id, scanner.org_id, part.strip())
            return Guests(found)

    async def arrive(
        self, scanner: Scanner, guest_id: uuid.UUID, wish: GuestArrival, key: Key | None
    ) -> GuestAdmission:
        """So many heads of a guest come in, all or none. Raises GuestsAllIn, FeatureOff,
        NotFound."""
        async with self._db.tx(read_only=True) as tx:
            guest = await sql.GUEST.first(tx, guest_id, scanner.event_id, scanner.org_id)
        if guest is None:
            raise NotFound("no such guest")
        # Who comes at once has come before the worker.
        await self._tickets.issue(scanner.event_id, guest.order_id)

        async def act(tx: Tx) -> GuestAdmission:
            await switches.must_be_on_now(tx, "scanning", scanner.org_id, scanner.event_id)
            await sql.LOCK_GUEST.value(tx, guest_id)
            now = await sql.GUEST.first(tx, guest_id, scanner.event_id, scanner.org_id)
            assert now is not None, "guests are never deleted"
            if now.cancelled_at is not None:
                raise NotFound("this guest is not on the list any more")
            left = await tickets.lock_valid(tx, now.order_id)
            if wish.heads > len(left):
                raise GuestsAllIn(
                    f"{len(left)} of {now.heads} are still expected for {now.name}",
                    heads=now.heads, arrived=now.arrived,
                )  # fmt: skip
            gate = wish.gate.strip() or "Main"
            scans = [
                await checkin.admit(tx, scanner, ticket, gate) for ticket in left[: wish.heads]
            ]
            return GuestAdmission(
                "admitted", guest_id, now.name, wish.heads, now.heads, now.arrived + wish.heads,
                gate, [scan.id for scan in scans],
            )  # fmt: skip

        return await idempotency.settled(self._db, key, GuestAdmission, act)

    async def _event_of(self, org_id: str, list_id: uuid.UUID) -> uuid.UUID:
        """Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            event_id = await sql.EVENT_OF_LIST.value(tx, list_id, org_id)
        if event_id is None:
            raise NotFound("no such guest list")
        return event_id
