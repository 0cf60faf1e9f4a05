"""What buyers ask of inventory: hold, change, release, look up."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from server.catalog import pinning
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import NONE_CHOSEN, Chosen
from server.catalog.service import Catalog
from server.inventory import choices, sql, verbs
from server.inventory.best import House
from server.inventory.combiner import Combiner
from server.inventory.holds import hold_of
from server.inventory.models import (
    BestWish,
    ChoiceWish,
    HeldPool,
    HeldSeat,
    Hold,
    HoldChange,
    HoldRequest,
    HoldView,
    HoldWanted,
    Legs,
    MapMoved,
    NotAdmitted,
    NotOnSale,
    Rules,
    SeatsTaken,
    Selection,
    SelectionInvalid,
)
from server.kernel import context, idempotency
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import DatabaseUnavailable, DomainError, NotFound, Overloaded
from server.kernel.flights import Flights
from server.kernel.idempotency import Answer, Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import switches

MayEnter = Callable[[uuid.UUID, uuid.UUID], Awaitable[bool]]


async def everybody(event_id: uuid.UUID, buyer_id: uuid.UUID) -> bool:
    """Where nobody keeps a door."""
    return True


class Inventory:
    """Holds of buyers, from request to release. `may_enter`: whether this buyer, of this event that
    has a waiting room, was let in."""

    def __init__(self, db: Database, catalog: Catalog, may_enter: MayEnter = everybody) -> None:
        self._db, self._catalog, self._may_enter = db, catalog, may_enter
        self.combiner = Combiner(db)
        self._rules: dict[uuid.UUID, tuple[Event, Rules]] = {}
        self._houses: Flights[tuple[uuid.UUID, uuid.UUID], House] = Flights(lambda _, __: None)

    async def hold(
        self, event_id: uuid.UUID, buyer_id: uuid.UUID, request: HoldRequest, key: Key | None
    ) -> HoldView:
        """All of the request, for `hold_ttl_s`; or none of it.

        Raises SeatsTaken, NotTogether, SingleSeatLeft, TableRefused, SelectionInvalid,
        TooManyPlaces, NotOnSale, NotAdmitted, FeatureOff, NotFound, Overloaded.
        """
        event, places = await self._catalog.event_with(
            event_id, request.seats, [pool.pool_id for pool in request.pools]
        )
        context.act_for(event.org_id)
        switches.must_be_on("checkout", event.switched_off)
        must_be_on_sale(event)
        if event.has_waiting_room and not await self._may_enter(event_id, buyer_id):
            raise NotAdmitted("it is not your turn, or it has passed: stand in line for this event")
        best = request.best
        size = request.size + (best.quantity if best else 0)
        if not size:
            raise SelectionInvalid("choose at least one seat or standing place")
        check(request, event, places)
        if size > event.seats_per_hold_max:
            raise verbs.too_many(event, size)
        await self._meet(event, places, best is not None or request.alternative)
        chosen = choices.read(request.ticket_types, request.access_code, event, places)
        wanted = HoldWanted(
            hold_id=uuid7() if key is None else key.id,
            org_id=event.org_id,
            buyer_id=buyer_id,
            ttl_s=event.hold_ttl_s,
            selection=request,
            context=context.current(),
            key=key,
            best=best,
            best_zones=best and _best_zones(best, event),
            legs=legs_of(request.legs, event),
            alternative=request.alternative,
            rules=self._rules_of(event),
        )
        try:
            hold = await self.combiner.submit(event.id, wanted)
        except SeatsTaken as refusal:
            if refusal.alternative is not None:
                refusal.facts["alternative"] = view(refusal.alternative, event, places)
            raise
        if request.ticket_types:
            await self._choose_or_release(hold, chosen, event, key)
        return view(hold, event, places, chosen)

    async def _choose_or_release(
        self, hold: Hold, chosen: Chosen, event: Event, key: Key | None
    ) -> None:
        """Of a new hold: all that was asked for, or nothing."""
        if key is not None:
            key = msgspec.structs.replace(key, id=uuid.uuid5(key.id, "ticket_types"))
        try:
            await self._choose(hold.id, hold.buyer_id, chosen, event, key)
        except (DatabaseUnavailable, Overloaded):
            raise
        except DomainError:
            await self._db.exclusive(event.id, lambda tx: verbs.release(tx, hold.id))
            raise

    async def _choose(
        self,
        hold_id: uuid.UUID,
        buyer_id: uuid.UUID,
        chosen: Chosen,
        event: Event,
        key: Key | None,
    ) -> Hold:
        return await idempotency.settled(
            self._db, key, Hold, lambda tx: choices.choose(tx, hold_id, buyer_id, chosen, event)
        )

    async def choose(
        self, hold_id: uuid.UUID, buyer_id: uuid.UUID, wish: ChoiceWish, key: Key | None
    ) -> HoldView:
        """What the hold's places shall be sold as. Raises TicketTypeRefused, TicketTypeSoldOut,
        HoldOver, HoldOrdered, SelectionInvalid, NotFound."""
        event, places = await self._event_of(await self._own(hold_id, buyer_id))
        chosen = choices.read(wish.ticket_types, wish.access_code, event, places)
        return view(
            await self._choose(hold_id, buyer_id, chosen, event, key), event, places, chosen
        )

    def _rules_of(self, event: Event) -> Rules:
        known = self._rules.get(event.id)
        if known is None or known[0] is not event:
            rules = Rules(event.seats_per_buyer_max, event.orphan_rule)
            known = self._rules[event.id] = (event, rules)
        return known[1]

    async def _meet(self, event: Event, places: Places, needs_house: bool = False) -> House | None:
        """The event's mirror knows this map, and who sits beside whom where the event's rules, or
        the request, ask for that."""
        mirror = self.combiner.mirrors.of(event.id)
        wanted = needs_house or _need_house(event) or mirror.house is not None
        if mirror.map_id != event.map_id or (wanted and mirror.house is None):
            house = None
            if wanted:  # by all who come while it is made: the crowd does not make it each
                house = await self._houses.join(
                    (event.id, event.map_id), lambda _: asyncio.to_thread(House, places)
                )
            mirror.meet(event.map_id, house)
        return mirror.house

    async def change(
        self, hold_id: uuid.UUID, buyer_id: uuid.UUID, wish: HoldChange, key: Key | None
    ) -> HoldView:
        """Raises SeatsTaken, SingleSeatLeft, TableRefused, HoldOver, HoldOrdered, SelectionInvalid,
        TooManyPlaces, NotOnSale, NotFound."""
        hold = await self._own(hold_id, buyer_id)
        event, places = await self._event_of(hold, wish.add.seats)
        if wish.add.size:
            must_be_on_sale(event)
        check(wish.add, event, places)
        check(wish.remove, event, places)
        house = await self._meet(event, places)
        if not _need_house(event):
            house = None

        async def act(tx: Tx) -> Hold:
            changed = await verbs.change(tx, hold_id, wish, event, house)
            if event.prices.has_choice:
                await choices.keep_to(tx, changed)
            return changed

        changed = await once(self._db, event.id, key, Hold, act)
        return await self._view(changed, event, places)

    async def release(self, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
        """Give everything back now. Releasing what is over changes nothing. Raises NotFound."""
        hold = await self._own(hold_id, buyer_id)
        await self._db.exclusive(hold.event_id, lambda tx: verbs.release(tx, hold_id))

    async def hold_of(self, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> HoldView:
        """Raises NotFound, also for another buyer's hold."""
        hold = await self._own(hold_id, buyer_id)
        return await self._view(hold, *await self._event_of(hold))

    async def _view(self, hold: Hold, event: Event, places: Places) -> HoldView:
        if not event.prices.has_choice:
            return view(hold, event, places)
        async with self._db.tx(read_only=True) as tx:
            return view(hold, event, places, await choices.of_hold(tx, hold.id, event))

    async def holds_of(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> list[HoldView]:
        """A buyer's active holds of an event, oldest first."""
        context.act_for((await self._catalog.event(event_id)).org_id)
        async with self._db.tx(read_only=True) as tx:
            holds = [hold_of(row) for row in await sql.HOLDS_OF_BUYER.all(tx, buyer_id, event_id)]
        return [await self._view(hold, *await self._event_of(hold)) for hold in holds]

    async def _own(self, hold_id: uuid.UUID, buyer_id: uuid.UUID) -> Hold:
        async with self._db.tx(read_only=True, across=Across.BUYER) as tx:
            hold = await verbs.find(tx, hold_id)
        if hold is None or hold.buyer_id != buyer_id:
            raise NotFound("no such hold")
        context.act_for(hold.org_id)
        return hold

    async def _event_of(self, hold: Hold, seats: Sequence[int] = ()) -> tuple[Event, Places]:
        pool_ids = [pool.pool_id for pool in hold.pools]
        return await self._catalog.event_with(hold.event_id, [*hold.seat_idxs, *seats], pool_ids)


async def once(
    db: Database, event_id: uuid.UUID, key: Key | None, answer: type[Answer], act: Work[Answer]
) -> Answer:
    """What `act` does alone on the event, once per key: its answer or its refusal, then as now.

    `act` refuses before it writes. Raises what it refuses with, and IdempotencyKeyReused.
    """

    async def work(tx: Tx) -> Answer | DomainError:
        return await idempotency.settle(tx, key, answer, act)

    outcome = await verbs.alone(db, event_id, work)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def _need_house(event: Event) -> bool:
    """Whether the event's rules ask who sits beside whom."""
    return event.orphan_rule != "off" or bool(event.tables)


def _best_zones(best: BestWish, event: Event) -> frozenset[int] | None:
    """None for all of them. Raises SelectionInvalid for a zone that the event does not have."""
    if best.zone is None and best.price_max_minor is None:
        return None
    zones = {zone.key: zone.idx for zone in event.zones}
    if best.zone is not None and best.zone not in zones:
        raise SelectionInvalid("the event has no such zone: read its map", zones=list(zones))
    named = frozenset(zones.values() if best.zone is None else [zones[best.zone]])
    return (
        named if best.price_max_minor is None else named & event.zones_up_to(best.price_max_minor)
    )


def legs_of(asked: Legs | None, event: Event) -> Legs:
    """Raises SelectionInvalid for legs that the trip does not have."""
    if asked is None:
        return 0, event.legs - 1
    if not asked[0] <= asked[1] < event.legs:
        detail = f"legs are the first and the last of 0 to {event.legs - 1}, in this order"
        raise SelectionInvalid(detail, legs=event.legs)
    return asked


def must_be_on_sale(event: Event) -> None:
    """Raises NotOnSale, which says until or from when."""
    if event.is_on_sale:
        return
    why, now = "this event is not on sale now", event.prices.now
    if event.takes_orders and event.sales_end_at <= now:
        why = f"the sale of this event ended at {event.sales_end_at.isoformat()}"
    elif event.takes_orders and event.sales_open_at is not None and now < event.sales_open_at:
        why = f"the sale of this event begins at {event.sales_open_at.isoformat()}"
    raise NotOnSale(why, sales_open_at=event.sales_open_at, sales_end_at=event.sales_end_at)


def check(selection: Selection, event: Event, places: Places) -> None:
    """Raises SelectionInvalid where the selection names what the event does not have."""
    seats, pool_ids = selection.seats, [pool.pool_id for pool in selection.pools]
    unknown = [seat for seat in seats if seat >= places.seat_count]
    unknown_pools: list[str] = []
    if pool_ids:
        known_pools = {pool.id for pool in event.pools}
        unknown_pools = [str(pool_id) for pool_id in pool_ids if pool_id not in known_pools]
    if unknown or unknown_pools:
        raise SelectionInvalid(
            "the event has no such place: read its map", seats=unknown, pools=unknown_pools
        )
    if len({*seats, *pool_ids}) < len(seats) + len(pool_ids):
        raise SelectionInvalid("the selection names a place twice")


def check_there(selection: Selection, places: Places) -> None:
    """Raises SelectionInvalid for seats that a newer version of the map has not."""
    removed = [seat for seat in selection.seats if seat in places.removed]
    if removed:
        raise SelectionInvalid("the event's map does not have these any more", seats=removed)


async def must_be_its_map(tx: Tx, catalog: Catalog, event: Event) -> None:
    """What was removed from the map is not put on sale by who has not heard of that. Raises
    MapMoved."""
    if await pinning.map_of(tx, event.id) != event.map_id:
        catalog.forget(event.id)
        raise MapMoved("the event has another map since a moment: read it, and ask again")


def view(hold: Hold, event: Event, places: Places, chosen: Chosen = NONE_CHOSEN) -> HoldView:
    """At the prices of when the hold began."""
    prices, at = event.prices, hold.created_at
    pools = {pool.id: pool for pool in event.pools} if hold.pools else {}
    total_minor, seats, areas = 0, [], []
    for idx in hold.seat_idxs:
        of = prices.type_of(places.zones[idx], chosen.seats.get(idx))
        price_minor = prices.seat(places, idx, at, of.id)
        total_minor += price_minor
        seats.append(HeldSeat(idx, *places.name_of(idx), price_minor, of.id, of.name))
    for held in hold.pools:
        pool = pools[held.pool_id]
        of = prices.type_of(pool.zone, chosen.pools.get(pool.id))
        price_minor = prices.area(pool.key, pool.zone, at, of.id)
        total_minor += price_minor * held.quantity
        areas.append(HeldPool(pool.id, pool.name, held.quantity, price_minor, of.id, of.name))
    return HoldView(
        id=hold.id,
        event_id=hold.event_id,
        status="expired" if hold.status == "active" and hold.is_over else hold.status,
        seats=seats,
        pools=areas,
        legs=hold.legs,
        total_minor=total_minor,
        currency=event.currency,
        created_at=hold.created_at,
        expires_at=hold.expires_at,
        extendable_until=hold.extendable_until,
        server_time=hold.server_time,
        version=hold.version,
    )
