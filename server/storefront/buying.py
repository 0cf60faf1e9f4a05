"""From an event to its ticket: the pages of buyers."""

import uuid

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.catalog.models import Event
from server.checkout.share_models import ShareLink
from server.identity.models import Buyer
from server.inventory.models import (
    BestWish,
    HoldChange,
    HoldOrdered,
    HoldOver,
    HoldRequest,
    HoldView,
    NotAdmitted,
    NotOnSale,
    NotTogether,
    PoolWish,
    SeatsTaken,
    Selection,
    SelectionInvalid,
    SingleSeatLeft,
    TableRefused,
    TooManyPlaces,
)
from server.kernel.errors import (
    BadRequest,
    DomainError,
    NotFound,
    Overloaded,
)
from server.refunds.request_models import RefundAsk, RefundRequest, RequestOpen
from server.storefront import words
from server.storefront.forms import Form, read_form
from server.storefront.house import Houses
from server.storefront.pages import Pages, site_of
from server.storefront.paying import ELSEWHERE, address_of, buyer_of, told_of, uuid_of
from server.storefront.services import Services
from server.storefront.sessions import Sessions
from server.storefront.waiting import Waiting
from server.tickets.models import OrderWithTickets

BEST_MAX = 100
_REFUSALS = (
    SeatsTaken,
    NotTogether,
    TooManyPlaces,
    SingleSeatLeft,
    TableRefused,
    SelectionInvalid,
    NotOnSale,
    HoldOver,
    HoldOrdered,
    Overloaded,
)
_NO_COOKIE = (
    "your places are kept for your browser, and it sent no cookie. "
    "Allow cookies for this site, open the event again and choose"
)
_ORDERED = (
    "The places you hold are being paid for, so they cannot change. "
    "Pay, or release them and choose again."
)


class Buying:
    def __init__(self, parts: Services, pages: Pages, sessions: Sessions, waiting: Waiting) -> None:
        self._parts, self._pages, self._sessions = parts, pages, sessions
        self._waiting = waiting
        self._houses = Houses(parts.db, parts.catalog)

    async def event(self, request: Request) -> Response:
        """GET /e/{slug} : the map, and the house as lists (`section=KEY`, `view=list`); or the page
        of who waits to be let in."""
        event = await self._parts.catalog.event_by_slug(request.path_params["slug"])
        site = site_of(request)
        if site is not None and event.org_id != site.org_id:
            raise NotFound("there is no such event here")
        return await self._waiting.before(request, event) or await self._event_page(request, event)

    async def _event_page(
        self,
        request: Request,
        event: Event,
        *,
        problem: str = "",
        offer: HoldView | None = None,
        status: int = 200,
    ) -> Response:
        """`offer`: seats that are held instead of those that the buyer wanted."""
        buyer, has_session = self._sessions.guest(request)
        asked = request.query_params.get("section")
        own = await self._own_hold(event, buyer) if has_session else None
        ordered = await self._parts.checkout.order_of_hold(own.id, buyer.id) if own else None
        places = await self._parts.catalog.places(event.map_id)
        is_list = bool(problem) or request.query_params.get("view") == "list"
        response = self._pages.render(
            request,
            "event.html",
            status=status,
            script=None if is_list else "src/buyer/main.tsx",
            event=event,
            boot={
                "event": event,
                "hasSession": has_session,
                "orderedHold": ordered.hold_id if ordered else None,
            },
            is_list=is_list,
            sections=await self._houses.sections(event),
            section=await self._houses.section(event, asked) if asked else None,
            pools=await self._houses.pools(event),
            seated_zones={zone for _, zone in places.geometry.seats.zone},
            own=own,
            offer=offer,
            is_ordered=ordered is not None,
            sale_words=_sale_words(event),
            is_over=event.sales_end_at <= event.prices.now,
            own_words=words.count(_size(own), "place", "places") if own else "",
            problem=problem,
        )
        self._sessions.keep_guest(request, response, buyer)
        return response

    async def hold(self, request: Request) -> Response:
        """POST /e/{slug}/hold : the lists' form; adds to the buyer's hold where there is one."""
        event = await self._parts.catalog.event_by_slug(request.path_params["slug"])
        buyer = await buyer_of(self._parts, request, _NO_COOKIE)
        form = await read_form(request)
        wish, best = _selection(form), _best(form)
        own = await self._own_hold(event, buyer)
        if own is not None:
            known = {seat.idx for seat in own.seats}
            wish = Selection([seat for seat in wish.seats if seat not in known], wish.pools)
        if not wish.size and best is None:
            if own is not None:
                return RedirectResponse(f"/checkout/{own.id}", 303)
            return await self._event_page(
                request, event, problem="Choose at least one place.", status=422
            )
        try:
            if own is not None:
                held = await self._parts.inventory.change(
                    own.id, buyer.id, HoldChange(add=wish), None
                )
            else:
                asked = HoldRequest(wish.seats, wish.pools, best, alternative=True)
                held = await self._parts.inventory.hold(event.id, buyer.id, asked, None)
        except NotAdmitted:
            return RedirectResponse(f"/e/{event.slug}", 303)  # that page says why
        except _REFUSALS as error:
            told = await self._refusal(event, error)
            offer = error.facts.get("alternative")
            return await self._event_page(request, event, problem=told, offer=offer, status=409)
        return RedirectResponse(f"/checkout/{held.id}", 303)

    async def _own_hold(self, event: Event, buyer: Buyer) -> HoldView | None:
        holds = await self._parts.inventory.holds_of(event.id, buyer.id)
        return holds[0] if holds else None

    async def _refusal(self, event: Event, error: DomainError) -> str:
        """Why a hold was refused, naming what went."""
        if isinstance(error, HoldOrdered):
            return _ORDERED
        if not isinstance(error, SeatsTaken):
            return told_of(error)
        places = await self._parts.catalog.places(event.map_id)
        names = {pool.id: pool.name for pool in event.pools}
        told = []
        if error.seats:
            verb = "was" if len(error.seats) == 1 else "were"
            labels = words.listed([places.label_of(seat) for seat in error.seats])
            told.append(f"{labels} {verb} taken a moment ago.")
        for short in error.pools:
            name, left = names[short.pool_id], short.available
            told.append(f"{name} has only {left} left." if left else f"{name} is sold out.")
        if error.alternative is None:
            told.append("Nothing was held: choose again.")
        return " ".join(told)

    async def order(self, request: Request) -> Response:
        """GET /orders/{order_id} : waits for the payment, then shows the tickets."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        try:
            order = await self._parts.tickets.order_of(uuid_of(request, "order_id"), buyer.id)
        except NotFound:
            raise NotFound(ELSEWHERE) from None
        title, told, is_waiting = _order_words(order)
        return self._pages.render(
            request,
            "order.html",
            order=order,
            event=await self._parts.catalog.event(order.event_id),
            title=title,
            words=told,
            requests=await self._asked_back(order, buyer.id),
            is_waiting=is_waiting,
            is_payable=_is_payable(order),
            shares=await self._shares(order, buyer.id, address_of(request)),
            script="src/order/main.ts" if is_waiting else None,
        )

    async def _shares(
        self, order: OrderWithTickets, buyer_id: uuid.UUID, shop_url: str | None
    ) -> list[ShareLink]:
        """Of an order that several people pay."""
        if order.payment is not None or order.channel != "online":
            return []
        return (await self._parts.sharing.shares.links(buyer_id, order.id, shop_url)).items

    async def _asked_back(
        self, order: OrderWithTickets, buyer_id: uuid.UUID
    ) -> list[RefundRequest] | None:
        """What was asked of an order that could be paid back; None of any other."""
        if order.status not in ("confirmed", "partially_refunded"):
            return None
        return (await self._parts.refunding.requests.of_order(buyer_id, order.id)).items

    async def ask_back(self, request: Request) -> Response:
        """POST /orders/{order_id}/refund-request : asks for the money back, with a `reason`."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        form = await read_form(request)
        order_id = uuid_of(request, "order_id")
        try:
            ask = msgspec.convert({"reason": form.get("reason").strip()}, RefundAsk)
            await self._parts.refunding.requests.ask(buyer.id, order_id, ask, None)
        except RequestOpen:
            pass
        except msgspec.ValidationError:
            raise BadRequest("reason: at most 1,000 characters") from None
        return RedirectResponse(f"/orders/{order_id}", 303)


def _sale_words(event: Event) -> str:
    """Why an event is not on sale that was published, or that it has begun where it is; else
    empty."""
    if event.cancelled_at is not None:
        return "This event was cancelled. Whoever has bought gets all of the money back."
    if event.is_on_sale and event.starts_at <= event.prices.now:
        return "It has begun."
    if event.is_on_sale or not event.takes_orders:
        return ""
    if event.sales_open_at is not None and event.prices.now < event.sales_open_at:
        opens_at = words.local(event.sales_open_at, event.timezone)
        return f"Tickets go on sale on {words.day(opens_at, '%A %-d %B %Y, %H:%M')}."
    if event.sales_end_at <= event.prices.now:
        is_over = event.over_at <= event.prices.now
        return "This event is over." if is_over else "The sale has closed."
    return "Tickets are not on sale at the moment."


def _size(hold: HoldView) -> int:
    return len(hold.seats) + sum(pool.quantity for pool in hold.pools)


def _selection(form: Form) -> Selection:
    """`seat`: seat indexes; `pool:ID`: how many places. Raises BadRequest."""
    try:
        seats = sorted({int(value) for value in form.all("seat")})
        pools = [
            PoolWish(uuid.UUID(pool_id), quantity)
            for pool_id, value in form.starting("pool:")
            if (quantity := int(value or 0)) > 0
        ]
    except ValueError:
        raise BadRequest("the form was not understood: go back and try again") from None
    if any(seat < 0 for seat in seats):
        raise BadRequest("the form was not understood: go back and try again")
    return Selection(seats, pools)


def _best(form: Form) -> BestWish | None:
    """`best`: how many seats side by side; `best_zone`: a zone's key. Raises BadRequest."""
    try:
        quantity = int(form.get("best") or 0)
    except ValueError:
        raise BadRequest("the form was not understood: go back and try again") from None
    return BestWish(quantity, form.get("best_zone") or None) if 0 < quantity <= BEST_MAX else None


def _is_payable(order: OrderWithTickets) -> bool:
    payment = order.payment
    return order.status == "pending" and bool(payment) and payment.status in ("pending", "failed")


def _order_words(order: OrderWithTickets) -> tuple[str, str, bool]:
    """Heading, what it means, and whether something is still to come."""
    wanted = sum(line.quantity for line in order.lines if line.live)
    paid = order.payment.status if order.payment else ""
    if order.status in ("confirmed", "partially_refunded") and order.balance_due_at is not None:
        return (
            "Deposit paid, thank you",
            "Your places are yours. Tickets come with the rest.",
            False,
        )
    if order.status == "confirmed" and not wanted and order.deposit_minor is not None:
        return "This order is over", order.note or "What was paid is paid back.", False
    if order.status == "confirmed" and len(order.tickets) < wanted:
        return "Paid, thank you", "Your tickets are being written.", True
    if order.status == "confirmed":
        return "You are in", "Show a code at the door. Open a ticket to see it large.", False
    if order.status == "draft":
        return "Almost yours", "Your places are held. Pay now, or share what is to be paid.", False
    if order.status == "pending" and order.deposit_minor is not None:
        return "Waiting for your deposit", "This page updates by itself once it has come.", True
    if order.status == "pending" and order.payment is None:
        return "Waiting for all to pay", "This page updates by itself.", True
    if order.status == "pending" and paid == "failed":
        return (
            "The payment did not work",
            "Your places are still held for a little while: try again.",
            True,
        )
    if order.status == "pending":
        return "Waiting for your payment", "This page updates by itself once it has come.", True
    if order.status == "cancelled":
        return "This order was cancelled", order.note or "Nothing is owed.", False
    if order.status == "expired":
        return "Time ran out", order.note or "The places went back on sale.", False
    if order.status == "partially_refunded":
        return "Some of it was paid back", "What you kept opens the door as before.", False
    if order.status == "refunded":
        return "Paid back", order.note or "The money is on its way back to you.", False
    return "Your order", "", False
