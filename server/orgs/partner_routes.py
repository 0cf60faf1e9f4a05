"""/v1/partner: a partner brings its organizations, and keys to act for them.

With such a key a partner drives everything else as the organization itself would.
"""

import re

from server.kernel import logs
from server.kernel.db import Database
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotConfigured,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs import keys, service
from server.orgs.key_models import ApiKeys, MintedApiKey, NewApiKey
from server.orgs.models import ORG_ID, LimitReached, NewOrg, Org, OrgExists, OrgPage, OrgQuery
from server.orgs.platform import PartnerRealm

_READS = (NotConfigured, Unauthenticated)
_WRITES = (*_READS, IdempotencyKeyReused, DatabaseUnavailable)
_ORG_ID = re.compile(ORG_ID)


def routes(db: Database, partner: PartnerRealm) -> list[Operation]:
    async def own(call: Call) -> str:
        org_id = (await service.of_partner(db, call.actor.id, call.text("org_id"))).id
        logs.bind(org_id=org_id)
        return org_id

    async def provision_org(call: Call, body: NewOrg) -> Org:
        org_id = call.text("org_id")
        if not _ORG_ID.fullmatch(org_id):
            raise BadRequest("an organization's id has 1 to 64 letters, digits and ._~:-")
        return await service.provision(db, call.actor.id, org_id, body, call.key)

    async def list_partner_orgs(call: Call) -> OrgPage:
        return await service.page(db, call.query(OrgQuery), call.actor.id)

    async def get_partner_org(call: Call) -> Org:
        return await service.of_partner(db, call.actor.id, call.text("org_id"))

    async def mint_partner_key(call: Call, body: NewApiKey) -> MintedApiKey:
        return await keys.mint(db, await own(call), body, call.key)

    async def list_partner_keys(call: Call) -> ApiKeys:
        return await keys.of_org(db, await own(call))

    async def revoke_partner_key(call: Call) -> None:
        await keys.revoke(db, await own(call), call.uuid("key_id"), call.key)

    return [
        Operation(
            "PUT", "/v1/partner/orgs/{org_id}", provision_org, partner,
            "Make sure that an organization is there", body=NewOrg, returns=Org, idempotent=True,
            errors=(*_WRITES, OrgExists, NotFound),
            description="`org_id` is yours and taken over as it is. It is approved at once; "
            "repeating this answers with the organization as it is by now.",
        ),
        Operation(
            "GET", "/v1/partner/orgs", list_partner_orgs, partner,
            "The organizations that you brought", returns=OrgPage, query=OrgQuery, errors=_READS,
        ),
        Operation(
            "GET", "/v1/partner/orgs/{org_id}", get_partner_org, partner,
            "An organization that you brought", returns=Org, errors=(*_READS, NotFound),
        ),
        Operation(
            "POST", "/v1/partner/orgs/{org_id}/api-keys", mint_partner_key, partner,
            "Mint a key to act for an organization", body=NewApiKey, returns=MintedApiKey,
            status=201, idempotent=True, errors=(*_WRITES, NotFound, LimitReached),
            description="Without `permissions` it allows all that an owner may.",
        ),
        Operation(
            "GET", "/v1/partner/orgs/{org_id}/api-keys", list_partner_keys, partner,
            "An organization's keys", returns=ApiKeys, errors=(*_READS, NotFound),
        ),
        Operation(
            "DELETE", "/v1/partner/orgs/{org_id}/api-keys/{key_id}", revoke_partner_key, partner,
            "Revoke a key", idempotent=True, errors=(*_WRITES, NotFound),
        ),
    ]  # fmt: skip
