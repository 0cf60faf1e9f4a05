"""Statements of the audit log."""

from server.audit.models import AuditEntry
from server.kernel.db import Query

INSERT = Query(
    "audit.insert",
    """INSERT INTO audit_log (org_id, actor, action, subject, data, request_id, trace_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)""",
)
PAGE = Query(
    "audit.page",
    """SELECT id, occurred_at, actor, action, subject, data, request_id FROM audit_log
       WHERE org_id = $1 AND id < coalesce($2::bigint, 9223372036854775807)
         AND ($3::text IS NULL OR subject = $3) AND ($4::text IS NULL OR actor = $4)
         AND ($5::timestamptz IS NULL OR occurred_at >= $5)
         AND ($6::timestamptz IS NULL OR occurred_at < $6)
       ORDER BY id DESC LIMIT $7""",
    AuditEntry,
)
