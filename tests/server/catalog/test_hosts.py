"""Two organizations meet at an event: who hosts it, who sees it, whose places are set aside."""

import uuid
from collections.abc import Callable
from itertools import product
from typing import Any

import httpx
import pytest

from server.catalog.hosts import host_of
from server.kernel.ids import uuid7
from tests.fixtures.product import ORG_ID, Product
from tests.server.catalog.test_setups import Planner
from tests.server.orgs.people import join
from tests.server.support import Buyer, Organizer, ok, problem, rows, state_of

OTHER = "promoters"


@pytest.fixture
async def planner(house: Product, client: httpx.AsyncClient) -> Planner:
    return await Planner(house, client).ready()


@pytest.fixture
async def promoter(house: Product, client: httpx.AsyncClient) -> Organizer:
    """Somebody at work for another organization."""
    await rows(
        house,
        """INSERT INTO organizations (id, slug, name, approval)
           VALUES ($1, $1, 'Promoters', 'approved') ON CONFLICT DO NOTHING""",
        OTHER,
    )
    other = Organizer(house, client)
    other.headers = house.account(await join(house, OTHER, "owner")) | {"X-Org": OTHER}
    return other


def test_an_event_has_exactly_one_host() -> None:
    told = {
        (event, venue, exclusive): host_of(event, venue, is_exclusive=exclusive)
        for event, venue, exclusive in product("ab", "ab", (False, True))
    }
    assert all(host == venue for (_, venue, exclusive), (_, host) in told.items() if exclusive)
    assert all(host == event for (event, _, exclusive), (_, host) in told.items() if not exclusive)
    assert told["a", "a", False][0] == "self"
    assert told["a", "b", False][0] == "promoter"
    assert told["a", "a", True][0] == told["a", "b", True][0] == "venue"


async def test_a_promoter_has_an_event_in_a_shared_venue_and_both_see_that(
    planner: Planner, promoter: Organizer, client: httpx.AsyncClient
) -> None:
    wish: dict[str, Any] = {
        "name": f"Guest {uuid.uuid4().hex[:8]}", "starts_at": "2031-05-01T20:00:00Z",
        "timezone": "Europe/Vienna", "currency": "EUR", "status": "draft",
        "version_id": planner.version["id"], "prices_minor": planner.prices,
    }  # fmt: skip
    problem(await promoter.call("POST", "/v1/events", wish), 404, "not-found")
    venue = f"/v1/venues/{planner.now['venue']['id']}"
    ok(await planner.call("PATCH", venue, {"is_shared": True}))
    name = planner.now["venue"]["name"]
    listed = ok(await promoter.call("GET", f"/v1/shared-venues?page_size=100&q={name}"))["items"]
    (shared,) = [it for it in listed if it["id"] == planner.now["venue"]["id"]]
    assert (shared["organization_id"], shared["maps"][0]["latest"]["id"]) == (
        ORG_ID, planner.version["id"],
    )  # fmt: skip
    own = ok(await planner.call("GET", "/v1/shared-venues?page_size=100"))["items"]
    assert shared["id"] not in [it["id"] for it in own]
    event = ok(await promoter.call("POST", "/v1/events", wish), 201)
    event_id = event["id"]
    taken = await planner.call("POST", "/v1/events", wish | {"slug": event["slug"]})
    problem(taken, 409, "slug-taken")

    async def seen(who: Organizer) -> list[tuple[str, str]]:
        items = ok(await who.call("GET", "/v1/collaborations"))["items"]
        return [(it["role"], it["partner_id"]) for it in items if it["event_id"] == event_id]

    assert await seen(promoter) == [("promoter", ORG_ID)]
    assert await seen(planner) == [], "a draft is its own organization's"
    problem(await client.get(f"/v1/events/{event_id}/host"), 404, "not-found")
    ok(await promoter.call("POST", f"/v1/events/{event_id}/publish?revision=0"))
    assert await seen(planner) == [("venue", OTHER)]
    host = f"/v1/events/{event_id}/host"
    assert ok(await client.get(host)) == {
        "mode": "promoter", "organization_id": OTHER, "organization": "Promoters",
    }  # fmt: skip
    ok(await planner.call("PATCH", venue, {"is_exclusive": True}))
    assert ok(await client.get(host))["organization_id"] == ORG_ID
    problem(await planner.call("GET", f"/v1/org/events/{event_id}"), 404, "not-found")
    blocked = await planner.call("POST", f"/v1/events/{event_id}/blocks", {"seats": [1]})
    problem(blocked, 404, "not-found")


async def test_an_allocation_keeps_its_places_from_everybody_else_until_it_is_released(
    house: Product,
    client: httpx.AsyncClient,
    promoter: Organizer,
    new_buyer: Callable[[], Buyer],
) -> None:
    owner, event = Organizer(house, client), house.event()
    area = event.geometry.areas[0].key
    pool = str(event.pools[area])
    path = f"/v1/events/{event.id}/allocations"
    wish = {
        "name": "Club", "partner_org_id": OTHER, "seats": [5, 4],
        "pools": [{"pool_id": pool, "quantity": 7}],
    }  # fmt: skip
    key = uuid.uuid4().hex
    made = ok(await owner.call("POST", path, wish, key=key), 201)
    assert ok(await owner.call("POST", path, wish, key=key), 201) == made
    seats, left = await state_of(client, event)
    assert (seats[4], seats[5], left[0]) == (3, 3, event.geometry.areas[0].capacity - 7)
    problem(await new_buyer().hold(event, [4]), 409, "seats-taken")
    twice = await owner.call("POST", path, wish | {"seats": [5, 6], "pools": []})
    assert problem(twice, 409, "block-refused")["seats"] == [5]
    for wrong, status, slug in (
        ({"partner_org_id": ORG_ID}, 400, "bad-request"),
        ({"partner_org_id": "nobody"}, 404, "not-found"),
        ({"seats": [], "pools": []}, 422, "selection-invalid"),
    ):
        problem(await owner.call("POST", path, wish | {"seats": [9]} | wrong), status, slug)
    seen = ok(await promoter.call("GET", "/v1/collaborations"))["items"]
    assert ("seller", made["id"]) in {(it["role"], it["allocation_id"]) for it in seen}
    problem(await promoter.call("DELETE", f"/v1/allocations/{made['id']}"), 404, "not-found")

    ok(await owner.block(event, [4], verb="unblocks"))
    await new_buyer().hold_ok(event, [4])
    for _ in range(2):
        released = await owner.call("DELETE", f"/v1/allocations/{made['id']}", key=f"{key}-")
        assert released.status_code == 204, "what was opened before is somebody's by now"
    problem(await owner.call("DELETE", f"/v1/allocations/{made['id']}"), 404, "not-found")
    seats, left = await state_of(client, event)
    assert (seats[4], seats[5], left[0]) == (1, 0, event.geometry.areas[0].capacity)
    assert ok(await owner.call("GET", path))["items"] == []
    problem(await owner.call("DELETE", f"/v1/allocations/{uuid7()}"), 404, "not-found")
