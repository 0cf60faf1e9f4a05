"""API keys: what a program shows to act for an organization."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec

KEYS_MAX = 100
"""Live keys of one organization."""


class NewApiKey(msgspec.Struct, forbid_unknown_fields=True):
    """`permissions`: what the key allows, null for all that an owner may, also what comes later.
    `expires_at`: when it ends by itself, null for never."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    permissions: Annotated[list[str], msgspec.Meta(min_length=1, max_length=50)] | None = None
    expires_at: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None


class ApiKey(msgspec.Struct):
    """`prefix`: how the key begins, to know it by. `last_used_at`: within a minute."""

    id: uuid.UUID
    name: str
    prefix: str
    permissions: list[str] | None
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None


class ApiKeys(msgspec.Struct):
    """Newest first; of revoked ones the latest."""

    items: list[ApiKey]


class MintedApiKey(msgspec.Struct):
    """`key`: the secret itself, which is shown here and never again."""

    id: uuid.UUID
    name: str
    key: str
    permissions: list[str] | None
    expires_at: dt.datetime | None
