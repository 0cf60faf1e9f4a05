"""Invitations by mail: a link that works once, for a while, for whoever has the address.

The event that an invitation is there carries its id alone. Whoever writes the mail asks `letter`
for the token, which is made of the invitation and a secret of the process: it is the same each time
a mail is written, another one when somebody is invited again, and only its hash is stored.
"""

import base64
import datetime as dt
import hashlib
import hmac
import uuid

from server import audit
from server.identity import passwords
from server.identity import service as identity
from server.identity.models import AccountExists
from server.kernel import context, idempotency, ids
from server.kernel.db import Database, Tx, Work
from server.kernel.errors import Forbidden, NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.tenancy import Across
from server.orgs import members, service, sql, sql_members
from server.orgs.member_models import (
    INVITATIONS_MAX,
    INVITED_DAYS,
    Invitation,
    InvitationList,
    InvitationOver,
    Joined,
    Letter,
    MemberExists,
    NewInvitation,
    Registration,
)
from server.orgs.members import Manager
from server.orgs.models import LimitReached
from server.outbox import service as outbox
from server.outbox.models import Fact


class Invitations:
    """`secret`: of the process; who does not know it cannot make a link."""

    def __init__(self, db: Database, secret: str) -> None:
        self._db = db
        self._secret = hashlib.sha256(f"invitations {secret}".encode()).digest()

    async def invite(self, manager: Manager, wish: NewInvitation, key: Key | None) -> Invitation:
        """Raises MemberExists, LimitReached, Forbidden."""
        org_id, email = manager.org_id, wish.email.lower()

        async def act(tx: Tx) -> Invitation:
            await service.lock(tx, org_id)
            await members.must_give(tx, manager, wish.role)
            if await sql_members.HAS_ADDRESS.value(tx, org_id, email):
                raise MemberExists("whoever has this address is a member already")
            if await sql_members.COUNT_INVITATIONS.value(tx, org_id) >= INVITATIONS_MAX:
                raise LimitReached(
                    f"{INVITATIONS_MAX} invitations wait for an answer: take some back",
                    max=INVITATIONS_MAX,
                )
            invitation = await sql_members.INVITE.first(
                tx, ids.uuid7(), org_id, email, wish.role, context.current().actor, INVITED_DAYS
            )
            assert invitation is not None
            token = self._token(invitation.id, invitation.expires_at)
            await sql_members.SET_TOKEN.run(tx, invitation.id, ids.digest(token))
            subject = f"invitation:{invitation.id}"
            await audit.record(
                tx,
                org_id,
                "member.invited",
                subject=subject,
                data={"email": email, "role": wish.role},
            )
            await outbox.append(
                tx,
                Fact("orgs.member_invited", org_id, subject, {"invitation_id": str(invitation.id)}),
            )
            return invitation

        return await idempotency.settled(self._db, key, Invitation, act)

    async def of_org(self, org_id: str) -> InvitationList:
        async with self._db.tx(read_only=True) as tx:
            return InvitationList(await sql_members.INVITATIONS.all(tx, org_id))

    async def revoke(self, org_id: str, invitation_id: uuid.UUID, key: Key | None) -> None:
        """Raises NotFound, also for one that was answered or taken back before."""

        async def act(tx: Tx) -> Done:
            email = await sql_members.REVOKE_INVITATION.value(tx, invitation_id, org_id)
            if email is None:
                raise NotFound("no such invitation, or it waits for no answer any more")
            await audit.record(
                tx,
                org_id,
                "invitation.revoked",
                subject=f"invitation:{invitation_id}",
                data={"email": email},
            )
            return Done()

        await idempotency.settled(self._db, key, Done, act)

    async def letter(self, tx: Tx, invitation_id: uuid.UUID) -> Letter | None:
        """What to write to whom; None where nobody waits for an answer any more."""
        waiting = await sql_members.WAITING.first(tx, invitation_id)
        if waiting is None or waiting.is_over:
            return None
        return Letter(
            waiting.email,
            waiting.org_name,
            waiting.role,  # type: ignore[arg-type]
            self._token(waiting.id, waiting.expires_at),
            waiting.expires_at,
        )

    async def accept(self, user_id: uuid.UUID, token: str, key: Key | None) -> Joined:
        """Join as who is signed in. Raises InvitationOver, Forbidden for another's invitation."""

        async def act(tx: Tx) -> Joined:
            waiting = await _waiting(tx, token)
            if await sql_members.ADDRESS_OF_USER.value(tx, user_id) != waiting.email:
                raise Forbidden("the invitation is for another address: sign in as who has that")
            return await _join(tx, waiting, user_id)

        return await idempotency.settled(self._db, key, Joined, act, across=Across.JOIN)

    async def register(self, wish: Registration, key: Key | None) -> Joined:
        """Join with a new account, whose address the link has proved.

        Raises InvitationOver, AccountExists, PasswordRefused, Overloaded.
        """

        async def prepare() -> Work[Joined]:
            async with self._db.tx(across=Across.JOIN) as tx:
                email = (await _waiting(tx, wish.token)).email
            # It takes a while, in which no connection to the database is kept.
            hashed = await passwords.hash_of(wish.password, email)

            async def act(tx: Tx) -> Joined:
                waiting = await _waiting(tx, wish.token)
                if await sql.USER_OF_ADDRESS.value(tx, waiting.email) is not None:
                    raise AccountExists("there is an account of this address: sign in and accept")
                user_id = await identity.insert_user(tx, waiting.email, wish.name.strip(), hashed)
                await identity.tell_registered(tx, "operator", user_id)
                return await _join(tx, waiting, user_id)

            return act

        return await idempotency.prepared(self._db, key, Joined, prepare, Across.JOIN)

    def _token(self, invitation_id: uuid.UUID, expires_at: dt.datetime) -> str:
        named = f"{invitation_id} {expires_at.isoformat()}".encode()
        digest = hmac.digest(self._secret, named, "sha256")
        return f"fhi_{base64.urlsafe_b64encode(digest[:24]).decode()}"


async def _waiting(tx: Tx, token: str) -> sql_members.WaitingRow:
    """Locked, and its organization before it. Raises InvitationOver."""
    org_id = await sql_members.ORG_BY_TOKEN.value(tx, ids.digest(token))
    if org_id is not None:
        await service.lock(tx, org_id)
    waiting = await sql_members.WAITING_BY_TOKEN.first(tx, ids.digest(token))
    if waiting is None or waiting.is_over:
        raise InvitationOver("this invitation does not work any more: ask for another")
    return waiting


async def _join(tx: Tx, waiting: sql_members.WaitingRow, user_id: uuid.UUID) -> Joined:
    await sql_members.JOIN.run(tx, waiting.org_id, user_id, waiting.role)
    await sql_members.ACCEPT.run(tx, waiting.id)
    context.act_as(f"operator:{user_id}")
    await audit.record(
        tx,
        waiting.org_id,
        "member.joined",
        subject=f"user:{user_id}",
        data={"email": waiting.email, "role": waiting.role, "invitation_id": str(waiting.id)},
    )
    return Joined(waiting.org_id, user_id, waiting.role)  # type: ignore[arg-type]
