"""The two secrets of a ticket: the code of its page, and the token that a door scans.

Both are derived from a key and the ticket's id, so that neither needs to be stored: the database
keeps the page code's hash only. The scan token is signed with Ed25519, so a door that knows the
public keys can tell a real one without asking. Source: RFC 8032.

A token is `FH2` and the base32 (RFC 4648, no padding) of 4 bytes that name the key, 16 of the
ticket's id, 16 of the event's, and 64 of the signature over `FH2` and the 36 bytes before it. The
first tokens, `FH1`, named no key.
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "FH2"
_UNNAMED_PREFIX = "FH1"
_NAME_BYTES = 4
_IDS_BYTES = 32
_TOKEN_LENGTH_MAX = 400


class Scanned(msgspec.Struct, frozen=True):
    """What a genuine token names."""

    ticket_id: uuid.UUID
    event_id: uuid.UUID


class PublicKey(msgspec.Struct, frozen=True):
    """A key that scan tokens may be signed with, as a JSON Web Key. `kid`: its name, 8 hex digits,
    the first bytes of a token; `x`: 32 bytes as base64url. Source: RFC 8037."""

    kid: str
    x: str
    kty: str = "OKP"
    crv: str = "Ed25519"
    alg: str = "EdDSA"
    use: str = "sig"


class _Key:
    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key()
        self.raw = self._public.public_bytes_raw()
        self.name = hashlib.sha256(self.raw).digest()[:_NAME_BYTES]
        self._page_key = hashlib.sha256(b"ticket page\0" + seed).digest()

    def page_code(self, ticket_id: uuid.UUID) -> str:
        digest = hmac.digest(self._page_key, ticket_id.bytes, "sha256")
        return _base32(digest[:16]).lower()

    def sign(self, text: bytes) -> bytes:
        return self._private.sign(text)

    def signed(self, signature: bytes, text: bytes) -> bool:
        try:
            self._public.verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Codes:
    """`seeds`: 32 bytes each, the keys of TICKET_KEY: the first one signs, all are believed."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        self._keys = [_Key(seed) for seed in seeds]
        self._named = {key.name: key for key in self._keys}

    @property
    def public_keys(self) -> list[PublicKey]:
        return [
            PublicKey(key.name.hex(), base64.urlsafe_b64encode(key.raw).decode().rstrip("="))
            for key in self._keys
        ]

    def page_code(self, ticket_id: uuid.UUID, code_hash: bytes | None = None) -> str:
        """128 bits as 26 lower-case letters and digits.

        `code_hash`: of the code that the ticket has, which an earlier key may have made; of a key
        that is gone, the code is lost. Without it: the code of a new ticket.
        """
        for key in self._keys if code_hash is not None else ():
            code = key.page_code(ticket_id)
            if hash_of(code) == code_hash:
                return code
        return self._keys[0].page_code(ticket_id)

    def scan_token(self, ticket_id: uuid.UUID, event_id: uuid.UUID) -> str:
        """Upper-case letters and digits only: dense in a QR code, safe from keyboard layouts."""
        key = self._keys[0]
        payload = key.name + ticket_id.bytes + event_id.bytes
        return PREFIX + _base32(payload + key.sign(PREFIX.encode() + payload))

    def read(self, token: str) -> Scanned | None:
        """None for anything that none of these keys signed."""
        text = token.strip().upper()
        prefix, text = text[: len(PREFIX)], text[len(PREFIX) :]
        name_bytes = _NAME_BYTES if prefix == PREFIX else 0
        if prefix not in (PREFIX, _UNNAMED_PREFIX) or len(text) > _TOKEN_LENGTH_MAX:
            return None
        try:
            signed = base64.b32decode(text + "=" * (-len(text) % 8))
        except (binascii.Error, ValueError):
            return None
        if _base32(signed) != text:
            return None  # The last character may have bits that say nothing: only zeros are ours.
        payload = signed[: name_bytes + _IDS_BYTES]
        signature = signed[name_bytes + _IDS_BYTES :]
        named = self._named.get(payload[:name_bytes])
        keys = self._keys if not name_bytes else [named] if named else []
        if not any(key.signed(signature, prefix.encode() + payload) for key in keys):
            return None
        ids = payload[name_bytes:]
        return Scanned(uuid.UUID(bytes=ids[:16]), uuid.UUID(bytes=ids[16:]))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def hash_of(page_code: str) -> bytes:
    return hashlib.sha256(page_code.lower().encode()).digest()
