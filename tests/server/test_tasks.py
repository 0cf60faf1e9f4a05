"""A task that is told to end does, whatever it takes the telling for."""

import asyncio
from contextlib import suppress

from server.kernel.tasks import end
from tests.server.support import PATIENCE_S


async def test_a_task_that_takes_a_cancellation_for_a_failure_ends_all_the_same() -> None:
    taken = 0

    async def stubborn() -> None:
        nonlocal taken
        while taken < 2:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)
            taken += 1
        raise OSError("what it ends with is its own")

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_S):
        await end(task)
    assert task.done()
    assert taken == 2
