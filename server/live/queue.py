"""The queue channel: up to which number an event lets people in. Each who waits knows their own,
so one frame tells fifty thousand their place."""

import uuid
from typing import Any

import msgspec

from server.admission import service as admission
from server.kernel.db import Database


async def read(db: Database, event_id: uuid.UUID) -> tuple[int, dict[str, Any]]:
    """The version, and a RoomState; an event that never had a waiting room is at version 0."""
    version, state = await admission.state(db, event_id)
    return version, msgspec.to_builtins(state)
