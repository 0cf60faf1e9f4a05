"""Scanner keys: an organizer gives a door a key for one event, and takes it back."""

import uuid
from collections.abc import Callable

import httpx

from tests.fixtures.product import Product
from tests.server.orgs.people import Tenant
from tests.server.support import Buyer, Organizer, ok, problem


async def test_a_door_scans_with_its_key_until_that_is_revoked(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event, organizer = house.event(), Organizer(house, client)
    path = f"/v1/events/{event.id}/scanner-keys"
    minted = ok(await organizer.call("POST", path, {"name": "North"}, key="north"), 201)
    assert ok(await organizer.call("POST", path, {"name": "North"}, key="north"), 201) == minted
    door = {"X-Scanner-Key": minted["key"]}
    order = await new_buyer().buy(event, [1])
    scan = {"token": order["tickets"][0]["scan_token"], "gate": "North"}
    ok(await client.post("/v1/checkin/scans", json=scan, headers=door))
    listed = {key["name"]: key for key in ok(await organizer.call("GET", path))["items"]}
    assert set(listed) == {"North", "door"}, "the second is the fixture's"
    assert listed["North"]["last_scan_at"] is not None
    assert "key" not in listed["North"]
    assert (await organizer.call("DELETE", f"{path}/{minted['id']}")).status_code == 204
    answer = await client.post("/v1/checkin/scans", json=scan, headers=door)
    problem(answer, 401, "unauthenticated")
    problem(await organizer.call("DELETE", f"{path}/{minted['id']}"), 404, "not-found")


async def test_a_door_is_of_ones_own_event(house: Product, client: httpx.AsyncClient) -> None:
    event, stranger = house.event(), await Tenant.sign_up(house, client)
    path = f"/v1/events/{event.id}/scanner-keys"
    problem(await stranger.call("GET", path), 404, "not-found")
    problem(await stranger.call("POST", path, {"name": "x"}), 404, "not-found")
    problem(await stranger.call("DELETE", f"{path}/{uuid.uuid4()}"), 404, "not-found")
