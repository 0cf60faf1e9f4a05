"""Sales without a buyer online.

POST /v1/events/{event_id}/sales, .../complimentary, .../imports,
/v1/allocations/{allocation_id}/sales;
GET /v1/events/{event_id}/sales, .../sales-by-channel; guest lists under
/v1/events/{event_id}/guest-lists and /v1/guest-lists/{list_id}; at the door /v1/checkin/guests.
"""

import uuid
from typing import Annotated

import msgspec
from starlette.responses import Response

from server.boxoffice.guests import Hosting
from server.boxoffice.imports import BYTES_MAX, Imports
from server.boxoffice.models import (
    AllocatedSale,
    CounterSale,
    Gift,
    Guest,
    GuestAdmission,
    GuestArrival,
    GuestList,
    GuestLists,
    GuestQuery,
    Guests,
    GuestsAllIn,
    GuestsArrived,
    ImportQuery,
    ImportReport,
    ImportUnreadable,
    ManualSales,
    NewGuest,
    NewGuestList,
    SaleRefused,
    SalesByChannel,
)
from server.boxoffice.selling import PAGE_MAX, Selling
from server.boxoffice.sheets import guests_csv
from server.checkout.models import CheckoutInvalid, ProductSoldOut
from server.identity.realms import ScannerRealm
from server.inventory.models import (
    HoldOver,
    MapMoved,
    NotOnSale,
    SeatsTaken,
    SelectionInvalid,
    TicketTypeRefused,
    TicketTypeSoldOut,
)
from server.inventory.sellers import SellerRealm
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.models import LimitReached
from server.orgs.realm import OperatorRealm
from server.orgs.switch_models import FeatureOff
from server.tickets.models import OrderWithTickets

_READS = (Unauthenticated, Forbidden, NotFound)
_WRITES = (*_READS, IdempotencyKeyReused, Overloaded, DatabaseUnavailable)
_SELLS = (*_WRITES, SeatsTaken, SelectionInvalid, SaleRefused, NotOnSale, FeatureOff, MapMoved)


class SalesQuery(msgspec.Struct):
    page_size: Annotated[int, msgspec.Meta(ge=1, le=PAGE_MAX)] = 50
    next_token: uuid.UUID | None = None


def routes(
    selling: Selling, imports: Imports, reader: OperatorRealm, manager: OperatorRealm,
    seller: SellerRealm,
) -> list[Operation]:  # fmt: skip
    """`reader`: of who sees sales; `manager`: of who makes orders."""

    def event_of(call: Call) -> tuple[str, uuid.UUID]:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return call.actor.org_id, event_id

    async def sell_places(call: Call, body: CounterSale) -> OrderWithTickets:
        return await selling.sell(*event_of(call), body, call.key)

    async def give_places(call: Call, body: Gift) -> OrderWithTickets:
        return await selling.give(*event_of(call), body, call.key)

    async def sell_allocated(call: Call, body: AllocatedSale) -> OrderWithTickets:
        allocation_id = call.uuid("allocation_id")
        return await selling.sell_allocated(call.actor, allocation_id, body, call.key)

    async def list_sales(call: Call) -> ManualSales:
        query = call.query(SalesQuery)
        found = await selling.sales(*event_of(call), query.next_token, query.page_size + 1)
        items = found[: query.page_size]
        more = len(found) > len(items)
        return ManualSales(items, str(items[-1].order_id) if more else None)

    async def sales_by_channel(call: Call) -> SalesByChannel:
        return SalesByChannel(await selling.by_channel(*event_of(call)))

    async def import_sales(call: Call, body: bytes) -> ImportReport:
        dry_run = call.query(ImportQuery).dry_run
        return await imports.run(*event_of(call), body, call.key, dry_run=dry_run)

    at = "/v1/events/{event_id}"
    return [
        Operation(
            "POST", f"{at}/sales", sell_places, manager,
            "Sell places over the counter, all or nothing",
            body=CounterSale, returns=OrderWithTickets, status=201, idempotent=True,
            errors=(
                *_SELLS, TicketTypeRefused, TicketTypeSoldOut, CheckoutInvalid, ProductSoldOut,
            ),
            description="Confirmed at once, with its tickets: the money is in the till. Also while "
            "buyers cannot buy yet, or any more.",
        ),
        Operation(
            "GET", f"{at}/sales", list_sales, reader,
            "Orders that were made without a buyer online", query=SalesQuery, returns=ManualSales,
            errors=_READS,
        ),
        Operation(
            "GET", f"{at}/sales-by-channel", sales_by_channel, reader,
            "What is sold online, over the counter, given away, for guests, and imported",
            returns=SalesByChannel, errors=_READS,
        ),
        Operation(
            "POST", f"{at}/complimentary", give_places, manager,
            "Give complimentary tickets to a person, by mail",
            body=Gift, returns=OrderWithTickets, status=201, idempotent=True, errors=_SELLS,
            description="With a note why, which is kept. `off_sale` gives blocked places too.",
        ),
        Operation(
            "POST", f"{at}/imports", import_sales, manager,
            "Import tickets that were sold elsewhere, all or nothing",
            body=bytes, body_bytes_max=BYTES_MAX, query=ImportQuery, returns=ImportReport,
            idempotent=True, errors=(*_WRITES, ImportUnreadable, NotOnSale, FeatureOff, MapMoved),
            description="CSV, a line per seat or per so many places of an area, by columns `ref`, "
            "`name`, `email`, `section`, `row`, `seat`, `area`, `quantity`, `type`, `price`. Rows "
            "of one `ref` are one order; what was imported before is known by it and left alone. "
            "`dry_run=true` says what would be done. Nothing is, where a row is wrong.",
        ),
        Operation(
            "POST", "/v1/allocations/{allocation_id}/sales", sell_allocated, seller,
            "Sell places of an allocation, all or nothing",
            body=AllocatedSale, returns=OrderWithTickets, status=201, idempotent=True,
            errors=(*_SELLS, HoldOver),
            description="By who may sell from it: its organization's people, its partner's, or the "
            "API key that it is bound to. Either places, or a hold that was made of it.",
        ),
    ]  # fmt: skip


def guest_routes(
    hosting: Hosting, reader: OperatorRealm, manager: OperatorRealm, scanner: ScannerRealm
) -> list[Operation]:
    async def list_guest_lists(call: Call) -> GuestLists:
        return await hosting.lists(call.actor.org_id, call.uuid("event_id"))

    async def open_guest_list(call: Call, body: NewGuestList) -> GuestList:
        event_id = call.uuid("event_id")
        return await hosting.open_list(call.actor.org_id, event_id, body, call.key)

    async def export_guests(call: Call) -> Response:
        guests = await hosting.of_event(call.actor.org_id, call.uuid("event_id"))
        return Response(
            guests_csv(guests.items),
            media_type="text/csv",
            headers={
                "Content-Disposition": 'attachment; filename="guests.csv"',
                "Cache-Control": "no-store",
            },
        )

    async def list_guests(call: Call) -> Guests:
        return await hosting.guests(call.actor.org_id, call.uuid("list_id"))

    async def add_guest(call: Call, body: NewGuest) -> Guest:
        return await hosting.add(call.actor.org_id, call.uuid("list_id"), body, call.key)

    async def cancel_guest(call: Call) -> None:
        list_id, guest_id = call.uuid("list_id"), call.uuid("guest_id")
        await hosting.cancel(call.actor.org_id, list_id, guest_id, call.key)

    async def find_guests(call: Call) -> Guests:
        return await hosting.expected(call.actor, call.query(GuestQuery).q)

    async def admit_guest(call: Call, body: GuestArrival) -> GuestAdmission:
        logs.bind(event_id=call.actor.event_id)
        return await hosting.arrive(call.actor, call.uuid("guest_id"), body, call.key)

    lists, guests = "/v1/events/{event_id}/guest-lists", "/v1/guest-lists/{list_id}/guests"
    return [
        Operation(
            "GET", lists, list_guest_lists, reader, "The guest lists of an event",
            returns=GuestLists, errors=_READS,
        ),
        Operation(
            "POST", lists, open_guest_list, manager, "Open a guest list",
            body=NewGuestList, returns=GuestList, status=201, idempotent=True,
            errors=(*_WRITES, SelectionInvalid, LimitReached),
            description="Its guests take places of one standing area, as buyers do.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/guests.csv", export_guests, reader,
            "The guests of an event, as a table", media_type="text/csv", errors=_READS,
        ),
        Operation(
            "GET", guests, list_guests, reader, "The guests of a list, by name",
            returns=Guests, errors=_READS,
        ),
        Operation(
            "POST", guests, add_guest, manager, "Put a guest on a list, with who comes along",
            body=NewGuest, returns=Guest, status=201, idempotent=True,
            errors=(*_SELLS, LimitReached),
            description="As many places of the list's area as heads, or a refusal (409).",
        ),
        Operation(
            "DELETE", f"{guests}/{{guest_id}}", cancel_guest, manager,
            "Take a guest off a list; the heads are free places again",
            idempotent=True, errors=(*_WRITES, GuestsArrived),
        ),
        Operation(
            "GET", "/v1/checkin/guests", find_guests, scanner,
            "Guests who are expected, by a part of the name",
            query=GuestQuery, returns=Guests, errors=(Unauthenticated,),
        ),
        Operation(
            "POST", "/v1/checkin/guests/{guest_id}", admit_guest, scanner,
            "Let a guest in by name, all heads or some",
            body=GuestArrival, returns=GuestAdmission, idempotent=True,
            errors=(
                Unauthenticated, NotFound, GuestsAllIn, FeatureOff, IdempotencyKeyReused,
                DatabaseUnavailable,
            ),
            description="Each head is a scan on the event's board.",
        ),
    ]  # fmt: skip
