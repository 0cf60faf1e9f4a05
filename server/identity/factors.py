"""The second factor: codes of an authenticator app, and recovery codes where it is gone.

The app's secret must be read back to check a code, so it cannot be a hash: it is encrypted under a
key that the database does not have. Source: RFC 6238.
"""

import hashlib
import hmac
import os
import secrets
import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp import random_base32
from pyotp.hotp import HOTP
from pyotp.totp import TOTP

from server.identity import sql
from server.identity.keys import derive
from server.identity.models import FactorRefused, MfaEnrolment
from server.kernel.db import Tx

STEP_S = 30
STEPS_OFF = (0, -1, 1)
"""A code of the step before or after is taken too: nobody's clock is right."""
RECOVERY_CODES = 10
ISSUER = "Fullhouse"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_NONCE_BYTES = 12


class Factors:
    def __init__(self, secret: str) -> None:
        self._box = AESGCM(derive(secret, "second factors"))

    async def enrol(self, tx: Tx, user_id: uuid.UUID, email: str) -> MfaEnrolment:
        """Begin, or begin anew. Raises FactorRefused where the factor is on already."""
        secret = random_base32()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._box.encrypt(nonce, secret.encode(), user_id.bytes)
        if not await sql.ENROL_FACTOR.run(tx, user_id, sealed):
            raise FactorRefused("the second factor is on: turn it off before you set up another")
        uri = TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)
        return MfaEnrolment(secret, uri)

    async def confirm(self, tx: Tx, user_id: uuid.UUID, code: str) -> list[str] | None:
        """Turn it on with its first code: the recovery codes; None where the code is wrong.

        Raises FactorRefused where there is nothing to confirm.
        """
        factor = await sql.FACTOR.first(tx, user_id)
        if factor is None or factor.is_confirmed:
            raise FactorRefused("there is no second factor to confirm: begin with setting one up")
        if not await self._takes(tx, user_id, factor, _plain(code)):
            return None
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        await sql.REMOVE_RECOVERY.run(tx, user_id)
        await sql.INSERT_RECOVERY.run(tx, user_id, [_hash(_plain(made)) for made in codes])
        return codes

    async def takes(self, tx: Tx, user_id: uuid.UUID, code: str) -> bool:
        """Whether the code is right, and has not been used. It is used now."""
        factor = await sql.FACTOR.first(tx, user_id)
        if factor is None or not factor.is_confirmed:
            return False
        plain = _plain(code)
        if plain.isdecimal():
            return await self._takes(tx, user_id, factor, plain)
        return await sql.USE_RECOVERY.run(tx, user_id, _hash(plain)) == 1

    async def remove(self, tx: Tx, user_id: uuid.UUID) -> None:
        await sql.REMOVE_FACTOR.run(tx, user_id)
        await sql.REMOVE_RECOVERY.run(tx, user_id)

    async def _takes(self, tx: Tx, user_id: uuid.UUID, factor: sql.FactorRow, plain: str) -> bool:
        sealed = factor.secret
        secret = self._box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], user_id.bytes)
        codes = HOTP(secret.decode())
        for off in STEPS_OFF:
            counter = int(factor.at_s // STEP_S) + off
            if hmac.compare_digest(codes.at(counter).encode(), plain.encode()):
                return await sql.TAKE_CODE.run(tx, user_id, counter) == 1
        return False


def _plain(code: str) -> str:
    """As people type it, without spaces and dashes."""
    return "".join(code.split()).replace("-", "").lower()


def _recovery_code() -> str:
    """79 random bits, in groups to copy by hand."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _hash(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()
