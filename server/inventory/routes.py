"""POST and GET /v1/events/{event_id}/holds; GET, PATCH and DELETE /v1/holds/{hold_id}.

For organizers: POST /v1/events, and .../publish, .../unpublish, .../archive of one;
GET and POST /v1/events/{event_id}/blocks, POST .../unblocks,
PUT .../tables/{table_idx}, GET and POST .../migration.
"""

import uuid

import msgspec

from server.catalog.event_models import EventMoved, EventRefused, EventSetup
from server.catalog.event_routes import WRITES, EventRevision
from server.catalog.models import SlugTaken, TableMode
from server.identity.realms import BuyerRealm
from server.inventory.allocations import (
    Allocating,
    Allocation,
    Allocations,
    AllocationWish,
)
from server.inventory.management import Management
from server.inventory.migrations import Migration, Migrations, MigrationWish
from server.inventory.models import (
    BlockedPlaces,
    BlockRefused,
    BlockRequest,
    ChoiceWish,
    HoldChange,
    HoldOrdered,
    HoldOver,
    HoldPage,
    HoldRequest,
    HoldView,
    MapMoved,
    MigrationRefused,
    NotAdmitted,
    NotOnSale,
    NotTogether,
    PlacesChanged,
    SeatsTaken,
    Selection,
    SelectionInvalid,
    SingleSeatLeft,
    TableHeld,
    TableRefused,
    TableWish,
    TicketTypeRefused,
    TicketTypeSoldOut,
    TooManyPlaces,
)
from server.inventory.openings import EventOpened, EventWish, Openings
from server.inventory.sellers import SellerRealm
from server.inventory.service import Inventory
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
from server.orgs.realm import OperatorRealm
from server.orgs.switch_models import FeatureOff


class MigrationQuery(msgspec.Struct):
    """`to`: the version's id."""

    to: uuid.UUID


_CHANGES = (
    Unauthenticated, NotFound, SeatsTaken, SelectionInvalid, TooManyPlaces, SingleSeatLeft,
    TableRefused,
    IdempotencyKeyReused, DatabaseUnavailable,
)  # fmt: skip
_OWN = (Unauthenticated, NotFound, DatabaseUnavailable)
_MANAGED = (Unauthenticated, NotFound, IdempotencyKeyReused, Overloaded, DatabaseUnavailable)


def routes(inventory: Inventory, buyer: BuyerRealm) -> list[Operation]:
    async def create_hold(call: Call, body: HoldRequest) -> HoldView:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        hold = await inventory.hold(event_id, call.actor.id, body, call.key)
        logs.bind(hold_id=hold.id)
        return hold

    async def list_holds(call: Call) -> HoldPage:
        return HoldPage(await inventory.holds_of(call.uuid("event_id"), call.actor.id))

    async def get_hold(call: Call) -> HoldView:
        return await inventory.hold_of(call.uuid("hold_id"), call.actor.id)

    async def change_hold(call: Call, body: HoldChange) -> HoldView:
        hold_id = call.uuid("hold_id")
        logs.bind(hold_id=hold_id)
        hold = await inventory.change(hold_id, call.actor.id, body, call.key)
        logs.bind(event_id=hold.event_id)
        return hold

    async def choose_ticket_types(call: Call, body: ChoiceWish) -> HoldView:
        hold_id = call.uuid("hold_id")
        logs.bind(hold_id=hold_id)
        return await inventory.choose(hold_id, call.actor.id, body, call.key)

    async def release_hold(call: Call) -> None:
        hold_id = call.uuid("hold_id")
        logs.bind(hold_id=hold_id)
        await inventory.release(hold_id, call.actor.id)

    return [
        Operation(
            "POST", "/v1/events/{event_id}/holds", create_hold, buyer,
            "Hold seats and standing places, all or nothing",
            body=HoldRequest, returns=HoldView, status=201, idempotent=True, limit="hold",
            errors=(
                *_CHANGES, NotTogether, NotOnSale, NotAdmitted, FeatureOff, Overloaded,
                TicketTypeRefused, TicketTypeSoldOut, HoldOver,
            ),
            description="`best` has the server choose seats side by side, nearest to the stage. "
            "A refusal (409) names each seat that is taken and each area too full.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/holds", list_holds, buyer,
            "The buyer's own active holds", returns=HoldPage, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "GET", "/v1/holds/{hold_id}", get_hold, buyer, "One of the buyer's holds",
            returns=HoldView, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "PATCH", "/v1/holds/{hold_id}", change_hold, buyer,
            "Add to, remove from or extend a hold, all or nothing",
            body=HoldChange, returns=HoldView, idempotent=True,
            errors=(*_CHANGES, NotOnSale, HoldOver, HoldOrdered),
        ),
        Operation(
            "PUT", "/v1/holds/{hold_id}/ticket-types", choose_ticket_types, buyer,
            "Say what a hold's places shall be sold as: adult, child, member",
            body=ChoiceWish, returns=HoldView, idempotent=True,
            errors=(
                *_OWN, IdempotencyKeyReused, SelectionInvalid, TicketTypeRefused, TicketTypeSoldOut,
                HoldOver, HoldOrdered,
            ),
            description="Places that are not named are sold as their zones' defaults. All places "
            "of one standing area are of one type.",
        ),
        Operation(
            "DELETE", "/v1/holds/{hold_id}", release_hold, buyer, "Release a hold now",
            errors=(Unauthenticated, NotFound, DatabaseUnavailable),
        ),
    ]  # fmt: skip


def opening_routes(openings: Openings, operator: OperatorRealm) -> list[Operation]:
    async def open_event(call: Call, body: EventWish) -> EventOpened:
        opened = await openings.open(call.actor.org_id, body, call.key)
        logs.bind(event_id=opened.id)
        return opened

    def named(call: Call) -> tuple[str, uuid.UUID, int]:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return call.actor.org_id, event_id, call.query(EventRevision).revision

    async def publish_event(call: Call) -> EventSetup:
        return await openings.publish(*named(call), call.key)

    async def unpublish_event(call: Call) -> EventSetup:
        return await openings.unpublish(*named(call), call.key)

    async def archive_event(call: Call) -> EventSetup:
        return await openings.archive(*named(call), call.key)

    become = (*WRITES, EventMoved, EventRefused)
    return [
        Operation(
            "POST", "/v1/events", open_event, operator,
            "Draft an event, or put it on sale at once",
            body=EventWish, returns=EventOpened, status=201, idempotent=True,
            errors=(*WRITES, SlugTaken, EventRefused),
            description="To be published it needs a published version of a map, and a price for "
            "every zone of it. Seats and standing places are those of the version; a newer one is "
            "taken over by a migration.",
        ),
        Operation(
            "POST", "/v1/events/{event_id}/publish", publish_event, operator,
            "Show an event to everybody, and sell it while its sale is open",
            query=EventRevision, returns=EventSetup, idempotent=True, errors=become,
            description="A refusal (409) lists in `reasons` everything that is missing.",
        ),
        Operation(
            "POST", "/v1/events/{event_id}/unpublish", unpublish_event, operator,
            "Make an event a draft again, before its sale begins",
            query=EventRevision, returns=EventSetup, idempotent=True, errors=become,
        ),
        Operation(
            "POST", "/v1/events/{event_id}/archive", archive_event, operator,
            "End an event for good: in no list, not for sale, seen by who has bought",
            query=EventRevision, returns=EventSetup, idempotent=True, errors=become,
        ),
    ]  # fmt: skip


def allocating_routes(
    allocating: Allocating, reader: OperatorRealm, operator: OperatorRealm, seller: SellerRealm
) -> list[Operation]:
    async def list_allocations(call: Call) -> Allocations:
        return await allocating.of_event(call.actor.org_id, call.uuid("event_id"))

    async def create_allocation(call: Call, body: AllocationWish) -> Allocation:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await allocating.create(call.actor.org_id, event_id, body, call.key)

    async def release_allocation(call: Call) -> None:
        await allocating.release(call.actor.org_id, call.uuid("allocation_id"), call.key)

    async def get_allocation(call: Call) -> Allocation:
        return await allocating.of_seller(call.actor, call.uuid("allocation_id"))

    async def hold_allocated(call: Call, body: Selection) -> HoldView:
        hold = await allocating.hold(call.actor, call.uuid("allocation_id"), body, call.key)
        logs.bind(event_id=hold.event_id, hold_id=hold.id)
        return hold

    async def release_allocated(call: Call) -> None:
        hold_id = call.uuid("hold_id")
        logs.bind(hold_id=hold_id)
        await allocating.give_back(call.actor, call.uuid("allocation_id"), hold_id, call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/allocations", list_allocations, reader,
            "Places that are set aside for others to sell",
            returns=Allocations, errors=(Unauthenticated, Forbidden, NotFound),
        ),
        Operation(
            "POST", "/v1/events/{event_id}/allocations", create_allocation, operator,
            "Set places aside for one seller, all or nothing",
            body=AllocationWish, returns=Allocation, status=201, idempotent=True,
            errors=(*_MANAGED, BlockRefused, SelectionInvalid, MapMoved),
            description="They are off sale for everybody else until the allocation is released: "
            "by hand, or at `release_at`. A partner, one API key, or your own people sell them.",
        ),
        Operation(
            "DELETE", "/v1/allocations/{allocation_id}", release_allocation, operator,
            "Put on sale what is unsold of an allocation", idempotent=True, errors=_MANAGED,
        ),
        Operation(
            "GET", "/v1/allocations/{allocation_id}", get_allocation, seller,
            "What its seller can sell from an allocation",
            returns=Allocation, errors=(Unauthenticated, Forbidden, NotFound),
        ),
        Operation(
            "POST", "/v1/allocations/{allocation_id}/holds", hold_allocated, seller,
            "Hold places of an allocation for a customer, all or nothing",
            body=Selection, returns=HoldView, status=201, idempotent=True,
            errors=(*_MANAGED, SeatsTaken, SelectionInvalid, NotOnSale, FeatureOff),
            description="For as long as any hold of the event. Unsold by then, or released, its "
            "places are the allocation's again.",
        ),
        Operation(
            "DELETE", "/v1/allocations/{allocation_id}/holds/{hold_id}", release_allocated, seller,
            "Give a hold's places back to their allocation", idempotent=True, errors=_MANAGED,
        ),
    ]  # fmt: skip


def migrating_routes(migrations: Migrations, operator: OperatorRealm) -> list[Operation]:
    async def plan_migration(call: Call) -> Migration:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await migrations.plan(call.actor.org_id, event_id, call.query(MigrationQuery).to)

    async def migrate_event(call: Call, body: MigrationWish) -> Migration:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await migrations.migrate(call.actor.org_id, event_id, body, call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/migration", plan_migration, operator,
            "What moving an event to a newer version of its map would do, and what is in the way",
            query=MigrationQuery, returns=Migration,
            errors=(Unauthenticated, Forbidden, NotFound, MigrationRefused),
        ),
        Operation(
            "POST", "/v1/events/{event_id}/migration", migrate_event, operator,
            "Move an event to a newer version of its map, on sale or not",
            body=MigrationWish, returns=Migration, idempotent=True,
            errors=(*_MANAGED, MigrationRefused),
            description="Only where every seat that somebody has is there still, and each area "
            "holds those who have places in it: else a refusal (409) names what is in the way.",
        ),
    ]  # fmt: skip


def managing_routes(management: Management, operator: OperatorRealm) -> list[Operation]:
    async def get_blocked(call: Call) -> BlockedPlaces:
        return await management.blocked(call.actor.org_id, call.uuid("event_id"))

    async def block_places(call: Call, body: BlockRequest) -> PlacesChanged:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await management.block(call.actor.org_id, event_id, body, call.key)

    async def unblock_places(call: Call, body: BlockRequest) -> PlacesChanged:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await management.unblock(call.actor.org_id, event_id, body, call.key)

    async def set_table(call: Call, body: TableWish) -> TableMode:
        event_id, table_idx = call.uuid("event_id"), call.number("table_idx")
        logs.bind(event_id=event_id)
        return await management.set_table(call.actor.org_id, event_id, table_idx, body, call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/blocks", get_blocked, operator,
            "Seats and standing places that are off sale",
            returns=BlockedPlaces, errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "POST", "/v1/events/{event_id}/blocks", block_places, operator,
            "Take seats and standing places off sale, all or nothing",
            body=BlockRequest, returns=PlacesChanged, idempotent=True,
            errors=(*_MANAGED, BlockRefused, SelectionInvalid, MapMoved),
            description="A refusal (409) names each seat that is held or sold, and each area with "
            "fewer free places. Seats that are blocked already stay so; places of an area add up.",
        ),
        Operation(
            "POST", "/v1/events/{event_id}/unblocks", unblock_places, operator,
            "Put blocked seats and standing places back on sale, all or nothing",
            body=BlockRequest, returns=PlacesChanged, idempotent=True,
            errors=(*_MANAGED, BlockRefused, SelectionInvalid, MapMoved),
            description="A refusal (409) names each seat that is held or sold, and each area where "
            "fewer places are blocked. Seats that are available already stay so.",
        ),
        Operation(
            "PUT", "/v1/events/{event_id}/tables/{table_idx}", set_table, operator,
            "Sell a table chair by chair, whole, or from so many chairs on",
            body=TableWish, returns=TableMode, idempotent=True, errors=(*_MANAGED, TableHeld),
            description="Refused (409) while chairs of it are held. No hold that is made after it "
            "is decided by the old rule.",
        ),
    ]  # fmt: skip
