"""API keys of an organization: minted and shown once, stored as a hash, revoked at once."""

import uuid

from server import audit
from server.kernel import context, idempotency, ids
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, Forbidden, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.tenancy import Across
from server.orgs import service, sql_keys
from server.orgs.key_models import KEYS_MAX, ApiKeys, MintedApiKey, NewApiKey
from server.orgs.models import LimitReached

PREFIX_LENGTH = 8


async def mint(
    db: Database,
    org_id: str,
    wish: NewApiKey,
    key: Key | None,
    allowed: frozenset[str] | None = None,
) -> MintedApiKey:
    """A key that acts for the organization. `allowed`: what the minter may do, None for a partner,
    who may do all that an owner may; a key never allows more.

    Raises BadRequest, Forbidden, LimitReached.
    """

    async def act(tx: Tx) -> MintedApiKey:
        await service.lock(tx, org_id)
        may = frozenset(await sql_keys.OWNER_MAY.values(tx))
        wanted = may if wish.permissions is None else frozenset(wish.permissions)
        if not wanted <= may:
            unknown = sorted(wanted - may)
            raise BadRequest(f"no such permission: {', '.join(unknown)}", permissions=sorted(may))
        if allowed is not None and not wanted <= allowed:
            raise Forbidden(
                "a key cannot allow what you may not do yourself: "
                + ", ".join(sorted(wanted - allowed))
            )
        if wish.expires_at is not None and await sql_keys.IS_PAST.value(tx, wish.expires_at):
            raise BadRequest("expires_at: name a moment that is still to come")
        if await sql_keys.COUNT_LIVE.value(tx, org_id) >= KEYS_MAX:
            raise LimitReached(f"{KEYS_MAX} keys are live: revoke one first", max=KEYS_MAX)
        key_id, secret = ids.uuid7(), ids.secret("fhk")
        permissions = None if wish.permissions is None else sorted(wanted)
        await sql_keys.INSERT.run(
            tx, key_id, org_id, wish.name.strip(), ids.digest(secret), secret[:PREFIX_LENGTH],
            permissions, wish.expires_at, context.current().actor,
        )  # fmt: skip
        await audit.record(
            tx,
            org_id,
            "api_key.minted",
            subject=f"api_key:{key_id}",
            data={"name": wish.name, "permissions": permissions, "expires_at": wish.expires_at},
        )
        return MintedApiKey(key_id, wish.name.strip(), secret, permissions, wish.expires_at)

    return await idempotency.settled_secret(db, key, MintedApiKey, act, "key")


async def of_org(db: Database, org_id: str) -> ApiKeys:
    async with db.tx(read_only=True) as tx:
        return ApiKeys(await sql_keys.OF_ORG.all(tx, org_id))


async def revoke(db: Database, org_id: str, key_id: uuid.UUID, key: Key | None) -> None:
    """From the next request on it opens nothing. Raises NotFound, also for one revoked before."""

    async def act(tx: Tx) -> Done:
        name = await sql_keys.REVOKE.value(tx, key_id, org_id)
        if name is None:
            raise NotFound("no such API key, or it was revoked before")
        await audit.record(
            tx, org_id, "api_key.revoked", subject=f"api_key:{key_id}", data={"name": name}
        )
        return Done()

    await idempotency.settled(db, key, Done, act)


async def client_of(db: Database, secret: str) -> sql_keys.ClientRow | None:
    """Whose key this is; None where it is unknown, revoked or expired."""
    async with db.tx(read_only=True, across=Across.CREDENTIAL) as tx:
        found = await sql_keys.CLIENT.first(tx, ids.digest(secret))
    if found is not None and found.is_use_old:
        async with db.tx(across=Across.PLATFORM) as tx:
            await sql_keys.TOUCH.run(tx, found.id)
    return found
