"""Guests are heads of a standing area, who come in by name."""

import asyncio
import csv
import io
import uuid
from typing import Any

import httpx
import pytest

from tests.fixtures.product import Event, Product
from tests.server.boxoffice.office import Office, area_of, usage
from tests.server.support import ok, problem


class Hosts(Office):
    async def open(self, event: Event, **more: Any) -> dict[str, Any]:
        body = {"name": "Artists", "pool_id": str(event.pools[area_of(event)]), "gate": "Stage"}
        path = f"/v1/events/{event.id}/guest-lists"
        return ok(await self.call("POST", path, body | more), 201)

    async def add(self, of: dict[str, Any], name: str, plus_ones: int = 0, **more: Any) -> Any:
        body = {"name": name, "plus_ones": plus_ones} | more
        return await self.call("POST", f"/v1/guest-lists/{of['id']}/guests", body)

    async def arrive(
        self, event: Event, guest: dict[str, Any], heads: int, key: str | None = None
    ) -> httpx.Response:
        headers = {"X-Scanner-Key": event.scanner_key} | ({"Idempotency-Key": key} if key else {})
        path = f"/v1/checkin/guests/{guest['id']}"
        return await self.client.post(path, json={"heads": heads}, headers=headers)

    async def find(self, event: Event, part: str) -> list[str]:
        headers = {"X-Scanner-Key": event.scanner_key}
        found = ok(await self.client.get(f"/v1/checkin/guests?q={part}", headers=headers))
        return [guest["name"] for guest in found["items"]]


@pytest.fixture
def hosts(house: Product, client: httpx.AsyncClient) -> Hosts:
    return Hosts(house, client)


async def test_heads_take_places_of_the_area_until_they_are_cancelled(
    house: Product, hosts: Hosts
) -> None:
    event = house.event(capacities=dict.fromkeys(house.event().pools, 5))
    of = await hosts.open(event)
    guest = ok(await hosts.add(of, "Ella Fitz", 2), 201)
    assert (guest["heads"], guest["arrived"], guest["gate"]) == (3, 0, "Stage")
    assert await usage(house, event) == (0, 3, 0)
    short = problem(await hosts.add(of, "Duke", 2), 409, "seats-taken")
    assert short["pools"][0]["available"] == 2
    path = f"/v1/guest-lists/{of['id']}/guests/{guest['id']}"
    key = uuid.uuid4().hex
    for _ in range(2):
        assert (await hosts.call("DELETE", path, key=key)).status_code == 204
    problem(await hosts.call("DELETE", path), 404, "not-found")
    assert await usage(house, event) == (0, 0, 0)
    problem(await hosts.arrive(event, guest, 1), 404, "not-found")
    ok(await hosts.add(of, "Duke", 4), 201)
    [listed] = ok(await hosts.call("GET", f"/v1/events/{event.id}/guest-lists"))["items"]
    assert (listed["guests"], listed["heads"], listed["arrived"]) == (1, 5, 0)
    assert await hosts.channels(event) == {"guest_list": (1, 5, 0)}


async def test_a_guest_comes_in_by_name_and_in_parts_and_never_more_than_are_expected(
    house: Product, hosts: Hosts
) -> None:
    event, other = house.event(), house.event()
    of = await hosts.open(event)
    guest = ok(await hosts.add(of, "Ella Fitz", 2), 201)
    ok(await hosts.add(of, "Duke"), 201)
    assert await hosts.find(event, "fitz") == ["Ella Fitz"]
    assert await hosts.find(event, "") == ["Duke", "Ella Fitz"]
    assert await hosts.find(other, "fitz") == []
    problem(await hosts.arrive(other, guest, 1), 404, "not-found")
    key = uuid.uuid4().hex
    came = ok(await hosts.arrive(event, guest, 2, key))
    assert (came["admitted"], came["arrived"], came["heads"]) == (2, 2, 3)
    assert ok(await hosts.arrive(event, guest, 2, key)) == came
    more = problem(await hosts.arrive(event, guest, 2), 409, "guests-all-in")
    assert (more["arrived"], more["heads"]) == (2, 3)
    door = {"X-Scanner-Key": event.scanner_key}
    body = {"scan_ids": came["scan_ids"]}
    undone = ok(await hosts.client.post("/v1/checkin/undo", json=body, headers=door))
    assert undone["undone"] == 2, "all heads of one act"
    ok(await hosts.arrive(event, guest, 2))
    answers = await asyncio.gather(*(hosts.arrive(event, guest, 1) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    path = f"/v1/guest-lists/{of['id']}/guests/{guest['id']}"
    problem(await hosts.call("DELETE", path), 409, "guests-arrived")
    [listed] = ok(await hosts.call("GET", f"/v1/events/{event.id}/guest-lists"))["items"]
    assert (listed["heads"], listed["arrived"]) == (4, 3)


async def test_the_export_is_a_table_without_formulas(house: Product, hosts: Hosts) -> None:
    event = house.event()
    of = await hosts.open(event, name="=Crew")
    hostile = ["=HYPERLINK(1)", "+1", "-1", "@x", 'a "b", c', "Renée"]
    for name in hostile:
        ok(await hosts.add(of, name, note=f"{name}!"), 201)
    answer = await hosts.call("GET", f"/v1/events/{event.id}/guests.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {row["name"].removeprefix("'") for row in table} == set(hostile)
    cells = [cell for row in table for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


async def test_a_list_is_of_an_area_of_its_event_and_named_once(
    house: Product, hosts: Hosts
) -> None:
    event, other = house.event(), house.event()
    of = await hosts.open(event)
    path = f"/v1/events/{event.id}/guest-lists"
    body = {"name": "Artists", "pool_id": str(event.pools[area_of(event)])}
    problem(await hosts.call("POST", path, body), 400, "bad-request")
    strange = body | {"name": "B", "pool_id": str(other.pools[area_of(other)])}
    problem(await hosts.call("POST", path, strange), 422, "selection-invalid")
    problem(await hosts.add(of, " "), 400, "bad-request")
    problem(await hosts.add({"id": str(uuid.uuid4())}, "A"), 404, "not-found")
