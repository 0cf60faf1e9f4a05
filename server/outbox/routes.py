"""/v1/staff/parked-events: what went wrong after the fact, and its repetition."""

from server.kernel.db import Database
from server.kernel.errors import (
    BadRequest,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation, Realm
from server.outbox import parked
from server.outbox.models import ParkedEvent, ParkedPage, ParkedQuery


def routes(db: Database, support: Realm, superadmin: Realm) -> list[Operation]:
    """`support`: the realm of who may see, `superadmin`: of who may replay."""

    async def list_parked_events(call: Call) -> ParkedPage:
        return await parked.page(db, call.query(ParkedQuery))

    async def replay_parked_event(call: Call) -> ParkedEvent:
        position = call.text("position")
        if not (position.isascii() and position.isdecimal() and len(position) <= 18):
            raise NotFound("no such event")
        return await parked.replay(db, int(position), call.key)

    return [
        Operation(
            "GET", "/v1/staff/parked-events", list_parked_events, support,
            "Events whose reactions failed for good", returns=ParkedPage, query=ParkedQuery,
            errors=(Unauthenticated, Forbidden, BadRequest),
            description="The rest flows on without them. They stay until somebody replays them.",
        ),
        Operation(
            "POST", "/v1/staff/parked-events/{position}/replay", replay_parked_event, superadmin,
            "Try a parked event again", returns=ParkedEvent, idempotent=True,
            errors=(
                Unauthenticated, Forbidden, BadRequest, NotFound, IdempotencyKeyReused,
                DatabaseUnavailable,
            ),
            description="Reactions are idempotent: what was done of it before is not done again.",
        ),
    ]  # fmt: skip
