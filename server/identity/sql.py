"""Statements of identity."""

import uuid

import msgspec

from server.kernel.db import Query


class UserRow(msgspec.Struct):
    id: uuid.UUID
    email: str
    name: str
    password_hash: str


class ScannerKeyRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID


INSERT_USER = Query(
    "identity.insert_user",
    "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)",
)
USER_BY_EMAIL = Query(
    "identity.user_by_email",
    "SELECT id, email, name, password_hash FROM users WHERE email = $1",
    UserRow,
)
INSERT_SCANNER_KEY = Query(
    "identity.insert_scanner_key",
    """INSERT INTO scanner_keys (id, org_id, event_id, name, key_hash)
       VALUES ($1, $2, $3, $4, $5)""",
)
SCANNER_KEY = Query(
    "identity.scanner_key",
    """SELECT id, org_id, event_id FROM scanner_keys
       WHERE key_hash = $1 AND revoked_at IS NULL""",
    ScannerKeyRow,
)
