"""Switches: what is off is refused by name, what is owed waits, and who turned it off counts."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import ORG_ID, Product
from tests.server.orgs.people import Tenant
from tests.server.support import Buyer, Organizer, ok, problem, rows, selection, until

NewBuyer = Callable[[], Buyer]


async def _turn(
    house: Product, client: httpx.AsyncClient, path: str, flag: str, *, on: bool, by: str
) -> None:
    body = {"is_on": on, "reason": "a test"}
    answer = await client.put(
        f"/v1/{path}/{flag}",
        json=body,
        headers=house.credential(by) | {"Idempotency-Key": f"{uuid.uuid4()}"},
    )
    assert answer.status_code == 204, answer.text


async def test_sales_that_are_off_refuse_holds_and_checkouts_by_name(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    where = f"events/{event.id}/switches"
    await _turn(house, client, where, "checkout", on=False, by="operator")
    told = problem(await buyer.hold(event, [2]), 409, "feature-off")
    assert told["flag"] == "checkout"
    problem(await buyer.checkout(hold["id"]), 409, "feature-off")
    seen = ok(await client.get(f"/v1/events/{event.id}"))
    assert (seen["is_on_sale"], seen["switched_off"]) == (False, ["checkout"])
    await _turn(house, client, where, "ticketing", on=False, by="operator")
    assert problem(await buyer.hold(event, [2]), 409, "feature-off")["flag"] == "ticketing"
    for flag in ("ticketing", "checkout"):
        await _turn(house, client, where, flag, on=True, by="operator")
    ok(await buyer.checkout(hold["id"]), 201)


async def test_an_organization_cannot_turn_on_what_the_platform_turned_off(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    where = f"events/{event.id}/switches"
    await _turn(house, client, f"staff/{where}", "checkout", on=False, by="staff")
    await _turn(house, client, where, "checkout", on=True, by="operator")
    problem(await buyer.hold(event, [1]), 409, "feature-off")
    listed = ok(await client.get("/v1/switches", headers=house.operator()))["items"]
    (mine,) = [switch for switch in listed if switch["scope"] == f"event:{event.id}"]
    assert (mine["flag"], mine["is_by_staff"], mine["reason"]) == ("checkout", True, "a test")
    await _turn(house, client, f"staff/{where}", "checkout", on=True, by="staff")
    await buyer.hold_ok(event, [1])


async def test_the_kill_switch_stops_every_sale_and_its_end_starts_them_again(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    await _turn(house, client, "staff/switches", "ticketing", on=False, by="staff")
    try:
        assert problem(await buyer.hold(event, [1]), 409, "feature-off")["flag"] == "ticketing"
    finally:
        await _turn(house, client, "staff/switches", "ticketing", on=True, by="staff")
    # The other process has not heard of the event yet; this one remembers it for five seconds.
    path = f"{house.base_urls[1]}/v1/events/{event.id}/holds"
    ok(await buyer.call("POST", path, selection(event, [1])), 201)


async def test_a_door_that_is_off_lets_nobody_in_and_forgets_no_ticket(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    (ticket,) = (await new_buyer().buy(event, [1]))["tickets"]
    door = {"X-Scanner-Key": event.scanner_key, "Idempotency-Key": f"{uuid.uuid4()}"}
    scan = {"token": ticket["scan_token"]}
    where = f"events/{event.id}/switches"
    await _turn(house, client, where, "scanning", on=False, by="operator")
    refused = await client.post("/v1/checkin/scans", json=scan, headers=door)
    assert problem(refused, 409, "feature-off")["flag"] == "scanning"
    await _turn(house, client, where, "scanning", on=True, by="operator")
    let_in = ok(await client.post("/v1/checkin/scans", json=scan, headers=door))
    assert let_in["result"] == "admitted", "the key was not spent on the refusal"


async def test_money_that_is_owed_waits_while_refunds_are_off(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    order = await new_buyer().buy(event, [1])
    (payment,) = await rows(
        house, "SELECT * FROM payments WHERE order_id = $1", uuid.UUID(order["id"])
    )
    where = f"events/{event.id}/switches"
    await _turn(house, client, where, "refunds", on=False, by="operator")
    refund_id = uuid.uuid4()
    await rows(
        house,
        """INSERT INTO refunds (id, org_id, payment_id, amount_minor, reason)
           VALUES ($1, $2, $3, 100, 'test')""",
        refund_id, ORG_ID, payment["id"],
    )  # fmt: skip

    async def status() -> str:
        found = await rows(house, "SELECT status FROM refunds WHERE id = $1", refund_id)
        return found[0]["status"]

    await asyncio.sleep(1.5)
    assert await status() == "pending", "the worker looks twice a second"
    await _turn(house, client, where, "refunds", on=True, by="operator")

    async def done() -> bool:
        return await status() == "succeeded"

    await until(done)


async def test_a_switch_is_of_ones_own_and_has_a_name(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, stranger = house.event(), await Tenant.sign_up(house, client)
    off: dict[str, Any] = {"is_on": False}
    foreign = await stranger.call("PUT", f"/v1/events/{event.id}/switches/checkout", off)
    problem(foreign, 404, "not-found")
    problem(await stranger.call("PUT", "/v1/switches/everything", off), 404, "not-found")
    for path in ("staff/switches/ticketing", f"staff/orgs/{stranger.id}/switches/ticketing"):
        problem(await stranger.call("PUT", f"/v1/{path}", off), 403, "forbidden")
    assert (await stranger.call("PUT", "/v1/switches/payouts", off)).status_code == 204
    assert (await stranger.log())[0]["action"] == "switch.turned_off"
    organizer = Organizer(house, client)
    listed = ok(await organizer.call("GET", "/v1/switches"))["items"]
    assert all(switch["scope"] != f"org:{stranger.id}" for switch in listed)
