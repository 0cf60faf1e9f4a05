"""GET /v1/settlements, GET /v1/network/settlements."""

from server.kernel.errors import BadRequest, Forbidden, NotConfigured, Unauthenticated
from server.kernel.http import Call, Operation
from server.orgs.platform import ServiceRealm
from server.orgs.realm import OperatorRealm
from server.settlement.models import SettlementPage, SettlementQuery
from server.settlement.service import Settling

_WHAT = (
    "One item per confirmed order, and one with negative amounts per refund. Nothing is ever "
    "changed: what comes is at the end."
)


def routes(settling: Settling, reader: OperatorRealm, service: ServiceRealm) -> list[Operation]:
    async def list_settlements(call: Call) -> SettlementPage:
        return await settling.page(call.actor.org_id, call.query(SettlementQuery))

    async def list_network_settlements(call: Call) -> SettlementPage:
        return await settling.page(call.actor.org_id, call.query(SettlementQuery))

    return [
        Operation(
            "GET", "/v1/settlements", list_settlements, reader,
            "What orders and refunds are worth to whom", returns=SettlementPage,
            query=SettlementQuery, errors=(Unauthenticated, Forbidden, BadRequest),
            description=_WHAT,
        ),
        Operation(
            "GET", "/v1/network/settlements", list_network_settlements, service,
            "The same, for services of the house", returns=SettlementPage,
            query=SettlementQuery, errors=(NotConfigured, Unauthenticated, BadRequest),
            description=_WHAT,
        ),
    ]  # fmt: skip
