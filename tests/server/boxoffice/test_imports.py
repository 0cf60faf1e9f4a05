"""A table of what was sold elsewhere is sold here too: all of it, once, or nothing."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from server.catalog.geometry import Places
from tests.fixtures.product import Event, Product
from tests.server.boxoffice.office import Office, area_of, usage
from tests.server.support import ok, problem, rows, state_of


class Importer(Office):
    async def send(
        self, event: Event, text: str | bytes, *, dry_run: bool = False, key: str | None = None
    ) -> httpx.Response:
        data = text.encode() if isinstance(text, str) else text
        path = f"/v1/events/{event.id}/imports" + ("?dry_run=true" if dry_run else "")
        return await self.call("POST", path, data, key=key, Content_Type="text/csv")

    async def seat_rows(self, event: Event, seats: list[int], ref: str, **more: str) -> list[str]:
        """Lines for seats, as the map names them: ref, name, section, row, seat."""
        places = Places(event.geometry)
        found = []
        for seat in seats:
            name, section = places.name_of(seat), places.section_of(seat)
            cells = (ref, "Ada", section.key if section else "", name.row or "", name.number)
            found.append(";".join((*cells, "", "", more.get("price", ""))))
        return found


HEAD = "ref;name;section;row;seat;area;quantity;price"


@pytest.fixture
def importer(house: Product, client: httpx.AsyncClient) -> Importer:
    return Importer(house, client)


async def test_an_import_is_looked_at_first_then_done_whole_and_known_again(
    house: Product, client: httpx.AsyncClient, importer: Importer
) -> None:
    event = house.event(price_minor=2_500)
    area = area_of(event)
    lines = [
        HEAD,
        *await importer.seat_rows(event, [1, 2], "A-1", price="19,90"),
        *await importer.seat_rows(event, [5], "A-2"),
        f"A-3;Bo;;;;{area};3;10.00",
    ]
    looked = ok(await importer.send(event, "\n".join(lines), dry_run=True))
    assert (looked["is_done"], looked["orders"], looked["places"]) == (False, 3, 6)
    assert looked["total_minor"] == 2 * 1_990 + 2_500 + 3 * 1_000
    assert await usage(house, event) == (0, 0, 0)
    assert (await state_of(client, event))[0][1] == 0

    key = uuid.uuid4().hex
    done = ok(await importer.send(event, "\n".join(lines), key=key))
    assert ok(await importer.send(event, "\n".join(lines), key=key)) == done
    assert done["is_done"]
    assert {row["status"] for row in done["rows"]} == {"ready"}
    assert await usage(house, event) == (0, 3, 0)
    longer = [*lines, *await importer.seat_rows(event, [6], "A-4")]
    again = ok(await importer.send(event, "\n".join(longer)))
    assert (again["is_done"], again["known"], again["orders"]) == (True, 4, 1)
    assert await importer.channels(event) == {"import": (4, 7, 2 * 1_990 + 2 * 2_500 + 3_000)}


async def test_where_one_row_is_wrong_nothing_is_imported_and_each_says_why(
    house: Product, client: httpx.AsyncClient, importer: Importer
) -> None:
    event = house.event(capacities=dict.fromkeys(house.event().pools, 4))
    area = area_of(event)
    ok(await importer.sell(event, [9]), 201)
    [good, twice, taken] = await importer.seat_rows(event, [1, 1, 9], "B-1")
    lines = [
        HEAD, good, twice, taken,
        "B-2;Bo;;;;nowhere;1;",
        ";Bo;;;;;1;",
        f"B-3;Bo;;;;{area};3;",
        f"B-4;Bo;;;;{area};2;",
        f"B-5;Bo;;;;{area};1;1.999",
        f"B-6;Bo;;;;{area};x;",
        "B-7;Bo;no;such;seat;;;",
    ]  # fmt: skip
    for dry_run in (True, False):
        report = ok(await importer.send(event, "\n".join(lines), dry_run=dry_run))
        wrong = {row["line"]: row["detail"] for row in report["rows"] if row["status"] == "wrong"}
        assert sorted(wrong) == [3, 4, 5, 6, 8, 9, 10, 11]
        assert "line 2" in wrong[3]
        assert "taken" in wrong[4]
        assert "4 places" in wrong[8]
        assert (report["is_done"], report["wrong"]) == (False, 8)
    assert await usage(house, event) == (0, 0, 0)
    assert (await state_of(client, event))[0][1] == 0


@pytest.mark.parametrize(
    "file",
    [
        b"\xff\xfe", b"", b"name,price\0", b"ref,ref\n", b"ref,colour\n1,red", b'ref\n"open',
        b"ref\n1,2",
    ],
)  # fmt: skip
async def test_a_file_that_is_no_such_table_is_refused(
    house: Product, importer: Importer, file: bytes
) -> None:
    problem(await importer.send(house.event(), file), 422, "import-unreadable")


async def test_two_imports_of_one_file_at_once_import_it_once(
    house: Product, importer: Importer
) -> None:
    event = house.event()
    text = "\n".join([HEAD, *await importer.seat_rows(event, [1, 2, 3], "C-1")])
    answers = await asyncio.gather(*(importer.send(event, text) for _ in range(4)))
    reports: list[dict[str, Any]] = [ok(answer) for answer in answers]
    assert sorted(report["known"] for report in reports) == [0, 3, 3, 3]
    sql = "SELECT count(*) FROM orders WHERE event_id = $1"
    assert (await rows(house, sql, event.id))[0][0] == 1
