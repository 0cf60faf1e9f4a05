"""/v1/venues: an organization's own; /v1/shared-venues: those of others."""

from server.catalog.venue_models import (
    SharedVenues,
    VenueChange,
    VenueInUse,
    VenuePage,
    VenueQuery,
    VenueView,
    VenueWish,
)
from server.catalog.venues import Venues
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm

_READS = (Unauthenticated, Forbidden)
_WRITES = (*_READS, IdempotencyKeyReused, DatabaseUnavailable)


def routes(venues: Venues, reader: OperatorRealm, operator: OperatorRealm) -> list[Operation]:
    async def list_venues(call: Call) -> VenuePage:
        return await venues.page(call.actor.org_id, call.query(VenueQuery))

    async def list_shared_venues(call: Call) -> SharedVenues:
        return await venues.shared(call.actor.org_id, call.query(VenueQuery))

    async def create_venue(call: Call, body: VenueWish) -> VenueView:
        return await venues.create(call.actor.org_id, body, call.key)

    async def get_venue(call: Call) -> VenueView:
        return await venues.get(call.actor.org_id, call.uuid("venue_id"))

    async def change_venue(call: Call, body: VenueChange) -> VenueView:
        return await venues.change(call.actor.org_id, call.uuid("venue_id"), body, call.key)

    async def delete_venue(call: Call) -> None:
        await venues.delete(call.actor.org_id, call.uuid("venue_id"), call.key)

    return [
        Operation(
            "GET", "/v1/venues", list_venues, reader, "The organization's venues, newest first",
            returns=VenuePage, query=VenueQuery, errors=_READS,
        ),
        Operation(
            "GET", "/v1/shared-venues", list_shared_venues, reader,
            "Venues of other organizations that events may be had in",
            returns=SharedVenues, query=VenueQuery, errors=_READS,
            description="An event names the version of one of its maps: `latest.id`.",
        ),
        Operation(
            "POST", "/v1/venues", create_venue, operator, "Add a venue",
            body=VenueWish, returns=VenueView, status=201, idempotent=True, errors=_WRITES,
        ),
        Operation(
            "GET", "/v1/venues/{venue_id}", get_venue, reader, "One venue",
            returns=VenueView, errors=(*_READS, NotFound),
        ),
        Operation(
            "PATCH", "/v1/venues/{venue_id}", change_venue, operator, "Change a venue",
            body=VenueChange, returns=VenueView, idempotent=True, errors=(*_WRITES, NotFound),
        ),
        Operation(
            "DELETE", "/v1/venues/{venue_id}", delete_venue, operator, "Delete a venue",
            idempotent=True, errors=(*_WRITES, NotFound, VenueInUse),
            description="Refused (409) while maps or events are of it.",
        ),
    ]  # fmt: skip
