"""How what is sent is signed: as Standard Webhooks have it, so that any library of theirs verifies.

`webhook-signature` is `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. An endpoint's
secret is derived from the deployment's and the endpoint's id and generation, and is stored nowhere.
Source: Standard Webhooks 1.0.0.
"""

import base64
import hashlib
import hmac
import uuid

from server.identity.keys import derive


class Signer:
    """`secret`: JWT_SECRET."""

    def __init__(self, secret: str) -> None:
        self._key = derive(secret, "webhooks")

    def secret_of(self, endpoint_id: uuid.UUID, generation: int) -> str:
        """As its owner has it: `whsec_` and base64."""
        return f"whsec_{base64.b64encode(self._secret(endpoint_id, generation)).decode()}"

    def headers(
        self, endpoint_id: uuid.UUID, generation: int, event_id: uuid.UUID, at_s: int, body: bytes
    ) -> dict[str, str]:
        signed = f"{event_id}.{at_s}.".encode() + body
        digest = hmac.new(self._secret(endpoint_id, generation), signed, hashlib.sha256).digest()
        return {
            "webhook-id": str(event_id),
            "webhook-timestamp": str(at_s),
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }

    def _secret(self, endpoint_id: uuid.UUID, generation: int) -> bytes:
        named = endpoint_id.bytes + generation.to_bytes(4, "big")
        return hmac.new(self._key, named, hashlib.sha256).digest()
