"""Scanner keys: an organizer gives a door a key for one event, and takes it back."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import httpx

from server.boxoffice.models import LISTS_MAX
from server.checkin.models import KEYS_MAX
from tests.fixtures.product import Product
from tests.server.orgs.people import Tenant
from tests.server.support import (
    Buyer,
    Organizer,
    locking,
    ok,
    patient,
    problem,
    rows,
    until_waiting,
)


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


async def test_an_event_has_so_many_keys_and_guest_lists(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, organizer = house.event(), Organizer(house, client)
    fill = """INSERT INTO scanner_keys (id, org_id, event_id, name, key_hash)
              SELECT gen_random_uuid(), org_id, id, 'door', uuid_send(gen_random_uuid())
              FROM events, generate_series(1, $2) WHERE id = $1"""
    await rows(house, fill, event.id, KEYS_MAX - 2)  # the fixture has one
    pool_id = next(iter(event.pools.values()))
    fill = """INSERT INTO guest_lists (id, org_id, event_id, pool_id, name, gate)
              SELECT gen_random_uuid(), org_id, id, $3, n::text, ''
              FROM events, generate_series(1, $2) AS n WHERE id = $1"""
    await rows(house, fill, event.id, LISTS_MAX - 1, pool_id)

    def asks(what: str, **body: str) -> Callable[[], Awaitable[httpx.Response]]:
        return lambda: organizer.call("POST", f"/v1/events/{event.id}/{what}", body)

    wanted = [asks("scanner-keys", name=name) for name in "AB"]
    wanted += [asks("guest-lists", name=name, pool_id=str(pool_id)) for name in "AB"]
    async with locking(house, "SELECT 1 FROM events WHERE id = $1 FOR UPDATE", event.id):
        at_once = asyncio.gather(*map(patient, wanted))
        await until_waiting(house, 4)
    statuses = [answer.status_code for answer in await at_once]
    assert [sorted(statuses[:2]), sorted(statuses[2:])] == [[201, 409], [201, 409]]


async def test_a_door_is_of_ones_own_event(house: Product, client: httpx.AsyncClient) -> None:
    event, stranger = house.event(), await Tenant.sign_up(house, client)
    path = f"/v1/events/{event.id}/scanner-keys"
    problem(await stranger.call("GET", path), 404, "not-found")
    problem(await stranger.call("POST", path, {"name": "x"}), 404, "not-found")
    problem(await stranger.call("DELETE", f"{path}/{uuid.uuid4()}"), 404, "not-found")
