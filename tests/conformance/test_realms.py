"""A credential opens the doors of its own realm and no other."""

import base64
import datetime as dt
import hmac
import json
import uuid
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from server.identity.tokens import ISSUER
from server.kernel.ids import uuid7
from tests.fixtures.product import Event, Product
from tests.server.support import problem

DOORS: list[tuple[str, str, str]] = [
    ("POST", "/v1/events/{event}/holds", "buyer"),
    ("GET", "/v1/events/{event}/holds", "buyer"),
    ("GET", "/v1/holds/{any}", "buyer"),
    ("PATCH", "/v1/holds/{any}", "buyer"),
    ("DELETE", "/v1/holds/{any}", "buyer"),
    ("POST", "/v1/checkout", "buyer"),
    ("GET", "/v1/orders/{any}", "buyer"),
    ("GET", "/v1/me/tickets", "buyer"),
    ("GET", "/v1/events/{event}/stream?channel=sales", "operator"),
    ("GET", "/v1/events/{event}/stream?channel=scans", "operator"),
    ("POST", "/v1/checkin/scans", "scanner"),
    ("POST", "/v1/events/{event}/blocks", "operator"),
    ("POST", "/v1/events/{event}/unblocks", "operator"),
    ("PUT", "/v1/events/{event}/tables/0", "operator"),
    ("POST", "/v1/orders/{any}/lines/{any}/seat", "operator"),
    ("GET", "/v1/maps", "operator"),
    ("POST", "/v1/maps", "operator"),
    ("POST", "/v1/maps/labels", "operator"),
    ("GET", "/v1/maps/{any}", "operator"),
    ("DELETE", "/v1/maps/{any}?revision=0", "operator"),
    ("PUT", "/v1/maps/{any}/drawing?revision=0", "operator"),
    ("PUT", "/v1/maps/{any}/mapping?revision=0", "operator"),
    ("GET", "/v1/maps/{any}/draft", "operator"),
    ("DELETE", "/v1/maps/{any}/draft?revision=0", "operator"),
    ("GET", "/v1/maps/{any}/edits", "operator"),
    ("POST", "/v1/maps/{any}/edits?revision=0", "operator"),
    ("PUT", "/v1/maps/{any}/edits?revision=0", "operator"),
    ("POST", "/v1/maps/{any}/versions?revision=0", "operator"),
    ("GET", "/v1/maps/{any}/versions", "operator"),
    ("GET", "/v1/maps/{any}/versions/{any}", "operator"),
    ("GET", "/v1/maps/{any}/versions/{any}/geometry", "operator"),
    ("GET", "/v1/maps/{any}/events", "operator"),
    ("GET", "/v1/events/{event}/migration?to={any}", "operator"),
    ("POST", "/v1/events/{event}/migration", "operator"),
]


@pytest.fixture(scope="module")
def event(house: Product) -> Event:
    return house.event()


def _wrong(house: Product, event: Event, realm: str) -> dict[str, dict[str, str]]:
    """Headers that must not open a door of `realm`, by what is wrong with them."""
    now = dt.datetime.now(dt.UTC)
    kid, secret = house.tokens.keys.signing
    subject = str(house.operator_id if realm == "operator" else uuid7())
    audience = realm if realm in ("buyer", "operator") else "buyer"
    claims: dict[str, Any] = {
        "iss": ISSUER, "aud": audience, "sub": subject, "iat": now,
        "exp": now + dt.timedelta(hours=1),
    }  # fmt: skip

    public = secret.public_key()
    own_key = Ed25519PrivateKey.generate()
    jwk = json.loads(OKPAlgorithm.to_jwk(own_key.public_key()))

    def token(
        key: Any = secret, algorithm: str = "EdDSA", header: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:  # fmt: skip
        kept = {name: value for name, value in (claims | changes).items() if value is not None}
        named = {name: v for name, v in ({"kid": kid} | (header or {})).items() if v is not None}
        return jwt.encode(kept, key, algorithm, named)

    none = json.dumps({"alg": "none", "typ": "JWT", "kid": kid}).encode()
    header = base64.urlsafe_b64encode(none).rstrip(b"=").decode()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    claims |= {"sid": _session(house)} if realm == "operator" else {}
    body = {**claims, "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 3600}
    payload = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    tokens = {
        "alg none": f"{header}.{payload}.",
        "other key": token(own_key),
        "other kid": token(header={"kid": "2"}),
        "no kid": token(header={"kid": None}),
        "kid is a path": token(own_key, header={"kid": "../../dev/null"}),
        "kid is SQL": token(own_key, header={"kid": "x' UNION SELECT '1"}),
        "key in the header": token(own_key, header={"jwk": jwk}),
        "key elsewhere": token(own_key, header={"jku": "http://127.0.0.1:1/", "x5u": "http://x/"}),
        "secret of settings": token(house.environ["JWT_SECRET"], "HS256"),
        "public key as a secret": _hmac_token(claims, kid, raw),
        "public key as a secret, PEM": _hmac_token(claims, kid, pem),
        "expired": token(iat=now - dt.timedelta(hours=2), exp=now - dt.timedelta(minutes=2)),
        "not yet": token(nbf=now + dt.timedelta(minutes=5)),
        "from the future": token(iat=now + dt.timedelta(minutes=5)),
        "no end": token(exp=None),
        "no subject": token(sub=None),
        "no audience": token(aud=None),
        "other issuer": token(iss="somebody"),
        "subject is no id": token(sub="admin"),
        "sign-in": token(aud="sign-in"),
        "altered": _altered(token()),
        "not a token": "x",
        "strange": "\u00e9.\u00e9.\u00e9",
    }
    other = {"buyer": house.operator(), "operator": house.buyer(), "scanner": house.buyer()}[realm]
    wrong = {name: {"Authorization": f"Bearer {value}"} for name, value in tokens.items()}
    wrong |= {
        "nothing": {},
        "other realm": other,
        "own token, basic": {"Authorization": f"Basic {token()}"},
        "empty": {"Authorization": "Bearer"},
    }
    if realm == "operator":
        no_session, unknown = token(sid=None), token(sid=str(uuid7()))
        wrong["no session"] = {"Authorization": f"Bearer {no_session}"}
        wrong["unknown session"] = {"Authorization": f"Bearer {unknown}"}
        wrong["nobody here"] = {"Authorization": f"Bearer {token(sub=str(uuid7()))}"}
        wrong["foreign org"] = house.operator() | {"X-Org": "elsewhere"}
    if realm == "scanner":
        wrong["operator"] = house.operator()
        wrong["made up"] = {"X-Scanner-Key": "fhs_" + "x" * 32}
        wrong["strange key"] = {"X-Scanner-Key": "\u00e9"}
    else:
        wrong["scanner key"] = {"X-Scanner-Key": event.scanner_key}
    return wrong


def _altered(token: str) -> str:
    """Another signature: of an Ed25519 signature's last byte four bits are always 0."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def _session(house: Product) -> str:
    """Of the owner: what else is wrong with a token is not its session."""
    token = house.operator()["Authorization"].removeprefix("Bearer ")
    return str(house.tokens.read("operator", token)["sid"])


def _hmac_token(claims: dict[str, Any], kid: str, key: bytes) -> str:
    """Signed as a server would check that takes the algorithm from the header. PyJWT refuses to
    make one."""
    times = {name: int(claims[name].timestamp()) for name in ("iat", "exp")}
    parts = ({"alg": "HS256", "typ": "JWT", "kid": kid}, claims | times)
    signed = b".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts
    )
    digest = hmac.digest(key, signed, "sha256")
    return (signed + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


@pytest.mark.parametrize(("method", "path", "realm"), DOORS)
def test_a_foreign_credential_opens_no_door(
    house: Product, event: Event, method: str, path: str, realm: str
) -> None:
    path = path.format(event=event.id, any=uuid.uuid4())
    with httpx.Client(base_url=house.base_url, timeout=10) as client:
        for name, headers in _wrong(house, event, realm).items():
            if name == "scanner key" and "channel=scans" in path:
                continue
            sent = httpx.Headers(headers, encoding="latin-1")
            with client.stream(method, path, headers=sent, content=b"{}") as answer:
                answer.read()
            assert answer.status_code in (401, 403), f"{name}: {answer.status_code} {answer.text}"
            slug = "unauthenticated" if answer.status_code == 401 else "forbidden"
            problem(answer, answer.status_code, slug)
            assert (answer.status_code == 401) == ("www-authenticate" in answer.headers)


def test_a_write_by_cookie_comes_from_our_own_pages_only(house: Product, event: Event) -> None:
    token = house.buyer()["Authorization"].removeprefix("Bearer ")
    path = f"/v1/events/{event.id}/holds"
    foreign = (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": house.base_url},
    )
    with httpx.Client(base_url=house.base_url, timeout=10) as client:
        for headers in foreign:
            sent = headers | {"Cookie": f"fh_buyer={token}"}
            problem(client.post(path, json={"seats": [1]}, headers=sent), 403, "forbidden")
        for headers in ({"Origin": house.base_url}, {"Sec-Fetch-Site": "same-origin"}):
            sent = headers | {"Cookie": f"fh_buyer={token}"}
            assert client.get(path, headers=sent).status_code == 200
            answer = client.post(path, json={"seats": []}, headers=sent)
            problem(answer, 422, "selection-invalid")
        crossed = {"Cookie": f"fh_operator={token}; fh_scanner={token}"}
        problem(client.get(path, headers=crossed), 401, "unauthenticated")


def test_signing_in_tells_nothing_about_who_exists(house: Product) -> None:
    with httpx.Client(base_url=house.base_url, timeout=10) as client:
        right = {"email": "owner@house.example", "password": "correct horse"}
        answer = client.post("/v1/auth/login", json=right)
        assert answer.status_code == 200
        claims = house.tokens.read("operator", answer.json()["token"])
        assert claims["sub"] == str(house.operator_id)
        wrong = [
            client.post("/v1/auth/login", json=right | changes)
            for changes in ({"password": "x"}, {"email": "nobody@house.example"})
        ]
        details = {problem(answer, 401, "unauthenticated")["detail"] for answer in wrong}
        assert len(details) == 1
        nul = client.post("/v1/auth/login", json=right | {"email": "a\0"})
        problem(nul, 400, "bad-request")
