"""POST /v1/orders: a draft of a hold; PUT changes it, .../confirmations begins its payment,
.../cancellations ends it."""

from server.checkout.discount_models import DiscountRefused
from server.checkout.drafts import Drafts
from server.checkout.models import (
    CheckoutInvalid,
    CheckoutStarted,
    DraftRequest,
    DraftWish,
    OrderBegun,
    OrderView,
    PaymentWish,
    ProductSoldOut,
)
from server.identity.realms import BuyerRealm, language_of
from server.inventory.models import HoldOver, NotOnSale, TicketTypeRefused, TooManyPlaces
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.switch_models import FeatureOff
from server.payments.models import (
    IntentNotOffered,
    PaymentRefused,
    ProviderNotOffered,
    ProviderUnavailable,
    UnknownProvider,
)
from server.points.models import PointsRefused

_ANY = (Unauthenticated, NotFound, OrderBegun, IdempotencyKeyReused, DatabaseUnavailable)
_SELLS = (HoldOver, NotOnSale, FeatureOff, CheckoutInvalid, PointsRefused)
_WRITES = (
    *_ANY, *_SELLS, TooManyPlaces, TicketTypeRefused, ProductSoldOut, DiscountRefused,
)  # fmt: skip


def routes(drafts: Drafts, buyer: BuyerRealm) -> list[Operation]:
    async def make_draft(call: Call, body: DraftRequest) -> OrderView:
        logs.bind(hold_id=body.hold_id)
        body.language = body.language or language_of(call.request)
        return await drafts.make(call.actor.id, body, call.key)

    async def change_draft(call: Call, body: DraftWish) -> OrderView:
        body.language = body.language or language_of(call.request)
        return await drafts.change(call.actor.id, call.uuid("order_id"), body, call.key)

    async def confirm_draft(call: Call, body: PaymentWish) -> CheckoutStarted:
        return await drafts.confirm(call.actor.id, call.uuid("order_id"), body, call.key)

    async def cancel_order(call: Call) -> OrderView:
        return await drafts.cancel(call.actor.id, call.uuid("order_id"), call.key)

    return [
        Operation(
            "POST", "/v1/orders", make_draft, buyer, "Turn a hold into a draft",
            body=DraftRequest, returns=OrderView, status=201, idempotent=True, errors=_WRITES,
            description="Priced and saved, to be paid later. Its places cannot change any more and "
            "are held as long as the hold is; what else it says may be changed until it is "
            "confirmed. `POST /v1/checkout` does both at once.",
        ),
        Operation(
            "PUT", "/v1/orders/{order_id}", change_draft, buyer, "Change a draft",
            body=DraftWish, returns=OrderView, idempotent=True, errors=_WRITES,
            description="Replaces all that it says, and prices it anew: what the body leaves out "
            "is not wanted any more.",
        ),
        Operation(
            "POST", "/v1/orders/{order_id}/confirmations", confirm_draft, buyer,
            "Confirm a draft and pay", body=PaymentWish, returns=CheckoutStarted, status=201,
            idempotent=True,
            errors=(
                *_ANY, *_SELLS, TooManyPlaces, UnknownProvider, ProviderUnavailable,
                ProviderNotOffered, IntentNotOffered, PaymentRefused,
            ),
            description="Repeating it gives the same page, or the same intent.",
        ),
        Operation(
            "POST", "/v1/orders/{order_id}/cancellations", cancel_order, buyer,
            "Cancel an order that is not paid", returns=OrderView, idempotent=True,
            errors=(*_ANY, Overloaded),
            description="A draft, or one that waits for its money: the places go back on sale.",
        ),
    ]  # fmt: skip
