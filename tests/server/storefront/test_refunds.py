"""Money back without scripting: organizers pay back and cancel, buyers ask."""

from collections.abc import Callable

import httpx

from tests.fixtures.product import Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import form, forms, words
from tests.server.support import Buyer, Organizer, ok, until

NewBuyer = Callable[[], Buyer]


async def test_an_organizer_pays_back_some_of_an_order_on_its_page(
    house: Product, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(capacities={"gallery": 9}), new_buyer()
    order = await buyer.buy(event, [1], {"gallery": 3})
    standing = next(line for line in order["lines"] if line["quantity"] == 3)
    async with visitors.operator(house) as visitor:
        path = f"/organizer/orders/{order['id']}"
        page = await visitor.get(path)
        refused = await visitor.send(form(page, path))
        assert refused.status_code == 422
        assert "Choose what goes back" in words(refused)
        chosen = {f"part:{standing['id']}": "yes", f"quantity:{standing['id']}": "2"}
        sent = form(refused, path)
        done = await visitor.send(sent, note="Two cannot come", **chosen)
        assert done.status_code == 303, words(done)
        again = await visitor.send(sent, note="Two cannot come", **chosen)
        assert again.headers["location"] == done.headers["location"]
        await buyer.order_when(order["id"], "partially_refunded")
        shown = words(await visitor.get(path))
        assert "Refunded" in shown
        assert "Two cannot come" in shown
    after = await buyer.order(order["id"])
    assert sum(ticket["status"] == "valid" for ticket in after["tickets"]) == 2


async def test_a_buyer_asks_and_the_organizer_answers(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    async with visitors.buyer(house) as ada, visitors.operator(house) as organizer:
        buyer = Buyer(house, client)
        buyer.headers = ada.buyer
        order = await buyer.buy(event, [1])
        path = f"/orders/{order['id']}"
        asked = await ada.send(
            form(await ada.get(path), f"{path}/refund-request"), reason="I have <b>the flu</b>"
        )
        assert asked.status_code == 303
        assert "the organizer will answer" in words(await ada.get(path))
        listed = await organizer.get("/organizer/refunds")
        assert "I have <b>the flu</b>" in words(listed)
        request = ok(await buyer.call("GET", f"/v1{path}/refund-requests"))["items"][0]
        # Others of the house wait for an answer too.
        answer = next(each for each in forms(listed) if each.action.endswith("/refunds"))
        silent = await organizer.post(
            "/organizer/refunds", answer.fields | {"decline": request["id"]}
        )
        assert silent.status_code == 422
        said = await organizer.post(
            "/organizer/refunds", answer.fields | {"approve": request["id"], "words": "Get well"}
        )
        assert said.status_code == 303
        await buyer.order_when(order["id"], "refunded")
        assert "Paid back" in words(await ada.get(path))


async def test_an_event_is_cancelled_on_its_page_and_shows_how_far_that_is(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, buyer = house.event(), new_buyer()
    order = await buyer.buy(event, [1])
    path = f"/organizer/events/{event.id}/refunds"
    async with visitors.operator(house) as visitor:
        policy = await visitor.post(
            path,
            {"key": "k", "act": "policy", "allow_refunds_until": "2026-01-01T10:00"},
        )
        assert policy.status_code == 303
        organizer = Organizer(house, client)
        shown = ok(await organizer.call("GET", f"/v1/events/{event.id}/refund-policy"))
        assert shown["allow_refunds_until"].startswith("2026-01-01T09:00")
        unsure = await visitor.post(path, {"key": "c", "act": "cancel", "revision": "0"})
        assert unsure.status_code == 422
        assert "it cannot be undone" in words(unsure)
        fields = {"key": "c", "act": "cancel", "revision": "0", "sure": "yes", "note": "Storm"}
        assert (await visitor.post(path, fields)).status_code == 303
        await buyer.order_when(order["id"], "refunded")

        async def over() -> bool:
            return "All orders have gone back" in words(await visitor.get(path))

        await until(over)
        for page in ("box-office", "import", "guests", "allocations"):
            told = await visitor.get(f"/organizer/events/{event.id}/{page}")
            assert "Nothing of it is sold or given away any more." in words(told)
            assert 'type="module"' not in told.text
            assert "Open the list" not in told.text
    assert "This event was cancelled" in words(await client.get(f"/e/{event.slug}"))
