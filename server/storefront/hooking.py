"""Webhooks of an organization: registered, seen failing, replayed."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.hooks.models import EndpointRefused, EndpointWish, HookDeliveryQuery
from server.kernel.errors import BadRequest, NotFound
from server.orgs.models import LimitReached
from server.storefront.filling import Filling
from server.storefront.forms import Form, read_form
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of

TYPES = (
    "order.created", "order.confirmed", "order.cancelled", "order.refunded", "payment.captured",
    "payment.refunded", "fulfillment.issued", "checkin.ticket.scanned", "inventory.seat.sold",
)  # fmt: skip
"""What the form offers; the API takes any."""
DELIVERIES_SHOWN = 50


class HookPages(Portal):
    async def hooks(self, request: Request) -> Response:
        """GET /organizer/webhooks"""
        desk = await self._desk(request, "key:manage")
        return await self._page(request, desk, Filling({}))

    async def add(self, request: Request) -> Response:
        """POST /organizer/webhooks : `url`, `description`, and `type` as often as there are."""
        desk = await self._desk(request, "key:manage")
        form = await read_form(request)
        filled = Filling.of(form)
        try:
            wish = _wish(form)
            key = key_for(form, request, desk.actor.name)
            endpoint = await self._parts.hooks.add(desk.org_id, wish, key)
        except (BadRequest, EndpointRefused, LimitReached) as error:
            filled.blame(error, ("url",))
            return await self._page(request, desk, filled)
        return go(desk.at(f"/organizer/webhooks/{endpoint.id}"))

    async def hook(self, request: Request) -> Response:
        """GET /organizer/webhooks/{endpoint_id} : `after`: older deliveries."""
        desk = await self._desk(request, "key:manage")
        endpoint_id = uuid_of(request.path_params["endpoint_id"], "endpoint")
        listed = (await self._parts.hooks.of_org(desk.org_id)).items
        endpoint = next((one for one in listed if one.id == endpoint_id), None)
        if endpoint is None:
            raise NotFound("there is no such endpoint")
        after = request.query_params.get("after", "")
        wanted = HookDeliveryQuery(DELIVERIES_SHOWN, uuid_of(after, "page") if after else None)
        page = await self._parts.hooks.deliveries(desk.org_id, endpoint_id, wanted)
        shown = self._show(
            request,
            desk,
            "webhook.html",
            "webhooks",
            endpoint=endpoint,
            secret=(await self._parts.hooks.secret(desk.org_id, endpoint_id)).secret,
            deliveries=page.items,
            after=page.next_token,
        )
        shown.headers["Cache-Control"] = "no-store"
        return shown

    async def act(self, request: Request) -> Response:
        """POST /organizer/webhooks/{endpoint_id} : `replay` a delivery, or `act`: enable, disable,
        rotate, delete."""
        desk = await self._desk(request, "key:manage")
        endpoint_id = uuid_of(request.path_params["endpoint_id"], "endpoint")
        form = await read_form(request)
        key, hooks = key_for(form, request, desk.actor.name), self._parts.hooks
        if form.get("replay"):
            delivery_id = uuid_of(form.get("replay"), "delivery")
            await hooks.replay(desk.org_id, endpoint_id, delivery_id, key)
        elif form.get("act") == "rotate":
            await hooks.rotate(desk.org_id, endpoint_id, key)
        elif form.get("act") == "delete":
            await hooks.delete(desk.org_id, endpoint_id, key)
            return go(desk.at("/organizer/webhooks"))
        elif form.get("act") in ("enable", "disable"):
            listed = (await hooks.of_org(desk.org_id)).items
            endpoint = next((one for one in listed if one.id == endpoint_id), None)
            if endpoint is None:
                raise NotFound("there is no such endpoint")
            wish = EndpointWish(
                endpoint.url, endpoint.event_types, endpoint.description,
                is_enabled=form.get("act") == "enable",
            )  # fmt: skip
            await hooks.change(desk.org_id, endpoint_id, wish, key)
        else:
            raise BadRequest("the form was not understood: go back and try again")
        return go(desk.at(f"/organizer/webhooks/{endpoint_id}"))

    async def _page(self, request: Request, desk: Desk, filled: Filling) -> Response:
        return self._show(
            request,
            desk,
            "webhooks_out.html",
            "webhooks",
            status=200 if filled else 422,
            endpoints=(await self._parts.hooks.of_org(desk.org_id)).items,
            types=TYPES,
            filled=filled,
        )


def _wish(form: Form) -> EndpointWish:
    """Raises BadRequest."""
    told = {
        "url": form.get("url").strip(),
        "description": form.get("description").strip(),
        "event_types": form.all("type"),
    }
    try:
        return msgspec.convert(told, EndpointWish)
    except msgspec.ValidationError:
        raise BadRequest("url: write an address of at most 500 characters") from None
