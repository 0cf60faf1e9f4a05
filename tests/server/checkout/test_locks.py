"""Checkout and settlement lock in one order: the order, then its hold."""

import asyncio
import uuid
from collections.abc import Callable

import httpx

from tests.fixtures.product import Product
from tests.fixtures.services import deadlocks
from tests.server.support import Buyer, locking, ok, pay, until_waiting

NewBuyer = Callable[[], Buyer]


async def test_checkout_waits_for_its_order_before_it_locks_the_hold(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    hold = await buyer.hold_ok(house.event(), [1])
    order = (await buyer.checkout_ok(hold["id"]))["order"]
    lock = "SELECT 1 FROM orders WHERE id = $1 FOR UPDATE"
    async with locking(house, lock, uuid.UUID(order["id"])) as settling:
        again = asyncio.create_task(buyer.checkout(hold["id"]))
        await until_waiting(house, 1)
        free = "SELECT 1 FROM holds WHERE id = $1 FOR UPDATE NOWAIT"
        assert len(await settling.fetch(free, uuid.UUID(hold["id"]))) == 1
    assert ok(await again, 201)["order"]["id"] == order["id"]


async def test_checking_out_again_while_the_money_comes_deadlocks_nobody(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    before = await deadlocks(house.database_url)
    event = house.event()

    async def buy(seat: int) -> None:
        buyer = new_buyer()
        hold = await buyer.hold_ok(event, [seat])
        started = await buyer.checkout_ok(hold["id"])
        path = f"{house.base_urls[seat % 2]}/v1/checkout"
        body = {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada"}
        paying = asyncio.create_task(pay(client, started["redirect_url"]))
        answers = await asyncio.gather(
            *(buyer.call("POST", path, body) for _ in range(4)),
            *(buyer.change(hold["id"], {"extend": True}) for _ in range(2)),
        )
        await paying
        assert {answer.status_code for answer in answers} <= {200, 201, 409}
        await buyer.order_when(started["order"]["id"], "confirmed")

    await asyncio.gather(*(buy(seat) for seat in range(12)))
    assert await deadlocks(house.database_url) == before
