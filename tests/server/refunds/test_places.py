"""What was paid back is on sale again, all of it or so many lines, and opens no door."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from loadtests import facts as truth
from loadtests import quiescence
from loadtests.history import History
from loadtests.laws import judge
from server.kernel import context
from server.kernel.db import Database
from server.payments import refunding
from server.payments import service as payments
from tests.fixtures.product import ORG_ID, Event, Product
from tests.server.support import Buyer, Organizer, end_in, ok, pay, problem, rows, state_of, until

NewBuyer = Callable[[], Buyer]


@pytest.fixture
async def db(house: Product) -> AsyncIterator[Database]:
    context.act_for(ORG_ID)
    opened = await Database.open(house.database_url, connections_max=2)
    yield opened
    await opened.close()


async def _pay_back(db: Database, order_id: str, amount_minor: int | None = None) -> None:
    """As if somebody paid an order back in the provider's office, in full or so much of it."""
    async with db.tx() as tx:
        payment = await payments.of_order(tx, uuid.UUID(order_id))
        assert payment is not None
        amount = payment.amount_minor if amount_minor is None else amount_minor
        await refunding.request_refund(tx, payment, amount, uuid.uuid4().hex)


async def _version(client: httpx.AsyncClient, event: Event) -> int:
    return ok(await client.get(f"/v1/events/{event.id}/seats"))["v"]


def _lines(order: dict[str, Any]) -> dict[int | None, str]:
    """By seat; None for standing places."""
    return {line["seat_idx"]: line["id"] for line in order["lines"]}


async def test_an_order_paid_back_in_full_gives_all_its_places_back(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    event = house.event(capacities={"gallery": 3}, seats_per_buyer_max=5)
    buyer, other = new_buyer(), new_buyer()
    order = await buyer.buy(event, [1, 2], {"gallery": 3})
    before = await _version(client, event)
    problem(await buyer.hold(event, [3]), 422, "too-many-places")
    await _pay_back(db, order["id"])
    refunded = await buyer.order_when(order["id"], "refunded")
    assert {ticket["status"] for ticket in refunded["tickets"]} == {"refunded"}
    assert [line["live"] for line in refunded["lines"]] == [False] * 3
    seats, pools = await state_of(client, event)
    assert (sum(seats), pools[1]) == (0, 3)
    assert await _version(client, event) == before + 1
    [told] = await rows(
        house,
        "SELECT data FROM outbox_events WHERE type = 'inventory.seat.released' AND subject = $1",
        f"hold:{order['hold_id']}",
    )
    data = json.loads(told["data"])
    assert (data["seat_idxs"], data["version"]) == ([1, 2], before + 1)
    assert set(data["order_line_ids"]) == {line["id"] for line in order["lines"]}
    assert (await other.buy(event, [2], {"gallery": 2}))["tickets"]
    await buyer.hold_ok(event, [1, 3, 4, 5])


async def test_some_lines_of_an_order_go_back_and_the_others_stay(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event(capacities={"gallery": 4}, seats_per_buyer_max=5)
    buyer, organizer = new_buyer(), Organizer(house, client)
    order = await buyer.buy(event, [1, 2, 3], {"gallery": 2})
    line_of = _lines(order)
    before = await _version(client, event)
    some = [line_of[2], line_of[None]]
    ok(await organizer.refund(order["id"], some), 201)
    seats, pools = await state_of(client, event)
    assert ({at: state for at, state in enumerate(seats) if state}, pools[1]) == ({1: 2, 3: 2}, 4)
    after = await buyer.order(order["id"])
    assert {line["seat_idx"] for line in after["lines"] if line["live"]} == {1, 3}
    assert sorted(ticket["status"] for ticket in after["tickets"]) == ["refunded"] * 3 + [
        "valid",
        "valid",
    ]
    problem(await organizer.refund(order["id"], some), 409, "line-not-sold")
    assert await _version(client, event) == before + 1, "done before: nothing to do"
    held = await rows(house, "SELECT places FROM holds WHERE id = $1", uuid.UUID(order["hold_id"]))
    assert held[0]["places"] == 2
    again = await buyer.hold_ok(event, [2], {"gallery": 2})
    assert len(again["seats"]) == 1
    problem(await organizer.refund(order["id"], [line_of[1], line_of[2]]), 409, "line-not-sold")
    ok(await organizer.refund(order["id"]), 201)
    assert {at: s for at, s in enumerate((await state_of(client, event))[0]) if s} == {2: 1}


async def test_a_part_that_is_paid_back_frees_nothing_by_itself(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    await _pay_back(db, order["id"], 100)
    partly = await buyer.order_when(order["id"], "partially_refunded")
    assert {ticket["status"] for ticket in partly["tickets"]} == {"valid"}
    assert (await state_of(client, event))[0][1:3] == [2, 2]


async def test_a_ticket_that_was_paid_back_opens_no_door(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1, 2])
    headers = {"X-Scanner-Key": event.scanner_key}
    tokens = [{"token": ticket["scan_token"]} for ticket in order["tickets"]]
    ok(await client.post("/v1/checkin/scans", json=tokens[0], headers=headers))
    await _pay_back(db, order["id"])
    await buyer.order_when(order["id"], "refunded")
    for token in tokens:
        answer = await client.post("/v1/checkin/scans", json=token, headers=headers)
        problem(answer, 409, "ticket-not-valid")


async def test_money_without_places_goes_back_and_frees_nobodys_seat(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    """The hold ended, another bought the seat, then the money came."""
    event, late, other = house.event(), new_buyer(), new_buyer()
    hold = await late.hold_ok(event, [1])
    started = await late.checkout_ok(hold["id"])
    await end_in(house, hold["id"], 0)
    await late.order_when(started["order"]["id"], "expired")
    bought = await other.buy(event, [1])
    await pay(client, started["redirect_url"])
    await late.order_when(started["order"]["id"], "refunded")
    assert (await state_of(client, event))[0][1] == 2
    kept = await other.order(bought["id"])
    assert ([t["status"] for t in kept["tickets"]], kept["status"]) == (["valid"], "confirmed")


async def test_being_told_twice_that_money_went_back_changes_nothing(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer, db: Database
) -> None:
    event, buyer, other = house.event(), new_buyer(), new_buyer()
    order = await buyer.buy(event, [1])
    await _pay_back(db, order["id"])
    await buyer.order_when(order["id"], "refunded")
    await other.buy(event, [1])
    version = await _version(client, event)
    again = """UPDATE outbox SET handled_at = NULL
               WHERE type = 'payment.refunded' AND data ->> 'order_id' = $1"""
    await rows(house, again, order["id"])

    async def handled() -> bool:
        found = await rows(
            house,
            """SELECT handled_at FROM outbox
               WHERE type = 'payment.refunded' AND data ->> 'order_id' = $1""",
            order["id"],
        )
        return found[0]["handled_at"] is not None

    await until(handled)
    assert await _version(client, event) == version
    assert (await state_of(client, event))[0][1] == 2


async def test_a_seat_that_comes_back_goes_to_one_buyer(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    order = await new_buyer().buy(event, [1, 2])
    organizer = Organizer(house, client)
    path, buyers = f"/v1/events/{event.id}/holds", [new_buyer() for _ in range(20)]

    async def insist(at: int) -> int:
        granted = 0
        for _ in range(5):
            url = f"{house.base_urls[at % 2]}{path}"
            granted += (await buyers[at].call("POST", url, {"seats": [1, 2]})).is_success
        return granted

    releasing = asyncio.create_task(organizer.refund(order["id"]))
    granted = await asyncio.gather(*(insist(at) for at in range(20)))
    ok(await releasing, 201)
    assert sum(granted) <= 1
    seats, _ = await state_of(client, event)
    assert seats[1:3] == ([1, 1] if sum(granted) else [0, 0])


async def test_all_laws_hold_after_blocks_refunds_moves_and_legs(product: Product) -> None:
    """The checker's laws, over everything that these verbs left behind."""
    event = product.event(legs=2, capacities={"gallery": 6, "dance-floor": 6})
    plain = product.event(capacities={"gallery": 6})
    context.act_for(ORG_ID)
    db = await Database.open(product.database_url, connections_max=2)
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:
        organizer = Organizer(product, client)
        buyers = [Buyer(product, client) for _ in range(3)]
        ok(await organizer.block(event, [0, 1], {"gallery": 2}, legs=(1, 1)))
        ok(await organizer.block(event, [1], {"gallery": 1}, legs=(1, 1), verb="unblocks"))
        ok(await organizer.block(plain, [0, 1], {"gallery": 2}))
        ok(await organizer.set_table(plain, 3, {"mode": "whole"}))
        kept = await buyers[0].buy(plain, [6, 7], {"gallery": 2})
        ok(await organizer.reassign(kept["id"], _lines(kept)[6] or "", 30))
        gone = await buyers[1].buy(plain, [40, 41], {"gallery": 1})
        used = {"token": gone["tickets"][0]["scan_token"]}
        door = {"X-Scanner-Key": plain.scanner_key}
        ok(await client.post("/v1/checkin/scans", json=used, headers=door))
        await _pay_back(db, gone["id"])
        await buyers[1].order_when(gone["id"], "refunded")
        for buyer, legs in zip(buyers, ((0, 0), (1, 1), (0, 1)), strict=True):
            wish = {
                "seats": [50] if legs != (0, 1) else [51],
                "pools": [{"pool_id": str(event.pools["gallery"]), "quantity": 1}],
                "legs": legs,
            }
            hold = ok(await buyer.call("POST", f"/v1/events/{event.id}/holds", wish), 201)
            started = await buyer.checkout_ok(hold["id"])
            if legs != (0, 1):
                await pay(client, started["redirect_url"])
                await buyer.order_when(started["order"]["id"], "confirmed")
    await db.close()
    assert await quiescence.wait(product.database_url, product.journal, 20) == {}
    facts = await truth.read(product.database_url, product.journal)
    judgement = judge(facts, History([], {}))
    assert {law: found for law, found in judgement.violations.items() if found} == {}
