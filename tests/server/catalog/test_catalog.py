"""An event as everybody sees it: on sale or not, its map for ever, its seats by name."""

import gzip
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.support import Buyer, ok, problem, rows, state_of

NewBuyer = Callable[[], Buyer]


async def test_a_map_is_asked_for_once(house: Product, client: httpx.AsyncClient) -> None:
    event = house.event("theatre")
    shown = ok(await client.get(f"/v1/events/{event.id}"))
    assert (shown["seats_total"], shown["status"]) == (768, "published")
    first = await client.get(shown["map_url"])
    assert "immutable" in first.headers["cache-control"]
    assert "accept-encoding" in first.headers["vary"].lower()
    assert first.headers["content-encoding"] == "gzip"
    drawn = first.json()
    assert (drawn["id"], drawn["seats"]["n"]) == (shown["map_id"], 768)
    plain = await client.get(shown["map_url"], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == json.dumps(drawn, separators=(",", ":"), ensure_ascii=False).encode()
    assert len(gzip.compress(plain.content)) < 40_000
    unchanged = await client.get(shown["map_url"], headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    for query in ("", f"?v={uuid.uuid4()}"):
        asked_again = await client.get(f"/v1/events/{event.id}/map{query}")
        assert "immutable" not in asked_again.headers["cache-control"]


async def test_a_draft_does_not_exist_and_an_archive_is_not_sold(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    draft, archived = house.event(), house.event()
    for event, status in ((draft, "draft"), (archived, "archived")):
        await rows(house, "UPDATE events SET status = $2 WHERE id = $1", event.id, status)
    for path in ("", "/map", "/seats", "/stream"):
        problem(await client.get(f"/v1/events/{draft.id}{path}"), 404, "not-found")
    problem(await new_buyer().hold(draft, [1]), 404, "not-found")
    assert ok(await client.get(f"/v1/events/{archived.id}"))["status"] == "archived"
    problem(await new_buyer().hold(archived, [1]), 409, "not-on-sale")
    listed = ok(await client.get("/v1/events", params={"page_size": 100}))["items"]
    assert not {str(draft.id), str(archived.id)} & {item["id"] for item in listed}


async def test_a_suspended_organization_sells_nothing(house: Product, new_buyer: NewBuyer) -> None:
    event = house.event()
    state = "UPDATE organizations SET approval = $1 WHERE id = 'house'"
    await rows(house, state, "suspended")
    try:
        problem(await new_buyer().hold(event, [1]), 409, "not-on-sale")
    finally:
        await rows(house, state, "approved")
    ok(await new_buyer().hold(house.event(), [1]), 201)


@pytest.mark.parametrize("wrong", ["x", str(uuid.UUID(int=1)), "0" * 400])
async def test_an_event_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, wrong: str
) -> None:
    for path in ("", "/map", "/seats", "/seats?view=list", "/stream"):
        problem(await client.get(f"/v1/events/{wrong}{path}"), 404, "not-found")


async def _listed(client: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, Any]]:
    """Every page of the list of seats."""
    items: list[dict[str, Any]] = []
    token: str | None = None
    while True:
        asked = {"view": "list", **query} | ({"next_token": token} if token else {})
        page = ok(await client.get(path, params=asked))
        items += page["items"]
        token = page["next_token"]
        if token is None:
            return items


async def test_seats_by_name_are_the_seats_of_the_map(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=1_100)
    await new_buyer().hold_ok(event, [3, 31])
    await new_buyer().buy(event, [40])
    path = f"/v1/events/{event.id}/seats"
    items = await _listed(client, path, page_size="40")
    assert [item["idx"] for item in items] == list(range(94))
    assert [item["key"] for item in items] == event.seat_keys
    assert len({item["label"] for item in items}) == 94, "a name is one seat's own"
    names = ("available", "held", "sold", "blocked")
    seats, _ = await state_of(client, event)
    assert [names.index(item["status"]) for item in items] == seats
    assert {item["price_minor"] for item in items} == {1_100}
    held = await _listed(client, path, status="held", page_size="1")
    assert [item["idx"] for item in held] == [3, 31]
    lounge = await _listed(client, path, section="lounge")
    assert {item["section"] for item in lounge} == {"lounge"}
    assert [item["idx"] for item in lounge] == [i["idx"] for i in items if i["section"] == "lounge"]
