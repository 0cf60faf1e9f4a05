"""One effect and one answer per `Idempotency-Key`.

The key is claimed in the transaction of the effect and its answer saved there, so a crash leaves
either both or neither. A twin that runs at the same time waits for the first to commit and then
gets its answer. Keys live for KEPT_HOURS.
"""

import hashlib
from typing import TypeVar

import msgspec

from server.kernel.db import Query, Tx
from server.kernel.errors import BadRequest, IdempotencyKeyReused

KEPT_HOURS = 48
KEY_LENGTH_MAX = 255

Answer = TypeVar("Answer")


class Saved(msgspec.Struct):
    scope: str
    key: str
    request_hash: bytes
    answer: bytes | None


CLAIM = Query(
    "idempotency.claim",
    """INSERT INTO idempotency_keys (scope, key, request_hash)
       SELECT scope, key, request_hash
       FROM unnest($1::text[], $2::text[], $3::bytea[]) AS wanted (scope, key, request_hash)
       ORDER BY scope, key
       ON CONFLICT DO NOTHING
       RETURNING scope, key, request_hash, answer""",
    Saved,
)
FIND = Query(
    "idempotency.find",
    """SELECT k.scope, k.key, k.request_hash, k.answer
       FROM unnest($1::text[], $2::text[]) AS wanted (scope, key)
       JOIN idempotency_keys k USING (scope, key)""",
    Saved,
)
SAVE = Query(
    "idempotency.save",
    """UPDATE idempotency_keys k SET answer = done.answer
       FROM unnest($1::text[], $2::text[], $3::bytea[]) AS done (scope, key, answer)
       WHERE k.scope = done.scope AND k.key = done.key""",
)
FORGET = Query(
    "idempotency.forget",
    """DELETE FROM idempotency_keys WHERE (scope, key) IN (
         SELECT scope, key FROM idempotency_keys
         WHERE created_at < now() - make_interval(hours => $1) LIMIT 1000)""",
)


class Key(msgspec.Struct, frozen=True):
    """A key as one caller sent it: `scope` keeps callers and operations apart."""

    scope: str
    key: str
    request_hash: bytes

    @property
    def name(self) -> tuple[str, str]:
        return (self.scope, self.key)


def key_of(header: str | None, caller: str, operation: str, body: bytes) -> Key | None:
    """None where the caller sent no key. Raises BadRequest for one that cannot be a key."""
    if header is None:
        return None
    if not (0 < len(header) <= KEY_LENGTH_MAX and header.isprintable()):
        raise BadRequest(f"Idempotency-Key takes 1 to {KEY_LENGTH_MAX} printable characters")
    digest = hashlib.sha256(operation.encode() + b"\0" + body).digest()
    return Key(scope=caller, key=header, request_hash=digest)


async def claim(tx: Tx, keys: list[Key]) -> dict[tuple[str, str], Saved]:
    """Claim each key, or find what it answered. Returns what was saved before, by `Key.name`.

    A saved row with another `request_hash` is for the caller to refuse with `reused`.
    """
    if not keys:
        return {}
    scopes, names = [k.scope for k in keys], [k.key for k in keys]
    fresh = await CLAIM.all(tx, scopes, names, [k.request_hash for k in keys])
    claimed = {(row.scope, row.key) for row in fresh}
    if len(claimed) == len({k.name for k in keys}):
        return {}
    found = await FIND.all(tx, scopes, names)
    return {(row.scope, row.key): row for row in found if (row.scope, row.key) not in claimed}


async def save(tx: Tx, answers: list[tuple[Key, bytes]]) -> None:
    if answers:
        await SAVE.run(
            tx,
            [key.scope for key, _ in answers],
            [key.key for key, _ in answers],
            [answer for _, answer in answers],
        )


def reused(key: Key) -> IdempotencyKeyReused:
    return IdempotencyKeyReused(
        "this Idempotency-Key was used for a different request: use a new one", key=key.key
    )


async def once(tx: Tx, key: Key | None, answer_type: type[Answer]) -> Answer | None:
    """Claim one key; returns the answer saved for it, if any. Raises IdempotencyKeyReused."""
    if key is None:
        return None
    before = (await claim(tx, [key])).get(key.name)
    if before is None:
        return None
    if before.request_hash != key.request_hash:
        raise reused(key)
    assert before.answer is not None, "a key and its answer are committed together"
    return msgspec.json.decode(before.answer, type=answer_type)


async def remember(tx: Tx, key: Key | None, answer: msgspec.Struct) -> None:
    if key is not None:
        await save(tx, [(key, msgspec.json.encode(answer))])
