"""What an event sells, on the portal's pages: types, their levels, products, allocations."""

import re
import uuid
from importlib.resources import files
from typing import Any

import httpx
import pytest

from server.catalog import publishing
from server.catalog.geometry import Places
from server.kernel.errors import BadRequest
from server.storefront.placewords import heard, spoken
from tests.fixtures.product import Event, Product
from tests.server.catalog.venue import hall
from tests.server.storefront import visitors
from tests.server.storefront.visitors import Form, Visitor, document, forms, words
from tests.server.support import Buyer, ok, rows


def _form(page: httpx.Response, field: str) -> Form:
    """The page's form that has such a field."""
    return next(form for form in forms(page) if any(n.startswith(field) for n in form.fields))


async def _then(visitor: Visitor, sent: httpx.Response) -> httpx.Response:
    assert sent.status_code == 303, words(sent)
    return await visitor.get(sent.headers["location"])


def _link(page: httpx.Response, name: str) -> str:
    return str(document(page).xpath(f"//main//a[normalize-space()='{name}']/@href")[0])


def _drawn(drawing: bytes) -> Places:
    return Places(publishing.read_drawing(drawing, {})[0])


def _sample(kind: str) -> Places:
    return _drawn(files("seatmap.samples").joinpath(f"{kind}.svg").read_bytes())


@pytest.mark.parametrize("kind", ["club", "theatre"])
def test_seats_in_words_are_read_back_as_the_same_seats(kind: str) -> None:
    places = _sample(kind)
    some = [*range(40), 45, *range(60, 63)]
    text = spoken(places, some)
    assert heard(places, text) == some
    assert heard(places, text.upper() + "\n\n") == some
    assert len(text) < 300
    everything = list(range(places.seat_count))
    assert heard(places, spoken(places, everything)) == everything


def test_seats_that_there_are_not_are_named_with_what_to_write() -> None:
    stalls = hall({"A": 4, "B": 4}).decode()
    seats = stalls[stalls.index("<circle") : stalls.index("</svg>")].replace("stalls", "circle")
    seats = re.sub(r'cy="(\d+)"', lambda at: f'cy="{int(at[1]) + 150}"', seats)
    places = _drawn(stalls.replace("</svg>", f"{seats}</svg>").encode())
    titles = [line.rpartition(":")[0] for line in spoken(places, range(16)).splitlines()]
    assert len(titles) == 4
    for text, told in (
        ("nowhere: 1", f"no row or table is called nowhere: write it like {titles[0]}: "),
        (f"{titles[0]}: 1-9", "has no seat 1-9"),
        ("1-4", "write row and seats like"),
        ("A: 1", f"several are called A: say {titles[0]}, or {titles[2]}"),
    ):
        with pytest.raises(BadRequest, match=told):
            heard(places, text)


async def _told(
    house: Product, client: httpx.AsyncClient, event: Event, name: str
) -> dict[str, Any]:
    """The ticket type of that name, as the API tells the organizer."""
    listed = await client.get(f"/v1/events/{event.id}/ticket-types", headers=house.operator())
    (found,) = [of for of in ok(listed)["items"] if of["name"] == name]
    told: dict[str, Any] = found
    return told


async def _add_type(owner: Visitor, event: Event, zone: str, **typed: str) -> httpx.Response:
    page = await owner.get(f"/organizer/events/{event.id}/prices")
    return await owner.send(_form(page, "visibility"), zone=zone, price_minor="10", **typed)


async def test_a_ticket_type_is_changed_and_its_seats_have_prices_of_their_own(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event("theatre")
    places = Places(event.geometry)
    zone = event.geometry.zones[places.zones[0]]
    section = places.section_of(0)
    assert section is not None
    async with visitors.operator(house) as owner:
        page = await _then(
            owner,
            await _add_type(owner, event, zone.key, name="Member", visibility="code",
                            access_code="OPENSESAME", quantity="5"),
        )  # fmt: skip
        page = await owner.get(_link(page, "Member"))
        refused = await owner.send(
            _form(page, "level:"),
            **{"name": "", "access_code": "", "quantity": "-1", "sales_open_at": "soon",
               "level:0:price": "7", "level:0:seats": "nowhere: 1"},
        )  # fmt: skip
        assert refused.status_code == 422
        told = set(document(refused).xpath("//*[@aria-invalid]/@name"))
        assert told == {"name", "access_code", "quantity", "sales_open_at", "level:0:price"}
        sent = await owner.send(
            _form(page, "level:"),
            **{
                "name": "Club member", "price_minor": "12", "visibility": "public",
                "access_code": "", "quantity": "3", "per_order_max": "2",
                "sales_close_at": "2031-01-01T10:00",
                "level:0:price": "9.50", "level:0:section": section.key,
                "level:1:price": "8", "level:1:seats": spoken(places, [0, 1]),
            },
        )  # fmt: skip
        page = await owner.get(_link(await _then(owner, sent), "Club member"))
        assert _form(page, "level:").fields["level:1:seats"] == [spoken(places, [0, 1])]
        member = await _told(house, client, event, "Club member")
        assert (member["price_minor"], member["quantity"], member["per_order_max"]) == (1200, 3, 2)
        assert [level["price_minor"] for level in member["levels"]] == [950, 800]
        cleared = {"level:0:price": "", "level:0:section": [], "level:1:price": "6"}
        await _then(owner, await owner.send(_form(page, "level:"), **cleared))
        member = await _told(house, client, event, "Club member")
        assert [level["seats"] for level in member["levels"]] == [[0, 1]]


async def test_a_zone_s_own_type_has_levels_but_no_window_and_no_code(
    house: Product, client: httpx.AsyncClient
) -> None:
    event = house.event()
    places = Places(event.geometry)
    async with visitors.operator(house) as owner:
        page = await owner.get(f"/organizer/events/{event.id}/prices")
        links = document(page).xpath("//section[@id='types']//li/span/a/@href")
        assert len(links) == len(event.geometry.zones)
        page = await owner.get(links[places.zones[0]])
        form = _form(page, "level:")
        assert not {"visibility", "access_code", "quantity", "sales_open_at"} & set(form.fields)
        seats = {"name": "Grown-up", "level:0:price": "99", "level:0:seats": spoken(places, [0])}
        await _then(owner, await owner.send(form, **seats))
        changed = await _told(house, client, event, "Grown-up")
        assert changed["levels"] == [
            {"price_minor": 9_900, "sections": [], "areas": [], "seats": [0]}
        ]
        assert changed["is_default"]


async def test_products_are_added_and_changed(house: Product, client: httpx.AsyncClient) -> None:
    event = house.event()
    path = f"/organizer/events/{event.id}/products"
    async with visitors.operator(house) as owner:
        refused = await owner.send(_form(await owner.get(path), "stock"), name="", price_minor="x")
        assert document(refused).xpath("//*[@aria-invalid]/@name") == ["name", "price_minor"]
        sent = await owner.send(
            _form(refused, "stock"), name="Parking", price_minor="12.5", stock="0"
        )
        page = await owner.get(_link(await _then(owner, sent), "Parking"))
        (one,) = ok(await client.get(f"/v1/events/{event.id}/products"))["items"]
        assert (one["name"], one["price_minor"], one["stock"]) == ("Parking", 1_250, 0)
        form = _form(page, "stock")
        del form.fields["is_on_sale"]
        page = await _then(owner, await owner.send(form, name="Garage", stock=""))
        assert "Not shown" in words(page)
        assert ok(await client.get(f"/v1/events/{event.id}/products"))["items"] == []


async def test_places_are_set_aside_for_another_organization_and_released(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, partner = house.event(), visitors.new_org(house)
    places = Places(event.geometry)
    path = f"/organizer/events/{event.id}/allocations"
    async with visitors.operator(house) as owner:
        form = _form(await owner.get(path), "partner_org_id")
        refused = await owner.send(form, name="Fans", partner_org_id="nobody", seats="x: 1")
        assert document(refused).xpath("//*[@aria-invalid]/@name") == ["seats"]
        typed = {"name": "Fans", "seats": spoken(places, [0, 1]), f"pool:{pool_of(event)}": "3"}
        refused = await owner.send(form, **typed, partner_org_id="nobody")
        assert "No such organization" in words(refused)
        page = await _then(owner, await owner.send(form, **typed, partner_org_id=partner))
        assert "2 seats" in words(page)
        assert "3 places of" in words(page)
        buyer = Buyer(house, client)
        assert (await buyer.hold(event, [0])).status_code == 409
        again = await owner.send(_form(page, "partner_org_id"), **typed, partner_org_id=partner)
        assert "taken" in words(again)
        release = _form(page, "key")
        given = document(page).xpath("//button[@name='release']/@value")[0]
        page = await _then(owner, await owner.send(release, release=given))
        assert "Fans" not in words(page)
        ok(await buyer.hold(event, [0]), 201)


def pool_of(event: Event) -> uuid.UUID:
    return next(iter(event.pools.values()))


async def test_what_is_paused_says_by_whom_and_is_resumed_where_it_was(
    house: Product,
) -> None:
    event, org_id = house.event(), visitors.new_org(house)
    owner_id = visitors.new_user(house, **{org_id: "owner"})
    async with (
        visitors.operator(house) as owner,
        visitors.operator(house, owner_id) as other,
        visitors.operator(house, house.staff_id) as staff,
    ):
        path = f"/organizer/events/{event.id}/switches"
        off = next(f for f in forms(await owner.get(path)) if f.fields.get("flag") == ["scanning"])
        page = await _then(owner, await owner.send(off, is_on="no", reason="Sound check"))
        assert "By your organization, for this event: Sound check" in words(page)
        on = next(f for f in forms(page) if f.fields.get("flag") == ["scanning"])
        page = await _then(owner, await owner.send(on, is_on="yes"))
        assert "Sound check" not in words(page)

        path = "/organizer/switches"
        off = next(f for f in forms(await other.get(path)) if f.fields.get("flag") == ["ticketing"])
        page = await _then(other, await other.send(off, is_on="no"))
        assert words(page).count("As everything is paused.") == 4
        assert "Paused" not in words(await staff.get("/staff/switches"))
        assert (await other.get("/staff/switches")).status_code == 403


async def test_an_event_is_planned_in_a_venue_that_another_organization_shares(
    house: Product,
) -> None:
    event, guest_org = house.event(), visitors.new_org(house)
    name = f"Shared {uuid.uuid4().hex[:8]}"
    venue = await rows(
        house,
        """UPDATE venues SET is_shared = true, name = $2, timezone = 'Europe/Vienna'
           WHERE id = (SELECT venue_id FROM events WHERE id = $1) RETURNING id""",
        event.id, name,
    )  # fmt: skip
    guest_id = visitors.new_user(house, **{guest_org: "owner"})
    async with visitors.operator(house, guest_id) as guest, visitors.operator(house) as owner:
        page = await guest.get("/organizer/events/new")
        page = await guest.get(str(document(page).xpath(f"//a[span='{name}']/@href")[0]))
        assert "Your own drawing" not in words(page)
        page = await guest.get(str(document(page).xpath("//a[span='Map']/@href")[0]))
        sent = await guest.send(
            _form(page, "starts_at"), name="Guest Night", starts_at="2031-05-01T20:00"
        )
        page = await _then(guest, sent)
        at = page.url.path.removesuffix("/prices")
        zones = dict.fromkeys((n for n in _form(page, "price:").fields if ":" in n), "20")
        page = await _then(guest, await guest.send(_form(page, "price:"), **zones))
        assert f"{name}, Vienna" in words(page)
        page = await _then(guest, await guest.send(_form(page, "revision"), act="publish"))
        assert "It is published" in words(page)
        assert (await guest.get(f"/organizer/venues/{venue[0]['id']}")).status_code == 404
        assert (await owner.get(f"{at}/setup")).status_code == 404
        await rows(house, "UPDATE venues SET is_shared = false WHERE id = $1", venue[0]["id"])
        for path in ("/setup", "/details", "/map", "/prices"):
            assert (await guest.get(f"{at}{path}")).status_code == 200
        assert name not in words(await guest.get("/organizer/events/new"))
