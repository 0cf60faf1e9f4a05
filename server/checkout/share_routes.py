"""Several people pay one order: its buyer divides it by POST /v1/orders/{order_id}/shares; each
share is seen and paid at /v1/shares/{token} by who has its link."""

from server.checkout.models import CheckoutInvalid, OrderBegun
from server.checkout.share_models import (
    Division,
    DivisionRefused,
    Payer,
    SharedOrder,
    ShareLinks,
    ShareOver,
    SharePayment,
)
from server.checkout.shares import Shares
from server.identity.realms import BuyerRealm, Public
from server.inventory.models import HoldOver, NotOnSale, TooManyPlaces
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.switch_models import FeatureOff
from server.payments.models import (
    PaymentRefused,
    ProviderNotOffered,
    ProviderUnavailable,
    UnknownProvider,
)
from server.points.models import PointsRefused


def routes(shares: Shares, buyer: BuyerRealm) -> list[Operation]:
    async def divide_order(call: Call, body: Division) -> ShareLinks:
        return await shares.divide(call.actor.id, call.uuid("order_id"), body, call.key)

    async def list_shares(call: Call) -> ShareLinks:
        return await shares.links(call.actor.id, call.uuid("order_id"))

    async def get_share(call: Call) -> SharedOrder:
        return await shares.shown(call.text("token"))

    async def pay_share(call: Call, body: Payer) -> SharePayment:
        return await shares.pay(call.text("token"), body)

    return [
        Operation(
            "POST", "/v1/orders/{order_id}/shares", divide_order, buyer,
            "Divide a draft among several payers", body=Division, returns=ShareLinks, status=201,
            idempotent=True,
            errors=(
                Unauthenticated, NotFound, DivisionRefused, OrderBegun, HoldOver, NotOnSale,
                FeatureOff, CheckoutInvalid, PointsRefused, TooManyPlaces, IdempotencyKeyReused,
                DatabaseUnavailable,
            ),
            description="Each share has a link to pay it by. The order is confirmed when all are "
            "paid; where that is not so when its hold ends for good, everything goes back.",
        ),
        Operation(
            "GET", "/v1/orders/{order_id}/shares", list_shares, buyer,
            "The shares of an order and their links", returns=ShareLinks,
            errors=(Unauthenticated, NotFound),
        ),
        Operation(
            "GET", "/v1/shares/{token}", get_share, Public(), "What the link of a share shows",
            returns=SharedOrder, errors=(NotFound,),
            description="For whoever has the link: the others' addresses are not told.",
        ),
        Operation(
            "POST", "/v1/shares/{token}/payments", pay_share, Public(), "Pay a share",
            body=Payer, returns=SharePayment, status=201,
            errors=(
                NotFound, ShareOver, HoldOver, CheckoutInvalid, UnknownProvider,
                ProviderUnavailable, ProviderNotOffered, PaymentRefused, DatabaseUnavailable,
            ),
            description="Repeating it gives the page that is open.",
        ),
    ]  # fmt: skip
