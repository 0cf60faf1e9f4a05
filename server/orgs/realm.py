"""The operator realm: whoever acts for an organization, a person by token or a program by key.

What they may do is read from the database on every request, so that a role that changed, a key
that was revoked or an organization that was suspended counts from the next request on.
"""

import re

from starlette.requests import HTTPConnection

from server.identity.models import Operator
from server.identity.realms import AccountRealm, bearer
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import BadRequest, Forbidden, Unauthenticated
from server.orgs import keys, service
from server.orgs.models import ORG_ID, ApiClient, Approval

_ORG_ID = re.compile(ORG_ID)
_BOTH = "one credential per request: an operator's token or an API key, not both"


class OperatorRealm:
    """`permission`: what the role or the key must allow.

    A user with one organization may leave out `X-Org`; a key has its organization with it.
    """

    scheme = ("operator", "api_key")
    errors = (BadRequest, Unauthenticated, Forbidden)

    def __init__(self, db: Database, tokens: Tokens, permission: str) -> None:
        self._db, self.permission = db, permission
        self._account = AccountRealm(db, tokens, "operator")

    async def authenticate(self, request: HTTPConnection) -> Operator | ApiClient:
        """Raises BadRequest, Unauthenticated, Forbidden."""
        key = request.headers.get("x-api-key")
        wanted = wanted_org(request)
        if key is not None and bearer(request) is not None:
            raise BadRequest(_BOTH)
        if key is not None:
            actor = await self._client(key, wanted)
        else:
            actor = await self._member(request, wanted)
        if not await self._may(actor, request):
            means = f"role {actor.role}" if isinstance(actor, Operator) else "API key"
            raise Forbidden(f"the {means} does not allow {self.permission}")
        context.act_as(actor.name, actor.org_id)
        return actor

    async def _may(self, actor: Operator | ApiClient, request: HTTPConnection) -> bool:
        return self.permission in actor.permissions

    async def _member(self, request: HTTPConnection, wanted: str | None) -> Operator:
        account = await self._account.authenticate(request)
        found = await service.memberships(self._db, account.id, wanted)
        if not found:
            raise Forbidden("not a member of this organization")
        if len(found) > 1:
            raise BadRequest("you belong to several organizations: name one in X-Org")
        member = found[0]
        _must_stand(member.approval, member.approval_note)
        return Operator(
            user_id=account.id,
            org_id=member.org_id,
            role=member.role,
            permissions=frozenset(member.permissions),
            session_id=account.session_id,
        )

    async def _client(self, key: str, wanted: str | None) -> ApiClient:
        found = await keys.client_of(self._db, key)
        if found is None:
            raise Unauthenticated("the API key is unknown, revoked or expired")
        if wanted is not None and wanted != found.org_id:
            raise Forbidden("the API key is of another organization than X-Org")
        _must_stand(found.approval, found.approval_note)
        return ApiClient(found.id, found.org_id, frozenset(found.permissions))


def wanted_org(request: HTTPConnection) -> str | None:
    """The organization that `X-Org` names. Raises BadRequest for what can be no id of one."""
    wanted = request.headers.get("x-org")
    if wanted is not None and not _ORG_ID.fullmatch(wanted):
        raise BadRequest("X-Org: an organization's id has 1 to 64 letters, digits and ._~:-")
    return wanted


def _must_stand(approval: Approval, note: str) -> None:
    """A pending organization sets itself up; whether it sells is asked where something is sold."""
    if approval in ("rejected", "suspended"):
        raise Forbidden(f"the organization is {approval}" + (f": {note}" if note else ""))
