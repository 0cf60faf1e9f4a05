"""An organizer puts an event on sale, on a published version of a map."""

import uuid
from collections.abc import Callable

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.catalog.venue import MapMaker, club
from tests.server.support import Buyer, ok, problem


@pytest.fixture
async def maker(house: Product, client: httpx.AsyncClient) -> MapMaker:
    maker = MapMaker(house, client)
    await maker.make()
    await maker.upload(club())
    return maker


async def test_an_event_is_on_sale_with_all_places_of_its_version(
    maker: MapMaker, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    version = await maker.publish()
    name = uuid.uuid4().hex[:8]
    opened = ok(await maker.open(version, name=f"Große Nacht {name}", seats_per_hold_max=3), 201)
    assert opened["slug"] == f"grosse-nacht-{name}-2031-05-02", "the day is the venue's"
    event = ok(await client.get(f"/v1/events/{opened['id']}"))
    assert (event["map_id"], event["seats_total"], event["is_on_sale"]) == (version["id"], 94, True)
    assert (event["venue"]["city"], event["seats_per_hold_max"]) == ("Vienna", 3)
    assert {zone["price_minor"] for zone in event["zones"]} == {2_500}
    state = ok(await client.get(f"/v1/events/{opened['id']}/seats"))
    assert (state["n"], state["s"], state["g"]) == (94, [], [400, 80])
    held = await new_buyer().call("POST", f"/v1/events/{opened['id']}/holds", {"seats": [1, 2]})
    assert held.status_code == 201
    page = await client.get(f"/e/{opened['slug']}")
    assert page.status_code == 200


async def test_an_event_that_cannot_be_is_refused_and_says_why(maker: MapMaker) -> None:
    version = await maker.publish()
    slug = uuid.uuid4().hex
    ok(await maker.open(version, slug=slug), 201)
    problem(await maker.open(version, slug=slug), 409, "slug-taken")
    past = {"starts_at": "2020-05-01T22:30:00Z"}
    refused = problem(await maker.open(version, prices_minor={}, **past), 409, "event-refused")
    assert [reason["code"] for reason in refused["reasons"]] == ["no_price", "starts_in_past"]
    for zone in ("Europe/Atlantis", "Europe", "../etc/passwd", ""):
        problem(await maker.open(version, timezone=zone), 400, "bad-request")
    problem(await maker.open(version | {"id": str(uuid.uuid4())}), 404, "not-found")
    for wish in (
        {"starts_at": "2031-05-01T20:00:00"}, {"currency": "eur"}, {"slug": "A b"},
        {"currency": "EUR\n"}, {"slug": f"{slug}\n"},
        # No page could say when these are, and the list of all events is a page.
        {"starts_at": "0001-01-01T00:00:00Z", "timezone": "America/New_York"},
        {"starts_at": "9999-12-31T23:59:59Z", "timezone": "Asia/Tokyo"},
    ):  # fmt: skip
        problem(await maker.open(version, **wish), 400, "bad-request")


async def test_places_are_sold_for_money_that_somebody_pays_with(maker: MapMaker) -> None:
    version = await maker.publish()
    draft = ok(await maker.open(version, status="draft", currency="ISK"), 201)
    path = f"/v1/events/{draft['id']}?revision=0"
    for code in ("XQX", "DEM", "XXX", "XAU"):
        refusals = (
            await maker.open(version, status="draft", currency=code),
            await maker.call("PATCH", path, {"currency": code}),
            await maker.call("PUT", "/v1/settings", {"currency": code}),
        )
        for refused in refusals:
            told = problem(refused, 400, "bad-request")["detail"]
            assert told.startswith(f"currency: nobody pays with {code}")
            assert "ISO 4217" in told


async def test_one_key_opens_one_event(maker: MapMaker) -> None:
    version = await maker.publish()
    zones = ok(await maker.call("GET", version["geometry_url"]))["zones"]
    wish = {
        "version_id": version["id"], "name": uuid.uuid4().hex, "timezone": "Asia/Tokyo",
        "starts_at": "2031-05-01T22:30:00Z", "currency": "JPY",
        "prices_minor": {zone["key"]: 4_000 for zone in zones},
    }  # fmt: skip
    key = uuid.uuid4().hex
    first = await maker.call("POST", "/v1/events", wish, key=key)
    again = await maker.call("POST", "/v1/events", wish, key=key)
    assert (first.status_code, first.json()) == (201, again.json())
