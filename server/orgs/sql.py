"""Statements of organizations, their members' permissions, and the platform's staff."""

from server.kernel.db import Query
from server.orgs.models import Member, Org

_ORG = """id, slug, name, approval, approval_note, billing, partner, fee_per_ticket_minor,
          fee_basis_points, created_at"""

INSERT_ORG = Query(
    "orgs.insert",
    """INSERT INTO organizations (id, slug, name, approval, partner) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING""",
)
INSERT_MEMBER = Query(
    "orgs.insert_member",
    "INSERT INTO organization_members (org_id, user_id, role) VALUES ($1, $2, $3)",
)
MEMBERSHIPS = Query(
    "orgs.memberships",
    """SELECT o.id AS org_id, o.name AS org_name, o.approval, o.approval_note, m.role,
              ARRAY(SELECT p.permission FROM role_permissions p
                    WHERE p.role = m.role ORDER BY p.permission) AS permissions
       FROM organization_members m JOIN organizations o ON o.id = m.org_id
       WHERE m.user_id = $1 AND ($2::text IS NULL OR o.id = $2)
       ORDER BY m.created_at, o.id""",
    Member,
)
ORG = Query("orgs.org", f"SELECT {_ORG} FROM organizations WHERE id = $1", Org)
EXISTS = Query("orgs.exists", "SELECT EXISTS (SELECT FROM organizations WHERE id = $1)")
LOCK = Query("orgs.lock", f"SELECT {_ORG} FROM organizations WHERE id = $1 FOR NO KEY UPDATE", Org)
# Deliberately across tenants: the platform's staff, and a partner's own organizations.
PAGE = Query(
    "orgs.page",
    f"""SELECT {_ORG} FROM organizations
        WHERE id > $1 AND ($2::text IS NULL OR approval = $2) AND ($3::text IS NULL OR partner = $3)
        ORDER BY id LIMIT $4""",
    Org,
)
RENAME = Query("orgs.rename", "UPDATE organizations SET name = $2 WHERE id = $1")
SET_APPROVAL = Query(
    "orgs.set_approval",
    "UPDATE organizations SET approval = $2, approval_note = $3 WHERE id = $1",
)
SET_BILLING = Query("orgs.set_billing", "UPDATE organizations SET billing = $2 WHERE id = $1")
SET_FEE = Query(
    "orgs.set_fee",
    """UPDATE organizations SET fee_per_ticket_minor = $2, fee_basis_points = $3 WHERE id = $1""",
)
COUNT_WAITING = Query(
    "orgs.count_waiting",
    """SELECT count(*)::int FROM organization_members m JOIN organizations o ON o.id = m.org_id
       WHERE m.user_id = $1 AND m.role = 'owner' AND o.approval = 'pending'""",
)
STAFF_ROLE = Query("orgs.staff_role", "SELECT role FROM platform_staff WHERE user_id = $1")
SET_STAFF = Query(
    "orgs.set_staff",
    """INSERT INTO platform_staff (user_id, role) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET role = excluded.role""",
)
REMOVE_STAFF = Query("orgs.remove_staff", "DELETE FROM platform_staff WHERE user_id = $1")
USER_OF_ADDRESS = Query(
    "orgs.user_of_address",
    "SELECT id FROM users WHERE realm = 'operator' AND email = $1",
)
