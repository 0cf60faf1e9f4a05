"""An event as everybody sees it, made of its rows. No I/O."""

import math

import msgspec

from server.catalog import sql
from server.catalog.geometry import Places
from server.catalog.models import (
    Event,
    PoolOffer,
    TableMode,
    TicketOffer,
    Venue,
    ZonePrice,
    pool_id,
)
from server.catalog.prices import Level, PriceList, Prices, TicketType
from server.catalog.term_models import EventTerms
from server.kernel import money
from server.orgs.charges import Epochs
from server.orgs.settings_models import PointsRule


def event_of(
    row: sql.EventRow,
    ticket_types: list[sql.TicketTypeRow],
    offers: list[sql.OfferRow],
    overrides: list[sql.TableModeRow],
    places: Places,
    epochs: Epochs,
) -> Event:
    areas = places.geometry.areas
    prices = Prices(map(type_of, offers), row.now, epochs)
    terms = msgspec.convert(row.terms, EventTerms)
    event = Event(
        id=row.id,
        org_id=row.org_id,
        slug=row.slug,
        name=row.name,
        summary=row.summary,
        status=row.status,  # type: ignore[arg-type]
        is_on_sale=row.is_on_sale,
        switched_off=row.switched_off,  # type: ignore[arg-type]
        starts_at=row.starts_at,
        timezone=row.timezone,
        venue=Venue(
            row.venue_name,
            row.venue_city,
            row.venue_country,
            row.venue_id,
            row.venue_address,
            row.venue_latitude,
            row.venue_longitude,
        ),
        currency=row.currency,
        currency_exponent=money.exponent(row.currency),
        hold_ttl_s=row.hold_ttl_s,
        payment_ttl_s=row.payment_ttl_s,
        seats_per_hold_max=row.seats_per_hold_max,
        seats_per_order_max=row.seats_per_order_max,
        seats_per_buyer_max=row.seats_per_buyer_max,
        orphan_rule=row.orphan_rule,  # type: ignore[arg-type]
        legs=row.legs,
        has_waiting_room=row.has_waiting_room,
        map_id=row.map_id,
        map_url=f"/v1/events/{row.id}/map?v={row.map_id}",
        seats_total=row.seat_count,
        zones=[
            ZonePrice(
                t.zone,
                t.zone_key,
                t.zone_name,
                t.id,
                t.name,
                prices.base(t.zone),
                *prices.span(t.zone),
            )
            for t in ticket_types
        ],
        pools=[
            PoolOffer(
                id=pool_id(row.id, idx),
                idx=idx,
                key=area.key,
                name=area.name or area.key,
                zone=area.zone,
                capacity=area.capacity,
                price_minor=prices.area(area.key, area.zone),
            )
            for idx, area in enumerate(areas)
        ],
        tables=tables_of(places, ticket_types, overrides),
        description=row.description,
        cover_url=cover_url(row.cover),
        doors_at=row.doors_at,
        ends_at=row.ends_at,
        sales_open_at=row.sales_open_at,
        sales_close_at=row.sales_close_at,
        sales_end_at=row.sales_end_at,
        cancelled_at=row.cancelled_at,
        ticket_types=[offer_of(offer, prices) for offer in offers if offer.visibility == "public"],
        questions=terms.questions,
        deposit=terms.deposit,
    )
    event.prices, event.takes_orders = prices, row.takes_orders
    event.over_at = row.over_at
    rule = msgspec.convert(row.points or {}, PointsRule)
    event.points = rule if rule.is_on else None
    return event


def type_of(row: sql.OfferRow) -> TicketType:
    lists = msgspec.convert(row.former, list[PriceList])
    levels = msgspec.convert(row.levels, list[Level])
    fields = {name: getattr(row, name) for name in TicketType.__struct_fields__ if name != "lists"}
    return TicketType(**fields, lists=[*lists, PriceList(row.price_minor, levels)])


def offer_of(row: sql.OfferRow, prices: Prices) -> TicketOffer:
    now = prices.list_of(row.id)
    return TicketOffer(
        id=row.id,
        zone=row.zone,
        name=row.name,
        description=row.description,
        is_default=row.is_default,
        is_on_sale=row.is_on_sale,
        price_minor=now.price_minor,
        levels=now.levels,
        sales_open_at=row.sales_open_at,
        sales_close_at=row.sales_close_at,
        quantity=row.quantity,
        per_order_min=row.per_order_min,
        per_order_max=row.per_order_max,
        has_code=row.visibility == "code",
    )


def stays_s(row: sql.EventRow, offers: list[sql.OfferRow], epochs: Epochs) -> float:
    """For how long what was read is as the database's clock has it, seconds."""
    moments = [row.sales_open_at, row.sales_end_at, *(until for until, _ in epochs)]
    for offer in offers:
        moments += [offer.sales_open_at, offer.sales_close_at]
        moments += [prices.valid_until for prices in type_of(offer).lists]
    ahead = [(moment - row.now).total_seconds() for moment in moments if moment is not None]
    return min((seconds for seconds in ahead if seconds > 0), default=math.inf)


def tables_of(
    places: Places, ticket_types: list[sql.TicketTypeRow], overrides: list[sql.TableModeRow]
) -> list[TableMode]:
    """Each table of the map: as it is set itself, else as its first chair's ticket type says."""
    own = {row.table_idx: (row.mode, row.chairs_min) for row in overrides}
    by_zone = {row.zone: (row.table_mode, row.chairs_min) for row in ticket_types}
    tables: list[TableMode] = []
    for idx, table in enumerate(places.geometry.tables):
        start, count = table.seats
        of_zone = by_zone[places.zones[start]] if count else ("chairs", None)
        mode, chairs_min = own.get(idx, of_zone)
        tables.append(TableMode(idx, table.name or table.key, mode, chairs_min))  # type: ignore[arg-type]
    return tables


def cover_url(name: str | None) -> str | None:
    """Where the image of that name is served; it is never another."""
    return name and f"/v1/images/{name}"
