"""/v1/orgs: sign-up, and an organization as its own people see it."""

from server.kernel.db import Database
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs import service
from server.orgs.models import LimitReached, Memberships, NewOrg, Org, OrgChange, OrgExists
from server.orgs.realm import AccountRealm, OperatorRealm

READS = (Unauthenticated, Forbidden)
WRITES = (*READS, IdempotencyKeyReused, DatabaseUnavailable)


def routes(
    db: Database, account: AccountRealm, reader: OperatorRealm, manager: OperatorRealm
) -> list[Operation]:
    """`reader`: of who may read their organization, `manager`: of who may change it."""

    async def create_org(call: Call, body: NewOrg) -> Org:
        return await service.sign_up(db, call.actor.id, body, call.key)

    async def list_my_orgs(call: Call) -> Memberships:
        return Memberships(await service.memberships(db, call.actor.id))

    async def get_org(call: Call) -> Org:
        return await service.find(db, call.actor.org_id)

    async def change_org(call: Call, body: OrgChange) -> Org:
        return await service.change(db, call.actor.org_id, body, call.key)

    return [
        Operation(
            "POST", "/v1/orgs", create_org, account, "Sign an organization up",
            body=NewOrg, returns=Org, status=201, idempotent=True,
            errors=(*WRITES, OrgExists, LimitReached),
            description="It is pending, and yours as its owner: set everything up at once. It "
            "sells once the platform has approved it.",
        ),
        Operation(
            "GET", "/v1/orgs", list_my_orgs, account, "The organizations that you belong to",
            returns=Memberships, errors=READS,
        ),
        Operation(
            "GET", "/v1/orgs/current", get_org, reader, "The organization that you act for",
            returns=Org, errors=READS,
        ),
        Operation(
            "PATCH", "/v1/orgs/current", change_org, manager, "Rename the organization",
            body=OrgChange, returns=Org, idempotent=True, errors=WRITES,
        ),
    ]  # fmt: skip
