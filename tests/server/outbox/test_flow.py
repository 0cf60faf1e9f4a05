"""Every event of a flow reaches the log, complete, also when publishing is tried again."""

import asyncio
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
from redis.asyncio import Redis

from tests.fixtures.product import Product
from tests.server.support import Buyer, end_in, ok, problem, rows, until

NewBuyer = Callable[[], Buyer]
ENVELOPE = {
    "id", "type", "version", "occurred_at", "correlation_id", "trace_id", "actor", "source",
    "org_id", "subject", "data",
}  # fmt: skip


async def _published(house: Product, about: set[str]) -> list[dict[str, Any]]:
    """Events of the log whose data name one of these ids."""
    async with Redis.from_url(house.redis_url) as redis:
        entries: Any = await redis.xrange("fullhouse:events")
    events = [msgspec.json.decode(fields[b"event"]) for _, fields in entries]
    return [event for event in events if about & {str(v) for v in event["data"].values()}]


async def _appended(house: Product, about: set[str]) -> list[str]:
    found = await rows(
        house,
        """SELECT id FROM outbox_events o WHERE EXISTS
             (SELECT FROM jsonb_each_text(o.data) WHERE value = ANY($1)) ORDER BY position, nth""",
        list(about),
    )
    return [str(row[0]) for row in found]


async def test_the_whole_flow_is_told_with_full_envelopes(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    token = order["tickets"][0]["scan_token"]
    door = {"X-Scanner-Key": event.scanner_key}
    ok(await client.post("/v1/checkin/scans", json={"token": token}, headers=door))
    about = {str(event.id), order["id"]}

    async def scanned() -> list[dict[str, Any]] | None:
        found = await _published(house, about)
        return found if found and found[-1]["type"] == "checkin.ticket.scanned" else None

    events = await until(scanned)
    assert [told["type"] for told in events] == [
        "catalog.event.created",
        "inventory.hold.created",
        "order.created",
        "payment.captured",
        "inventory.seat.sold",
        "order.confirmed",
        "fulfillment.issued",
        "checkin.ticket.scanned",
    ]
    for told in events:
        assert set(told) == ENVELOPE
        assert (told["org_id"], told["source"], told["version"]) == ("house", "fullhouse", 1)
        assert uuid.UUID(told["id"])
        occurred = dt.datetime.fromisoformat(told["occurred_at"])
        assert abs(dt.datetime.now(dt.UTC) - occurred) < dt.timedelta(minutes=5)
        assert len(told["trace_id"]) == 32
        assert all(told[name] for name in ENVELOPE - {"data"})
    traces = {told["type"]: told["trace_id"] for told in events}
    assert traces["order.confirmed"] == traces["payment.captured"] == traces["fulfillment.issued"]
    assert [told["id"] for told in events] == await _appended(house, about)


async def test_each_event_carries_the_request_that_caused_it(
    house: Product, new_buyer: NewBuyer
) -> None:
    """Also where many requests are decided in one transaction."""
    event = house.event()
    buyers = [new_buyer() for _ in range(20)]
    answers = await asyncio.gather(
        *(
            buyer.hold(event, [seat], X_Request_ID=f"request-{seat}", traceparent=_trace(seat))
            for seat, buyer in enumerate(buyers)
        )
    )
    for seat, answer in enumerate(answers):
        hold = ok(answer, 201)
        assert answer.headers["x-request-id"] == f"request-{seat}"
        found = await rows(
            house,
            "SELECT correlation_id, trace_id, actor, data FROM outbox_events WHERE subject = $1",
            f"hold:{hold['id']}",
        )
        assert len(found) == 1
        correlation_id, trace_id, actor, data = found[0]
        assert (correlation_id, trace_id) == (f"request-{seat}", _trace(seat)[3:35])
        assert actor == f"buyer:{msgspec.json.decode(data)['buyer_id']}"


def _trace(seat: int) -> str:
    return f"00-{seat + 1:032x}-{1:016x}-01"


async def test_none_is_lost_when_publishing_is_interrupted(
    house: Product, new_buyer: NewBuyer
) -> None:
    """The relay fails after publishing and before it has noted so, half of the time."""
    event = house.event()
    house.stop("worker")
    house.start("worker", FAILPOINTS="relay.published=raise@0.5", FAILPOINT_SEED="3")
    try:
        for _ in range(12):
            buyer = new_buyer()
            hold = await buyer.hold_ok(event, [1])
            await buyer.call("DELETE", f"/v1/holds/{hold['id']}")
            await asyncio.sleep(0.05)
        about = {str(event.id)}
        wanted = await _appended(house, about)
        assert len(wanted) == 25, "the event's own, and two for each hold"

        async def complete() -> bool:
            return set(wanted) <= {told["id"] for told in await _published(house, about)}

        await until(complete)
    finally:
        house.stop("worker")
        house.start("worker")
    published = [told["id"] for told in await _published(house, about)]
    first_seen = list(dict.fromkeys(published))
    assert first_seen == wanted, "a log that drops known ids has them in order"


async def test_a_poison_event_is_parked_and_the_rest_flows(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    poison = str(uuid.uuid4())
    await rows(
        house,
        """INSERT INTO outbox (id, type, version, correlation_id, trace_id, actor, source, org_id,
                               subject, data, attempts)
           VALUES ($1::uuid, 'order.confirmed', 1, 'c', 't', 'system', 'test', 'house', $2,
                   '{"order_id": "no order", "event_id": "no event"}', 11)""",
        uuid.UUID(poison),
        f"order:{poison}",
    )
    order = await new_buyer().buy(house.event(), [1])
    assert order["tickets"]

    async def parked() -> Any:
        found = await rows(
            house, "SELECT last_error FROM outbox WHERE id::text = $1 AND parked_at > now() - "
            "interval '1 min'", poison,
        )  # fmt: skip
        return found and found[0][0]

    assert "ValueError" in await until(parked)
    staff = house.credential("staff")
    listed = ok(await client.get("/v1/staff/parked-events", headers=staff))["items"]
    found = next(one for one in listed if one["subject"] == f"order:{poison}")
    assert (found["type"], found["attempts"]) == ("order.confirmed", 12)
    # What was wrong with it is put right, and it is tried again.
    data = msgspec.json.encode({"order_id": order["id"], "event_id": order["event_id"]}).decode()
    await rows(house, "UPDATE outbox SET data = $2::jsonb WHERE id = $1", uuid.UUID(poison), data)
    path = f"/v1/staff/parked-events/{found['position']}/replay"
    keyed = staff | {"Idempotency-Key": uuid.uuid4().hex}
    first = ok(await client.post(path, headers=keyed))
    assert ok(await client.post(path, headers=keyed)) == first
    problem(await client.post(path, headers=staff), 404, "not-found")

    async def handled() -> bool:
        done = await rows(
            house, "SELECT handled_at IS NOT NULL FROM outbox WHERE id::text = $1", poison
        )
        return done[0][0]

    await until(handled)


async def test_an_expired_hold_is_told_once(house: Product, new_buyer: NewBuyer) -> None:
    event = house.event()
    hold = await new_buyer().hold_ok(event, [1])
    await end_in(house, hold["id"], 0)

    async def told() -> bool:
        found = await _published(house, {hold["id"]})
        return found[-1]["type"] == "inventory.hold.expired" if found else False

    await until(told)
    await asyncio.sleep(0.3)
    kinds = Counter(told["type"] for told in await _published(house, {hold["id"]}))
    assert kinds == {"inventory.hold.created": 1, "inventory.hold.expired": 1}
