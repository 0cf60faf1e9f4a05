"""What is no token, by what is wrong with it: whoever reads one must find each of these out."""

import base64
import datetime as dt
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from server.identity.tokens import ISSUER, Audience
from server.kernel.ids import uuid7
from tests.fixtures.product import Product

ODD = {
    "empty": "",
    "blank": " ",
    "very long": "x" * 60_000,
    "not ASCII": "\u00e9\u00ff",
    "a quote": "' OR '1'='1",
    "null": "null",
}
"""What no realm takes for a credential."""
_HOUR = dt.timedelta(hours=1)


def authorizations(
    product: Product, audience: Audience, subject: str, sid: str
) -> tuple[str, dict[str, str]]:
    """Values of Authorization: one with nothing wrong, and those that open no door of `audience`.

    `subject` and its session `sid` are real and may call.
    """
    now = dt.datetime.now(dt.UTC)
    kid, key = product.tokens.keys.signing
    claims = {
        "iss": ISSUER, "aud": audience, "sub": subject, "sid": sid,
        "iat": int(now.timestamp()), "exp": int((now + _HOUR).timestamp()),
    }  # fmt: skip
    header = {"typ": "JWT", "alg": "EdDSA", "kid": kid}
    stranger = Ed25519PrivateKey.generate()
    jwk = json.loads(OKPAlgorithm.to_jwk(stranger.public_key()))

    def token(**changes: Any) -> str:
        """By the product's own key; a claim that is None is left out."""
        return _signed(key, header, claims | changes)

    def strangers(**fields: Any) -> str:
        """By a key of somebody's own; a field of the header that is None is left out."""
        return _signed(stranger, header | fields, claims)

    good = token()
    head, body, signature = good.split(".")
    tokens = {
        "alg none": f"{_encoded(header | {'alg': 'none'})}.{body}.",
        "alg None": f"{_encoded(header | {'alg': 'None'})}.{body}.{signature}",
        "no alg": f"{_encoded({'typ': 'JWT', 'kid': kid})}.{body}.{signature}",
        "another key": strangers(),
        "unknown kid": _signed(key, header | {"kid": "none"}, claims),
        "no kid": _signed(key, header | {"kid": None}, claims),
        "kid of another kind": _signed(key, header | {"kid": [kid]}, claims),
        "kid of a file": strangers(kid="../../../../dev/null"),
        "kid of a statement": strangers(kid="x' UNION SELECT '1"),
        "key in the header": strangers(jwk=jwk),
        "key from elsewhere": strangers(jku="http://127.0.0.1:1/", x5u="http://127.0.0.1:1/"),
        "JWT_SECRET as the key": _hmac(product.environ["JWT_SECRET"].encode(), header, claims),
        "public key as a secret": _hmac(
            key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), header, claims
        ),
        "public key as a secret, PEM": _hmac(
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            header, claims,
        ),
        "altered subject": f"{head}.{_encoded(claims | {'sub': str(uuid7())})}.{signature}",
        "altered end": f"{head}.{_encoded(claims | {'exp': claims['exp'] + 9_999})}.{signature}",
        # Not its last sign: four bits of that are always 0.
        "altered signature": f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        "no signature": f"{head}.{body}.",
        "no signature, no dot": f"{head}.{body}",
        "expired": token(iat=now - 3 * _HOUR, exp=now - _HOUR),
        "not yet valid": token(nbf=now + _HOUR),
        "from the future": token(iat=now + _HOUR),
        "no end": token(exp=None),
        "no beginning": token(iat=None),
        "end is text": token(exp="never"),
        "no subject": token(sub=None),
        "subject is no id": token(sub="admin"),
        "no audience": token(aud=None),
        "no issuer": token(iss=None),
        "another issuer": token(iss="somebody"),
        "a sign-in link": token(aud="sign-in", realm=audience),
        "a link to reset a password": token(aud="reset"),
        "a challenge for the second factor": token(aud="mfa"),
        "session is no id": token(sid="x"),
        "two dots": "..",
        "three dots": f"{good}.{signature}",
        **ODD,
    }  # fmt: skip
    return f"Bearer {good}", {name: f"Bearer {value}" for name, value in tokens.items()} | {
        "basic": f"Basic {good}",
        "no scheme": good,
        "nothing after it": "Bearer",
        "list of two": f"Bearer {tokens['another key']}, Bearer {good}",
    }


def _signed(key: Ed25519PrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """By hand: a library that signs refuses to sign nonsense."""
    times = {n: int(v.timestamp()) for n, v in claims.items() if isinstance(v, dt.datetime)}
    text = f"{_encoded(_there(header))}.{_encoded(_there(claims | times))}"
    return f"{text}.{_b64(key.sign(text.encode()))}"


def _hmac(secret: bytes, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """As a server would take it that asks the header for the algorithm."""
    text = f"{_encoded(header | {'alg': 'HS256'})}.{_encoded(claims)}"
    return f"{text}.{_b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def _there(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _encoded(fields: dict[str, Any]) -> str:
    return _b64(json.dumps(fields).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
