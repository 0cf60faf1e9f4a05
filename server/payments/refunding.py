"""Money back: asked for in the transaction that decides it, paid by the worker.

The provider is called with nothing locked, under the refund's id, until its answer is known; so a
process may die at any point, and the money goes back once. However long that takes: a provider may
forget the id as a key, so who asks again looks first for what the provider has under it.
"""

import asyncio
import uuid
from collections.abc import Mapping

from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.failpoint import failpoint
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.payments import sql, sql_refunds
from server.payments.facts import payment_fact
from server.payments.models import (
    Balance,
    Payment,
    PaysBack,
    ProviderUnavailable,
    Refund,
    Refundable,
    RefundRefused,
    RefundShare,
)

BATCH = 20

_log = logs.get(__name__)


async def request_refund(
    tx: Tx, payment: Payment | Refundable, amount_minor: int, reason: str
) -> None:
    """Have the worker pay `amount_minor` back. One refund per payment and `reason`."""
    await sql_refunds.INSERT.run(tx, uuid7(), payment.org_id, payment.id, amount_minor, reason)


async def ask_again(tx: Tx, order_id: uuid.UUID, reason: str) -> int:
    """Have the worker try once more what a provider refused. Returns how many refunds."""
    return await sql_refunds.AGAIN.run(tx, order_id, reason)


async def refundable(tx: Tx, order_id: uuid.UUID) -> list[Refundable]:
    """The order's payments that are answered for and have money left, the newest first; locked
    until `tx` ends."""
    return await sql_refunds.REFUNDABLE.all(tx, order_id)


async def of_reason(tx: Tx, order_id: uuid.UUID, reason: str) -> list[RefundShare]:
    """What the order's payments give back for one reason."""
    return await sql_refunds.OF_REASON.all(tx, order_id, reason)


async def balance(tx: Tx, order_id: uuid.UUID) -> Balance:
    """What was captured for the order and has not gone back, and what is on its way back."""
    found = await sql_refunds.BALANCE.first(tx, order_id)
    assert found is not None, "an aggregate has a row"
    return found


async def refund_some(db: Database, providers: Mapping[str, PaysBack]) -> int:
    """Carry out requested refunds. Returns how many were tried."""
    async with db.tx(across=Across.PLATFORM) as tx:
        due = await sql_refunds.DUE.all(tx, BATCH)
    await asyncio.gather(*(_refund(db, providers, refund) for refund in due))
    return len(due)


async def _refund(db: Database, providers: Mapping[str, PaysBack], refund: Refund) -> None:
    provider = providers.get(refund.provider)
    if provider is None:
        return
    context.begin("payments", str(refund.order_id))
    context.act_for(refund.org_id)
    try:
        ref = None
        if refund.attempts > 1:
            ref = await provider.refund_made(refund.provider_ref, refund.id)
        if ref is None:
            ref = await provider.refund(refund.provider_ref, refund.id, refund.amount_minor)
        failpoint("refund.done_at_provider")
        async with db.tx() as tx:
            await _finish(tx, refund, ref)
    except ProviderUnavailable as error:
        _log.warning("refund not done yet", refund_id=str(refund.id), error=error.detail)
    except RefundRefused as error:
        _log.error("refund refused", refund_id=str(refund.id), error=error.detail)
        async with db.tx() as tx:
            await sql_refunds.FAIL.run(tx, refund.id)
    except Exception as error:
        # One refund that trips us up must not keep the others' money.
        _log.exception("refund not done", refund_id=str(refund.id), error=repr(error))


async def _finish(tx: Tx, refund: Refund, provider_ref: str) -> None:
    await sql.LOCK.first(tx, refund.payment_id)
    if not await sql_refunds.FINISH.run(tx, refund.id, provider_ref):
        return
    gone = (refund.payment_id, refund.amount_minor, False)
    payment = await sql_refunds.ADD_REFUNDED.first(tx, *gone)
    assert payment is not None
    await outbox.append(tx, payment_fact("refunded", payment, refund_minor=refund.amount_minor))
