"""Exclusive work is tried again as often as others were faster, and nobody starves."""

import asyncio
import uuid

import asyncpg

from server.kernel import context
from server.kernel.db import ALONE_AFTER, Database, Tx
from tests.server.support import until

WAITING = """SELECT count(*) FROM pg_stat_activity
             WHERE wait_event = 'advisory' AND datname = current_database()"""


async def test_who_gave_way_often_is_alone_on_every_lane_and_in_every_process(
    database_url: str,
) -> None:
    context.act_for("house")
    one, other = [await Database.open(database_url, connections_max=2) for _ in range(2)]
    watch = await asyncpg.connect(database_url)
    tries, told = 0, list[str]()
    is_alone, go_on = asyncio.Event(), asyncio.Event()

    async def starve(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        if tries <= ALONE_AFTER:
            raise asyncpg.SerializationError("others were faster")
        is_alone.set()
        await go_on.wait()
        told.append("starved")

    async def pass_by(tx: Tx) -> None:
        told.append("passed by")

    async def waits() -> bool:
        return await watch.fetchval(WAITING) == 1

    try:
        # As long as it only gives way it keeps nobody from passing by.
        await other.exclusive(uuid.uuid4(), pass_by)
        starving = asyncio.create_task(one.exclusive(uuid.uuid4(), starve))
        await is_alone.wait()
        passing = asyncio.create_task(other.exclusive(uuid.uuid4(), pass_by))
        await until(waits)
        go_on.set()
        await asyncio.gather(starving, passing)
        assert sorted(told) == ["passed by", "passed by", "starved"]
        assert one.retries == ALONE_AFTER
    finally:
        await watch.close()
        await one.close()
        await other.close()
