"""The two secrets of a ticket: the code of its page, and the token that a door scans.

Both are derived from one key and the ticket's id, so that neither needs to be stored: the database
keeps the page code's hash only. The scan token is signed with Ed25519, so a door that knows the
public key can tell a real one without asking. Source: RFC 8032.
"""

import base64
import binascii
import hashlib
import hmac
import uuid

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "FH1"
_PAYLOAD_BYTES = 32
_TOKEN_LENGTH_MAX = 400


class Scanned(msgspec.Struct, frozen=True):
    """What a genuine token names."""

    ticket_id: uuid.UUID
    event_id: uuid.UUID


class Codes:
    """`seed`: the 32 bytes of TICKET_KEY."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key()
        self._page_key = hashlib.sha256(b"ticket page\0" + seed).digest()

    def page_code(self, ticket_id: uuid.UUID) -> str:
        """128 bits as 26 lower-case letters and digits."""
        digest = hmac.new(self._page_key, ticket_id.bytes, hashlib.sha256).digest()
        return _base32(digest[:16]).lower()

    def scan_token(self, ticket_id: uuid.UUID, event_id: uuid.UUID) -> str:
        """Upper-case letters and digits only: dense in a QR code, safe from keyboard layouts."""
        payload = ticket_id.bytes + event_id.bytes
        signed = payload + self._key.sign(PREFIX.encode() + payload)
        return PREFIX + _base32(signed)

    def read(self, token: str) -> Scanned | None:
        """None for anything that this key did not sign."""
        text = token.strip().upper()
        if not text.startswith(PREFIX) or len(text) > _TOKEN_LENGTH_MAX:
            return None
        text = text.removeprefix(PREFIX)
        try:
            signed = base64.b32decode(text + "=" * (-len(text) % 8))
            payload, signature = signed[:_PAYLOAD_BYTES], signed[_PAYLOAD_BYTES:]
            self._public.verify(signature, PREFIX.encode() + payload)
        except (binascii.Error, ValueError, InvalidSignature):
            return None
        if _base32(signed) != text:
            return None  # The last character has two bits that say nothing: only zeros are ours.
        return Scanned(uuid.UUID(bytes=payload[:16]), uuid.UUID(bytes=payload[16:]))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def hash_of(page_code: str) -> bytes:
    return hashlib.sha256(page_code.lower().encode()).digest()
