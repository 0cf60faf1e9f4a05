"""/v1/api-keys: what programs show to act for the organization."""

from server.identity.models import Operator
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs import keys
from server.orgs.key_models import ApiKeys, MintedApiKey, NewApiKey
from server.orgs.models import ApiClient, LimitReached
from server.orgs.org_routes import READS, WRITES
from server.orgs.realm import OperatorRealm


def routes(db: Database, manager: OperatorRealm) -> list[Operation]:
    """`manager`: of who may manage keys."""

    async def mint_api_key(call: Call, body: NewApiKey) -> MintedApiKey:
        actor: Operator | ApiClient = call.actor
        return await keys.mint(db, actor.org_id, body, call.key, actor.permissions)

    async def list_api_keys(call: Call) -> ApiKeys:
        return await keys.of_org(db, call.actor.org_id)

    async def revoke_api_key(call: Call) -> None:
        await keys.revoke(db, call.actor.org_id, call.uuid("key_id"), call.key)

    return [
        Operation(
            "POST", "/v1/api-keys", mint_api_key, manager, "Mint an API key",
            body=NewApiKey, returns=MintedApiKey, status=201, idempotent=True,
            errors=(*WRITES, LimitReached),
            description="The answer shows the key, and nothing shows it again. It cannot allow "
            "what you may not do yourself.",
        ),
        Operation(
            "GET", "/v1/api-keys", list_api_keys, manager, "The organization's API keys",
            returns=ApiKeys, errors=READS,
        ),
        Operation(
            "DELETE", "/v1/api-keys/{key_id}", revoke_api_key, manager, "Revoke an API key",
            idempotent=True, errors=(*WRITES, NotFound),
            description="From the next request on it opens nothing.",
        ),
    ]  # fmt: skip
