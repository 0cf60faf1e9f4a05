"""Money that was taken by hand: captured and answered for as it is written down."""

import uuid
from collections.abc import Sequence

import msgspec

from server.kernel.db import Query, Tx
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact

OFFLINE = "offline"

INSERT = Query(
    "payments.insert_offline",
    """INSERT INTO payments (id, org_id, order_id, provider, provider_ref, status, amount_minor,
                             currency, next_check_at, settled_at)
       SELECT w.id, $1, w.order_id, $2, w.id::text, 'captured', w.amount_minor, $3, 'infinity',
              now()
       FROM unnest($4::uuid[], $5::uuid[], $6::bigint[]) AS w (id, order_id, amount_minor)""",
)


class Taken(msgspec.Struct, frozen=True):
    order_id: uuid.UUID
    amount_minor: int


async def take(tx: Tx, org_id: str, currency: str, taken: Sequence[Taken]) -> None:
    """A payment for each order that costs something."""
    payments = [(uuid7(), one) for one in taken if one.amount_minor]
    if not payments:
        return
    await INSERT.run(
        tx, org_id, OFFLINE, currency,
        [payment_id for payment_id, _ in payments],
        [one.order_id for _, one in payments],
        [one.amount_minor for _, one in payments],
    )  # fmt: skip
    facts = [_captured(org_id, currency, payment_id, one) for payment_id, one in payments]
    await outbox.append_bundle(tx, facts)


def _captured(org_id: str, currency: str, payment_id: uuid.UUID, one: Taken) -> Fact:
    return Fact(
        type="payment.captured",
        org_id=org_id,
        subject=f"payment:{payment_id}",
        data={
            "payment_id": str(payment_id),
            "order_id": str(one.order_id),
            "provider": OFFLINE,
            "amount_minor": one.amount_minor,
            "refunded_minor": 0,
            "currency": currency,
        },
    )
