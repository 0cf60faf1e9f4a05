"""Endpoints are told in turn: what is slow, dead or far behind keeps nobody else's events waiting.

No product: a worker's rounds on a database, and addresses that answer when a test lets them.
"""

import asyncio
import re
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from typing import Any

import pytest

from server.hooks import sql
from server.hooks.delivering import AT_ONCE, TURNS_OF_ORG, Deliveries, backlog
from server.hooks.models import Endpoint
from server.hooks.outside import Outside
from server.hooks.signing import Signer
from server.kernel import context
from server.kernel.db import Database
from server.kernel.ids import uuid7
from server.kernel.tasks import end
from server.kernel.tenancy import Across
from server.orgs.dns import Dns
from tests.server.support import until

PATIENCE_S = 60


class Tellers:
    """Endpoints of organizations, and what comes to each: `/NAME`.

    `silent`: names that wait with their answer; `statuses`: of answers that are not 204, None for
    hanging up. `most`: how many requests were open at once, by name and in all.
    """

    def __init__(self, db: Database) -> None:
        self.db, self.url = db, ""
        self.silent: dict[str, asyncio.Event] = {}
        self.statuses: dict[str, int | None] = {}
        self.came, self.open, self.most = Counter[str](), Counter[str](), Counter[str]()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            name = head.split(" ")[1].removeprefix("/")
            length = re.search(r"content-length: (\d+)", head)
            assert length is not None
            await reader.readexactly(int(length[1]))
            self.came[name] += 1
            self.open.update([name, ""])
            for one in (name, ""):
                self.most[one] = max(self.most[one], self.open[one])
            try:
                if name in self.silent:
                    await self.silent[name].wait()
            finally:
                self.open.subtract([name, ""])
            status = self.statuses.get(name, 204)
            if status is not None:
                writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    async def endpoint(self, org_id: str, name: str, *, is_silent: bool = False) -> uuid.UUID:
        if is_silent:
            self.silent[name] = asyncio.Event()
        async with self.db.tx(across=Across.PLATFORM) as tx:
            made = await sql.INSERT.first(tx, uuid7(), org_id, f"{self.url}/{name}", [], "", True)
        assert made is not None
        return made.id

    async def promise(self, org_id: str, endpoint_id: uuid.UUID, count: int = 1) -> None:
        rows = [
            (uuid7(), org_id, endpoint_id, uuid7(), "order.created", "{}") for _ in range(count)
        ]
        async with self.db.tx(across=Across.PLATFORM) as tx:
            await sql.PROMISE.run(tx, *map(list, zip(*rows, strict=True)))

    async def seen(self, endpoint_id: uuid.UUID) -> Endpoint:
        async with self.db.tx(read_only=True, across=Across.PLATFORM) as tx:
            org_id = await tx.connection.fetchval(
                "SELECT org_id FROM webhook_endpoints WHERE id = $1", endpoint_id
            )
            found = await sql.ONE.first(tx, endpoint_id, org_id)
        assert found is not None
        return found

    async def run(self, statement: str, *args: Any) -> None:
        async with self.db.tx(across=Across.PLATFORM) as tx:
            await tx.connection.execute(statement, *args)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Deliveries]:
        """As a worker does it, round after round."""
        outside = Outside([ip_network("127.0.0.0/8")], Dns())
        deliveries = Deliveries(self.db, Signer("s" * 32), outside)

        async def rounds() -> None:
            while True:
                context.begin("webhooks")
                if not await deliveries.deliver_some():
                    await asyncio.sleep(0.01)

        going = asyncio.create_task(rounds())
        try:
            yield deliveries
            assert not going.done()
        finally:
            await end(going)
            await deliveries.close()
            await outside.close()

    async def has(self, name: str, count: int) -> None:
        async def come() -> bool:
            return self.came[name] >= count

        await until(come, PATIENCE_S)


@pytest.fixture
async def tellers(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tellers]:
    monkeypatch.setattr("server.hooks.outside.TIMEOUT_S", 300.0)
    db = await Database.open(database_url, connections_max=8)
    running = Tellers(db)
    server = await asyncio.start_server(running.answer, "127.0.0.1", 0)
    running.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield running
    for silence in running.silent.values():
        silence.set()
    server.close()
    await db.close()


async def test_slow_endpoints_with_a_backlog_keep_nobody_else_waiting(tellers: Tellers) -> None:
    """They never answer; what comes later, for another organization and for their own, is told."""
    for nth in range(TURNS_OF_ORG - 1):
        slow = await tellers.endpoint("slow", f"slow{nth}", is_silent=True)
        await tellers.promise("slow", slow, 60)
    async with tellers.worker():
        await tellers.has("slow0", AT_ONCE)
        await tellers.promise("quick", await tellers.endpoint("quick", "quick"))
        await tellers.promise("slow", await tellers.endpoint("slow", "brisk"))
        await tellers.has("quick", 1)
        await tellers.has("brisk", 1)


async def test_no_endpoint_and_no_organization_has_more_than_its_share_on_the_way(
    tellers: Tellers,
) -> None:
    """And what waits for a share is told when there is one, every event once."""
    names = [f"slow{nth}" for nth in range(TURNS_OF_ORG + 2)]
    for name in names:
        slow = await tellers.endpoint("slow", name, is_silent=True)
        await tellers.promise("slow", slow, AT_ONCE + 3)
    async with tellers.worker():

        async def full() -> bool:
            return tellers.open[""] == AT_ONCE * TURNS_OF_ORG

        await until(full, PATIENCE_S)
        await tellers.promise("quick", await tellers.endpoint("quick", "quick"))
        await tellers.has("quick", 1)
        for name in names:
            tellers.silent[name].set()
        for name in names:
            await tellers.has(name, AT_ONCE + 3)
    assert max(tellers.most[name] for name in names) == AT_ONCE
    assert tellers.most[""] <= AT_ONCE * TURNS_OF_ORG + 1
    assert {tellers.came[name] for name in names} == {AT_ONCE + 3}


async def test_what_is_on_its_way_is_sent_by_no_other_worker(tellers: Tellers) -> None:
    """However long its answer takes, and though somebody has it delivered again."""
    slow = await tellers.endpoint("slow", "slow", is_silent=True)
    await tellers.promise("slow", slow)
    async with tellers.worker(), tellers.worker():
        await tellers.has("slow", 1)
        await tellers.run("UPDATE webhook_deliveries SET next_attempt_at = now()")
        # Who comes after it was not overlooked: so it was looked at, and left alone.
        for nth in range(2):
            await tellers.promise("quick", await tellers.endpoint("quick", f"quick{nth}"))
            await tellers.has(f"quick{nth}", 1)
        assert tellers.came["slow"] == 1
        tellers.silent["slow"].set()


async def test_the_turns_of_a_worker_that_was_killed_are_over_after_a_while(
    tellers: Tellers,
) -> None:
    slow = await tellers.endpoint("slow", "slow", is_silent=True)
    await tellers.promise("slow", slow)
    async with tellers.worker():
        await tellers.has("slow", 1)
    tellers.silent["slow"].set()
    async with tellers.worker():
        await tellers.promise("quick", await tellers.endpoint("quick", "quick"))
        await tellers.has("quick", 1)
        assert tellers.came["slow"] == 1
        for table, moment in (("endpoints", "turn_at"), ("deliveries", "next_attempt_at")):
            await tellers.run(f"UPDATE webhook_{table} SET {moment} = now()")
        await tellers.has("slow", 2)


async def test_who_does_not_answer_is_paused_and_asked_with_one_delivery(
    tellers: Tellers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer each time, and what waits meanwhile is not tried; the first answer ends it."""
    monkeypatch.setattr("server.hooks.delivering.PAUSE_MIN_S", 60.0)
    tellers.statuses["dead"] = None
    dead = await tellers.endpoint("house", "dead")
    await tellers.promise("house", dead, AT_ONCE * 2)
    async with tellers.worker():

        async def paused() -> Any:
            return (await tellers.seen(dead)).paused_until

        first = await until(paused, PATIENCE_S)
        assert tellers.came["dead"] == AT_ONCE
        await tellers.run(
            """UPDATE webhook_endpoints SET failing_since = now() - interval '3 minutes',
                      paused_until = NULL"""
        )

        async def paused_again() -> Any:
            until_then = (await tellers.seen(dead)).paused_until
            return until_then if until_then != first else None

        second = await until(paused_again, PATIENCE_S)
        assert tellers.came["dead"] == AT_ONCE + 1
        assert (second - first).total_seconds() > 100
        del tellers.statuses["dead"]
        await tellers.run("UPDATE webhook_endpoints SET paused_until = now()")
        await tellers.run("UPDATE webhook_deliveries SET next_attempt_at = now()")
        await tellers.has("dead", AT_ONCE * 3 + 1)

        async def all_told() -> bool:
            seen = await tellers.seen(dead)
            return seen.paused_until is None and seen.failing_since is None

        await until(all_told, PATIENCE_S)


async def test_who_answers_is_not_paused_whatever_it_says(tellers: Tellers) -> None:
    tellers.statuses["picky"] = 500
    picky = await tellers.endpoint("house", "picky")
    await tellers.promise("house", picky, AT_ONCE * 2)
    async with tellers.worker():
        await tellers.has("picky", AT_ONCE * 2)
        seen = await tellers.seen(picky)
        assert seen.failing_since is not None
        assert seen.paused_until is None


async def test_who_waits_is_counted_and_who_is_to_blame_is_not_late(tellers: Tellers) -> None:
    late, failing = await tellers.endpoint("late", "a"), await tellers.endpoint("failing", "b")
    await tellers.promise("late", late, 3)
    await tellers.promise("failing", failing, 2)
    await tellers.run(
        "UPDATE webhook_deliveries SET next_attempt_at = now() - interval '10 minutes'"
    )
    await tellers.run("UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1", failing)
    async with tellers.db.tx(read_only=True, across=Across.PLATFORM) as tx:
        found = await backlog(tx)
    assert [(one.org_id, one.due) for one in found] == [("late", 3), ("failing", 2)]
    assert found[0].late_s >= 600
    assert found[1].late_s == 0
