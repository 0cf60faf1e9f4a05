"""An order before it is paid: paid at once, or divided among several, each with a link."""

import uuid

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.checkout.models import CheckoutInvalid, OrderBegun, OrderView, PaymentWish
from server.checkout.share_models import Division, DivisionRefused, Payer, SharedOrder, ShareOver
from server.inventory.models import HoldOver, NotOnSale, TooManyPlaces
from server.kernel.errors import BadRequest, NotFound
from server.payments.models import (
    PaymentRefused,
    ProviderNotOffered,
    ProviderUnavailable,
    UnknownProvider,
)
from server.points.models import PointsRefused
from server.storefront import words
from server.storefront.filling import Filling
from server.storefront.forms import Form, read_form
from server.storefront.pages import Pages
from server.storefront.paying import ELSEWHERE, address_of, buyer_of, named, told_of, uuid_of
from server.storefront.services import Services

_NO_ANSWER = "The payment provider does not answer. Your places stay held: try again."
_REFUSALS = (
    CheckoutInvalid, DivisionRefused, ShareOver, HoldOver, NotOnSale, TooManyPlaces,
    PaymentRefused, PointsRefused, ProviderNotOffered, UnknownProvider,
)  # fmt: skip


class Sharing:
    def __init__(self, parts: Services, pages: Pages) -> None:
        self._parts, self._pages = parts, pages

    async def confirm(self, request: Request) -> Response:
        """POST /orders/{order_id}/confirm : the buyer pays all of a draft."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        order_id = uuid_of(request, "order_id")
        drafts = self._parts.sharing.drafts
        try:
            started = await drafts.confirm(
                buyer.id, order_id, PaymentWish(), None, address_of(request)
            )
        except PointsRefused as error:
            order = await self._order(request, buyer.id)
            return await self._divide_page(request, order, told_of(error))
        except (*_REFUSALS, OrderBegun, ProviderUnavailable):
            return RedirectResponse(f"/orders/{order_id}", 303)  # that page says how it stands
        return RedirectResponse(started.redirect_url or f"/orders/{order_id}", 303)

    async def cancel(self, request: Request) -> Response:
        """POST /orders/{order_id}/cancel : the places go back on sale, to choose again."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        order = await self._order(request, buyer.id)
        try:
            await self._parts.sharing.drafts.cancel(buyer.id, order.id, None)
        except OrderBegun:
            return RedirectResponse(f"/orders/{order.id}", 303)
        event = await self._parts.catalog.event(order.event_id)
        return RedirectResponse(f"/e/{event.slug}", 303)

    async def shares(self, request: Request) -> Response:
        """GET /orders/{order_id}/shares : who pays what. POST : divides it, by `act`."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        order = await self._order(request, buyer.id)
        if order.status != "draft":
            return RedirectResponse(f"/orders/{order.id}", 303)
        if request.method == "GET":
            return await self._divide_page(request, order)
        form = await read_form(request)
        try:
            wish = _division(form, order)
            await self._parts.sharing.shares.divide(buyer.id, order.id, wish, None)
        except _REFUSALS as error:
            return await self._divide_page(request, order, told_of(error), form)
        except OrderBegun:
            pass
        return RedirectResponse(f"/orders/{order.id}", 303)

    async def _order(self, request: Request, buyer_id: uuid.UUID) -> OrderView:
        try:
            return await self._parts.checkout.order_of(uuid_of(request, "order_id"), buyer_id)
        except NotFound:
            raise NotFound(ELSEWHERE) from None

    async def _divide_page(
        self, request: Request, order: OrderView, problem: str = "", form: Form | None = None
    ) -> Response:
        return self._pages.render(
            request,
            "shares.html",
            status=422 if problem else 200,
            order=order,
            event=await self._parts.catalog.event(order.event_id),
            problem=problem,
            said=dict(form.starting("place:")) if form else {},
            equal=form.get("equal") if form else "2",
        )

    async def share(self, request: Request) -> Response:
        """GET /pay/{token} : a share, and how the others stand."""
        return await self._share_page(request)

    async def pay(self, request: Request) -> Response:
        """POST /pay/{token} : to the provider's page, as `name` with `email`."""
        filled = Filling.of(await read_form(request))
        if not named(filled):
            return await self._share_page(request, filled, 422)
        token, provider = request.path_params["token"], filled.get("provider") or None
        payer = Payer(filled.get("name"), filled.get("email"), provider)
        try:
            begun = await self._parts.sharing.shares.pay(token, payer, address_of(request))
        except ProviderUnavailable:
            filled.problem = _NO_ANSWER
            return await self._share_page(request, filled, 503)
        except _REFUSALS as error:
            filled.problem = told_of(error)
            return await self._share_page(request, filled, 422)
        return RedirectResponse(begun.redirect_url, 303)

    async def _share_page(
        self, request: Request, filled: Filling | None = None, status: int = 200
    ) -> Response:
        token = request.path_params["token"]
        order = await self._parts.sharing.shares.shown(token)
        event = await self._parts.catalog.event(order.event_id)
        own = order.shares[order.position]
        return self._pages.render(
            request,
            "pay.html",
            status=status,
            script="src/pay/main.ts",
            order=order,
            own=own,
            event=event,
            token=token,
            filled=Filling({"name": own.name or ""}) if filled is None else filled,
            is_payable=own.status == "open" and _is_due(order),
            left=sum(share.status == "open" for share in order.shares),
            pay_with=await self._parts.payments.accounts.offered(event.org_id),
            providers=words.PROVIDERS,
        )


def _is_due(order: SharedOrder) -> bool:
    """Whether the link's own share may be paid now, unless it is."""
    if order.deposit_minor is None or order.position == 0:
        return order.status == "pending"
    is_open = order.balance_due_at is not None and order.server_time < order.balance_due_at
    return is_open and order.status in ("confirmed", "partially_refunded")


def _division(form: Form, order: OrderView) -> Division:
    """`act=equal`: into `equal` parts. Else `place:LINE:NTH`: who pays for the line's nth place;
    who is named several times pays for all of them. Raises BadRequest, DivisionRefused."""
    if form.get("act") == "equal":
        try:
            return msgspec.convert({"equal": int(form.get("equal") or 0)}, Division)
        except (ValueError, msgspec.ValidationError):
            raise DivisionRefused("among 2 to 20 people") from None
    named: dict[str, tuple[str, dict[str, int]]] = {}
    for at, said in form.starting("place:"):
        name = said.strip()
        _, places = named.setdefault(name.casefold(), (name, {}))
        line_id = at.partition(":")[0]
        places[line_id] = places.get(line_id, 0) + 1
    if "" in named:
        raise DivisionRefused("say for each place who pays for it")
    shares = [
        {"name": name, "places": [{"line_id": i, "quantity": n} for i, n in places.items()]}
        for name, places in named.values()
    ]
    if len(shares) < 2:
        raise DivisionRefused(f"only {order.name} pays: pay all of it, or name somebody else")
    try:
        return msgspec.convert({"shares": shares}, Division)
    except msgspec.ValidationError:
        raise BadRequest("the form was not understood: go back and try again") from None
