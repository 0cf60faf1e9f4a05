"""POST /v1/checkin/scans."""

from server.checkin.models import (
    Admission,
    ScanRequest,
    TicketAlreadyUsed,
    TicketNotValid,
    TicketUnknown,
)
from server.checkin.service import Checkin
from server.identity.realms import ScannerRealm
from server.kernel import logs
from server.kernel.errors import DatabaseUnavailable, IdempotencyKeyReused, Unauthenticated
from server.kernel.http import Call, Operation
from server.orgs.switch_models import FeatureOff


def routes(checkin: Checkin, scanner: ScannerRealm) -> list[Operation]:
    async def scan_ticket(call: Call, body: ScanRequest) -> Admission:
        logs.bind(event_id=call.actor.event_id)
        return await checkin.scan(call.actor, body, call.key)

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
    ]  # fmt: skip
