"""Statements of orgs."""

from server.kernel.db import Query
from server.orgs.models import Member

INSERT_ORG = Query(
    "orgs.insert",
    """INSERT INTO organizations (id, slug, name, approval) VALUES ($1, $2, $3, $4)""",
)
INSERT_MEMBER = Query(
    "orgs.insert_member",
    "INSERT INTO organization_members (org_id, user_id, role) VALUES ($1, $2, $3)",
)
MEMBERSHIPS = Query(
    "orgs.memberships",
    """SELECT o.id AS org_id, o.name AS org_name, o.approval, m.role,
              ARRAY(SELECT p.permission FROM role_permissions p
                    WHERE p.role = m.role ORDER BY p.permission) AS permissions
       FROM organization_members m JOIN organizations o ON o.id = m.org_id
       WHERE m.user_id = $1 AND ($2::text IS NULL OR o.id = $2)
       ORDER BY m.created_at, o.id""",
    Member,
)
