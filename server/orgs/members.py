"""Who belongs to an organization and as what; one owner stays.

Everything that changes it waits for the organization's row, so what is decided here is decided on
what is there. Only an owner makes or unmakes an owner; while there is none, as in what a partner
brought, whoever manages members makes the first.
"""

import uuid
from collections.abc import Sequence

from server import audit
from server.identity.models import Operator
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import Forbidden, NotFound
from server.kernel.idempotency import Done, Key
from server.orgs import service, sql_members
from server.orgs.member_models import (
    LastOwner,
    MemberList,
    MemberView,
    Responsible,
    Role,
    RoleMatrix,
)
from server.orgs.models import ApiClient

Manager = Operator | ApiClient


async def matrix(db: Database) -> RoleMatrix:
    """What each role may do, as the database has it now."""
    async with db.tx(read_only=True) as tx:
        return RoleMatrix(await sql_members.ROLES.all(tx))


async def of_org(db: Database, org_id: str) -> MemberList:
    async with db.tx(read_only=True) as tx:
        return MemberList(await sql_members.MEMBERS.all(tx, org_id))


async def with_permission(db: Database, org_id: str, permission: str) -> Sequence[Responsible]:
    """Whose role has it now."""
    async with db.tx(read_only=True) as tx:
        return await sql_members.WITH_PERMISSION.all(tx, org_id, permission)


async def set_role(
    db: Database, manager: Manager, user_id: uuid.UUID, role: Role, key: Key | None
) -> MemberView:
    """Raises LastOwner, Forbidden, NotFound."""
    org_id = manager.org_id

    async def act(tx: Tx) -> MemberView:
        before = await _lock_member(tx, manager, user_id, role)
        if before.role == "owner" and role != "owner":
            await _must_not_be_last(tx, org_id)
        await sql_members.SET_ROLE.run(tx, org_id, user_id, role)
        await audit.record(
            tx,
            org_id,
            "member.updated",
            subject=f"user:{user_id}",
            data={"before": {"role": before.role}, "after": {"role": role}},
        )
        return MemberView(user_id, before.email, before.name, role, before.joined_at)

    return await idempotency.settled(db, key, MemberView, act)


async def remove(db: Database, manager: Manager, user_id: uuid.UUID, key: Key | None) -> None:
    """Raises LastOwner, Forbidden, NotFound."""
    org_id = manager.org_id

    async def act(tx: Tx) -> Done:
        before = await _lock_member(tx, manager, user_id)
        if before.role == "owner":
            await _must_not_be_last(tx, org_id)
        await sql_members.REMOVE.run(tx, org_id, user_id)
        await audit.record(
            tx,
            org_id,
            "member.removed",
            subject=f"user:{user_id}",
            data={"email": before.email, "role": before.role},
        )
        return Done()

    await idempotency.settled(db, key, Done, act)


async def must_give(tx: Tx, manager: Manager, *roles: str) -> None:
    """Raises Forbidden where one of the roles is the owner's and the manager is none.

    `tx` has locked the organization, so the manager's role is read as it is by now.
    """
    if "owner" not in roles or not await sql_members.COUNT_OWNERS.value(tx, manager.org_id):
        return
    if isinstance(manager, Operator):
        now = await sql_members.MEMBER.first(tx, manager.org_id, manager.user_id)
        if now is not None and now.role == "owner":
            return
    raise Forbidden("only an owner makes or unmakes an owner")


async def _lock_member(tx: Tx, manager: Manager, user_id: uuid.UUID, *roles: str) -> MemberView:
    await service.lock(tx, manager.org_id)
    member = await sql_members.MEMBER.first(tx, manager.org_id, user_id)
    if member is None:
        raise NotFound("no such member")
    await must_give(tx, manager, member.role, *roles)
    return member


async def _must_not_be_last(tx: Tx, org_id: str) -> None:
    if await sql_members.COUNT_OWNERS.value(tx, org_id) == 1:
        raise LastOwner("the organization has no other owner: make somebody else one first")
