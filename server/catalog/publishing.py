"""Versions as they are written, and a drawing published at once: for the demo and for tests."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence

from seatmap import DrawingError, formats
from server.catalog import edits, layout, sql_maps
from server.catalog.drafting import Made, Source, made_of
from server.catalog.edits import Capacity, Edit
from server.catalog.geometry import Geometry
from server.catalog.map_models import MapVersion
from server.catalog.map_views import version_of
from server.kernel.db import Tx
from server.kernel.errors import BadRequest
from server.kernel.ids import uuid7
from server.outbox import service as outbox
from server.outbox.models import Fact


async def insert_source(tx: Tx, org_id: str, source: Source) -> uuid.UUID:
    source_id = uuid7()
    digest = hashlib.sha256(source.drawing).digest()
    await sql_maps.INSERT_SOURCE.run(tx, source_id, org_id, source.drawing, digest, source.mapping)
    return source_id


async def insert_version(
    tx: Tx,
    org_id: str,
    map_id: uuid.UUID,
    version_id: uuid.UUID,
    source_id: uuid.UUID | None,
    made_with: Sequence[Edit],
    made: Made,
) -> MapVersion:
    """The next version of a map, whose lineage `tx` has locked or made."""
    row = await sql_maps.INSERT_MAP.first(
        tx, version_id, org_id, map_id, source_id, made_with, made.digest, made.geometry, made.keys,
        made.seats,
    )  # fmt: skip
    assert row is not None
    version = version_of(row)
    await outbox.append(
        tx,
        Fact(
            type="catalog.map.published",
            org_id=org_id,
            subject=f"map:{map_id}",
            data={
                "map_id": str(map_id),
                "version_id": str(version.id),
                "version": version.version,
                "digest": version.digest,
            },
        ),
    )
    return version


def read_drawing(
    drawing: bytes, capacities: Mapping[str, int] | None = None
) -> tuple[Geometry, list[str]]:
    """Read a drawing into a geometry with a fresh id, and its seat keys. `capacities`: by area key.

    Raises BadRequest saying what is wrong with the drawing. Pure and slow.
    """
    told = [Capacity(key, places) for key, places in (capacities or {}).items()]
    try:
        edited = edits.apply(formats.read(drawing), told)
    except DrawingError as error:
        raise BadRequest(f"drawing: {error}") from error
    for area in edited.drawing.areas:
        if area.capacity is None:
            raise BadRequest(f"drawing: standing area {area.key} has no capacity: state one")
    laid = layout.lay_out(str(uuid7()), edited.drawing)
    return laid.geometry, laid.keys


async def publish_map(
    tx: Tx,
    org_id: str,
    venue_id: uuid.UUID,
    name: str,
    drawing: bytes,
    geometry: Geometry,
    seat_keys: list[str],
) -> uuid.UUID:
    """Make a map whose first version is this, with a draft of the same drawing."""
    map_id = uuid7()
    await sql_maps.INSERT_LINEAGE.run(tx, map_id, org_id, venue_id, name)
    source_id = await insert_source(tx, org_id, Source(drawing))
    await sql_maps.REVISE.run(tx, map_id, source_id, f"{name}.svg", [], None)
    version_id = uuid.UUID(geometry.id)
    made = made_of(geometry, seat_keys)
    await insert_version(tx, org_id, map_id, version_id, source_id, [], made)
    return version_id
