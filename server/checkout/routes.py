"""POST /v1/checkout."""

from server.checkout.models import CheckoutInvalid, CheckoutRequest, CheckoutStarted
from server.checkout.service import Checkout
from server.identity.realms import BuyerRealm
from server.inventory.models import HoldOver, NotOnSale, TooManyPlaces
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.payments.models import ProviderUnavailable, UnknownProvider


def routes(checkout: Checkout, buyer: BuyerRealm) -> list[Operation]:
    async def start_checkout(call: Call, body: CheckoutRequest) -> CheckoutStarted:
        logs.bind(hold_id=body.hold_id)
        return await checkout.start(call.actor.id, body, call.key)

    return [
        Operation(
            "POST", "/v1/checkout", start_checkout, buyer, "Turn a hold into an order and pay",
            body=CheckoutRequest, returns=CheckoutStarted, status=201, idempotent=True,
            errors=(
                Unauthenticated, NotFound, HoldOver, NotOnSale, CheckoutInvalid, UnknownProvider,
                ProviderUnavailable, DatabaseUnavailable, IdempotencyKeyReused, TooManyPlaces,
            ),
            description="A hold becomes one order: repeating the request gives the same one.",
        ),
    ]  # fmt: skip
