"""Places as good as those that were taken, for money that came too late.

Its buyer agreed at checkout. As good means: as many side by side, in the same zone, at the same
price, as near as there are; by the rule of inventory's alternatives for holds.
"""

from collections.abc import Sequence

from server.catalog.geometry import Places
from server.catalog.models import Event
from server.checkout import sql, sql_returns
from server.checkout.models import Order
from server.inventory import choices, state
from server.inventory.best import House
from server.kernel.db import Tx

MOVED = "Your places were taken when the payment came: these are as good, and the nearest left."


async def find(tx: Tx, order: Order, event: Event, places: Places) -> list[tuple[int, int]]:
    """(its seat, another as good), for each seat of an order that is not sold; none where its buyer
    did not agree, or there are none. `tx` is alone on the event."""
    if event.legs > 1 or not await sql_returns.ACCEPTS.value(tx, order.id):
        return []
    lines = await sql.LINES.all(tx, order.id)
    seats = sorted(line.seat_idx for line in lines if line.seat_idx is not None)
    if len({places.zones[seat] for seat in seats}) != 1:
        return []
    pairs = list(zip(seats, await _nearest(tx, event, places, seats), strict=False))
    are_equal = all(
        event.seat_price(places, to) == event.seat_price(places, seat) for seat, to in pairs
    )
    return pairs if are_equal else []


async def move(tx: Tx, order: Order, pairs: Sequence[tuple[int, int]], places: Places) -> None:
    """The order's lines, which are not sold, are for these seats: (old, new) each."""
    lines = {line.seat_idx: line for line in await sql.LINES.all(tx, order.id)}
    await choices.move_all(tx, order.hold_id, pairs)
    for seat, to in pairs:
        section = places.section_of(to)
        key = section.key if section else ""
        await sql.MOVE_LINE.first(tx, lines[seat].id, to, places.label_of(to), key)


async def _nearest(tx: Tx, event: Event, places: Places, seats: list[int]) -> list[int]:
    now = await state.read_in(tx, event.id, -1)
    assert now is not None, "an event that sells has its places"
    states = bytearray(places.seat_count)
    for row in now.seats:
        states[row.seat_idx] = row.status
    found = House(places).alternative(
        states, seats, modes=event.table_modes, rule=event.orphan_rule
    )
    return found or []
