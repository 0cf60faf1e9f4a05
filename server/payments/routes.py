"""POST /v1/webhooks/{provider}."""

import msgspec

from server.identity.realms import Public
from server.kernel import context
from server.kernel.errors import BadRequest, ContentTooLarge, DatabaseUnavailable
from server.kernel.http import Call, Operation, read_body
from server.payments.models import UnknownProvider, WebhookRejected
from server.payments.service import Payments


class Received(msgspec.Struct):
    received: bool = True


def routes(payments: Payments) -> list[Operation]:
    async def receive_webhook(call: Call) -> Received:
        provider = call.text("provider")
        context.act_as(f"provider:{provider}")
        # The signature is over the bytes as they came, so the body is not decoded here.
        await payments.receive(provider, call.request.headers, await read_body(call.request))
        return Received()

    return [
        Operation(
            "POST", "/v1/webhooks/{provider}", receive_webhook, Public(),
            "A payment provider tells what happened",
            returns=Received,
            errors=(
                UnknownProvider, WebhookRejected, BadRequest, ContentTooLarge,
                DatabaseUnavailable,
            ),
            description="Signed by the provider; any repetition is accepted and changes nothing.",
        ),
    ]  # fmt: skip
