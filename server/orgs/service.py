"""Organizations and who belongs to them."""

import uuid

from server.kernel.db import Database, Tx
from server.kernel.tenancy import Across
from server.orgs import sql
from server.orgs.models import Member


async def create_org(tx: Tx, org_id: str, slug: str, name: str, *, approved: bool) -> None:
    await sql.INSERT_ORG.run(tx, org_id, slug, name, "approved" if approved else "pending")


async def add_member(tx: Tx, org_id: str, user_id: uuid.UUID, role: str) -> None:
    await sql.INSERT_MEMBER.run(tx, org_id, user_id, role)


async def memberships(db: Database, user_id: uuid.UUID, org_id: str | None = None) -> list[Member]:
    """A user's memberships, or the one in `org_id`."""
    async with db.tx(read_only=True, across=Across.CREDENTIAL) as tx:
        return await sql.MEMBERSHIPS.all(tx, user_id, org_id)
