"""Until when an event is sold, and found: one moment that everybody asks for."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.boxoffice.office import Office
from tests.server.storefront.visitors import Visitor, form, words
from tests.server.support import Buyer, Organizer, ok, problem, rows, until

NewBuyer = Callable[[], Buyer]
# Hours from now: when it begins, when it ends, when its sale closes; and what it then is.
ENDS: dict[str, tuple[float, float | None, float | None, bool, bool]] = {
    "has begun, and nobody says when it ends": (-5, None, None, True, True),
    "began long ago, and nobody says when it ends": (-7, None, None, False, False),
    "goes on for days": (-40, 8, None, True, True),
    "has ended": (-2, -1, None, False, False),
    "sells at the door until after its end": (-9, -1, 1, True, False),
    "is closed before it begins": (2, None, -1, False, True),
}


async def _event(house: Product, hours: tuple[float | None, ...]) -> Event:
    event = house.event()
    await rows(
        house,
        """UPDATE events SET starts_at = now() + $2 * interval '1 hour',
                             ends_at = now() + $3::float8 * interval '1 hour',
                             sales_close_at = now() + $4::float8 * interval '1 hour'
           WHERE id = $1""",
        event.id, *hours,
    )  # fmt: skip
    return event


@pytest.mark.parametrize("case", ENDS)
async def test_buyers_buy_until_the_sale_ends_and_everybody_is_told_the_same(
    case: str, house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    *hours, is_on_sale, is_coming = ENDS[case]
    event = await _event(house, tuple(hours))
    shown = ok(await client.get(f"/v1/events/{event.id}"))
    answer = await new_buyer().hold(event, [0])
    if is_on_sale:
        ok(answer, 201)
    else:
        refused = problem(answer, 409, "not-on-sale")
        assert "the sale of this event ended at " in refused["detail"]
        assert refused["sales_end_at"] == shown["sales_end_at"]
    assert shown["is_on_sale"] == is_on_sale
    async with Visitor(house) as ada:
        page = words(await ada.get(f"/e/{event.slug}?view=list"))
    begins, ends = hours[0] or 0, hours[1]
    is_over = (begins + 6 if ends is None else ends) <= 0
    told = "This event is over." if is_over else "The sale has closed."
    assert (told in page) != is_on_sale
    assert ("Hold the best" in page) == is_on_sale

    query = {"organization": shown["org_id"], "page_size": 100}
    found = await _listed(client, "/v1/events", query)
    assert found.get(str(event.id)) == (is_on_sale if is_coming else None)
    told = await _listed(
        client, "/v1/network/availability", {"page_size": 50}, house.credential("service")
    )
    assert told.get(str(event.id)) == (is_on_sale if is_coming else None)
    # Who asks for the soonest event elsewhere finds none of these.
    await rows(house, "UPDATE events SET status = 'archived' WHERE id = $1", event.id)


async def _listed(
    client: httpx.AsyncClient, path: str, query: dict[str, Any], headers: Any = None
) -> dict[str, bool]:
    """Of every page: whether each event is on sale, by its id."""
    page = ok(await client.get(path, params=query, headers=headers))
    found = list(page["items"])
    while page["next_token"]:
        more = {"next_token": page["next_token"]}
        page = ok(await client.get(path, params=query | more, headers=headers))
        found += page["items"]
    return {it.get("id") or it["event_id"]: it["is_on_sale"] for it in found}


async def test_who_holds_places_when_the_sale_ends_may_pay_for_them_and_take_no_more(
    house: Product, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    event, ada = await _event(house, (-5, 4 / 3_600, None)), new_buyer()
    hold = await ada.hold_ok(event, [0, 1])
    async with Visitor(house) as visitor:
        section = event.geometry.sections[0].key
        page = await visitor.get(f"/e/{event.slug}?view=list&section={section}")
        chosen = form(page, "/hold")

        async def is_over() -> bool:
            at = [f"{url}/v1/events/{event.id}" for url in house.base_urls]
            return not any([ok(await client.get(one))["is_on_sale"] for one in at])

        await until(is_over)
        refused = await visitor.send(chosen, seat=["3"])
        assert refused.status_code == 409
        assert "The sale of this event ended at" in words(refused)
    more = await ada.change(hold["id"], {"add": {"seats": [2]}})
    problem(more, 409, "not-on-sale")
    fewer = ok(await ada.change(hold["id"], {"remove": {"seats": [1]}, "extend": True}))
    assert [seat["idx"] for seat in fewer["seats"]] == [0]
    ok(await ada.checkout(hold["id"]), 201)


async def test_the_door_sells_when_the_sale_has_ended(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, office = await _event(house, (-2, -1, None)), Office(house, client)
    assert ok(await office.sell(event, [0]), 201)["status"] == "confirmed"


async def test_an_organizer_is_told_until_when_it_is_sold(
    house: Product, client: httpx.AsyncClient
) -> None:
    event, owner = await _event(house, (30, None, None)), Organizer(house, client)
    setup = ok(await owner.call("GET", f"/v1/org/events/{event.id}"))
    begins, ends = (dt.datetime.fromisoformat(setup[at]) for at in ("starts_at", "sales_end_at"))
    assert ends - begins == dt.timedelta(hours=6)
    change = f"/v1/events/{event.id}?revision={setup['revision']}"
    later = (begins + dt.timedelta(hours=4)).isoformat()
    setup = ok(await owner.call("PATCH", change, {"ends_at": later}))
    assert setup["sales_end_at"] == setup["ends_at"]
