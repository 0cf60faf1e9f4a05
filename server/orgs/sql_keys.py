"""Statements of API keys."""

import uuid

import msgspec

from server.kernel.db import Query
from server.orgs.key_models import ApiKey
from server.orgs.models import Approval


class ClientRow(msgspec.Struct):
    """`is_use_old`: its last use was written down a minute ago or earlier."""

    id: uuid.UUID
    org_id: str
    approval: Approval
    approval_note: str
    permissions: list[str]
    is_use_old: bool


INSERT = Query(
    "orgs.insert_key",
    """INSERT INTO api_keys (id, org_id, name, key_hash, prefix, permissions, expires_at,
                             created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
)
COUNT_LIVE = Query(
    "orgs.count_live_keys",
    """SELECT count(*)::int FROM api_keys
       WHERE org_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())""",
)
# Deliberately across tenants: the key says whose it is. A key never allows more than an owner may.
CLIENT = Query(
    "orgs.client",
    """SELECT k.id, k.org_id, o.approval, o.approval_note,
              ARRAY(SELECT p.permission FROM role_permissions p
                    WHERE p.role = 'owner'
                      AND (k.permissions IS NULL OR p.permission = ANY(k.permissions))
                    ORDER BY p.permission) AS permissions,
              (k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute')
                AS is_use_old
       FROM api_keys k JOIN organizations o ON o.id = k.org_id
       WHERE k.key_hash = $1 AND k.revoked_at IS NULL
         AND (k.expires_at IS NULL OR k.expires_at > now())""",
    ClientRow,
)
TOUCH = Query("orgs.touch_key", "UPDATE api_keys SET last_used_at = now() WHERE id = $1")
OF_ORG = Query(
    "orgs.keys",
    """SELECT id, name, prefix, permissions, created_by, created_at, expires_at, last_used_at,
              revoked_at
       FROM api_keys WHERE org_id = $1 ORDER BY revoked_at DESC, id DESC LIMIT 200""",
    ApiKey,
)
REVOKE = Query(
    "orgs.revoke_key",
    """UPDATE api_keys SET revoked_at = now()
       WHERE id = $1 AND org_id = $2 AND revoked_at IS NULL RETURNING name""",
)
IS_PAST = Query("orgs.is_past", "SELECT $1::timestamptz <= now()")
OWNER_MAY = Query(
    "orgs.owner_may",
    "SELECT permission FROM role_permissions WHERE role = 'owner' ORDER BY permission",
)
