"""Statements of identity."""

import uuid

import msgspec

from server.identity.models import AccountRequest, AccountView, Realm, SessionView, User
from server.kernel.db import Query


class RefreshRow(msgspec.Struct):
    """`used_s`: how long ago the token was used, None where it is to be used."""

    session_id: uuid.UUID
    user_id: uuid.UUID
    realm: Realm
    used_s: float | None
    is_open: bool


class FactorRow(msgspec.Struct):
    """`at_s`: the time by the database's clock, Unix s."""

    secret: bytes
    last_counter: int
    is_confirmed: bool
    at_s: float


class KeyRow(msgspec.Struct):
    """`signs`: it has been listed for so long that every process knows it."""

    kid: str
    signs: bool


class ScannerKeyRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID


_USER = """id, realm, email, name, password_hash, language,
    EXISTS (SELECT FROM second_factors f
            WHERE f.user_id = users.id AND f.confirmed_at IS NOT NULL) AS has_mfa"""
INSERT_USER = Query(
    "identity.insert_user",
    """INSERT INTO users (id, realm, email, name, password_hash, language)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING""",
)
USER_BY_EMAIL = Query(
    "identity.user_by_email",
    f"SELECT {_USER} FROM users WHERE realm = $1 AND email = $2",
    User,
)
USER = Query("identity.user", f"SELECT {_USER} FROM users WHERE id = $1", User)
LOCK_USER = Query(
    "identity.lock_user", f"SELECT {_USER} FROM users WHERE id = $1 FOR NO KEY UPDATE", User
)
ACCOUNT = Query(
    "identity.account",
    """SELECT id, email, name,
              EXISTS (SELECT FROM second_factors f
                      WHERE f.user_id = users.id AND f.confirmed_at IS NOT NULL) AS has_mfa,
              created_at
       FROM users WHERE id = $1""",
    AccountView,
)
LOCK_ADDRESS = Query(
    "identity.lock_address",
    "SELECT pg_advisory_xact_lock(hashtextextended('address ' || $1 || ' ' || $2, 0))",
)
SET_EMAIL = Query(
    "identity.set_email",
    """UPDATE users u SET email = $2
       WHERE id = $1 AND NOT EXISTS (
         SELECT FROM users o WHERE o.realm = u.realm AND o.email = $2 AND o.id <> u.id)""",
)
SET_PASSWORD = Query("identity.set_password", "UPDATE users SET password_hash = $2 WHERE id = $1")
REHASH = Query(
    "identity.rehash",
    "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
)

_REQUEST = """id, purpose, realm, email, language, name, password_hash, guest_id, user_id,
    created_at, expires_at, used_at IS NULL AND expires_at > now() AS is_open"""
INSERT_REQUEST = Query(
    "identity.insert_request",
    """INSERT INTO account_requests (id, purpose, realm, email, language, name, password_hash,
                                     guest_id, user_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))""",
)
REQUEST = Query(
    "identity.request", f"SELECT {_REQUEST} FROM account_requests WHERE id = $1", AccountRequest
)
USE_REQUEST = Query(
    "identity.use_request",
    """UPDATE account_requests SET used_at = now()
       WHERE id = $1 AND used_at IS NULL AND expires_at > now()""",
)
END_REQUESTS = Query(
    "identity.end_requests",
    """UPDATE account_requests SET used_at = now()
       WHERE realm = $1 AND email = $2 AND purpose = $3 AND used_at IS NULL""",
)
END_CHANGE = Query(
    "identity.end_change",
    # One change waits at a time. Links that take earlier ones back stay.
    """UPDATE account_requests SET used_at = now()
       WHERE user_id = $1 AND purpose = 'email' AND used_at IS NULL""",
)
END_CHANGES_SINCE = Query(
    "identity.end_changes_since",
    """UPDATE account_requests SET used_at = now()
       WHERE user_id = $1 AND created_at >= $2 AND used_at IS NULL""",
)

INSERT_SESSION = Query(
    "identity.insert_session",
    """INSERT INTO sessions (id, user_id, device, address, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING expires_at""",
)
USE_SESSION = Query(
    "identity.use_session",
    """UPDATE sessions SET last_used_at = now(), device = $2, address = $3,
              expires_at = now() + make_interval(secs => $4)
       WHERE id = $1 RETURNING expires_at""",
)
IS_OPEN = Query(
    "identity.is_open",
    """SELECT EXISTS (
         SELECT FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id = $1 AND s.user_id = $2 AND u.realm = $3
           AND s.revoked_at IS NULL AND s.expires_at > now())""",
)
SESSIONS = Query(
    "identity.sessions",
    """SELECT id, device, address, created_at, last_used_at, expires_at, id = $2 AS is_current
       FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
       ORDER BY last_used_at DESC, id LIMIT 100""",
    SessionView,
)
REVOKE_SESSION = Query(
    "identity.revoke_session",
    """UPDATE sessions SET revoked_at = now()
       WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL""",
)
REVOKE_SESSIONS = Query(
    "identity.revoke_sessions",
    """UPDATE sessions SET revoked_at = now()
       WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2) AND revoked_at IS NULL""",
)
INSERT_REFRESH = Query(
    "identity.insert_refresh", "INSERT INTO refresh_tokens (hash, session_id) VALUES ($1, $2)"
)
REFRESH = Query(
    "identity.refresh",
    """SELECT s.id AS session_id, s.user_id, u.realm,
              extract(epoch FROM now() - t.used_at)::float8 AS used_s,
              s.revoked_at IS NULL AND s.expires_at > now() AS is_open
       FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
         JOIN users u ON u.id = s.user_id
       WHERE t.hash = $1 FOR NO KEY UPDATE OF s, t""",
    RefreshRow,
)
USE_REFRESH = Query(
    "identity.use_refresh", "UPDATE refresh_tokens SET used_at = now() WHERE hash = $1"
)

COUNT_ATTEMPT = Query(
    "identity.count_attempt",
    """INSERT INTO attempts AS a (key, count, counted_at, free_at)
       VALUES ($1, 1, now(), 'epoch')
       ON CONFLICT (key) DO UPDATE SET
         count = CASE WHEN a.counted_at < now() - make_interval(secs => $4)
                      THEN 1 ELSE a.count + 1 END,
         counted_at = now(),
         free_at = CASE
           WHEN a.counted_at < now() - make_interval(secs => $4) OR a.count < $2::int
           THEN 'epoch'
           ELSE clock_timestamp()
                + make_interval(secs => least($3::int, power(2, least(a.count - $2, 20)))) END
       WHERE a.free_at <= clock_timestamp()
       RETURNING count""",
)
ATTEMPT_WAIT = Query(
    "identity.attempt_wait",
    """SELECT extract(epoch FROM free_at - clock_timestamp())::float8 FROM attempts
       WHERE key = $1""",
)
FORGET_ATTEMPTS = Query(
    "identity.forget_attempts", "DELETE FROM attempts WHERE key = ANY($1::bytea[])"
)
TAKE_BACK_ATTEMPT = Query(
    "identity.take_back_attempt",
    """UPDATE attempts SET count = greatest(count - 1, 0), free_at = 'epoch'
       WHERE key = ANY($1::bytea[])""",
)

FACTOR = Query(
    "identity.factor",
    """SELECT secret, last_counter, confirmed_at IS NOT NULL AS is_confirmed,
              extract(epoch FROM now())::float8 AS at_s
       FROM second_factors WHERE user_id = $1 FOR NO KEY UPDATE""",
    FactorRow,
)
ENROL_FACTOR = Query(
    "identity.enrol_factor",
    """INSERT INTO second_factors AS f (user_id, secret) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET secret = $2, last_counter = 0, created_at = now()
       WHERE f.confirmed_at IS NULL""",
)
TAKE_CODE = Query(
    "identity.take_code",
    """UPDATE second_factors
       SET last_counter = $2, confirmed_at = coalesce(confirmed_at, now())
       WHERE user_id = $1 AND last_counter < $2""",
)
REMOVE_FACTOR = Query("identity.remove_factor", "DELETE FROM second_factors WHERE user_id = $1")
INSERT_RECOVERY = Query(
    "identity.insert_recovery",
    """INSERT INTO recovery_codes (user_id, code_hash)
       SELECT $1, code_hash FROM unnest($2::bytea[]) AS made (code_hash)""",
)
USE_RECOVERY = Query(
    "identity.use_recovery",
    """UPDATE recovery_codes SET used_at = now()
       WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL""",
)
REMOVE_RECOVERY = Query("identity.remove_recovery", "DELETE FROM recovery_codes WHERE user_id = $1")

KEYS = Query(
    "identity.keys",
    """SELECT kid, signs_from <= now() AS signs
       FROM (SELECT kid, signs_from,
                    lead(signs_from) OVER (ORDER BY signs_from, kid) AS next_from
             FROM signing_keys WHERE revoked_at IS NULL) AS valid
       WHERE next_from IS NULL OR next_from > now() - make_interval(days => $1)
       ORDER BY signs_from, kid""",
    KeyRow,
)
INSERT_KEY = Query(
    "identity.insert_key",
    """INSERT INTO signing_keys (kid, signs_from)
       VALUES ($1, now() + make_interval(secs => $2))""",
)
LOCK_KEYS = Query("identity.lock_keys", "LOCK TABLE signing_keys IN EXCLUSIVE MODE")
REVOKE_KEY = Query(
    "identity.revoke_key", "UPDATE signing_keys SET revoked_at = now() WHERE kid = $1"
)

FORGET_OLD_ATTEMPTS = Query(
    "identity.forget_old_attempts",
    """DELETE FROM attempts WHERE key IN (
         SELECT key FROM attempts WHERE counted_at < now() - interval '1 day' LIMIT 1000)""",
)
FORGET_REQUESTS = Query(
    "identity.forget_requests",
    """DELETE FROM account_requests WHERE id IN (
         SELECT id FROM account_requests
         WHERE expires_at < now() - interval '2 days' LIMIT 1000)""",
)
FORGET_SESSIONS = Query(
    "identity.forget_sessions",
    """DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions WHERE expires_at < now() - interval '30 days' LIMIT 1000)""",
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
