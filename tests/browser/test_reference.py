"""The API's page: every call of the document, each with an address of its own."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.pages import browser, expect_accessible, shot, visitor
from tests.fixtures.product import Product

pytestmark = pytest.mark.browser


def test_the_reference_shows_every_call_finds_it_and_links_to_it(
    product: Product, chromium: str
) -> None:
    document = httpx.get(f"{product.base_url}/openapi.json").json()
    with browser(chromium) as opened:
        page = visitor(opened)
        page.goto(f"{product.base_url}/docs#create_hold")
        calls = page.locator("details.call")
        expect(calls).to_have_count(sum(len(entry) for entry in document["paths"].values()))
        call = page.locator("#create_hold")
        expect(call).to_be_in_viewport()
        expect(call.locator(".call-code")).to_contain_text("-d '{\"seats\":[101,102]}'")
        expect(call.locator(".call-code")).to_contain_text('"extendable_until"')
        problem = call.get_by_role("link", name="Seats taken")
        expect(problem).to_have_attribute("href", "/problems/seats-taken")
        shot(page, "reference")
        page.get_by_label("Search").fill("let a ticket in, once")
        expect(calls).to_have_count(1)
        expect(calls).to_contain_text("/v1/checkin/scans")
        expect_accessible(page)

        phone = visitor(opened, phone=True, dark=True)
        phone.goto(f"{product.base_url}/docs#create_hold")
        expect(phone.locator("#create_hold")).to_be_in_viewport()
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect_accessible(phone)
        shot(phone, "reference-phone-dark")
