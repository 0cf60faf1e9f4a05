"""Checkout: what is paid for what is held, and what the event asks."""

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.catalog.models import Event
from server.checkout.discount_models import DiscountRefused
from server.checkout.models import (
    EMAIL,
    EMAIL_LENGTH_MAX,
    Answer,
    CheckoutInvalid,
    CheckoutRequest,
    DraftRequest,
    OrderBegun,
    OrderView,
    ProductSoldOut,
    ProductWanted,
    QuoteRequest,
    QuoteView,
)
from server.checkout.share_models import Division, DivisionRefused, Payer, PayerName
from server.identity.models import Buyer
from server.identity.realms import language_of
from server.inventory.models import (
    HoldChange,
    HoldOrdered,
    HoldOver,
    HoldView,
    SelectionInvalid,
    TicketTypeRefused,
    TicketTypeSoldOut,
    TooManyPlaces,
)
from server.kernel.errors import BadRequest, DomainError, NotFound, Unauthenticated
from server.payments.models import PaymentRefused, ProviderNotOffered, ProviderUnavailable
from server.points.models import PointsRefused
from server.storefront import words
from server.storefront.choosing import choices_of, read_choices
from server.storefront.filling import Filling, sentence
from server.storefront.forms import Form, read_form, starting
from server.storefront.pages import Pages, site_of
from server.storefront.services import Services

POINTS_MAX = 1_000_000_000
ELSEWHERE = (
    "an order opens only in the browser that made it, and this one did not, "
    "or has lost its cookies. The links of your tickets work everywhere"
)
_REFUSALS = (
    CheckoutInvalid, DiscountRefused, ProductSoldOut, TooManyPlaces, TicketTypeRefused,
    PaymentRefused, PointsRefused, ProviderNotOffered,
)  # fmt: skip


class Filled(Filling):
    """The checkout form. `products`: quantities and `answers`: texts, by id; `points`: to use.
    Raises BadRequest."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        try:
            products = starting("product:", values.items())
            counts = {str(uuid.UUID(of)): int(said or 0) for of, said in products}
            self.points = min(max(0, int(self.get("points") or 0)), POINTS_MAX)
        except ValueError:
            raise BadRequest("the form was not understood: go back and try again") from None
        self.products = {of: min(count, 1_000) for of, count in counts.items() if count > 0}
        answers = starting("answer:", values.items())
        self.answers = {asked: text[:1_000] for asked, text in answers if text}
        self.discount_code = self.get("discount_code")[:40] or None

    @property
    def wanted(self) -> list[ProductWanted]:
        return [
            ProductWanted(uuid.UUID(product_id), quantity)
            for product_id, quantity in self.products.items()
        ]

    def refuse(self, error: DomainError) -> None:
        """Told beside the field that it is about, if it is about one."""
        field = ""
        if isinstance(error, DiscountRefused):
            field = "discount_code"
        elif isinstance(error, CheckoutInvalid):
            asked = error.facts.get("question_id")
            field = f"answer:{asked}" if asked else str(error.facts.get("field"))
        if field in self.values:
            self.wrong[field] = told_of(error)
        else:
            self.problem = told_of(error)


def named(filled: Filling) -> bool:
    """Whether the form says who pays; what is wrong is told beside the field."""
    filled.take("name", PayerName, "Tell us your name, in at most 200 characters.")
    email = filled.get("email")
    if len(email) > EMAIL_LENGTH_MAX or not EMAIL.fullmatch(email):
        filled.wrong["email"] = "This is not an e-mail address."
    return not filled.wrong


class Paying:
    def __init__(self, parts: Services, pages: Pages) -> None:
        self._parts, self._pages = parts, pages

    async def checkout(self, request: Request) -> Response:
        """GET /checkout/{hold_id} : what it costs, name and e-mail. POST : turn the hold into an
        order; with `act=quote`, or where the total is not what the page showed, show it first."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        hold = await self._hold(request, buyer)
        event = await self._parts.catalog.event(hold.event_id)
        ordered = await self._parts.checkout.order_of_hold(hold.id, buyer.id)
        if ordered and (hold.status != "active" or request.method == "GET"):
            return RedirectResponse(f"/orders/{ordered.id}", 303)
        if hold.status != "active":
            return self._hold_over(request, event)
        if request.method == "GET":
            return await self._checkout_page(request, event, hold, buyer, Filled({}))
        form = await read_form(request)
        filled = Filled.of(form)
        try:
            if ordered is None and (changed := await self._changed(form, filled, hold, buyer)):
                return await self._checkout_page(
                    request, event, hold, buyer, filled, notice=changed
                )
            if not named(filled):
                return await self._checkout_page(request, event, hold, buyer, filled, status=422)
            wish = msgspec.convert(
                {
                    "hold_id": hold.id,
                    "name": filled.get("name"),
                    "email": filled.get("email"),
                    "products": filled.wanted,
                    "discount_code": filled.discount_code,
                    "accepts_alternative": bool(filled.get("accepts_alternative")),
                    "provider": filled.get("provider") or None,
                    "points": filled.points,
                    "language": language_of(request),
                    "answers": [Answer(asked, text) for asked, text in filled.answers.items()],
                },
                CheckoutRequest,
            )
            if form.get("act") == "share":
                return await self._share(wish, buyer)
            if form.get("act") == "deposit":
                return await self._deposit(request, wish, buyer)
            started = await self._parts.checkout.start(buyer.id, wish, None, address_of(request))
        except msgspec.ValidationError:
            raise BadRequest("the form was not understood: go back and try again") from None
        except ProviderUnavailable:
            filled.problem = (
                "The payment provider does not answer. Your places stay held: try again."
            )
            return await self._checkout_page(request, event, hold, buyer, filled, status=503)
        except _REFUSALS as error:
            filled.refuse(error)
            return await self._checkout_page(request, event, hold, buyer, filled, status=422)
        except HoldOver:
            return self._hold_over(request, event)
        return RedirectResponse(started.redirect_url or f"/orders/{started.order.id}", 303)

    async def _share(self, wish: CheckoutRequest, buyer: Buyer) -> Response:
        """A draft, which several people are to pay."""
        try:
            order = await self._draft(wish, buyer)
        except OrderBegun:
            return RedirectResponse(f"/checkout/{wish.hold_id}", 303)  # that page knows which
        return RedirectResponse(f"/orders/{order.id}/shares", 303)

    async def _deposit(self, request: Request, wish: CheckoutRequest, buyer: Buyer) -> Response:
        """A part now: to the provider's page for it. Raises PointsRefused, and as `Drafts.make`."""
        if wish.points:
            raise PointsRefused("points: they pay for what is paid at once, leave them out")
        shares, shop_url = self._parts.sharing.shares, address_of(request)
        try:
            order = await self._draft(wish, buyer)
            links = await shares.divide(buyer.id, order.id, Division(deposit=True), None, shop_url)
        except (OrderBegun, DivisionRefused):
            return RedirectResponse(f"/checkout/{wish.hold_id}", 303)  # that page knows which
        payer = Payer(wish.name, wish.email, wish.provider)
        try:
            token = links.items[0].url.rpartition("/")[2]
            begun = await shares.pay(token, payer, shop_url)
        except (ProviderUnavailable, *_REFUSALS):
            return RedirectResponse(f"/orders/{order.id}", 303)  # that page has the link
        return RedirectResponse(begun.redirect_url, 303)

    async def _draft(self, wish: CheckoutRequest, buyer: Buyer) -> OrderView:
        """Raises as `Drafts.make`."""
        draft = DraftRequest(
            **{name: getattr(wish, name) for name in DraftRequest.__struct_fields__}
        )
        return await self._parts.sharing.drafts.make(buyer.id, draft, None)

    async def _changed(self, form: Form, filled: Filled, hold: HoldView, buyer: Buyer) -> str:
        """What to say where the buyer has not seen the total yet; empty where they have."""
        shown, is_asked = form.get("shown"), form.get("act") == "quote"
        if not shown and not is_asked:
            return ""
        quoted = await self._quote(hold, buyer, filled)
        if not is_asked and shown == str(quoted.total_minor):
            return ""
        return f"The total is {words.money(quoted.total_minor, quoted.currency)} now."

    async def _quote(self, hold: HoldView, buyer: Buyer, filled: Filled) -> QuoteView:
        wish = QuoteRequest(hold.id, filled.wanted, filled.discount_code, filled.points)
        return await self._parts.checkout.quote(buyer.id, wish)

    async def choose(self, request: Request) -> Response:
        """POST /checkout/{hold_id}/tickets : as what each place is sold."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        hold = await self._hold(request, buyer)
        event = await self._parts.catalog.event(hold.event_id)
        form = await read_form(request)
        wish = read_choices(form, event)
        try:
            await self._parts.inventory.choose(hold.id, buyer.id, wish, None)
        except (TicketTypeRefused, TicketTypeSoldOut, HoldOrdered, SelectionInvalid) as error:
            filled = Filled({})
            filled.refuse(error)
            return await self._checkout_page(request, event, hold, buyer, filled, status=409)
        except HoldOver:
            return self._hold_over(request, event)
        query = f"?{urlencode({'code': wish.access_code})}" if wish.access_code else ""
        return RedirectResponse(f"/checkout/{hold.id}{query}", 303)

    async def release(self, request: Request) -> Response:
        """POST /checkout/{hold_id}/release : the places go back on sale, to choose again."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        hold = await self._hold(request, buyer)
        await self._parts.inventory.release(hold.id, buyer.id)
        event = await self._parts.catalog.event(hold.event_id)
        return RedirectResponse(f"/e/{event.slug}", 303)

    async def keep(self, request: Request) -> Response:
        """POST /checkout/{hold_id}/keep : more time for these places, as far as it can be given."""
        buyer = await buyer_of(self._parts, request, ELSEWHERE)
        hold = await self._hold(request, buyer)
        try:
            await self._parts.inventory.change(hold.id, buyer.id, HoldChange(extend=True), None)
        except HoldOver:
            return self._hold_over(request, await self._parts.catalog.event(hold.event_id))
        return RedirectResponse(f"/checkout/{hold.id}", 303)

    async def _hold(self, request: Request, buyer: Buyer) -> HoldView:
        try:
            return await self._parts.inventory.hold_of(uuid_of(request, "hold_id"), buyer.id)
        except NotFound:
            raise NotFound(ELSEWHERE) from None

    async def _checkout_page(
        self,
        request: Request,
        event: Event,
        hold: HoldView,
        buyer: Buyer,
        filled: Filled,
        *,
        notice: str = "",
        status: int = 200,
    ) -> Response:
        try:
            quoted = await self._quote(hold, buyer, filled)
        except _REFUSALS as error:
            # What is refused is told, and what is held is priced without it.
            if filled:
                filled.refuse(error)
            status, quoted = 422, await self._quote(hold, buyer, Filled({}))
        code = request.query_params.get("code", "")
        places = await self._parts.catalog.places(event.map_id)
        return self._pages.render(
            request,
            "checkout.html",
            status=status,
            script="src/hold/main.ts",
            event=event,
            hold=hold,
            quoted=quoted,
            products=(await self._parts.planning.assortment.offered(event)).items,
            pay_with=await self._parts.payments.accounts.offered(event.org_id),
            providers=words.PROVIDERS,
            notice=notice,
            filled=filled,
            code=code,
            choices=choices_of(hold, event, places, code),
            takes_code=any(of.visibility == "code" for of in event.prices.types.values()),
        )

    def _hold_over(self, request: Request, event: Event) -> Response:
        return self._pages.render(
            request,
            "over.html",
            status=410,
            event=event,
        )


async def buyer_of(parts: Services, request: Request, told: str) -> Buyer:
    """Raises Unauthenticated, with `told` for whom this browser does not know."""
    try:
        return await parts.buyer.authenticate(request)
    except Unauthenticated:
        raise Unauthenticated(told) from None


def told_of(error: DomainError) -> str:
    return sentence(error.detail)


def uuid_of(request: Request, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.path_params[name])
    except ValueError:
        raise NotFound("there is no such page") from None


def address_of(request: Request) -> str | None:
    """Of the organization's storefront that the browser is at: it comes back from the payment to
    where its cookie is."""
    if site_of(request) is None:
        return None
    return f"{request.url.scheme}://{request.headers['host']}"
