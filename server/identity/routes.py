"""/v1/auth for operators' accounts, /v1/buyers for buyers', and the keys that verify tokens.

No request here takes an `Idempotency-Key`: its answer would have to be stored, and an answer with
tokens is not to be stored. Repeating one is safe: a mail more, or a session more that ends unused.
"""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable

import msgspec
from starlette.responses import Response

from server.identity.accounts import Accounts
from server.identity.addresses import Addresses
from server.identity.models import (
    Account,
    AccountExists,
    AccountView,
    BuyerView,
    EmailChange,
    EmailConfirm,
    EmailUndo,
    FactorRefused,
    Forgot,
    Grant,
    GuestToken,
    Jwks,
    LinkOver,
    Login,
    MailPromised,
    Membership,
    MfaConfirm,
    MfaDisable,
    MfaEnrol,
    MfaEnrolment,
    MfaRequired,
    MfaVerify,
    OperatorGrant,
    PasswordChange,
    PasswordRefused,
    Realm,
    RecoveryCodes,
    Refresh,
    Register,
    Reset,
    SessionList,
    TooManyAttempts,
    Verify,
)
from server.identity.realms import AccountRealm, BuyerRealm, Public, client_of, language_of
from server.identity.sessions import Sessions
from server.identity.tokens import GUEST_S, Tokens
from server.kernel.db import Database
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.kernel.ids import uuid7

JWKS_S = 120
"""How long others may keep our public keys; well below the time a key is listed before it signs."""
PROMISED = MailPromised(
    "If that is possible for this address, a mail with a link is on its way to it."
)
_PREFIXES: dict[Realm, str] = {"operator": "/v1/auth", "buyer": "/v1/buyers"}

MembershipsOf = Callable[[uuid.UUID], Awaitable[list[Membership]]]


def routes(
    db: Database,
    tokens: Tokens,
    sessions: Sessions,
    accounts: Accounts,
    buyer: BuyerRealm,
    memberships: MembershipsOf,
) -> list[Operation]:
    """`memberships`: where an operator may work; the domain above knows."""
    return [
        *account_routes("operator", db, tokens, sessions, accounts, memberships),
        *account_routes("buyer", db, tokens, sessions, accounts, memberships),
        *_other_routes(tokens, accounts, buyer),
    ]


def account_routes(
    realm: Realm,
    db: Database,
    tokens: Tokens,
    sessions: Sessions,
    accounts: Accounts,
    memberships: MembershipsOf,
) -> list[Operation]:
    """The same verbs for each realm; the accounts of one are unknown to the other."""
    is_buyer, at = realm == "buyer", _PREFIXES[realm]
    granted = Grant if is_buyer else OperatorGrant
    who, signed_in = "a buyer" if is_buyer else "an operator", AccountRealm(db, tokens, realm)
    addresses = Addresses(db, accounts)

    def guest(token: str | None) -> uuid.UUID | None:
        if token is not None and not is_buyer:
            raise BadRequest("guest_token: an operator's account takes nothing over from a guest")
        return accounts.guest_of(token)

    async def answer(grant: Grant) -> Grant:
        if is_buyer:
            return grant
        kept = {name: getattr(grant, name) for name in Grant.__struct_fields__}
        return OperatorGrant(**kept, orgs=await memberships(grant.user_id))

    async def register(call: Call, body: Register) -> MailPromised:
        await accounts.register(
            realm, body.email, body.name, body.password, client_of(call.request),
            language=language_of(call.request), guest_id=guest(body.guest_token),
        )  # fmt: skip
        return PROMISED

    async def verify(call: Call, body: Verify) -> Grant:
        grant = await accounts.verify(
            realm, body.token, body.password, client_of(call.request),
            guest_id=guest(body.guest_token),
        )  # fmt: skip
        return await answer(grant)

    async def login(call: Call, body: Login) -> Grant | MfaRequired:
        told = await accounts.login(
            realm, body.email, body.password, client_of(call.request),
            guest_id=guest(body.guest_token),
        )  # fmt: skip
        return told if isinstance(told, MfaRequired) else await answer(told)

    async def mfa_verify(call: Call, body: MfaVerify) -> Grant:
        grant = await accounts.verify_mfa(
            realm, body.challenge, body.code, client_of(call.request),
            guest_id=guest(body.guest_token),
        )  # fmt: skip
        return await answer(grant)

    async def refresh(call: Call, body: Refresh) -> Grant:
        grant = await sessions.refresh(realm, body.refresh_token, client_of(call.request))
        return await answer(grant)

    async def logout(call: Call, body: Refresh) -> None:
        await sessions.end(realm, body.refresh_token)

    async def forgot_password(call: Call, body: Forgot) -> MailPromised:
        language = language_of(call.request)
        await accounts.forgot(realm, body.email, client_of(call.request), language=language)
        return PROMISED

    async def reset_password(call: Call, body: Reset) -> None:
        await accounts.reset(realm, body.token, body.password)

    async def change_password(call: Call, body: PasswordChange) -> None:
        await accounts.change_password(
            call.actor, body.password, body.new_password, client_of(call.request)
        )

    async def change_email(call: Call, body: EmailChange) -> MailPromised:
        await addresses.ask(
            call.actor, body.email, body.password, body.code, client_of(call.request)
        )
        return PROMISED

    async def confirm_email(call: Call, body: EmailConfirm) -> None:
        await addresses.confirm(call.actor, body.token)

    async def undo_email(call: Call, body: EmailUndo) -> None:
        await addresses.undo(realm, body.token, body.password)

    async def list_sessions(call: Call) -> SessionList:
        return SessionList(await sessions.of(call.actor))

    async def revoke_session(call: Call) -> None:
        await sessions.revoke(call.actor, call.uuid("session_id"))

    async def revoke_other_sessions(call: Call) -> None:
        await sessions.revoke_others(call.actor)

    async def enrol_mfa(call: Call, body: MfaEnrol) -> MfaEnrolment:
        return await accounts.enrol_mfa(call.actor, body.password, client_of(call.request))

    async def confirm_mfa(call: Call, body: MfaConfirm) -> RecoveryCodes:
        return RecoveryCodes(await accounts.confirm_mfa(call.actor, body.code))

    async def disable_mfa(call: Call, body: MfaDisable) -> None:
        await accounts.disable_mfa(call.actor, body.password, body.code, client_of(call.request))

    guess = (TooManyAttempts, Overloaded, DatabaseUnavailable)
    listed = [
        Operation(
            "POST", f"{at}/register", register, Public(), f"Ask for the account of {who}",
            limit="sign-in",
            body=Register, returns=MailPromised, status=202, errors=(PasswordRefused, *guess),
            description="Sends a mail whose link makes the account, with `verify`. The answer is "
            "the same where the address has an account already; its owner is told by mail.",
        ),
        Operation(
            "POST", f"{at}/verify", verify, Public(), "Open the account that was asked for",
            limit="sign-in", body=Verify, returns=granted, status=201,
            errors=(LinkOver, AccountExists, Unauthenticated, *guess),
        ),
        Operation(
            "POST", f"{at}/login", login, Public(), f"Sign in as {who}",
            limit="sign-in",
            body=Login, returns=(granted, MfaRequired), errors=(Unauthenticated, *guess),
            description="A session, or where the account has a second factor the challenge for "
            "`mfa/verify`.",
        ),
        Operation(
            "POST", f"{at}/mfa/verify", mfa_verify, Public(), "Sign in with the second factor",
            limit="sign-in", body=MfaVerify, returns=granted, errors=(Unauthenticated, *guess),
            description="Each code works once; a recovery code stands for the app.",
        ),
        Operation(
            "POST", f"{at}/refresh", refresh, Public(), "Exchange a refresh token",
            body=Refresh, returns=granted, errors=(Unauthenticated, DatabaseUnavailable),
            description="A refresh token works once. Presented again within 30 s, because the "
            "answer was lost, it gives the same successor; later it ends the session, for then "
            "somebody has a copy.",
        ),
        Operation(
            "POST", f"{at}/logout", logout, Public(), "End the session of a refresh token",
            body=Refresh, errors=(DatabaseUnavailable,),
        ),
        Operation(
            "POST", f"{at}/password/forgot", forgot_password, Public(), "Ask for a reset link",
            limit="sign-in", body=Forgot, returns=MailPromised, status=202, errors=guess,
            description="The answer is the same whether or not the address has an account.",
        ),
        Operation(
            "POST", f"{at}/password/reset", reset_password, Public(), "Set a new password by link",
            limit="sign-in",
            body=Reset, errors=(LinkOver, PasswordRefused, Overloaded, DatabaseUnavailable),
            description="The link works once, for an hour. Ends every session of the account; a "
            "second factor stays on.",
        ),
        Operation(
            "POST", f"{at}/password/change", change_password, signed_in, "Change the password",
            body=PasswordChange, errors=(Unauthenticated, PasswordRefused, *guess),
            description="Ends every other session.",
        ),
        Operation(
            "POST", f"{at}/email/change", change_email, signed_in, "Ask for another e-mail address",
            limit="sign-in",
            body=EmailChange, returns=MailPromised, status=202, errors=(Unauthenticated, *guess),
            description="Sends a mail to the new address, whose link takes it for a day, and one "
            "to the address until now, whose link stops that or takes it back. Where the new "
            "address has an account the answer is the same; its owner is told by mail.",
        ),
        Operation(
            "POST", f"{at}/email/confirm", confirm_email, signed_in, "Take the new e-mail address",
            body=EmailConfirm,
            errors=(Unauthenticated, LinkOver, AccountExists, DatabaseUnavailable),
            description="By the link to the new address, once, signed in as who asked for it. "
            "Ends every other session.",
        ),
        Operation(
            "POST", f"{at}/email/undo", undo_email, Public(), "Keep the old e-mail address by link",
            limit="sign-in",
            body=EmailUndo,
            errors=(LinkOver, PasswordRefused, AccountExists, Overloaded, DatabaseUnavailable),
            description="The link to the address until then works once, for a week after the "
            "change at least. Stops the change or takes it back, with every later one; sets a new "
            "password and ends every session. A second factor stays on.",
        ),
        Operation(
            "GET", f"{at}/sessions", list_sessions, signed_in, "Where the account is signed in",
            returns=SessionList, errors=(Unauthenticated,),
        ),
        Operation(
            "DELETE", f"{at}/sessions", revoke_other_sessions, signed_in,
            "End every other session", errors=(Unauthenticated, DatabaseUnavailable),
        ),
        Operation(
            "DELETE", f"{at}/sessions/{{session_id}}", revoke_session, signed_in,
            "End one session", errors=(Unauthenticated, NotFound, DatabaseUnavailable),
            description="An operator's token stops working at once; open streams end within "
            "10 s. A buyer's token works until it ends, minutes later: holding seats asks no "
            "database about sessions.",
        ),
        Operation(
            "POST", f"{at}/mfa/enrol", enrol_mfa, signed_in, "Begin to set up a second factor",
            body=MfaEnrol, returns=MfaEnrolment, errors=(Unauthenticated, FactorRefused, *guess),
        ),
        Operation(
            "POST", f"{at}/mfa/confirm", confirm_mfa, signed_in, "Turn the second factor on",
            body=MfaConfirm, returns=RecoveryCodes,
            errors=(Unauthenticated, FactorRefused, *guess),
        ),
        Operation(
            "POST", f"{at}/mfa/disable", disable_mfa, signed_in, "Turn the second factor off",
            body=MfaDisable, errors=(Unauthenticated, *guess),
        ),
    ]  # fmt: skip
    for operation in listed:
        operation.handler.__name__ = f"{realm}_{operation.handler.__name__}"
    if not is_buyer:
        listed.append(_user_route(accounts, signed_in))
    return listed


def _user_route(accounts: Accounts, signed_in: AccountRealm) -> Operation:
    async def user(call: Call) -> AccountView:
        account: Account = call.actor
        found = await accounts.view(account.id) if call.uuid("user_id") == account.id else None
        if found is None:
            raise NotFound("no such user, or not you")
        return found

    return Operation(
        "GET", "/v1/users/{user_id}", user, signed_in, "Your own account",
        returns=AccountView, errors=(Unauthenticated, NotFound),
    )  # fmt: skip


def _other_routes(tokens: Tokens, accounts: Accounts, buyer: BuyerRealm) -> list[Operation]:
    async def create_guest(call: Call) -> GuestToken:
        buyer_id, now = uuid7(), dt.datetime.now(dt.UTC)
        token, expires_at = tokens.sign("buyer", str(buyer_id), now, expires_in_s=GUEST_S)
        return GuestToken(token=token, buyer_id=buyer_id, expires_at=expires_at)

    async def me(call: Call) -> BuyerView:
        found = await accounts.view(call.actor.id)
        return BuyerView(call.actor.id, found is None, found)

    async def jwks(call: Call) -> Response:
        return Response(
            msgspec.json.encode(tokens.keys.jwks()),
            headers={"Cache-Control": f"public, max-age={JWKS_S}"},
            media_type="application/jwk-set+json",
        )

    return [
        Operation(
            "POST", "/v1/auth/guest", create_guest, Public(),
            "Begin as a guest buyer", returns=GuestToken, status=201,
            description="Holds and orders belong to the buyer whose token made them.",
        ),
        Operation(
            "GET", "/v1/me", me, buyer, "Who I am as a buyer",
            returns=BuyerView, errors=(Unauthenticated, DatabaseUnavailable),
        ),
        Operation(
            "GET", "/.well-known/jwks.json", jwks, Public(), "The keys that verify our tokens",
            returns=Jwks, media_type="application/jwk-set+json",
            description="A JSON Web Key Set (RFC 7517). A key is listed minutes before it signs.",
        ),
    ]  # fmt: skip
