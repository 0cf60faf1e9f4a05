"""What a follower has is what a reload shows, over every path and after every fault."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import redis.asyncio

from realtime.client import Message, Verdict
from realtime.metrics import LAG_BOUNDS_MS
from server.live import health
from server.parts import REDIS_TIMEOUT_S
from tests.fixtures.feed import Feed, RecordsFold, SeatsFold
from tests.fixtures.product import Event, Product
from tests.fixtures.proxy import Proxy
from tests.fixtures.services import Services
from tests.server.support import Buyer, end_in, ok, pay, state_of, until

NewBuyer = Callable[[], Buyer]
WRONG = {Verdict.GAP, Verdict.DIVERGED}


def _stream(house: Product, event: Event, web: int = 0, query: str = "") -> str:
    return f"{house.base_urls[web]}/v1/events/{event.id}/stream{query}"


def _ws(house: Product, event: Event, web: int = 0, query: str = "") -> str:
    return f"ws{house.base_urls[web][4:]}/v1/events/{event.id}/ws{query}"


async def _version(client: httpx.AsyncClient, event: Event) -> int:
    return ok(await client.get(f"/v1/events/{event.id}/seats"))["v"]


async def test_every_follower_equals_a_reload_after_every_change(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """SSE and WebSocket, of both processes, through holds, changes, releases, expiry and sale."""
    event = house.event(capacities={"gallery": 9})
    folds = [SeatsFold() for _ in range(4)]
    dice = random.Random(7)
    async with (
        Feed(_stream(house, event, 0), folds[0]) as first,
        Feed(_stream(house, event, 1), folds[1]) as second,
        Feed(_ws(house, event, 0), folds[2]) as third,
        Feed(_ws(house, event, 1), folds[3]) as fourth,
    ):
        feeds = (first, second, third, fourth)

        async def agree() -> None:
            version = await _version(client, event)
            for feed in feeds:
                await feed.until(lambda feed=feed: feed.version >= version)
            shown = await state_of(client, event)
            assert [(fold.seats, fold.pools) for fold in folds] == [shown] * 4

        await agree()
        buyers = [new_buyer() for _ in range(3)]
        held: list[tuple[Buyer, dict[str, Any]]] = []
        for _ in range(15):
            buyer = dice.choice(buyers)
            if held and dice.random() < 0.4:
                owner, hold = held.pop()
                await owner.call("DELETE", f"/v1/holds/{hold['id']}")
            elif held and dice.random() < 0.4:
                owner, hold = held[-1]
                await owner.change(hold["id"], {"add": {"seats": [dice.randrange(94)]}})
            else:
                wanted = dice.sample(range(94), 3)
                answer = await buyer.hold(event, wanted, {"gallery": dice.randrange(1, 3)})
                if answer.status_code == 201:
                    held.append((buyer, answer.json()))
            await agree()
        await new_buyer().buy(event, [_free(folds[0])])
        await agree()
        for _, hold in held:
            await end_in(house, hold["id"], 0)
        await first.until(lambda: 1 not in folds[0].seats)
        await agree()
        for feed in feeds:
            assert not WRONG & set(feed.verdicts)


def _free(fold: SeatsFold) -> int:
    return fold.seats.index(0)


async def test_a_hold_on_one_process_reaches_followers_of_the_other_within_a_second(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, fold = house.event(), SeatsFold()
    async with Feed(_stream(house, event, 1), fold) as feed:
        await feed.until(lambda: feed.version == 0)
        for seat in range(5):
            await new_buyer().hold_ok(event, [seat])
            assert await feed.until(lambda seat=seat: fold.seats[seat] == 1) < 1


async def test_without_redis_holds_go_on_and_are_seen_within_two_seconds(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: NewBuyer,
    services: Services,
) -> None:
    event, fold = house.event(), SeatsFold()
    async with Feed(_stream(house, event, 1), fold) as feed:
        await feed.until(lambda: feed.version == 0)
        services.valkey.kill()
        try:
            for seat in range(3):
                began = time.monotonic()
                await new_buyer().hold_ok(event, [seat])
                assert time.monotonic() - began < REDIS_TIMEOUT_S
                # Two seconds are promised; one more is this machine's.
                await feed.until(lambda seat=seat: fold.seats[seat] == 1, 3)
            assert ok(await client.get("/readyz"))["redis"] == "unreachable"
            alone = await _health(client, house, event)
            assert (alone["complete"], alone["degraded"], alone["processes"]) == (False, True, 1)
            order = await new_buyer().buy(event, [5])
            assert len(order["tickets"]) == 1
        finally:
            services.valkey.start()

        async def back() -> bool:
            return ok(await client.get("/readyz"))["redis"] == "ok"

        await until(back)
        await feed.until(lambda: fold.seats[5] == 2, 3)
        assert await state_of(client, event) == (fold.seats, fold.pools)
        assert not WRONG & set(feed.verdicts)


async def test_a_process_cut_off_from_redis_shows_what_another_sells_within_two_seconds(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, fold = house.event(), SeatsFold()
    port = urlsplit(house.redis_url).port
    assert port is not None
    with Proxy(port) as link:
        url = house.redis_url.replace(f":{port}", f":{link.port}")
        await asyncio.to_thread(house.stop, "web1")
        house.start("web1", REDIS_URL=url)
        await asyncio.to_thread(house.wait_ready, "web1")
        try:
            async with Feed(_stream(house, event, 1), fold) as feed:
                await feed.until(lambda: feed.version == 0)
                await new_buyer().hold_ok(event, [0])
                await feed.until(lambda: fold.seats[0] == 1, 3)
                link.silence()
                for seat in (1, 2):
                    await new_buyer().hold_ok(event, [seat])
                    await feed.until(lambda seat=seat: fold.seats[seat] == 1, 3)
                # Its own holds do not wait for Redis either.
                began = time.monotonic()
                path = f"{house.base_urls[1]}/v1/events/{event.id}/holds"
                mine = await client.post(path, json={"seats": [3]}, headers=house.buyer())
                took_s = time.monotonic() - began
                assert (mine.status_code, took_s < REDIS_TIMEOUT_S) == (201, True)
                await feed.until(lambda: fold.seats[3] == 1, 3)
                link.heal()
                assert await state_of(client, event) == (fold.seats, fold.pools)
                assert not WRONG & set(feed.verdicts)
        finally:
            await asyncio.to_thread(house.stop, "web1")
            house.start("web1")
            await asyncio.to_thread(house.wait_ready, "web1")


async def _health(client: httpx.AsyncClient, house: Product, event: Event) -> dict[str, Any]:
    return ok(await client.get(f"/v1/events/{event.id}/live", headers=house.operator()))


async def test_the_health_of_an_events_screens_adds_up_all_processes(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, other = house.event(), house.event()
    async with redis.asyncio.Redis.from_url(house.redis_url) as link:
        many, lags = [10**6] * 5, [0] * (len(LAG_BOUNDS_MS) + 1)
        told_before = {
            "gone:1": msgspec.msgpack.encode([1, True, many, lags, {str(event.id): 10**6}]),
            "other-version:1": msgspec.msgpack.encode([2**40, True, many, [1], {}]),
            "other-version:2": b"\xc0",
        }
        for name, row in told_before.items():
            await link.hset(health.KEY, name, row)
        async with (
            Feed(_stream(house, event, 0), SeatsFold()) as first,
            Feed(_ws(house, event, 1), SeatsFold()) as second,
            Feed(_stream(house, other, 1), SeatsFold()),
        ):
            await new_buyer().hold_ok(event, [1])
            for feed in (first, second):
                await feed.until(lambda feed=feed: feed.version == 1)

            async def told() -> dict[str, Any] | None:
                now = await _health(client, house, event)
                known = (now["screens"], now["processes"]) == (2, 2)
                return now if known and now["deliveries"] >= 4 else None

            # Longer than a process that was killed before is remembered.
            now = await until(told, health.FORGET_AFTER_S + 5)
            assert (now["complete"], now["degraded"]) == (True, False)
            assert 3 <= now["connections"] < 100
            assert 0 < now["lag_p50_ms"] <= now["lag_p99_ms"] <= 10_000
            assert not await link.hexists(health.KEY, "gone:1")
        await link.hdel(health.KEY, *told_before)


async def test_resuming_gives_one_merged_delta(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, fold, buyer = house.event(), SeatsFold(), new_buyer()
    await buyer.hold_ok(event, [1])
    async with Feed(_stream(house, event), fold) as feed:
        await feed.until(lambda: feed.version == 1)
        position = str(feed.follower.position)
    for seat in (2, 3, 4):
        await buyer.hold_ok(event, [seat])
    released = await buyer.hold_ok(event, [5])
    await buyer.call("DELETE", f"/v1/holds/{released['id']}")
    version = await _version(client, event)
    for url, headers in (
        (_stream(house, event), {"Last-Event-ID": position}),
        (_stream(house, event, 1, f"?since={position}"), {}),
        (_ws(house, event, 1, f"?since={position}"), {}),
    ):
        async with Feed(url.partition("?")[0], SeatsFold()) as current:
            await current.until(lambda current=current: current.version == version)
        later = Feed(url, fold, headers)
        async with later:

            def deltas(later: Feed = later) -> list[Message]:
                return [message for _, message in later.frames if message.type != "heartbeat"]

            await later.until(lambda deltas=deltas: bool(deltas()))
            [told] = deltas()
            assert told.type == "delta"
            assert (told.data["p"], told.data["v"]) == (1, version)
            assert dict(told.data["s"]) == {2: 1, 3: 1, 4: 1, 5: 0}


@pytest.mark.parametrize("position", ["0:0", "1:999999", "x", "9007199254740993:1", "-1:2"])
async def test_a_position_of_another_history_gets_a_snapshot(house: Product, position: str) -> None:
    event, fold = house.event(), SeatsFold()
    async with Feed(_stream(house, event), fold, {"Last-Event-ID": position}) as feed:
        await feed.until(lambda: feed.version == 0)
        kinds = [message.type for _, message in feed.frames if message.type != "resync"]
        assert kinds[0] == "snapshot"


async def test_a_heartbeat_carries_the_checksum_of_what_a_follower_has(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, fold = house.event(), SeatsFold()
    await new_buyer().hold_ok(event, [1, 2], {"gallery": 3})
    async with Feed(_stream(house, event), fold) as feed:

        def beaten() -> bool:
            return any(m.type == "heartbeat" and "c" in m.data for _, m in feed.frames)

        await feed.until(beaten)
        beat = next(m for _, m in feed.frames if m.type == "heartbeat" and "c" in m.data)
        assert (beat.data["v"], beat.data["c"]) == (1, fold.checksum())


async def test_the_sales_of_a_follower_equal_a_reload(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(price_minor=1_000)
    url = _stream(house, event, 1, "?channel=sales")
    followed = RecordsFold({"sections": "key", "ticket_types": "key"})
    async with Feed(url, followed, house.operator()) as feed:
        await feed.until(lambda: feed.version == 0)
        assert followed.state["totals"]["total"] == 94 + 480
        buyer = new_buyer()
        given_back = await buyer.hold_ok(event, [5, 6, 31], {"gallery": 2})
        hold = await buyer.hold_ok(event, [0, 1, 30], {"gallery": 4})
        await feed.until(lambda: followed.state["totals"]["held"] == 12)
        await buyer.call("DELETE", f"/v1/holds/{given_back['id']}")
        await feed.until(lambda: followed.state["totals"]["held"] == 7)
        started = await buyer.checkout_ok(hold["id"])
        await pay(client, started["redirect_url"])
        await feed.until(lambda: followed.state["totals"]["sold"] == 7)
        totals = followed.state["totals"]
        assert (totals["held"], totals["revenue_minor"]) == (0, 7_000)
        assert (totals["checkouts"], totals["orders"]) == (1, 1)
        rows = {row["key"]: row for row in followed.state["sections"]}
        assert [rows[key]["sold"] for key in ("parterre", "lounge", "gallery")] == [2, 1, 4]
        assert rows["gallery"]["revenue_minor"] == 4_000
        types = followed.state["ticket_types"]
        for name in ("total", "held", "sold", "revenue_minor"):
            assert sum(row[name] for row in types) == totals[name]
        assert {row["price_minor"] for row in types} == {1_000}
        [minute] = followed.state["pace"]
        assert (minute["sold"], minute["revenue_minor"]) == (7, 7_000)
        assert abs(minute["minute_s"] - time.time()) < 130
        await _equals_a_reload(house, event, feed, followed)
        assert not WRONG & set(feed.verdicts)


async def _equals_a_reload(house: Product, event: Event, feed: Feed, fold: RecordsFold) -> None:
    reloaded = RecordsFold({})
    url = _stream(house, event, 0, "?channel=sales")
    async with Feed(url, reloaded, house.operator()) as again:
        await again.until(lambda: again.version >= feed.version)
        await feed.until(lambda: feed.version >= again.version)
    for name in ("sections", "ticket_types"):
        assert _by_key(reloaded.state, name) == _by_key(fold.state, name)
    for name in ("pace", "totals", "currency"):
        assert reloaded.state[name] == fold.state[name]


async def test_sales_under_a_rush_equal_a_reload_and_are_read_once_a_second(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, dice = house.event(), random.Random(3)
    fold = RecordsFold({"sections": "key", "ticket_types": "key"})
    url = _stream(house, event, 1, "?channel=sales")
    async with Feed(url, fold, house.operator()) as feed:
        await feed.until(lambda: feed.version == 0)
        buyers, began = [new_buyer() for _ in range(4)], time.monotonic()
        holds: list[tuple[Buyer, str]] = []
        for _ in range(40):
            buyer = dice.choice(buyers)
            answer = await buyer.hold(event, dice.sample(range(94), 2))
            if answer.status_code == 201:
                holds.append((buyer, answer.json()["id"]))
            if holds and dice.random() < 0.4:
                owner, hold_id = holds.pop(dice.randrange(len(holds)))
                await owner.call("DELETE", f"/v1/holds/{hold_id}")
        took_s = time.monotonic() - began
        held = 2 * len(holds)
        await feed.until(lambda: fold.state["totals"]["held"] == held)
        await _equals_a_reload(house, event, feed, fold)
        deltas = [message for _, message in feed.frames if message.type == "delta"]
        assert len(deltas) <= took_s + 3
        assert not WRONG & set(feed.verdicts)


async def test_the_scans_of_a_follower_equal_a_reload(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    order = await new_buyer().buy(event, [1, 2, 3])
    tokens = [ticket["scan_token"] for ticket in order["tickets"]]
    door = {"X-Scanner-Key": event.scanner_key}
    followed = RecordsFold({"scans": "id", "gates": "gate"})
    async with Feed(_stream(house, event, 1, "?channel=scans"), followed, door) as feed:
        # Tickets are news for doors too: they show how many are expected.
        await feed.until(lambda: feed.version == 1)
        assert followed.state["counts"]["tickets"] == 3
        answers: list[httpx.Response] = []
        for token, gate in ((tokens[0], "A"), (tokens[1], "B"), (tokens[0], "B"), ("x", "B")):
            body = {"token": token, "gate": gate}
            answers.append(await client.post("/v1/checkin/scans", json=body, headers=door))
        # The only one of gate A, which stays on the list with nobody.
        slip = {"scan_ids": [answers[0].json()["scan_id"]]}
        ok(await client.post("/v1/checkin/undo", json=slip, headers=door))
        await feed.until(lambda: len(followed.state["scans"]) == 5)
        results = [scan["result"] for scan in followed.state["scans"]]
        assert results == ["undone", "refused", "duplicate", "admitted", "admitted"]
        counts = {"admitted": 1, "duplicate": 1, "refused": 1, "tickets": 3}
        assert followed.state["counts"] == counts
        reloaded = RecordsFold({})
        async with Feed(
            _stream(house, event, 0, "?channel=scans"), reloaded, house.operator()
        ) as f:
            await f.until(lambda: f.version == feed.version)
        assert reloaded.state["scans"] == followed.state["scans"]
        assert _by_key(reloaded.state, "gates") == _by_key(followed.state, "gates")
        assert not WRONG & set(feed.verdicts)


def _by_key(state: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return sorted(state[name], key=lambda record: record.get("key") or record.get("gate"))


async def test_a_process_that_stops_sends_its_followers_elsewhere(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, fold = house.event(), SeatsFold()
    async with Feed(_stream(house, event, 1), fold) as feed:
        await feed.until(lambda: feed.version == 0)
        position = str(feed.follower.position)
        await asyncio.to_thread(house.stop, "web1")
        try:
            await feed.until(feed.ended.is_set)
            assert feed.verdicts[-1] is Verdict.BYE
            await new_buyer().hold_ok(event, [3])
            async with Feed(_stream(house, event, 0, f"?since={position}"), fold) as next_feed:

                def told() -> list[Message]:
                    return [m for _, m in next_feed.frames if m.type != "heartbeat"]

                await next_feed.until(lambda: bool(told()))
                assert (told()[0].type, told()[0].data["s"]) == ("delta", [[3, 1]])
        finally:
            house.start("web1")
            await asyncio.to_thread(house.wait_ready, "web1")
