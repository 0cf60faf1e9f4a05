"""With forms alone an organizer makes a discount and asks a question, and a buyer uses the one and
answers the other, sees the new total before paying it, and is found among the orders."""

import httpx

from tests.fixtures.product import Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Form, Visitor, document, form, forms, words
from tests.server.support import Organizer, ok


def _with(page: httpx.Response, field: str) -> Form:
    """The one form that has the field."""
    (found,) = [of for of in forms(page) if field in of.fields]
    return found


async def test_a_code_and_a_question_from_the_organizers_page_to_the_order(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, api = house.event(price_minor=2_500), Organizer(house, client)
    at = f"/organizer/events/{event.id}"
    parking = {"name": "Parking", "price_minor": 800}
    ok(await api.call("POST", f"/v1/events/{event.id}/products", parking), 201)
    async with visitors.operator(house) as owner:
        page = await owner.get(f"{at}/discounts")
        refused = await owner.send(_with(page, "code"), code="half price", value="120")
        wrong = document(refused).xpath("//*[@aria-invalid]/@name")
        assert (refused.status_code, sorted(wrong)) == (422, ["code", "value"])
        made = await owner.send(_with(refused, "code"), code="half", value="50")
        assert made.headers["location"].startswith(f"{at}/discounts"), words(made)
        assert "HALF" in words(await owner.get(f"{at}/discounts"))
        asked = {"text:0": "Any diet?", "options:0": "none, vegan", "required:0": "yes"}
        saved = await owner.send(_with(await owner.get(f"{at}/terms"), "text:0"), **asked)
        assert "Saved." in words(await owner.get(saved.headers["location"]))

    async with Visitor(house) as ada:
        section = event.geometry.sections[0].key
        chosen = form(await ada.get(f"/e/{event.slug}?view=list&section={section}"), "/hold")
        checkout = (await ada.send(chosen, seat=["0", "1"])).headers["location"]
        # Another process may know the event as it was for a few seconds.
        while "Any diet?" not in words(page := await ada.get(checkout)):
            pass
        details = _with(page, "shown")
        product = next(name for name in details.fields if name.startswith("product:"))
        answer = next(name for name in details.fields if name.startswith("answer:"))
        typed = {"name": "Ada", "email": "ada@buyer.example", product: "1", answer: "vegan"}
        refused = await ada.send(details, **typed, discount_code="nobodys")
        assert refused.status_code == 422
        (field,) = document(refused).xpath("//*[@aria-invalid]")
        assert (field.get("name"), field.get("value")) == ("discount_code", "nobodys")
        (told,) = document(refused).xpath(f"//*[@id='{field.get('aria-describedby')}']")
        assert "not valid" in told.text_content()
        # Whoever pays at once has not seen the total yet: it is shown, and nothing is ordered.
        shown = await ada.send(details, **typed, discount_code="half")
        assert shown.status_code == 200
        assert "The total is €33 now." in words(shown)
        details = _with(shown, "shown")
        assert details.fields[answer] == ["vegan"]
        started = await ada.send(details)
        assert started.status_code == 303
        order = (await ada.get(checkout)).headers["location"]
        assert "Discount" in words(await ada.get(order))

    async with visitors.operator(house) as owner:
        listed = await owner.get(f"{at}/orders?q=ada@")
        (link,) = document(listed).xpath("//a[contains(@href, '/organizer/orders/')]/@href")
        told = words(await owner.get(link))
        assert "Any diet?vegan" in told
        assert "€33" in told
        assert "none like this" in words(await owner.get(f"{at}/orders?q=nobody"))
        assert (await owner.get(f"{at}/orders?status=odd")).status_code == 400
