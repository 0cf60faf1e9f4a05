"""Links, forms and names that somebody made to do harm."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.storefront.forms import FIELDS_MAX, FORM_BYTES_MAX, MEDIA_TYPE
from server.storefront.sessions import own_path
from tests.fixtures.product import Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import OWN, Visitor, document, form, words
from tests.server.support import Buyer, pay, rows, state_of

ELSEWHERE = (
    "https://evil.example", "//evil.example", "///evil.example", "////x", "/\\evil.example",
    "/\\/x", "\\\\x", "/\t/evil.example", "/\n/x", "/\r/x", "\t//x", " //x", "/ /x", "/\x00/x",
    "/\x7f", "/\x85/x", "javascript:alert(1)", "data:text/html,x", "evil.example", "?x", "#x", "",
    "http:evil.example", "http:/\\x", "/é", "/\u2028/x",
)  # fmt: skip
NAME = "<script>alert(1)</script>\"'&</title>{{7*7}}"


def _as_browser(path: str) -> str:
    """What a browser makes of a link. Source: WHATWG URL, 4.4."""
    stripped = re.sub(r"[\t\n\r]", "", path.strip("".join(map(chr, range(0x21)))))
    return urljoin("https://ours.example/sign-in", stripped.replace("\\", "/"))


@given(st.one_of(st.text(), st.text("/\\.:@?#ab\t\n %", max_size=8).map(lambda tail: "/" + tail)))
@example("/x/../..//evil.example")
def test_a_link_leads_to_this_site_whatever_it_says(wanted: str) -> None:
    led = own_path(wanted, "/default")
    assert urlsplit(_as_browser(led)).netloc == "ours.example"
    assert led in (wanted, "/default")


@pytest.mark.parametrize("wanted", ["/", "/organizer?org=a&b=%2F", "/e/night-1?view=list#seats"])
def test_a_path_of_this_site_is_kept(wanted: str) -> None:
    assert own_path(wanted, "/default") == wanted


async def test_a_sign_in_link_leads_nowhere_else(house: Product) -> None:
    token, _ = house.tokens.sign(
        "sign-in", str(house.operator_id), dt.datetime.now(dt.UTC), realm="operator"
    )
    async with Visitor(house) as visitor:
        for wanted in ELSEWHERE:
            answer = await visitor.get(f"/sign-in?token={token}&next={quote(wanted)}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/"), repr(wanted)
        fine = await visitor.get(f"/sign-in?token={token}&next=/organizer")
        assert fine.headers["location"] == "/organizer"
        assert fine.headers["cache-control"] == "no-store", "the link is a secret"


async def test_the_sign_in_form_leads_nowhere_else(house: Product) -> None:
    async with Visitor(house) as visitor:
        for wanted in ("///evil.example", "/\\evil.example", "/\t/evil.example"):
            page = await visitor.get(f"/sign-in?next={quote(wanted)}")
            answer = await visitor.send(
                form(page), email="owner@house.example", password="correct horse"
            )
            assert (answer.status_code, answer.headers["location"]) == (303, "/organizer")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
async def test_a_foreign_page_does_nothing_in_a_visitors_name(
    house: Product,
    client: httpx.AsyncClient,
    new_buyer: Callable[[], Buyer],
    headers: dict[str, str],
) -> None:
    event = house.event()
    async with visitors.buyer(house) as ada:
        worker = visitors.operator(house)
        ada.client.cookies.update(worker.client.cookies)
        ada.client.cookies.set("fh_scanner", event.scanner_key)
        owner = new_buyer()
        owner.headers = ada.buyer
        ticket = (await owner.buy(event, [1]))["tickets"][0]
        hold = await owner.hold_ok(event, [2])
        for path, fields in (
            (f"/e/{event.slug}/hold", {"seat": "3"}),
            (f"/checkout/{hold['id']}", {"name": "Eve", "email": "eve@evil.example"}),
            (f"/checkout/{hold['id']}/release", {}),
            (f"/board/{event.id}", {"token": ticket["scan_token"], "gate": "Main"}),
            ("/sign-in", {"email": "owner@house.example", "password": "correct horse"}),
            ("/sign-out", {}),
        ):
            answer = await ada.post(path, fields, headers)
            assert answer.status_code == 403, path
            assert "set-cookie" not in answer.headers, path
            assert "<h1>This is not yours to see</h1>" in answer.text
        orders = await rows(house, "SELECT FROM orders WHERE event_id = $1", event.id)
        scans = await rows(house, "SELECT FROM scans WHERE event_id = $1", event.id)
        assert (len(orders), len(scans)) == (1, 0)
        assert (await state_of(client, event))[0][1:4] == [2, 1, 0]


async def _in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 8_192):
        yield body[at : at + 8_192]


async def test_a_form_has_a_bound_and_one_way_to_be_written(house: Product) -> None:
    event = house.event()
    path = f"/e/{event.slug}/hold"
    urlencoded = OWN | {"Content-Type": MEDIA_TYPE}
    most = b"seat=0&x=" + b"x" * (FORM_BYTES_MAX - 9)
    async with visitors.buyer(house) as ada:
        fits = await ada.client.post(path, content=most, headers=urlencoded)
        assert fits.status_code == 303
        for body in (most + b"x", _in_chunks(most + b"x"), b"x" * (2 << 20)):
            answer = await ada.client.post(path, content=body, headers=urlencoded)
            assert answer.status_code == 413
            assert "larger than this page takes" in words(answer)
        for body in (
            b"&".join(b"seat=%d" % n for n in range(FIELDS_MAX + 1)),
            b"seat=%ff",
            b"seat=\xff",
        ):
            answer = await ada.client.post(path, content=body, headers=urlencoded)
            assert answer.status_code == 400
            assert "not understood" in words(answer)
        answer = await ada.client.post(path, files={"seat": b"0"}, headers=OWN)
        assert answer.status_code == 400
        assert "takes forms only" in words(answer)
        answer = await ada.client.post(path, json={"seat": 0}, headers=OWN)
        assert answer.status_code == 400


async def test_a_character_that_no_text_has_is_refused_in_words(house: Product) -> None:
    event = house.event()
    async with visitors.buyer(house) as ada:
        held = await ada.post(f"/e/{event.slug}/hold", {"seat": "0"})
        checkout = held.headers["location"]
        answer = await ada.post(checkout, {"name": "A\0da", "email": "ada@buyer.example"})
        assert answer.status_code == 400
        assert "U+0000" in words(answer)
        assert (await ada.post("/sign-in", {"email": "\0", "password": "\0"})).status_code == 400


async def test_a_hostile_name_is_shown_as_it_was_typed(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event = house.event()
    # The soonest event is on the first page.
    named = """UPDATE events SET name = $2, summary = $2, starts_at = now() + interval '1 day'
               WHERE id = $1"""
    await rows(house, named, event.id, NAME)
    async with visitors.buyer(house) as ada, visitors.scanner(event, house) as door:
        owner = new_buyer()
        owner.headers = ada.buyer
        hold = await owner.hold_ok(event, [0])
        asked = await ada.send(
            form(await ada.get(f"/checkout/{hold['id']}")), name=NAME, email=NAME
        )
        started = (await owner.checkout(hold["id"], {"name": NAME})).json()
        order_id = started["order"]["id"]
        await pay(client, started["redirect_url"])
        order = await owner.order_when(order_id, "confirmed")
        ticket = order["tickets"][0]
        board = await door.get(f"/board/{event.id}?gate={quote(NAME)}")
        pages = {
            "checkout": asked,
            "events": await ada.get("/"),
            "map": await ada.get(f"/e/{event.slug}"),
            "list": await ada.get(f"/e/{event.slug}?view=list"),
            "order": await ada.get(f"/orders/{order_id}"),
            "ticket": await ada.get(ticket["url"]),
            "tickets": await ada.get("/me/tickets"),
            "board": board,
            "admitted": await door.send(form(board, str(event.id)), token=ticket["scan_token"]),
        }
    async with visitors.operator(house) as organizer:
        # There the latest come first.
        listed = await organizer.get("/organizer")
        while NAME not in document(listed).text_content() and (
            earlier := document(listed).xpath("//a[text()='Earlier events']/@href")
        ):
            listed = await organizer.get(earlier[0])
        pages["organizer"] = listed
        pages["sales"] = await organizer.get(f"/organizer/events/{event.id}")
        pages["sign-in"] = await organizer.get(f"/sign-in?next={quote(NAME)}")
    for name, page in pages.items():
        assert page.status_code in (200, 422), name
        assert "<script>alert" not in page.text, name
        if name != "sign-in":
            assert NAME in document(page).text_content() or NAME in _values(page), name
    assert NAME in words(pages["order"]).replace("  ", " ")
    scans = await rows(house, "SELECT name FROM scans WHERE event_id = $1", event.id)
    assert [scan["name"] for scan in scans] == [NAME]


def _values(page: httpx.Response) -> list[str]:
    return document(page).xpath("//input/@value")
