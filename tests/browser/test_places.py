"""The organizer's places of an event: off sale and back, tables, another seat."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import EventPage, browser, expect_accessible, shot, sign_in, visitor
from tests.fixtures.product import Event, Product

pytestmark = pytest.mark.browser


class PlacesPage(EventPage):
    """The same map, where organizers work on it."""

    def __init__(self, page: Page, product: Product, event: Event) -> None:
        super().__init__(page, product, event)
        self._url = f"{product.base_url}/organizer/events/{event.id}/places"


def test_an_organizer_takes_places_off_sale_changes_tables_and_exchanges_a_sold_seat(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=600, capacities={"gallery": 10})
    path = f"/organizer/events/{event.id}/places"
    with browser(chromium) as opened:
        bob = EventPage(visitor(opened), product, event).open()
        page = visitor(opened)
        sign_in(page, product, path)
        places = PlacesPage(page, product, event).open()
        tray = page.get_by_role("region", name="What you have chosen")
        press = lambda name: page.get_by_role("button", name=name, exact=True).click()  # noqa: E731

        press("Rows")
        places.click_seat(10)
        expect(tray.get_by_role("heading")).to_have_text("6 seats")
        expect_accessible(page)
        shot(page, "places-chosen")
        # Somebody is faster, and the map of this second does not show it yet.
        page.route(
            "**/blocks", lambda route: (_hold(product, event, [11]), route.continue_()), times=1
        )
        press("Take 6 off sale")
        expect(tray).to_contain_text(
            "Parterre, table 2, chair 6 is being held: nothing was changed"
        )
        shot(page, "places-in-the-way")
        press("Go on with the other 5")
        expect(tray).to_contain_text("5 seats are off sale.")
        bob.expect_seat(10, "not for sale")
        press("Undo")
        expect(tray).to_contain_text("5 seats are back on sale.")
        bob.expect_seat(10, "€25")

        gallery = page.locator("form.area").filter(has_text="Gallery")
        gallery.get_by_role("spinbutton").fill("12")
        gallery.get_by_role("spinbutton").evaluate("field => field.removeAttribute('max')")
        gallery.get_by_role("button", name="Off sale").click()
        expect(tray).to_contain_text("Gallery has only 10 places free: nothing was changed")
        gallery.get_by_role("spinbutton").fill("4")
        gallery.get_by_role("button", name="Off sale").click()
        expect(gallery).to_contain_text("6 of 10 left · 4 off sale")

        places.click_seat(0)
        page.get_by_role("combobox").select_option("Whole")
        press("Change")
        expect(tray).to_contain_text("The table is sold so from now on")
        expect(tray).to_contain_text("table 1 is sold whole")
        press("Clear")

        _buy(product, event, [20, 22])
        bob.expect_seat(20, "sold", within_ms=10_000)
        press("Seats")
        places.click_seat(20)
        press("Give another seat")
        places.click_seat(21)
        expect(tray).to_contain_text("becomes")
        shot(page, "places-exchange")
        press("Exchange now")
        expect(tray).to_contain_text("Ada Buyer has")
        bob.expect_seat(20, "€25")
        bob.expect_seat(21, "sold")

        places.click_seat(21)
        page.get_by_role("link", name="All of the order").click()
        expect(tray).to_contain_text("Press 2 free seats, or a table with as many")
        page.get_by_role("button", name="List").click()
        page.locator("summary").filter(has_text="Lounge").click()
        page.get_by_role("button", name="table 10", exact=True).click()
        expect(tray).to_contain_text("They become Lounge, table 10, chair 1 and")
        expect_accessible(page)
        shot(page, "places-order")
        press("Exchange now")
        expect(tray).to_contain_text("Ada Buyer has Lounge, table 10, chair 1 and")
        bob.expect_seat(21, "€25")

        phone = visitor(opened, phone=True, dark=True)
        sign_in(phone, product, path)
        PlacesPage(phone, product, event).open()
        shot(phone, "phone-places")
        phone.get_by_role("button", name="List").tap()
        phone.locator("summary").filter(has_text="Lounge").tap()
        phone.get_by_role("button", name="table 10", exact=True).tap()
        expect(phone.get_by_role("button", name=re.compile("^Take 6 off"))).to_be_in_viewport()
        expect_accessible(phone)
        shot(phone, "phone-places-list")


def _hold(product: Product, event: Event, seats: list[int]) -> None:
    path = f"{product.base_url}/v1/events/{event.id}/holds"
    held = httpx.post(path, json={"seats": seats}, headers=product.buyer())
    assert held.status_code == 201


def _buy(product: Product, event: Event, seats: list[int]) -> None:
    """What the API sells to a guest, up to the tickets."""
    with httpx.Client(base_url=product.base_url, headers=product.buyer()) as buyer:
        hold = buyer.post(f"/v1/events/{event.id}/holds", json={"seats": seats}).json()
        wish = {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada Buyer"}
        started = buyer.post("/v1/checkout", json=wish).json()
        httpx.post(started["redirect_url"], data={"outcome": "succeed"})
