"""A part of an order is paid now, the rest by a date: its tickets come then."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from server.kernel.db import Database
from server.notify import service as notify
from tests.fixtures.product import Event, Product
from tests.server.support import (
    Buyer,
    Organizer,
    ok,
    pay,
    problem,
    rows,
    state_of,
    until,
)

NewBuyer = Callable[[], Buyer]
ADA = {"email": "ada@buyer.example", "name": "Ada"}
TERMS = {"deposit": {"basis_points": 3_333, "due_days_before": 7}}
DUE = "UPDATE orders SET balance_due_at = now() - interval '2 hours' WHERE id = $1"


async def _event(organizer: Organizer, house: Product, terms: dict[str, Any] = TERMS) -> Event:
    event = house.event(price_minor=1_999)
    ok(await organizer.call("PUT", f"/v1/events/{event.id}/terms", terms))
    return event


async def _divide(buyer: Buyer, hold: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    order = ok(await buyer.call("POST", "/v1/orders", {"hold_id": hold["id"]} | ADA), 201)
    path = f"/v1/orders/{order['id']}/shares"
    return order, ok(await buyer.call("POST", path, {"deposit": True}), 201)["items"]


async def _page(client: httpx.AsyncClient, share: dict[str, Any]) -> httpx.Response:
    token = share["url"].rpartition("/")[2]
    payer = {"name": "Ada", "email": "ada@buyer.example"}
    return await client.post(f"/v1/shares/{token}/payments", json=payer)


async def _pay(client: httpx.AsyncClient, share: dict[str, Any]) -> None:
    await pay(client, ok(await _page(client, share), 201)["redirect_url"])


async def _sold(buyer: Buyer, order: dict[str, Any]) -> dict[str, Any]:
    """Once its places are, and while it has no ticket."""

    async def reached() -> dict[str, Any] | None:
        now = await buyer.order(order["id"])
        assert now["tickets"] == []
        return now if now["status"] == "confirmed" else None

    return await until(reached)


async def _mails(house: Product, order_id: str) -> list[str]:
    sql = "SELECT template FROM mails WHERE data->>'order_id' = $1 ORDER BY created_at"
    return [row[0] for row in await rows(house, sql, order_id)]


async def _settled(house: Product, order_id: str) -> list[tuple[str, int]]:
    sql = "SELECT kind, gross_minor::int FROM settlements WHERE order_id = $1 ORDER BY created_at"
    return [tuple(row) for row in await rows(house, sql, uuid.UUID(order_id))]


async def _kept(house: Product, order_id: str) -> int:
    sql = "SELECT sum(amount_minor - refunded_minor)::int FROM payments WHERE order_id = $1"
    return (await rows(house, sql, uuid.UUID(order_id)))[0][0]


async def test_a_deposit_sells_the_places_and_the_rest_brings_the_tickets(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer, organizer = new_buyer(), Organizer(house, client)
    event = await _event(organizer, house)
    hold = await buyer.hold_ok(event, [1, 2])
    quoted = ok(await buyer.call("POST", "/v1/quotes", {"hold_id": hold["id"]}))
    order, shares = await _divide(buyer, hold)
    amounts = [share["amount_minor"] for share in shares]
    assert amounts == [1_333, 2_665]
    assert amounts == [quoted["deposit"]["amount_minor"], quoted["deposit"]["rest_minor"]]
    problem(await _page(client, shares[1]), 409, "share-over")
    await _pay(client, shares[0])
    begun = await _sold(buyer, order)
    assert begun["paid_minor"] == amounts[0]
    due_at = dt.datetime.fromisoformat(begun["balance_due_at"])
    assert due_at == dt.datetime.fromisoformat(quoted["deposit"]["due_at"])

    async def told() -> bool:
        return await _mails(house, order["id"]) == ["deposit"]

    await until(told)
    assert await _settled(house, order["id"]) == []
    # Some of it cannot be paid back alone: what its rest would be is nobody's guess.
    line = begun["lines"][0]["id"]
    problem(await organizer.refund(order["id"], [line]), 409, "not-refundable")
    await _pay(client, shares[1])

    async def issued() -> dict[str, Any] | None:
        now = await buyer.order(order["id"])
        return now if len(now["tickets"]) == 2 else None

    paid = await until(issued)
    assert (paid["paid_minor"], paid["balance_due_at"]) == (3_998, None)
    problem(await _page(client, shares[1]), 409, "share-over")

    async def booked() -> bool:
        sales = await _settled(house, order["id"])
        return sales == [("sale", 3_998)] and "tickets" in await _mails(house, order["id"])

    await until(booked)


async def test_where_the_rest_does_not_come_places_and_deposit_go_back_and_so_does_a_late_rest(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer, organizer = new_buyer(), Organizer(house, client)
    event = await _event(organizer, house)
    order, shares = await _divide(buyer, await buyer.hold_ok(event, [1, 2]))
    await _pay(client, shares[0])
    await _sold(buyer, order)
    late = ok(await _page(client, shares[1]), 201)["redirect_url"]
    # Who ends it dies with that in hand.
    house.stop("worker")
    house.start("worker", FAILPOINTS="balance.ended=kill")
    await rows(house, DUE, uuid.UUID(order["id"]))

    async def dead() -> bool:
        return not house.is_running("worker")

    await until(dead, 20)
    assert sum((await state_of(client, event))[0]) == 0
    problem(await _page(client, shares[1]), 409, "share-over")
    house.revive()
    over = await buyer.order_when(order["id"], "refunded", 20)
    told = "The rest was not paid in time: what was paid is paid back."
    assert (over["note"], over["paid_minor"], over["balance_due_at"]) == (told, 0, None)
    await pay(client, late)

    async def back() -> bool:
        sql = """SELECT bool_and(status = 'refunded') AND count(*) = 2 FROM payments
                 WHERE order_id = $1"""
        return (await rows(house, sql, uuid.UUID(order["id"])))[0][0]

    await until(back)
    assert (await buyer.order(order["id"]))["status"] == "refunded"

    async def mailed() -> bool:
        return (await _mails(house, order["id"])).count("deposit-over") == 1

    await until(mailed)
    assert sum(gross_minor for _, gross_minor in await _settled(house, order["id"])) == 0


async def test_of_an_order_with_a_deposit_what_came_goes_back_and_no_rest_is_due(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    organizer, one, other = Organizer(house, client), new_buyer(), new_buyer()
    event = await _event(organizer, house)
    bought = []
    for buyer, seat in ((one, 1), (other, 2)):
        order, shares = await _divide(buyer, await buyer.hold_ok(event, [seat]))
        await _pay(client, shares[0])
        await _sold(buyer, order)
        bought.append((order["id"], shares))
    refund = ok(await organizer.refund(bought[0][0]), 201)
    assert refund["amount_minor"] == bought[0][1][0]["amount_minor"]
    problem(await _page(client, bought[0][1][1]), 409, "share-over")
    revision = ok(await organizer.call("GET", f"/v1/org/events/{event.id}"))["revision"]
    path = f"/v1/events/{event.id}/cancellation?revision={revision}"
    ok(await organizer.call("POST", path, {}), 201)
    for buyer, (order_id, _) in zip((one, other), bought, strict=True):
        assert (await buyer.order_when(order_id, "refunded"))["balance_due_at"] is None
        assert await _kept(house, order_id) == 0
        assert await _settled(house, order_id) == []


async def test_a_deposit_is_taken_only_where_terms_allow_it_and_long_enough_before(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    organizer, buyer = Organizer(house, client), new_buyer()
    for wrong in ({"basis_points": 99}, {"basis_points": 9_001}, {"due_days_before": 0}):
        terms = {"deposit": TERMS["deposit"] | wrong}
        path = f"/v1/events/{house.event().id}/terms"
        assert (await organizer.call("PUT", path, terms)).status_code == 400
    soon = {"deposit": {"basis_points": 2_000, "due_days_before": 29}}
    for event in (house.event(), await _event(organizer, house, soon)):
        hold = await buyer.hold_ok(event, [1])
        quoted = ok(await buyer.call("POST", "/v1/quotes", {"hold_id": hold["id"]}))
        assert quoted["deposit"] is None
        order = ok(await buyer.call("POST", "/v1/orders", {"hold_id": hold["id"]} | ADA), 201)
        path = f"/v1/orders/{order['id']}/shares"
        refused = await buyer.call("POST", path, {"deposit": True})
        problem(refused, 422, "division-refused")
        assert (await buyer.order(order["id"]))["status"] == "draft"


async def test_some_days_before_the_rest_is_due_one_mail_says_so(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    event = await _event(Organizer(house, client), house)
    order, shares = await _divide(buyer, await buyer.hold_ok(event, [1]))
    await _pay(client, shares[0])
    await _sold(buyer, order)
    soon = """UPDATE orders SET balance_due_at = now() + interval '2 days',
                     confirmed_at = now() - interval '9 days' WHERE id = $1"""
    await rows(house, soon, uuid.UUID(order["id"]))
    db = await Database.open(house.database_url, connections_max=1)
    try:
        for _ in range(2):
            await notify.remind(db)
    finally:
        await db.close()
    assert (await _mails(house, order["id"])).count("rest-due") == 1
