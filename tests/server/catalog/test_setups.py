"""An organizer drafts an event, changes it, publishes it, takes it back, archives it."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Product
from tests.server.catalog.venue import MapMaker, club
from tests.server.support import Buyer, locking, ok, problem, rows, until

NewBuyer = Callable[[], Buyer]


class Planner(MapMaker):
    """The owner, with a published map, who plans events."""

    version: dict[str, Any]
    zones: list[str]
    zone_of_seat_0: str

    async def ready(self) -> "Planner":
        await self.make()
        await self.upload(club())
        self.version = await self.publish()
        geometry = ok(await self.call("GET", self.version["geometry_url"]))
        self.zones = [zone["key"] for zone in geometry["zones"]]
        self.zone_of_seat_0 = self.zones[geometry["seats"]["zone"][0][1]]
        return self

    @property
    def prices(self) -> dict[str, int]:
        return dict.fromkeys(self.zones, 2_500)

    async def plan(self, **wish: Any) -> dict[str, Any]:
        """An event's set-up, without a map unless `wish` names one."""
        body = {
            "name": f"Night {uuid.uuid4().hex[:8]}", "starts_at": "2031-05-01T20:00:00Z",
            "timezone": "Europe/Vienna", "currency": "EUR", "status": "draft",
            "venue_id": self.now["venue"]["id"],
        }  # fmt: skip
        made = ok(await self.call("POST", "/v1/events", body | wish), 201)
        return await self.setup(made["id"])

    async def setup(self, event_id: str) -> dict[str, Any]:
        return ok(await self.call("GET", f"/v1/org/events/{event_id}"))

    async def act(
        self, verb: str, setup: dict[str, Any], body: Any = None, **more: Any
    ) -> httpx.Response:
        """`verb`: "" to change the event, or publish, unpublish, archive."""
        path = f"/v1/events/{setup['id']}{verb and '/' + verb}?revision={setup['revision']}"
        return await self.call("POST" if verb else "PATCH", path, body, **more)

    async def full(self, **wish: Any) -> dict[str, Any]:
        """A draft that lacks nothing."""
        return await self.plan(version_id=self.version["id"], prices_minor=self.prices, **wish)


@pytest.fixture
async def planner(house: Product, client: httpx.AsyncClient) -> Planner:
    return await Planner(house, client).ready()


def _codes(refused: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in refused["reasons"]]


def _in(seconds: float) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)).isoformat()


async def test_a_draft_grows_until_it_can_be_published_and_is_sold_then(
    planner: Planner, client: httpx.AsyncClient, new_buyer: NewBuyer, house: Product
) -> None:
    setup = await planner.plan(starts_at="2020-05-01T20:00:00Z")
    refused = problem(await planner.act("publish", setup), 409, "event-refused")
    assert _codes(refused) == ["no_map", "starts_in_past"], "all at once"
    assert refused["reasons"] == setup["missing"]
    problem(await client.get(f"/v1/events/{setup['id']}"), 404, "not-found")

    setup = ok(
        await planner.act(
            "", setup, {"starts_at": "2031-05-01T20:00:00Z", "version_id": planner.version["id"]}
        )
    )
    assert [reason["code"] for reason in setup["missing"]] == ["no_price"]
    first, *others = planner.zones
    unknown = await planner.act("", setup, {"prices_minor": {"nowhere": 1}, "name": "Lost"})
    problem(unknown, 400, "bad-request")
    setup = ok(await planner.act("", setup, {"prices_minor": {first: 4_000}}))
    setup = ok(await planner.act("", setup, {"prices_minor": dict.fromkeys(others, 2_000)}))
    assert setup["missing"] == []
    assert setup["name"] != "Lost", "a refused change changes nothing"
    assert [zone["price_minor"] for zone in setup["zones"]] == [4_000, *[2_000 for _ in others]]

    key = uuid.uuid4().hex
    published = ok(await planner.act("publish", setup, key=key))
    assert ok(await planner.act("publish", setup, key=key)) == published
    event = ok(await client.get(f"/v1/events/{setup['id']}"))
    assert (event["status"], event["is_on_sale"], event["seats_total"]) == ("published", True, 94)
    held = await new_buyer().call("POST", f"/v1/events/{setup['id']}/holds", {"seats": [1]})
    assert ok(held, 201)["total_minor"] in (4_000, 2_000)
    made = problem(
        await planner.act("", published, {"prices_minor": {first: 1}}), 409, "event-refused"
    )
    assert _codes(made) == ["places_made"]
    told = await rows(
        house,
        "SELECT action FROM audit_log WHERE subject = $1 ORDER BY id",
        f"event:{setup['id']}",
    )
    assert [entry["action"] for entry in told] == [
        "event.created", *["event.updated" for _ in range(3)], "event.published",
    ]  # fmt: skip


async def test_two_organizers_do_not_overwrite_each_other(planner: Planner) -> None:
    setup = await planner.plan()
    answers = await asyncio.gather(
        *(planner.act("", setup, {"summary": f"By {who}"}) for who in ("Ada", "Ben", "Cleo"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    moved = problem(await planner.act("publish", setup), 412, "event-moved")
    assert moved["revision"] == won["revision"] == setup["revision"] + 1
    assert (await planner.setup(setup["id"]))["summary"] == won["summary"]


async def test_what_an_event_sells_keeps_its_organizer_from_nothing(
    planner: Planner, house: Product
) -> None:
    setup = ok(await planner.act("publish", await planner.full()))
    # As every hold and every order does, one after the other while an event sells.
    selling = "SELECT 1 FROM events WHERE id = $1 FOR KEY SHARE"
    async with locking(house, selling, uuid.UUID(setup["id"])):
        setup = ok(await planner.act("", setup, {"summary": "One more night"}))
        path = f"/v1/events/{setup['id']}/cancellation?revision={setup['revision']}"
        ok(await planner.call("POST", path, {"note": "Storm"}), 201)


async def test_a_sale_begins_and_ends_by_the_databases_clock(
    planner: Planner, client: httpx.AsyncClient, new_buyer: NewBuyer
) -> None:
    setup = await planner.full(sales_open_at=_in(2.5), sales_close_at=_in(5))
    ok(await planner.act("publish", setup))
    path = f"/v1/events/{setup['id']}"
    assert not ok(await client.get(path))["is_on_sale"], "and this is remembered"
    problem(await new_buyer().call("POST", f"{path}/holds", {"seats": [1]}), 409, "not-on-sale")

    early = new_buyer()

    async def held() -> Any:
        answer = await early.call("POST", f"{path}/holds", {"seats": [2]})
        return answer.json() if answer.status_code == 201 else None

    hold = await until(held)
    opened = dt.datetime.now(dt.UTC)
    assert opened >= dt.datetime.fromisoformat(setup["sales_open_at"]) - dt.timedelta(seconds=0.05)

    asked: list[dt.datetime] = []

    async def is_over() -> bool:
        asked.append(dt.datetime.now(dt.UTC))
        answer = await new_buyer().call("POST", f"{path}/holds", {"seats": [3]})
        if answer.status_code == 201:
            await new_buyer().call("DELETE", f"/v1/holds/{answer.json()['id']}")
        return answer.status_code == 409 and answer.json()["type"] == "/problems/not-on-sale"

    await until(is_over)
    closes = dt.datetime.fromisoformat(setup["sales_close_at"])
    assert all(at < closes + dt.timedelta(seconds=1) for at in asked[:-1]), "no cache sells on"
    ok(await early.checkout(hold["id"]), 201)


async def test_what_was_on_sale_is_archived_and_what_was_not_can_be_taken_back(
    planner: Planner, client: httpx.AsyncClient
) -> None:
    later = ok(await planner.act("publish", await planner.full(sales_open_at=_in(3_600))))
    ok(await client.get(f"/v1/events/{later['id']}"))
    draft = ok(await planner.act("unpublish", later))
    assert draft["status"] == "draft"
    again = ok(await planner.act("publish", draft))
    assert again["status"] == "published", "its places are there already"
    now = ok(await planner.act("", again, {"sales_open_at": None}))
    refused = problem(await planner.act("unpublish", now), 409, "event-refused")
    assert _codes(refused) == ["was_on_sale"]
    back = ok(await planner.act("", now, {"sales_open_at": _in(3_600)}))
    problem(await planner.act("unpublish", back), 409, "event-refused")
    gone = ok(await planner.act("archive", back))
    for verb in ("publish", "unpublish"):
        assert _codes(problem(await planner.act(verb, gone), 409, "event-refused")) == ["archived"]
    assert ok(await planner.act("archive", gone)) == gone, "done before"
    refused = problem(await planner.act("archive", await planner.plan()), 409, "event-refused")
    assert _codes(refused) == ["draft"]


async def test_a_duplicate_is_a_draft_of_its_own_with_the_same_map_and_prices(
    planner: Planner,
) -> None:
    setup = await planner.full(
        external_ref=uuid.uuid4().hex, doors_at="2031-05-01T19:00:00Z",
        ends_at="2031-05-01T23:00:00Z", description="All night.",
    )  # fmt: skip
    path = f"/v1/events/{setup['id']}/duplicate"
    copy = ok(await planner.call("POST", path, {"starts_at": "2031-06-01T20:00:00Z"}), 201)
    assert (copy["status"], copy["external_ref"], copy["missing"]) == ("draft", None, [])
    assert (copy["zones"], copy["description"]) == (setup["zones"], "All night.")
    assert copy["slug"] != setup["slug"]
    assert copy["doors_at"] == "2031-06-01T19:00:00Z"
    ok(await planner.act("publish", copy))
    assert (await planner.setup(setup["id"]))["status"] == "draft"


async def test_an_event_is_found_by_the_id_that_its_identity_has_elsewhere(
    planner: Planner,
) -> None:
    ref = uuid.uuid4().hex
    setup = await planner.plan(external_ref=ref)
    listed = ok(await planner.call("GET", f"/v1/org/events?external_ref={ref}"))["items"]
    assert [item["id"] for item in listed] == [setup["id"]]
    other = await planner.plan()
    taken = problem(await planner.act("", other, {"external_ref": ref}), 409, "event-refused")
    assert _codes(taken) == ["external_ref_taken"]
    problem(await planner.act("", other, {"slug": setup["slug"]}), 409, "slug-taken")
    for wrong in (
        {"ends_at": "2031-05-01T10:00:00Z"}, {"doors_at": "2031-05-01T21:00:00Z"},
        {"sales_open_at": _in(20), "sales_close_at": _in(10)}, {"timezone": "Europe"},
        {"starts_at": "9999-12-31T23:59:59Z"}, {"starts_at": None}, {"legs": 2},
    ):  # fmt: skip
        problem(await planner.act("", other, wrong), 400, "bad-request")
    assert await planner.setup(other["id"]) == other


async def test_another_map_keeps_the_prices_of_zones_that_it_has_too(planner: Planner) -> None:
    setup = await planner.full()
    first = planner.zone_of_seat_0
    path = f"/v1/events/{setup['id']}/ticket-types"
    child = {"zone": first, "name": "Child", "price_minor": 900}
    level = {"price_minor": 1, "seats": [0, 1]}
    own = next(of for of in ok(await planner.call("GET", path))["items"] if of["zone"] == first)
    ok(await planner.call("PATCH", f"/v1/ticket-types/{own['id']}", {"levels": [level]}))
    made = ok(await planner.call("POST", path, child), 201)
    other = await Planner(planner.product, planner.client).ready()
    moved = ok(await planner.act("", setup, {"version_id": other.version["id"]}))
    assert (moved["zones"], moved["missing"]) == (setup["zones"], [])
    assert moved["venue_id"] == other.now["venue"]["id"], "where the map is"
    types = ok(await planner.call("GET", path))["items"]
    assert made["id"] in {of["id"] for of in types}
    assert all(of["levels"] == [] for of in types), "its seats are others"
    for _ in range(2):
        gone = await planner.call("DELETE", f"/v1/ticket-types/{made['id']}", key=made["id"])
        assert gone.status_code == 204, "once per key"
    bare = ok(await planner.act("", moved, {"version_id": None}))
    assert (bare["zones"], [reason["code"] for reason in bare["missing"]]) == ([], ["no_map"])
