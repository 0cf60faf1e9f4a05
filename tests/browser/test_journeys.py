"""The main job, done by people in browsers: see, hold together, pay, come in."""

import datetime as dt
import re
import time

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.pages import (
    PATIENCE_MS,
    PHONE,
    SOON_MS,
    EventPage,
    browser,
    json_of,
    pay,
    shot,
    visitor,
)
from tests.fixtures.product import Product
from tests.fixtures.proxy import Proxy

pytestmark = pytest.mark.browser


def test_two_buyers_see_each_others_hold_sale_and_release(product: Product, chromium: str) -> None:
    event = product.event(hold_ttl_s=600)
    with browser(chromium) as opened:
        ada = EventPage(visitor(opened), product, event).open()
        bob = EventPage(visitor(opened), product, event).open()
        free = bob.pixel(0)

        for seat in (0, 1, 2):
            ada.click_seat(seat)
        ada.click_area("dance-floor")
        ada.click_area("dance-floor")
        ada.hold()
        expect(ada.page.locator(".countdown")).to_contain_text(re.compile(r"\d:\d\d"))
        shot(ada.page, "journey-held")
        bob.expect_seat(0, "held by somebody else")
        assert bob.pixel(0) != free, "the map draws what it says"

        bob.click_seat(3)
        bob.click_seat(0)
        expect(bob.page.locator(".notice.is-problem")).to_contain_text("held by somebody else")
        shot(bob.page, "journey-held-by-other")

        ada.page.get_by_role("link", name="Check out").click()
        shot(ada.page, "journey-checkout")
        pay(ada.page)
        expect(ada.page.get_by_role("img", name=re.compile("QR|code", re.I)).first).to_be_visible()
        shot(ada.page, "journey-tickets")
        assert ada.page.locator(".tickets > *").count() == 5
        bob.expect_seat(0, "sold")
        bob.expect_seat(2, "sold")
        shot(bob.page, "journey-sold")

        bob.hold()
        bob.page.get_by_role("button", name="Release").click()
        ada.open()
        ada.expect_seat(3, "€25")


def test_maps_whose_connections_are_cut_again_and_again_are_right_without_a_reload(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=600)
    holds = f"{product.base_url}/v1/events/{event.id}/holds"
    held = "held by somebody else"

    def hold(seat: int) -> None:
        answer = httpx.post(holds, json={"seats": [seat]}, headers=product.buyer())
        assert answer.status_code == 201

    with browser(chromium) as opened, Proxy(product.web_ports[0]) as link:
        maps = [
            EventPage(visitor(opened), product, event, port=link.port, query=f"?feed={feed}")
            for feed in ("sse", "ws")
        ]
        for shown in maps:
            shown.open()
            shown.page.evaluate("window.isSamePage = true")
        for seat in range(4):
            hold(seat)
            link.cut()
            maps[0].page.wait_for_timeout(150)
        for shown in maps:
            for seat in range(4):
                shown.expect_seat(seat, held)
        link.close()
        for shown in maps:
            expect(shown.page.locator(".pulse")).to_have_text("Reconnecting")
        hold(4)
        link.heal()
        for shown in maps:
            shown.expect_seat(4, held, within_ms=2 * SOON_MS)
            expect(shown.page.locator(".pulse")).to_have_text("Live")
            assert shown.page.evaluate("window.isSamePage")


def test_a_hold_that_runs_out_comes_back_on_both_screens_within_two_seconds(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=6)
    with browser(chromium) as opened:
        ada = EventPage(visitor(opened), product, event).open()
        bob = EventPage(visitor(opened), product, event).open()
        ada.click_seat(20)
        with ada.page.expect_response("**/holds") as answered:
            ada.hold()
        expires_at = dt.datetime.fromisoformat(answered.value.json()["expires_at"])
        bob.expect_seat(20, "held by somebody else")
        left_s = (expires_at - dt.datetime.now(dt.UTC)).total_seconds()
        time.sleep(max(0, left_s - 0.2))
        bob.expect_seat(20, "€25", within_ms=2_200)
        assert (dt.datetime.now(dt.UTC) - expires_at).total_seconds() < 2
        ada.expect_seat(20, "€25", within_ms=2_000)
        shot(ada.page, "journey-expired")


def test_a_buyer_on_a_phone_picks_a_table_and_pays(product: Product, chromium: str) -> None:
    event = product.event()
    with browser(chromium) as opened:
        page = visitor(opened, phone=True, dark=True)
        EventPage(page, product, event).open()
        shot(page, "phone-map")
        page.get_by_role("button", name="One seat more").tap()
        page.get_by_role("button", name="Hold the best 3").tap()
        expect(page.locator(".total")).to_contain_text("3 places")
        page.set_viewport_size({"width": 740, "height": 360})  # held sideways
        expect(page.get_by_role("link", name="Check out")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollHeight") == 360
        shot(page, "phone-sideways")
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Release").tap()
        page.get_by_role("button", name="List").tap()
        page.locator("summary").filter(has_text="Lounge").tap()
        page.get_by_role("button", name=re.compile("table 10, chair 1,")).tap()
        page.get_by_role("button", name=re.compile("table 10, chair 2,")).tap()
        shot(page, "phone-list")
        page.get_by_role("button", name=re.compile(r"^Hold 2")).tap()
        page.get_by_role("link", name="Check out").tap()
        shot(page, "phone-checkout")
        pay(page)
        expect(page.locator(".tickets > *")).to_have_count(2)
        shot(page, "phone-tickets")


def test_a_hold_being_paid_for_is_explained_and_given_back(product: Product, chromium: str) -> None:
    event = product.event()
    with browser(chromium) as opened:
        ada = EventPage(visitor(opened), product, event).open()
        for seat in (0, 1):
            ada.click_seat(seat)
        ada.hold()
        # She goes to pay in another tab, and then wants one more here.
        hold_id = ada.page.get_by_role("link", name="Check out").get_attribute("href")
        other_tab = ada.page.context.new_page()
        other_tab.goto(f"{product.base_url}{hold_id}")
        other_tab.get_by_label("Name").fill("Ada Buyer")
        other_tab.get_by_label("E-mail").fill("ada@buyer.example")
        other_tab.get_by_role("button", name=re.compile("^Pay ")).click()
        ada.page.bring_to_front()  # a page that nobody sees draws once a second
        ada.click_seat(2)
        ada.page.get_by_role("button", name="Add to hold 1 place").click()
        expect(ada.page.locator(".ordered")).to_contain_text("being paid for")
        expect(ada.page.locator(".total")).to_contain_text("€50")
        shot(ada.page, "journey-ordered")
        ada.open()
        expect(ada.page.locator(".ordered")).to_contain_text("being paid for")
        expect(ada.page.get_by_role("link", name="Pay now")).to_be_visible()
        ada.page.get_by_role("button", name="Release").click()
        ada.expect_seat(0, "€25")
        ada.click_seat(0)
        ada.hold()


def test_a_buyer_without_scripts_buys_a_named_seat(product: Product, chromium: str) -> None:
    event = product.event("theatre")
    with browser(chromium) as opened:
        page = visitor(opened, script=False)
        page.goto(f"{product.base_url}/e/{event.slug}")
        shot(page, "plain-sections")
        page.get_by_role("link", name=re.compile("Balcony")).click()
        page.get_by_role("checkbox", name=re.compile("row AA, seat 3,")).check()
        shot(page, "plain-seats")
        page.get_by_role("button", name="Hold my places").click()
        pay(page)
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        while page.locator(".tickets > *").count() == 0 and time.monotonic() < deadline:
            page.wait_for_timeout(300)
            page.reload()
        shot(page, "plain-ticket")
        assert page.locator(".tickets > *").count() == 1


def test_the_organizer_and_the_door_watch_it_live(product: Product, chromium: str) -> None:
    event = product.event()
    now = dt.datetime.now(dt.UTC)
    owner = str(product.operator_id)
    operator, _ = product.tokens.sign("sign-in", owner, now, realm="operator")
    door, _ = product.tokens.sign("sign-in", event.scanner_key, now, realm="scanner")
    with browser(chromium) as opened:
        sales = visitor(opened)
        to = f"/organizer/events/{event.id}"
        sales.goto(f"{product.base_url}/sign-in?token={operator}&next={to}")
        board = visitor(opened)
        board.goto(f"{product.base_url}/sign-in?token={door}&next=/board/{event.id}")
        buyer = EventPage(visitor(opened), product, event).open()
        buyer.click_seat(0)
        buyer.hold()
        expect(sales.get_by_role("row", name=re.compile("Parterre"))).to_contain_text("1")
        shot(sales, "organizer-held")
        buyer.page.get_by_role("link", name="Check out").click()
        pay(buyer.page)
        expect(buyer.page.locator(".tickets > *")).to_have_count(1)
        expect(sales.locator("body")).to_contain_text("€25")
        expect(sales.locator(".figures")).to_contain_text("100% of 1 checkouts")
        expect(sales.locator(".bars")).to_have_attribute("aria-label", re.compile(r"\b1\b"))
        expect(sales.get_by_role("table").nth(1)).to_contain_text("€25")
        expect(sales.locator(".health")).to_contain_text(re.compile("Screens on this event[23]"))
        shot(sales, "organizer-sold")
        order = buyer.page.url.rpartition("/")[2]
        token = buyer.page.context.cookies()[0].get("value", "")
        bought = json_of(
            f"{product.base_url}/v1/orders/{order}", {"Authorization": f"Bearer {token}"}
        )
        scan = {"token": bought["tickets"][0]["scan_token"], "gate": "North"}
        for expected in (200, 409):
            answer = httpx.post(
                f"{product.base_url}/v1/checkin/scans",
                json=scan,
                headers={"X-Scanner-Key": event.scanner_key},
            )
            assert answer.status_code == expected
        expect(board.locator("body")).to_contain_text("Ada Buyer")
        expect(board.locator("body")).to_contain_text("North")
        shot(board, "board")


def test_a_door_that_got_no_answer_checks_again_and_counts_once(
    product: Product, chromium: str
) -> None:
    event = product.event()
    headers = product.buyer()
    now = dt.datetime.now(dt.UTC)
    door_link, _ = product.tokens.sign("sign-in", event.scanner_key, now, realm="scanner")
    with httpx.Client(base_url=product.base_url, headers=headers) as buyer:
        hold = buyer.post(f"/v1/events/{event.id}/holds", json={"seats": [0]}).json()
        wish = {"hold_id": hold["id"], "email": "ada@buyer.example", "name": "Ada"}
        started = buyer.post("/v1/checkout", json=wish).json()
        httpx.post(started["redirect_url"], data={"outcome": "succeed"})
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        tickets: list[dict[str, str]] = []
        while not tickets and time.monotonic() < deadline:
            tickets = buyer.get(f"/v1/orders/{started['order']['id']}").json()["tickets"]
    with browser(chromium) as opened:
        door = visitor(opened)
        door.goto(f"{product.base_url}/sign-in?token={door_link}&next=/board/{event.id}")

        def answer_lost(route):  # type: ignore[no-untyped-def]
            route.fetch()
            route.fulfill(status=503, json={"type": "/problems/database-unavailable"})

        door.route("**/v1/checkin/scans", answer_lost)
        field, verdict = door.get_by_label("Ticket code"), door.locator(".verdict")
        field.fill(tickets[0]["scan_token"])
        field.press("Enter")
        expect(verdict).to_contain_text("Check again")
        expect(verdict).to_contain_text("we do not know")
        shot(door, "board-unknown")
        door.unroute("**/v1/checkin/scans")

        def scan(said: str) -> None:
            field.fill(tickets[0]["scan_token"])
            field.press("Enter")
            expect(verdict).to_contain_text(said)

        scan("Admitted")
        door.get_by_role("button", name="Undo").click()
        expect(verdict).to_contain_text("Undone")
        scan("Admitted")
        scan("Already used")
        expect(door.locator(".scan")).to_have_count(4)
