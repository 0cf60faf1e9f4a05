"""A map through its versions, as whoever reads or changes it needs it."""

import uuid

from server.catalog import sql_maps as sql
from server.catalog.drafting import Source
from server.catalog.findings import NOTHING_READ
from server.catalog.map_models import DraftMoved, MapNotReady
from server.catalog.sql_maps import LineageRow
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound


async def find(tx: Tx, org_id: str, map_id: uuid.UUID) -> LineageRow:
    """Raises NotFound, also for another organization's."""
    row = await sql.LINEAGE.first(tx, map_id, org_id)
    if row is None:
        raise NotFound("no such map")
    return row


async def read(
    db: Database, org_id: str, map_id: uuid.UUID, revision: int | None = None
) -> LineageRow:
    """Raises NotFound, and DraftMoved where its draft has not the revision that was named."""
    async with db.tx(read_only=True) as tx:
        row = await find(tx, org_id, map_id)
    if revision is not None and row.revision != revision:
        raise DraftMoved(row.revision)
    return row


async def lock(tx: Tx, org_id: str, map_id: uuid.UUID, revision: int) -> None:
    """Until `tx` ends the draft has this revision. Raises DraftMoved, NotFound."""
    now = await sql.LOCK_LINEAGE.value(tx, map_id, org_id)
    if now is None:
        raise NotFound("no such map")
    if now != revision:
        raise DraftMoved(now)


async def source_of(db: Database, row: LineageRow) -> Source:
    """What the draft is made of. Raises MapNotReady where nothing was uploaded."""
    if row.source_id is None:
        raise MapNotReady(NOTHING_READ.errors)
    async with db.tx(read_only=True) as tx:
        found = await sql.SOURCE.first(tx, row.source_id)
    if found is None:  # replaced at this moment
        raise DraftMoved(row.revision + 1)
    return Source(found.drawing, found.mapping)
