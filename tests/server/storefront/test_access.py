"""Who sees which page."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from urllib.parse import quote

import httpx

from server.kernel.ids import uuid7
from tests.fixtures.product import ORG_ID, Product
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Visitor, form, words
from tests.server.support import Buyer, pay

# Anonymous, the order's buyer, another buyer, the owner, a stranger's operator, the event's
# scanner, another event's scanner. 303: asked to sign in.
PAGES = {
    "/": (200, 200, 200, 200, 200, 200, 200),
    "/e/{slug}": (200, 200, 200, 200, 200, 200, 200),
    "/e/{slug}?view=list": (200, 200, 200, 200, 200, 200, 200),
    "/e/{slug}?view=list&section={section}": (200, 200, 200, 200, 200, 200, 200),
    "/e/{slug}?view=list&section=none": (404, 404, 404, 404, 404, 404, 404),
    "/e/none": (404, 404, 404, 404, 404, 404, 404),
    "/e/%00": (400, 400, 400, 400, 400, 400, 400),
    "/checkout/{hold}": (401, 200, 404, 401, 401, 401, 401),
    "/checkout/{any}": (401, 404, 404, 401, 401, 401, 401),
    "/checkout/none": (401, 404, 404, 401, 401, 401, 401),
    "/orders/{order}": (401, 200, 404, 401, 401, 401, 401),
    "/orders/{any}": (401, 404, 404, 401, 401, 401, 401),
    "/orders/{any}/shares": (401, 404, 404, 401, 401, 401, 401),
    "/pay/none": (404, 404, 404, 404, 404, 404, 404),
    "/t/{code}": (200, 200, 200, 200, 200, 200, 200),
    "/t/none": (404, 404, 404, 404, 404, 404, 404),
    "/transfer?token=none": (409, 409, 409, 409, 409, 409, 409),
    "/me/tickets": (200, 200, 200, 200, 200, 200, 200),
    "/sign-in": (200, 200, 200, 200, 200, 200, 200),
    "/sign-in?token=none": (401, 401, 401, 401, 401, 401, 401),
    "/register": (200, 200, 200, 200, 200, 200, 200),
    "/verify?token=none": (200, 200, 200, 200, 200, 200, 200),
    "/forgot": (200, 200, 200, 200, 200, 200, 200),
    "/reset?token=none": (200, 200, 200, 200, 200, 200, 200),
    "/account": (303, 303, 303, 200, 200, 303, 303),
    "/account/email/confirm?token=none": (303, 303, 303, 200, 200, 303, 303),
    "/account/email/undo?token=none": (200, 200, 200, 200, 200, 200, 200),
    "/me/sign-in": (200, 200, 200, 200, 200, 200, 200),
    "/me/account": (303, 303, 303, 303, 303, 303, 303),
    "/demo/mail": (404, 404, 404, 404, 404, 404, 404),
    "/organizer": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/events/{event}": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/places": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/waiting-room": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/maps": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/maps/{any}": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/new": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/venues": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/venues/{any}": (303, 303, 303, 404, 404, 303, 303),
    "/organizer/events/new": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/events/{event}/setup": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/details": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/map": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/prices": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/ticket-types/{any}": (303, 303, 303, 404, 404, 303, 303),
    "/organizer/events/{event}/products": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/products/{any}": (303, 303, 303, 404, 404, 303, 303),
    "/organizer/events/{event}/allocations": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/switches": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/terms": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/discounts": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/orders": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/doors": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/events/{event}/refunds": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/orders/{order}": (303, 303, 303, 200, 404, 303, 303),
    "/organizer/refunds": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/team": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/keys": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/branding": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/payments": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/settings": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/switches": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/self-test": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/log": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/webhooks": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/webhooks/{any}": (303, 303, 303, 404, 404, 303, 303),
    "/organizer/reports": (303, 303, 303, 200, 200, 303, 303),
    "/organizer/reports/none.csv": (303, 303, 303, 404, 404, 303, 303),
    "/staff": (303, 303, 303, 403, 403, 303, 303),
    "/staff/webhooks": (303, 303, 303, 403, 403, 303, 303),
    "/staff/money": (303, 303, 303, 403, 403, 303, 303),
    "/staff/switches": (303, 303, 303, 403, 403, 303, 303),
    "/staff/events": (303, 303, 303, 403, 403, 303, 303),
    "/invitation?token=none": (200, 200, 200, 200, 200, 200, 200),
    "/organizer/events/{any}": (404, 404, 404, 404, 404, 404, 404),
    "/board/{event}": (303, 303, 303, 200, 404, 200, 303),
    "/docs": (200, 200, 200, 200, 200, 200, 200),
    "/none": (404, 404, 404, 404, 404, 404, 404),
}


async def test_every_page_answers_each_visitor_as_it_should(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    event, other_event = house.event("theatre"), house.event()
    stranger = visitors.new_user(house, **{visitors.new_org(house): "owner"})
    async with AsyncExitStack() as opened:
        ada = await opened.enter_async_context(visitors.buyer(house))
        owner = Buyer(house, client)
        owner.headers = ada.buyer
        order = await owner.buy(event, [3])
        hold = await owner.hold_ok(event, [5])
        names = {
            "slug": event.slug,
            "event": event.id,
            "section": event.geometry.sections[0].key,
            "hold": hold["id"],
            "order": order["id"],
            "code": order["tickets"][0]["code"],
            "any": uuid7(),
        }
        everybody = [
            Visitor(house),
            ada,
            visitors.buyer(house),
            visitors.operator(house),
            visitors.operator(house, stranger),
            visitors.scanner(event, house),
            visitors.scanner(other_event, house),
        ]
        wrong: list[str] = []
        for visitor in everybody:
            await opened.enter_async_context(visitor)
        for template, wanted in PAGES.items():
            path = template.format(**names)
            answers = []
            for visitor in everybody:
                visitor.forget()  # the event page begins a guest's session
                page = await visitor.get(path)
                answers.append(page.status_code)
                if page.status_code == 303:
                    at = "/me" if path.startswith("/me/") else ""
                    assert page.headers["location"] == f"{at}/sign-in?next={quote(path)}"
                else:
                    assert page.headers["content-type"].startswith("text/html"), path
            if tuple(answers) != wanted:
                wrong.append(f"{template}: {tuple(answers)}, not {wanted}")
        assert wrong == []


async def test_an_order_says_that_it_belongs_to_another_browser(
    house: Product, new_buyer: Callable[[], Buyer]
) -> None:
    order = await new_buyer().buy(house.event(), [0])
    for visitor in (Visitor(house), visitors.buyer(house)):
        async with visitor:
            said = words(await visitor.get(f"/orders/{order['id']}"))
            assert "only in the browser that made it" in said
            assert "links of your tickets work everywhere" in said
            assert order["email"] not in said


async def test_a_role_opens_its_own_pages_only(house: Product) -> None:
    event = house.event()
    sales = f"/organizer/events/{event.id}"
    pages = (sales, f"{sales}/places", f"/board/{event.id}")
    for role, wanted in (
        ("staff", (200, 200, 200)),
        ("finance", (200, 403, 403)),
        ("scanner", (403, 403, 200)),
        ("admin", (200, 200, 200)),
    ):
        async with visitors.operator(house, visitors.new_user(house, **{ORG_ID: role})) as visitor:
            assert tuple([(await visitor.get(page)).status_code for page in pages]) == wanted, role


async def test_a_watching_operator_has_no_field_to_scan_and_may_not(house: Product) -> None:
    event = house.event()
    async with visitors.operator(house) as watcher:
        page = await watcher.get(f"/board/{event.id}")
        assert [each.action for each in visitors.forms(page)] == ["/sign-out"]
        refused = await watcher.post(f"/board/{event.id}", {"token": "x", "gate": "Main"})
        assert refused.status_code == 403


async def test_who_works_for_several_organizations_chooses_one(house: Product) -> None:
    event, second, foreign = house.event(), visitors.new_org(house), visitors.new_org(house)
    user_id = visitors.new_user(house, **{ORG_ID: "owner", second: "owner"})
    async with visitors.operator(house, user_id) as both:
        choice = await both.get("/organizer")
        assert choice.status_code == 200
        links = [a.get("href") for a in visitors.document(choice).iterfind(".//main//a")]
        assert sorted(links) == sorted(f"/organizer?org={org}" for org in (ORG_ID, second))

        first_events = await both.get(f"/organizer?org={ORG_ID}")
        assert str(event.id) in first_events.text
        second_events = await both.get(f"/organizer?org={second}")
        assert second_events.status_code == 200
        assert str(event.id) not in second_events.text
        assert (await both.get(f"/organizer?org={foreign}")).status_code == 403

        for path in (f"/organizer/events/{event.id}", f"/board/{event.id}"):
            page = await both.get(path)
            assert page.status_code == 200
            assert f'"orgId":"{ORG_ID}"' in page.text, "its feed must name the organization"


async def test_signing_out_ends_what_one_works_as_and_keeps_the_tickets(house: Product) -> None:
    event = house.event()
    async with visitors.operator(house) as worker:
        worker.client.cookies.set("fh_scanner", event.scanner_key)
        await worker.get(f"/e/{event.slug}")
        assert set(worker.client.cookies) == {"fh_buyer", "fh_operator", "fh_scanner"}
        for path in ("/organizer", f"/organizer/events/{event.id}", f"/board/{event.id}"):
            leave = form(await worker.get(path), "/sign-out")
        left = await worker.send(leave)
        assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
        gone = left.headers.get_list("set-cookie")
        assert {line.partition("=")[0] for line in gone} == {
            "fh_operator", "fh_operator_refresh", "fh_scanner",
        }  # fmt: skip
        assert all("Max-Age=0" in line and "HttpOnly" in line for line in gone)


async def test_who_asked_for_a_page_is_there_after_signing_in(house: Product) -> None:
    event = house.event()
    wanted = f"/board/{event.id}?gate=North"
    async with Visitor(house) as visitor:
        asked = await visitor.get(wanted)
        page = await visitor.get(asked.headers["location"])
        wrong = await visitor.send(form(page), email="owner@house.example", password="guess")
        assert wrong.status_code == 401
        assert "wrong" in words(wrong)
        signed_in = await visitor.send(
            form(wrong), email="owner@house.example", password="correct horse"
        )
        assert (signed_in.status_code, signed_in.headers["location"]) == (303, wanted)
        assert (await visitor.get(wanted)).status_code == 200


async def test_a_ticket_page_is_for_whoever_has_its_code(
    house: Product, client: httpx.AsyncClient, new_buyer: Callable[[], Buyer]
) -> None:
    ada = new_buyer()
    event = house.event()
    hold = await ada.hold_ok(event, [0], {"dance-floor": 1})
    started = await ada.checkout_ok(hold["id"])
    await pay(client, started["redirect_url"])
    order = await ada.order_when(started["order"]["id"], "confirmed")
    async with Visitor(house) as friend:
        for ticket in order["tickets"]:
            page = await friend.get(ticket["url"])
            assert ticket["label"] in words(page)
            assert (await friend.get(f"{ticket['url']}/qr.svg")).status_code == 200
        assert "fh_buyer" not in friend.client.cookies
