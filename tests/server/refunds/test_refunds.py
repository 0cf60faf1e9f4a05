"""What is paid back: to whom, how much, by which rules; whole orders, lines and parts of lines."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import ORG_ID, Event, Product
from tests.server.support import (
    Buyer,
    Organizer,
    account,
    ok,
    payment_of,
    problem,
    rows,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]


@pytest.fixture
def organizer(house: Product, client: httpx.AsyncClient) -> Organizer:
    return Organizer(house, client)


async def _done(organizer: Organizer, order_id: str, count: int = 1) -> list[Any]:
    """An order's refunds, once all of so many have gone back."""

    async def reached() -> list[Any] | None:
        found = ok(await organizer.call("GET", f"/v1/orders/{order_id}/refunds"))["items"]
        assert len(found) == count
        return found if {refund["status"] for refund in found} == {"succeeded"} else None

    return await until(reached)


async def _set_policy(organizer: Organizer, event: Event, **policy: Any) -> None:
    ok(await organizer.call("PUT", f"/v1/events/{event.id}/refund-policy", policy))


async def _price(house: Product, order: Any, fee_minor: int, tax_minor: int) -> None:
    """As if the order had been priced with so much fee and tax in each line."""
    await rows(
        house,
        """WITH lines AS (UPDATE order_lines SET fee_minor = $2, tax_minor = $3
                          WHERE order_id = $1 RETURNING tax_minor),
                tax AS (INSERT INTO order_taxes (order_id, position, org_id, name, rate_ppm,
                                                 is_inclusive, amount_minor)
                        SELECT $1, 0, $4, 'VAT', 200000, true, sum(tax_minor) FROM lines)
           UPDATE orders SET fee_minor = $2 * (SELECT count(*) FROM lines),
                             tax_minor = $3 * (SELECT count(*) FROM lines) WHERE id = $1""",
        uuid.UUID(order["id"]), fee_minor, tax_minor, ORG_ID,
    )  # fmt: skip


async def test_an_order_is_paid_back_once_with_its_places_and_tickets(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(capacities={"gallery": 4}), new_buyer()
    order = await buyer.buy(event, [1, 2], {"gallery": 2})
    key = uuid.uuid4().hex
    answers = await asyncio.gather(
        *(organizer.refund(order["id"], key=key, note="Sorry") for _ in range(5))
    )
    first, *others = (ok(answer, 201) for answer in answers)
    assert all(other == first for other in others)
    assert (first["amount_minor"], first["status"]) == (10_000, "pending")
    assert {ticket["status"] for ticket in (await buyer.order(order["id"]))["tickets"]} == {
        "refunded"
    }, "before the money has gone back"
    seats, pools = await state_of(client, event)
    assert (sum(seats), pools[1]) == (0, 4)
    await buyer.order_when(order["id"], "refunded")
    [refund] = await _done(organizer, order["id"])
    assert (refund["id"], refund["note"], refund["cause"]) == (first["id"], "Sorry", "organizer")
    assert sorted((part["label"], part["quantity"]) for part in refund["parts"]) == sorted(
        (line["label"], line["quantity"]) for line in order["lines"]
    )
    payment = await payment_of(house, order["id"])
    books = account(house, payment["id"])
    assert books is not None
    assert (books.refunded_minor, len(books.charges[0].refunds)) == (10_000, 1)
    told = await rows(
        house,
        """SELECT data->>'refund_id' AS refund, (data->>'refund_minor')::int AS minor FROM outbox
           WHERE type = 'order.refunded' AND data->>'order_id' = $1""",
        order["id"],
    )
    assert [tuple(row) for row in told] == [(first["id"], 10_000)]
    problem(await organizer.refund(order["id"]), 409, "not-refundable")
    paid = "SELECT paid_minor FROM orders WHERE id = $1"
    assert (await rows(house, paid, uuid.UUID(order["id"])))[0][0] == 0


async def test_parts_of_a_line_add_up_to_the_line(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(capacities={"gallery": 9}, price_minor=333), new_buyer()
    order = await buyer.buy(event, [], {"gallery": 7})
    await _price(house, order, 100, 211)
    [line] = order["lines"]
    back = []
    for at, quantity in enumerate((2, 1, 3)):
        refund = ok(await organizer.refund(order["id"], quantities={line["id"]: quantity}), 201)
        assert refund["amount_minor"] == 333 * quantity
        back.append(refund)
        after = await buyer.order(order["id"])
        assert sum(part["quantity"] for part in after["lines"]) == 7
        assert sum(part["total_minor"] for part in after["lines"]) == order["total_minor"]
        live = [part["quantity"] for part in after["lines"] if part["live"]]
        valid = sum(ticket["status"] == "valid" for ticket in after["tickets"])
        left = 7 - sum((2, 1, 3)[: at + 1])
        assert (live, valid) == ([left], left)
        assert (await state_of(client, event))[1][1] == 2 + 7 - left
    too_many = await organizer.refund(order["id"], quantities={line["id"]: 2})
    assert "only 1 of" in problem(too_many, 409, "line-not-sold")["detail"]
    back.append(ok(await organizer.refund(order["id"]), 201))
    for name, whole in (("amount_minor", 2_331), ("fee_minor", 100), ("tax_minor", 211)):
        assert sum(refund[name] for refund in back) == whole, name
    await _done(organizer, order["id"], 4)
    await buyer.order_when(order["id"], "refunded")


async def test_fees_stay_where_the_policy_says_so(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    await _set_policy(organizer, event, keeps_fees=True)
    order = await buyer.buy(event, [1, 2])
    await _price(house, order, 250, 400)
    line = order["lines"][0]
    refund = ok(await organizer.refund(order["id"], [line["id"]]), 201)
    # Of 2500 are 1850 the host's, 250 the fee and 400 tax on both: 352 of them on the host's.
    assert (refund["amount_minor"], refund["fee_minor"], refund["tax_minor"]) == (2_202, 0, 352)
    problem(await organizer.refund(order["id"], keeps_fees=False), 409, "refund-window-over")
    rest = ok(
        await organizer.refund(order["id"], keeps_fees=False, overrides=True, note="Our fault"), 201
    )
    assert rest["amount_minor"] == 2_500
    await _done(organizer, order["id"], 2)
    await buyer.order_when(order["id"], "refunded")
    paid = "SELECT paid_minor FROM orders WHERE id = $1"
    assert (await rows(house, paid, uuid.UUID(order["id"])))[0][0] == 298


async def test_after_the_window_it_takes_an_override_with_a_note(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1])
    await _set_policy(organizer, event, allow_refunds_until="2026-01-01T00:00:00Z")
    shown = ok(await organizer.call("GET", f"/v1/events/{event.id}/refund-policy"))
    assert shown["is_open"] is False
    problem(await organizer.refund(order["id"]), 409, "refund-window-over")
    problem(await organizer.refund(order["id"], overrides=True), 400, "bad-request")
    ok(await organizer.refund(order["id"], overrides=True, note="Broken leg"), 201)
    await buyer.order_when(order["id"], "refunded")
    log = await rows(
        house,
        """SELECT actor, data->>'note' AS note FROM audit_log
           WHERE subject = $1 AND action = 'order.refund_decided'""",
        f"order:{order['id']}",
    )
    assert [(row["actor"].partition(":")[0], row["note"]) for row in log] == [
        ("operator", "Broken leg")
    ]


async def test_places_that_shall_stay_off_sale_do(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(capacities={"gallery": 3}), new_buyer()
    order = await buyer.buy(event, [1, 2], {"gallery": 2})
    ok(await organizer.refund(order["id"], keeps_places=True), 201)
    seats, pools = await state_of(client, event)
    assert (seats[1:3], pools[1]) == ([3, 3], 1)
    problem(await new_buyer().hold(event, [1]), 409, "seats-taken")


async def test_products_go_back_and_are_in_stock_again(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(), new_buyer()
    scarf = ok(
        await organizer.call(
            "POST", f"/v1/events/{event.id}/products",
            {"name": "Scarf", "price_minor": 700, "stock": 3},
        ),
        201,
    )  # fmt: skip
    hold = await buyer.hold_ok(event, [1])
    wanted = {"products": [{"product_id": scarf["id"], "quantity": 3}]}
    started = ok(await buyer.checkout(hold["id"], wanted), 201)
    await client.post(started["redirect_url"], data={"outcome": "succeed"})
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    [item] = order["products"]
    refund = ok(await organizer.refund(order["id"], quantities={item["id"]: 2}), 201)
    assert refund["amount_minor"] == 1_400
    other = new_buyer()
    wanted["products"][0]["quantity"] = 2
    ok(await other.checkout((await other.hold_ok(event, [2]))["id"], wanted), 201)
    rest = ok(await organizer.refund(order["id"]), 201)
    assert rest["amount_minor"] == 2_500 + 700
    await _done(organizer, order["id"], 2)


async def test_a_free_order_is_cancelled_at_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    event, buyer = house.event(price_minor=0), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2])
    started = await buyer.checkout_ok(hold["id"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    line = order["lines"][0]["id"]
    ok(await organizer.refund(order["id"], [line]), 201)
    assert (await buyer.order(order["id"]))["status"] == "confirmed"
    refund = ok(await organizer.refund(order["id"], note="No seats"), 201)
    assert (refund["amount_minor"], refund["status"]) == (0, "succeeded")
    after = await buyer.order(order["id"])
    assert (after["status"], after["note"]) == ("cancelled", "No seats")
    assert {ticket["status"] for ticket in after["tickets"]} == {"refunded"}
    assert sum((await state_of(client, event))[0]) == 0


async def test_tickets_are_issued_for_what_did_not_go_back_before(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    """Paid back in the moment between the sale and the tickets, and told of the sale again."""
    event, buyer = house.event(capacities={"gallery": 4}), new_buyer()
    order = await buyer.buy(event, [1, 2], {"gallery": 3})
    order_id = uuid.UUID(order["id"])
    by_seat = {line["seat_idx"]: line["id"] for line in order["lines"]}
    await rows(house, "DELETE FROM tickets WHERE order_id = $1", order_id)
    some = {by_seat[1]: 1, by_seat[None]: 2}
    ok(await organizer.refund(order["id"], quantities=some), 201)
    await buyer.order_when(order["id"], "partially_refunded")
    again = """UPDATE outbox SET handled_at = NULL
               WHERE type = 'order.confirmed' AND data->>'order_id' = $1"""
    for _ in range(2):
        await rows(house, again, order["id"])

        async def issued() -> bool:
            tickets = (await buyer.order(order["id"]))["tickets"]
            return [ticket["status"] for ticket in tickets] == ["valid"] * 2

        await until(issued)


async def test_what_is_not_paid_for_is_not_paid_back(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    buyer = new_buyer()
    problem(await organizer.refund(str(uuid.uuid4())), 404, "not-found")
    started = await buyer.checkout_ok((await buyer.hold_ok(house.event(), [1]))["id"])
    problem(await organizer.refund(started["order"]["id"]), 409, "not-refundable")
    bought = await buyer.buy(house.event(), [1])
    problem(await organizer.refund(bought["id"], [str(uuid.uuid4())]), 409, "line-not-sold")
    twice = [bought["lines"][0]["id"]] * 2
    problem(await organizer.refund(bought["id"], twice), 400, "bad-request")


async def test_what_a_provider_refused_is_asked_for_once_more(
    house: Product, new_buyer: NewBuyer, organizer: Organizer
) -> None:
    buyer = new_buyer()
    order = await buyer.buy(house.event(), [1])
    payment = await payment_of(house, order["id"])
    house.stop("worker")
    refund = ok(await organizer.refund(order["id"]), 201)
    refused = "UPDATE refunds SET status = 'failed', attempts = 1 WHERE payment_id = $1"
    await rows(house, refused, payment["id"])
    house.start("worker")
    path = f"/v1/orders/{order['id']}/refunds"
    [shown] = ok(await organizer.call("GET", path))["items"]
    assert shown["status"] == "failed"
    again = ok(await organizer.call("POST", f"{path}/{refund['id']}/retry", {}))
    assert again["status"] == "pending"
    await buyer.order_when(order["id"], "refunded")
    await _done(organizer, order["id"])
    other = f"/v1/orders/{uuid.uuid4()}/refunds/{refund['id']}/retry"
    problem(await organizer.call("POST", other, {}), 404, "not-found")
