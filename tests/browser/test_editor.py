"""From a venue's drawing to the event that is sold by it, in the map editor."""

import re
import uuid

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import browser, expect_accessible, shot, sign_in, visitor
from tests.fixtures.product import Product
from tests.server.catalog.venue import hall

pytestmark = pytest.mark.browser

FLOOR = '<rect id="ga-floor" data-name="GA Floor" x="20" y="150" width="200" height="60"/>'


def _upload(page: Page, drawing: bytes, told: str = "The drawing hall.svg was read.") -> None:
    file = {"name": "hall.svg", "mimeType": "image/svg+xml", "buffer": drawing}
    page.locator("input[type=file]").first.set_input_files([file])  # type: ignore[list-item]
    expect(page.locator(".side > .notice")).to_have_text(told)


def _rename_elsewhere(product: Product, page: Page, key: str, name: str) -> None:
    """Another person's edit of the map that this page shows."""
    path = f"/v1/maps/{page.url.rpartition('/')[2].partition('?')[0]}"
    with httpx.Client(base_url=product.base_url, headers=product.operator()) as other:
        revision = other.get(path).json()["revision"]
        edits = {"edits": [{"op": "rename", "key": key, "name": name}]}
        done = other.post(f"{path}/edits", params={"revision": revision}, json=edits)
        assert done.status_code == 200


def _open(page: Page) -> str:
    """An event on the version that was published, by way of the portal; the path of its page."""
    page.get_by_role("link", name="New event").click()
    page.get_by_label("Name of the event").fill(f"Night {uuid.uuid4().hex[:8]}")
    page.get_by_label("Begins").fill("2031-05-01T20:00")
    page.locator("summary").click()
    page.get_by_label("Time zone").fill("Europe/Vienna")
    page.get_by_role("button", name="On to prices").click()
    page.get_by_label("Gold").fill("45.50")
    page.get_by_label("General").fill("25")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    return str(page.get_by_role("link", name="See the live page").get_attribute("href"))


def test_a_drawing_is_uploaded_edited_published_and_drawn_again_under_an_event_on_sale(
    product: Product, chromium: str
) -> None:
    with browser(chromium) as opened:
        page = visitor(opened)
        press = lambda name: page.get_by_role("button", name=name, exact=True).click()  # noqa: E731
        done = lambda words: expect(page.locator(".edits")).to_contain_text(words)  # noqa: E731
        sign_in(page, product, "/organizer/maps")
        for field, value in (
            ("Name of the map", "Kleiner Saal"),
            ("Venue", "Kellerbar"),
            ("City", "Vienna"),
        ):
            page.get_by_label(field, exact=True).fill(value)
        page.get_by_label("Country").select_option("AT")
        expect_accessible(page)
        press("Create the map")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kleiner Saal")
        shot(page, "editor-empty")
        _upload(
            page,
            hall({}),
            "In hall.svg there is no place to be sold: see the report, "
            "or take another drawing under Publish.",
        )
        press("Publish")
        _upload(page, hall({"A": 12, "B": 12, "C": 12}, areas=FLOOR))

        page.get_by_role("button", name=re.compile("^Report")).click()
        shot(page, "editor-report")
        expect(page.get_by_text("Say how many places these standing areas have.")).to_be_visible()
        press("Choose it")
        page.get_by_label("Places").fill("80")
        press("Set")
        done("80 places")
        press("Let go")

        press("List")
        page.locator("summary").filter(has_text="stalls").click()
        press("row A")
        page.get_by_label("Name", exact=True).fill("AA")
        press("Rename")
        press("row AA")
        press("row B")
        page.get_by_label("Seats from").fill("2")
        page.get_by_label("Step").fill("2")
        page.get_by_label("From the other end").check()
        press("Number")
        expect(page.get_by_role("button", name=re.compile("row B, seat 24"))).to_be_visible()
        press("row AA")
        page.get_by_label("Price zone").select_option("A new zone…")
        page.get_by_label("Its name").fill("Gold")
        press("Make the zone")
        expect(page.get_by_label("Price zone")).to_have_value("gold")
        restricted = page.get_by_role("checkbox", name="Restricted view")
        restricted.check()
        expect(restricted).to_be_checked()
        expect_accessible(page)
        press("Map")
        shot(page, "editor-edit")
        press("Undo")
        expect(restricted).not_to_be_checked()
        press("Redo")
        expect(restricted).to_be_checked()
        press("Let go")
        press("Set the focal point")
        page.locator(".map").click(position={"x": 450, "y": 240})
        page.locator(".edits summary").click()
        done("Focal point set")
        done("numbers from 2 by 2, from the other end")

        page.get_by_role("button", name="1 section").click()
        press("Choose the 3 rows in it")
        page.get_by_label("Names from").fill("X")
        page.get_by_label("Order").select_option("From the bottom")
        press("Name")
        done("stalls/A is called Z")
        press("Undo")
        expect(page.locator(".edits li").first).to_contain_text("Focal point set")

        press("Publish")
        _rename_elsewhere(product, page, "stalls", "Parkett")
        told = page.locator(".side > .notice")
        press("Publish version 1")
        expect(told).to_contain_text("Somebody else has changed this map meanwhile.")
        press("Publish version 1")
        expect(told).to_contain_text("Version 1 is published.")
        shot(page, "editor-published")

        editor = page.url
        slug = _open(page)
        bob = visitor(opened)
        bob.add_init_script("Math.random = () => 0.05")  # who reloads waits a random time
        bob.goto(product.base_url + slug)
        expect(bob.locator(".event-head")).to_contain_text("Thursday 1 May 2031, 20:00")
        expect(bob.locator(".chips")).to_contain_text("€45.50")
        event_id = bob.evaluate("JSON.parse(document.getElementById('boot').textContent).event.id")
        page.goto(editor)
        press("Publish")
        with httpx.Client(base_url=product.base_url, headers=product.buyer()) as buyer:
            held = buyer.post(f"/v1/events/{event_id}/holds", json={"seats": [35]}).json()
            _upload(page, hall({"A": 12, "B": 12, "C": 11, "D": 5}, areas=FLOOR))
            press("Edit")
            press("4 rows")
            page.get_by_label("Price zone").select_option("A new zone…")
            page.get_by_label("Its name").fill("Silver")
            press("Make the zone")
            expect(page.get_by_label("Price zone")).to_have_value("silver")
            press("Publish")
            press("Publish version 2")
            press("To version 2…")
            step = page.get_by_role("form", name="To another version")
            expect(step).to_contain_text("5 seats more, 1 seat gone.")
            expect(step).to_contain_text("row C, seat 12 is held and is not in the new version.")
            expect(step.get_by_role("button", name="Sell by version 2")).to_have_count(0)
            shot(page, "editor-in-the-way")
            buyer.delete(f"/v1/holds/{held['id']}")
        press("To version 2…")
        step.get_by_label("Price of zone silver").fill("12.50")
        press("Sell by version 2")
        expect(told).to_contain_text("is sold by version 2 now.")
        expect(bob.locator(".chips")).to_contain_text("Silver€12.5040 left")
        expect_accessible(page)

        phone = visitor(opened, phone=True, dark=True)
        sign_in(phone, product, page.url.removeprefix(product.base_url))
        phone.get_by_role("button", name="Sections", exact=True).tap()
        phone.locator(".map").tap(position={"x": 120, "y": 150})
        expect_accessible(phone)
        shot(phone, "phone-editor")
