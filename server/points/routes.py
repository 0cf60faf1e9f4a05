"""/v1/buyers/points for who has points, /v1/point-accounts for the organization's people."""

from server.identity.realms import AccountRealm
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.points.accounts import PointAccounts
from server.points.models import (
    PointAccount,
    PointAdjustment,
    PointBalances,
    PointQuery,
    PointsRefused,
)

_READS = (Unauthenticated, Forbidden, NotFound, BadRequest)


def routes(
    accounts: PointAccounts, owner: AccountRealm, reader: OperatorRealm, manager: OperatorRealm
) -> list[Operation]:
    """`owner`: of a buyer's account."""

    async def list_points(call: Call) -> PointBalances:
        return await accounts.of_user(call.actor.id)

    async def get_points(call: Call) -> PointAccount:
        account_id = call.uuid("point_account_id")
        return await accounts.of_user_one(call.actor.id, account_id, call.query(PointQuery))

    async def get_point_account(call: Call) -> PointAccount:
        account_id = call.uuid("point_account_id")
        return await accounts.of_org(call.actor.org_id, account_id, call.query(PointQuery))

    async def adjust_points(call: Call, body: PointAdjustment) -> PointAccount:
        account_id = call.uuid("point_account_id")
        return await accounts.adjust(call.actor.org_id, account_id, body, call.key)

    return [
        Operation(
            "GET", "/v1/buyers/points", list_points, owner, "Your loyalty points",
            returns=PointBalances, errors=(Unauthenticated, Forbidden),
            description="With each organization at which you have or had some.",
        ),
        Operation(
            "GET", "/v1/buyers/points/{point_account_id}", get_points, owner,
            "Your loyalty points with an organization, entry by entry", returns=PointAccount,
            query=PointQuery, errors=_READS,
        ),
        Operation(
            "GET", "/v1/point-accounts/{point_account_id}", get_point_account, reader,
            "A buyer's loyalty points, entry by entry", returns=PointAccount, query=PointQuery,
            errors=_READS,
            description="An order names the account that it uses and earns points for.",
        ),
        Operation(
            "POST", "/v1/point-accounts/{point_account_id}/adjustments", adjust_points, manager,
            "Give a buyer points, or take some away", body=PointAdjustment, returns=PointAccount,
            status=201, idempotent=True,
            errors=(*_READS, PointsRefused, IdempotencyKeyReused, DatabaseUnavailable),
            description="With a note, which the buyer sees; never below nothing.",
        ),
    ]  # fmt: skip
