"""/v1/switches: what of the platform is off, for an organization or for everybody."""

from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs import service, switches
from server.orgs.org_routes import READS, WRITES
from server.orgs.platform import StaffRealm
from server.orgs.realm import OperatorRealm
from server.orgs.switch_models import SwitchChange, Switches
from server.orgs.switches import Scope, flag_of


def routes(
    db: Database,
    reader: OperatorRealm,
    manager: OperatorRealm,
    support: StaffRealm,
    superadmin: StaffRealm,
) -> list[Operation]:
    async def turn(call: Call, scope: Scope, body: SwitchChange, *, is_by_staff: bool) -> None:
        flag = flag_of(call.text("flag"))
        await switches.turn(db, scope, flag, body, call.key, is_by_staff=is_by_staff)

    async def list_switches(call: Call) -> Switches:
        return await switches.of_org(db, call.actor.org_id)

    async def turn_switch(call: Call, body: SwitchChange) -> None:
        await turn(call, Scope(call.actor.org_id), body, is_by_staff=False)

    async def list_all_switches(call: Call) -> Switches:
        return await switches.everywhere(db)

    async def turn_platform_switch(call: Call, body: SwitchChange) -> None:
        await turn(call, Scope(), body, is_by_staff=True)

    async def turn_switch_of_org(call: Call, body: SwitchChange) -> None:
        org = await service.find(db, call.text("org_id"))
        await turn(call, Scope(org.id), body, is_by_staff=True)

    changes = (*WRITES, NotFound)
    return [
        Operation(
            "GET", "/v1/switches", list_switches, reader, "What is switched off",
            returns=Switches, errors=READS,
            description="For the organization, one of its events, or the whole platform.",
        ),
        Operation(
            "PUT", "/v1/switches/{flag}", turn_switch, manager,
            "Switch something on or off for the organization", body=SwitchChange,
            idempotent=True, errors=changes,
            description="`ticketing`, `checkout`, `refunds`, `scanning` or `payouts`. Within five "
            "seconds for sales, at once for the rest.",
        ),
        Operation(
            "GET", "/v1/staff/switches", list_all_switches, support,
            "What is switched off anywhere", returns=Switches, errors=READS,
        ),
        Operation(
            "PUT", "/v1/staff/switches/{flag}", turn_platform_switch, superadmin,
            "Switch something on or off for everybody", body=SwitchChange, idempotent=True,
            errors=changes, description="`ticketing` is the kill switch.",
        ),
        Operation(
            "PUT", "/v1/staff/orgs/{org_id}/switches/{flag}", turn_switch_of_org, superadmin,
            "Switch something on or off for an organization", body=SwitchChange, idempotent=True,
            errors=changes, description="It cannot switch this back on itself.",
        ),
    ]  # fmt: skip
