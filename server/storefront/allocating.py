"""Places of an event that are set aside for others, and who takes part in it."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventSetup, Text
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.times import zone_of
from server.inventory.allocations import Allocation, AllocationWish
from server.inventory.models import BlockRefused, PoolWish, Quantity, SelectionInvalid
from server.kernel.errors import BadRequest, NotFound
from server.orgs.models import OrgId
from server.storefront import words
from server.storefront.filling import Filling, sentence
from server.storefront.forms import read_form
from server.storefront.placewords import example, heard, spoken
from server.storefront.portal import Desk, EventPortal, go, key_for, uuid_of


class AllocationPages(EventPortal):
    async def allocations(self, request: Request) -> Response:
        """GET .../allocations"""
        desk, setup = await self._event(request, "inventory:manage")
        return await self._page(request, desk, setup, Filling({}))

    async def change(self, request: Request) -> Response:
        """POST .../allocations : sets places aside, `partner_org_id`, `name`, `seats` in words,
        `pool:{id}` and `release_at`; or `release`."""
        desk, setup = await self._event(request, "inventory:manage")
        form = await read_form(request)
        filled, key = Filling.of(form), key_for(form, request, desk.actor.name)
        allocating = self._parts.planning.allocating
        event, places = await self._sold(setup)
        try:
            if form.get("release"):
                allocation_id = uuid_of(form.get("release"), "allocation")
                await allocating.release(desk.org_id, allocation_id, key)
            else:
                wish = _wish(filled, event, places, zone_of(setup.timezone))
                if wish is not None:
                    await allocating.create(desk.org_id, setup.id, wish, key)
        except BlockRefused as error:
            taken = spoken(places, error.seats).replace("\n", "; ")
            filled.problem = sentence(f"{error.detail}{f' ({taken})' if taken else ''}")
        except (BadRequest, NotFound, SelectionInvalid) as error:
            filled.blame(error, ("partner_org_id", "release_at"))
        if filled:
            return go(desk.at(request.url.path))
        return await self._page(request, desk, setup, filled)

    async def _sold(self, setup: EventSetup) -> tuple[Event, Places]:
        """Raises NotFound for a draft."""
        if setup.status == "draft":
            raise NotFound("the event has no places before it is published")
        return await self._parts.catalog.event_now(setup.id)

    async def _page(
        self, request: Request, desk: Desk, setup: EventSetup, filled: Filling
    ) -> Response:
        event, places = await self._sold(setup)
        planning = self._parts.planning
        listed = (await planning.allocating.of_event(desk.org_id, setup.id)).items
        found = (await planning.hosts.collaborations(desk.org_id)).items
        return self._show(
            request,
            desk,
            "event_allocations.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            lines=[(one, _words(one, event, places)) for one in listed],
            pools=[pool for pool in event.pools if pool.capacity],
            example=example(places),
            collaborations=[one for one in found if one.event_id == setup.id],
            filled=filled,
        )


def _wish(filled: Filling, event: Event, places: Places, zone: ZoneInfo) -> AllocationWish | None:
    name = filled.take("name", Text, "Say what you both call it.")
    partner = filled.take("partner_org_id", OrgId, "Say the id of the other organization.")
    pools = []
    for pool in event.pools:
        field = f"pool:{pool.id}"
        quantity = filled.maybe(field, Quantity, f"From 1 to {pool.capacity}, or nothing.")
        if quantity is not None:
            pools.append(PoolWish(pool.id, quantity))
    try:
        seats = heard(places, filled.get("seats"))
    except BadRequest as error:
        filled.wrong["seats"] = sentence(error.detail)
        seats = []
    until = filled.moment("release_at", zone)
    if not filled:
        return None
    return AllocationWish(seats, pools, name=name, partner_org_id=partner, release_at=until)


def _words(allocation: Allocation, event: Event, places: Places) -> str:
    names = {pool.id: pool.name for pool in event.pools}
    said = [
        f"{words.count(pool.quantity, 'place', 'places')} of {names[pool.pool_id]}"
        for pool in allocation.pools
    ]
    if allocation.seats:
        seats = spoken(places, allocation.seats).replace("\n", "; ")
        said.insert(0, f"{words.count(len(allocation.seats), 'seat', 'seats')} ({seats})")
    return ", ".join(said)
