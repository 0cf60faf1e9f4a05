"""The e-mail address of an account, and how it becomes another.

Two mailboxes have a say. The link to the new address takes it, where it is opened by who is signed
in to the account: a stranger whose address was typed by mistake gets nothing. The link to the
address before, which is told at once, stops the change or takes it back, and sets a new password:
who asked for the change knew the old one. All three take the account's row first, so that whoever
takes an address back leaves no link behind that was asked for at the same moment.
"""

import uuid

from server.identity import guard, passwords, service, sql
from server.identity.accounts import Accounts, address_of, mark_of
from server.identity.models import Account, AccountExists, LinkOver, Realm
from server.identity.sessions import Client
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, Unauthenticated
from server.kernel.tenancy import Across

TAKE_S = 86_400
UNDO_S = TAKE_S + 7 * 86_400
"""A week and more from the change, whenever its link is opened."""


class Addresses:
    def __init__(self, db: Database, accounts: Accounts) -> None:
        self._db, self._accounts, self._links = db, accounts, accounts.links

    async def ask(
        self, account: Account, email: str, password: str, code: str | None, client: Client
    ) -> None:
        """Ask for another address; a link that was asked for before ends.

        Does the same work, and says nothing, where the address has an account already. Raises
        BadRequest, Unauthenticated, TooManyAttempts, Overloaded.
        """
        email = address_of(email)
        user = await self._accounts.confirmed(account, password, client)
        if email == user.email:
            raise BadRequest("email: this is the account's address already")
        if user.has_mfa and not code:
            raise Unauthenticated("the account has a second factor: give a code, too")
        await guard.attempt(self._db, guard.mail_keys(account.realm, email, client.address))
        if user.has_mfa:
            await self._accounts.take_code(user.id, code or "")
        realm, language = account.realm, user.language
        async with self._db.tx(across=Across.PERSON) as tx:
            await self._accounts.unchanged(tx, user.id, mark_of(user))
            await sql.END_CHANGE.run(tx, user.id)
            take_id = await self._links.make(
                tx, "email", realm, email, language, TAKE_S, user_id=user.id
            )
            undo_id = await self._links.make(
                tx, "email-undo", realm, user.email, language, UNDO_S, user_id=user.id
            )
            await service.tell(
                tx, "identity.email.requested", user.id,
                request_id=str(take_id), undo_id=str(undo_id),
            )  # fmt: skip

    async def confirm(self, account: Account, token: str) -> None:
        """Take the new address and end every other session.

        Raises LinkOver, AccountExists, and Unauthenticated where the session ended meanwhile.
        """
        request = await self._links.read("email", account.realm, token)
        if request.user_id != account.id:
            raise LinkOver("the link is another account's: sign in as who asked for it")
        async with self._db.tx(across=Across.PERSON) as tx:
            await sql.LOCK_USER.first(tx, account.id)
            if not await sql.IS_OPEN.value(tx, account.session_id, account.id, account.realm):
                raise Unauthenticated("the session is over: sign in again")
            await self._links.use(tx, request)
            await self._set(tx, account.realm, account.id, request.email)
            await sql.REVOKE_SESSIONS.run(tx, account.id, account.session_id)

    async def undo(self, realm: Realm, token: str, password: str) -> None:
        """The account has, or keeps, the address that the link went to; a new password, no session.

        Every change since ends with it, and every link that would take one of those back. Raises
        LinkOver, PasswordRefused, AccountExists, Overloaded.
        """
        request = await self._links.read("email-undo", realm, token)
        assert request.user_id is not None
        passwords.check(password, request.email)
        hashed = await passwords.hashed(password)
        async with self._db.tx(across=Across.PERSON) as tx:
            user = await sql.LOCK_USER.first(tx, request.user_id)
            if user is None:
                raise LinkOver("the account of this link is gone")
            await self._links.use(tx, request)
            await sql.END_CHANGES_SINCE.run(tx, user.id, request.created_at)
            if user.email != request.email:
                await self._set(tx, realm, user.id, request.email)
                user.email = request.email
            await self._accounts.set_password(tx, user, hashed, keep=None)

    async def _set(self, tx: Tx, realm: Realm, user_id: uuid.UUID, email: str) -> None:
        await sql.LOCK_ADDRESS.run(tx, realm, email)
        if not await sql.SET_EMAIL.run(tx, user_id, email):
            raise AccountExists("this address has an account of its own by now")
        await service.tell(tx, "identity.email.changed", user_id)
