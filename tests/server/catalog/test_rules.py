"""What an event sells by: told to everybody, kept sane by the database, changed by table."""

from typing import Any

import asyncpg
import httpx
import pytest

from server.catalog import service as catalog
from server.catalog.models import TableMode, TableRule
from server.catalog.service import Catalog
from server.kernel import context
from server.kernel.db import Database
from server.kernel.errors import BadRequest, NotFound
from tests.fixtures.product import ORG_ID, Product
from tests.server.support import ok, rows

SHOWN = ("seats_per_hold_max", "seats_per_order_max", "seats_per_buyer_max", "orphan_rule", "legs")


async def test_an_event_says_by_which_rules_it_sells(
    house: Product, client: httpx.AsyncClient
) -> None:
    plain = ok(await client.get(f"/v1/events/{house.event().id}"))
    assert [plain[name] for name in SHOWN] == [20, None, None, "off", 1]
    assert {table["mode"] for table in plain["tables"]} == {"chairs"}
    event = house.event(
        seats_per_order_max=8, seats_per_buyer_max=16, orphan_rule="lenient",
        table_modes={"front": ("whole", None), "rear": ("at_least", 3)},
    )  # fmt: skip
    shown = ok(await client.get(f"/v1/events/{event.id}"))
    assert [shown[name] for name in SHOWN] == [20, 8, 16, "lenient", 1]
    zones = [zone for count, zone in event.geometry.seats.zone for _ in range(count)]
    for at, (table, drawn) in enumerate(zip(shown["tables"], event.geometry.tables, strict=True)):
        expected = {"front": ("whole", None), "rear": ("at_least", 3)}.get(
            event.geometry.zones[zones[drawn.seats[0]]].key, ("chairs", None)
        )
        assert (table["table_idx"], table["name"]) == (at, drawn.name or drawn.key)
        assert (table["mode"], table["chairs_min"]) == expected
    assert {table["mode"] for table in shown["tables"]} == {"chairs", "whole", "at_least"}


async def test_a_table_can_be_sold_otherwise_than_its_ticket_type_says(house: Product) -> None:
    created = house.event(table_modes={"front": ("whole", None)})
    context.act_for(ORG_ID)
    db = await Database.open(house.database_url, connections_max=2)
    try:
        memory = Catalog(db)
        event = await memory.event(created.id)
        places = await memory.places(event.map_id)
        whole = next(iter(event.table_modes))
        chairs = places.geometry.tables[whole].seats[1]

        async def change(mode: TableRule, chairs_min: int | None, at: int = whole) -> TableMode:
            async with db.tx() as tx:
                return await catalog.set_table_mode(tx, event, places, at, mode, chairs_min)

        assert event.table_modes[whole].mode == "whole"
        changed = await change("at_least", 2)
        assert changed == TableMode(whole, event.tables[whole].name, "at_least", 2)
        assert (await memory.event(created.id)).table_modes[whole].mode == "whole"
        memory.forget(created.id)
        again = await memory.event(created.id)
        assert again.table_modes[whole] == changed
        async with db.tx(read_only=True) as tx:
            assert await catalog.table_modes(tx, created.id, places) == again.table_modes
        await change("chairs", None)
        memory.forget(created.id)
        assert whole not in (await memory.event(created.id)).table_modes
        pointless: list[tuple[TableRule, int | None]] = [
            ("at_least", None), ("whole", 2), ("at_least", 0), ("at_least", chairs + 1),
        ]  # fmt: skip
        for mode, chairs_min in pointless:
            with pytest.raises(BadRequest, match="chairs_min"):
                await change(mode, chairs_min)
        for wrong in (-1, len(event.tables)):
            with pytest.raises(NotFound):
                await change("whole", None, wrong)
    finally:
        await db.close()
    told = await rows(
        house,
        "SELECT data FROM outbox_events WHERE type = 'catalog.table.changed' AND subject = $1",
        f"event:{created.id}",
    )
    assert len(told) == 2


async def test_zones_up_to_a_price_are_those_that_cost_no_more(house: Product) -> None:
    created = house.event(price_minor=1_000)
    await rows(
        house,
        "UPDATE ticket_types SET price_minor = 1000 + zone WHERE event_id = $1",
        created.id,
    )
    db = await Database.open(house.database_url, connections_max=1)
    event = await Catalog(db).event(created.id)
    await db.close()
    assert event.zones_up_to(999) == frozenset()
    assert event.zones_up_to(1_002) == {0, 1, 2}


@pytest.mark.parametrize(
    "impossible",
    [
        "UPDATE events SET orphan_rule = 'sometimes' WHERE id = $1",
        "UPDATE events SET legs = 0 WHERE id = $1",
        "UPDATE events SET legs = 65 WHERE id = $1",
        "UPDATE events SET seats_per_order_max = 0 WHERE id = $1",
        "UPDATE events SET seats_per_buyer_max = 0 WHERE id = $1",
        "UPDATE ticket_types SET table_mode = 'sofa' WHERE event_id = $1",
        "UPDATE ticket_types SET table_mode = 'at_least' WHERE event_id = $1",
        "UPDATE ticket_types SET chairs_min = 2 WHERE event_id = $1",
        "UPDATE ticket_types SET table_mode = 'at_least', chairs_min = 0 WHERE event_id = $1",
        "INSERT INTO table_modes VALUES ($1, -1, 'house', 'whole')",
        "INSERT INTO table_modes VALUES ($1, 0, 'house', 'at_least')",
        "INSERT INTO table_modes VALUES ($1, 0, 'house', 'whole', 4)",
    ],
)
async def test_the_database_refuses_a_rule_that_says_nothing(
    house: Product, impossible: str
) -> None:
    args: list[Any] = [house.event().id]
    with pytest.raises(asyncpg.CheckViolationError):
        await rows(house, impossible, *args)
