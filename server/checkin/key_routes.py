"""/v1/events/{event_id}/scanner-keys: what devices at the door of one event show."""

from server.checkin import keys
from server.checkin.models import MintedScannerKey, NewScannerKey, ScannerKeys
from server.kernel import logs
from server.kernel.db import Database
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.models import LimitReached
from server.orgs.realm import OperatorRealm

_READS = (Unauthenticated, Forbidden, NotFound)
_WRITES = (*_READS, IdempotencyKeyReused, DatabaseUnavailable)


def routes(db: Database, manager: OperatorRealm) -> list[Operation]:
    """`manager`: of who may manage keys."""

    async def mint_scanner_key(call: Call, body: NewScannerKey) -> MintedScannerKey:
        event_id = call.uuid("event_id")
        logs.bind(event_id=event_id)
        return await keys.mint(db, call.actor.org_id, event_id, body, call.key)

    async def list_scanner_keys(call: Call) -> ScannerKeys:
        return await keys.of_event(db, call.actor.org_id, call.uuid("event_id"))

    async def revoke_scanner_key(call: Call) -> None:
        await keys.revoke(
            db, call.actor.org_id, call.uuid("event_id"), call.uuid("key_id"), call.key
        )

    path = "/v1/events/{event_id}/scanner-keys"
    return [
        Operation(
            "POST", path, mint_scanner_key, manager, "Mint a key for the door of an event",
            body=NewScannerKey, returns=MintedScannerKey, status=201, idempotent=True,
            errors=(*_WRITES, LimitReached),
            description="It lets tickets of this event in, and nothing else. The answer shows it, "
            "and nothing shows it again.",
        ),
        Operation(
            "GET", path, list_scanner_keys, manager, "The keys for the door of an event",
            returns=ScannerKeys, errors=_READS,
        ),
        Operation(
            "DELETE", f"{path}/{{key_id}}", revoke_scanner_key, manager, "Revoke a door's key",
            idempotent=True, errors=_WRITES, description="It opens nothing from the next scan on.",
        ),
    ]  # fmt: skip
