"""Statements of an event's terms."""

from server.kernel.db import Query

TERMS = Query("catalog.terms", "SELECT terms FROM events WHERE id = $1 AND org_id = $2")
SET_TERMS = Query(
    "catalog.set_terms",
    "UPDATE events SET terms = $3, revision = revision + 1 WHERE id = $1 AND org_id = $2",
)
