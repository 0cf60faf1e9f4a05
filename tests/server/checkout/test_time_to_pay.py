"""Who has begun to pay keeps the places for the event's time to pay, and blocks them no longer."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from server.payments.sandbox.journal import read_journal
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, end_in, ok, payment_of, problem, rows

NewBuyer = Callable[[], Buyer]
ADA = {"email": "ada@buyer.example", "name": "Ada"}
TTL, TIME_TO_PAY = dt.timedelta(minutes=10), dt.timedelta(minutes=2)


async def _event(house: Product) -> Event:
    event = house.event(hold_ttl_s=TTL.seconds)
    await rows(
        house, "UPDATE events SET payment_ttl_s = $2 WHERE id = $1", event.id, TIME_TO_PAY.seconds
    )
    return event


async def _moments(buyer: Buyer, hold: dict[str, Any]) -> tuple[dt.datetime, ...]:
    """When the hold began, ends now, ends at last, and what the clock says."""
    now = ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))
    names = ("created_at", "expires_at", "extendable_until", "server_time")
    return tuple(dt.datetime.fromisoformat(now[name]) for name in names)


async def test_who_walks_away_from_the_payment_page_blocks_places_no_longer_than_they_were_held(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = await _event(house), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    began, _, bound, _ = await _moments(buyer, hold)
    assert bound == began + 2 * TTL, "who has not begun to pay may ask for more time"
    await buyer.checkout_ok(hold["id"])
    _, ends, bound, _ = await _moments(buyer, hold)
    assert bound == ends == began + TTL
    ok(await buyer.change(hold["id"], {"extend": True}))
    assert (await _moments(buyer, hold))[:3] == (began, ends, ends)


@pytest.mark.parametrize("way", ["at once", "by a draft", "divided"])
async def test_who_begins_to_pay_at_the_last_moment_has_the_time_to_pay(
    way: str, house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = await _event(house), new_buyer()
    hold = await buyer.hold_ok(event, [1, 2])
    if way == "at once":
        await end_in(house, hold["id"], 30)
        order = (await buyer.checkout_ok(hold["id"]))["order"]
    else:
        order = ok(await buyer.call("POST", "/v1/orders", {"hold_id": hold["id"]} | ADA), 201)
        began, _, bound, _ = await _moments(buyer, hold)
        assert bound == began + 2 * TTL, "a draft is not being paid"
        await end_in(house, hold["id"], 30)
        path = f"/v1/orders/{order['id']}"
        if way == "divided":
            ok(await buyer.call("POST", f"{path}/shares", {"equal": 2}), 201)
        else:
            ok(await buyer.call("POST", f"{path}/confirmations", {}), 201)
    _, ends, bound, now = await _moments(buyer, hold)
    assert now + TIME_TO_PAY - dt.timedelta(seconds=5) < bound <= now + TIME_TO_PAY
    if way == "divided":
        return
    # Whoever opens it, its page is open a minute longer, also for who asks again.
    payment = await payment_of(house, order["id"])
    await buyer.checkout(hold["id"])
    sessions = read_journal(house.journal).sessions_by_reference[str(payment["id"])]
    [session] = sessions.page(0, None, 10)
    closes_at = (bound + dt.timedelta(minutes=1)).timestamp()
    assert session.expires_at == pytest.approx(closes_at, abs=1)
    ok(await buyer.change(hold["id"], {"extend": True}))
    assert (await _moments(buyer, hold))[1:3] == (bound, bound)
    assert ends < bound


async def test_no_time_to_pay_keeps_places_longer_than_twice_the_time_to_choose(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = await _event(house), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    await end_in(house, hold["id"], 30)
    await rows(
        house,
        "UPDATE holds SET extendable_until = now() + interval '60 s' WHERE id = $1",
        uuid.UUID(hold["id"]),
    )
    _, _, before, _ = await _moments(buyer, hold)
    await buyer.checkout_ok(hold["id"])
    assert (await _moments(buyer, hold))[2] == before


async def test_an_organizer_says_how_long_a_payment_may_take(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, owner = house.event(), Organizer(house, client)
    setup = ok(await owner.call("GET", f"/v1/org/events/{event.id}"))
    assert setup["payment_ttl_s"] == 600
    path = f"/v1/events/{event.id}?revision={setup['revision']}"
    for wrong in (0, 59, 3_601, None, "long"):
        problem(await owner.call("PATCH", path, {"payment_ttl_s": wrong}), 400, "bad-request")
    assert ok(await owner.call("PATCH", path, {"payment_ttl_s": 180}))["payment_ttl_s"] == 180
    assert ok(await client.get(f"/v1/events/{event.id}"))["payment_ttl_s"] == 180
