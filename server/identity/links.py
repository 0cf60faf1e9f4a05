"""Links in mails: tokens signed for one purpose and the id of a row, which decides whether they are
open.

An event with the row's id is all that the mail's sender gets: it signs the link whenever a mail is
written, so no secret is stored or travels in an event.
"""

import uuid

from server.identity import sql
from server.identity.models import AccountRequest, LinkOver, Purpose, Realm
from server.identity.tokens import Tokens
from server.kernel import ids
from server.kernel.db import Database, Tx
from server.kernel.errors import Unauthenticated


class Links:
    def __init__(self, db: Database, tokens: Tokens) -> None:
        self._db, self._tokens = db, tokens

    async def make(
        self,
        tx: Tx,
        purpose: Purpose,
        realm: Realm,
        email: str,
        language: str,
        lasts_s: int,
        *,
        name: str | None = None,
        hashed: str | None = None,
        guest_id: uuid.UUID | None = None,
        user_id: uuid.UUID | None = None,
    ) -> uuid.UUID:
        """The id of a link that a mail to `email` may have."""
        request_id = ids.uuid7()
        await sql.INSERT_REQUEST.run(
            tx,
            request_id,
            purpose,
            realm,
            email,
            language,
            name,
            hashed,
            guest_id,
            user_id,
            lasts_s,
        )
        return request_id

    def token(self, request: AccountRequest) -> str:
        """What the link in a request's mail says; the same each time."""
        return self._tokens.sign(
            request.purpose,
            str(request.id),
            request.created_at,
            expires_in_s=int((request.expires_at - request.created_at).total_seconds()),
        )[0]

    async def read(self, purpose: Purpose, realm: Realm, token: str) -> AccountRequest:
        """What an open link is for. Raises LinkOver."""
        try:
            request_id = uuid.UUID(self._tokens.read(purpose, token)["sub"])
        except (Unauthenticated, ValueError):
            raise LinkOver("the link is not valid any more: ask for another") from None
        async with self._db.tx(read_only=True) as tx:
            request = await sql.REQUEST.first(tx, request_id)
        if request is None or request.realm != realm or not request.is_open:
            raise _over()
        return request

    @staticmethod
    async def use(tx: Tx, request: AccountRequest) -> None:
        """Once. Raises LinkOver."""
        if not await sql.USE_REQUEST.run(tx, request.id):
            raise _over()


def _over() -> LinkOver:
    return LinkOver("the link was used before or is too old: ask for another")
