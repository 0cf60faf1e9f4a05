"""Several people pay one order: all of it or none of it, to the last minor unit."""

import asyncio
import random
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from server.checkout import dividing
from server.checkout.models import OrderLine
from server.checkout.share_models import Division, DivisionRefused
from server.kernel.money import coin
from server.payments.adapters.amounts import to_provider
from server.payments.adapters.stripe_amounts import to_stripe
from tests.fixtures.product import Event, Product
from tests.server.support import Buyer, Organizer, end_in, ok, pay, problem, rows, state_of, until

NewBuyer = Callable[[], Buyer]
ADA = {"email": "ada@buyer.example", "name": "Ada"}


async def _draft(
    buyer: Buyer, event: Event, seats: list[int], pools: dict[str, int] | None = None
) -> dict[str, Any]:
    hold = await buyer.hold_ok(event, seats, pools)
    return ok(await buyer.call("POST", "/v1/orders", {"hold_id": hold["id"]} | ADA), 201)


async def _divide(buyer: Buyer, order: dict[str, Any], division: dict[str, Any]) -> list[Any]:
    path = f"/v1/orders/{order['id']}/shares"
    shares = ok(await buyer.call("POST", path, division), 201)["items"]
    assert sum(share["amount_minor"] for share in shares) == order["total_minor"]
    return shares


def _token(share: dict[str, Any]) -> str:
    return share["url"].rpartition("/")[2]


async def _seen(client: httpx.AsyncClient, share: dict[str, Any]) -> dict[str, Any]:
    return ok(await client.get(f"/v1/shares/{_token(share)}"))


async def _page(client: httpx.AsyncClient, share: dict[str, Any], name: str) -> str:
    payer = {"name": name, "email": f"{name.lower()}@payer.example"}
    answer = await client.post(f"/v1/shares/{_token(share)}/payments", json=payer)
    return ok(answer, 201)["redirect_url"]


async def test_payers_at_once_whose_webhooks_come_in_any_order_confirm_one_order(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(price_minor=1_999), new_buyer()
    order = await _draft(buyer, event, [1, 2, 3], {"gallery": 2})
    shares = await _divide(buyer, order, {"equal": 4})
    assert [share["amount_minor"] for share in shares] == [2_499, 2_499, 2_499, 2_498]
    names = ["Ada", "Bea", "Cai", "Dov"]
    pages = await asyncio.gather(
        *(_page(client, share, name) for share, name in zip(shares, names, strict=True))
    )
    assert await _page(client, shares[0], "Ada") == pages[0]
    orders = ["before", "after", "before", "after"]
    random.shuffle(orders)
    assert (await _seen(client, shares[3]))["status"] == "pending"
    await asyncio.gather(
        *(pay(client, page, webhook_order=at) for page, at in zip(pages, orders, strict=True))
    )
    paid = await buyer.order_when(order["id"], "confirmed")
    assert (len(paid["tickets"]), paid["paid_minor"]) == (5, order["total_minor"])
    seen = await _seen(client, shares[1])
    assert (seen["status"], seen["position"]) == ("confirmed", 1)
    assert [share["name"] for share in seen["shares"]] == names
    assert {share["status"] for share in seen["shares"]} == {"paid"}
    assert "email" not in str(seen)
    payer = {"name": "Eve", "email": "eve@payer.example"}
    again = await client.post(f"/v1/shares/{_token(shares[0])}/payments", json=payer)
    problem(again, 409, "share-over")
    # What goes back goes back to all of them, in proportion.
    organizer = Organizer(house, client)
    seat = next(line["id"] for line in paid["lines"] if line["quantity"] == 1)
    ok(await organizer.refund(order["id"], [seat]), 201)
    sql = """SELECT r.amount_minor FROM refunds r JOIN payments p ON p.id = r.payment_id
             WHERE p.order_id = $1 ORDER BY 1"""
    back = [row[0] for row in await rows(house, sql, uuid.UUID(order["id"]))]
    assert (sum(back), len(back)) == (1_999, 4)
    assert max(back) - min(back) <= 1


async def test_who_pays_for_a_place_has_its_ticket(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(price_minor=1_000), new_buyer()
    order = await _draft(buyer, event, [1, 2], {"gallery": 3})
    by_label = {line["label"]: line["id"] for line in order["lines"]}
    gallery = next(line["id"] for line in order["lines"] if line["quantity"] == 3)
    seats = [line_id for line_id in by_label.values() if line_id != gallery]
    mine = {"name": "Ada", "places": [{"line_id": seats[0]}, {"line_id": gallery}]}
    theirs = {
        "name": "Bea",
        "places": [{"line_id": seats[1]}, {"line_id": gallery, "quantity": 2}],
    }
    shares = await _divide(buyer, order, {"shares": [mine, theirs]})
    assert [share["amount_minor"] for share in shares] == [2_000, 3_000]
    await pay(client, await _page(client, shares[1], "Bea"))
    await pay(client, await _page(client, shares[0], "Ada"))
    await buyer.order_when(order["id"], "confirmed")
    sql = "SELECT holder_name, holder_address FROM tickets WHERE order_id = $1 ORDER BY 1, 2"
    held = [tuple(row) for row in await rows(house, sql, uuid.UUID(order["id"]))]
    ada, bea = ("Ada", "ada@payer.example"), ("Bea", "bea@payer.example")
    assert held == [ada, ada, bea, bea, bea]
    mails = """SELECT to_address FROM mails WHERE template = 'tickets'
               AND data->>'order_id' = $1 ORDER BY 1"""

    async def told() -> bool:
        found = [row[0] for row in await rows(house, mails, order["id"])]
        return found == ["ada@buyer.example", "ada@payer.example", "bea@payer.example"]

    await until(told)


async def test_where_not_all_is_paid_in_time_everything_goes_back_by_itself(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await _draft(buyer, event, [1, 2])
    shares = await _divide(buyer, order, {"equal": 2})
    late = await _page(client, shares[1], "Bea")
    await pay(client, await _page(client, shares[0], "Ada"))

    async def paid() -> bool:
        return (await _seen(client, shares[1]))["paid_minor"] == shares[0]["amount_minor"]

    await until(paid)
    await end_in(house, order["hold_id"], 0)
    over = await buyer.order_when(order["id"], "refunded")
    assert (over["note"], over["paid_minor"]) == (
        "Not all of it was paid in time: what was paid is paid back.", 0,
    )  # fmt: skip
    assert (await state_of(client, event))[0][1:3] == [0, 0]
    # A friend who is later still gets theirs back too.
    await pay(client, late)

    async def all_back() -> bool:
        seen = await _seen(client, shares[0])
        return [share["status"] for share in seen["shares"]] == ["paid_back", "paid_back"]

    await until(all_back)


async def test_a_buyer_who_cancels_gives_friends_their_money_back_and_they_hear_of_it(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await _draft(buyer, event, [1, 2])
    shares = await _divide(buyer, order, {"equal": 2})
    await pay(client, await _page(client, shares[1], "Bea"))

    async def paid() -> bool:
        return (await buyer.order(order["id"]))["paid_minor"] == shares[1]["amount_minor"]

    await until(paid)
    path = f"/v1/orders/{order['id']}"
    problem(await buyer.call("POST", f"{path}/confirmations", {}), 409, "order-begun")
    assert ok(await buyer.checkout(order["hold_id"]), 201)["redirect_url"].endswith(order["id"])
    ok(await buyer.call("POST", f"{path}/cancellations"))
    await buyer.order_when(order["id"], "refunded")
    mails = "SELECT template, to_address FROM mails WHERE data->>'order_id' = $1"

    async def told() -> list[Any]:
        return [tuple(row) for row in await rows(house, mails, order["id"])]

    assert await until(told) == [("cancelled", "bea@payer.example")]


async def test_a_share_that_is_paid_twice_is_paid_back_once(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await _draft(buyer, event, [1, 2])
    shares = await _divide(buyer, order, {"equal": 2})
    first = await _page(client, shares[0], "Ada")
    # Its page is taken for closed, so another is opened, and both are paid.
    closed = "UPDATE payments SET next_check_at = 'infinity' WHERE order_id = $1"
    await rows(house, closed, uuid.UUID(order["id"]))
    second = await _page(client, shares[0], "Ada")
    assert first != second
    for page in (first, second, await _page(client, shares[1], "Bea")):
        await pay(client, page)
    await buyer.order_when(order["id"], "confirmed")
    kept = """SELECT sum(amount_minor - refunded_minor)::int, sum(refunded_minor)::int
              FROM payments WHERE order_id = $1"""

    async def balanced() -> bool:
        [[kept_minor, back_minor]] = await rows(house, kept, uuid.UUID(order["id"]))
        return (kept_minor, back_minor) == (order["total_minor"], shares[0]["amount_minor"])

    await until(balanced)


@pytest.mark.parametrize(
    "division",
    [
        {}, {"equal": 1}, {"equal": 21}, {"equal": 2, "shares": [{"name": "A", "places": []}]},
        {"shares": [{"name": "A", "places": [{"line_id": str(uuid.UUID(int=1))}]}]},
    ],
)  # fmt: skip
async def test_a_division_that_cannot_be_is_refused_and_the_draft_kept(
    house: Product, new_buyer: NewBuyer, division: dict[str, Any]
) -> None:
    buyer = new_buyer()
    order = await _draft(buyer, house.event(), [1])
    refused = await buyer.call("POST", f"/v1/orders/{order['id']}/shares", division)
    assert refused.status_code in (400, 422), refused.text
    assert (await buyer.order(order["id"]))["status"] == "draft"


async def test_a_link_that_nobody_made_opens_nothing(client: httpx.AsyncClient) -> None:
    problem(await client.get("/v1/shares/fhp_guess"), 404, "not-found")


def _line(quantity: int, total_minor: int) -> OrderLine:
    return OrderLine(
        uuid.uuid4(), None, uuid.uuid4(), 0, 0, quantity, "Standing", "", total_minor, 0, 0, 0,
        total_minor, False, None, "",
    )  # fmt: skip


def test_places_of_one_line_cost_together_what_the_line_costs() -> None:
    line = _line(7, 1_000)
    counts = [1, 3, 2, 1]
    places = [{"name": "A", "places": [{"line_id": line.id, "quantity": n}]} for n in counts]
    shares = dividing.parts(_division(places), 1_250, 1, [line])
    assert sum(share.amount_minor for share in shares) == 1_250
    assert [share.amount_minor for share in shares] == [142 + 250, 429, 286, 143]


@pytest.mark.parametrize("currency", ["IDR", "MGA", "KWD", "JPY", "EUR"])
def test_shares_are_of_what_providers_take(currency: str) -> None:
    """Nobody pays a hundredth of a rupiah, though ISO 4217 has one."""
    least = coin(currency)
    total_minor, line = 1_000_000 * least, _line(7, 700_001 * least)
    places = [{"name": "A", "places": [{"line_id": line.id, "quantity": n}]} for n in (2, 4, 1)]
    for division in (Division(equal=3), Division(equal=7), _division(places)):
        shares = dividing.parts(division, total_minor, least, [line])
        assert sum(share.amount_minor for share in shares) == total_minor
        for share in shares:
            assert to_stripe(share.amount_minor, currency) % (10 if currency == "KWD" else 1) == 0
            if currency == "IDR":  # as Xendit has it
                assert to_provider(share.amount_minor, currency, 0) > 0


def test_two_ways_to_divide_at_once_are_refused() -> None:
    with pytest.raises(DivisionRefused):
        dividing.parts(Division(equal=2, deposit=True), 1_000, 1, [])


def _division(shares: list[dict[str, Any]]) -> Division:
    return msgspec.convert({"shares": shares}, Division)


async def test_a_hold_is_extended_while_its_order_is_paid_and_never_beyond_its_bound(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    hold = await buyer.hold_ok(event, [1])
    alone = await buyer.hold_ok(event, [2])
    order = (await buyer.checkout_ok(hold["id"]))["order"]
    for held in (hold, alone):
        await end_in(house, held["id"], 5)

    async def extended() -> bool:
        now = ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))
        return now["expires_at"] >= hold["expires_at"]

    await until(extended)
    now = ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))
    assert (await buyer.order(order["id"]))["expires_at"] == now["expires_at"]
    assert now["extendable_until"] == hold["extendable_until"]
    left = ok(await buyer.call("GET", f"/v1/holds/{alone['id']}"))
    assert left["expires_at"] < alone["expires_at"], "nobody pays for it"
    # As if it had been held for as long as it may be.
    await rows(
        house,
        "UPDATE holds SET extendable_until = now() + interval '2 s', "
        "created_at = now() - interval '1 h', expires_at = now() + interval '2 s' WHERE id = $1",
        uuid.UUID(hold["id"]),
    )
    await end_in(house, hold["id"], 1)
    await buyer.order_when(order["id"], "expired")
