"""As what the places of a hold are sold, as a form: one choice for each place that has several."""

import uuid
from collections.abc import Callable

import msgspec

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import TicketType
from server.inventory.models import ChoiceWish, HoldView, TypeChoice
from server.kernel.errors import BadRequest
from server.storefront.forms import Form


class Option(msgspec.Struct):
    id: uuid.UUID
    name: str
    price_minor: int


class ChoiceLine(msgspec.Struct):
    """`field`: of the form; `chosen`: the id of the option that it is sold as now."""

    field: str
    label: str
    chosen: uuid.UUID
    options: list[Option]


def choices_of(hold: HoldView, event: Event, places: Places, code: str) -> list[ChoiceLine]:
    """`code`: opens the ticket types that have it. Empty where there is nothing to choose."""
    if not event.prices.has_choice:
        return []
    at, prices = hold.created_at, event.prices
    pools = {pool.id: pool for pool in event.pools}
    lines = []
    for seat in hold.seats:
        zone = places.zones[seat.idx]
        options = _options(
            event, zone, seat.ticket_type_id, code,
            lambda of, idx=seat.idx: prices.seat(places, idx, at, of.id),
        )  # fmt: skip
        lines.append(ChoiceLine(f"seat:{seat.idx}", seat.label, seat.ticket_type_id, options))
    for held in hold.pools:
        pool = pools[held.pool_id]
        options = _options(
            event, pool.zone, held.ticket_type_id, code,
            lambda of, pool=pool: prices.area(pool.key, pool.zone, at, of.id),
        )  # fmt: skip
        label = f"{held.quantity} \N{MULTIPLICATION SIGN} {held.name}"
        lines.append(ChoiceLine(f"pool:{held.pool_id}", label, held.ticket_type_id, options))
    return [line for line in lines if len(line.options) > 1]


def _options(
    event: Event, zone: int, now: uuid.UUID, code: str, price: Callable[[TicketType], int]
) -> list[Option]:
    return [
        Option(of.id, of.name, price(of))
        for of in event.prices.types.values()
        if of.zone == zone
        and (of.id == now or (of.is_on_sale and (of.visibility == "public" or of.opens_to(code))))
    ]


def read_choices(form: Form, event: Event) -> ChoiceWish:
    """What was chosen, without what is a zone's default anyhow. Raises BadRequest."""
    defaults = {of.id for of in event.prices.defaults.values()}
    seats: dict[uuid.UUID, list[int]] = {}
    pools: dict[uuid.UUID, list[uuid.UUID]] = {}
    try:
        for idx, of in form.starting("seat:"):
            seats.setdefault(uuid.UUID(of), []).append(int(idx))
        for pool_id, of in form.starting("pool:"):
            pools.setdefault(uuid.UUID(of), []).append(uuid.UUID(pool_id))
        return msgspec.convert(
            {
                "ticket_types": [
                    TypeChoice(of, seats.get(of, []), pools.get(of, []))
                    for of in {**seats, **pools}
                    if of not in defaults
                ],
                "access_code": form.get("code") or None,
            },
            ChoiceWish,
        )
    except (ValueError, msgspec.ValidationError):
        raise BadRequest("the form was not understood: go back and try again") from None
