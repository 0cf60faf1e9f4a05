"""The deployment's epoch: changes only when the database lost history, after a restore."""

from server.kernel.db import Query, Tx

EPOCH = Query("kernel.epoch", "SELECT epoch FROM deployment")
NEW_EPOCH = Query(
    "kernel.new_epoch",
    """UPDATE deployment SET epoch = greatest(epoch + 1, extract(epoch FROM now())::bigint)
       RETURNING epoch""",
)
MIGRATED = Query("kernel.migrated", "SELECT to_regclass('deployment') IS NOT NULL")
PING = Query("kernel.ping", "SELECT 1")


async def epoch(tx: Tx) -> int:
    return int(await EPOCH.value(tx))


async def begin_epoch(tx: Tx) -> int:
    """After a restore: every client's position is of another history from now on."""
    return int(await NEW_EPOCH.value(tx))


async def is_migrated(tx: Tx) -> bool:
    return bool(await MIGRATED.value(tx))


async def ping(tx: Tx) -> None:
    """Raises DatabaseUnavailable through its transaction where nobody answers."""
    await PING.value(tx)
