"""The audit log: written with the change or not at all, never changed, read by its organization."""

import asyncpg
import httpx
import pytest

from server import audit
from server.audit import service
from server.audit.models import AuditQuery
from server.kernel import context
from server.kernel.db import Database
from server.kernel.tenancy import Across
from tests.fixtures.product import ORG_ID, Product
from tests.server.support import ok, problem


async def test_an_entry_says_who_did_what_in_which_request(database_url: str) -> None:
    db = await Database.open(database_url, connections_max=1)
    context.begin("operator:7", "request-1")
    context.act_for("a")
    async with db.tx() as tx:
        await audit.record(tx, "a", "event.updated", subject="event:1", data={"before": 1})
    (entry,) = (await service.entries(db, "a", AuditQuery())).items
    assert (entry.actor, entry.request_id) == ("operator:7", "request-1")
    assert (entry.action, entry.subject, entry.data) == ("event.updated", "event:1", {"before": 1})
    await db.close()


async def test_what_did_not_happen_is_not_in_the_log(database_url: str) -> None:
    db = await Database.open(database_url, connections_max=1)
    context.act_for("a")

    async def fail() -> None:
        async with db.tx() as tx:
            await audit.record(tx, "a", "event.updated", subject="event:1")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert (await service.entries(db, "a", AuditQuery())).items == []
    await db.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE false",
        "TRUNCATE audit_log",
        "INSERT INTO audit_log (id, actor, action, subject, data, request_id, trace_id)"
        " VALUES (1, 'a', 'b', 'c', '{}', 'd', 'e')",
    ],
)
async def test_the_database_refuses_to_change_the_past(database_url: str, statement: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            """INSERT INTO audit_log (actor, action, subject, data, request_id, trace_id)
               VALUES ('a', 'b', 'c', '{}', 'd', 'e')"""
        )
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.GeneratedAlwaysError)):
            await connection.execute(statement)
        assert await connection.fetchval("SELECT count(*) FROM audit_log") == 1
    finally:
        await connection.close()


async def test_an_organization_reads_its_own_log_page_by_page(
    house: Product, client: httpx.AsyncClient
) -> None:
    db = await Database.open(house.database_url, connections_max=1)
    async with db.tx(across=Across.PLATFORM) as tx:
        for nth in range(5):
            context.begin(f"operator:{nth % 2}")
            await audit.record(tx, ORG_ID, "thing.changed", subject="thing:paged", data={"n": nth})
        await audit.record(tx, "elsewhere", "thing.changed", subject="thing:paged")
        await audit.record(tx, None, "thing.changed", subject="thing:paged")
    await db.close()

    async def read(**query: str) -> list[int]:
        seen: list[int] = []
        token: dict[str, str] = {}
        while True:
            asked = {"subject": "thing:paged", "page_size": "2"} | query | token
            page = ok(await client.get("/v1/audit", params=asked, headers=house.operator()))
            assert len(page["items"]) <= 2
            seen += [item["data"]["n"] for item in page["items"]]
            if page["next_token"] is None:
                return seen
            token = {"next_token": page["next_token"]}

    assert await read() == [4, 3, 2, 1, 0]
    assert await read(actor="operator:1") == [3, 1]
    assert await read(since="2020-01-01T00:00:00Z", until="2020-01-02T00:00:00Z") == []
    assert await read(since="2020-01-01T00:00:00Z") == [4, 3, 2, 1, 0]
    for wrong in ({"since": "2020-01-01T00:00:00"}, {"next_token": "x"}, {"page_size": "0"}):
        answer = await client.get("/v1/audit", params=wrong, headers=house.operator())
        problem(answer, 400, "bad-request")
