"""Whatever order, number and honesty webhooks come in: one charge, one order, tickets once."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.support import (
    Buyer,
    Organizer,
    account,
    end_in,
    gateway_event,
    knobs,
    ok,
    pay,
    payment_of,
    problem,
    rows,
    script,
    signed,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]
HOOK = "/v1/webhooks/sandbox"


async def tell(client: httpx.AsyncClient, body: bytes, **changes: str) -> httpx.Response:
    return await client.post(HOOK, content=body, headers=signed(body) | changes)


async def facts_of(house: Product, order_id: str) -> dict[str, int]:
    """How often each thing happened for an order."""
    found = await rows(
        house,
        """SELECT (SELECT count(*) FROM orders o WHERE o.id = $1 AND o.status = 'confirmed') orders,
                  (SELECT count(*) FROM tickets WHERE order_id = $1) tickets,
                  (SELECT count(*) FROM payments WHERE order_id = $1) payments,
                  (SELECT count(*) FROM outbox WHERE data->>'order_id' = $1::text
                   AND type = 'order.confirmed') confirmed,
                  (SELECT count(*) FROM outbox WHERE data->>'order_id' = $1::text
                   AND type = 'payment.captured') captured""",
        uuid.UUID(order_id),
    )
    return dict(found[0])


ONCE = {"orders": 1, "tickets": 2, "payments": 1, "confirmed": 1, "captured": 1}


async def test_a_webhook_that_comes_twice_counts_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    await pay(client, started["redirect_url"], "twice")
    order_id = started["order"]["id"]
    await buyer.order_when(order_id, "confirmed")
    payment = await payment_of(house, order_id)
    told = gateway_event(payment)
    answers = await asyncio.gather(*(tell(client, told) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await tell(client, gateway_event(payment))).status_code == 200
    await asyncio.sleep(0.5)
    assert await facts_of(house, order_id) == ONCE
    books = account(house, payment["id"])
    assert books is not None
    assert (books.captured_minor, books.refunded_minor, len(books.charges)) == (5_000, 0, 1)


@pytest.mark.parametrize("seed", range(3))
async def test_webhooks_in_any_order_confirm_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, seed: int
) -> None:
    """A decline, the success after it and copies of both, shuffled, at two processes at once."""
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    await pay(client, started["redirect_url"], "lost")
    payment = await payment_of(house, started["order"]["id"])
    told = [gateway_event(payment, "payment.failed"), gateway_event(payment)] * 4
    random.Random(seed).shuffle(told)
    answers = await asyncio.gather(
        *(
            client.post(f"{house.base_urls[at % 2]}{HOOK}", content=body, headers=signed(body))
            for at, body in enumerate(told)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert order["payment"]["status"] == "captured"
    assert await facts_of(house, started["order"]["id"]) == ONCE


def _forgeries(payment: Any) -> dict[str, tuple[bytes, dict[str, str]]]:
    good = gateway_event(payment)
    kinds = {"event": b"{}", "kind": b'{"id":"x","type":"payment.captured","data":{}}'}
    return {
        "unsigned": (good, {}),
        "other secret": (good, signed(good, secret="guessed")),
        "other body": (good, signed(good + b" ")),
        "old": (good, signed(good, time.time() - 400)),
        "early": (good, signed(good, time.time() + 400)),
        "time of another signature": (
            good,
            {"Fullhouse-Signature": f"t={int(time.time())},v1={'0' * 64}"},
        ),
        "no time": (good, {"Fullhouse-Signature": "v1=" + "0" * 64}),
        "text for a time": (good, signed(good) | {"Fullhouse-Signature": "t=x,v1=y"}),
        **{name: (body, signed(body)) for name, body in kinds.items()},
        "not JSON": (b"captured", signed(b"captured")),
    }


async def test_a_forged_webhook_is_refused_and_changes_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    payment = await payment_of(house, started["order"]["id"])
    for name, (body, headers) in _forgeries(payment).items():
        answer = await client.post(HOOK, content=body, headers=headers)
        assert problem(answer, 400, "webhook-rejected")["detail"], name
    seen = await rows(house, "SELECT body FROM webhook_inbox")
    assert not any(str(payment["id"]).encode() in row[0] for row in seen)
    assert (await buyer.order(started["order"]["id"]))["payment"]["status"] == "pending"
    answer = await client.post("/v1/webhooks/barter", content=b"{}")
    problem(answer, 404, "unknown-provider")


async def test_a_refused_webhook_may_come_again_corrected(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    payment = await payment_of(house, started["order"]["id"])
    told = gateway_event(payment)
    assert (await client.post(HOOK, content=told, headers=signed(told, 1))).status_code == 400
    assert (await tell(client, told)).status_code == 200
    await buyer.order_when(started["order"]["id"], "confirmed")


# ---------------------------------------------------------------- too late, or never


@pytest.mark.parametrize("ending", ["released", "expired", "unswept"])
async def test_a_late_payment_gets_the_same_places_if_they_are_free(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, ending: str
) -> None:
    event, buyer = house.event(capacities={"gallery": 2}), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 2})
    started = await buyer.checkout_ok(hold["id"])
    order_id = started["order"]["id"]
    if ending == "released":
        assert (await buyer.call("DELETE", f"/v1/holds/{hold['id']}")).status_code == 204
    else:
        await end_in(house, hold["id"], 0)
    if ending == "expired":
        await buyer.order_when(order_id, "expired")
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(order_id, "confirmed")
    assert len(order["tickets"]) == 4
    assert order["note"] is None
    seats, pools = await state_of(client, event)
    assert (seats[1:3], pools[1]) == ([2, 2], 0)


@pytest.mark.parametrize("taken", ["seat", "pool"])
async def test_a_late_payment_whose_places_are_gone_is_paid_back_in_full(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, taken: str
) -> None:
    event, buyer = house.event(capacities={"gallery": 3}), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2], {"gallery": 2})
    started = await buyer.checkout_ok(hold["id"])
    order_id = started["order"]["id"]
    await buyer.call("DELETE", f"/v1/holds/{hold['id']}")
    winner = new_buyer()
    await winner.buy(event, *(([2], None) if taken == "seat" else ([], {"gallery": 2})))
    before = await state_of(client, event)
    await pay(client, started["redirect_url"], "twice")
    order = await buyer.order_when(order_id, "refunded")
    assert (order["tickets"], order["payment"]["status"]) == ([], "refunded")
    assert "paid back" in order["note"]
    assert await state_of(client, event) == before
    payment = await payment_of(house, order_id)
    books = account(house, payment["id"])
    assert books is not None
    assert (books.captured_minor, books.refunded_minor) == (10_000, 10_000)
    assert [len(charge.refunds) for charge in books.charges] == [1]
    kinds = await rows(
        house,
        "SELECT type FROM outbox WHERE data->>'order_id' = $1 ORDER BY position",
        order_id,
    )
    ended = [row[0] for row in kinds if row[0].startswith("order.")]
    assert ended == ["order.created", "order.cancelled", "order.refunded"]
    again = ok(await buyer.checkout(hold["id"]), 201)
    assert (again["order"]["id"], again["order"]["status"]) == (order_id, "refunded")


async def test_a_lost_webhook_is_found_by_asking(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    order_id = started["order"]["id"]
    await pay(client, started["redirect_url"], "lost")
    payment = await payment_of(house, order_id)
    # The first look is 15 s after the attempt: as if they had gone by.
    await rows(house, "UPDATE payments SET next_check_at = now() WHERE id = $1", payment["id"])
    await buyer.order_when(order_id, "confirmed")
    told = gateway_event(payment)
    assert (await tell(client, told)).status_code == 200
    assert await facts_of(house, order_id) == ONCE


async def test_a_lost_webhook_of_a_lost_hold_is_paid_back(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """The buyer's process opened the page and died before it wrote down which; money came."""
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2])
    started = await buyer.checkout_ok(hold["id"])
    order_id = started["order"]["id"]
    payment = await payment_of(house, order_id)
    await buyer.call("DELETE", f"/v1/holds/{hold['id']}")
    await new_buyer().hold_ok(event, [1])
    await pay(client, started["redirect_url"], "lost")
    forget = "UPDATE payments SET next_check_at = now(), provider_ref = NULL WHERE id = $1"
    await rows(house, forget, payment["id"])
    await buyer.order_when(order_id, "refunded")
    books = account(house, payment["id"])
    assert books is not None
    assert books.refunded_minor == books.captured_minor == 5_000


async def test_a_page_that_expired_is_not_asked_about_for_ever(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1]))["id"])
    payment = await payment_of(house, started["order"]["id"])
    closed = await client.post(
        f"{house.gateway_url}/v1/sessions/{payment['provider_ref']}/cancel",
        headers={"Authorization": "Bearer sandbox-secret"},
    )
    assert ok(closed)["status"] == "expired"

    async def given_up() -> bool:
        found = await rows(
            house,
            "SELECT status = 'failed' AND next_check_at = 'infinity' FROM payments WHERE id = $1",
            payment["id"],
        )
        return found[0][0]

    assert await until(given_up)


async def test_captured_money_without_an_answer_is_told_again(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Its event was parked, as one is whose reaction never succeeds."""
    event, buyer = house.event(), new_buyer()
    started = await buyer.checkout_ok((await buyer.hold_ok(event, [1, 2]))["id"])
    order_id = started["order"]["id"]
    park = """CREATE FUNCTION park() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN NEW.parked_at := now(); RETURN NEW; END $$;
              CREATE TRIGGER park BEFORE INSERT ON outbox FOR EACH ROW
              WHEN (NEW.type = 'payment.captured') EXECUTE FUNCTION park()"""
    await script(house, park)
    try:
        await pay(client, started["redirect_url"])

        async def captured() -> bool:
            return (await payment_of(house, order_id))["status"] == "captured"

        await until(captured)
    finally:
        await script(house, "DROP FUNCTION park CASCADE")
    parked = await rows(
        house,
        """SELECT id FROM outbox
           WHERE type = 'payment.captured' AND data->>'order_id' = $1 AND parked_at IS NOT NULL""",
        order_id,
    )
    assert len(parked) == 1
    payment = await payment_of(house, order_id)
    # A minute is left to the event; as if it had gone by.
    await rows(house, "UPDATE payments SET next_check_at = now() WHERE id = $1", payment["id"])
    order = await buyer.order_when(order_id, "confirmed")
    assert len(order["tickets"]) == 2
    # Taken out of the park by hand afterwards: it changes nothing.
    again = "UPDATE outbox SET parked_at = NULL, handled_at = NULL WHERE id = $1"
    await rows(house, again, parked[0][0])
    await asyncio.sleep(0.3)
    assert await facts_of(house, order_id) == ONCE | {"captured": 2}


async def test_a_refund_that_the_provider_refuses_is_marked_and_not_tried_for_ever(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """Somebody had paid the money back in the provider's own office, and nobody had heard of it."""
    buyer = new_buyer()
    order = await buyer.buy(house.event(), [1, 2])
    payment = await payment_of(house, order["id"])
    house.stop("worker")
    try:
        await knobs(client, house, drop=1.0)
        office = {"Authorization": "Bearer sandbox-secret", "Idempotency-Key": f"o {order['id']}"}
        body = {"session_id": payment["provider_ref"], "amount_minor": 5_000, "reason": "office"}
        ok(await client.post(f"{house.gateway_url}/v1/refunds", json=body, headers=office), 201)
        refund = ok(await Organizer(house, client).refund(order["id"]), 201)
    finally:
        await knobs(client, house, drop=0.0)
        house.start("worker")

    async def marked() -> bool:
        found = await rows(
            house,
            "SELECT status, attempts FROM refunds WHERE payment_id = $1 AND reason = $2",
            payment["id"],
            f"refund:{refund['id']}",
        )
        return [tuple(row) for row in found] == [("failed", 1)]

    await until(marked)
    order = await buyer.order(order["id"])
    assert [ticket["status"] for ticket in order["tickets"]] == ["refunded"] * 2
    books = account(house, payment["id"])
    assert books is not None
    assert (books.captured_minor, books.refunded_minor) == (5_000, 5_000)
    assert "fullhouse_refunds_failed 1.0" in (await client.get("/metrics")).text
    await rows(house, "DELETE FROM refunds WHERE payment_id = $1", payment["id"])
