"""Realms of the platform itself: its staff, its partners, services of the same house.

Partners and services show a key of which the settings name the SHA-256 hash; where they name none
nobody has that realm, and its routes answer 503.
"""

from collections.abc import Mapping

from starlette.requests import HTTPConnection

from server.identity.realms import AccountRealm
from server.identity.tokens import Tokens
from server.kernel import context, ids
from server.kernel.db import Database
from server.kernel.errors import BadRequest, Forbidden, NotConfigured, Unauthenticated
from server.kernel.tenancy import Across
from server.orgs import service
from server.orgs.models import Partner, Service, Staff, StaffRole
from server.orgs.realm import wanted_org

SharedKeys = Mapping[bytes, str]
"""SHA-256 of a key -> who has it."""

_RANK: dict[StaffRole, int] = {"support": 0, "superadmin": 1}


class StaffRealm:
    """`least`: the role it takes. Support reads, a superadmin decides."""

    scheme = "staff"
    errors = (Unauthenticated, Forbidden)

    def __init__(self, db: Database, tokens: Tokens, least: StaffRole) -> None:
        self._db, self._account = db, AccountRealm(db, tokens, "operator")
        self.permission: StaffRole = least

    async def authenticate(self, request: HTTPConnection) -> Staff:
        """Raises Unauthenticated, Forbidden."""
        account = await self._account.authenticate(request)
        role = await service.staff_role(self._db, account.id)
        if role is None:
            raise Forbidden("this is for the platform's own staff")
        if _RANK[role] < _RANK[self.permission]:
            raise Forbidden(f"the role {role} does not allow this: ask a {self.permission}")
        staff = Staff(account.id, role)
        context.act_as(staff.name, Across.PLATFORM)
        return staff


class PartnerRealm:
    scheme, permission = "partner", None
    errors = (NotConfigured, Unauthenticated)

    def __init__(self, keys: SharedKeys) -> None:
        self._keys = keys

    async def authenticate(self, request: HTTPConnection) -> Partner:
        """Raises NotConfigured, Unauthenticated."""
        name = _holder(self._keys, request, "X-Partner-Key", "PARTNER_KEYS")
        partner = Partner(name)
        context.act_as(partner.name, Across.PLATFORM)
        return partner


class ServiceRealm:
    scheme, permission = "service", None
    errors = (BadRequest, NotConfigured, Unauthenticated)

    def __init__(self, db: Database, keys: SharedKeys) -> None:
        self._db, self._keys = db, keys

    async def authenticate(self, request: HTTPConnection) -> Service:
        """Raises NotConfigured, Unauthenticated, and BadRequest for a wrong `X-Org`."""
        name = _holder(self._keys, request, "X-Internal-API-Key", "SERVICE_KEYS")
        org_id = wanted_org(request)
        if org_id is None:
            raise BadRequest("name the organization in X-Org")
        if not await service.exists(self._db, org_id):
            raise BadRequest("X-Org names no organization of this platform")
        caller = Service(name, org_id)
        context.act_as(caller.name, org_id)
        return caller


def _holder(keys: SharedKeys, request: HTTPConnection, header: str, setting: str) -> str:
    if not keys:
        raise NotConfigured(f"nobody has this realm here: {setting} is not set")
    key = request.headers.get(header)
    if key is None:
        raise Unauthenticated(f"send your key in {header}")
    name = keys.get(ids.digest(key))
    if name is None:
        raise Unauthenticated(f"the key in {header} is unknown")
    return name
