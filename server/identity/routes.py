"""POST /v1/auth/guest."""

import datetime as dt

from server.identity.models import GuestToken
from server.identity.realms import Public
from server.identity.tokens import Tokens
from server.kernel.http import Call, Operation
from server.kernel.ids import uuid7


def routes(tokens: Tokens) -> list[Operation]:
    async def create_guest(call: Call) -> GuestToken:
        buyer_id = uuid7()
        token, expires_at = tokens.sign("buyer", str(buyer_id), dt.datetime.now(dt.UTC))
        return GuestToken(token=token, buyer_id=buyer_id, expires_at=expires_at)

    return [
        Operation(
            "POST", "/v1/auth/guest", create_guest, Public(),
            "Begin as a guest buyer", returns=GuestToken, status=201,
            description="Holds and orders belong to the buyer whose token made them.",
        ),
    ]  # fmt: skip
