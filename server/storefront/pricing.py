"""What a place of an event costs: by zone, and as other ticket types."""

from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventChange, EventMoved, EventRefused, EventSetup, Text
from server.catalog.prices import Visibility
from server.catalog.ticket_models import (
    Code,
    PerOrder,
    Quantity,
    TicketTypeChange,
    TicketTypeWish,
)
from server.kernel.errors import BadRequest, NotFound
from server.storefront.filling import Filling, typed
from server.storefront.forms import Form, read_form
from server.storefront.portal import (
    MOVED,
    Desk,
    EventPortal,
    go,
    key_for,
    revision_of,
    uuid_of,
)


class PricePages(EventPortal):
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
                return self._saved(desk, f"/organizer/events/{setup.id}/setup")
            except EventMoved:
                filled.problem = MOVED
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
        if await self._has_places(desk, setup):
            for of in (await planning.ticketing.of_event(desk.org_id, setup.id)).items:
                if of.is_default and of.zone in new:
                    change = TicketTypeChange(price_minor=new[of.zone])
                    key = key_for(form, request, who, of.zone)
                    await planning.ticketing.change(desk.org_id, of.id, change, key)
            return
        await planning.events.change(
            desk.org_id, setup.id, revision_of(form.get("revision")), EventChange(prices_minor=new),
            key_for(form, request, who),
        )  # fmt: skip

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
            types=await self._types(desk, setup),
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
