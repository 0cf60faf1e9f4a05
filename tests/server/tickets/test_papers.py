"""A printed ticket says what the ticket says, in the looks of who sells it, and lets one in."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import httpx
import icalendar
import pypdfium2
import pytest
from PIL import Image

from server.storefront import words as pages
from server.tickets import words
from server.tickets.drawing import qr_svg
from server.tickets.papers import (
    Brand,
    EventPaper,
    TicketPaper,
    TicketSheet,
)
from server.tickets.press import Press
from server.tickets.receipts import ReceiptLine, ReceiptSheet
from server.tickets.words import RECEIPTS, SHEETS
from tests.fixtures.product import Product
from tests.fixtures.qr import codes_in
from tests.server.support import Buyer, Organizer, ok, problem, rows

NewBuyer = Callable[[], Buyer]
QR_LEFT_PT, MARGIN_PT = 382, 545
"""Where a ticket's code begins, and where the right margin does."""
MADE_AT = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def _sheet(**changes: str) -> TicketSheet:
    told = {"name": "The Tempest", "label": "Stalls, row C, seat 12", "holder": "Ada"} | changes
    brand = Brand(told.get("brand", "The House"), "#1d4ed8", "#ffffff", "help@house.example", None)
    event = EventPaper(told["name"], "Saturday 1 May 2027, 20:00", "", "Playhouse", "Graz, Austria")
    paper = TicketPaper(
        told["label"], told.get("kind", "Adult"), told["holder"], "", qr_svg("FH2ABC").decode(),
        "https://tickets.example/t/abc",
    )  # fmt: skip
    return TicketSheet("The Tempest", "en", "9F2C", brand, event, SHEETS["en"], [paper])


def _pages(paper: bytes) -> list[tuple[str, Image.Image]]:
    """Text and picture of each page, as a reader has it."""
    document = pypdfium2.PdfDocument(paper)
    return [
        (page.get_textpage().get_text_bounded(), page.render(scale=2).to_pil()) for page in document
    ]


def _rightmost(paper: bytes, letter: str) -> float:
    """Where the last of these letters ends, points from the paper's left edge."""
    text = pypdfium2.PdfDocument(paper)[0].get_textpage()
    at = [index for index, found in enumerate(text.get_text_range()) if found == letter]
    return max(text.get_charbox(index)[2] for index in at)


def _flat(text: str) -> str:
    return " ".join(text.replace("\ufffe", "").split())


async def test_an_order_is_printed_a_page_for_each_ticket_with_its_own_code(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    order = await buyer.buy(house.event(), [1, 2])
    answer = await buyer.call("GET", f"/v1/orders/{order['id']}/tickets.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    pages = _pages(answer.content)
    for ticket, (text, picture) in zip(order["tickets"], pages, strict=True):
        assert ticket["label"] in _flat(text)
        assert f"{house.base_url}{ticket['url']}" in _flat(text).replace(" ", "")
        assert codes_in(picture) == [ticket["scan_token"]]
    one = await client.get(f"{order['tickets'][1]['url']}/ticket.pdf")
    [(text, picture)] = _pages(one.content)
    assert order["tickets"][1]["label"] in _flat(text)
    problem(
        await new_buyer().call("GET", f"/v1/orders/{order['id']}/tickets.pdf"), 404, "not-found"
    )


async def test_a_ticket_wears_the_looks_of_who_sells_it_in_the_readers_language(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    organizer, event = Organizer(house, client), house.event()
    ticket = (await new_buyer().buy(event, [1]))["tickets"][0]
    logo = io.BytesIO()
    Image.new("RGB", (300, 80), (0, 200, 0)).save(logo, "WEBP", lossless=True)
    looks = {"display_name": "Grand Hall", "color": "#a01040", "support_email": "us@hall.example"}
    before = ok(await organizer.call("GET", "/v1/branding"))
    try:
        ok(await organizer.call("PUT", "/v1/branding", looks))
        ok(await organizer.call("PUT", "/v1/branding/logo", logo.getvalue()))
        asked = {"Accept-Language": "de-AT,de;q=0.9"}
        answer = await client.get(f"{ticket['url']}/ticket.pdf", headers=asked)
        [(text, picture)] = _pages(answer.content)
        for said in ("Grand Hall", "us@hall.example", "Zeigen Sie diesen Code"):
            assert said in _flat(text)
        colors = {color for _, color in picture.convert("RGB").getcolors(1 << 20) or ()}
        assert (160, 16, 64) in colors
        assert (0, 200, 0) in colors
        ok(await organizer.call("PUT", "/v1/branding/logo", b"\x89PNG\r\n\x1a\nno image at all"))
        broken = await client.get(f"{ticket['url']}/ticket.pdf")
        assert "Grand Hall" in _flat(_pages(broken.content)[0][0])
    finally:
        ok(await organizer.call("PUT", "/v1/branding", before))
        await organizer.call("DELETE", "/v1/branding/logo")


async def test_what_people_are_called_is_printed_and_never_run(press: Press) -> None:
    hostile = '#panic("run") $x$ *b* @ref <l> \\ // ${1} "]) #read("parts.typ")'
    paper = await press.print(
        "ticket", _sheet(name=hostile, holder=hostile, brand=hostile), MADE_AT
    )
    [(text, _)] = _pages(paper)
    assert _flat(text).replace(" ", "").count(hostile.replace(" ", "")) == 3


async def test_text_cannot_turn_around_what_a_ticket_says(press: Press) -> None:
    paper = await press.print("ticket", _sheet(label="Row C\u202e, seat 21\u2066\x00"), MADE_AT)
    [(text, _)] = _pages(paper)
    assert "Row C, seat 21" in _flat(text)


async def test_the_longest_names_stay_on_one_page_beside_the_code(press: Press) -> None:
    for word in ("Ottakringerbräu-Freilichtbühne " * 6, "W" * 200, "Zürich " * 28):
        sheet = _sheet(name=word[:200], label=word[:200], holder=word[:200], kind=word[:80])
        [(_, picture)] = _pages(await press.print("ticket", sheet, MADE_AT))
        assert codes_in(picture) == ["FH2ABC"]


async def test_a_word_that_no_line_holds_goes_on_in_the_next(press: Press) -> None:
    wide, email = "W" * 90, f"{'W' * 60}@{'W' * 60}.example"
    ticket = _sheet(name=wide, label=wide, holder=wide, kind=wide[:80])
    receipt = ReceiptSheet(
        "Receipt", "en", "9F2C", "1 May 2027", ticket.brand, [email], [email], email,
        RECEIPTS["en"], [ReceiptLine(email, wide, "2", "¥1,200", "¥2,400")], [],
    )  # fmt: skip
    assert _rightmost(await press.print("ticket", ticket, MADE_AT), "W") < QR_LEFT_PT
    assert _rightmost(await press.print("receipt", receipt, MADE_AT), "W") < MARGIN_PT


def test_money_is_written_as_on_our_pages_with_every_digit() -> None:
    cases = {
        ("JPY", 12_000): "¥12,000", ("KWD", 12_500): "KWD\u00a012.500", ("EUR", -4_550): "-€45.50",
        ("IDR", 15_000_000): "IDR\u00a0150,000", ("XOF", 12_000): "F\u202fCFA\u00a012,000",
    }  # fmt: skip
    for (currency, amount_minor), written in cases.items():
        assert words.money(amount_minor, currency, "en") == written
        assert pages.money(amount_minor, currency) == written


async def test_the_same_ticket_is_the_same_file(press: Press) -> None:
    first, second = [await press.print("ticket", _sheet(), MADE_AT) for _ in range(2)]
    assert first == second
    assert len(first) < 60_000


async def test_a_ticket_is_an_entry_of_a_calendar(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event = house.event()
    ticket = (await new_buyer().buy(event, [1]))["tickets"][0]
    answer = await client.get(f"{ticket['url']}/ticket.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    [entry] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    shown = ok(await client.get(f"/v1/events/{event.id}"))
    assert str(entry["summary"]) == shown["name"]
    starts_at = dt.datetime.fromisoformat(shown["starts_at"])
    begins: Any = entry["dtstart"]
    assert begins.dt == starts_at.replace(microsecond=0)
    assert ticket["label"] in str(entry["description"])
    assert str(entry["url"]) == f"{house.base_url}{ticket['url']}"


async def test_a_ticket_that_is_void_is_neither_drawn_nor_printed(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    buyer = new_buyer()
    order = await buyer.buy(house.event(), [1])
    ticket = order["tickets"][0]
    await rows(house, "UPDATE tickets SET status = 'void' WHERE id::text = $1", ticket["id"])
    for name in ("qr.svg", "qr.png", "ticket.pdf", "ticket.ics"):
        problem(await client.get(f"{ticket['url']}/{name}"), 409, "ticket-over")
    problem(await buyer.call("GET", f"/v1/orders/{order['id']}/tickets.pdf"), 409, "ticket-over")


async def test_a_receipt_says_who_sold_what_and_which_taxes_are_in_it(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    organizer, buyer = Organizer(house, client), new_buyer()
    order = await buyer.buy(house.event(), [1, 2])
    taxed = """INSERT INTO order_taxes (order_id, position, org_id, name, rate_ppm, is_inclusive,
                                        amount_minor)
               SELECT id, 0, org_id, 'Culture levy', 99750, true, 818 FROM orders
               WHERE id::text = $1"""
    await rows(house, taxed, order["id"])
    before = ok(await organizer.call("GET", "/v1/settings"))
    seller = {"name": "Hall Ltd", "address": "1 Square\nGraz", "country": "AT", "tax_number": "U42"}
    path = f"/v1/orders/{order['id']}/receipt.pdf"
    try:
        ok(await organizer.call("PUT", "/v1/settings", before | {"legal": seller}))
        [(text, _)] = _pages((await buyer.call("GET", path)).content)
    finally:
        ok(await organizer.call("PUT", "/v1/settings", before))
    said = _flat(text)
    units, rest = divmod(order["total_minor"], 100)
    for part in ("Hall Ltd", "1 Square", "Austria", "Tax number U42", order["email"],
                 "Includes Culture levy 9.975%", "8.18", f"{units}.{rest:02}",
                 *(line["label"] for line in order["lines"])):  # fmt: skip
        assert part in said
    problem(await new_buyer().call("GET", path), 404, "not-found")
    event = house.event()
    hold = await buyer.hold_ok(event, [1])
    unpaid = (await buyer.checkout_ok(hold["id"]))["order"]
    problem(await buyer.call("GET", f"/v1/orders/{unpaid['id']}/receipt.pdf"), 404, "not-found")
