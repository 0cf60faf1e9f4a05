"""What an order's points must be follows from how it stands: told here, in the same transaction."""

import uuid
from collections.abc import Sequence

from server.checkout import sql, sql_points
from server.kernel.db import Tx
from server.points import service as points

SPENT = "Your points were spent elsewhere when the payment came: it is paid back."


async def lock(tx: Tx, order_ids: Sequence[uuid.UUID]) -> None:
    """These orders, and then the accounts of their points: before one is told of after another, or
    two that do so might each have what the other waits for."""
    await sql.LOCK_ORDERS.all(tx, order_ids)
    await points.lock(tx, await points.owed(tx, order_ids))


async def follow(tx: Tx, order_ids: Sequence[uuid.UUID]) -> None:
    """After whatever became of these orders, which `tx` has locked: points are given back, earned,
    or taken back. Safe to repeat."""
    if owed := await points.owed(tx, order_ids):
        standings = await sql_points.STANDINGS.all(tx, [row.order_id for row in owed])
        await points.follow(tx, owed, standings)


async def cannot_go_on(tx: Tx, order_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Of orders, locked, whose payment begins or that may have ended and are to go on, those whose
    points were spent since; the others have used theirs."""
    return await points.use(tx, await points.owed(tx, order_ids))
