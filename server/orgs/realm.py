"""The operator realm: whoever acts for an organization, a person by token or a program by key.

What they may do is read from the database on every request, so that a role that changed, a key
that was revoked or an organization that was suspended counts from the next request on.
"""

import re
import uuid

from starlette.requests import HTTPConnection

from server.identity.models import Operator
from server.identity.realms import OPERATOR_COOKIE, bearer, cookie
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import BadRequest, Forbidden, Unauthenticated
from server.orgs import keys, service
from server.orgs.models import ORG_ID, Account, ApiClient, Approval

_ORG_ID = re.compile(ORG_ID)
_BOTH = "one credential per request: an operator's token or an API key, not both"


class OperatorRealm:
    """`permission`: what the role or the key must allow.

    A user with one organization may leave out `X-Org`; a key has its organization with it.
    """

    scheme = ("operator", "api_key")
    errors = (BadRequest, Unauthenticated, Forbidden)

    def __init__(self, db: Database, tokens: Tokens, permission: str) -> None:
        self._db, self._tokens, self.permission = db, tokens, permission

    async def authenticate(self, request: HTTPConnection) -> Operator | ApiClient:
        """Raises BadRequest, Unauthenticated, Forbidden."""
        key, token = request.headers.get("x-api-key"), bearer(request)
        wanted = wanted_org(request)
        if key is not None and token is not None:
            raise BadRequest(_BOTH)
        if key is not None:
            actor = await self._client(key, wanted)
        else:
            token = token or cookie(request, OPERATOR_COOKIE)
            actor = await self._member(token, wanted)
        if self.permission not in actor.permissions:
            means = f"role {actor.role}" if isinstance(actor, Operator) else "API key"
            raise Forbidden(f"the {means} does not allow {self.permission}")
        context.act_as(actor.name, actor.org_id)
        return actor

    async def _member(self, token: str | None, wanted: str | None) -> Operator:
        user_id = user_of(self._tokens, token)
        found = await service.memberships(self._db, user_id, wanted)
        if not found:
            raise Forbidden("not a member of this organization")
        if len(found) > 1:
            raise BadRequest("you belong to several organizations: name one in X-Org")
        member = found[0]
        _must_stand(member.approval, member.approval_note)
        return Operator(user_id, member.org_id, member.role, frozenset(member.permissions))

    async def _client(self, key: str, wanted: str | None) -> ApiClient:
        found = await keys.client_of(self._db, key)
        if found is None:
            raise Unauthenticated("the API key is unknown, revoked or expired")
        if wanted is not None and wanted != found.org_id:
            raise Forbidden("the API key is of another organization than X-Org")
        _must_stand(found.approval, found.approval_note)
        return ApiClient(found.id, found.org_id, frozenset(found.permissions))


class AccountRealm:
    """Somebody who is signed in, whether or not they belong to an organization."""

    scheme, permission = "account", None
    errors = (Unauthenticated, Forbidden)

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def authenticate(self, request: HTTPConnection) -> Account:
        """Raises Unauthenticated, and Forbidden for a cookie that a foreign page sent."""
        user_id = user_of(self._tokens, bearer(request) or cookie(request, OPERATOR_COOKIE))
        account = Account(user_id)
        context.act_as(account.name)
        return account


def user_of(tokens: Tokens, token: str | None) -> uuid.UUID:
    """Raises Unauthenticated."""
    if token is None:
        raise Unauthenticated("send an operator token: POST /v1/auth/login gives one")
    return tokens.subject_uuid("operator", token)


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
