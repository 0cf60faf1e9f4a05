"""Organizations side by side in one running product: what is one's is not the other's."""

import datetime as dt
import time

import httpx

from tests.fixtures.product import ORG_ID, Event, Product
from tests.server.storefront.visitors import new_org, new_user
from tests.server.support import Buyer, ok, problem, rows

OF_AN_EVENT = ("events", "ticket_types", "table_modes", "seats", "pools")


async def give(product: Product, event: Event, org_id: str) -> None:
    """Make it another organization's event, as if that had made it."""
    for table in OF_AN_EVENT:
        owner = "id" if table == "events" else "event_id"
        await rows(product, f"UPDATE {table} SET org_id = $2 WHERE {owner} = $1", event.id, org_id)


async def test_a_key_that_made_a_hold_of_one_organization_is_spent_for_all(
    house: Product, client: httpx.AsyncClient
) -> None:
    """And it keeps nobody waiting who wants a place of the other one's event."""
    first, second = house.event(), house.event()
    await give(house, second, new_org(house))
    buyer, other = Buyer(house, client), Buyer(house, client)
    ok(await buyer.hold(first, [1], key="one key"), 201)
    started = time.monotonic()
    problem(await buyer.hold(second, [1], key="one key"), 422, "idempotency-key-reused")
    ok(await other.hold(second, [1]), 201)
    assert time.monotonic() - started < 2
    again = ok(await buyer.hold(first, [1], key="one key"), 201)
    assert again["event_id"] == str(first.id)


async def test_a_buyer_buys_with_every_organization(
    house: Product, client: httpx.AsyncClient
) -> None:
    first, second = house.event(), house.event()
    await give(house, second, new_org(house))
    buyer = Buyer(house, client)
    for seat, event in enumerate((first, second, first)):
        hold = await buyer.hold_ok(event, [seat])
        assert ok(await buyer.call("GET", f"/v1/holds/{hold['id']}"))["event_id"] == str(event.id)
        order = (await buyer.checkout_ok(hold["id"]))["order"]
        assert (await buyer.order(order["id"]))["event_id"] == str(event.id)


async def test_a_key_of_one_person_is_another_key_in_another_organization(
    house: Product, client: httpx.AsyncClient
) -> None:
    both = {ORG_ID: "owner", new_org(house): "owner"}
    token, _ = house.tokens.sign("operator", str(new_user(house, **both)), dt.datetime.now(dt.UTC))
    wish = {"name": "Hall", "venue": {"name": "The Hall", "city": "Vienna", "country": "AT"}}
    made: set[str] = set()
    for org_id in [*both, *both]:
        headers = {"Authorization": f"Bearer {token}", "X-Org": org_id, "Idempotency-Key": "k"}
        answer = await client.post("/v1/maps", json=wish, headers=headers)
        made.add(ok(answer, 201)["id"])
    assert len(made) == 2
