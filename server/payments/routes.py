"""POST /v1/webhooks/{provider}; /v1/staff/webhooks: what became of them; /v1/staff/money-gaps."""

import msgspec

from server.identity.realms import Public
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import BadRequest, ContentTooLarge, DatabaseUnavailable, NotFound
from server.kernel.http import Call, Operation, read_body
from server.orgs.org_routes import READS, WRITES
from server.orgs.platform import StaffRealm
from server.payments import gaps, inbox
from server.payments.gap_models import (
    GapDismissal,
    GapMoved,
    MoneyGap,
    MoneyGapQuery,
    MoneyGaps,
)
from server.payments.models import (
    Deliveries,
    Delivery,
    DeliveryQuery,
    DeliveryWithBody,
    ReplayRefused,
    UnknownProvider,
    WebhookRejected,
)
from server.payments.service import Payments


class Received(msgspec.Struct):
    received: bool = True


def routes(
    db: Database, payments: Payments, support: StaffRealm, superadmin: StaffRealm
) -> list[Operation]:
    async def receive_webhook(call: Call) -> Received:
        provider = call.text("provider")
        context.act_as(f"provider:{provider}")
        # The signature is over the bytes as they came, so the body is not decoded here.
        body = await read_body(call.request)
        await payments.inbox.receive(provider, call.request.headers, body)
        return Received()

    async def list_webhooks(call: Call) -> Deliveries:
        return await inbox.page(db, call.query(DeliveryQuery))

    async def get_webhook(call: Call) -> DeliveryWithBody:
        return await inbox.find(db, call.uuid("webhook_id"))

    async def replay_webhook(call: Call) -> Delivery:
        return await inbox.replay(db, call.uuid("webhook_id"), call.key)

    async def list_money_gaps(call: Call) -> MoneyGaps:
        return await gaps.page(db, call.query(MoneyGapQuery))

    async def dismiss_money_gap(call: Call, body: GapDismissal) -> MoneyGap:
        return await gaps.dismiss(db, call.uuid("gap_id"), body, call.key)

    async def reopen_money_gap(call: Call) -> MoneyGap:
        return await gaps.reopen(db, call.uuid("gap_id"), call.key)

    return [
        Operation(
            "GET", "/v1/staff/money-gaps", list_money_gaps, support,
            "Where money and what it is for do not match", returns=MoneyGaps, query=MoneyGapQuery,
            errors=READS,
            description="Open gaps, as the comparison of every ten minutes last saw them, each "
            "with what to do about it; with `status=dismissed` those that were closed. One that is "
            "gone is not listed any more.",
        ),
        Operation(
            "POST", "/v1/staff/money-gaps/{gap_id}/dismissals", dismiss_money_gap, superadmin,
            "Close a gap that was looked into", body=GapDismissal, returns=MoneyGap,
            idempotent=True, errors=(*WRITES, NotFound, GapMoved),
            description="It is open again as soon as a comparison finds other amounts.",
        ),
        Operation(
            "POST", "/v1/staff/money-gaps/{gap_id}/reopenings", reopen_money_gap, superadmin,
            "Open a gap again that was closed", returns=MoneyGap, idempotent=True,
            errors=(*WRITES, NotFound),
        ),
        Operation(
            "POST", "/v1/webhooks/{provider}", receive_webhook, Public(),
            "A payment provider tells what happened",
            returns=Received,
            errors=(
                UnknownProvider, WebhookRejected, BadRequest, ContentTooLarge,
                DatabaseUnavailable,
            ),
            description="Signed by the provider; any repetition is accepted and changes nothing. "
            "The answer says that we have it: it is applied a moment later.",
        ),
        Operation(
            "GET", "/v1/staff/webhooks", list_webhooks, support, "What payment providers told us",
            returns=Deliveries, query=DeliveryQuery, errors=READS,
            description="`dead`: given up; `last_error` says why.",
        ),
        Operation(
            "GET", "/v1/staff/webhooks/{webhook_id}", get_webhook, support,
            "A webhook as it came", returns=DeliveryWithBody, errors=(*READS, NotFound),
        ),
        Operation(
            "POST", "/v1/staff/webhooks/{webhook_id}/replays", replay_webhook, superadmin,
            "Have a webhook that was given up tried again", returns=Delivery, idempotent=True,
            errors=(*WRITES, NotFound, ReplayRefused),
            description="Once what kept it from being applied is mended.",
        ),
    ]  # fmt: skip
