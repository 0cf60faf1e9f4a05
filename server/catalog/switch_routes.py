"""/v1/events/{event_id}/switches: what of the platform is off for one event."""

from server.catalog import sql
from server.catalog.service import Catalog
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
from server.orgs import switches
from server.orgs.platform import StaffRealm
from server.orgs.realm import OperatorRealm
from server.orgs.switch_models import SwitchChange
from server.orgs.switches import Scope, flag_of

_ERRORS = (Unauthenticated, Forbidden, NotFound, IdempotencyKeyReused, DatabaseUnavailable)


def routes(
    db: Database, catalog: Catalog, manager: OperatorRealm, superadmin: StaffRealm
) -> list[Operation]:
    """`manager`: of who may manage events."""

    async def turn(call: Call, body: SwitchChange, org_id: str | None) -> None:
        """`org_id`: whose event it must be, None for the platform's staff."""
        event_id, flag = call.uuid("event_id"), flag_of(call.text("flag"))
        logs.bind(event_id=event_id)
        async with db.tx(read_only=True) as tx:
            owner_id = await sql.ORG_OF_EVENT.value(tx, event_id)
        if owner_id is None or org_id not in (None, owner_id):
            raise NotFound("no such event")
        scope = Scope(owner_id, event_id)
        await switches.turn(db, scope, flag, body, call.key, is_by_staff=org_id is None)
        catalog.forget(event_id)

    async def turn_switch_of_event(call: Call, body: SwitchChange) -> None:
        await turn(call, body, call.actor.org_id)

    async def turn_switch_of_any_event(call: Call, body: SwitchChange) -> None:
        await turn(call, body, None)

    return [
        Operation(
            "PUT", "/v1/events/{event_id}/switches/{flag}", turn_switch_of_event, manager,
            "Switch something on or off for an event", body=SwitchChange, idempotent=True,
            errors=_ERRORS,
        ),
        Operation(
            "PUT", "/v1/staff/events/{event_id}/switches/{flag}", turn_switch_of_any_event,
            superadmin, "Switch something on or off for any event", body=SwitchChange,
            idempotent=True, errors=_ERRORS,
        ),
    ]  # fmt: skip
