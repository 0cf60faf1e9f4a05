"""Seats that somebody else got first: equal ones are held already, to take or to let go."""

import re

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pages import EventPage, browser, expect_accessible, shot, visitor
from tests.fixtures.product import Event, Product

pytestmark = pytest.mark.browser


def _too_late(page: Page, product: Product, event: Event, seats: list[int]) -> None:
    """A rival's hold of `seats` is committed while this visitor's own request is on its way."""

    def rival_first(route: Route) -> None:
        taken = httpx.post(
            f"{product.base_url}/v1/events/{event.id}/holds",
            json={"seats": seats},
            headers=product.buyer(),
        )
        assert taken.status_code == 201
        route.continue_()

    page.route("**/holds", rival_first, times=1)
    page.get_by_role("button", name=re.compile("^Hold 2")).click()


def test_equal_seats_are_kept_for_who_came_too_late_and_taken_or_let_go(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=600)
    with browser(chromium) as opened:
        bob = EventPage(visitor(opened), product, event).open()
        ada = EventPage(visitor(opened), product, event).open()
        offer = ada.page.get_by_role("group", name="Kept for you instead")

        for seat in (10, 11):
            ada.click_seat(seat)
        _too_late(ada.page, product, event, [11])
        expect(offer).to_contain_text("table 2, chair 6 was taken a moment ago")
        expect(offer.get_by_role("listitem")).to_have_count(2)
        expect(offer.get_by_role("timer")).to_have_text(re.compile(r"0:5\d|1:00"))
        expect(offer).to_be_focused()
        expect(ada.page.locator(".spoken[role=status]")).to_contain_text(
            "kept for you instead, for a minute"
        )
        expect_accessible(ada.page)
        ada.page.wait_for_timeout(400)  # the map glides there
        shot(ada.page, "alternative")
        offered = _offered(product, event, ada.page)
        bob.expect_seat(offered[0], "held by somebody else")
        offer.get_by_role("button", name="Let go").click()
        expect(offer).to_have_count(0)
        bob.expect_seat(next(seat for seat in offered if seat != 10), "€25")
        expect(ada.page.get_by_role("button", name="Hold 1 place")).to_be_enabled()

        ada.open()
        for seat in (20, 21):
            ada.click_seat(seat)
        _too_late(ada.page, product, event, [20])
        expect(offer).to_be_focused()
        ada.page.keyboard.press("Tab")
        expect(offer.get_by_role("button", name="Take them for €50")).to_be_focused()
        ada.page.keyboard.press("Enter")
        expect(ada.page.get_by_role("link", name="Check out")).to_be_focused()
        expect(ada.page.locator(".countdown time")).to_have_text(re.compile(r"9:5\d|10:00"))
        expect(ada.page.get_by_role("alertdialog")).to_have_count(0)
        ada.page.set_viewport_size({"width": 640, "height": 400})  # as magnified to 200 %
        box = ada.page.locator(".map").bounding_box()
        assert box is not None
        assert box["height"] > 150

        phone = visitor(opened, phone=True, dark=True)
        eve = EventPage(phone, product, event).open()
        eve.page.get_by_role("button", name="List").tap()
        phone.locator("summary").filter(has_text="Lounge").tap()
        phone.get_by_role("button", name=re.compile("table 10, chair 1,")).tap()
        phone.get_by_role("button", name=re.compile("table 10, chair 2,")).tap()
        phone.get_by_role("button", name="Map", exact=True).tap()
        chosen = [seat for seat in range(len(event.seat_keys)) if _is_at(event, seat, 9)][:2]
        _too_late(phone, product, event, chosen)
        expect(phone.get_by_role("button", name="Take them")).to_be_in_viewport(ratio=1)
        expect(phone.get_by_role("button", name="Let go")).to_be_in_viewport(ratio=1)
        phone.wait_for_timeout(400)
        shot(phone, "phone-alternative")


def _offered(product: Product, event: Event, page: Page) -> list[int]:
    holds = page.evaluate(f"fetch('/v1/events/{event.id}/holds').then((answer) => answer.json())")
    return [seat["idx"] for hold in holds["items"] for seat in hold["seats"]]


def _is_at(event: Event, seat_idx: int, table_idx: int) -> bool:
    first, count = event.geometry.tables[table_idx].seats
    return first <= seat_idx < first + count
