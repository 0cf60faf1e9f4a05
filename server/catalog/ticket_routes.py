"""/v1/events/{event_id}/ticket-types and /offers, /v1/ticket-types/{ticket_type_id}."""

from typing import Annotated

import msgspec

from server.catalog.event_models import EventRefused
from server.catalog.event_routes import READS, WRITES
from server.catalog.service import Catalog
from server.catalog.ticket_models import (
    Offers,
    TicketTypeChange,
    TicketTypes,
    TicketTypeView,
    TicketTypeWish,
)
from server.catalog.ticket_types import Ticketing
from server.identity.realms import Public
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


class OffersQuery(msgspec.Struct):
    """`access_code`: opens the ticket types that have it."""

    access_code: Annotated[str, msgspec.Meta(max_length=60)] | None = None


def routes(
    catalog: Catalog, ticketing: Ticketing, reader: OperatorRealm, operator: OperatorRealm
) -> list[Operation]:
    async def list_offers(call: Call) -> Offers:
        code = call.query(OffersQuery).access_code
        return Offers(await catalog.offers(call.uuid("event_id"), code))

    async def list_ticket_types(call: Call) -> TicketTypes:
        return await ticketing.of_event(call.actor.org_id, call.uuid("event_id"))

    async def create_ticket_type(call: Call, body: TicketTypeWish) -> TicketTypeView:
        event_id = call.uuid("event_id")
        return await ticketing.create(call.actor.org_id, event_id, body, call.key)

    async def change_ticket_type(call: Call, body: TicketTypeChange) -> TicketTypeView:
        type_id = call.uuid("ticket_type_id")
        return await ticketing.change(call.actor.org_id, type_id, body, call.key)

    async def delete_ticket_type(call: Call) -> None:
        await ticketing.delete(call.actor.org_id, call.uuid("ticket_type_id"), call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/offers", list_offers, Public(),
            "Ticket types that the event's places may be sold as, also those of an access code",
            query=OffersQuery, returns=Offers, errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/events/{event_id}/ticket-types", list_ticket_types, reader,
            "The event's ticket types, hidden ones too", returns=TicketTypes, errors=READS,
        ),
        Operation(
            "POST", "/v1/events/{event_id}/ticket-types", create_ticket_type, operator,
            "Sell places of a zone as something else too: child, member, complimentary",
            body=TicketTypeWish, returns=TicketTypeView, status=201, idempotent=True,
            errors=(*WRITES, EventRefused),
        ),
        Operation(
            "PATCH", "/v1/ticket-types/{ticket_type_id}", change_ticket_type, operator,
            "Change a ticket type", body=TicketTypeChange, returns=TicketTypeView, idempotent=True,
            errors=WRITES,
            description="Who holds places by then pays what they cost when the hold began.",
        ),
        Operation(
            "DELETE", "/v1/ticket-types/{ticket_type_id}", delete_ticket_type, operator,
            "Delete a ticket type of an event that was never published", idempotent=True,
            errors=(*WRITES, EventRefused),
        ),
    ]  # fmt: skip
