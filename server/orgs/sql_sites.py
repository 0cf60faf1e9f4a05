"""Statements of settings, branding, logos and domains."""

import uuid
from typing import Any

import msgspec

from server.kernel.db import Query


class DomainRow(msgspec.Struct):
    domain: str
    token: str
    is_verified: bool


class SiteRow(msgspec.Struct):
    org_id: str
    slug: str
    name: str
    branding: dict[str, Any]
    logo_id: uuid.UUID | None


class LogoRow(msgspec.Struct):
    media_type: str
    image: bytes


_DOMAIN = "domain, token, verified_at IS NOT NULL AS is_verified"

SETTINGS = Query("orgs.settings", "SELECT settings FROM organizations WHERE id = $1")
SET_SETTINGS = Query("orgs.set_settings", "UPDATE organizations SET settings = $2 WHERE id = $1")
BRANDING = Query("orgs.branding", "SELECT branding FROM organizations WHERE id = $1")
SET_BRANDING = Query("orgs.set_branding", "UPDATE organizations SET branding = $2 WHERE id = $1")
SET_LOGO = Query(
    "orgs.set_logo",
    """INSERT INTO org_logos (id, org_id, media_type, image) VALUES ($1, $2, $3, $4)
       ON CONFLICT (org_id) DO UPDATE
       SET id = excluded.id, media_type = excluded.media_type, image = excluded.image,
           created_at = now()""",
)
REMOVE_LOGO = Query("orgs.remove_logo", "DELETE FROM org_logos WHERE org_id = $1")
# Deliberately across tenants: what a storefront shows is for everybody.
LOGO = Query("orgs.logo", "SELECT media_type, image FROM org_logos WHERE id = $1", LogoRow)
SITE = Query(
    "orgs.site",
    """SELECT o.id AS org_id, o.slug, o.name, o.branding, l.id AS logo_id
       FROM org_domains d JOIN organizations o ON o.id = d.org_id
       LEFT JOIN org_logos l ON l.org_id = o.id
       WHERE d.domain = $1 AND d.verified_at IS NOT NULL AND o.approval = 'approved'""",
    SiteRow,
)
LOOKS = Query(
    "orgs.looks",
    """SELECT o.id AS org_id, o.slug, o.name, o.branding, l.id AS logo_id
       FROM organizations o LEFT JOIN org_logos l ON l.org_id = o.id WHERE o.id = $1""",
    SiteRow,
)
DOMAINS = Query(
    "orgs.domains",
    f"SELECT {_DOMAIN} FROM org_domains WHERE org_id = $1 ORDER BY domain",
    DomainRow,
)
DOMAIN = Query(
    "orgs.domain", f"SELECT {_DOMAIN} FROM org_domains WHERE org_id = $1 AND domain = $2", DomainRow
)
CLAIM = Query(
    "orgs.claim_domain",
    """INSERT INTO org_domains (org_id, domain, token) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING""",
)
VERIFY = Query(
    "orgs.verify_domain",
    """UPDATE org_domains SET verified_at = now()
       WHERE org_id = $1 AND domain = $2 AND verified_at IS NULL
         AND NOT EXISTS (SELECT FROM org_domains x
                         WHERE x.domain = $2 AND x.verified_at IS NOT NULL)""",
)
LOCK_DOMAIN = Query("orgs.lock_domain", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
RELEASE = Query("orgs.release_domain", "DELETE FROM org_domains WHERE org_id = $1 AND domain = $2")
