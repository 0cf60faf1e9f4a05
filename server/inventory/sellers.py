"""Who may sell from an allocation."""

import uuid

from starlette.requests import HTTPConnection

from server.identity.models import Operator
from server.inventory import sql_allocations as sql
from server.kernel.tenancy import Across
from server.orgs.models import ApiClient
from server.orgs.realm import OperatorRealm


class SellerRealm(OperatorRealm):
    """An operator, and besides them the API key that the allocation in the path is bound to,
    whatever else that key allows: so a seller's key may allow nothing else."""

    async def _may(self, actor: Operator | ApiClient, request: HTTPConnection) -> bool:
        if await super()._may(actor, request):
            return True
        if not isinstance(actor, ApiClient):
            return False
        try:
            allocation_id = uuid.UUID(request.path_params["allocation_id"])
        except ValueError:
            return False
        async with self._db.tx(read_only=True, across=Across.PARTIES) as tx:
            return await sql.IS_BOUND.value(tx, allocation_id, actor.org_id, actor.key_id)
