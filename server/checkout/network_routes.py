"""/v1/network: what services of the same house read of an organization's sales."""

import uuid

import msgspec

from server.catalog.service import Catalog
from server.checkout import sales
from server.kernel import logs
from server.kernel.db import Database
from server.kernel.errors import NotConfigured, NotFound, Unauthenticated
from server.kernel.http import Call, Operation
from server.orgs.platform import ServiceRealm


class SectionTotals(msgspec.Struct):
    """Of one section or standing area, by its key; an empty one for seats of no section."""

    section: str
    sold: int
    revenue_minor: int


class EventSales(msgspec.Struct):
    """What was sold and not given back. Amounts are in minor units of `currency`."""

    event_id: uuid.UUID
    name: str
    currency: str
    orders: int
    sold: int
    revenue_minor: int
    sections: list[SectionTotals]


def routes(db: Database, catalog: Catalog, service: ServiceRealm) -> list[Operation]:
    async def get_event_sales(call: Call) -> EventSales:
        event_id = call.uuid("event_id")
        logs.bind(org_id=call.actor.org_id, event_id=event_id)
        event = await catalog.event(event_id)
        if event.org_id != call.actor.org_id:
            raise NotFound("no such event")
        async with db.tx(read_only=True) as tx:
            sold = await sales.read(tx, event_id)
        sections = list(sold.by_section.values())
        return EventSales(
            event_id=event_id,
            name=event.name,
            currency=event.currency,
            orders=sold.orders,
            sold=sum(section.sold for section in sections),
            revenue_minor=sum(section.revenue_minor for section in sections),
            sections=[SectionTotals(s.section, s.sold, s.revenue_minor) for s in sections],
        )

    return [
        Operation(
            "GET", "/v1/network/events/{event_id}/sales", get_event_sales, service,
            "What an event has sold", returns=EventSales,
            errors=(NotConfigured, Unauthenticated, NotFound),
        ),
    ]  # fmt: skip
