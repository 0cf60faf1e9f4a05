"""The inbox of webhooks: kept as they came and acknowledged at once, applied by the worker.

A provider is told that we have its webhook once it is in the database, and before anything is made
of it; so what cannot be applied is no reason to lose it. It is tried again, later and later, and
given up after about two hours, when the platform's staff see it and may have it tried once more.
"""

import asyncio
import uuid
from collections.abc import Mapping

import msgspec

from server.audit import service as audit
from server.kernel import context, idempotency, logs
from server.kernel.db import Database, Tx
from server.kernel.errors import DomainError, NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.payments import sql, sql_inbox
from server.payments.accounts import Accounts
from server.payments.applying import apply
from server.payments.models import (
    AccountState,
    Deliveries,
    Delivery,
    DeliveryQuery,
    DeliveryWithBody,
    ProviderEvent,
    ReplayRefused,
    Stored,
    WebhookRejected,
    WebhookStored,
    WebhookTooEarly,
)
from server.payments.providers import Providers, named

BATCH = 64
SIDE_BY_SIDE = 8
ATTEMPTS_MAX = 20
"""2, 4, 8 ... 512 s apart and then 10 minutes: about two hours."""
KEPT_DAYS = 30
"""Longer than any provider repeats a webhook."""

_log = logs.get(__name__)


class Inbox:
    def __init__(self, db: Database, providers: Providers, accounts: Accounts) -> None:
        self._db, self._providers, self._accounts = db, providers, accounts

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep a webhook, if it is the provider's. Raises UnknownProvider, WebhookRejected."""
        envelope = named(self._providers, provider).verify(headers, body)
        failpoint("webhook.verified")
        async with self._db.tx() as tx:
            stored = (uuid7(), provider, envelope.id, envelope.type, body)
            if await sql_inbox.STORE.run(tx, *stored):
                tx.announce(WebhookStored())
        failpoint("webhook.stored")

    async def process_some(self) -> int:
        """Apply what waits. Returns how many were tried."""
        async with self._db.tx() as tx:
            due = await sql_inbox.TAKE.all(tx, BATCH)
        slots = asyncio.Semaphore(SIDE_BY_SIDE)
        await asyncio.gather(*(self._process(stored, slots) for stored in due))
        return len(due)

    async def _process(self, stored: Stored, slots: asyncio.Semaphore) -> None:
        async with slots:
            # What follows from it is the provider's doing, and has a trace of its own.
            context.begin(f"provider:{stored.provider}", str(stored.id))
            error, is_hopeless = "", False
            try:
                await self._apply(stored)
            except WebhookRejected as rejected:
                error, is_hopeless = rejected.detail, True
            except DomainError as failed:
                error = failed.detail
            except Exception as failed:
                # One webhook that trips us up must not keep the others waiting.
                error = repr(failed)
                _log.exception("webhook not applied", webhook_id=str(stored.id))
            if error:
                await self._not_done(stored, error, is_dead=is_hopeless)

    async def _apply(self, stored: Stored) -> None:
        said = named(self._providers, stored.provider).read(stored.body)
        if isinstance(said, AccountState):
            await self._accounts.learn(stored.provider, said)
        elif said is not None:
            payment_id = await self._find(stored.provider, said)
            async with self._db.tx() as tx:
                await apply(tx, stored.provider, payment_id, said)
                await sql_inbox.DONE.run(tx, stored.id)
            failpoint("webhook.applied")
            return
        async with self._db.tx() as tx:
            await sql_inbox.DONE.run(tx, stored.id)

    async def _find(self, provider: str, event: ProviderEvent) -> uuid.UUID:
        """The payment that it is about; from here on its organization is acted for."""
        async with self._db.tx(read_only=True, across=Across.PROVIDER) as tx:
            payment_id = event.payment_id
            if payment_id is None:
                payment_id = await sql.OF_CHARGE.value(tx, provider, event.charge_ref)
            org_id = await sql.ORG_OF.value(tx, payment_id)
        if payment_id is None:
            raise WebhookTooEarly("no payment of ours is known by that charge yet")
        if org_id is None:
            raise WebhookRejected("no such payment here", payment_id=str(payment_id))
        context.act_for(org_id)
        return payment_id

    async def _not_done(self, stored: Stored, error: str, *, is_dead: bool) -> None:
        is_dead = is_dead or stored.attempts >= ATTEMPTS_MAX
        log = _log.error if is_dead else _log.warning
        log("webhook not applied", webhook_id=str(stored.id), error=error, given_up=is_dead)
        async with self._db.tx() as tx:
            await sql_inbox.NOT_DONE.run(tx, stored.id, error[:500], is_dead)


async def page(db: Database, wanted: DeliveryQuery) -> Deliveries:
    """For the platform's staff."""
    async with db.tx(read_only=True) as tx:
        rows = await sql_inbox.PAGE.all(
            tx, wanted.next_token, wanted.status, wanted.provider, wanted.page_size + 1
        )
    items = rows[: wanted.page_size]
    return Deliveries(items, str(items[-1].id) if len(rows) > wanted.page_size else None)


async def find(db: Database, webhook_id: uuid.UUID) -> DeliveryWithBody:
    """Raises NotFound."""
    async with db.tx(read_only=True) as tx:
        found = await sql_inbox.FIND.first(tx, webhook_id)
        body = await sql_inbox.BODY.value(tx, webhook_id)
    if found is None:
        raise NotFound("no such webhook")
    return DeliveryWithBody(**msgspec.structs.asdict(found), body=body.decode(errors="replace"))


async def replay(db: Database, webhook_id: uuid.UUID, key: Key | None) -> Delivery:
    """Have a webhook that was given up tried again, from the beginning. Raises ReplayRefused,
    NotFound."""

    async def act(tx: Tx) -> Delivery:
        found = await sql_inbox.LOCK.first(tx, webhook_id)
        if found is None:
            raise NotFound("no such webhook")
        if found.status != "dead":
            raise ReplayRefused(
                f"this webhook is {found.status}: only one that is dead is replayed"
            )
        replayed = await sql_inbox.REPLAY.first(tx, webhook_id)
        assert replayed is not None
        await audit.record(
            tx, None, "webhook.replayed", subject=f"webhook:{webhook_id}",
            data={"provider": found.provider, "event_id": found.event_id},
        )  # fmt: skip
        tx.announce(WebhookStored())
        return replayed

    return await idempotency.settled(db, key, Delivery, act)
