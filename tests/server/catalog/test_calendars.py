"""Events in people's calendars."""

from typing import Any

import httpx
import pytest
from icalendar import Calendar

from tests.fixtures.product import ORG_ID, Product
from tests.server.catalog.test_setups import Planner
from tests.server.support import ok, problem


@pytest.fixture
async def planner(house: Product, client: httpx.AsyncClient) -> Planner:
    return await Planner(house, client).ready()


async def test_a_calendar_has_the_published_events_at_their_own_time_and_place(
    planner: Planner, client: httpx.AsyncClient
) -> None:
    venue = f"/v1/venues/{planner.now['venue']['id']}"
    place = {"latitude": 48.2, "longitude": 16.37, "address": "Ring 1"}
    ok(await planner.call("PATCH", venue, place))
    name = "Tosca; a night, with\ncommas"
    setup = await planner.full(name=name, ends_at="2031-05-01T23:30:00Z")
    path = f"/v1/events/{setup['id']}/calendar"
    problem(await client.get(path), 404, "not-found")
    ok(await planner.act("publish", setup))
    answer = await client.get(path)
    assert answer.headers["content-type"].startswith("text/calendar"), answer.text
    (entry,) = _entries(answer.text)
    assert (entry["summary"], entry["location"]) == (name, "Hall, Ring 1, Vienna, AT")
    assert entry["url"].endswith(f"/e/{setup['slug']}")
    starts_at = entry["dtstart"].dt
    assert (starts_at.isoformat(), starts_at.tzinfo.key) == (
        "2031-05-01T22:00:00+02:00", "Europe/Vienna",
    )  # fmt: skip
    assert entry["dtend"].dt.isoformat() == "2031-05-02T01:30:00+02:00"
    draft = await planner.full()
    feed = await client.get(f"/v1/organizations/{ORG_ID}/calendar")
    uids = [str(entry["uid"]) for entry in _entries(feed.text)]
    assert f"{setup['id']}@fullhouse" in uids
    assert f"{draft['id']}@fullhouse" not in uids
    assert len(set(uids)) == len(uids)
    nobody = await client.get("/v1/organizations/nobody/calendar")
    assert not _entries(nobody.text)


def _entries(text: str) -> list[Any]:
    return Calendar.from_ical(text).walk("VEVENT")
