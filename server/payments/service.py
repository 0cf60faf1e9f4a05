"""Attempts, webhooks, refunds and the reconciler.

Money moves at the provider, never under a lock of ours: an attempt is opened in one transaction,
the provider is called with none open, and the answer is written in another. A process may die
between any two; the reconciler and the refunder carry on from what is written.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence

from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import DomainError
from server.kernel.failpoint import failpoint
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.payments import sql
from server.payments.models import (
    OpenPayment,
    Payment,
    Provider,
    ProviderEvent,
    ProviderUnavailable,
    Refund,
    RefundRefused,
    Trouble,
    UnknownProvider,
    WebhookRejected,
)

FIRST_CHECK_S = 15.0
"""A payment that no webhook settled by then is asked for."""
BATCH = 20
_CAPTURED = ("captured", "partially_refunded", "refunded", "disputed")

_log = logs.get(__name__)


class Payments:
    """`providers`: the adapters that are switched on, by name."""

    def __init__(self, db: Database, providers: Mapping[str, Provider]) -> None:
        self._db, self.providers = db, providers

    def provider(self, name: str) -> Provider:
        """Raises UnknownProvider."""
        found = self.providers.get(name)
        if found is None:
            raise UnknownProvider(f"payment provider {name!r} is not switched on")
        return found

    async def start(self, provider: str, payment: OpenPayment) -> str:
        """Open the provider's page for an attempt. Returns its URL. Raises ProviderUnavailable.

        Safe to repeat: the payment's id is the idempotency key.
        """
        opened = await self.provider(provider).open(payment)
        failpoint("payment.opened")
        async with self._db.tx() as tx:
            await sql.ATTACH.run(tx, payment.payment_id, opened.provider_ref, opened.redirect_url)
        return opened.redirect_url

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> None:
        """A provider's webhook: verified, stored, and applied once, in one transaction.

        Raises UnknownProvider, WebhookRejected.
        """
        event = self.provider(provider).read_webhook(headers, body)
        if event is not None:
            await self._apply(provider, event, body)

    async def _apply(self, provider: str, event: ProviderEvent, body: bytes) -> None:
        failpoint("webhook.verified")
        async with self._db.tx(read_only=True, across=Across.PROVIDER) as tx:
            org_id = await sql.ORG_OF.value(tx, event.payment_id)
        if org_id is None:
            raise WebhookRejected("no such payment here", payment_id=str(event.payment_id))
        context.act_for(org_id)
        async with self._db.tx() as tx:
            if await sql.INBOX.run(tx, provider, event.id, event.kind, body):
                await _apply(tx, provider, event)
        failpoint("webhook.committed")

    async def reconcile(self) -> int:
        """Ask the provider about attempts that nobody told us of. Returns how many were asked."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.DUE_CHECKS.all(tx, BATCH)
        await asyncio.gather(*(self._look_up(payment) for payment in due))
        async with self._db.tx(across=Across.PLATFORM) as tx:
            unsettled = await sql.UNSETTLED.all(tx, BATCH)
            # Their event was handled or parked without an answer: tell it again.
            await outbox.append(tx, *(_fact("captured", payment) for payment in unsettled))
        return len(due)

    async def _look_up(self, payment: Payment) -> None:
        provider = self.providers.get(payment.provider)
        if provider is None:
            return
        try:
            event = await provider.look_up(payment.id)
            if event is not None:
                await self._apply(payment.provider, event, b"")
        except DomainError as error:
            _log.warning("look-up failed", payment_id=str(payment.id), error=error.detail)

    async def refund_some(self) -> int:
        """Carry out requested refunds. Returns how many were tried."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.DUE_REFUNDS.all(tx, BATCH)
        for refund in due:
            provider = self.providers.get(refund.provider)
            if provider is None:
                continue
            context.act_for(refund.org_id)
            try:
                ref = await provider.refund(refund.provider_ref, refund.id, refund.amount_minor)
            except ProviderUnavailable as error:
                _log.warning("refund not done yet", refund_id=str(refund.id), error=error.detail)
                continue
            except RefundRefused as error:
                _log.error("refund refused", refund_id=str(refund.id), error=error.detail)
                async with self._db.tx() as tx:
                    await sql.FAIL_REFUND.run(tx, refund.id)
                continue
            failpoint("refund.done_at_provider")
            async with self._db.tx() as tx:
                await _finish_refund(tx, refund, ref)
        return len(due)


async def open_attempt(
    tx: Tx, org_id: str, order_id: uuid.UUID, provider: str, amount_minor: int, currency: str
) -> Payment:
    payment = await sql.INSERT.first(
        tx, uuid7(), org_id, order_id, provider, amount_minor, currency, FIRST_CHECK_S
    )
    assert payment is not None
    return payment


async def of_order(tx: Tx, order_id: uuid.UUID) -> Payment | None:
    """The order's latest attempt."""
    return await sql.OF_ORDER.first(tx, order_id)


async def settled(tx: Tx, payment_ids: Sequence[uuid.UUID]) -> None:
    """The money is answered for: by places sold, or by a refund requested."""
    await sql.SET_SETTLED.run(tx, payment_ids)


async def trouble(tx: Tx) -> Trouble:
    found = await sql.TROUBLE.first(tx)
    assert found is not None
    return found


async def request_refund(tx: Tx, payment: Payment, amount_minor: int, reason: str) -> None:
    """Have the worker pay `amount_minor` back. One refund per payment and `reason`."""
    await sql.INSERT_REFUND.run(tx, uuid7(), payment.org_id, payment.id, amount_minor, reason)


async def _apply(tx: Tx, provider: str, event: ProviderEvent) -> None:
    payment = await sql.LOCK.first(tx, event.payment_id)
    if payment is None or payment.provider != provider:
        raise WebhookRejected("no such payment here", payment_id=str(event.payment_id))
    if event.amount_minor != payment.amount_minor and event.kind == "captured":
        raise WebhookRejected("the amount is not what was asked for", payment_id=str(payment.id))
    if payment.provider_ref is None:
        # The process that opened the page died before it could write this down.
        await sql.ATTACH.run(tx, payment.id, event.provider_ref, None)
    if payment.status in _CAPTURED:
        return
    if event.kind == "captured":
        await sql.SET_CAPTURED.run(tx, payment.id)
        await outbox.append(tx, _fact("captured", payment))
    elif event.kind in ("failed", "expired"):
        # Not the end: a payer may try again on the same page until the provider says expired.
        if payment.status == "pending":
            await sql.SET_STATUS.run(tx, payment.id, "failed")
            await outbox.append(tx, _fact("failed", payment))
        if event.kind == "expired":
            await sql.STOP_CHECKING.run(tx, payment.id)


async def _finish_refund(tx: Tx, refund: Refund, provider_ref: str) -> None:
    await sql.LOCK.first(tx, refund.payment_id)
    if not await sql.FINISH_REFUND.run(tx, refund.id, provider_ref):
        return
    payment = await sql.ADD_REFUNDED.first(tx, refund.payment_id, refund.amount_minor)
    assert payment is not None
    await outbox.append(tx, _fact("refunded", payment, refund_minor=refund.amount_minor))


def _fact(verb: str, payment: Payment, **more: int) -> Fact:
    data = {
        "payment_id": str(payment.id),
        "order_id": str(payment.order_id),
        "provider": payment.provider,
        "amount_minor": payment.amount_minor,
        "refunded_minor": payment.refunded_minor,
        "currency": payment.currency,
    }
    return Fact(f"payment.{verb}", payment.org_id, f"payment:{payment.id}", data | more)
