"""Domains of organizations, and which organization's storefront a host name leads to.

A domain is an organization's once its DNS has the record that only its owner can write. Anybody
may claim one before; the first who proves it has it.
"""

import secrets
import time

import msgspec

from server import audit
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.flights import Flights
from server.kernel.idempotency import Done, Key
from server.kernel.tenancy import Across
from server.orgs import documents, service, sql_sites
from server.orgs.dns import Dns
from server.orgs.models import LimitReached
from server.orgs.settings_models import (
    Branding,
    Domain,
    DomainNotProven,
    Domains,
    DomainTaken,
    Site,
)

DOMAINS_MAX = 10
"""Domains of one organization."""
SITE_CACHED_S = 30.0
SITES_CACHED_MAX = 4_096


class Sites:
    """`own_host`: the platform's, which is nobody's domain. What a host name leads to is
    remembered for SITE_CACHED_S; so is that it leads nowhere."""

    def __init__(self, db: Database, dns: Dns, own_host: str) -> None:
        self._db, self._dns, self._own_host = db, dns, own_host
        self._known: dict[str, tuple[float, Site | None]] = {}
        self._reads = Flights(self._keep)

    async def of_host(self, host: str) -> Site | None:
        """The storefront at a host name, with or without a port; None for the platform's own."""
        domain = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        domain = domain.lower().rstrip(".")
        if domain == self._own_host or "." not in domain or len(domain) > 253:
            return None
        known = self._known.get(domain)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        return (await self._reads.join(domain, self._read))[1]

    async def at(self, domain: str) -> Site:
        """The storefront at a domain. Raises NotFound."""
        site = await self.of_host(domain)
        if site is None:
            raise NotFound("no organization has its storefront there")
        return site

    async def _read(self, domain: str) -> tuple[float, Site | None]:
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            row = await sql_sites.SITE.first(tx, domain)
        return time.monotonic() + SITE_CACHED_S, None if row is None else _site(row)

    def _keep(self, domain: str, read: tuple[float, Site | None]) -> None:
        if len(self._known) >= SITES_CACHED_MAX:
            del self._known[next(iter(self._known))]
        self._known[domain] = read

    async def of_org(self, org_id: str) -> Domains:
        async with self._db.tx(read_only=True) as tx:
            return Domains([_domain(row) for row in await sql_sites.DOMAINS.all(tx, org_id)])

    async def claim(self, org_id: str, domain: str, key: Key | None) -> Domain:
        """Say what record would prove it. Raises BadRequest, LimitReached."""

        async def act(tx: Tx) -> Domain:
            if domain == self._own_host:
                raise BadRequest("domain: this one is the platform's own")
            await service.lock(tx, org_id)
            claimed = await sql_sites.DOMAINS.all(tx, org_id)
            if all(row.domain != domain for row in claimed):
                if len(claimed) >= DOMAINS_MAX:
                    raise LimitReached(
                        f"{DOMAINS_MAX} domains are claimed: give one up first", max=DOMAINS_MAX
                    )
                await sql_sites.CLAIM.run(tx, org_id, domain, secrets.token_urlsafe(24))
                await _record(tx, org_id, "domain.claimed", domain)
            return _domain(await _find(tx, org_id, domain))

        return await idempotency.settled(self._db, key, Domain, act)

    async def verify(self, org_id: str, domain: str, key: Key | None) -> Domain:
        """Look the record up. Raises NotFound, DomainNotProven, DomainTaken, Overloaded."""
        async with self._db.tx(read_only=True) as tx:
            claimed = _domain(await _find(tx, org_id, domain))
        if claimed.is_verified:
            return claimed
        texts = await self._dns.texts(claimed.txt_name)

        async def act(tx: Tx) -> Domain:
            if claimed.txt_value not in texts:
                raise DomainNotProven(
                    f"{claimed.txt_name} has no TXT record {claimed.txt_value} yet: "
                    "a new one may take a while to be seen",
                    txt_name=claimed.txt_name,
                    txt_value=claimed.txt_value,
                )
            await sql_sites.LOCK_DOMAIN.run(tx, domain)
            if not await sql_sites.VERIFY.run(tx, org_id, domain):
                now = await _find(tx, org_id, domain)
                if now.is_verified:
                    return _domain(now)
                raise DomainTaken("another organization has proved this domain before")
            await _record(tx, org_id, "domain.verified", domain)
            return msgspec.structs.replace(claimed, is_verified=True)

        verified = await idempotency.settled(self._db, key, Domain, act)
        self._forget(domain)
        return verified

    async def give_up(self, org_id: str, domain: str, key: Key | None) -> None:
        """Raises NotFound."""

        async def act(tx: Tx) -> Done:
            if not await sql_sites.RELEASE.run(tx, org_id, domain):
                raise NotFound("no such domain")
            await _record(tx, org_id, "domain.given_up", domain)
            return Done()

        await idempotency.settled(self._db, key, Done, act)
        self._forget(domain)

    def _forget(self, domain: str) -> None:
        self._known.pop(domain, None)
        self._reads.forget(domain)


async def looks_of(tx: Tx, org_id: str) -> Site:
    """What the organization looks like, at whatever address. Raises NotFound."""
    row = await sql_sites.LOOKS.first(tx, org_id)
    if row is None:
        raise NotFound("no such organization")
    return _site(row)


async def _find(tx: Tx, org_id: str, domain: str) -> sql_sites.DomainRow:
    row = await sql_sites.DOMAIN.first(tx, org_id, domain)
    if row is None:
        raise NotFound("no such domain")
    return row


async def _record(tx: Tx, org_id: str, action: str, domain: str) -> None:
    await audit.record(tx, org_id, action, subject=f"domain:{domain}")


def _domain(row: sql_sites.DomainRow) -> Domain:
    return Domain(row.domain, row.is_verified, f"_fullhouse-challenge.{row.domain}", row.token)


def _site(row: sql_sites.SiteRow) -> Site:
    branding = msgspec.convert(row.branding, Branding)
    color = branding.color
    return Site(
        org_id=row.org_id,
        slug=row.slug,
        name=branding.display_name or row.name,
        color=color,
        ink=branding.ink or (documents.ink_on(color) if color else None),
        support_email=branding.support_email,
        logo_url=documents.logo_url(row.logo_id) if row.logo_id else None,
    )
