"""What a provider says, applied to the payment that it is about; safe to repeat."""

import uuid

from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.payments import sql, sql_refunds
from server.payments.facts import payment_fact
from server.payments.models import Payment, ProviderEvent, WebhookRejected
from server.payments.states import MOVES, Step, step


async def apply(tx: Tx, provider: str, payment_id: uuid.UUID, event: ProviderEvent) -> None:
    """Raises WebhookRejected, WebhookTooEarly; nothing changes then."""
    payment = await sql.LOCK.first(tx, payment_id)
    if payment is None or payment.provider != provider:
        raise WebhookRejected("no such payment here", payment_id=str(payment_id))
    owed_minor = 0
    if event.kind == "refunded":
        owed_minor = await sql_refunds.OWED.value(tx, payment.id)
    now = step(payment, event, owed_minor)
    if payment.provider_ref is None:
        # The process that opened the page died before it could write this down.
        await sql.ATTACH.run(tx, payment.id, event.provider_ref, None)
    if event.charge_ref is not None:
        await sql.SET_CHARGE_REF.run(tx, payment.id, event.charge_ref)
    if now.is_over:
        await sql.STOP_CHECKING.run(tx, payment.id)
    await _move(tx, payment, now)
    if now.outside_minor:
        await _paid_back_outside(tx, payment, event, now.outside_minor)
    if event.kind in ("dispute_won", "dispute_lost") and payment.status == "disputed":
        ended = payment_fact("disputed", payment, dispute=event.kind.removeprefix("dispute_"))
        await outbox.append(tx, ended)


async def _move(tx: Tx, payment: Payment, now: Step) -> None:
    if now.status is None:
        return
    assert now.status in MOVES[payment.status], f"{payment.status} -> {now.status}"
    if now.status == "captured" and payment.status != "disputed":
        await sql.SET_CAPTURED.run(tx, payment.id)
        await outbox.append(tx, payment_fact("captured", payment))
        return
    await sql.SET_STATUS.run(tx, payment.id, now.status)
    if now.status in ("authorized", "failed"):
        await outbox.append(tx, payment_fact(now.status, payment))
    elif now.status == "disputed":
        await outbox.append(tx, payment_fact("disputed", payment, dispute="opened"))


async def _paid_back_outside(
    tx: Tx, payment: Payment, event: ProviderEvent, amount_minor: int
) -> None:
    """In the provider's own office, or by a lost dispute: ours to know of, not to decide."""
    reason = f"{event.kind}:{payment.refunded_minor + amount_minor}"
    await sql_refunds.INSERT_DONE.run(tx, uuid7(), payment.org_id, payment.id, amount_minor, reason)
    is_lost = event.kind == "dispute_lost"
    after = await sql_refunds.ADD_REFUNDED.first(tx, payment.id, amount_minor, is_lost)
    assert after is not None
    await outbox.append(tx, payment_fact("refunded", after, refund_minor=amount_minor))
