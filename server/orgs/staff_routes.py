"""/v1/staff: what the platform decides of organizations."""

from server.audit import service as audit
from server.audit.models import AuditPage, AuditQuery
from server.kernel import logs
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs import service
from server.orgs.models import (
    BillingChange,
    Fee,
    Org,
    OrgPage,
    OrgQuery,
    Review,
    ReviewRefused,
)
from server.orgs.org_routes import READS, WRITES
from server.orgs.platform import StaffRealm


def routes(db: Database, support: StaffRealm, superadmin: StaffRealm) -> list[Operation]:
    def named(call: Call) -> str:
        org_id = call.text("org_id")
        logs.bind(org_id=org_id)
        return org_id

    async def list_all_orgs(call: Call) -> OrgPage:
        return await service.page(db, call.query(OrgQuery))

    async def get_any_org(call: Call) -> Org:
        return await service.find(db, named(call))

    async def review_org(call: Call, body: Review) -> Org:
        return await service.review(db, named(call), body, call.key)

    async def set_org_billing(call: Call, body: BillingChange) -> Org:
        return await service.set_billing(db, named(call), body.billing, call.key)

    async def set_org_fee(call: Call, body: Fee) -> Org:
        return await service.set_fee(db, named(call), body, call.key)

    async def list_org_audit_entries(call: Call) -> AuditPage:
        return await audit.entries(db, named(call), call.query(AuditQuery))

    return [
        Operation(
            "GET", "/v1/staff/orgs", list_all_orgs, support, "All organizations",
            returns=OrgPage, query=OrgQuery, errors=READS,
        ),
        Operation(
            "GET", "/v1/staff/orgs/{org_id}", get_any_org, support, "Any organization",
            returns=Org, errors=(*READS, NotFound),
        ),
        Operation(
            "GET", "/v1/staff/orgs/{org_id}/audit", list_org_audit_entries, support,
            "Any organization's log", returns=AuditPage, query=AuditQuery,
            errors=(*READS, NotFound),
        ),
        Operation(
            "POST", "/v1/staff/orgs/{org_id}/reviews", review_org, superadmin,
            "Approve, reject, suspend or reinstate an organization", body=Review, returns=Org,
            idempotent=True, errors=(*WRITES, NotFound, ReviewRefused),
            description="A suspended organization sells nothing and can do nothing; what is sold "
            "stays valid.",
        ),
        Operation(
            "PUT", "/v1/staff/orgs/{org_id}/billing", set_org_billing, superadmin,
            "How an organization's plan stands", body=BillingChange, returns=Org, idempotent=True,
            errors=(*WRITES, NotFound),
            description="Apart from approval: it decides nothing about selling.",
        ),
        Operation(
            "PUT", "/v1/staff/orgs/{org_id}/fee", set_org_fee, superadmin,
            "What the platform takes of an organization's sales", body=Fee, returns=Org,
            idempotent=True, errors=(*WRITES, NotFound),
        ),
    ]  # fmt: skip
