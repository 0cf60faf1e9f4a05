"""Statements of members and invitations."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query
from server.orgs.member_models import Invitation, MemberView, Responsible, RoleMatrixRow


class WaitingRow(msgspec.Struct):
    """`is_over`: it is too old, or was answered or taken back."""

    id: uuid.UUID
    org_id: str
    org_name: str
    email: str
    role: str
    expires_at: dt.datetime
    is_over: bool


_INVITATION = "id, email, role, invited_by, created_at, expires_at"
_WAITING = """SELECT i.id, i.org_id, o.name AS org_name, i.email, i.role, i.expires_at,
                     (i.accepted_at IS NOT NULL OR i.revoked_at IS NOT NULL
                      OR i.expires_at <= now()) AS is_over
              FROM invitations i JOIN organizations o ON o.id = i.org_id"""

ROLES = Query(
    "orgs.roles",
    """SELECT role, array_agg(permission ORDER BY permission) AS permissions
       FROM role_permissions GROUP BY role
       ORDER BY count(*) DESC, array_position(ARRAY['owner', 'admin'], role)""",
    RoleMatrixRow,
)
MEMBERS = Query(
    "orgs.members",
    """SELECT m.user_id, u.email, u.name, m.role, m.created_at AS joined_at
       FROM organization_members m JOIN users u ON u.id = m.user_id
       WHERE m.org_id = $1 ORDER BY m.created_at, m.user_id""",
    MemberView,
)
WITH_PERMISSION = Query(
    "orgs.with_permission",
    """SELECT m.user_id, u.email, u.name, u.language, o.name AS org_name
       FROM organization_members m JOIN organizations o ON o.id = m.org_id
         JOIN role_permissions p ON p.role = m.role AND p.permission = $2
         JOIN users u ON u.id = m.user_id
       WHERE m.org_id = $1 ORDER BY m.user_id""",
    Responsible,
)
MEMBER = Query(
    "orgs.member",
    """SELECT m.user_id, u.email, u.name, m.role, m.created_at AS joined_at
       FROM organization_members m JOIN users u ON u.id = m.user_id
       WHERE m.org_id = $1 AND m.user_id = $2""",
    MemberView,
)
COUNT_OWNERS = Query(
    "orgs.count_owners",
    "SELECT count(*)::int FROM organization_members WHERE org_id = $1 AND role = 'owner'",
)
SET_ROLE = Query(
    "orgs.set_role",
    "UPDATE organization_members SET role = $3 WHERE org_id = $1 AND user_id = $2",
)
REMOVE = Query(
    "orgs.remove_member", "DELETE FROM organization_members WHERE org_id = $1 AND user_id = $2"
)
HAS_ADDRESS = Query(
    "orgs.has_address",
    """SELECT EXISTS (SELECT FROM organization_members m JOIN users u ON u.id = m.user_id
                      WHERE m.org_id = $1 AND u.email = $2)""",
)
ADDRESS_OF_USER = Query("orgs.address_of_user", "SELECT email FROM users WHERE id = $1")
COUNT_INVITATIONS = Query(
    "orgs.count_invitations",
    """SELECT count(*)::int FROM invitations
       WHERE org_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL""",
)
INVITE = Query(
    "orgs.invite",
    f"""INSERT INTO invitations (id, org_id, email, role, invited_by, expires_at)
        VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6))
        ON CONFLICT (org_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL
        DO UPDATE SET role = excluded.role, invited_by = excluded.invited_by,
                      expires_at = excluded.expires_at
        RETURNING {_INVITATION}""",
    Invitation,
)
INVITATIONS = Query(
    "orgs.invitations",
    f"""SELECT {_INVITATION} FROM invitations
        WHERE org_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL ORDER BY id DESC""",
    Invitation,
)
REVOKE_INVITATION = Query(
    "orgs.revoke_invitation",
    """UPDATE invitations SET revoked_at = now()
       WHERE id = $1 AND org_id = $2 AND accepted_at IS NULL AND revoked_at IS NULL
       RETURNING email""",
)
WAITING = Query("orgs.waiting_invitation", f"{_WAITING} WHERE i.id = $1", WaitingRow)
# Deliberately across tenants: the token says whose invitation it is.
ORG_BY_TOKEN = Query("orgs.org_by_token", "SELECT org_id FROM invitations WHERE token_hash = $1")
WAITING_BY_TOKEN = Query(
    "orgs.invitation_by_token",
    f"{_WAITING} WHERE i.token_hash = $1 FOR NO KEY UPDATE OF i",
    WaitingRow,
)
SET_TOKEN = Query(
    "orgs.set_invitation_token", "UPDATE invitations SET token_hash = $2 WHERE id = $1"
)
ACCEPT = Query("orgs.accept_invitation", "UPDATE invitations SET accepted_at = now() WHERE id = $1")
JOIN = Query(
    "orgs.join",
    """INSERT INTO organization_members (org_id, user_id, role) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING""",
)
