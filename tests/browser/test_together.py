"""Friends pay one order, each their own part, on the screens that they have."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import EventPage, browser, expect_accessible, shot, visitor
from tests.fixtures.product import Product

pytestmark = pytest.mark.browser


def _pay_part(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@payer.example")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.get_by_role("button", name=re.compile("^Pay now")).click()


def test_who_pays_for_a_place_pays_by_a_link_and_sees_the_others_pay(
    product: Product, chromium: str
) -> None:
    event = product.event()
    with browser(chromium) as opened:
        ada, bea = visitor(opened), visitor(opened, phone=True)
        house = EventPage(ada, product, event).open()
        for seat in (0, 1, 2):
            house.click_seat(seat)
        house.hold()
        ada.get_by_role("link", name="Check out").click()
        ada.get_by_label("Name").fill("Ada")
        ada.get_by_label("E-mail").fill("ada@buyer.example")
        shot(ada, "together-checkout")
        ada.get_by_role("button", name="Split the payment").click()
        expect_accessible(ada)
        names = ada.get_by_placeholder("Name")
        for nth, name in enumerate(("Ada", "Bea", "Bea")):
            names.nth(nth).fill(name)
        shot(ada, "together-divide")
        ada.get_by_role("button", name="Make the links").first.click()
        links = ada.locator(".sharelink a")
        expect(links).to_have_count(2)
        expect(ada.get_by_role("link", name="Pay your part, €25")).to_be_visible()
        expect_accessible(ada)
        shot(ada, "together-links")
        own, theirs = (links.nth(nth).get_attribute("href") or "" for nth in range(2))

        bea.goto(theirs)
        expect_accessible(bea)
        shot(bea, "together-phone")
        _pay_part(bea, "Bea")
        expect(bea.get_by_role("heading", level=1)).to_have_text("Paid, thank you")
        shot(bea, "together-phone-paid")
        expect(links).to_have_count(1)
        ada.goto(own)
        shot(ada, "together-own")
        _pay_part(ada, "Ada")
        for page in (ada, bea):
            expect(page.get_by_role("heading", level=1)).to_have_text("You are in")
        expect_accessible(bea)
        shot(ada, "together-in")
