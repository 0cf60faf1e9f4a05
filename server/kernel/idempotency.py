"""One effect and one answer per `Idempotency-Key`.

The key is claimed in the transaction of the effect and its answer saved there, so a crash leaves
either both or neither. A twin that runs at the same time waits for the first to commit and then
gets its answer. Keys live for KEPT_HOURS.
"""

import hashlib
import os
import uuid
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.kernel.db import Database, Query, Tx, Work
from server.kernel.errors import (
    BadRequest,
    DomainError,
    IdempotencyKeyReused,
    retold,
)
from server.kernel.tenancy import Across

KEPT_HOURS = 48
KEY_LENGTH_MAX = 255

NONCE_BYTES = 12

Answer = TypeVar("Answer")


class Saved(msgspec.Struct):
    id: uuid.UUID
    request_hash: bytes
    answer: bytes | None


CLAIM = Query(
    "idempotency.claim",
    """INSERT INTO idempotency_keys (id, request_hash)
       SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM spent_keys WHERE id = $1)
       ON CONFLICT DO NOTHING RETURNING id""",
)
FIND = Query(
    "idempotency.find",
    "SELECT id, request_hash, answer FROM idempotency_keys WHERE id = ANY($1::uuid[])",
    Saved,
)
# Deliberately across tenants: a key that made a hold of one organization is spent for all.
SPENT = Query("idempotency.spent", "SELECT id FROM spent_keys WHERE id = ANY($1::uuid[])")
SAVE = Query("idempotency.save", "UPDATE idempotency_keys SET answer = $2 WHERE id = $1")
RECORD = Query(
    "idempotency.record",
    """INSERT INTO idempotency_keys (id, request_hash, answer)
       SELECT id, request_hash, answer
       FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS w (id, request_hash, answer)
       ORDER BY id ON CONFLICT DO NOTHING""",
)
FORGET = Query(
    "idempotency.forget",
    """DELETE FROM idempotency_keys WHERE id IN (
         SELECT id FROM idempotency_keys
         WHERE created_at < now() - make_interval(hours => $1) LIMIT 1000)""",
)


class Done(msgspec.Struct):
    """What is saved of an effect that is not answered."""


class Key(msgspec.Struct, frozen=True, gc=False):
    """A key as one caller sent it. `id`: a digest of caller and key, which keeps callers apart."""

    id: uuid.UUID
    key: str
    request_hash: bytes


def key_of(header: str | None, caller: str, operation: str, body: bytes) -> Key | None:
    """None where the caller sent no key. Raises BadRequest for one that cannot be a key."""
    if header is None:
        return None
    if not (0 < len(header) <= KEY_LENGTH_MAX and header.isprintable()):
        raise BadRequest(f"Idempotency-Key takes 1 to {KEY_LENGTH_MAX} printable characters")
    digest = hashlib.sha256(operation.encode() + b"\0" + body).digest()[:16]
    return Key(_id_of(caller, header), header, digest)


def _id_of(caller: str, key: str) -> uuid.UUID:
    """A UUID of version 8 (RFC 9562): 122 bits of SHA-256 over caller and key."""
    made = bytearray(hashlib.sha256(f"{caller}\0{key}".encode()).digest()[:16])
    made[6] = made[6] & 0x0F | 0x80
    made[8] = made[8] & 0x3F | 0x80
    return msgspec.convert(made, uuid.UUID)


async def find(tx: Tx, ids: list[uuid.UUID]) -> dict[uuid.UUID, Saved]:
    """What was saved under these keys, by `Key.id`."""
    return {row.id: row for row in await FIND.all(tx, ids)} if ids else {}


async def spent(tx: Tx, ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these keys were used, for whatever and with whichever organization."""
    return set(await SPENT.values(tx, ids)) if ids else set()


async def record(tx: Tx, answers: list[Saved]) -> None:
    """Save answers of keys that nobody claimed; one that is saved already stays as it is."""
    if answers:
        await RECORD.run(
            tx,
            [saved.id for saved in answers],
            [saved.request_hash for saved in answers],
            [saved.answer for saved in answers],
        )


def reused(key: Key) -> IdempotencyKeyReused:
    return IdempotencyKeyReused(
        "this Idempotency-Key was used for a different request: use a new one", key=key.key
    )


async def once(tx: Tx, key: Key | None, answer_type: type[Answer]) -> Answer | None:
    """Claim one key; returns the answer saved for it, if any. Raises IdempotencyKeyReused."""
    if key is None or await CLAIM.value(tx, key.id, key.request_hash) is not None:
        return None
    return msgspec.json.decode(await _saved(tx, key), type=answer_type)


async def _saved(tx: Tx, key: Key) -> bytes:
    before = await FIND.first(tx, [key.id])
    # Not among the saved ones: it made a hold, which is an answer to another request than this.
    if before is None or before.request_hash != key.request_hash:
        raise reused(key)
    assert before.answer is not None, "a key and its answer are committed together"
    return before.answer


async def recall(
    db: Database, key: Key | None, answer_type: type[Answer], across: Across | None = None
) -> Answer | None:
    """What the key was answered before, if it was: for who does much before it is claimed.

    Raises the refusal that it was answered with, or IdempotencyKeyReused.
    """
    if key is None:
        return None
    async with db.tx(read_only=True, across=across) as tx:
        if await FIND.first(tx, [key.id]) is None:
            return None
        answer = _read(await _saved(tx, key), answer_type)
    if isinstance(answer, DomainError):
        raise answer
    return answer


async def settle(
    tx: Tx, key: Key | None, answer_type: type[Answer], act: Work[Answer]
) -> Answer | DomainError:
    """Act once per key: the saved answer or refusal, else what `act` answers or refuses, saved.

    `act` refuses before it writes anything: `tx` commits then too. Raises IdempotencyKeyReused.
    """
    if key is not None and await CLAIM.value(tx, key.id, key.request_hash) is None:
        return _read(await _saved(tx, key), answer_type)
    try:
        answer = await act(tx)
    except DomainError as refusal:
        if not refusal.decides:
            raise  # the key is free again
        # An array, which no answer is.
        told = [type(refusal).__name__, refusal.detail, refusal.facts]
        await remember(tx, key, told)
        return refusal
    await remember(tx, key, answer)
    return answer


async def settled(
    db: Database,
    key: Key | None,
    answer: type[Answer],
    act: Work[Answer],
    across: Across | None = None,
) -> Answer:
    """`act`, which refuses before it writes, once per key: its answer or its refusal."""
    async with db.tx(across=across) as tx:
        outcome = await settle(tx, key, answer, act)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def prepared(
    db: Database,
    key: Key | None,
    answer: type[Answer],
    prepare: Callable[[], Awaitable[Work[Answer]]],
    across: Across | None = None,
) -> Answer:
    """As `settled`, of what takes long: it is prepared before the transaction, unless the key was
    answered before. What `prepare` refuses is the answer."""
    saved = await recall(db, key, answer, across)
    if saved is not None:
        return saved
    try:
        act = await prepare()
    except DomainError as refusal:
        if not refusal.decides:
            raise
        act = _refusing(refusal)
    return await settled(db, key, answer, act, across)


def _refusing(refusal: DomainError) -> Work[Any]:
    async def act(tx: Tx) -> Any:
        raise refusal

    return act


async def settled_secret(
    db: Database, key: Key | None, answer: type[Answer], act: Work[Answer], member: str
) -> Answer:
    """As `settled`, for an answer whose `member` is a secret of which only a hash is stored.

    What is saved of it can be read with the Idempotency-Key itself only, and of that nothing is
    stored but a digest.
    """
    if key is None:
        return await settled(db, key, answer, act)
    box = AESGCM(hashlib.sha256(f"seal\0{key.key}".encode()).digest())

    async def sealed(tx: Tx) -> Answer:
        made: Any = await act(tx)
        nonce = os.urandom(NONCE_BYTES)
        hidden = box.encrypt(nonce, getattr(made, member).encode(), key.id.bytes)
        return msgspec.structs.replace(made, **{member: b64encode(nonce + hidden).decode()})

    outcome: Any = await settled(db, key, answer, sealed)
    kept = b64decode(getattr(outcome, member))
    shown = box.decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], key.id.bytes)
    return msgspec.structs.replace(outcome, **{member: shown.decode()})


def _read(saved: bytes, answer_type: type[Answer]) -> Answer | DomainError:
    if not saved.startswith(b"["):
        return msgspec.json.decode(saved, type=answer_type)
    name, detail, facts = msgspec.json.decode(saved)
    return retold(_kinds()[name], detail, facts)


def _kinds() -> dict[str, type[DomainError]]:
    """Every kind of refusal, by its name."""
    kinds: dict[str, type[DomainError]] = {}
    new = [DomainError]
    while new:
        kinds |= {kind.__name__: kind for kind in new}
        new = [child for kind in new for child in kind.__subclasses__()]
    return kinds


async def remember(tx: Tx, key: Key | None, answer: Any) -> None:
    if key is not None:
        await SAVE.run(tx, key.id, msgspec.json.encode(answer))
