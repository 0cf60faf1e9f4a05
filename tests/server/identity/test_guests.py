"""A guest who signs in keeps what they have, and the guest's token keeps nothing."""

import asyncio
from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.identity.people import Person
from tests.server.support import Buyer, ok, problem, rows


def _token(buyer: Buyer) -> str:
    return buyer.headers["Authorization"].removeprefix("Bearer ")


async def _seen(client: httpx.AsyncClient, headers: dict[str, str], bought: Any, hold: Any) -> Any:
    """What somebody sees of an order, its tickets and a hold: statuses."""
    tickets = ok(await client.get("/v1/me/tickets", headers=headers))
    return (
        (await client.get(f"/v1/orders/{bought['id']}", headers=headers)).status_code,
        (await client.get(f"/v1/holds/{hold['id']}", headers=headers)).status_code,
        len(tickets["items"]),
    )


async def test_a_guest_who_signs_in_takes_holds_orders_and_tickets_along(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, guest = house.event(), Buyer(house, client)
    person = await Person(house, client, "buyer").join()
    bought = await guest.buy(event, [0])
    hold = await guest.hold_ok(event, [1], {"dance-floor": 2})
    assert await _seen(client, guest.headers, bought, hold) == (200, 200, 1)
    await person.login_ok(guest_token=_token(guest))
    assert await _seen(client, person.headers, bought, hold) == (200, 200, 1)
    assert await _seen(client, guest.headers, bought, hold) == (404, 404, 0)
    # And goes on with the hold.
    mine = Buyer(house, client)
    mine.headers = person.headers
    ok(await mine.change(hold["id"], {"add": {"seats": [2]}}))
    ok(await mine.checkout(hold["id"]), 201)
    me = ok(await client.get("/v1/me", headers=person.headers))
    assert (me["buyer_id"], me["is_guest"]) == (person.grant["user_id"], False)
    assert me["account"]["email"] == person.email


async def test_who_registers_as_a_guest_finds_it_in_the_account_wherever_the_link_is_opened(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, guest = house.event(), Buyer(house, client)
    hold = await guest.hold_ok(event, [0])
    person = await Person(house, client, "buyer").join(guest_token=_token(guest))
    path = f"/v1/holds/{hold['id']}"
    assert (await client.get(path, headers=person.headers)).status_code == 200
    assert (await client.get(path, headers=guest.headers)).status_code == 404


async def test_only_a_guest_can_be_taken_over(house: Product, client: httpx.AsyncClient) -> None:
    """Not an account, by whoever has its token for a moment; and not by an operator."""
    victim, thief = Person(house, client, "buyer"), Person(house, client, "buyer")
    await victim.join()
    await thief.join()
    for wrong in (victim.grant["token"], "x", house.operator()["Authorization"][7:]):
        problem(await thief.login(guest_token=wrong), 400, "bad-request")
    operator = await Person(house, client).join()
    guest = Buyer(house, client)
    problem(await operator.login(guest_token=_token(guest)), 400, "bad-request")
    ok(await thief.login())


async def test_an_order_made_while_its_guest_signs_in_is_the_accounts(
    house: Product, client: httpx.AsyncClient
) -> None:
    """Checkout and signing in at once, again and again: nothing stays with a guest nobody is."""
    event = house.event()
    person = await Person(house, client, "buyer").join()
    for seat in range(6):
        guest = Buyer(house, client)
        hold = await guest.hold_ok(event, [seat])
        started, signed_in = await asyncio.gather(
            guest.checkout(hold["id"]), person.login(guest_token=_token(guest))
        )
        ok(signed_in)
        assert started.status_code in (201, 404), started.text
        left = await rows(
            house,
            """SELECT 1 FROM holds h LEFT JOIN orders o ON o.hold_id = h.id
               WHERE h.id = $1::text::uuid
                 AND (h.buyer_id <> $2::text::uuid OR o.buyer_id <> $2::text::uuid)""",
            hold["id"],
            person.grant["user_id"],
        )
        assert left == []


async def test_the_limit_per_buyer_counts_what_the_guest_had(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, guest = house.event(seats_per_buyer_max=3), Buyer(house, client)
    await guest.hold_ok(event, [0, 1])
    person = await Person(house, client, "buyer").join()
    await person.login_ok(guest_token=_token(guest))
    mine = Buyer(house, client)
    mine.headers = person.headers
    problem(await mine.hold(event, [2, 3]), 422, "too-many-places")
    ok(await mine.hold(event, [2]), 201)
