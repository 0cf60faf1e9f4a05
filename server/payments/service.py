"""Attempts, and asking about those that nobody told us of. Webhooks: `inbox`; money back:
`refunding`.

Money moves at the provider, never under a lock of ours: an attempt is opened in one transaction,
the provider is called with none open, and the answer is written in another. A process may die
between any two; the reconciler and the refunder carry on from what is written.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence

import msgspec

from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import DomainError
from server.kernel.failpoint import failpoint
from server.kernel.ids import uuid7
from server.kernel.money import coin
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact
from server.payments import sql, sql_inbox
from server.payments.accounts import Accounts
from server.payments.adapters.offline import OfflineProvider
from server.payments.applying import apply
from server.payments.counter import OFFLINE
from server.payments.facts import payment_fact
from server.payments.inbox import KEPT_DAYS, Inbox
from server.payments.models import (
    Opened,
    OpenPayment,
    Payment,
    PaysBack,
    Trouble,
)
from server.payments.providers import Providers, named

FIRST_CHECK_S = 15.0
"""A payment that no webhook settled by then is asked for."""
BATCH = 20

_log = logs.get(__name__)


class Payments:
    def __init__(self, db: Database, providers: Providers, public_url: str) -> None:
        self._db, self.providers = db, providers
        self.accounts = Accounts(db, providers, public_url.rstrip("/"))
        self.inbox = Inbox(db, providers, self.accounts)
        self.payers: Mapping[str, PaysBack] = {**providers, OFFLINE: OfflineProvider()}

    async def start(self, attempt: Payment, wanted: OpenPayment) -> Opened:
        """Open the provider's page for an attempt, or an intent. Raises ProviderUnavailable,
        PaymentRefused.

        Safe to repeat: the payment's id is the idempotency key. What was opened first stays, also
        where the other flow is asked for then: a payment can be paid in one way only.
        """
        if attempt.redirect_url is not None or (attempt.provider_ref and wanted.flow == "page"):
            return Opened(attempt.provider_ref or "", attempt.redirect_url)
        wanted = msgspec.structs.replace(wanted, provider_ref=attempt.provider_ref)
        async with self._db.tx(read_only=True) as tx:
            terms = await sql.TERMS.first(tx, attempt.id)
        assert terms is not None, "opened before"
        opened = await named(self.providers, attempt.provider).open(wanted, terms)
        failpoint("payment.opened")
        async with self._db.tx() as tx:
            attached = (attempt.id, opened.provider_ref, opened.redirect_url)
            if not await sql.ATTACH.run(tx, *attached):
                first = await sql.LOCK.first(tx, attempt.id)
                assert first is not None, "opened before"
                assert first.provider_ref is not None, "or it would have been attached"
                return Opened(first.provider_ref, first.redirect_url)
        return opened

    async def reconcile(self) -> int:
        """Ask the provider about attempts that nobody told us of. Returns how many were asked."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.DUE_CHECKS.all(tx, BATCH)
        await asyncio.gather(*(self._look_up(payment) for payment in due))
        async with self._db.tx(across=Across.PLATFORM) as tx:
            unsettled = await sql.UNSETTLED.all(tx, BATCH)
            # Their event was handled or parked without an answer: tell it again.
            await outbox.append(tx, *map(_told_again, unsettled))
        return len(due)

    async def _look_up(self, payment: Payment) -> None:
        provider = self.providers.get(payment.provider)
        if provider is None:
            return
        context.begin("payments", str(payment.order_id))
        context.act_for(payment.org_id)
        try:
            event = await provider.look_up(payment.id, payment.provider_ref)
            if event is not None:
                async with self._db.tx() as tx:
                    await apply(tx, payment.provider, payment.id, event)
        except DomainError as error:
            _log.warning("look-up failed", payment_id=str(payment.id), error=error.detail)
        except Exception as error:
            # One payment that trips us up must not keep us from asking for the others.
            _log.exception("look-up failed", payment_id=str(payment.id), error=repr(error))


def _told_again(payment: Payment) -> Fact:
    return msgspec.structs.replace(
        payment_fact("captured", payment),
        context=context.apart(str(payment.order_id), payment.org_id),
    )


async def open_attempt(
    tx: Tx,
    org_id: str,
    order_id: uuid.UUID,
    provider: str,
    amount_minor: int,
    currency: str,
    share_id: uuid.UUID | None = None,
) -> Payment:
    """Of what the payment brings the platform's fee is as large a part as of its order, rounded
    down to what a provider takes: what a division leaves over is the organization's."""
    payment = await sql.INSERT.first(
        tx, uuid7(), org_id, order_id, provider, amount_minor, currency, FIRST_CHECK_S, share_id,
        coin(currency),
    )  # fmt: skip
    assert payment is not None
    return payment


async def of_order(tx: Tx, order_id: uuid.UUID) -> Payment | None:
    """The latest attempt to pay all of the order."""
    return await sql.OF_ORDER.first(tx, order_id)


async def open_of_share(
    tx: Tx, order_id: uuid.UUID, share_id: uuid.UUID, provider: str
) -> Payment | None:
    """The attempt whose page may still be paid on."""
    return await sql.OPEN_OF_SHARE.first(tx, order_id, share_id, provider)


async def all_of_order(tx: Tx, order_id: uuid.UUID) -> list[Payment]:
    """All attempts of an order, oldest first: several may have brought money."""
    return await sql.ALL_OF_ORDER.all(tx, order_id)


async def settled(tx: Tx, payment_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The money is answered for: by places sold, or by a refund requested. Returns those of them
    that were not before."""
    return await sql.SET_SETTLED.values(tx, payment_ids)


async def forget(tx: Tx) -> int:
    """Webhooks that no provider will repeat any more. Returns how many."""
    return await sql_inbox.FORGET.run(tx, KEPT_DAYS)


async def trouble(tx: Tx) -> Trouble:
    found = await sql.TROUBLE.first(tx)
    assert found is not None
    return found
