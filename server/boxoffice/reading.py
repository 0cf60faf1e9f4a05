"""What the rows of an import mean on the event's map. No I/O."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from server.boxoffice.models import ImportRow
from server.boxoffice.selling import lines_of, order_of, priced
from server.boxoffice.sheets import rows_of
from server.catalog.geometry import Places
from server.catalog.models import Event
from server.catalog.prices import Chosen
from server.checkout.counter import CounterOrder
from server.checkout.models import EMAIL
from server.inventory.models import PoolWish, Selection

COLUMNS = (
    "ref", "name", "email", "section", "row", "seat", "area", "quantity", "type", "price",
)  # fmt: skip
ROWS_MAX = 5_000
QUANTITY_MAX = 1_000
TEXT_MAX = 200


class Wanted(msgspec.Struct):
    """A row that makes sense: a seat, or `quantity` places of an area, as a ticket type."""

    line: int
    ref: str
    name: str
    email: str
    label: str
    type_id: uuid.UUID
    price_minor: int
    seat_idx: int | None = None
    pool_id: uuid.UUID | None = None
    quantity: int = 1


class _Wrong(Exception):
    """What is wrong with a row, in words."""


class Reader:
    """Of one event's map; `read` sorts a file's rows into what is wanted and what is wrong."""

    def __init__(self, event: Event, places: Places) -> None:
        self._event, self._places = event, places
        self._areas = {
            name.casefold(): pool for pool in event.pools for name in (pool.key, pool.name)
        }
        self._types = {(of.zone, of.name.casefold()): of for of in event.prices.types.values()}
        self._seats: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        for seat in range(places.seat_count):
            if seat in places.removed:
                continue
            name, section = places.name_of(seat), places.section_of(seat)
            known = {"", *((section.key, section.name or "") if section else ())}
            for of in known:
                place = of.casefold(), (name.row or "").casefold(), name.number.casefold()
                self._seats[place].add(seat)

    def read(self, data: bytes) -> tuple[list[Wanted], list[ImportRow]]:
        """Raises ImportUnreadable."""
        wanted: list[Wanted] = []
        wrong: list[ImportRow] = []
        seen: dict[int, int] = {}
        who: dict[str, tuple[str, str]] = {}
        for line, row in rows_of(data, COLUMNS, ROWS_MAX):
            try:
                one = self._row(line, row)
                if one.seat_idx is not None and one.seat_idx in seen:
                    raise _Wrong(f"the seat is in line {seen[one.seat_idx]} too")
                if who.setdefault(one.ref, (one.name, one.email)) != (one.name, one.email):
                    raise _Wrong("rows of one ref have one name and one email")
            except _Wrong as error:
                wrong.append(ImportRow(line, row["ref"], "wrong", "", str(error)))
            else:
                wanted.append(one)
                if one.seat_idx is not None:
                    seen[one.seat_idx] = line
        return wanted, wrong

    def orders(self, wanted: Iterable[Wanted]) -> list[tuple[str, CounterOrder]]:
        """One per ref, at the prices that were paid."""
        by_ref: dict[str, list[Wanted]] = defaultdict(list)
        for one in wanted:
            by_ref[one.ref].append(one)
        return [(ref, self._order(rows)) for ref, rows in by_ref.items()]

    def chosen(self, order: CounterOrder) -> Chosen:
        """The places of the order that are not sold as their zones' defaults."""
        types, chosen = self._event.prices.types, Chosen({}, {})
        for _, line in order.lines:
            if types[line.ticket_type_id].is_default:
                continue
            if line.seat_idx is not None:
                chosen.seats[line.seat_idx] = line.ticket_type_id
            elif line.pool_id is not None:
                chosen.pools[line.pool_id] = line.ticket_type_id
        return chosen

    def _order(self, rows: Sequence[Wanted]) -> CounterOrder:
        pools: Counter[uuid.UUID] = Counter()
        chosen, prices = Chosen({}, {}), dict[int | uuid.UUID | None, int]()
        for one in rows:
            if one.pool_id is not None:
                pools[one.pool_id] += one.quantity
                chosen.pools[one.pool_id] = one.type_id
                prices[one.pool_id] = one.price_minor
            elif one.seat_idx is not None:
                chosen.seats[one.seat_idx] = one.type_id
                prices[one.seat_idx] = one.price_minor
        areas = [PoolWish(pool, quantity) for pool, quantity in pools.items()]
        event = self._event
        lines = lines_of(event, self._places, Selection(list(chosen.seats), areas), chosen)
        paid = [
            priced(line, prices[line.pool_id if line.seat_idx is None else line.seat_idx], event)
            for line in lines
        ]
        return order_of(rows[0].name, rows[0].email, paid)

    def _row(self, line: int, row: dict[str, str]) -> Wanted:
        if not row["ref"]:
            raise _Wrong("ref is missing: the order's number where it was sold")
        long = [name for name, text in row.items() if len(text) > TEXT_MAX]
        if long:
            raise _Wrong(f"{long[0]} is longer than {TEXT_MAX} characters")
        if row["email"] and not EMAIL.fullmatch(row["email"]):
            raise _Wrong("email is not an e-mail address")
        event, places = self._event, self._places
        if row["area"]:
            if row["section"] or row["row"] or row["seat"]:
                raise _Wrong("an area, or a seat by section, row and seat: one of them")
            pool = self._areas.get(row["area"].casefold())
            if pool is None:
                raise _Wrong(f"the event has no standing area {row['area']}")
            of = self._type(pool.zone, row["type"])
            price = self._price(row["price"], event.prices.area(pool.key, pool.zone, None, of))
            quantity = _quantity(row["quantity"])
            label = pool.name if quantity == 1 else f"{pool.name}, {quantity} places"
            return Wanted(
                line, row["ref"], row["name"], row["email"], label, of, price,
                pool_id=pool.id, quantity=quantity,
            )  # fmt: skip
        if _quantity(row["quantity"]) != 1:
            raise _Wrong("quantity is for standing areas: a row for each seat")
        place = row["section"].casefold(), row["row"].casefold(), row["seat"].casefold()
        found = self._seats.get(place, set())
        if not row["seat"] or not found:
            raise _Wrong("the map has no such seat: section, row and seat as it names them")
        if len(found) > 1:
            raise _Wrong("several seats are called so: name the section")
        [seat] = found
        of = self._type(places.zones[seat], row["type"])
        price = self._price(row["price"], event.seat_price(places, seat, None, of))
        return Wanted(
            line, row["ref"], row["name"], row["email"], places.label_of(seat), of, price, seat
        )

    def _type(self, zone: int, name: str) -> uuid.UUID:
        if not name:
            return self._event.prices.defaults[zone].id
        of = self._types.get((zone, name.casefold()))
        if of is None:
            raise _Wrong(f"there is no ticket type {name} for this place")
        return of.id

    def _price(self, text: str, otherwise_minor: int) -> int:
        """In units of the currency, with a point or a comma before its decimals."""
        if not text:
            return otherwise_minor
        exponent = self._event.currency_exponent
        try:
            minor = Decimal(text.replace(",", ".")).scaleb(exponent)
        except InvalidOperation:
            raise _Wrong("price is no amount: write it as 45.00") from None
        if not minor.is_finite() or minor != minor.to_integral_value() or not 0 <= minor <= 10**12:
            raise _Wrong(f"price is no amount of {self._event.currency}")
        return int(minor)


def _quantity(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= QUANTITY_MAX):
        raise _Wrong(f"quantity is a number from 1 to {QUANTITY_MAX}")
    return int(text)
