"""/v1/settings, /v1/branding, /v1/domains, /v1/site: how an organization sells, looks, is found."""

import msgspec
from starlette.responses import Response

from server.identity.realms import Public
from server.kernel.db import Database
from server.kernel.errors import NotFound, Overloaded
from server.kernel.http import Call, Operation
from server.orgs import documents
from server.orgs.models import LimitReached
from server.orgs.org_routes import READS, WRITES
from server.orgs.realm import OperatorRealm
from server.orgs.settings_models import (
    Branding,
    BrandingRefused,
    Domain,
    DomainNotProven,
    Domains,
    DomainTaken,
    Logo,
    NewDomain,
    OrgSettings,
    Site,
)
from server.orgs.sites import Sites


class SiteQuery(msgspec.Struct):
    """`domain`: the host name in a browser's address bar."""

    domain: str


def routes(
    db: Database, sites: Sites, reader: OperatorRealm, manager: OperatorRealm
) -> list[Operation]:
    async def get_settings(call: Call) -> OrgSettings:
        return await documents.read(db, call.actor.org_id, documents.settings_of)

    async def replace_settings(call: Call, body: OrgSettings) -> OrgSettings:
        return await documents.replace_settings(db, call.actor.org_id, body, call.key)

    async def get_branding(call: Call) -> Branding:
        return await documents.read(db, call.actor.org_id, documents.branding_of)

    async def replace_branding(call: Call, body: Branding) -> Branding:
        return await documents.replace_branding(db, call.actor.org_id, body, call.key)

    async def set_logo(call: Call, body: bytes) -> Logo:
        return await documents.set_logo(db, call.actor.org_id, body, call.key)

    async def remove_logo(call: Call) -> None:
        await documents.remove_logo(db, call.actor.org_id, call.key)

    async def get_logo(call: Call) -> Response:
        logo = await documents.logo(db, call.uuid("logo_id"))
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(logo.image, headers=headers, media_type=logo.media_type)

    async def list_domains(call: Call) -> Domains:
        return await sites.of_org(call.actor.org_id)

    async def claim_domain(call: Call, body: NewDomain) -> Domain:
        return await sites.claim(call.actor.org_id, body.domain, call.key)

    async def verify_domain(call: Call) -> Domain:
        return await sites.verify(call.actor.org_id, call.text("domain"), call.key)

    async def give_up_domain(call: Call) -> None:
        await sites.give_up(call.actor.org_id, call.text("domain"), call.key)

    async def get_site(call: Call) -> Site:
        return await sites.at(call.query(SiteQuery).domain)

    return [
        Operation(
            "GET", "/v1/settings", get_settings, reader, "How the organization sells",
            returns=OrgSettings, errors=READS,
        ),
        Operation(
            "PUT", "/v1/settings", replace_settings, manager, "Settle how the organization sells",
            body=OrgSettings, returns=OrgSettings, idempotent=True, errors=WRITES,
            description="The whole document: what is left out is as by default again.",
        ),
        Operation(
            "GET", "/v1/branding", get_branding, reader, "How the storefront looks",
            returns=Branding, errors=READS,
        ),
        Operation(
            "PUT", "/v1/branding", replace_branding, manager, "Decide how the storefront looks",
            body=Branding, returns=Branding, idempotent=True, errors=(*WRITES, BrandingRefused),
            description="The whole document. Text that could not be read is refused.",
        ),
        Operation(
            "PUT", "/v1/branding/logo", set_logo, manager, "Upload the logo",
            body=bytes, returns=Logo, idempotent=True, errors=(*WRITES, BrandingRefused),
            body_bytes_max=documents.LOGO_BYTES_MAX, description="PNG, JPEG or WebP.",
        ),
        Operation(
            "DELETE", "/v1/branding/logo", remove_logo, manager, "Remove the logo",
            idempotent=True, errors=(*WRITES, NotFound),
        ),
        Operation(
            "GET", "/v1/logos/{logo_id}", get_logo, Public(), "A logo", media_type="image/*",
            errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/domains", list_domains, reader, "The organization's domains",
            returns=Domains, errors=READS,
        ),
        Operation(
            "POST", "/v1/domains", claim_domain, manager, "Claim a domain",
            body=NewDomain, returns=Domain, status=201, idempotent=True,
            errors=(*WRITES, LimitReached),
            description="Publish the TXT record of the answer, then verify.",
        ),
        Operation(
            "POST", "/v1/domains/{domain}/verifications", verify_domain, manager,
            "Look the domain's record up", returns=Domain, idempotent=True,
            errors=(*WRITES, NotFound, DomainNotProven, DomainTaken, Overloaded),
            description="Once it is there the domain leads to the organization's storefront.",
        ),
        Operation(
            "DELETE", "/v1/domains/{domain}", give_up_domain, manager, "Give a domain up",
            idempotent=True, errors=(*WRITES, NotFound),
        ),
        Operation(
            "GET", "/v1/site", get_site, Public(), "The storefront at a domain",
            returns=Site, query=SiteQuery, errors=(NotFound,),
        ),
    ]  # fmt: skip
