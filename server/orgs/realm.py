"""The operator realm: a user's token, and the role the database gives it in an organization."""

from starlette.requests import HTTPConnection

from server.identity.models import Operator
from server.identity.realms import AccountRealm
from server.identity.tokens import Tokens
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import BadRequest, Forbidden
from server.orgs import service


class OperatorRealm:
    """`permission`: what the role must allow. A user with one org may leave out `X-Org`."""

    scheme = "operator"

    def __init__(self, db: Database, tokens: Tokens, permission: str) -> None:
        self._db, self._permission = db, permission
        self._account = AccountRealm(db, tokens, "operator")

    async def authenticate(self, request: HTTPConnection) -> Operator:
        account = await self._account.authenticate(request)
        wanted = request.headers.get("x-org")
        found = await service.memberships(self._db, account.id, wanted)
        if not found:
            raise Forbidden("not a member of this organization")
        if len(found) > 1:
            raise BadRequest("you belong to several organizations: name one in X-Org")
        member = found[0]
        if member.approval != "approved":
            raise Forbidden(f"the organization is {member.approval}")
        if self._permission not in member.permissions:
            raise Forbidden(f"the role {member.role} does not allow {self._permission}")
        operator = Operator(
            user_id=account.id,
            org_id=member.org_id,
            role=member.role,
            permissions=frozenset(member.permissions),
            session_id=account.session_id,
        )
        context.act_as(operator.name)
        return operator
