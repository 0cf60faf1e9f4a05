"""Cookies and sign-in: what the table of permissions does not ask about."""

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.support import problem


@pytest.fixture(scope="module")
def event(house: Product) -> Event:
    return house.event()


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
