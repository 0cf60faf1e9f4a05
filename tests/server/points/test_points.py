"""Points are earned with money and pay for places, of who is signed in, and never below nothing."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest

from server.kernel.ids import uuid7
from tests.fixtures.product import Event, Product
from tests.server.identity.people import Person
from tests.server.support import (
    Buyer,
    Organizer,
    end_in,
    locking,
    ok,
    patient,
    pay,
    problem,
    rows,
    until,
    until_waiting,
)

Member = Callable[..., Awaitable[Buyer]]


async def _quote(buyer: Buyer, hold: dict[str, Any], points: int = 0) -> Any:
    return ok(await buyer.call("POST", "/v1/quotes", {"hold_id": hold["id"], "points": points}))


async def _balance(buyer: Buyer, event: Event, seat: int) -> int:
    """As a hold of this seat is told it, which is released again."""
    hold = await buyer.hold_ok(event, [seat])
    offer = (await _quote(buyer, hold))["points"]
    await buyer.call("DELETE", f"/v1/holds/{hold['id']}")
    return offer["balance"]


# Whoever wants to use its points waits for it.
_NEWEST_ACCOUNT = "SELECT 1 FROM point_accounts ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE"


async def _page_of(client: httpx.AsyncClient, share: dict[str, Any]) -> str:
    """Where somebody pays a share of an order."""
    token = share["url"].rpartition("/")[2]
    payer = {"name": "Bea", "email": "bea@payer.example"}
    begun = ok(await client.post(f"/v1/shares/{token}/payments", json=payer), 201)
    return begun["redirect_url"]


async def test_points_are_earned_on_what_is_paid_and_pay_for_what_comes_next(
    house: Product, client: httpx.AsyncClient, owner: Organizer, rule: Any, member: Member
) -> None:
    event, buyer = house.event(price_minor=2_599), await member()
    assert (await _quote(buyer, await buyer.hold_ok(event, [0])))["points"] is None
    first = await buyer.buy(event, [1, 2])
    # 51.98 at one point for each 1.00: 51.98, rounded down.
    assert first["points"]["earned"] == 51
    hold = await buyer.hold_ok(event, [3, 4])
    quoted = await _quote(buyer, hold, 20)
    assert quoted["points"] == {"balance": 51, "usable": 51, "usable_minor": 357}
    assert (quoted["points_minor"], quoted["discount_minor"]) == (140, 140)
    assert quoted["total_minor"] == 2 * 2_599 - 140
    started = ok(await buyer.checkout(hold["id"], {"points": 20}, key="once"), 201)
    again = ok(await buyer.checkout(hold["id"], {"points": 20}, key="once"), 201)
    assert again["order"] == started["order"]
    assert await _balance(buyer, event, 5) == 31
    await pay(client, started["redirect_url"], outcome="twice")
    second = await buyer.order_when(started["order"]["id"], "confirmed")
    told = second["points"]
    assert (told["used"], told["used_minor"], told["given_back"], told["earned"]) == (
        20,
        140,
        0,
        50,
    )
    assert (second["total_minor"], second["discount_minor"]) == (5_058, 140)
    # A line goes back, and half of the points: used ones at once, earned ones with the money.
    ok(await owner.refund(second["id"], [second["lines"][0]["id"]]), 201)
    left = (await buyer.order_when(second["id"], "partially_refunded"))["points"]
    assert (left["given_back"], left["earned"]) == (10, 25)
    ok(await owner.refund(second["id"]), 201)
    gone = (await buyer.order_when(second["id"], "refunded"))["points"]
    assert (gone["given_back"], gone["earned"]) == (20, 0)
    assert await _balance(buyer, event, 5) == 51
    assert ok(await owner.call("GET", f"/v1/org/orders/{second['id']}"))["points"] == gone


async def test_an_order_that_points_pay_needs_no_provider_and_gives_them_back(
    house: Product, owner: Organizer, rule: Any, member: Member
) -> None:
    event, buyer = house.event(price_minor=1_000), await member(400)
    hold = await buyer.hold_ok(event, [1, 2])
    # 20.00 are 285.7 points: the last one counts whole.
    assert (await _quote(buyer, hold))["points"]["usable"] == 286
    started = ok(await buyer.checkout(hold["id"], {"points": 400}), 201)
    order = await buyer.order_when(started["order"]["id"], "confirmed")
    assert (order["total_minor"], order["points"]["used"]) == (0, 286)
    assert order["payment"] is None
    ok(await owner.refund(order["id"], [order["lines"][0]["id"]]), 201)
    assert (await buyer.order(order["id"]))["points"]["given_back"] == 143
    ok(await owner.refund(order["id"]), 201)
    ended = await buyer.order_when(order["id"], "cancelled")
    assert ended["points"]["given_back"] == 286
    assert await _balance(buyer, event, 5) == 400


async def test_no_points_are_used_twice_however_many_check_out_at_once(
    house: Product, rule: Any, member: Member
) -> None:
    # What points pay whole is settled with the event's places: one order after the other.
    for price_minor, points, at_once in ((2_500, 100, 6), (700, 100, 1)):
        event, buyer = house.event(price_minor=price_minor), await member(100)
        holds = [await buyer.hold_ok(event, [seat]) for seat in range(6)]
        checkouts = [
            patient(partial(buyer.checkout, one["id"], {"points": points}, key=one["id"]))
            for one in holds
        ]
        async with locking(house, _NEWEST_ACCOUNT):
            answering = asyncio.gather(*checkouts)
            await until_waiting(house, at_once)
        answers = await answering
        assert sorted(answer.status_code for answer in answers) == [201] + [422] * 5
        assert await _balance(buyer, event, 9) == 0


async def test_points_are_refused_to_guests_beyond_what_there_is_and_against_the_rule(
    house: Product, rule: Any, member: Member, new_buyer: Callable[[], Buyer]
) -> None:
    await rule(per_order_max=50)
    event, buyer, guest = house.event(price_minor=1_000), await member(40), new_buyer()
    rich = await member(100)
    for one, seat, points in ((guest, 1, 20), (buyer, 2, 41), (buyer, 3, 9), (rich, 4, 51)):
        hold = await one.hold_ok(event, [seat])
        for path, more in (("/v1/quotes", {}), ("/v1/checkout", {"name": "A", "email": "a@b.cd"})):
            wish = {"hold_id": hold["id"], "points": points} | more
            problem(await one.call("POST", path, wish), 422, "points-refused")
    hold = await rich.hold_ok(event, [5])
    assert (await _quote(rich, hold))["points"]["usable"] == 50
    assert (await guest.buy(event, [6]))["points"] is None
    await rule(is_on=False)
    other = house.event()
    hold = await rich.hold_ok(other, [1])
    assert (await _quote(rich, hold))["points"] is None
    problem(await rich.checkout(hold["id"], {"points": 20}), 422, "points-refused")
    assert (await rich.buy(other, [2]))["points"] is None


async def test_a_payment_that_comes_when_its_points_are_spent_elsewhere_goes_back(
    house: Product, client: httpx.AsyncClient, rule: Any, member: Member
) -> None:
    event, buyer = house.event(price_minor=1_000), await member(50)
    late = [await buyer.hold_ok(event, [seat]) for seat in (1, 2)]
    orders = [ok(await buyer.checkout(hold["id"], {"points": 25}), 201) for hold in late]
    for hold in late:
        await end_in(house, hold["id"], -1)
    for started in orders:
        ended = await buyer.order_when(started["order"]["id"], "expired")
        assert ended["points"]["given_back"] == 25
    await buyer.buy(event, [3])
    hold = await buyer.hold_ok(event, [4])
    spent = ok(await buyer.checkout(hold["id"], {"points": 30}), 201)
    # 50 + 10 earned - 30: one of the two has its points again, and then nothing is left for it.
    await pay(client, orders[0]["redirect_url"])
    await buyer.order_when(orders[0]["order"]["id"], "confirmed")
    await pay(client, orders[1]["redirect_url"])
    back = await buyer.order_when(orders[1]["order"]["id"], "refunded")
    assert "points were spent" in back["note"]
    assert (back["points"]["given_back"], back["points"]["earned"]) == (25, 0)
    assert (await buyer.order(spent["order"]["id"]))["points"]["used"] == 30


async def test_an_order_that_several_pay_earns_points_for_who_made_it_once_all_is_paid(
    house: Product, client: httpx.AsyncClient, rule: Any, member: Member
) -> None:
    event, buyer = house.event(price_minor=1_550), await member()
    who = {"email": "ada@buyer.example", "name": "Ada"}
    hold = await buyer.hold_ok(event, [1, 2])
    draft = ok(await buyer.call("POST", "/v1/orders", {"hold_id": hold["id"]} | who), 201)
    path = f"/v1/orders/{draft['id']}"
    assert ok(await buyer.call("PUT", path, who))["points"]["used"] == 0
    divided = ok(await buyer.call("POST", f"{path}/shares", {"equal": 2}), 201)["items"]
    for at, share in enumerate(divided):
        assert (await buyer.order(draft["id"]))["points"]["earned"] == 0, at
        await pay(client, await _page_of(client, share))
    done = await buyer.order_when(draft["id"], "confirmed")
    assert (done["points"]["earned"], done["paid_minor"]) == (31, 3_100)


async def test_a_draft_says_how_many_points_and_uses_them_when_its_payment_begins(
    house: Product, client: httpx.AsyncClient, rule: Any, member: Member
) -> None:
    event, buyer = house.event(price_minor=1_550), await member(100)
    who = {"email": "ada@buyer.example", "name": "Ada"}
    hold = await buyer.hold_ok(event, [1, 2])
    wish = {"hold_id": hold["id"], "points": 101} | who
    problem(await buyer.call("POST", "/v1/orders", wish), 422, "points-refused")
    draft = ok(await buyer.call("POST", "/v1/orders", wish | {"points": 100}), 201)
    path = f"/v1/orders/{draft['id']}"
    assert (draft["total_minor"], draft["points"]["used"]) == (2_400, 100)
    for points, total_minor in ((0, 3_100), (90, 2_470)):
        anew = ok(await buyer.call("PUT", path, who | {"points": points}))
        assert (anew["total_minor"], anew["points"]["used"]) == (total_minor, points)
        assert anew["points"]["given_back"] == 0
    assert await _balance(buyer, event, 5) == 100, "a draft uses none"
    deposit = await buyer.call("POST", f"{path}/shares", {"deposit": True})
    problem(deposit, 422, "division-refused")

    spent = await buyer.hold_ok(event, [3])
    other = ok(await buyer.checkout(spent["id"], {"points": 50}), 201)["order"]
    for verb, said in (("confirmations", {}), ("shares", {"equal": 2})):
        problem(await buyer.call("POST", f"{path}/{verb}", said), 422, "points-refused")
    assert (await buyer.order(draft["id"]))["status"] == "draft", "nothing is half done"
    ok(await buyer.call("POST", f"/v1/orders/{other['id']}/cancellations", {}))
    assert await _balance(buyer, event, 5) == 100

    # Several pay what the points leave, and a part of it goes back.
    divided = ok(await buyer.call("POST", f"{path}/shares", {"equal": 2}, key="once"), 201)
    again = ok(await buyer.call("POST", f"{path}/shares", {"equal": 2}, key="once"), 201)
    assert again == divided
    assert [share["amount_minor"] for share in divided["items"]] == [1_235, 1_235]
    assert await _balance(buyer, event, 5) == 10
    for share in divided["items"]:
        await pay(client, await _page_of(client, share), outcome="twice")
    done = await buyer.order_when(draft["id"], "confirmed")
    assert (done["points"]["used"], done["points"]["earned"]) == (90, 24)
    assert await _balance(buyer, event, 5) == 34


async def test_points_of_a_divided_order_go_back_when_not_all_is_paid(
    house: Product, client: httpx.AsyncClient, rule: Any, member: Member
) -> None:
    event, buyer = house.event(price_minor=1_550), await member(100)
    who = {"email": "ada@buyer.example", "name": "Ada"}
    hold = await buyer.hold_ok(event, [1, 2])
    wish = {"hold_id": hold["id"], "points": 100} | who
    draft = ok(await buyer.call("POST", "/v1/orders", wish), 201)
    path = f"/v1/orders/{draft['id']}/shares"
    first, second = ok(await buyer.call("POST", path, {"equal": 2}), 201)["items"]
    pages = [await _page_of(client, share) for share in (first, second)]
    await pay(client, pages[0])
    await end_in(house, hold["id"], -1)
    ended = await buyer.order_when(draft["id"], "refunded")
    told = ended["points"]
    assert (told["used"], told["given_back"], told["earned"]) == (100, 100, 0)
    await pay(client, pages[1])  # too late: it goes back, and no points are used
    sql = """SELECT count(*) FROM refunds r JOIN payments p ON p.id = r.payment_id
             WHERE p.order_id = $1 AND r.status = 'succeeded'"""

    async def is_back() -> bool:
        return (await rows(house, sql, uuid.UUID(draft["id"])))[0][0] == 2

    await until(is_back)
    assert (await buyer.order(draft["id"]))["points"] == told
    assert await _balance(buyer, event, 5) == 100


async def test_people_give_and_take_points_with_a_note_that_is_kept(
    house: Product, client: httpx.AsyncClient, owner: Organizer, rule: Any
) -> None:
    person = await Person(house, client, "buyer").join()
    buyer = Buyer(house, client)
    buyer.headers = person.headers
    order = await buyer.buy(house.event(price_minor=1_000), [1])
    at = f"/v1/point-accounts/{order['points']['account_id']}"
    given = {"points": 90, "note": "For the wait at the door"}
    there = ok(await owner.call("POST", f"{at}/adjustments", given, key="90"), 201)
    assert ok(await owner.call("POST", f"{at}/adjustments", given, key="90"), 201) == there
    assert there["balance"] == 100
    taken = {"points": -101, "note": "Too many"}
    problem(await owner.call("POST", f"{at}/adjustments", taken), 422, "points-refused")
    problem(
        await owner.call("POST", f"{at}/adjustments", given | {"note": " "}), 400, "bad-request"
    )
    ok(await owner.call("POST", f"{at}/adjustments", taken | {"points": -100}), 201)
    shown = ok(await owner.call("GET", f"{at}?page_size=2"))
    assert [row["points"] for row in shown["items"]] == [-100, 90]
    more = ok(await owner.call("GET", f"{at}?next_token={shown['next_token']}"))
    assert [(row["kind"], row["points"]) for row in more["items"]] == [("earned", 10)]
    own = ok(await buyer.call("GET", "/v1/buyers/points"))["items"]
    assert [(row["id"], row["balance"]) for row in own] == [(shown["id"], 0)]
    ledger = ok(await buyer.call("GET", f"/v1/buyers/points/{shown['id']}"))
    assert ledger["items"] == [*shown["items"], *more["items"]]
    stranger = await Person(house, client, "buyer").join()
    answer = await client.get(f"/v1/buyers/points/{shown['id']}", headers=stranger.headers)
    problem(answer, 404, "not-found")
    log = ok(await owner.call("GET", f"/v1/audit?subject=point_account:{shown['id']}"))["items"]
    assert [entry["data"]["points"] for entry in log] == [-100, 90]


async def test_postgresql_refuses_a_balance_that_is_not_its_ledger(
    house: Product, rule: Any, member: Member
) -> None:
    event, buyer = house.event(), await member(50)
    assert await _balance(buyer, event, 1) == 50
    for statement in (
        "UPDATE point_accounts SET balance = balance + 1 WHERE balance = 50",
        "UPDATE point_accounts SET balance = -1 WHERE balance = 50",
        """INSERT INTO point_ledger (id, org_id, account_id, kind, points)
           SELECT gen_random_uuid(), org_id, id, 'adjusted', 1 FROM point_accounts""",
        "UPDATE point_ledger SET points = 1",
        "DELETE FROM point_ledger",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await rows(house, statement)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await rows(
            house,
            "INSERT INTO point_accounts (id, org_id, user_id) VALUES ($1, 'house', $2)",
            uuid7(),
            uuid.uuid4(),
        )
