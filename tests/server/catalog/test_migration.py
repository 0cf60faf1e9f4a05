"""An event on sale moves to a newer version of its map: nothing that somebody has is lost, nothing
is sold twice, and every screen is true."""

import asyncio
import random
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from realtime.client import Verdict
from tests.fixtures.feed import Feed, RecordsFold, SeatsFold
from tests.fixtures.product import Event, Product
from tests.server.catalog.venue import MapMaker, adopt, hall
from tests.server.support import Buyer, Organizer, ok, problem, rows, state_of

NewBuyer = Callable[[], Buyer]
T1, T5 = range(6), range(24, 30)
"""Chairs of two tables of the club."""


def rename(key: str, name: str) -> dict[str, Any]:
    return {"op": "rename", "key": key, "name": name}


def chairs(key: str, places: int) -> dict[str, Any]:
    return {"op": "capacity", "key": key, "places": places}


async def published(maker: MapMaker, *edits: dict[str, Any]) -> dict[str, Any]:
    if edits:
        await maker.edit(*edits)
    return await maker.publish()


async def migrate(
    organizer: Organizer, event: Event, version: dict[str, Any], *, key: str | None = None,
    **prices: int,
) -> httpx.Response:  # fmt: skip
    body = {"to": version["id"], "prices_minor": prices}
    return await organizer.call("POST", f"/v1/events/{event.id}/migration", body, key=key)


async def plan(organizer: Organizer, event: Event, version: dict[str, Any]) -> dict[str, Any]:
    return ok(await organizer.call("GET", f"/v1/events/{event.id}/migration?to={version['id']}"))


async def listed(client: httpx.AsyncClient, event: Event) -> dict[int, dict[str, Any]]:
    page = ok(await client.get(f"/v1/events/{event.id}/seats?view=list&page_size=1000"))
    return {item["idx"]: item for item in page["items"]}


async def test_every_seat_that_is_still_there_keeps_its_index_its_key_and_its_owner(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(hold_ttl_s=600)
    maker = await adopt(house, client, event)
    held = await new_buyer().hold_ok(event, [6, 7], {"gallery": 3})
    sold = await new_buyer().buy(event, [24])
    before = await listed(client, event)
    version = await published(
        maker,
        rename("t2", "Corner"),
        {"op": "remove", "keys": ["t1"]},
        chairs("t16", 7),
        chairs("gallery", 12),
        {"op": "zone", "key": "late", "name": "Late"},
        {"op": "assign", "keys": ["t15"], "zone": "late"},
    )
    told = await plan(maker, event, version)
    assert (told["is_possible"], told["in_the_way"]["zones"]) == (False, ["late"])
    assert (told["seats_added"], told["seats_removed"], told["areas_changed"]) == (7, 10, 1)
    refused = problem(await migrate(maker, event, version), 409, "migration-refused")
    assert refused["in_the_way"] == told["in_the_way"]
    assert await listed(client, event) == before
    done = ok(await migrate(maker, event, version, late=700))
    assert (done["is_possible"], done["from"]["version"], done["to"]["version"]) == (True, 1, 2)
    shown = ok(await client.get(f"/v1/events/{event.id}"))
    assert (shown["map_id"], shown["seats_total"]) == (version["id"], 91)
    drawn = ok(await client.get(shown["map_url"]))
    assert drawn["seats"]["removed"] == [[0, 6], [90, 4]]
    after = await listed(client, event)
    assert set(after) == set(range(101)) - set(range(6)) - set(range(90, 94))
    for idx in set(before) & set(after):
        assert after[idx]["key"] == before[idx]["key"]
        assert after[idx]["status"] == before[idx]["status"]
    assert {after[idx]["key"] for idx in range(94, 101)} == {f"t16/{n}" for n in range(1, 8)}
    assert after[6]["label"] == "Parterre, table Corner, chair 1"
    assert {after[idx]["price_minor"] for idx in range(86, 90)} == {700}
    # The holds and what was bought go on, on either process, and what is new can be had.
    hold = ok(await _on(house, 1, "GET", f"/v1/holds/{held['id']}", await _owner(house, held)))
    assert hold["seats"][0]["label"] == "Parterre, table Corner, chair 1"
    for web in (0, 1):
        buyer = house.buyer()
        body = {"seats": [94 + web], "pools": []}
        taken = ok(await _on(house, web, "POST", f"/v1/events/{event.id}/holds", buyer, body), 201)
        other = await _on(house, 1 - web, "GET", f"/v1/holds/{taken['id']}", buyer)
        assert ok(other)["seats"][0]["label"].endswith(f"table 16, chair {web + 1}")
        checkout = {"hold_id": taken["id"], "email": "ada@buyer.example", "name": "Ada"}
        ok(await _on(house, 1 - web, "POST", "/v1/checkout", buyer, checkout), 201)
    problem(await new_buyer().hold(event, [0]), 409, "seats-taken")
    problem(await new_buyer().hold(event, [], {"gallery": 10}), 409, "seats-taken")
    assert ok(await new_buyer().call("GET", f"/v1/events/{event.id}"))["zones"][-1]["key"] == "late"
    assert sold["lines"][0]["seat_idx"] == 24
    for web in (0, 1):
        page = await _on(house, web, "GET", f"/e/{event.slug}?view=list&section=right-side", {})
        assert page.status_code == 200
        assert "right side, table 16, chair 7" in page.text.lower()
        assert "parterre, table 1, chair 1" not in page.text.lower()


async def _owner(house: Product, hold: dict[str, Any]) -> dict[str, str]:
    """Headers of the hold's buyer."""
    found = await rows(house, "SELECT buyer_id FROM holds WHERE id = $1", uuid.UUID(hold["id"]))
    return house.buyer(found[0]["buyer_id"])


async def _on(
    house: Product, web: int, method: str, path: str, headers: dict[str, str], body: Any = None
) -> httpx.Response:
    async with httpx.AsyncClient(base_url=house.base_urls[web], timeout=30) as there:
        return await there.request(method, path, headers=headers, json=body)


async def test_a_house_that_is_drawn_again_goes_on_selling(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    maker = MapMaker(house, client)
    await maker.make()
    await maker.upload(hall({"A": 4, "B": 4}))
    event = await house.event_on((await maker.publish())["id"])
    holder = new_buyer()
    held = await holder.hold_ok(event, [1])
    await new_buyer().buy(event, [6])
    await maker.upload(hall({"C": 2, "B": 3, "A": 6}))
    done = ok(await migrate(maker, event, await maker.publish()))
    assert (done["seats_added"], done["seats_removed"]) == (4, 1)
    keys = {seat["key"]: seat for seat in (await listed(client, event)).values()}
    assert len(keys) == 11
    statuses = {key: seat["status"] for key, seat in keys.items() if seat["status"] != "available"}
    assert statuses == {event.seat_keys[1]: "held", event.seat_keys[6]: "sold"}
    more = {"add": {"seats": [keys["stalls/A/6"]["idx"], keys["stalls/C/1"]["idx"]]}}
    changed = ok(await holder.change(held["id"], more))
    assert [seat["label"] for seat in changed["seats"]] == [
        "Stalls, row A, seat 2", "Stalls, row A, seat 6", "Stalls, row C, seat 1",
    ]  # fmt: skip
    page = await client.get(f"/e/{event.slug}?view=list&section=stalls")
    assert page.text.count('aria-label="Row A"') == 1


async def test_what_somebody_has_is_not_lost_and_is_named(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(capacities={"gallery": 9}, hold_ttl_s=600)
    organizer = Organizer(house, client)
    maker = await adopt(house, client, event)
    holder = new_buyer()
    held = await holder.hold_ok(event, [3], {"gallery": 2})
    await new_buyer().buy(event, [T5[2]])
    ok(await organizer.block(event, [40]))
    good = await published(maker, {"op": "remove", "keys": ["t1/4", "t7/3"]}, chairs("gallery", 1))
    version = await published(maker, chairs("t5", 8))
    for told in (
        await plan(maker, event, version),
        problem(await migrate(maker, event, version), 409, "migration-refused"),
    ):
        seats = [
            (s["idx"], s["key"], s["status"], s["reason"]) for s in told["in_the_way"]["seats"]
        ]
        assert seats == [
            (3, "t1/4", "held", "removed"),
            (26, "t5/3", "sold", "table_changed"),
            (40, "t7/3", "blocked", "removed"),
        ]
        (area,) = told["in_the_way"]["areas"]
        assert (area["key"], area["used"], area["capacity"]) == ("gallery", 2, 1)
        assert told["is_possible"] is False
    assert told["in_the_way"]["seats"][0]["label"] in told["detail"]
    assert ok(await client.get(f"/v1/events/{event.id}"))["map_id"] != version["id"]
    # What is released, unblocked or left as it was is in nobody's way.
    assert (await holder.call("DELETE", f"/v1/holds/{held['id']}")).status_code == 204
    ok(await organizer.block(event, [40], verb="unblocks"))
    again = await plan(maker, event, version)
    assert [seat["key"] for seat in again["in_the_way"]["seats"]] == ["t5/3"]
    ok(await migrate(maker, event, good))
    seats, pools = await state_of(client, event)
    assert (seats[26], sum(state == 2 for state in seats)) == (2, 1)
    assert pools[1] == 1


async def test_what_is_held_keeps_its_price(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(hold_ttl_s=600)
    maker = await adopt(house, client, event)
    await new_buyer().hold_ok(event, [8], {"gallery": 1})
    version = await published(
        maker,
        {"op": "zone", "key": "dear", "name": "Dear"},
        {"op": "assign", "keys": ["t2", "gallery"], "zone": "dear"},
    )
    refused = problem(await migrate(maker, event, version, dear=9_900), 409, "migration-refused")
    (seat,), (area,) = (refused["in_the_way"][kind] for kind in ("seats", "areas"))
    assert (seat["idx"], seat["reason"], area["reason"]) == (8, "price_changed", "price_changed")
    same = ok(await migrate(maker, event, version, dear=2_500))
    assert same["is_possible"]


async def test_an_event_moves_to_newer_versions_of_its_own_map_only(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, other = house.event(), house.event()
    maker, elsewhere = await adopt(house, client, event), await adopt(house, client, other)
    first = maker.now["latest"]
    version = await published(maker, rename("t2", "Two"))
    for wrong in (first, elsewhere.now["latest"]):
        problem(await migrate(maker, event, wrong), 409, "migration-refused")
    problem(await migrate(maker, event, {"id": str(uuid.uuid4())}), 404, "not-found")
    done = [await migrate(maker, event, version, key=f"move {event.id}") for _ in range(2)]
    assert ok(done[0]) == ok(done[1])
    problem(await migrate(maker, event, version), 409, "migration-refused")
    pinned = ok(await maker.call("GET", f"{maker.path}/events"))["items"]
    assert [(one["id"], one["version"], one["is_latest"]) for one in pinned] == [
        (str(event.id), 2, True)
    ]


def _stream(house: Product, event: Event, web: int, query: str = "") -> str:
    return f"{house.base_urls[web]}/v1/events/{event.id}/stream{query}"


class MapFold(SeatsFold):
    """Notes which map each snapshot is of."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: list[str] = []

    def snapshot(self, data: dict[str, Any]) -> None:
        self.maps.append(data["m"])
        super().snapshot(data)


async def test_a_move_in_a_storm_of_holds_loses_nothing_and_sells_nothing_twice(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event(hold_ttl_s=600)
    maker = await adopt(house, client, event)
    first = maker.now["latest"]["id"]
    versions = [
        await published(maker, rename("t3", "Three"), chairs("t16", 8)),
        await published(maker, {"op": "remove", "keys": ["t1"]}, chairs("t15", 2)),
        await published(maker, chairs("gallery", 300), chairs("t15", 6)),
    ]
    dice = random.Random(11)
    folds = [MapFold() for _ in range(4)]
    granted: list[tuple[str, list[int]]] = []
    surprises: list[tuple[int, str]] = []
    storming = True

    async def storm(web: int) -> None:
        async with httpx.AsyncClient(base_url=house.base_urls[web], timeout=30) as there:
            while storming:
                headers = house.buyer()
                # Chairs that will go are left alone, so that the moves can be made at all.
                seats = dice.sample([*range(6, 86), *range(94, 110)], 2)
                body = {"seats": seats, "pools": []}
                path = f"/v1/events/{event.id}/holds"
                answer = await there.request("POST", path, headers=headers, json=body)
                if answer.status_code == 201:
                    hold = answer.json()
                    if dice.random() < 0.7:
                        await there.delete(f"/v1/holds/{hold['id']}", headers=headers)
                    else:
                        granted.append((hold["id"], seats))
                elif answer.status_code not in (409, 422, 503):
                    surprises.append((answer.status_code, answer.text))

    async with (
        Feed(_stream(house, event, 0), folds[0]) as one,
        Feed(_stream(house, event, 1), folds[1]) as two,
        Feed(f"ws{_stream(house, event, 0)[4:-6]}ws", folds[2]) as three,
        Feed(f"ws{_stream(house, event, 1)[4:-6]}ws", folds[3]) as four,
    ):
        feeds = (one, two, three, four)
        for feed in feeds:
            await feed.until(lambda feed=feed: bool(feed.frames))
        storms = [asyncio.create_task(storm(web)) for web in (0, 0, 0, 1, 1, 1)]
        try:
            for version in versions:
                await asyncio.sleep(0.4)
                answer = await migrate(maker, event, version)
                while answer.status_code == 503:
                    answer = await migrate(maker, event, version)
                ok(answer)
            await asyncio.sleep(0.4)
        finally:
            storming = False
            await asyncio.gather(*storms)
        last = ok(await client.get(f"/v1/events/{event.id}/seats"))
        for feed in feeds:
            await feed.until(lambda feed=feed: feed.version >= last["v"])
        shown = await state_of(client, event)
        assert [(fold.seats, fold.pools) for fold in folds] == [shown] * 4
        for fold, feed in zip(folds, feeds, strict=True):
            assert (fold.maps[0], fold.maps[-1]) == (first, versions[-1]["id"])
            assert Verdict.DIVERGED not in feed.verdicts
    assert surprises == []
    assert len(granted) > 5
    owners = {
        row["seat_idx"]: str(row["hold_id"])
        for row in await rows(
            house, "SELECT seat_idx, hold_id FROM seats WHERE event_id = $1 AND status = 1",
            event.id,
        )
    }  # fmt: skip
    assert owners == {seat: hold_id for hold_id, seats in granted for seat in seats}
    removed = ok(await client.get(f"/v1/events/{event.id}/map"))["seats"]["removed"]
    gone = {seat for start, count in removed for seat in range(start, start + count)}
    assert gone >= {*T1}
    assert all(shown[0][seat] == 3 for seat in gone)


async def test_who_was_away_during_a_move_gets_the_whole_new_house(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    maker = await adopt(house, client, event)
    await new_buyer().hold_ok(event, [8])
    state = ok(await client.get(f"/v1/events/{event.id}/seats"))
    ok(await migrate(maker, event, await published(maker, chairs("t16", 8))))
    await new_buyer().hold_ok(event, [9])
    for web in (0, 1):
        fold = MapFold()
        since = f"?since={state['e']}:{state['v']}"
        async with Feed(_stream(house, event, web, since), fold) as feed:
            await feed.until(lambda feed=feed: bool(feed.frames))
            assert feed.frames[0][1].type == "snapshot"
            assert await state_of(client, event) == (fold.seats, fold.pools)
            assert len(fold.seats) == 102


async def test_the_organizers_board_counts_the_house_that_is(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    maker = await adopt(house, client, event)
    await new_buyer().buy(event, [24, 25])
    keys = {"sections": "key", "ticket_types": "key"}
    folds = [RecordsFold(keys) for _ in range(2)]
    async with (
        Feed(_stream(house, event, 0, "?channel=sales"), folds[0], house.operator()) as one,
        Feed(_stream(house, event, 1, "?channel=sales"), folds[1], house.operator()) as two,
    ):
        for feed, fold in ((one, folds[0]), (two, folds[1])):
            await feed.until(lambda fold=fold: bool(fold.state))
            assert fold.state["totals"]["total"] == 574
        version = await published(maker, {"op": "remove", "keys": ["t1", "gallery"]})
        ok(await migrate(maker, event, version))
        for feed, fold in ((one, folds[0]), (two, folds[1])):
            await feed.until(lambda fold=fold: fold.state["totals"]["total"] == 574 - 6 - 80)
            assert (fold.state["totals"]["sold"], fold.state["totals"]["revenue_minor"]) == (
                2,
                5000,
            )
            assert "gallery" not in {section["key"] for section in fold.state["sections"]}


async def test_rules_know_the_new_house_on_every_process(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event(orphan_rule="strict", table_modes={"rear": ("whole", None)})
    maker = await adopt(house, client, event)
    path = f"/v1/events/{event.id}/holds"
    for web in (0, 1):  # both have the old house in mind
        ok(await _on(house, web, "POST", path, house.buyer(), {"best": {"quantity": 4}}), 201)
    ok(await migrate(maker, event, await published(maker, chairs("t16", 8))))
    start = 94
    for web in (0, 1):
        single = {"seats": list(range(start, 101))}  # all but the last chair
        refused = await _on(house, web, "POST", path, house.buyer(), single)
        problem(refused, 409, "single-seat-left")
        pair = {"seats": [start, start + 1]}
        ok(await _on(house, web, "POST", path, house.buyer(), pair), 201)
        start += 2
        best = {"best": {"quantity": 2}}
        ok(await _on(house, web, "POST", path, house.buyer(), best), 201)


async def test_what_a_map_no_longer_has_is_never_for_sale_in_a_new_event(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    maker = await adopt(house, client, event)
    version = await published(maker, {"op": "remove", "keys": ["t1"]})
    new = await house.event_on(version["id"])
    seats, _ = await state_of(client, new)
    assert [at for at, state in enumerate(seats) if state] == [*T1]
    assert ok(await client.get(f"/v1/events/{new.id}"))["seats_total"] == 88
    problem(await new_buyer().hold(new, [0]), 409, "seats-taken")
    problem(
        await Organizer(house, client).block(new, [0], verb="unblocks"), 422, "selection-invalid"
    )
    await new_buyer().hold_ok(new, [6])


@pytest.mark.parametrize("web", [0, 1])
async def test_a_seat_that_is_gone_is_not_put_back_on_sale_by_who_has_not_heard(
    house: Product, client: httpx.AsyncClient, web: int
) -> None:
    event = house.event()
    maker = await adopt(house, client, event)
    for process in (0, 1):
        ok(await _on(house, process, "GET", f"/v1/events/{event.id}", {}))
    ok(await migrate(maker, event, await published(maker, {"op": "remove", "keys": ["t1"]})))
    body = {"seats": [0], "pools": []}
    path = f"/v1/events/{event.id}/unblocks"
    answer = await _on(house, web, "POST", path, house.operator(), body)
    assert answer.status_code in (409, 422), answer.text
    assert (await state_of(client, event))[0][0] == 3


async def test_seats_that_come_back_have_their_old_index(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event("theatre")
    maker = await adopt(house, client, event)
    keys = event.seat_keys
    ok(await migrate(maker, event, await published(maker, {"op": "remove", "keys": keys[2:4]})))
    assert (await state_of(client, event))[0][:6] == [0, 0, 3, 3, 0, 0]
    await maker.changed("PUT", "/edits", {"edits": []})
    ok(await migrate(maker, event, await maker.publish()))
    seats = await listed(client, event)
    assert [seats[idx]["key"] for idx in range(len(keys))] == keys
    assert (await new_buyer().hold_ok(event, [2, 3]))["seats"][0]["idx"] == 2
