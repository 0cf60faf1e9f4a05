"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), and unguessable secrets."""

import datetime as dt
import hashlib
import os
import secrets
import time
import uuid

_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def uuid7(now_ns: int | None = None) -> uuid.UUID:
    """48 bits of Unix milliseconds, then 74 random bits: index-friendly and not guessable."""
    milliseconds = (time.time_ns() if now_ns is None else now_ns) // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def made_at(made: uuid.UUID) -> dt.datetime:
    """When a version 7 was made, by the clock of who made it."""
    return dt.datetime.fromtimestamp((made.int >> 80) / 1_000, dt.UTC)


def uuid7_texts(count: int) -> list[str]:
    """As `uuid7`, many at once and as text: a third of the time each."""
    now = f"{time.time_ns() // 1_000_000:012x}"
    begin = f"{now[:8]}-{now[8:]}-7"
    bits = os.urandom(10 * count).hex()
    randoms = [bits[at : at + 20] for at in range(0, len(bits), 20)]
    return [f"{begin}{r[:3]}-{_VARIANT[r[3]]}{r[4:7]}-{r[7:19]}" for r in randoms]


def secret(prefix: str) -> str:
    """`prefix_` and 192 random bits, URL-safe: an API or scanner key."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def digest(secret: str) -> bytes:
    """What is stored of a secret: SHA-256, which is enough for what nobody can guess."""
    return hashlib.sha256(secret.encode()).digest()
