"""An event that is there: its details, its map, what it costs, and whether everybody sees it."""

import uuid
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import (
    Duplicate,
    EventChange,
    EventMoved,
    EventRefused,
    EventSetup,
    Text,
)
from server.catalog.models import SlugTaken
from server.catalog.prices import Visibility
from server.catalog.ticket_models import (
    Code,
    PerOrder,
    Quantity,
    TicketTypeChange,
    TicketTypeView,
    TicketTypeWish,
)
from server.catalog.venue_models import VenueView
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key
from server.storefront import details
from server.storefront.filling import Filling, sentence, typed
from server.storefront.forms import Form, read_form
from server.storefront.pages import Pages
from server.storefront.planning import PlanningPages
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of
from server.storefront.services import Services

_MOVED = "Somebody has changed the event meanwhile: this is what it is now. Try again."
_WHERE = {
    "no_map": ("map", "Choose its map"),
    "no_places": ("map", "Choose another map"),
    "no_price": ("prices", "Say the prices"),
    "starts_in_past": ("details", "Change the day"),
    "sale_over": ("details", "Change the sale"),
}
"""By what is missing: where that is mended, and how a link there is called."""


class PreparingPages(Portal):
    def __init__(self, parts: Services, pages: Pages, planning: PlanningPages) -> None:
        super().__init__(parts, pages)
        self._planning = planning

    async def setup(self, request: Request) -> Response:
        """GET .../setup : all of the event, what it lacks, and its publishing."""
        desk, setup = await self._event(request)
        return await self._review(request, desk, setup)

    async def act(self, request: Request) -> Response:
        """POST .../setup : `act` is publish, unpublish, archive, duplicate or uncover."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        key, org_id = key_for(form, request, desk.actor.name), desk.org_id
        openings, act = self._parts.planning.openings, form.get("act")
        if act == "duplicate":
            made = await self._parts.planning.events.duplicate(org_id, setup.id, Duplicate(), key)
            return go(desk.at(f"/organizer/events/{made.id}/details"))
        verbs: dict[str, Callable[[str, uuid.UUID, int, Key | None], Awaitable[EventSetup]]] = {
            "publish": openings.publish,
            "unpublish": openings.unpublish,
            "archive": openings.archive,
            "uncover": self._parts.planning.covers.remove,
        }
        if act not in verbs:
            raise BadRequest("the form was not understood: go back and try again")
        try:
            await verbs[act](org_id, setup.id, _revision(form.get("revision")), key)
        except EventMoved:
            return await self._review(request, desk, await self._again(desk, setup), _MOVED)
        except EventRefused as error:
            told = sentence(error.detail)
            return await self._review(request, desk, await self._again(desk, setup), told)
        return go(desk.at(f"/organizer/events/{setup.id}/setup", done=act))

    async def details(self, request: Request) -> Response:
        """GET .../details"""
        desk, setup = await self._event(request)
        return await self._details_page(request, desk, setup, details.filled_of(setup))

    async def change(self, request: Request) -> Response:
        """POST .../details"""
        desk, setup = await self._event(request)
        form = await read_form(request)
        filled = Filling.of(form)
        facts = details.facts_of(filled)
        if filled:
            wish = EventChange(**details.differing(facts, setup))
            key = key_for(form, request, desk.actor.name)
            try:
                await self._parts.planning.events.change(
                    desk.org_id, setup.id, _revision(form.get("revision")), wish, key
                )
                return go(desk.at(f"/organizer/events/{setup.id}/setup"))
            except EventMoved:
                filled.problem = _MOVED
                setup = await self._again(desk, setup)
            except SlugTaken as error:
                filled.wrong["slug"] = sentence(error.detail)
            except (BadRequest, EventRefused) as error:
                filled.blame(error, details.FIELDS)
        return await self._details_page(request, desk, setup, filled)

    async def map(self, request: Request) -> Response:
        """GET .../map : which map it is sold by."""
        desk, setup = await self._event(request)
        return await self._map_page(request, desk, setup)

    async def set_map(self, request: Request) -> Response:
        """POST .../map : `version`, of a map of its venue."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        version_id = uuid_of(form.get("version"), "version of a map")
        wish = EventChange(version_id=version_id)
        key = key_for(form, request, desk.actor.name)
        try:
            await self._parts.planning.events.change(
                desk.org_id, setup.id, _revision(form.get("revision")), wish, key
            )
        except EventMoved:
            return await self._map_page(request, desk, await self._again(desk, setup), _MOVED)
        except (BadRequest, EventRefused) as error:
            return await self._map_page(request, desk, setup, sentence(error.detail))
        return go(desk.at(f"/organizer/events/{setup.id}/prices"))

    async def prices(self, request: Request) -> Response:
        """GET .../prices : what a place of each zone costs, and its ticket types."""
        desk, setup = await self._event(request)
        prices = {f"price:{z.key}": typed(z.price_minor, setup.currency) for z in setup.zones}
        return await self._prices_page(request, desk, setup, Filling(prices), Filling({}))

    async def set_prices(self, request: Request) -> Response:
        """POST .../prices : `price:{zone}`, as amounts."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        filled = Filling.of(form)
        amounts = {z.key: filled.amount(f"price:{z.key}", setup.currency) for z in setup.zones}
        new = {
            zone.key: amount
            for zone in setup.zones
            if (amount := amounts[zone.key]) is not None and amount != zone.price_minor
        }
        if filled:
            try:
                await self._reprice(request, desk, setup, new, form)
                return go(desk.at(f"/organizer/events/{setup.id}/setup"))
            except EventMoved:
                filled.problem = _MOVED
                setup = await self._again(desk, setup)
            except (BadRequest, EventRefused) as error:
                filled.blame(error, ())
        return await self._prices_page(request, desk, setup, filled, Filling({}))

    async def add_type(self, request: Request) -> Response:
        """POST .../ticket-types : another way to sell a zone; `delete`: one that goes."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        key = key_for(form, request, desk.actor.name)
        filled = Filling.of(form)
        try:
            if form.get("delete"):
                type_id = uuid_of(form.get("delete"), "ticket type")
                await self._parts.planning.ticketing.delete(desk.org_id, type_id, key)
            else:
                wish = _type_wish(filled, setup)
                if wish is not None:
                    ticketing = self._parts.planning.ticketing
                    await ticketing.create(desk.org_id, setup.id, wish, key)
        except (BadRequest, EventRefused, NotFound) as error:
            filled.blame(error, TicketTypeWish.__struct_fields__)
        if filled:
            return go(desk.at(f"/organizer/events/{setup.id}/prices") + "#types")
        prices = {f"price:{z.key}": typed(z.price_minor, setup.currency) for z in setup.zones}
        return await self._prices_page(request, desk, setup, Filling(prices), filled)

    async def _reprice(
        self, request: Request, desk: Desk, setup: EventSetup, new: dict[str, int], form: Form
    ) -> None:
        """Of a draft at once; of an event with places type by type, as these are on sale."""
        planning, who = self._parts.planning, desk.actor.name
        if not new:
            return
        if await self._is_priced_by_type(desk, setup):
            for of in (await planning.ticketing.of_event(desk.org_id, setup.id)).items:
                if of.is_default and of.zone in new:
                    change = TicketTypeChange(price_minor=new[of.zone])
                    key = key_for(form, request, who, of.zone)
                    await planning.ticketing.change(desk.org_id, of.id, change, key)
            return
        await planning.events.change(
            desk.org_id, setup.id, _revision(form.get("revision")), EventChange(prices_minor=new),
            key_for(form, request, who),
        )  # fmt: skip

    async def _is_priced_by_type(self, desk: Desk, setup: EventSetup) -> bool:
        row = await self._parts.planning.events.find(desk.org_id, setup.id)
        return row.sells_from is not None

    async def _event(self, request: Request) -> tuple[Desk, EventSetup]:
        """Raises NotFound, also for an event of another organization."""
        event_id = uuid_of(request.path_params["event_id"], "event")
        desk = await self._desk(request, "event:manage")
        return desk, await self._parts.planning.events.get(desk.org_id, event_id)

    async def _again(self, desk: Desk, setup: EventSetup) -> EventSetup:
        return await self._parts.planning.events.get(desk.org_id, setup.id)

    async def _venue(self, desk: Desk, setup: EventSetup) -> VenueView:
        return await self._parts.planning.venues.get(desk.org_id, setup.venue_id)

    async def _types(self, desk: Desk, setup: EventSetup) -> list[TicketTypeView]:
        return (await self._parts.planning.ticketing.of_event(desk.org_id, setup.id)).items

    async def _review(
        self, request: Request, desk: Desk, setup: EventSetup, problem: str = ""
    ) -> Response:
        at = f"/organizer/events/{setup.id}"
        missing = [
            (sentence(reason.detail.rpartition(": ")[2]), desk.at(f"{at}/{page}"), link)
            for reason in setup.missing
            for page, link in [_WHERE.get(reason.code, ("details", "Mend it"))]
        ]
        return self._show(
            request,
            desk,
            "event_setup.html",
            "events",
            script="src/portal/upload.ts",
            status=409 if problem else 200,
            setup=setup,
            venue=await self._venue(desk, setup),
            types=await self._types(desk, setup),
            missing=missing,
            problem=problem,
            done=request.query_params.get("done", ""),
        )

    async def _details_page(
        self, request: Request, desk: Desk, setup: EventSetup, filled: Filling
    ) -> Response:
        return self._show(
            request,
            desk,
            "event_details.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            venue=await self._venue(desk, setup),
            filled=filled,
        )

    async def _map_page(
        self, request: Request, desk: Desk, setup: EventSetup, problem: str = ""
    ) -> Response:
        return self._show(
            request,
            desk,
            "event_map.html",
            "events",
            status=409 if problem else 200,
            setup=setup,
            venue=await self._venue(desk, setup),
            maps=await self._planning.maps_of(desk, setup.venue_id),
            has_places=await self._is_priced_by_type(desk, setup),
            problem=problem,
        )

    async def _prices_page(
        self,
        request: Request,
        desk: Desk,
        setup: EventSetup,
        filled: Filling,
        new_type: Filling,
    ) -> Response:
        return self._show(
            request,
            desk,
            "event_prices.html",
            "events",
            status=200 if filled and new_type else 422,
            setup=setup,
            types=[of for of in await self._types(desk, setup) if not of.is_default],
            filled=filled,
            new_type=new_type,
        )


def _type_wish(filled: Filling, setup: EventSetup) -> TicketTypeWish | None:
    name = filled.take("name", Text, "Say what it is called, such as Child.")
    price_minor = filled.amount("price_minor", setup.currency)
    visibility = filled.take("visibility", Visibility, "Choose who may have it.")
    quantity = filled.maybe("quantity", Quantity, "A whole number, or nothing for no limit.")
    most = filled.maybe("per_order_max", PerOrder, "From 1 to 1,000, or nothing for no limit.")
    code = filled.maybe("access_code", Code, "From 4 to 60 characters.")
    if visibility == "code" and code is None:
        filled.wrong.setdefault("access_code", "Say the code that opens it.")
    if not filled:
        return None
    return TicketTypeWish(
        zone=filled.get("zone"),
        name=name,
        price_minor=price_minor or 0,
        visibility=visibility,
        access_code=code if visibility == "code" else None,
        quantity=quantity,
        per_order_max=most,
    )


def _revision(text: str) -> int:
    """Raises BadRequest."""
    try:
        return msgspec.convert(text, int, strict=False)
    except msgspec.ValidationError:
        raise BadRequest("the form was not understood: go back and try again") from None
