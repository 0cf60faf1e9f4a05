"""The box office: a sale over the counter, a gift, guests and their door, an import."""

import datetime as dt

import httpx
import pypdfium2
import pytest
from playwright.sync_api import FilePayload, Page, expect

from server.catalog.geometry import Places
from tests.browser.pages import EventPage, browser, expect_accessible, shot, sign_in, visitor
from tests.fixtures.product import Event, Product
from tests.fixtures.qr import codes_in

pytestmark = pytest.mark.browser


class OfficePage(EventPage):
    """The same map, where places are sold over the counter."""

    def __init__(self, page: Page, product: Product, event: Event) -> None:
        super().__init__(page, product, event)
        self._url = f"{product.base_url}/organizer/events/{event.id}/box-office"


def test_places_are_sold_and_given_on_the_map_and_their_tickets_printed(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=600, capacities={"gallery": 10})
    _furnish(product, event)
    with browser(chromium) as opened:
        bob = EventPage(visitor(opened), product, event).open()
        page = visitor(opened)
        sign_in(page, product, f"/organizer/events/{event.id}/box-office")
        office = OfficePage(page, product, event).open()
        sale = page.get_by_role("region", name="The sale")
        office.click_seat(10)
        office.click_seat(11)
        page.get_by_label("Places of Gallery").fill("2")
        expect(sale.get_by_role("heading")).to_contain_text("4 places")
        sale.get_by_label("Paid by").select_option("Card terminal")
        sale.get_by_label("chair 5 as").select_option(label="Child €9")
        sale.get_by_label("Gallery as").select_option(label="Press €0")
        sale.get_by_label("How many of Programme").fill("2")
        expect_accessible(page)
        shot(page, "office-sale")
        sale.get_by_role("button", name="Take €46").click()
        expect(sale).to_contain_text("4 tickets sold.")
        bob.expect_seat(10, "sold")
        with page.expect_popup() as popup:
            sale.get_by_role("link", name="Print tickets").click()
        expect(popup.value.locator(".ticket")).to_have_count(4)
        shot(popup.value, "office-print")
        assert _codes_on_paper(popup.value) == 4
        popup.value.close()

        sale.get_by_role("button", name="Next").click()
        office.click_seat(20)
        sale.get_by_role("button", name="Complimentary").click()
        sale.get_by_label("Name").fill("Ella Fitz")
        sale.get_by_label("E-mail").fill("ella@guest.example")
        sale.get_by_label("Why").fill("Press")
        shot(page, "office-gift")
        sale.get_by_role("button", name="Give tickets").click()
        expect(sale).to_contain_text("1 ticket given.")

        phone = visitor(opened, phone=True)
        sign_in(phone, product, f"/organizer/events/{event.id}/box-office")
        OfficePage(phone, product, event).open()
        phone.get_by_label("Places of Gallery").fill("1")
        expect(phone.get_by_label("Gallery as")).to_be_visible()
        expect(phone.get_by_role("button", name="Take €25")).to_be_in_viewport(ratio=1)
        shot(phone, "office-phone")
        phone.get_by_role("button", name="Take €25").click()
        expect(phone.get_by_role("region", name="The sale")).to_contain_text("1 ticket sold.")


def _codes_on_paper(page: Page) -> int:
    """How many tickets a printed page lets in: a code that is cut in two is none."""
    pages = pypdfium2.PdfDocument(page.pdf(format="A4"))
    return sum(len(codes_in(sheet.render(scale=2).to_pil())) for sheet in pages)


def _furnish(product: Product, event: Event) -> None:
    """A type for who is young, one that only organizers see, and something to buy beside."""
    with httpx.Client(base_url=product.base_url, headers=product.operator()) as organizer:
        for zone, name, price_minor, visibility in (
            ("front", "Child", 900, "public"),
            ("gallery", "Press", 0, "organizer"),
        ):
            wish = {"zone": zone, "name": name, "price_minor": price_minor}
            path = f"/v1/events/{event.id}/ticket-types"
            made = organizer.post(path, json=wish | {"visibility": visibility})
            assert made.status_code == 201, made.text
        programme = {"name": "Programme", "price_minor": 600}
        assert organizer.post(f"/v1/events/{event.id}/products", json=programme).status_code == 201


def test_places_are_set_aside_on_the_map_and_sold_from_there(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=600, capacities={"gallery": 10})
    wish = {"name": "Web shop of ours", "permissions": ["event:read"]}
    made = httpx.post(f"{product.base_url}/v1/api-keys", json=wish, headers=product.operator())
    assert made.status_code == 201, made.text
    with browser(chromium) as opened:
        page = visitor(opened)
        sign_in(page, product, f"/organizer/events/{event.id}/places")
        places = OfficePage(page, product, event)
        expect(page.locator(".pulse")).to_have_text("Live")
        places.click_seat(30)
        page.get_by_text("Set aside for a seller").click()
        page.get_by_label("Name").fill("Fan club")
        page.get_by_label("On sale again from").fill("2031-05-01T20:00")
        shot(page, "places-aside")
        page.get_by_role("button", name="Set it aside").click()
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        aside = page.get_by_role("list", name="Set aside")
        expect(aside).to_contain_text("1 of 1 place left · until 1 May 2031")
        page.get_by_label("Name").fill("Web shop")
        page.get_by_label("Who sells them").select_option("The API key Web shop of ours")
        gallery = page.get_by_label("Places of Gallery optional")
        gallery.evaluate("field => field.removeAttribute('max')")
        gallery.fill("99")
        expect_accessible(page)
        page.get_by_role("button", name="Set them aside").click()
        tray = page.get_by_role("region", name="What you have chosen")
        expect(tray).to_contain_text("Gallery has only 10 places free")
        gallery.fill("2")
        page.get_by_role("button", name="Set them aside").click()
        expect(aside).to_contain_text("2 of 2 places left · by the key Web shop of ours")

        places.open()
        page.get_by_label("Sell from").select_option("Fan club")
        page.get_by_role("button", name="Choose all its seats").click()
        shot(page, "office-aside")
        page.get_by_role("button", name="Take €25").click()
        expect(page.get_by_role("region", name="The sale")).to_contain_text("1 ticket sold.")
        expect(page.get_by_text("0 places left")).to_be_visible()


def test_a_guest_is_put_on_a_list_and_comes_in_by_name_in_parts(
    product: Product, chromium: str
) -> None:
    event = product.event(hold_ttl_s=600)
    with browser(chromium) as opened:
        page = visitor(opened, script=False)
        sign_in(page, product, f"/organizer/events/{event.id}/guests")
        page.get_by_label("Name").fill("Artists")
        page.get_by_label("Gate").fill("Stage")
        page.get_by_role("button", name="Open the list").click()
        form = page.get_by_role("form", name="Add a guest to Artists")
        form.get_by_label("Name").fill("Ella Fitz")
        form.get_by_label("Plus").fill("2")
        form.get_by_role("button", name="Add").click()
        expect(page.get_by_role("listitem").filter(has_text="Ella Fitz +2")).to_be_visible()
        expect(page.get_by_text("0 of 3 heads in")).to_be_visible()
        shot(page, "guests")

        door = visitor(opened, phone=True)
        link, _ = product.tokens.sign(
            "sign-in", event.scanner_key, dt.datetime.now(dt.UTC), realm="scanner"
        )
        door.goto(f"{product.base_url}/sign-in?token={link}&next=/board/{event.id}")
        door.get_by_role("link", name="Guests").click()
        door.get_by_label("Name").fill("fitz")
        door.get_by_role("button", name="Find").click()
        door.get_by_label("How many of Ella Fitz come in").fill("2")
        expect_accessible(door)
        shot(door, "guests-door")
        door.get_by_role("button", name="Let Ella Fitz in").click()
        expect(door.get_by_role("status")).to_contain_text("2 now, 2 of 3 in")
        door.get_by_role("button", name="Undo").click()
        expect(door.get_by_role("status")).to_contain_text("2 outside again")
        door.get_by_label("How many of Ella Fitz come in").fill("2")
        door.get_by_role("button", name="Let Ella Fitz in").click()
        expect(door.get_by_role("status")).to_contain_text("2 now, 2 of 3 in")
        page.reload()
        expect(page.get_by_text("2 of 3 heads in")).to_be_visible()


def test_a_file_is_looked_at_mended_and_imported(product: Product, chromium: str) -> None:
    event = product.event(hold_ttl_s=600)
    places = Places(event.geometry)
    lines = ["ref,section,row,seat,price"]
    for seat in (1, 2):
        name, section = places.name_of(seat), places.section_of(seat)
        cells = ("A-1", section.key if section else "", name.row or "", name.number, "19.90")
        lines.append(",".join(cells))
    with browser(chromium) as opened:
        page = visitor(opened)
        sign_in(page, product, f"/organizer/events/{event.id}/import")

        def choose(text: str) -> None:
            sent = FilePayload(name="sold.csv", mimeType="text/csv", buffer=text.encode())
            page.locator("#file").set_input_files(sent)

        choose("\n".join([*lines, "A-2,no,such,seat,1"]))
        expect(page.locator("#told")).to_contain_text("1 row cannot be imported, so none is")
        shot(page, "import-wrong")
        choose("\n".join(lines))
        page.get_by_role("button", name="Import 2 places").click()
        expect(page.locator("#told")).to_contain_text("Imported: 2 places in 1 order, €39.80.")
        expect_accessible(page)
        shot(page, "import-done")
