"""POST /v1/auth/login."""

import datetime as dt

from server.identity import service as identity
from server.identity.models import Login, Membership, OperatorToken
from server.identity.realms import Public
from server.identity.tokens import Tokens
from server.kernel.db import Database
from server.kernel.errors import Overloaded, Unauthenticated
from server.kernel.http import Call, Operation
from server.orgs import service


def routes(db: Database, tokens: Tokens) -> list[Operation]:
    async def login(call: Call, body: Login) -> OperatorToken:
        user_id = await identity.user_of(db, body.email, body.password)
        token, expires_at = tokens.sign("operator", str(user_id), dt.datetime.now(dt.UTC))
        members = await service.memberships(db, user_id)
        return OperatorToken(
            token=token,
            expires_at=expires_at,
            orgs=[Membership(m.org_id, m.org_name, m.role) for m in members],
        )

    return [
        Operation(
            "POST", "/v1/auth/login", login, Public(), "Sign in as an operator",
            body=Login, returns=OperatorToken, limit="sign-in",
            errors=(Unauthenticated, Overloaded),
        ),
    ]  # fmt: skip
