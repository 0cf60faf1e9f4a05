"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), and unguessable secrets."""

import secrets
import time
import uuid


def uuid7(now_ns: int | None = None) -> uuid.UUID:
    """48 bits of Unix milliseconds, then 74 random bits: index-friendly and not guessable."""
    milliseconds = (time.time_ns() if now_ns is None else now_ns) // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def secret(prefix: str) -> str:
    """`prefix_` and 192 random bits, URL-safe: an API or scanner key."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"
