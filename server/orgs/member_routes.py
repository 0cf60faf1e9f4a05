"""/v1/roles, /v1/members, /v1/invitations: the team of an organization."""

from server.identity.models import AccountExists, PasswordRefused
from server.identity.realms import Public
from server.kernel.db import Database
from server.kernel.errors import (
    DatabaseUnavailable,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
)
from server.kernel.http import Call, Operation
from server.orgs import members
from server.orgs.invitations import Invitations
from server.orgs.member_models import (
    Acceptance,
    Invitation,
    InvitationList,
    InvitationOver,
    Joined,
    LastOwner,
    MemberExists,
    MemberList,
    MemberView,
    NewInvitation,
    Registration,
    RoleChange,
    RoleMatrix,
)
from server.orgs.models import LimitReached
from server.orgs.org_routes import READS, WRITES
from server.orgs.realm import AccountRealm, OperatorRealm


def routes(
    db: Database,
    invitations: Invitations,
    account: AccountRealm,
    reader: OperatorRealm,
    manager: OperatorRealm,
) -> list[Operation]:
    """`reader`: of who may read their organization, `manager`: of who may manage its members."""

    async def list_roles(call: Call) -> RoleMatrix:
        return await members.matrix(db)

    async def list_members(call: Call) -> MemberList:
        return await members.of_org(db, call.actor.org_id)

    async def set_member_role(call: Call, body: RoleChange) -> MemberView:
        return await members.set_role(db, call.actor, call.uuid("user_id"), body.role, call.key)

    async def remove_member(call: Call) -> None:
        await members.remove(db, call.actor, call.uuid("user_id"), call.key)

    async def invite_member(call: Call, body: NewInvitation) -> Invitation:
        return await invitations.invite(call.actor, body, call.key)

    async def list_invitations(call: Call) -> InvitationList:
        return await invitations.of_org(call.actor.org_id)

    async def revoke_invitation(call: Call) -> None:
        await invitations.revoke(call.actor.org_id, call.uuid("invitation_id"), call.key)

    async def accept_invitation(call: Call, body: Acceptance) -> Joined:
        return await invitations.accept(call.actor.id, body.token, call.key)

    async def register_by_invitation(call: Call, body: Registration) -> Joined:
        return await invitations.register(body, call.key)

    return [
        Operation(
            "GET", "/v1/roles", list_roles, reader, "What each role may do",
            returns=RoleMatrix, errors=READS,
        ),
        Operation(
            "GET", "/v1/members", list_members, reader, "Who belongs to the organization",
            returns=MemberList, errors=READS,
        ),
        Operation(
            "PATCH", "/v1/members/{user_id}", set_member_role, manager, "Change a member's role",
            body=RoleChange, returns=MemberView, idempotent=True,
            errors=(*WRITES, NotFound, LastOwner),
            description="Only an owner makes or unmakes an owner, and one always stays.",
        ),
        Operation(
            "DELETE", "/v1/members/{user_id}", remove_member, manager, "Remove a member",
            idempotent=True, errors=(*WRITES, NotFound, LastOwner),
        ),
        Operation(
            "POST", "/v1/invitations", invite_member, manager, "Invite somebody by mail",
            body=NewInvitation, returns=Invitation, status=201, idempotent=True,
            errors=(*WRITES, MemberExists, LimitReached),
        ),
        Operation(
            "GET", "/v1/invitations", list_invitations, manager, "Invitations without an answer",
            returns=InvitationList, errors=READS,
        ),
        Operation(
            "DELETE", "/v1/invitations/{invitation_id}", revoke_invitation, manager,
            "Take an invitation back", idempotent=True, errors=(*WRITES, NotFound),
        ),
        Operation(
            "POST", "/v1/invitations/acceptances", accept_invitation, account,
            "Join an organization as who you are", body=Acceptance, returns=Joined, status=201,
            idempotent=True, errors=(*WRITES, InvitationOver),
        ),
        Operation(
            "POST", "/v1/invitations/registrations", register_by_invitation, Public(),
            "Join an organization with a new account", body=Registration, returns=Joined,
            status=201, idempotent=True,
            errors=(
                IdempotencyKeyReused, DatabaseUnavailable, Overloaded, InvitationOver,
                AccountExists, PasswordRefused,
            ),
        ),
    ]  # fmt: skip
