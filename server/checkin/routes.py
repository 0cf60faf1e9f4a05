"""POST /v1/checkin/scans, /v1/checkin/undo."""

from server.checkin.models import (
    UNDO_S,
    Admission,
    ScanRequest,
    TicketAlreadyUsed,
    TicketNotValid,
    TicketUnknown,
    TooLateToUndo,
    Undone,
    UndoRequest,
)
from server.checkin.service import Checkin
from server.identity.realms import ScannerRealm
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.switch_models import FeatureOff


def routes(checkin: Checkin, scanner: ScannerRealm) -> list[Operation]:
    async def scan_ticket(call: Call, body: ScanRequest) -> Admission:
        logs.bind(event_id=call.actor.event_id)
        return await checkin.scan(call.actor, body, call.key)

    async def undo(call: Call, body: UndoRequest) -> Undone:
        logs.bind(event_id=call.actor.event_id)
        return await checkin.undo(call.actor, body, call.key)

    return [
        Operation(
            "POST", "/v1/checkin/scans", scan_ticket, scanner, "Let a ticket in, once",
            body=ScanRequest, returns=Admission, idempotent=True,
            errors=(
                Unauthenticated, TicketAlreadyUsed, TicketNotValid, TicketUnknown, FeatureOff,
                IdempotencyKeyReused, DatabaseUnavailable,
            ),
            description="Every scan is kept and shown on the event's board, admitted or not.",
        ),
        Operation(
            "POST", "/v1/checkin/undo", undo, scanner, "Undo an admission that was a mistake",
            body=UndoRequest, returns=Undone, idempotent=True,
            errors=(
                Unauthenticated, NotFound, TooLateToUndo, IdempotencyKeyReused, DatabaseUnavailable,
            ),
            description=f"By the key that let them in, for {UNDO_S} seconds; the undo is kept and "
            "shown as scans are.",
        ),
    ]  # fmt: skip
