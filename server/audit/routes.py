"""GET /v1/audit."""

from server.audit import service
from server.audit.models import AuditPage, AuditQuery
from server.kernel.db import Database
from server.kernel.errors import Forbidden, Unauthenticated
from server.kernel.http import Call, Operation, Realm


def routes(db: Database, reader: Realm) -> list[Operation]:
    """`reader`: the realm of who may read an organization's log."""

    async def list_audit_entries(call: Call) -> AuditPage:
        return await service.entries(db, call.actor.org_id, call.query(AuditQuery))

    return [
        Operation(
            "GET", "/v1/audit", list_audit_entries, reader, "Who changed what, newest first",
            returns=AuditPage, query=AuditQuery, errors=(Unauthenticated, Forbidden),
            description="The organization's log. It is only ever added to.",
        ),
    ]  # fmt: skip
