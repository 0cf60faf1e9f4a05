"""What a provider told us is kept before it is understood, and seen where it cannot be."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from tests.fixtures.product import Product
from tests.server.payments.test_webhooks import ONCE, facts_of, tell
from tests.server.support import (
    Buyer,
    gateway_event,
    ok,
    pay,
    payment_of,
    problem,
    rows,
    until,
)

NewBuyer = Callable[[], Buyer]
_OF_PAYMENT = """SELECT id, status, last_error FROM webhook_inbox
                 WHERE position($1 IN convert_from(body, 'UTF8')) > 0"""
_NEXT_IN = """UPDATE webhook_inbox SET next_attempt_at = now() + $2 * interval '1 s'
              WHERE id = $1"""


def _impossible(payment: Any) -> dict[str, bytes]:
    """What the provider did sign, and cannot be."""
    return {
        "more money": gateway_event(payment, amount_minor=5_001),
        "less money": gateway_event(payment, amount_minor=1),
        "unknown payment": gateway_event(payment, reference=str(uuid.uuid4())),
        "not a payment's name": gateway_event(payment, reference="x\0"),
    }


async def _webhook(house: Product, client: httpx.AsyncClient, body: bytes, status: str) -> Any:
    """As staff see it, once it has that status."""
    event_id = msgspec.json.decode(body)["id"]

    async def found() -> Any:
        listed = await client.get(
            "/v1/staff/webhooks",
            params={"status": status, "page_size": "100"},
            headers=house.credential("staff"),
        )
        return next((one for one in ok(listed)["items"] if one["event_id"] == event_id), None)

    return await until(found)


async def test_what_cannot_be_is_kept_given_up_and_seen_by_staff(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    payment = await payment_of(house, started["order"]["id"])
    for name, body in _impossible(payment).items():
        assert (await tell(client, body)).status_code == 200, name
        dead = await _webhook(house, client, body, "dead")
        assert (dead["type"], dead["attempts"]) == ("payment.captured", 1), name
        assert len(dead["last_error"]) > 15, name
        path = f"/v1/staff/webhooks/{dead['id']}"
        shown = ok(await client.get(path, headers=house.credential("staff")))
        assert shown["body"].encode() == body, name
    assert (await buyer.order(started["order"]["id"]))["payment"]["status"] == "pending"
    assert "fullhouse_webhooks_dead 0.0" not in (await client.get("/metrics")).text


async def test_a_webhook_that_was_given_up_is_applied_when_it_is_replayed(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """An amount in our books was wrong; somebody has mended it."""
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    order_id = started["order"]["id"]
    payment = await payment_of(house, order_id)
    told = gateway_event(payment)
    amount = "UPDATE payments SET amount_minor = $2 WHERE id = $1"
    await rows(house, amount, payment["id"], 4_999)
    assert (await tell(client, told)).status_code == 200
    dead = await _webhook(house, client, told, "dead")
    path = f"/v1/staff/webhooks/{dead['id']}/replays"
    headers = house.credential("staff") | {"Idempotency-Key": f"replay {order_id}"}
    await rows(house, amount, payment["id"], 5_000)
    first = ok(await client.post(path, headers=headers))
    assert (first["status"], first["attempts"]) == ("waiting", 0)
    await buyer.order_when(order_id, "confirmed")
    assert ok(await client.post(path, headers=headers)) == first
    assert (await _webhook(house, client, told, "done"))["last_error"] is None
    again = await client.post(path, headers=house.credential("staff"))
    problem(again, 409, "replay-refused")
    assert await facts_of(house, order_id) == ONCE
    for realm in ("operator", "partner"):
        refused = await client.post(path, headers=house.credential(realm))
        assert refused.status_code in (401, 403), realm


async def test_what_was_stored_is_applied_though_nobody_was_there(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Acknowledged while no worker ran."""
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    order_id = started["order"]["id"]
    house.stop("worker")
    try:
        await pay(client, started["redirect_url"], webhook_order="before")
        payment = await payment_of(house, order_id)
        assert payment["status"] == "pending"
        told = "SELECT status, attempts FROM webhook_inbox WHERE convert_from(body, 'UTF8') LIKE $1"
        stored = await rows(house, told, f"%{payment['id']}%")
        assert [tuple(row) for row in stored] == [("waiting", 0)]
    finally:
        house.start("worker")
    await buyer.order_when(order_id, "confirmed")
    assert await facts_of(house, order_id) == ONCE


async def test_what_comes_before_its_time_waits_for_what_it_follows(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Money that was paid back in the provider's own office: told before that it was taken."""
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    order_id = started["order"]["id"]
    payment = await payment_of(house, order_id)
    back = gateway_event(payment, "payment.refunded", refunded_minor=5_000)
    assert (await tell(client, back)).status_code == 200
    await _webhook(house, client, back, "waiting")

    async def tried() -> Any:
        found = await rows(house, _OF_PAYMENT, str(payment["id"]))
        return found if found[0]["last_error"] else None

    ((webhook_id, status, _),) = await until(tried)
    assert status == "waiting"
    # Until then it is tried again and again; here, once what it follows has been followed.
    await rows(house, _NEXT_IN, webhook_id, 3_600)
    assert (await tell(client, gateway_event(payment))).status_code == 200
    await buyer.order_when(order_id, "confirmed")
    await rows(house, _NEXT_IN, webhook_id, 0)
    order = await buyer.order_when(order_id, "refunded")
    assert {ticket["status"] for ticket in order["tickets"]} <= {"refunded"}
    assert (await payment_of(house, order_id))["refunded_minor"] == 5_000
