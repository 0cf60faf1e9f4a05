"""Before an event that lets people in by turns: a number, a place that moves, and one's turn."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.pages import browser, expect_accessible, shot, visitor
from tests.fixtures.product import Event, Product

pytestmark = pytest.mark.browser


def _set(product: Product, event: Event, **wish: object) -> None:
    path = f"{product.base_url}/v1/events/{event.id}/waiting-room"
    httpx.put(path, json=wish, headers=product.operator()).raise_for_status()


def test_who_waits_sees_their_place_move_and_goes_on_by_itself(
    product: Product, chromium: str
) -> None:
    event = product.event()
    url, turn = f"{product.base_url}/e/{event.slug}", f"/v1/events/{event.id}/turn"
    _set(product, event, is_on=True, at_once_max=1)
    inside, between = product.buyer(), product.buyer()
    with httpx.Client(base_url=product.base_url) as client, browser(chromium) as opened:
        for headers in (inside, between):
            client.put(turn, headers=headers).raise_for_status()
        ada, bob = visitor(opened), visitor(opened, phone=True, dark=True)
        for page, ahead in ((ada, "1"), (bob, "2")):
            page.goto(url)  # a script takes the number
            expect(page.locator("[data-ahead]")).to_have_text(ahead)
            expect_accessible(page)
        expect(bob.get_by_role("status")).to_have_text("Your turn comes within 30 minutes.")
        shot(bob, "waiting-phone")
        shot(ada, "waiting")
        for page in (ada, bob):
            page.evaluate("window.isSamePage = true")

        client.delete(turn, headers=inside)
        expect(ada.locator("[data-ahead]")).to_have_text("0")
        expect(bob.locator("[data-ahead]")).to_have_text("1")
        assert bob.evaluate("window.isSamePage"), "the place moves without a reload"
        client.delete(turn, headers=between)
        expect(ada.locator("#live canvas").first).to_be_visible()
        expect(bob.locator("[data-ahead]")).to_have_text("0")
        assert bob.evaluate("window.isSamePage")
        _set(product, event, is_on=False)
        expect(bob.locator("#live canvas").first).to_be_visible()


def test_without_scripts_one_joins_waits_and_leaves_by_forms(
    product: Product, chromium: str
) -> None:
    event = product.event()
    url, turn = f"{product.base_url}/e/{event.slug}", f"/v1/events/{event.id}/turn"
    _set(product, event, is_on=True, at_once_max=1)
    first = product.buyer()
    with httpx.Client(base_url=product.base_url) as client, browser(chromium) as opened:
        client.put(turn, headers=first).raise_for_status()
        page = visitor(opened, script=False)
        page.goto(url)
        shot(page, "waiting-join")
        page.get_by_role("button", name="Join the line").click()
        expect(page.locator("[data-ahead]")).to_have_text("0")
        page.get_by_role("button", name="Leave the line").click()
        page.goto(url)
        expect(page.get_by_role("heading", name="Your turn has passed")).to_be_visible()
        shot(page, "waiting-over")
        client.delete(turn, headers=first)
        page.get_by_role("button", name="Join the line").click()
        expect(page.get_by_role("button", name="Hold the best")).to_be_visible()
