"""Accounts of operators and of buyers: registering, signing in, passwords.

Nothing here tells whether an address has an account: asking to register or to reset a password does
the same work and gives the same answer either way, and what differs is told to the mailbox. An
account begins when the link in its mail is opened *and* the password is given that was chosen when
registering: neither a stranger who typed the address, nor an owner who only clicks, can make one
that belongs to both.

The mails themselves are notify's: here stands an event with the id of a request (`links.py`).
"""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from server.identity import guard, passwords, service, sql
from server.identity.factors import Factors
from server.identity.links import Links
from server.identity.models import (
    Account,
    AccountExists,
    AccountRequest,
    AccountView,
    Grant,
    LinkOver,
    MfaEnrolment,
    MfaRequired,
    PasswordRefused,
    Realm,
    User,
)
from server.identity.sessions import NO_ORG, Client, Sessions
from server.identity.tokens import Tokens
from server.kernel import ids
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, Unauthenticated
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact

REGISTER_S = 86_400
RESET_S = 3_600
CHALLENGE_S = 300
NAME_LENGTH_MAX = 200
WRONG = "the e-mail address or the password is wrong"

Claim = Callable[[Tx, uuid.UUID, uuid.UUID], Awaitable[None]]
"""Gives what a guest has to an account: `(tx, guest_id, account_id)`. Domains above have one."""


class Accounts:
    """`claims`: in the order in which their rows are locked."""

    def __init__(
        self,
        db: Database,
        tokens: Tokens,
        sessions: Sessions,
        factors: Factors,
        claims: Sequence[Claim] = (),
    ) -> None:
        self._db, self._tokens, self._sessions = db, tokens, sessions
        self._factors, self._claims = factors, claims
        self.links = Links(db, tokens)

    async def register(
        self,
        realm: Realm,
        email: str,
        name: str,
        password: str,
        client: Client,
        *,
        language: str = "en",
        guest_id: uuid.UUID | None = None,
    ) -> None:
        """Ask for an account. Raises BadRequest, PasswordRefused, TooManyAttempts, Overloaded."""
        email, name = address_of(email), " ".join(name.split())
        if not (0 < len(name) <= NAME_LENGTH_MAX and name.isprintable()):
            raise BadRequest(f"name: write 1 to {NAME_LENGTH_MAX} printable characters")
        passwords.check(password, email)
        await guard.attempt(self._db, guard.mail_keys(realm, email, client.address))
        hashed = await passwords.hashed(password)
        await self._request(
            "register",
            realm,
            email,
            language,
            REGISTER_S,
            name=name,
            hashed=hashed,
            guest_id=guest_id,
        )

    async def forgot(
        self, realm: Realm, email: str, client: Client, *, language: str = "en"
    ) -> None:
        """Ask for a link that sets a new password. Raises BadRequest, TooManyAttempts."""
        email = address_of(email)
        await guard.attempt(self._db, guard.mail_keys(realm, email, client.address))
        await self._request("reset", realm, email, language, RESET_S)

    async def verify(
        self,
        realm: Realm,
        token: str,
        password: str,
        client: Client,
        *,
        guest_id: uuid.UUID | None = None,
    ) -> Grant:
        """Open the account and a session. Raises LinkOver, Unauthenticated, AccountExists."""
        request = await self.links.read("register", realm, token)
        assert request.password_hash is not None
        assert request.name is not None
        keys = guard.password_keys(realm, request.email, client.address)
        await guard.attempt(self._db, keys)
        if not await passwords.is_right(request.password_hash, password):
            raise Unauthenticated("this is not the password that was chosen when registering")
        async with self._db.tx(across=Across.PERSON) as tx:
            # The address before its links: several may be opened at once.
            await sql.LOCK_ADDRESS.run(tx, realm, request.email)
            await self._use(tx, request)
            user_id = ids.uuid7()
            if not await sql.INSERT_USER.run(
                tx, user_id, realm, request.email, request.name, request.password_hash,
                request.language,
            ):  # fmt: skip
                raise AccountExists("this address has an account already: sign in")
            await guard.succeeded(tx, keys)
            await service.tell_registered(tx, realm, user_id)
            await self._take_over(tx, realm, user_id, request.guest_id, guest_id)
            return await self._sessions.begin(tx, realm, user_id, client)

    async def reset(self, realm: Realm, token: str, password: str) -> None:
        """Set a new password and end every session. Raises LinkOver, PasswordRefused."""
        request = await self.links.read("reset", realm, token)
        passwords.check(password, request.email)
        hashed = await passwords.hashed(password)
        async with self._db.tx(across=Across.PERSON) as tx:
            found = await sql.USER_BY_EMAIL.first(tx, realm, request.email)
            # The account before its links, as everybody locks them.
            user = await sql.LOCK_USER.first(tx, found.id) if found else None
            if user is None or user.email != request.email:
                raise LinkOver("the account of this link is gone")
            await self._use(tx, request)
            await self.set_password(tx, user, hashed, keep=None)

    async def login(
        self,
        realm: Realm,
        email: str,
        password: str,
        client: Client,
        *,
        guest_id: uuid.UUID | None = None,
    ) -> Grant | MfaRequired:
        """A session, or the challenge for its second factor.

        Raises Unauthenticated, after the same work whether or not the account exists;
        TooManyAttempts, Overloaded.
        """
        email = email.strip().lower()
        keys = guard.password_keys(realm, email, client.address)
        await guard.attempt(self._db, keys)
        checked = await self._with_password(realm, email, password)
        async with self._db.tx(across=Across.PERSON) as tx:
            user = await self.unchanged(tx, checked.id, mark_of(checked))
            await guard.succeeded(tx, keys)
            if user.has_mfa:
                return self._challenge(realm, user)
            await self._take_over(tx, realm, user.id, guest_id)
            return await self._sessions.begin(tx, realm, user.id, client)

    async def verify_mfa(
        self,
        realm: Realm,
        challenge: str,
        code: str,
        client: Client,
        *,
        guest_id: uuid.UUID | None = None,
    ) -> Grant:
        """The session of a login with a second factor. Raises Unauthenticated, TooManyAttempts."""
        claims = self._tokens.read("mfa", challenge)
        if claims.get("realm") != realm:
            raise Unauthenticated("not a challenge of this realm")
        user_id = uuid.UUID(claims["sub"])
        await self.take_code(user_id, code)
        async with self._db.tx(across=Across.PERSON) as tx:
            await self.unchanged(tx, user_id, claims.get("mark", ""))
            await self._take_over(tx, realm, user_id, guest_id)
            return await self._sessions.begin(tx, realm, user_id, client)

    async def change_password(
        self, account: Account, password: str, new: str, client: Client
    ) -> None:
        """Ends every other session. Raises Unauthenticated, PasswordRefused, TooManyAttempts."""
        user = await self.confirmed(account, password, client)
        passwords.check(new, user.email)
        if new == password:
            raise PasswordRefused("the new password is the old one: choose another")
        hashed = await passwords.hashed(new)
        async with self._db.tx(across=Across.PERSON) as tx:
            await self.unchanged(tx, user.id, mark_of(user))
            await self.set_password(tx, user, hashed, keep=account.session_id)

    async def enrol_mfa(self, account: Account, password: str, client: Client) -> MfaEnrolment:
        """Raises Unauthenticated, FactorRefused, TooManyAttempts."""
        user = await self.confirmed(account, password, client)
        async with self._db.tx(across=Across.PERSON) as tx:
            await self.unchanged(tx, user.id, mark_of(user))
            return await self._factors.enrol(tx, user.id, user.email)

    async def confirm_mfa(self, account: Account, code: str) -> list[str]:
        """Turn the second factor on: the recovery codes. Raises Unauthenticated, FactorRefused."""
        keys = guard.code_keys(str(account.id))
        await guard.attempt(self._db, keys)
        async with self._db.tx(across=Across.PERSON) as tx:
            codes = await self._factors.confirm(tx, account.id, code)
            if codes is None:
                raise Unauthenticated("the code is wrong: type the one that the app shows now")
            await guard.succeeded(tx, keys)
            await service.tell(tx, "identity.factor.changed", account.id, has_mfa=True)
            return codes

    async def disable_mfa(self, account: Account, password: str, code: str, client: Client) -> None:
        """Raises Unauthenticated, TooManyAttempts."""
        user = await self.confirmed(account, password, client)
        await self.take_code(user.id, code)
        async with self._db.tx(across=Across.PERSON) as tx:
            await self.unchanged(tx, user.id, mark_of(user))
            await self._factors.remove(tx, user.id)
            await service.tell(tx, "identity.factor.changed", user.id, has_mfa=False)

    async def view(self, account_id: uuid.UUID) -> AccountView | None:
        async with self._db.tx(read_only=True) as tx:
            return await sql.ACCOUNT.first(tx, account_id)

    def guest_of(self, token: str | None) -> uuid.UUID | None:
        """The guest of a token. Raises BadRequest: an account's things are not given away."""
        if token is None:
            return None
        try:
            named = self._tokens.named("buyer", token)
        except Unauthenticated as error:
            raise BadRequest(f"guest_token: {error.detail}") from None
        if named.session_id is not None:
            raise BadRequest("guest_token: this is an account's token, not a guest's")
        return named.subject

    async def _request(
        self,
        purpose: Literal["register", "reset"],
        realm: Realm,
        email: str,
        language: str,
        lasts_s: int,
        **more: Any,
    ) -> None:
        async with self._db.tx(across=Across.PERSON) as tx:
            request_id = await self.links.make(tx, purpose, realm, email, language, lasts_s, **more)
            fact = Fact(
                f"identity.{purpose}.requested",
                NO_ORG,
                f"account_request:{request_id}",
                {"request_id": str(request_id), "realm": realm},
            )
            await outbox.append(tx, fact)

    async def _use(self, tx: Tx, request: AccountRequest) -> None:
        await self.links.use(tx, request)
        await sql.END_REQUESTS.run(tx, request.realm, request.email, request.purpose)

    async def _with_password(self, realm: Realm, email: str, password: str) -> User:
        async with self._db.tx(read_only=True) as tx:
            user = await sql.USER_BY_EMAIL.first(tx, realm, email)
        is_right = await passwords.is_right(
            user.password_hash if user else passwords.NOBODY, password
        )
        if user is None or not is_right:
            raise Unauthenticated(WRONG)
        if passwords.is_outdated(user.password_hash):
            hashed = await passwords.hashed(password)
            async with self._db.tx(across=Across.PERSON) as tx:
                await sql.REHASH.run(tx, user.id, user.password_hash, hashed)
            return await self._with_password(realm, email, password)
        return user

    async def confirmed(self, account: Account, password: str, client: Client) -> User:
        """The account, once its owner has given the password again.

        Raises Unauthenticated, TooManyAttempts.
        """
        async with self._db.tx(read_only=True) as tx:
            user = await sql.USER.first(tx, account.id)
        if user is None:
            raise Unauthenticated("the account is gone")
        keys = guard.password_keys(account.realm, user.email, client.address)
        await guard.attempt(self._db, keys)
        if not await passwords.is_right(user.password_hash, password):
            raise Unauthenticated("the password is wrong")
        async with self._db.tx(across=Across.PERSON) as tx:
            await guard.succeeded(tx, keys)
        return user

    async def unchanged(self, tx: Tx, user_id: uuid.UUID, mark: str) -> User:
        """The account, locked, as it was when its password was given: with a new password ends also
        what was begun with the old one. Raises Unauthenticated."""
        user = await sql.LOCK_USER.first(tx, user_id)
        if user is None or mark_of(user) != mark:
            raise Unauthenticated("the account was changed meanwhile: sign in again")
        return user

    async def take_code(self, user_id: uuid.UUID, code: str) -> None:
        """Use a code of the second factor. Raises Unauthenticated, TooManyAttempts."""
        keys = guard.code_keys(str(user_id))
        await guard.attempt(self._db, keys)
        async with self._db.tx(across=Across.PERSON) as tx:
            if not await self._factors.takes(tx, user_id, code):
                raise Unauthenticated(
                    "the code is wrong, or was used before: wait for the next one"
                )
            await guard.succeeded(tx, keys)

    async def set_password(
        self, tx: Tx, user: User, hashed: str, *, keep: uuid.UUID | None
    ) -> None:
        """Ends sessions; `keep`: the one that goes on."""
        await sql.SET_PASSWORD.run(tx, user.id, hashed)
        await sql.REVOKE_SESSIONS.run(tx, user.id, keep)
        await sql.END_REQUESTS.run(tx, user.realm, user.email, "reset")
        await service.tell(tx, "identity.password.changed", user.id)

    async def _take_over(
        self, tx: Tx, realm: Realm, account_id: uuid.UUID, *guests: uuid.UUID | None
    ) -> None:
        for guest_id in dict.fromkeys(guests):
            if guest_id is not None and realm == "buyer":
                for claim in self._claims:
                    await claim(tx, guest_id, account_id)

    def _challenge(self, realm: Realm, user: User) -> MfaRequired:
        now = dt.datetime.now(dt.UTC)
        challenge, ends = self._tokens.sign(
            "mfa", str(user.id), now, expires_in_s=CHALLENGE_S, realm=realm, mark=mark_of(user)
        )
        return MfaRequired(True, challenge, ends)


def mark_of(user: User) -> str:
    """Another one as soon as the account has another password or address; tells neither."""
    return ids.digest(f"{user.email} {user.password_hash}").hex()


def address_of(email: str) -> str:
    """An e-mail address as we store it. Raises BadRequest for what no mail could reach."""
    email = email.strip().lower()
    local, at, domain = email.rpartition("@")
    is_one = local and at and "." in domain and not domain.startswith(".")
    if (
        not is_one
        or len(email) > 254
        or not email.isprintable()
        or any(c in email for c in ' <>",')
    ):
        raise BadRequest("email: write an address such as ada@example.org")
    return email
