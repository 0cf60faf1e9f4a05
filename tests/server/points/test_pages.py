"""Points on the pages of who has them, and of who gives them."""

from typing import Any

import httpx

from tests.fixtures.product import Product
from tests.server.identity.people import Person
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Visitor, form, words
from tests.server.support import Buyer, ok


async def test_points_are_settled_earned_given_and_used_by_pages(
    house: Product, client: httpx.AsyncClient, rule: Any
) -> None:
    person = await Person(house, client, "buyer").join()
    buyer = Buyer(house, client)
    buyer.headers = person.headers
    async with (
        visitors.operator(house) as owner,
        Visitor(house, fh_buyer=person.grant["token"]) as ada,
    ):
        settings = form(await owner.get("/organizer/settings"), "/settings")
        wrong = await owner.send(settings, points_worth_minor="0")
        assert (wrong.status_code, "more than nothing" in words(wrong)) == (422, True)
        saved = await owner.send(settings, points_worth_minor="0.50", points_earned="2")
        assert saved.status_code == 303
        now = ok(await client.get("/v1/settings", headers=house.operator()))["points"]
        assert (now["worth_minor"], now["earned"], now["per_minor"]) == (50, 2, 100)
        event = house.event(price_minor=1_000)
        first = await buyer.buy(event, [1])
        desk = await owner.get(f"/organizer/orders/{first['id']}")
        assert "20 earned" in words(desk)
        change = {"act": "points", "points": "-21", "points_note": "A mistake", "key": "a"}
        refused = await owner.post(f"/organizer/orders/{first['id']}", change)
        assert (refused.status_code, "the account has 20" in words(refused)) == (422, True)
        change |= {"points": "10", "points_note": "For the wait"}
        done = await owner.post(f"/organizer/orders/{first['id']}", change)
        assert done.status_code == 303
        hold = await buyer.hold_ok(event, [2])
        page = await ada.get(f"/checkout/{hold['id']}")
        assert "Use 20 points, worth \u20ac10" in words(page)
        wish = {"name": "Ada", "email": "ada@buyer.example", "points": "20"}
        told = await ada.post(f"/checkout/{hold['id']}", wish | {"shown": "1000"})
        assert "The total is \u20ac0 now" in words(told)
        paid = await ada.post(f"/checkout/{hold['id']}", wish | {"shown": "0"})
        order = await buyer.order_when(paid.headers["location"].split("/")[-1], "confirmed")
        assert "20 points, taken off" in words(await ada.get(f"/orders/{order['id']}"))
        own = words(await ada.get("/me/account"))
        for said in ("The House", "10", "For the wait", "Earned", "Used"):
            assert said in own
        # Several may pay what points leave; where they are spent before that begins, it is told.
        hold = await buyer.hold_ok(event, [3, 4])
        split = wish | {"points": "10", "shown": "1500", "act": "share"}
        shares = (await ada.post(f"/checkout/{hold['id']}", split)).headers["location"]
        assert "\u20ac15 in equal parts" in words(await ada.get(shares))
        other = await buyer.hold_ok(event, [5])
        ok(await buyer.checkout(other["id"], {"points": 10}), 201)
        for path, said in ((shares, {"act": "equal", "equal": "2"}), (_confirm(shares), {})):
            refused = await ada.post(path, said)
            assert (refused.status_code, "you have spent them" in words(refused)) == (422, True)


def _confirm(shares: str) -> str:
    return shares.removesuffix("shares") + "confirm"
