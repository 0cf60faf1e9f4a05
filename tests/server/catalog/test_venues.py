"""An organization's venues."""

import uuid
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.support import Organizer, ok, problem, rows

HALL = {"name": "Hall", "city": "Graz", "country": "AT"}


@pytest.fixture
def owner(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _made(owner: Organizer, **more: Any) -> dict[str, Any]:
    return ok(await owner.call("POST", "/v1/venues", HALL | more), 201)


async def test_a_venue_keeps_what_is_said_and_changes_only_where_it_is_told(
    house: Product, owner: Organizer
) -> None:
    place = {"latitude": 47.0707, "longitude": 15.4395, "timezone": "Europe/Vienna"}
    made = await _made(owner, address="Kaiser-Josef-Platz 10", capacity=1_200, **place)
    path = f"/v1/venues/{made['id']}"
    assert ok(await owner.call("GET", path)) == made
    changed = ok(await owner.call("PATCH", path, {"name": "Oper", "capacity": None}))
    assert changed == made | {"name": "Oper", "capacity": None}
    problem(await owner.call("PATCH", path, {"latitude": None}), 400, "bad-request")
    problem(await owner.call("PATCH", path, {"timezone": "Mars/Olympus"}), 400, "bad-request")
    assert ok(await owner.call("GET", path)) == changed
    log = await rows(
        house,
        "SELECT action, data FROM audit_log WHERE subject = $1 ORDER BY id",
        f"venue:{made['id']}",
    )
    assert [entry["action"] for entry in log] == ["venue.created", "venue.updated"]


async def test_a_venue_is_deleted_while_nothing_is_of_it(owner: Organizer) -> None:
    made = await _made(owner)
    path, key = f"/v1/venues/{made['id']}", uuid.uuid4().hex
    wish = {"name": "Ground floor", "venue_id": made["id"]}
    ok(await owner.call("POST", "/v1/maps", wish), 201)
    refused = problem(await owner.call("DELETE", path), 409, "venue-in-use")
    assert (refused["maps"], refused["events"]) == (1, 0)
    free = await _made(owner)
    path = f"/v1/venues/{free['id']}"
    for _ in range(2):
        assert (await owner.call("DELETE", path, key=key)).status_code == 204, "once per key"
    problem(await owner.call("DELETE", path), 404, "not-found")


async def test_venues_are_found_by_name_city_and_country_page_by_page(owner: Organizer) -> None:
    city = f"City {uuid.uuid4().hex[:8]}"
    names = [f"House {at}" for at in range(5)]
    for name in names:
        await _made(owner, name=name, city=city)
    found: list[str] = []
    token: str | None = None
    while True:
        query = {"city": city.upper(), "page_size": "2"} | ({"next_token": token} if token else {})
        page = ok(await owner.call("GET", str(httpx.URL("/v1/venues", params=query))))
        found += [item["name"] for item in page["items"]]
        token = page["next_token"]
        if token is None:
            break
    assert found == names[::-1], "newest first, each once"
    for query, count in ({"q": "house 3"}, 1), ({"country": "DE"}, 0), ({"q": "%"}, 0):
        asked = httpx.URL("/v1/venues", params={"city": city} | query)
        assert len(ok(await owner.call("GET", str(asked)))["items"]) == count


async def test_another_organizations_venue_does_not_exist(house: Product, owner: Organizer) -> None:
    foreign = uuid.uuid4()
    await rows(
        house,
        """WITH o AS (INSERT INTO organizations (id, slug, name, approval)
                      VALUES ('elsewhere', 'elsewhere', 'Elsewhere', 'approved')
                      ON CONFLICT DO NOTHING)
           SELECT 1""",
    )
    await rows(
        house,
        """INSERT INTO venues (id, org_id, name, city, country)
           VALUES ($1, 'elsewhere', 'Far', 'Bonn', 'DE')""",
        foreign,
    )
    for method, body in ("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None):
        answer = await owner.call(method, f"/v1/venues/{foreign}", body)
        problem(answer, 404, "not-found")
    draft = {
        "name": "Night", "starts_at": "2031-05-01T20:00:00Z", "timezone": "UTC", "currency": "EUR",
        "status": "draft", "venue_id": str(foreign),
    }  # fmt: skip
    problem(await owner.call("POST", "/v1/events", draft), 404, "not-found")
