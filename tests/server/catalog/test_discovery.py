"""What is on is found by words, place, day and price, whoever organizes it."""

import datetime as dt
import math
import random
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from server.catalog.discovery import box_around
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, ok, problem, rows, until

Found = list[str]


async def _at(
    house: Product, name: str, *, days: float = 30, price: int = 2_500, **venue: Any
) -> Event:
    """A published event so many days from now; `venue`: columns of its venue."""
    event = house.event(price_minor=price)
    await rows(
        house,
        "UPDATE events SET name = $2, starts_at = now() + $3 * interval '1 day' WHERE id = $1",
        event.id, name, days,
    )  # fmt: skip
    if venue:
        told = ", ".join(f"{column} = ${at}" for at, column in enumerate(venue, 2))
        await rows(
            house,
            f"UPDATE venues SET {told} WHERE id = (SELECT venue_id FROM events WHERE id = $1)",
            event.id, *venue.values(),
        )  # fmt: skip
    return event


async def _found(client: httpx.AsyncClient, **query: Any) -> Found:
    """Names, through all pages of two."""
    names: Found = []
    token: str | None = None
    while True:
        asked = {"page_size": 2, **query} | ({"next_token": token} if token else {})
        page = ok(await client.get("/v1/events", params=asked))
        names += [item["name"] for item in page["items"]]
        token = page["next_token"]
        if token is None:
            return names


async def test_events_are_found_by_the_beginnings_of_words_city_country_and_day(
    house: Product, client: httpx.AsyncClient
) -> None:
    tag = f"q{uuid.uuid4().hex[:8]}"
    await _at(house, f"Aurora {tag} Nova", days=3, city="Zürich", country="CH")
    await _at(house, f"Boreas {tag}", days=1, city="Basel", country="CH")
    await _at(house, f"Cirrus {tag}", days=5, city="Lyon", country="FR")
    await _at(house, f"Gone {tag}", days=-1)
    draft = await _at(house, f"Draft {tag}")
    await rows(house, "UPDATE events SET status = 'draft' WHERE id = $1", draft.id)

    async def first_words(**query: Any) -> Found:
        return [name.split()[0] for name in await _found(client, q=query.pop("q", tag), **query)]

    assert await first_words() == ["Boreas", "Aurora", "Cirrus"], "soonest first, page by page"
    assert await first_words(q=f"auro {tag[:6]}") == ["Aurora"]
    assert await first_words(q=f"züri {tag}") == ["Aurora"]
    assert await first_words(country="CH") == ["Boreas", "Aurora"]
    assert await first_words(city="zürich") == ["Aurora"]
    now = dt.datetime.now(dt.UTC)
    days = {name: (now + dt.timedelta(days=at)).isoformat() for name, at in
            {"from": 2, "to": 4}.items()}  # fmt: skip
    assert await first_words(**days) == ["Aurora"]
    assert await first_words(**{"from": (now - dt.timedelta(days=2)).isoformat()}) == [
        "Gone", "Boreas", "Aurora", "Cirrus",
    ]  # fmt: skip
    assert await first_words(q=f"{tag} ' | ! :* <script>") == []
    for name in ("1984", "20.10.2027", "2027/28", "-12", "AC/DC", "K-9", "a@b.de"):
        await _at(house, f"{name} {tag}", days=9)
        assert await _found(client, q=f"{name} {tag}") == [f"{name} {tag}"], "by its own name"
    assert await _found(client, q=tag, organization="elsewhere") == []
    await rows(house, "UPDATE organizations SET approval = 'suspended' WHERE id = 'house'")
    try:
        assert await first_words() == []
    finally:
        await rows(house, "UPDATE organizations SET approval = 'approved' WHERE id = 'house'")


async def test_events_are_found_around_a_place_and_by_price(
    house: Product, client: httpx.AsyncClient
) -> None:
    tag = f"r{uuid.uuid4().hex[:8]}"
    places = {"Vienna": (48.2082, 16.3738), "Graz": (47.0707, 15.4395), "Suva": (-18.1416, 178.44)}
    for at, (city, (latitude, longitude)) in enumerate(places.items()):
        await _at(
            house, f"{city} {tag}", days=9 - at, price=1_000 * (at + 1), city=city,
            latitude=latitude, longitude=longitude,
        )  # fmt: skip
    await _at(house, f"Nowhere {tag}")

    async def cities(**query: Any) -> Found:
        return [name.split()[0] for name in await _found(client, q=tag, **query)]

    vienna = {"latitude": 48.2, "longitude": 16.4}
    assert await cities(**vienna, sort="nearest") == ["Vienna", "Graz", "Suva"]
    assert await cities(**vienna, radius_km=150) == ["Graz", "Vienna"], "soonest first"
    assert await cities(**vienna, radius_km=10) == ["Vienna"]
    over_the_date_line = {"latitude": -18.0, "longitude": -179.9}
    assert await cities(**over_the_date_line, radius_km=200) == ["Suva"]
    (found,) = ok(
        await client.get("/v1/events", params={"q": f"graz {tag}", **vienna})
    )["items"]  # fmt: skip
    assert found["distance_km"] == pytest.approx(145, abs=2)
    assert await cities(currency="EUR", sort="cheapest") == ["Vienna", "Graz", "Nowhere", "Suva"]
    assert await cities(currency="EUR", price_max_minor=2_000) == ["Graz", "Vienna"]
    assert await cities(currency="JPY", price_max_minor=2_000) == []
    for wrong in (
        {"latitude": 1}, {"radius_km": 5}, {"sort": "nearest"}, {"sort": "cheapest"},
        {"price_max_minor": 5}, {"latitude": 91, "longitude": 0}, {"from": "2031-05-01"},
        {"sort": "best"},
    ):  # fmt: skip
        problem(await client.get("/v1/events", params=wrong), 400, "bad-request")
    token = ok(await client.get("/v1/events", params={"q": tag, "page_size": 1}))["next_token"]
    other = {"q": tag, "next_token": token, "sort": "cheapest", "currency": "EUR"}
    problem(await client.get("/v1/events", params=other), 400, "bad-request")


async def test_the_cheapest_are_sorted_by_what_is_paid_and_not_by_what_is_asked(
    house: Product, client: httpx.AsyncClient
) -> None:
    tag = f"p{uuid.uuid4().hex[:8]}"
    on_top = [{"name": "VAT", "rate_ppm": 200_000, "is_included": False}]
    asked = {"Taxed": 1_000, "Plain": 1_100, "Twin": 1_100, "Also taxed": 900, "Free": 0}
    for name, price in asked.items():
        event = await _at(house, f"{name} {tag}", price=price)
        if name.endswith("axed"):
            terms = msgspec.json.encode({"taxes": on_top}).decode()
            await rows(house, "UPDATE events SET terms = $2::jsonb WHERE id = $1", event.id, terms)
    by_price = {"q": tag, "currency": "EUR", "sort": "cheapest"}
    found = [name.removesuffix(f" {tag}") for name in await _found(client, **by_price)]
    assert found == ["Free", "Also taxed", "Plain", "Twin", "Taxed"]
    page = ok(await client.get("/v1/events", params=by_price))["items"]
    assert [item["price_from_minor"] for item in page] == [0, 1_080, 1_100, 1_100, 1_200]
    assert len(await _found(client, **by_price, price_max_minor=1_099)) == 2


def test_a_box_has_every_place_that_is_near_enough() -> None:
    dice = random.Random(7)
    for _ in range(2_000):
        latitude, longitude = dice.uniform(-90, 90), dice.uniform(-180, 180)
        radius_km = dice.choice([1, 50, 900, 5_000])
        # A place at the edge: so far in some direction.
        angle, turn = radius_km * 0.9999 / 6_371, dice.uniform(0, 2 * math.pi)
        start = math.radians(latitude)
        end = math.asin(
            math.sin(start) * math.cos(angle) + math.cos(start) * math.sin(angle) * math.cos(turn)
        )
        across = math.atan2(
            math.sin(turn) * math.sin(angle) * math.cos(start),
            math.cos(angle) - math.sin(start) * math.sin(end),
        )
        there = (longitude + math.degrees(across) + 540) % 360 - 180
        box = box_around(latitude, longitude, radius_km)
        assert box.south <= math.degrees(end) <= box.north
        assert box.west <= there <= box.east


async def test_the_first_page_searches_too(house: Product, client: httpx.AsyncClient) -> None:
    tag = f"s{uuid.uuid4().hex[:8]}"
    await _at(house, f"Kestrel {tag}", days=3, city="Bern", country="CH")
    await _at(house, f"Merlin {tag}", days=40, city="Bern", country="CH")
    day = (dt.datetime.now(dt.UTC) + dt.timedelta(days=10)).date().isoformat()
    page = await client.get("/", params={"q": tag, "where": "CH/Bern", "to": day})
    assert page.status_code == 200
    assert f"Kestrel {tag}" in page.text
    assert "Merlin" not in page.text
    assert f'value="{tag}"' in page.text
    assert '<option value="CH/Bern" selected>' in page.text
    nothing = await client.get("/", params={"q": f"{tag} zzz"})
    assert "Nothing like that is on" in nothing.text
    assert (await client.get("/", params={"from": "tomorrow"})).status_code == 400
    hostile = await client.get("/", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in hostile.text


async def test_prices_are_told_from_the_cheapest_to_the_dearest_place(
    house: Product, client: httpx.AsyncClient
) -> None:
    tag = f"q{uuid.uuid4().hex[:8]}"
    event = await _at(house, f"Level {tag}", price=4_000)
    listed = ok(await client.get(f"/v1/events/{event.id}/ticket-types", headers=house.operator()))
    wish = {"levels": [{"price_minor": 9_000, "seats": [0]}, {"price_minor": 3_000, "seats": [1]}]}
    zone = event.geometry.zones[event.geometry.seats.zone[0][1]].key
    (of_seat_0,) = [of for of in listed["items"] if of["zone"] == zone]
    path = f"/v1/ticket-types/{of_seat_0['id']}"
    ok(await client.patch(path, json=wish, headers=house.operator()))
    await rows(house, "DELETE FROM former_prices WHERE event_id = $1", event.id)

    (summary,) = ok(await client.get("/v1/events", params={"q": tag}))["items"]
    assert (summary["price_from_minor"], summary["price_to_minor"]) == (3_000, 9_000)
    cheap = {"q": tag, "currency": "EUR", "price_max_minor": 3_500}
    assert await _found(client, **cheap) == [f"Level {tag}"]

    async def told() -> bool:
        zones = ok(await client.get(f"/v1/events/{event.id}"))["zones"]
        spans = {(zone["price_from_minor"], zone["price_to_minor"]) for zone in zones}
        return spans == {(3_000, 9_000), (4_000, 4_000)}

    assert await until(told)


async def test_a_price_that_no_place_has_is_not_told(
    house: Product, client: httpx.AsyncClient
) -> None:
    tag = f"q{uuid.uuid4().hex[:8]}"
    event = await _at(house, f"Covered {tag}", price=1_000)
    listed = ok(await client.get(f"/v1/events/{event.id}/ticket-types", headers=house.operator()))
    geometry, spans = event.geometry, {}
    sections = [section.key for section in geometry.sections]
    for nth, of in enumerate(listed["items"]):
        zone = next(at for at, zone in enumerate(geometry.zones) if zone.key == of["zone"])
        areas = [area.key for area in geometry.areas if area.zone == zone]
        price_minor = 5_000 + nth
        wish = {"levels": [{"price_minor": price_minor, "sections": sections, "areas": areas}]}
        path = f"/v1/ticket-types/{of['id']}"
        ok(await client.patch(path, json=wish, headers=house.operator()))
        spans[of["zone"]] = (price_minor, price_minor)
    await rows(house, "DELETE FROM former_prices WHERE event_id = $1", event.id)
    (summary,) = ok(await client.get("/v1/events", params={"q": tag}))["items"]
    dearest = 5_000 + len(spans) - 1
    assert (summary["price_from_minor"], summary["price_to_minor"]) == (5_000, dearest)

    async def told() -> bool:
        zones = ok(await client.get(f"/v1/events/{event.id}"))["zones"]
        return spans == {
            zone["key"]: (zone["price_from_minor"], zone["price_to_minor"]) for zone in zones
        }

    assert await until(told)


async def test_a_service_hears_what_events_to_come_have_left(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event = await _at(house, "Soon", days=0.01)
    held, sold = await new_buyer().hold_ok(event, [0, 1]), await new_buyer().buy(event, [2])
    pool = next(iter(event.pools))
    await new_buyer().hold_ok(event, [], {pool: 3})
    total = event.geometry.seats.n + sum(area.capacity for area in event.geometry.areas)
    assert (len(held["seats"]), len(sold["lines"])) == (2, 1)
    headers, path = house.credential("service"), "/v1/network/availability"
    page = ok(await client.get(path, params={"page_size": 1}, headers=headers))
    (soonest,) = page["items"]
    assert soonest["event_id"] == str(event.id)
    assert soonest["places"] == {
        "total": total, "available": total - 6, "held": 5, "sold": 1, "blocked": 0,
    }  # fmt: skip
    after = {"page_size": 50, "next_token": page["next_token"]}
    others = ok(await client.get(path, params=after, headers=headers))["items"]
    assert others
    assert event.id not in [uuid.UUID(other["event_id"]) for other in others]
    bad = await client.get(path, params={"next_token": "x"}, headers=headers)
    problem(bad, 400, "bad-request")


async def test_words_follow_what_is_renamed_and_drafts_have_none(
    house: Product, client: httpx.AsyncClient
) -> None:
    old, new, name = (f"q{uuid.uuid4().hex[:8]}" for _ in range(3))
    event = await _at(house, f"Night {name}", city=old)
    assert await _found(client, q=old[:6]) == await _found(client, q=name) == [f"Night {name}"]
    (venue,) = await rows(house, "SELECT venue_id FROM events WHERE id = $1", event.id)
    renamed = await client.patch(
        f"/v1/venues/{venue['venue_id']}", json={"city": new}, headers=house.operator()
    )
    assert ok(renamed)["city"] == new
    assert await _found(client, q=f"{new} {name}") == [f"Night {name}"]
    assert await _found(client, q=old) == []
    await rows(house, "UPDATE events SET status = 'archived' WHERE id = $1", event.id)
    assert await rows(house, "SELECT FROM event_words WHERE event_id = $1", event.id) == []
