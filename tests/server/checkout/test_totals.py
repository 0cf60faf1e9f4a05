"""What a buyer pays is what the map showed, and what is in it adds up, for each organization."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.orgs.people import Tenant
from tests.server.support import Buyer, ok, pay, problem, rows

NewBuyer = Callable[[], Buyer]
GST, PST = {"name": "GST", "rate_ppm": 50_000}, {"name": "PST", "rate_ppm": 70_000}


async def _fee(house: Product, client: httpx.AsyncClient, tenant: Tenant, **fee: int) -> None:
    path = f"/v1/staff/orgs/{tenant.id}/fee"
    ok(await client.put(path, json=fee, headers=house.credential("staff")))


def _adds_up(order: dict[str, Any]) -> None:
    bought = [*order["lines"], *order["products"]]
    for name in ("total_minor", "fee_minor", "tax_minor", "discount_minor"):
        assert order[name] == sum(of[name] for of in bought)
    assert order["tax_minor"] == sum(tax["amount_minor"] for tax in order["taxes"])


async def test_the_price_on_the_map_has_fee_and_taxes_and_is_what_is_paid(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    tenant = await Tenant.sign_up(house, client)
    await _fee(house, client, tenant, per_ticket_minor=150)
    ok(await tenant.call("PUT", "/v1/settings", {"currency": "CAD", "taxes": [GST, PST]}))
    event = house.event(price_minor=10_000, org_id=tenant.id, currency="CAD")
    told = ok(await client.get(f"/v1/events/{event.id}"))
    for name in ("price_minor", "price_from_minor", "price_to_minor"):
        assert {zone[name] for zone in told["zones"]} == {11_368}
    assert {of["price_minor"] for of in told["ticket_types"]} == {11_368}
    made = await tenant.call(
        "POST", f"/v1/events/{event.id}/products", {"name": "Parking", "price_minor": 1_000}
    )
    parking = ok(made, 201)
    offered = ok(await client.get(f"/v1/events/{event.id}/products"))["items"]
    assert [of["price_minor"] for of in offered] == [1_120]
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [1, 2])
    assert hold["total_minor"] == 2 * 11_368
    wish = {"hold_id": hold["id"], "products": [{"product_id": parking["id"], "quantity": 1}]}
    quoted = ok(await buyer.call("POST", "/v1/quotes", wish))
    assert quoted["total_minor"] == 2 * 11_368 + 1_120
    assert [tax["amount_minor"] for tax in quoted["taxes"]] == [2 * 508 + 50, 2 * 710 + 70]
    stranger = new_buyer()
    problem(await stranger.call("POST", "/v1/quotes", wish), 404, "not-found")
    started = ok(await buyer.checkout(hold["id"], wish), 201)
    _adds_up(started["order"])
    assert started["order"]["total_minor"] == quoted["total_minor"]
    assert started["order"]["fee_minor"] == 300
    await pay(client, started["redirect_url"])
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert order["paid_minor"] == order["total_minor"]
    assert [(tax["name"], tax["amount_minor"]) for tax in order["taxes"]] == [
        ("GST", 1_066),
        ("PST", 1_490),
    ]


async def test_a_hold_pays_by_the_terms_of_when_it_began(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    tenant = await Tenant.sign_up(house, client)
    event = house.event(price_minor=10_000, org_id=tenant.id)
    before = new_buyer()
    hold = await before.hold_ok(event, [1])
    terms = f"/v1/events/{event.id}/terms"
    ok(await tenant.call("PUT", terms, {"taxes": [GST], "fee_bearer": "organizer"}))
    await _fee(house, client, tenant, basis_points=1_000)
    assert ok(await tenant.call("GET", terms))["taxes"][0]["name"] == "GST"
    # What held before is over, as it would be ten seconds later.
    for name in ("former_charges", "former_prices"):
        await rows(house, f"UPDATE {name} SET valid_until = now() WHERE valid_until > now()")
    async with httpx.AsyncClient(base_url=house.base_url) as opened:
        while True:
            told = ok(await opened.get(f"/v1/events/{event.id}"))
            if {zone["price_minor"] for zone in told["zones"]} == {10_500}:
                break
    assert ok(await before.call("GET", f"/v1/holds/{hold['id']}"))["total_minor"] == 10_000
    order = (await before.checkout_ok(hold["id"]))["order"]
    assert (order["total_minor"], order["taxes"]) == (10_000, [])
    after = new_buyer()
    order = (await after.checkout_ok((await after.hold_ok(event, [2]))["id"]))["order"]
    _adds_up(order)
    assert (order["total_minor"], order["fee_minor"], order["tax_minor"]) == (10_500, 1_000, 500)


async def test_what_is_to_be_paid_can_be_paid_in_each_currency(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    tenant = await Tenant.sign_up(house, client)
    """Yen have no decimals; dinars have three, of which the last is 0; rupiah are paid whole."""
    ok(await tenant.call("PUT", "/v1/settings", {"taxes": [{"name": "VAT", "rate_ppm": 110_000}]}))
    for currency, price_minor, on_map_minor, paid_minor in (
        ("JPY", 5_005, 5_556, 3_723),
        ("KWD", 10_005, 11_110, 7_440),
        ("IDR", 15_000_050, 16_650_100, 11_155_600),
    ):
        event = house.event(price_minor=price_minor, org_id=tenant.id, currency=currency)
        told = ok(await client.get("/v1/events", params={"organization": tenant.id}))["items"]
        found = next(of for of in told if of["id"] == str(event.id))
        assert found["price_from_minor"] == on_map_minor
        wish = {"currency": currency, "organization": tenant.id, "price_max_minor": on_map_minor}
        assert len(ok(await client.get("/v1/events", params=wish))["items"]) == 1
        wish["price_max_minor"] = on_map_minor - 1
        assert ok(await client.get("/v1/events", params=wish))["items"] == []
        path = f"/v1/events/{event.id}/discounts"
        ok(await tenant.call("POST", path, {"code": "THIRD", "basis_points": 3_300}), 201)
        buyer = new_buyer()
        hold = await buyer.hold_ok(event, [1])
        assert hold["total_minor"] == on_map_minor
        started = ok(await buyer.checkout(hold["id"], {"discount_code": "THIRD"}), 201)
        _adds_up(started["order"])
        assert (started["order"]["currency"], started["order"]["total_minor"]) == (
            currency,
            paid_minor,
        )


async def test_an_order_whose_lines_do_not_sum_to_it_is_refused_by_the_database(
    house: Product, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    order = (await buyer.checkout_ok((await buyer.hold_ok(house.event(), [1]))["id"]))["order"]
    order_id = uuid.UUID(order["id"])
    for name in ("total_minor", "fee_minor", "tax_minor", "discount_minor"):
        changed = f"UPDATE orders SET {name} = {name} + 1 WHERE id = $1"
        told = ""
        try:
            await rows(house, changed, order_id)
        except Exception as error:  # of the driver, whatever it calls it
            told = str(error)
        assert "order" in told


async def test_what_an_event_asks_is_answered_and_kept_with_the_order(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    tenant = await Tenant.sign_up(house, client)
    event = house.event(org_id=tenant.id)
    diet = {"id": "diet", "text": "Any diet?", "options": ["none", "vegan"], "is_required": True}
    terms = {"questions": [diet, {"id": "heard", "text": "Where did you hear of us?"}]}
    path = f"/v1/events/{event.id}/terms"
    twice = {"questions": [diet, diet]}
    problem(await tenant.call("PUT", path, twice), 400, "bad-request")
    ok(await tenant.call("PUT", path, terms))
    copied = ok(await tenant.call("POST", f"/v1/events/{event.id}/duplicate", {}), 201)
    told = ok(await tenant.call("GET", f"/v1/events/{copied['id']}/terms"))
    assert [question["id"] for question in told["questions"]] == ["diet", "heard"]
    buyer = new_buyer()
    hold = await buyer.hold_ok(event, [1])

    def saying(*answers: tuple[str, str]) -> dict[str, Any]:
        return {"answers": [{"question_id": id, "text": text} for id, text in answers]}

    for wrong in (saying(), saying(("diet", "paleo")), saying(("diet", "vegan"), ("age", "9"))):
        problem(await buyer.checkout(hold["id"], wrong), 422, "checkout-invalid")
    order = ok(await buyer.checkout(hold["id"], saying(("diet", "vegan"))), 201)["order"]
    assert order["answers"] == [{"question_id": "diet", "question": "Any diet?", "answer": "vegan"}]
