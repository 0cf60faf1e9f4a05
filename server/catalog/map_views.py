"""Rows of maps as they are told."""

import msgspec

from server.catalog.edits import Edit
from server.catalog.findings import NOTHING_READ, Report
from server.catalog.map_models import (
    DrawingInfo,
    MapVersion,
    MapView,
    Summary,
    VenueLine,
)
from server.catalog.sql_maps import LineageRow, LineRow, VersionRow


def edits_of(row: LineageRow) -> list[Edit]:
    return msgspec.convert(row.edits, list[Edit])


def venue_of(row: LineRow) -> VenueLine:
    return VenueLine(row.venue_id, row.venue_name, row.venue_city, row.venue_country)


def version_of(row: VersionRow) -> MapVersion:
    return MapVersion(
        id=row.id,
        map_id=row.lineage_id,
        version=row.version,
        published_at=row.created_at,
        digest=row.digest.hex(),
        seats=row.seat_count,
        geometry_url=f"/v1/maps/{row.lineage_id}/versions/{row.id}/geometry",
    )


def latest_of(row: LineRow) -> MapVersion | None:
    if row.version_id is None:
        return None
    assert row.version is not None
    assert row.version_at is not None
    assert row.version_digest is not None
    assert row.version_seats is not None
    return version_of(
        VersionRow(
            row.version_id, row.id, row.version, row.version_at, row.version_digest,
            row.version_seats,
        )
    )  # fmt: skip


def view(row: LineageRow) -> MapView:
    summary = None if row.summary is None else msgspec.convert(row.summary, Summary)
    drawing = None
    if row.drawing_sha256 is not None:
        drawing = DrawingInfo(row.drawing_name, row.drawing_bytes or 0, row.drawing_sha256.hex())
    made_of = (row.source_id, row.edits)
    return MapView(
        id=row.id,
        name=row.name,
        venue=venue_of(row),
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        drawing=drawing,
        mapping=row.mapping,
        edits=len(row.edits),
        counts=summary.counts if summary else None,
        report=_report(row, summary),
        latest=latest_of(row),
        is_changed=made_of != (row.version_source_id, row.version_edits or []),
    )


def _report(row: LineageRow, summary: Summary | None) -> Report:
    if summary is not None:
        return summary.report
    return Report() if row.source_id is not None else NOTHING_READ
