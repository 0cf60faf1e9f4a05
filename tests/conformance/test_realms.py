"""A credential opens the doors of its own realm and no other."""

import base64
import datetime as dt
import json
import uuid
from typing import Any

import httpx
import jwt
import pytest

from server.identity.tokens import ISSUER, Tokens
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
    ("GET", "/v1/audit", "operator"),
    ("GET", "/v1/venues", "operator"),
    ("POST", "/v1/venues", "operator"),
    ("GET", "/v1/venues/{any}", "operator"),
    ("PATCH", "/v1/venues/{any}", "operator"),
    ("DELETE", "/v1/venues/{any}", "operator"),
    ("POST", "/v1/events", "operator"),
    ("GET", "/v1/org/events", "operator"),
    ("GET", "/v1/org/events/{event}", "operator"),
    ("PATCH", "/v1/events/{event}?revision=0", "operator"),
    ("PUT", "/v1/events/{event}/cover?revision=0", "operator"),
    ("DELETE", "/v1/events/{event}/cover?revision=0", "operator"),
    ("POST", "/v1/events/{event}/duplicate", "operator"),
    ("GET", "/v1/events/{event}/allocations", "operator"),
    ("POST", "/v1/events/{event}/allocations", "operator"),
    ("DELETE", "/v1/allocations/{any}", "operator"),
    ("GET", "/v1/collaborations", "operator"),
    ("GET", "/v1/org/events/{event}/products", "operator"),
    ("POST", "/v1/events/{event}/products", "operator"),
    ("PATCH", "/v1/products/{any}", "operator"),
    ("GET", "/v1/events/{event}/ticket-types", "operator"),
    ("POST", "/v1/events/{event}/ticket-types", "operator"),
    ("PATCH", "/v1/ticket-types/{any}", "operator"),
    ("DELETE", "/v1/ticket-types/{any}", "operator"),
    ("PUT", "/v1/holds/{any}/ticket-types", "buyer"),
    ("POST", "/v1/events/{event}/publish?revision=0", "operator"),
    ("POST", "/v1/events/{event}/unpublish?revision=0", "operator"),
    ("POST", "/v1/events/{event}/archive?revision=0", "operator"),
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
    secret = house.environ["JWT_SECRET"]
    subject = str(house.operator_id if realm == "operator" else uuid7())
    audience = realm if realm in ("buyer", "operator") else "buyer"
    claims: dict[str, Any] = {
        "iss": ISSUER, "aud": audience, "sub": subject, "iat": now,
        "exp": now + dt.timedelta(hours=1),
    }  # fmt: skip

    def token(key: str = secret, algorithm: str = "HS256", **changes: Any) -> str:
        kept = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(kept, key, algorithm)

    def altered(signed: str) -> str:
        # At the front of the signature: of its last character not every bit says something.
        body, _, signature = signed.rpartition(".")
        return f"{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"

    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    body = {**claims, "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 3600}
    payload = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    tokens = {
        "alg none": f"{header}.{payload}.",
        "other key": token("x" * 40),
        "other algorithm": token(algorithm="HS512"),
        "expired": token(iat=now - dt.timedelta(hours=2), exp=now - dt.timedelta(minutes=2)),
        "not yet": token(nbf=now + dt.timedelta(minutes=5)),
        "from the future": token(iat=now + dt.timedelta(minutes=5)),
        "no end": token(exp=None),
        "no subject": token(sub=None),
        "no audience": token(aud=None),
        "other issuer": token(iss="somebody"),
        "subject is no id": token(sub="admin"),
        "sign-in": token(aud="sign-in"),
        "altered": altered(token()),
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
        wrong["nobody here"] = {"Authorization": f"Bearer {token(sub=str(uuid7()))}"}
        wrong["foreign org"] = house.operator() | {"X-Org": "elsewhere"}
    if realm == "scanner":
        wrong["operator"] = house.operator()
        wrong["made up"] = {"X-Scanner-Key": "fhs_" + "x" * 32}
        wrong["strange key"] = {"X-Scanner-Key": "\u00e9"}
    else:
        wrong["scanner key"] = {"X-Scanner-Key": event.scanner_key}
    return wrong


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
        claims = Tokens(house.environ["JWT_SECRET"], 1).read("operator", answer.json()["token"])
        assert claims["sub"] == str(house.operator_id)
        wrong = [
            client.post("/v1/auth/login", json=right | changes)
            for changes in ({"password": "x"}, {"email": "nobody@house.example"})
        ]
        details = {problem(answer, 401, "unauthenticated")["detail"] for answer in wrong}
        assert len(details) == 1
        nul = client.post("/v1/auth/login", json=right | {"email": "a\0"})
        problem(nul, 400, "bad-request")
