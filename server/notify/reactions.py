"""Events that somebody is told of by mail. A mail's id is the event's: one event, one mail."""

import uuid
from collections.abc import Mapping, Sequence

from server.identity import service as identity
from server.kernel.db import Database
from server.notify.service import Mails, account_page
from server.notify.words import DEFAULT
from server.orgs.invitations import Invitations
from server.outbox.models import Event
from server.outbox.relay import Reaction


def reactions(
    db: Database, mails: Mails, invitations: Invitations
) -> Mapping[str, Sequence[Reaction]]:
    async def confirm_address(event: Event) -> None:
        """A link, or the news that there is an account already: both to the address alone."""
        request = await identity.request_of(db, uuid.UUID(event.data["request_id"]))
        if request is None or not request.is_open:
            return
        user = await identity.user_with(db, request.realm, request.email)
        if user is None:
            template, data = "confirm", {"name": request.name, "request_id": str(request.id)}
        else:
            template, data = "exists", {"path": account_page(request.realm, "sign-in")}
        await mails.write(
            event.id, request.email, template, request.language, data, request.expires_at
        )

    async def reset_password(event: Event) -> None:
        """Where the address has no account nobody is told anything."""
        request = await identity.request_of(db, uuid.UUID(event.data["request_id"]))
        if request is None or not request.is_open:
            return
        user = await identity.user_with(db, request.realm, request.email)
        if user is not None:
            data = {"name": user.name, "request_id": str(request.id)}
            await mails.write(
                event.id, user.email, "reset", request.language, data, request.expires_at
            )

    async def warn(event: Event, template: str) -> None:
        """Of a change that its owner must hear of, had they not made it."""
        user = await identity.user_of(db, uuid.UUID(event.data["user_id"]))
        if user is not None:
            data = {"name": user.name, "path": account_page(user.realm, "forgot")}
            await mails.write(event.id, user.email, template, user.language, data)

    async def password_changed(event: Event) -> None:
        await warn(event, "password-changed")

    async def factor_changed(event: Event) -> None:
        await warn(event, "factor-on" if event.data["has_mfa"] else "factor-off")

    async def session_copied(event: Event) -> None:
        await warn(event, "session-copied")

    async def invite(event: Event) -> None:
        """To who may have no account: nobody knows a language of theirs."""
        async with db.tx(read_only=True) as tx:
            letter = await invitations.letter(tx, uuid.UUID(event.data["invitation_id"]))
        if letter is not None:
            await mails.write(
                event.id, letter.email, "invitation", DEFAULT, event.data, letter.expires_at
            )

    return {
        "identity.register.requested": [confirm_address],
        "identity.reset.requested": [reset_password],
        "identity.password.changed": [password_changed],
        "identity.factor.changed": [factor_changed],
        "identity.session.copied": [session_copied],
        "orgs.member_invited": [invite],
    }
