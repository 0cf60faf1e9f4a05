"""The waiting room as buyers and organizers meet it: over HTTP, and on the channel `queue`."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from realtime.client import Verdict
from server.admission import service as admission
from server.kernel.db import Database
from server.kernel.tenancy import Across
from tests.fixtures.feed import Feed, RecordsFold
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, ok, problem, rows, until

NewBuyer = Callable[[], Buyer]
TOLD = ("is_on", "served_up_to", "per_minute", "at_once_max", "pass_ttl_s")
WRONG = {Verdict.GAP, Verdict.DIVERGED}


async def _set(
    house: Product, client: httpx.AsyncClient, event: Event, key: str | None = None, **wish: Any
) -> Any:
    path = f"/v1/events/{event.id}/waiting-room"
    return ok(await Organizer(house, client).call("PUT", path, {"is_on": True} | wish, key=key))


async def _turn(buyer: Buyer, event: Event, method: str = "PUT") -> Any:
    return ok(await buyer.call(method, f"/v1/events/{event.id}/turn"))


async def _admitted(buyer: Buyer, event: Event) -> Any:
    async def has_come() -> Any:
        turn = await _turn(buyer, event, "GET")
        return turn if turn["status"] == "admitted" else None

    return await until(has_come)


async def test_holds_take_a_pass_of_the_buyers_own_while_the_room_is_on(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    early, first, second = new_buyer(), new_buyer(), new_buyer()
    hold = await early.hold_ok(event, [0])
    problem(await early.call("PUT", f"/v1/events/{event.id}/turn"), 409, "waiting-room-off")
    room = await _set(house, client, event, at_once_max=1)
    assert (room["is_on"], room["at_once_max"], room["inside"]) == (True, 1, 0)
    assert ok(await client.get(f"/v1/events/{event.id}"))["has_waiting_room"] is True
    problem(await first.hold(event, [1]), 403, "not-admitted")
    problem(await first.call("GET", f"/v1/events/{event.id}/turn"), 404, "not-found")
    ok(await early.change(hold["id"], {"add": {"seats": [2]}}))  # who has a hold is inside

    turn = await _turn(first, event)
    assert (turn["number"], turn["status"]) == (1, "admitted")
    await first.hold_ok(event, [3])
    turn = await _turn(second, event)
    assert (turn["number"], turn["status"], turn["served_up_to"]) == (2, "waiting", 1)
    assert turn["wait_max_s"] == 600
    problem(await second.hold(event, [4]), 403, "not-admitted")

    left = await first.call("DELETE", f"/v1/events/{event.id}/turn")
    assert left.status_code == 204
    problem(await first.hold(event, [5]), 403, "not-admitted")
    await _admitted(second, event)
    await second.hold_ok(event, [4])
    await _set(house, client, event, is_on=False)
    await new_buyer().hold_ok(event, [6])


async def test_a_pass_ends_and_who_comes_again_stands_at_the_end(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, late, next_one = house.event(), new_buyer(), new_buyer()
    await _set(house, client, event, at_once_max=1)
    await _turn(late, event)
    await _turn(next_one, event)
    await rows(
        house,
        "UPDATE turns SET pass_ends_at = now() WHERE event_id = $1 AND number = 1",
        event.id,
    )
    problem(await late.hold(event, [1]), 403, "not-admitted")
    assert (await _turn(late, event, "GET"))["status"] == "over"
    again = await _turn(late, event)
    assert (again["number"], again["status"]) == (3, "waiting")
    await _admitted(next_one, event)


async def test_a_paid_order_ends_the_pass_and_lets_the_next_in(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    for price_minor in (2_500, 0):
        event, first, second = house.event(price_minor=price_minor), new_buyer(), new_buyer()
        await _set(house, client, event, at_once_max=1)
        await _turn(first, event)
        await _turn(second, event)
        if price_minor:
            await first.buy(event, [1])
        else:
            await first.checkout_ok((await first.hold_ok(event, [1]))["id"])
        await _admitted(second, event)
        assert (await _turn(first, event, "GET"))["status"] == "over"


async def test_who_opens_a_waiting_room_is_its_organizer_and_is_remembered(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, organizer = house.event(), Organizer(house, client)
    path = f"/v1/events/{event.id}/waiting-room"
    problem(await new_buyer().call("PUT", path, {"is_on": True}), 401, "unauthenticated")
    refused = problem(await organizer.call("PUT", path, {"is_on": True}), 400, "bad-request")
    assert "per_minute" in refused["detail"]
    unknown = f"/v1/events/{uuid.uuid4()}/waiting-room"
    for method, body in (("PUT", {"is_on": True, "per_minute": 5}), ("GET", None)):
        problem(await organizer.call(method, unknown, body), 404, "not-found")
    once = await _set(house, client, event, "k", per_minute=30)
    assert await _set(house, client, event, "k", per_minute=30) == once
    assert ok(await organizer.call("GET", path)) == once
    other = await organizer.call("PUT", path, {"is_on": True, "per_minute": 31}, key="k")
    problem(other, 422, "idempotency-key-reused")
    log = ok(await organizer.call("GET", f"/v1/audit?subject=event:{event.id}"))["items"]
    assert [(one["action"], one["data"]["per_minute"]) for one in log] == [
        ("waiting_room.updated", 30)
    ]


async def test_who_follows_the_queue_knows_what_a_reload_says_after_every_move(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """SSE and WebSocket, of both processes, from before the room was there until it is off."""
    event = house.event()
    path = f"/v1/events/{event.id}"
    urls = [
        f"{base}{path}/stream?channel=queue" if at % 2 else f"ws{base[4:]}{path}/ws?channel=queue"
        for base in house.base_urls
        for at in range(2)
    ]
    folds = [RecordsFold({}) for _ in urls]
    feeds = [Feed(url, fold) for url, fold in zip(urls, folds, strict=True)]
    for feed in feeds:
        await feed.__aenter__()
    try:

        async def agree() -> dict[str, Any]:
            room = ok(await Organizer(house, client).call("GET", f"{path}/waiting-room"))
            told = {name: room[name] for name in TOLD}
            for feed in feeds:
                await feed.until(lambda feed=feed: feed.version >= room["version"], 3)
            reloaded = RecordsFold({})
            async with Feed(urls[1], reloaded) as fresh:
                await fresh.until(lambda: fresh.version >= room["version"], 3)
                assert fresh.version == feeds[0].version
            if fresh.version == room["version"]:
                assert reloaded.state == told
            assert [fold.state for fold in folds] == [reloaded.state] * len(folds)
            return folds[0].state

        assert list((await agree()).values()) == [False, 0, None, None, 600]
        await _set(house, client, event, at_once_max=2)
        assert (await agree())["at_once_max"] == 2
        buyers = [new_buyer() for _ in range(6)]
        for buyer in buyers:
            await _turn(buyer, event)
        assert (await agree())["served_up_to"] == 2
        for number, buyer in enumerate(buyers[:4], 3):
            await buyer.call("DELETE", f"{path}/turn")
            await feeds[2].until(lambda number=number: folds[2].state["served_up_to"] >= number)
            await agree()
        await _set(house, client, event, is_on=False)
        assert list((await agree()).values()) == [False, 6, None, None, 600]
        for feed in feeds:
            assert not WRONG & set(feed.verdicts)
    finally:
        await asyncio.gather(*(feed.__aexit__(None, None, None) for feed in feeds))


async def test_processes_that_die_take_nobodys_place_with_them(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """A web process right after it gave a number, the worker right after it let somebody in."""
    event, first, second = house.event(), new_buyer(), new_buyer()
    path = f"/v1/events/{event.id}/turn"
    # Elsewhere nobody waits: the worker is to die here.
    await rows(house, "UPDATE waiting_rooms SET is_on = false")
    house.kill("worker")
    house.kill("web1")
    house.start("web1", FAILPOINTS="admission.joined=kill")
    house.start("worker", FAILPOINTS="admission.moved=kill")
    try:
        await _set(house, client, event, at_once_max=1)
        await _turn(first, event)
        house.wait_ready("web1")
        async with httpx.AsyncClient(base_url=house.base_urls[1], timeout=30) as dying:
            with pytest.raises(httpx.TransportError):
                await dying.put(path, headers=second.headers)
        assert (await client.delete(path, headers=first.headers)).status_code == 204
        await until(lambda: asyncio.sleep(0, not house.is_running("worker")))
    finally:
        house.revive()
    turn = await _turn(second, event)
    assert (turn["number"], turn["status"]) == (2, "admitted")
    third = await _turn(new_buyer(), event)
    assert (third["number"], third["status"], third["served_up_to"]) == (3, "waiting", 2)
    house.wait_ready("web1")


async def test_turns_are_forgotten_once_their_event_is_long_over(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    past, coming = house.event(), house.event()
    for event in (past, coming):
        await _set(house, client, event, at_once_max=1)
        await _turn(new_buyer(), event)
    await rows(
        house, "UPDATE events SET starts_at = now() - interval '8 days' WHERE id = $1", past.id
    )
    db = await Database.open(house.database_url, connections_max=1)
    async with db.tx(across=Across.PLATFORM) as tx:
        assert await admission.forget(tx) == 1
    await db.close()
    left = await rows(
        house, "SELECT event_id FROM turns WHERE event_id = ANY($1)", [past.id, coming.id]
    )
    assert [row["event_id"] for row in left] == [coming.id]
