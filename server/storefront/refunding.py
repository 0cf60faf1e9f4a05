"""Pages of money that goes back: refunds of an order, what buyers ask for, a cancelled event."""

import uuid
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventMoved, EventRefused
from server.catalog.times import zone_of
from server.checkout.models import LineNotSold
from server.inventory.models import BlockRefused
from server.kernel.errors import BadRequest, DatabaseUnavailable, NotFound, Overloaded
from server.kernel.idempotency import Key
from server.points.accounts import NEWEST
from server.points.models import PointAdjustment, PointQuery, PointsRefused
from server.refunds.models import (
    Cancellation,
    CancellationWish,
    NotRefundable,
    OrderDisputed,
    PartWish,
    PolicyWish,
    Quantity,
    RefundWindowOver,
    RefundWish,
)
from server.refunds.request_models import (
    RefundApproval,
    RefundDecline,
    RequestDecided,
    RequestQuery,
)
from server.storefront.filling import Filling, sentence, wall
from server.storefront.forms import Form, read_form
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of
from server.storefront.words import PROVIDERS

REFUNDS = "/organizer/refunds"
_REFUSED = (
    BadRequest, LineNotSold, NotRefundable, OrderDisputed, RefundWindowOver, BlockRefused,
    RequestDecided, Overloaded, DatabaseUnavailable,
)  # fmt: skip


class RefundPages(Portal):
    async def order(self, request: Request) -> Response:
        """GET /organizer/orders/{order_id} : what was bought, and what went back."""
        desk = await self._desk(request, "order:read")
        return await self._order_page(request, desk, _order_id(request), Filling({}))

    async def refund(self, request: Request) -> Response:
        """POST /organizer/orders/{order_id} : pays back what is chosen; `retry`: a refund that was
        refused; `act` = points: gives its buyer some, or takes some away."""
        desk = await self._desk(request, "order:manage")
        order_id, form = _order_id(request), await read_form(request)
        filled = Filling.of(form)
        if form.get("retry"):
            await self._parts.refunding.refunds.retry(
                desk.org_id, order_id, uuid_of(form.get("retry"), "refund"),
                key_for(form, request, desk.actor.name),
            )  # fmt: skip
            return go(desk.at(request.url.path))
        if form.get("act") == "points":
            if await self._adjusted(
                desk, order_id, filled, key_for(form, request, desk.actor.name)
            ):
                return go(desk.at(request.url.path, done="points"))
            return await self._order_page(request, desk, order_id, filled)
        wish = _wish(form, filled)
        if wish is not None:
            try:
                await self._parts.refunding.refunds.refund(
                    desk.org_id, order_id, wish, key_for(form, request, desk.actor.name)
                )
                return go(desk.at(request.url.path, done="yes"))
            except _REFUSED as error:
                filled.problem = sentence(error.detail)
        return await self._order_page(request, desk, order_id, filled)

    async def _adjusted(
        self, desk: Desk, order_id: uuid.UUID, filled: Filling, key: Key | None
    ) -> bool:
        points = filled.take("points", int, "How many more, or fewer with a minus before it.")
        order = await self._parts.orders.find(desk.org_id, order_id)
        if order.points is None:
            filled.problem = "The order has nothing to do with points."
        if not filled or order.points is None:
            return False
        try:
            told = {"points": points, "note": filled.get("points_note")}
            wish = msgspec.convert(told, PointAdjustment)
            await self._parts.points.adjust(desk.org_id, order.points.account_id, wish, key)
        except msgspec.ValidationError:
            filled.wrong["points_note"] = "Say why, in up to 300 characters."
        except (BadRequest, PointsRefused) as error:
            filled.problem = sentence(error.detail)
        return bool(filled)

    async def _order_page(
        self, request: Request, desk: Desk, order_id: uuid.UUID, filled: Filling
    ) -> Response:
        refunds = self._parts.refunding.refunds
        shown = await refunds.bought(desk.org_id, order_id)
        order = await self._parts.orders.find(desk.org_id, order_id)
        return self._show(
            request,
            desk,
            "order_desk.html",
            "events",
            status=200 if filled else 422,
            order=order,
            account=order.points
            and await self._parts.points.of_org(
                desk.org_id, order.points.account_id, PointQuery(NEWEST)
            ),
            rows=[*shown.lines, *shown.items],
            providers=PROVIDERS,
            has_left=bool(shown.live) and shown.order.status in ("confirmed", "partially_refunded"),
            event=await self._parts.catalog.event(shown.order.event_id),
            policy=await refunds.policy(desk.org_id, shown.order.event_id),
            refunds=(await refunds.of_order(desk.org_id, order_id)).items,
            tickets=await self._parts.tickets.all_of_order(order_id),
            filled=filled,
            done=request.query_params.get("done", ""),
        )

    async def requests(self, request: Request) -> Response:
        """GET /organizer/refunds : what buyers ask for, those that wait first."""
        return await self._requests_page(request, await self._desk(request, "sales:read"), "")

    async def answer(self, request: Request) -> Response:
        """POST /organizer/refunds : `approve` or `decline` a request, with `words`."""
        desk = await self._desk(request, "order:manage")
        form = await read_form(request)
        requests = self._parts.refunding.requests
        key, words = key_for(form, request, desk.actor.name), form.get("words").strip()
        try:
            words = msgspec.convert(words, _Words)
            if form.get("approve"):
                request_id = uuid_of(form.get("approve"), "request")
                await requests.approve(desk.org_id, request_id, RefundApproval(words), key)
            else:
                request_id = uuid_of(form.get("decline"), "request")
                if not words:
                    raise BadRequest("say why, so that the buyer understands")
                await requests.decline(desk.org_id, request_id, RefundDecline(words), key)
        except msgspec.ValidationError:
            return await self._requests_page(request, desk, "At most 1,000 characters.")
        except _REFUSED as error:
            return await self._requests_page(request, desk, sentence(error.detail))
        return go(desk.at(REFUNDS))

    async def _requests_page(self, request: Request, desk: Desk, problem: str) -> Response:
        requests = self._parts.refunding.requests
        after = request.query_params.get("after")
        query = RequestQuery(next_token=uuid_of(after, "page") if after else None)
        waiting = await requests.page(desk.org_id, RequestQuery(status="open", page_size=100))
        latest = await requests.page(desk.org_id, query)
        return self._show(
            request,
            desk,
            "refunds.html",
            "refunds",
            status=422 if problem else 200,
            waiting=[] if after else waiting.items,
            answered=[one for one in latest.items if one.status != "open"],
            after=latest.next_token,
            problem=problem,
        )

    async def event(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/refunds : until when, what, and the way out."""
        desk, event_id = await self._event_desk(request, "sales:read")
        return await self._event_page(request, desk, event_id)

    async def change_event(self, request: Request) -> Response:
        """POST /organizer/events/{event_id}/refunds : the policy, or `act` = cancel."""
        desk, event_id = await self._event_desk(request, "order:manage")
        form = await read_form(request)
        filled, key = Filling.of(form), key_for(form, request, desk.actor.name)
        setup = await self._parts.planning.events.get(desk.org_id, event_id)
        if form.get("act") == "cancel":
            if form.get("sure") != "yes":
                filled.wrong["sure"] = "Tick this first: it cannot be undone."
            note = filled.take("note", _Words, "At most 1,000 characters.")
            revision = filled.take("revision", int, "Go back and try again.")
            if filled:
                try:
                    await self._parts.refunding.cancellations.cancel(
                        desk.org_id, event_id, revision, CancellationWish(note), key
                    )
                except EventMoved:
                    filled.problem = "Somebody has changed the event meanwhile. Try again."
                except (EventRefused, Overloaded, DatabaseUnavailable) as error:
                    filled.problem = sentence(error.detail)
        else:
            until = filled.moment("allow_refunds_until", zone_of(setup.timezone))
            if filled:
                wish = PolicyWish(until, bool(filled.get("keeps_fees")))
                await self._parts.refunding.refunds.set_policy(desk.org_id, event_id, wish, key)
                return self._saved(desk, request.url.path)
        if filled:
            return go(desk.at(request.url.path))
        return await self._event_page(request, desk, event_id, filled)

    async def _event_desk(self, request: Request, permission: str) -> tuple[Desk, uuid.UUID]:
        desk = await self._desk(request, permission)
        return desk, uuid_of(request.path_params["event_id"], "event")

    async def _event_page(
        self, request: Request, desk: Desk, event_id: uuid.UUID, filled: Filling | None = None
    ) -> Response:
        setup = await self._parts.planning.events.get(desk.org_id, event_id)
        policy = await self._parts.refunding.refunds.policy(desk.org_id, event_id)
        if filled is None:
            told = {"keeps_fees": "yes" if policy.keeps_fees else ""}
            told["allow_refunds_until"] = wall(policy.allow_refunds_until, setup.timezone)
            filled = Filling(told)
        return self._show(
            request,
            desk,
            "event_refunds.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            policy=policy,
            cancellation=await self._cancellation(desk, event_id),
            filled=filled,
        )

    async def _cancellation(self, desk: Desk, event_id: uuid.UUID) -> Cancellation | None:
        try:
            return await self._parts.refunding.cancellations.progress(desk.org_id, event_id)
        except NotFound:
            return None


_Words: Any = RefundWish.__annotations__["note"]


def _order_id(request: Request) -> uuid.UUID:
    return uuid_of(request.path_params["order_id"], "order")


def _wish(form: Form, filled: Filling) -> RefundWish | None:
    parts = []
    for name, chosen in form.starting("part:"):
        if chosen:
            row_id = uuid_of(name, "line")
            quantity = filled.maybe(f"quantity:{name}", Quantity, "Write how many, from 1 on.")
            parts.append(PartWish(row_id, quantity))
    if not parts:
        filled.problem = "Choose what goes back."
    note = filled.take("note", _Words, "At most 1,000 characters.")
    if not filled:
        return None
    return RefundWish(
        parts=parts,
        note=note,
        keeps_fees=bool(filled.get("keeps_fees")) if filled.get("overrides") else None,
        keeps_places=bool(filled.get("keeps_places")),
        overrides=bool(filled.get("overrides")),
    )
