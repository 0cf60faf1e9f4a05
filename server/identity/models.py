"""Actors: one type for each realm, so that a handler cannot take one for another."""

import datetime as dt
import uuid

import msgspec


class Buyer(msgspec.Struct, frozen=True):
    """A guest who holds and buys; `id` is all we know of them before checkout."""

    id: uuid.UUID

    @property
    def name(self) -> str:
        return f"buyer:{self.id}"


class Operator(msgspec.Struct, frozen=True):
    """A member of an organization, with the permissions that the database grants right now."""

    user_id: uuid.UUID
    org_id: str
    role: str
    permissions: frozenset[str]

    @property
    def name(self) -> str:
        return f"operator:{self.user_id}"


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


class Login(msgspec.Struct, forbid_unknown_fields=True):
    email: str
    password: str


class Membership(msgspec.Struct):
    org_id: str
    name: str
    role: str


class OperatorToken(msgspec.Struct):
    token: str
    expires_at: dt.datetime
    orgs: list[Membership]
