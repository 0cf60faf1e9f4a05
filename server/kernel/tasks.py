"""The end of a task that runs until it is told to stop."""

import asyncio

ASK_AGAIN_S = 0.2


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks and wait for them; whatever they end with is theirs.

    Again and again: a library may take a cancellation for the failure of what it waits for, and
    go on; redis-py does while it connects, and so may Python 3.11's `wait_for`.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        done, running = await asyncio.wait(running, timeout=ASK_AGAIN_S)
        for task in done:
            if not task.cancelled():
                task.exception()
