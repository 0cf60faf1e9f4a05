"""Scanner keys of an event: minted and shown once, listed, revoked."""

import uuid

from server import audit
from server.catalog import events
from server.checkin import sql
from server.checkin.models import KEYS_MAX, MintedScannerKey, NewScannerKey, ScannerKeys
from server.identity import service as identity
from server.kernel import idempotency, ids
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Done, Key
from server.orgs.models import LimitReached


async def mint(
    db: Database, org_id: str, event_id: uuid.UUID, wish: NewScannerKey, key: Key | None
) -> MintedScannerKey:
    """Raises NotFound for an event that is not the organization's, LimitReached."""

    async def act(tx: Tx) -> MintedScannerKey:
        await events.lock(tx, org_id, event_id)
        if await sql.COUNT_KEYS.value(tx, event_id) >= KEYS_MAX:
            raise LimitReached(f"{KEYS_MAX} keys are live: revoke one first", max=KEYS_MAX)
        key_id, name = ids.uuid7(), wish.name.strip()
        secret = await identity.create_scanner_key(tx, org_id, event_id, name, key_id)
        await audit.record(
            tx,
            org_id,
            "scanner_key.minted",
            subject=f"scanner_key:{key_id}",
            data={"event_id": str(event_id), "name": name},
        )
        return MintedScannerKey(key_id, name, secret)

    return await idempotency.settled_secret(db, key, MintedScannerKey, act, "key")


async def of_event(db: Database, org_id: str, event_id: uuid.UUID) -> ScannerKeys:
    """Raises NotFound for an event that is not the organization's."""
    async with db.tx(read_only=True) as tx:
        await _must_own(tx, org_id, event_id)
        return ScannerKeys(await sql.KEYS.all(tx, event_id))


async def revoke(
    db: Database, org_id: str, event_id: uuid.UUID, key_id: uuid.UUID, key: Key | None
) -> None:
    """Raises NotFound, also for one that was revoked before."""

    async def act(tx: Tx) -> Done:
        await _must_own(tx, org_id, event_id)
        if not await sql.REVOKE_KEY.run(tx, key_id, event_id):
            raise NotFound("no such key, or it was revoked before")
        await audit.record(
            tx,
            org_id,
            "scanner_key.revoked",
            subject=f"scanner_key:{key_id}",
            data={"event_id": str(event_id)},
        )
        return Done()

    await idempotency.settled(db, key, Done, act)


async def _must_own(tx: Tx, org_id: str, event_id: uuid.UUID) -> None:
    if not await sql.IS_OWN_EVENT.value(tx, event_id, org_id):
        raise NotFound("no such event")
