"""POST /v1/quotes, POST /v1/checkout; for organizers who has a seat."""

from server.checkout.discount_models import DiscountRefused
from server.checkout.models import (
    CheckoutInvalid,
    CheckoutRequest,
    CheckoutStarted,
    ProductSoldOut,
    QuoteRequest,
    QuoteView,
    SoldSeats,
)
from server.checkout.service import Checkout
from server.identity.realms import BuyerRealm, language_of
from server.inventory.models import HoldOver, NotOnSale, TicketTypeRefused, TooManyPlaces
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.orgs.switch_models import FeatureOff
from server.payments.models import (
    IntentNotOffered,
    PaymentRefused,
    ProviderNotOffered,
    ProviderUnavailable,
    UnknownProvider,
)
from server.points.models import PointsRefused


def routes(checkout: Checkout, buyer: BuyerRealm, operator: OperatorRealm) -> list[Operation]:
    async def start_checkout(call: Call, body: CheckoutRequest) -> CheckoutStarted:
        logs.bind(hold_id=body.hold_id)
        body.language = body.language or language_of(call.request)
        return await checkout.start(call.actor.id, body, call.key)

    async def quote_hold(call: Call, body: QuoteRequest) -> QuoteView:
        logs.bind(hold_id=body.hold_id)
        return await checkout.quote(call.actor.id, body)

    async def get_sold_seat(call: Call) -> SoldSeats:
        event_id, seat_idx = call.uuid("event_id"), call.number("seat_idx")
        return SoldSeats(await checkout.sold_seat(call.actor.org_id, event_id, seat_idx))

    return [
        Operation(
            "POST", "/v1/quotes", quote_hold, buyer, "What a hold would cost",
            body=QuoteRequest, returns=QuoteView,
            errors=(
                Unauthenticated, NotFound, HoldOver, CheckoutInvalid, ProductSoldOut,
                DiscountRefused, PointsRefused, DatabaseUnavailable,
            ),
            description="With products, a discount code and points, line by line, fee and taxes "
            "told. Promises nothing but the prices of what is held: others may use up a code.",
        ),
        Operation(
            "POST", "/v1/checkout", start_checkout, buyer, "Turn a hold into an order and pay",
            body=CheckoutRequest, returns=CheckoutStarted, status=201, idempotent=True,
            errors=(
                Unauthenticated, NotFound, HoldOver, NotOnSale, FeatureOff, CheckoutInvalid,
                UnknownProvider,
                ProviderUnavailable, ProviderNotOffered, IntentNotOffered, PaymentRefused,
                DatabaseUnavailable,
                IdempotencyKeyReused, TooManyPlaces, TicketTypeRefused, ProductSoldOut,
                DiscountRefused, PointsRefused,
            ),
            description="A hold becomes one order: repeating the request gives the same one.",
        ),
        Operation(
            "GET", "/v1/events/{event_id}/seats/{seat_idx}/lines", get_sold_seat, operator,
            "Who has a seat", returns=SoldSeats, errors=(Unauthenticated, NotFound),
            description="Nobody while it is not sold; on a trip perhaps several, by leg.",
        ),
    ]  # fmt: skip
