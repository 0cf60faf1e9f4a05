"""With forms alone a buyer says for whom each seat is, opens a code, and pays that; and is told
when a sale begins."""

import datetime as dt
import uuid

import httpx

from tests.fixtures.product import Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Visitor, document, form, forms, words
from tests.server.support import Organizer, ok, rows


async def test_forms_alone_choose_the_ticket_of_each_seat(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, owner = house.event(price_minor=2_500), Organizer(house, client)
    zone = event.geometry.zones[event.geometry.seats.zone[0][1]].key
    types = {}
    for name, more in (
        ("Child", {"price_minor": 900}),
        ("Crew", {"price_minor": 0, "visibility": "code", "access_code": "sesame"}),
        ("Last", {"price_minor": 100, "per_order_max": 1}),
    ):
        path, wish = f"/v1/events/{event.id}/ticket-types", {"zone": zone, "name": name}
        types[name] = ok(await owner.call("POST", path, wish | more), 201)["id"]
    async with Visitor(house) as ada:
        section = event.geometry.sections[0].key
        chosen = form(await ada.get(f"/e/{event.slug}?view=list&section={section}"), "/hold")
        held = await ada.send(chosen, seat=["0", "1"])
        assert held.status_code == 303, words(held)
        checkout = held.headers["location"]
        page = await ada.get(checkout)
        assert "Crew" not in words(page)
        changed = await ada.send(form(page, "/tickets"), **{"seat:0": types["Child"]})
        assert changed.headers["location"] == checkout
        page = await ada.get(checkout)
        assert "€34" in words(page)
        selected = document(page).xpath("//select[@name='seat:0']/option[@selected]/@value")
        assert selected == [types["Child"]]

        opened = await ada.get(f"{checkout}?code=sesame")
        changed = await ada.send(form(opened, "/tickets"), **{"seat:1": types["Crew"]})
        page = await ada.get(changed.headers["location"])
        assert "Pay €9" in words(page)
        both = {"seat:0": types["Last"], "seat:1": types["Last"]}
        refused = await ada.send(form(page, "/tickets"), **both)
        assert refused.status_code == 409
        assert "At most 1 of Last" in words(refused)
        forged = await ada.send(form(page, "/tickets"), **{"seat:0": "x"})
        assert forged.status_code == 400


async def test_a_cancelled_event_offers_nothing_to_choose(house: Product) -> None:
    event = house.event()
    cancel = "UPDATE events SET cancelled_at = now() WHERE id = $1 RETURNING cancelled_at"
    [(at,)] = await rows(house, cancel, event.id)
    async with Visitor(house) as ada:
        told = ok(await ada.client.get(f"/v1/events/{event.id}"))
        assert dt.datetime.fromisoformat(told["sales_end_at"]) == at
        page = await ada.get(f"/e/{event.slug}")
        assert "This event was cancelled." in words(page)
        assert document(page).find_class("is-over")
        assert not [one for one in forms(page) if one.action.endswith("?best")]
    async with visitors.operator(house) as owner:
        at = f"/organizer/events/{event.id}"
        for page in (await owner.get(f"{at}/setup"), await owner.get(f"{at}/orders")):
            assert "Cancelled" in words(page)


async def test_a_page_says_when_the_sale_begins_and_that_it_is_over(house: Product) -> None:
    later, over = house.event(), house.event()
    for event, column, days in ((later, "sales_open_at", 3), (over, "sales_close_at", -1)):
        statement = f"UPDATE events SET {column} = now() + $2 * interval '1 day' WHERE id = $1"
        await rows(house, statement, event.id, days)
    tag = f"w{uuid.uuid4().hex[:8]}"
    await rows(house, "UPDATE events SET name = $2 WHERE id = $1", later.id, tag)
    async with Visitor(house) as ada:
        assert "on sale from" in words(await ada.get(f"/?q={tag}"))
        assert "Tickets go on sale on " in words(await ada.get(f"/e/{later.slug}"))
        assert "The sale has closed." in words(await ada.get(f"/e/{over.slug}?view=list"))
        page = words(await ada.get(f"/e/{house.event().slug}"))
        assert "go on sale on" not in page
        assert "sale has closed" not in page
