"""The operator realm: a user's token, and the role the database gives it in an organization."""

from starlette.requests import HTTPConnection

from server.identity.models import Operator
from server.identity.realms import OPERATOR_COOKIE, bearer, cookie
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import BadRequest, Forbidden, Unauthenticated
from server.orgs import service


class OperatorRealm:
    """`permission`: what the role must allow. A user with one org may leave out `X-Org`."""

    scheme = "operator"
    errors = (BadRequest, Unauthenticated, Forbidden)

    def __init__(self, db: Database, tokens: Tokens, permission: str) -> None:
        self._db, self._tokens, self.permission = db, tokens, permission

    async def authenticate(self, request: HTTPConnection) -> Operator:
        token = bearer(request) or cookie(request, OPERATOR_COOKIE)
        if token is None:
            raise Unauthenticated("send an operator token: POST /v1/auth/login gives one")
        user_id = self._tokens.subject_uuid("operator", token)
        wanted = request.headers.get("x-org")
        found = await service.memberships(self._db, user_id, wanted)
        if not found:
            raise Forbidden("not a member of this organization")
        if len(found) > 1:
            raise BadRequest("you belong to several organizations: name one in X-Org")
        member = found[0]
        if member.approval != "approved":
            raise Forbidden(f"the organization is {member.approval}")
        if self.permission not in member.permissions:
            raise Forbidden(f"the role {member.role} does not allow {self.permission}")
        operator = Operator(
            user_id=user_id,
            org_id=member.org_id,
            role=member.role,
            permissions=frozenset(member.permissions),
        )
        context.act_as(operator.name, operator.org_id)
        return operator
