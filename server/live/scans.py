"""The scans channel: what happens at the doors, for displays and organizers."""

import uuid
from typing import Any

from server.checkin import service as checkin
from server.checkin.models import Scan
from server.kernel.db import Database

KEY_OF = {"scans": "id", "gates": "gate"}
KEPT = {"scans": checkin.SHOWN_MAX}


async def read(db: Database, event_id: uuid.UUID, since: int = 0) -> tuple[int, dict[str, Any]]:
    """The version, and the scans after `since` with the counts of now. Raises LookupError."""
    board = await checkin.board(db, event_id, since)
    if board is None:
        raise LookupError(event_id)
    counts = {"admitted": 0, "duplicate": 0, "refused": 0, "tickets": board.tickets}
    gates: dict[str, dict[str, Any]] = {}
    for row in board.counts:
        if row.result == "undone":
            continue
        counts[row.result] += row.count
        empty = {"gate": row.gate, "admitted": 0, "duplicate": 0, "refused": 0}
        gates.setdefault(row.gate, empty)[row.result] = row.count
    return board.version, {
        "scans": [_shown(scan) for scan in board.scans],
        "counts": counts,
        "gates": list(gates.values()),
    }


def _shown(scan: Scan) -> dict[str, Any]:
    return {
        "id": str(scan.id),
        "result": scan.result,
        "label": scan.label,
        "name": scan.name,
        "gate": scan.gate,
        "at": scan.scanned_at.isoformat(),
    }
