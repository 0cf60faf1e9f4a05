"""Actors: one type for each realm, so that a handler cannot take one for another."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.kernel.errors import DomainError

Realm = Literal["operator", "buyer"]
"""Whose accounts: organizers and their teams, or those who buy."""


class TooManyAttempts(DomainError):
    """Somebody guesses, or seems to; `retry_after_s` says when to try again."""


class PasswordRefused(DomainError):
    """A password that others would guess."""


class LinkOver(DomainError):
    """The link of a mail was used before, or is too old: ask for another."""


class AccountExists(DomainError):
    """The address has an account already: sign in, or reset its password."""


class FactorRefused(DomainError):
    """The second factor cannot be set up or changed so: the detail says what is to be done."""


class KeyInUse(DomainError):
    """The only signing key cannot be revoked."""


class Buyer(msgspec.Struct, frozen=True):
    """A guest who holds and buys; `id` is all we know of them before checkout."""

    id: uuid.UUID


class Operator(msgspec.Struct, frozen=True):
    """A member of an organization, with the permissions that the database grants right now."""

    user_id: uuid.UUID
    org_id: str
    role: str
    permissions: frozenset[str]
    session_id: uuid.UUID | None = None

    @property
    def name(self) -> str:
        return f"operator:{self.user_id}"

    @property
    def credential(self) -> str:
        """What may be revoked by itself: one session of this operator."""
        return f"{self.name}/{self.session_id}"


class Account(msgspec.Struct, frozen=True):
    """Who is signed in to an account, by one of its sessions."""

    realm: Realm
    id: uuid.UUID
    session_id: uuid.UUID

    @property
    def name(self) -> str:
        return f"{self.realm}:{self.id}"


class Scanner(msgspec.Struct, frozen=True):
    """A device at the door of one event, and nothing else."""

    key_id: uuid.UUID
    org_id: str
    event_id: uuid.UUID

    @property
    def name(self) -> str:
        return f"scanner:{self.key_id}"


class GuestToken(msgspec.Struct):
    token: str
    buyer_id: uuid.UUID
    expires_at: dt.datetime


class User(msgspec.Struct):
    """`has_mfa`: a second factor that was confirmed."""

    id: uuid.UUID
    realm: Realm
    email: str
    name: str
    password_hash: str
    language: str
    has_mfa: bool


Purpose = Literal["register", "reset", "email", "email-undo"]
"""What a link in a mail does: opens an account, sets a password, changes the account's address, or
stops that and takes it back."""


class AccountRequest(msgspec.Struct):
    """What a link in a mail is for. `email`: whose mail it is in. `user_id`: whose address changes.
    `is_open`: neither used nor too old."""

    id: uuid.UUID
    purpose: Purpose
    realm: Realm
    email: str
    language: str
    name: str | None
    password_hash: str | None
    guest_id: uuid.UUID | None
    user_id: uuid.UUID | None
    created_at: dt.datetime
    expires_at: dt.datetime
    is_open: bool


Email = Annotated[str, msgspec.Meta(max_length=254, examples=["ada@example.org"])]
Password = Annotated[
    str,
    msgspec.Meta(
        max_length=1_000,
        description="At least 12 characters, of which 5 are different.",
        examples=["four quiet words here"],
    ),
]
Code = Annotated[
    str,
    msgspec.Meta(
        max_length=64,
        description="Six digits of the authenticator app, or a recovery code.",
        examples=["492039"],
    ),
]
GuestTokenText = Annotated[
    str | None,
    msgspec.Meta(
        description="For buyers: the token of a guest, whose holds, orders and tickets the "
        "account takes over."
    ),
]


class Login(msgspec.Struct, forbid_unknown_fields=True):
    email: Email
    password: Annotated[str, msgspec.Meta(max_length=1_000)]
    guest_token: GuestTokenText = None


class Register(msgspec.Struct, forbid_unknown_fields=True):
    email: Email
    password: Password
    name: Annotated[str, msgspec.Meta(max_length=200, examples=["Ada Lovelace"])]
    guest_token: GuestTokenText = None


class Verify(msgspec.Struct, forbid_unknown_fields=True):
    """The token of the mail's link, and the password that was chosen when registering: a link alone
    makes no account, so that nobody makes one for a stranger who clicks."""

    token: Annotated[str, msgspec.Meta(max_length=2_000)]
    password: Annotated[str, msgspec.Meta(max_length=1_000)]
    guest_token: GuestTokenText = None


class Forgot(msgspec.Struct, forbid_unknown_fields=True):
    email: Email


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """The token of the mail's link, and the new password."""

    token: Annotated[str, msgspec.Meta(max_length=2_000)]
    password: Password


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    password: Annotated[str, msgspec.Meta(max_length=1_000)]
    new_password: Password


class EmailChange(msgspec.Struct, forbid_unknown_fields=True):
    """The new address, the password, and where the account has a second factor a code of it."""

    email: Email
    password: Annotated[str, msgspec.Meta(max_length=1_000)]
    code: Code | None = None


class EmailConfirm(msgspec.Struct, forbid_unknown_fields=True):
    """The token of the link that went to the new address."""

    token: Annotated[str, msgspec.Meta(max_length=2_000)]


class EmailUndo(msgspec.Struct, forbid_unknown_fields=True):
    """The token of the link that went to the address before, and a new password: who asked for the
    change knew the old one."""

    token: Annotated[str, msgspec.Meta(max_length=2_000)]
    password: Password


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    refresh_token: Annotated[str, msgspec.Meta(max_length=200)]


class MfaVerify(msgspec.Struct, forbid_unknown_fields=True):
    """The challenge that signing in was answered with, and a code."""

    challenge: Annotated[str, msgspec.Meta(max_length=2_000)]
    code: Code
    guest_token: GuestTokenText = None


class MfaEnrol(msgspec.Struct, forbid_unknown_fields=True):
    password: Annotated[str, msgspec.Meta(max_length=1_000)]


class MfaConfirm(msgspec.Struct, forbid_unknown_fields=True):
    code: Code


class MfaDisable(msgspec.Struct, forbid_unknown_fields=True):
    password: Annotated[str, msgspec.Meta(max_length=1_000)]
    code: Code


class MailPromised(msgspec.Struct):
    """The same answer whether or not the address has an account."""

    detail: str


class Membership(msgspec.Struct):
    org_id: str
    name: str
    role: str


class Grant(msgspec.Struct):
    """A session's tokens. `token` opens the realm's doors until `expires_at`; before then exchange
    `refresh_token`, which works once, for the next pair. The session ends at `session_expires_at`
    unless it is refreshed before."""

    token: str
    expires_at: dt.datetime
    refresh_token: str
    session_expires_at: dt.datetime
    session_id: uuid.UUID
    user_id: uuid.UUID


class OperatorGrant(Grant, kw_only=True):
    """A session's tokens, and where the operator may work."""

    orgs: list[Membership]


class MfaRequired(msgspec.Struct):
    """The password was right; `POST .../mfa/verify` takes `challenge` and a code."""

    mfa_required: Literal[True]
    challenge: str
    expires_at: dt.datetime


class SessionView(msgspec.Struct):
    """`device`: the program's User-Agent. `last_used_at` is as true as tokens are short-lived."""

    id: uuid.UUID
    device: str
    address: str
    created_at: dt.datetime
    last_used_at: dt.datetime
    expires_at: dt.datetime
    is_current: bool


class SessionList(msgspec.Struct):
    items: list[SessionView]


class AccountView(msgspec.Struct):
    id: uuid.UUID
    email: str
    name: str
    has_mfa: bool
    created_at: dt.datetime


class BuyerView(msgspec.Struct):
    """Who asks, as a buyer: a guest has no account."""

    buyer_id: uuid.UUID
    is_guest: bool
    account: AccountView | None


class Jwk(msgspec.Struct):
    """A public Ed25519 key. Source: RFC 8037. `x`: 32 bytes, base64url."""

    kid: str
    x: str
    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA"] = "EdDSA"


class Jwks(msgspec.Struct):
    keys: list[Jwk]


class MfaEnrolment(msgspec.Struct):
    """`secret`: base32, for who types it; `uri`: the same for a QR code, `otpauth://totp/...`."""

    secret: str
    uri: str


class RecoveryCodes(msgspec.Struct):
    """Shown this once; each works once, where the authenticator app is gone."""

    codes: list[str]
