"""What is true: the tables in one snapshot, the gateway's journal, the event log."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import msgspec
import redis

STREAM = "fullhouse:events"


class Seat(msgspec.Struct):
    """A seat that was ever touched. Status: 0 available, 1 held, 2 sold, 3 blocked; `version`: of
    the seat itself, `changed_at_version`: the event's when it last changed."""

    event_id: str
    leg: int
    seat_idx: int
    status: int
    version: int
    hold_id: str | None
    held_until: dt.datetime | None
    order_line_id: str | None
    changed_at_version: int


class Pool(msgspec.Struct):
    """A standing area on one leg, with what it counts itself to have given away."""

    id: str
    event_id: str
    leg: int
    pool_idx: int
    capacity: int
    held: int
    sold: int
    blocked: int
    changed_at_version: int


class Claim(msgspec.Struct):
    id: str
    event_id: str
    pool_id: str
    hold_id: str | None
    quantity: int
    status: str
    order_line_id: str | None
    leg: int | None


class Hold(msgspec.Struct):
    id: str
    event_id: str
    buyer_id: str
    status: str
    seat_idxs: list[int]
    pool_ids: list[str]
    pool_quantities: list[int]
    leg_first: int
    leg_last: int
    places: int
    expires_at: dt.datetime
    version: int

    @property
    def legs(self) -> range:
        return range(self.leg_first, self.leg_last + 1)

    @property
    def pools(self) -> list[tuple[str, int]]:
        """(pool id, places), also once the hold is over."""
        return list(zip(self.pool_ids, self.pool_quantities, strict=True))


class Change(msgspec.Struct):
    """What one version of an event changed: seats as leg << 20 | seat index."""

    event_id: str
    version: int
    places: list[int]


class Clock(msgspec.Struct):
    event_id: str
    stream: str
    version: int
    ruled_at_version: int


class Order(msgspec.Struct):
    id: str
    event_id: str
    hold_id: str
    buyer_id: str
    status: str
    total_minor: int


class OrderLine(msgspec.Struct):
    id: str
    order_id: str
    event_id: str
    leg_first: int
    leg_last: int
    seat_idx: int | None
    pool_id: str | None
    quantity: int
    unit_price_minor: int
    live: bool

    @property
    def legs(self) -> range:
        return range(self.leg_first, self.leg_last + 1)


class Ticket(msgspec.Struct):
    id: str
    event_id: str
    order_id: str
    order_line_id: str
    leg_first: int
    leg_last: int
    seat_idx: int | None
    status: str

    @property
    def legs(self) -> range:
        return range(self.leg_first, self.leg_last + 1)

    @property
    def live(self) -> bool:
        return self.status in ("valid", "used")


class Payment(msgspec.Struct):
    """`provider`: "offline" where money was taken by hand, of which the gateway knows nothing."""

    id: str
    order_id: str
    status: str
    amount_minor: int
    refunded_minor: int
    provider: str = "sandbox"


class Refund(msgspec.Struct):
    id: str
    payment_id: str
    amount_minor: int
    status: str


class OutboxRow(msgspec.Struct):
    """An event: alone in its row of the table, or one of several."""

    id: str
    position: int
    type: str
    subject: str
    published: bool
    handled: bool
    parked: bool
    event_id: str | None
    version: int | None


HEARD = (
    "catalog.event.rescheduled", "fulfillment.issued", "fulfillment.moved", "fulfillment.reissued",
    "fulfillment.transfer_offered", "fulfillment.transferred",
    "hooks.endpoint.disabled", "identity.email.requested",
    "identity.factor.changed", "identity.password.changed", "identity.register.requested",
    "identity.reset.requested", "identity.session.copied", "order.cancelled", "order.confirmed",
    "order.paid", "order.refund_approved", "order.refund_declined", "order.refunded",
    "orgs.member_invited", "payment.captured", "payment.disputed", "payment.refunded",
)  # fmt: skip
"""Event types that somebody reacts to; the others are marked as handled in their own time."""


class Told(msgspec.Struct):
    """What happened to an event's places, as the outbox tells it, in order. `data`: JSON."""

    type: str
    data: str


class Scan(msgspec.Struct):
    id: str
    event_id: str
    version: int
    ticket_id: str | None
    result: str
    is_undone: bool = False


class Account(msgspec.Struct):
    """What the gateway's journal says moved under one payment."""

    reference: str
    captured_minor: int
    refunded_minor: int
    charges: list[Any]


class Facts(msgspec.Struct):
    """`now`: of the database; `seats_total` and `legs`: by event. `event_log`: ids in the log; None
    where it was not given."""

    now: dt.datetime
    seats_total: dict[str, int]
    legs: dict[str, int]
    seats: list[Seat]
    pools: list[Pool]
    claims: list[Claim]
    holds: list[Hold]
    changes: list[Change]
    clocks: list[Clock]
    orders: list[Order]
    lines: list[OrderLine]
    tickets: list[Ticket]
    payments: list[Payment]
    refunds: list[Refund]
    outbox: list[OutboxRow]
    told: list[Told]
    scans: list[Scan]
    accounts: list[Account]
    event_log: list[str] | None = None


Row = TypeVar("Row", bound=msgspec.Struct)

_SQL: dict[type[msgspec.Struct], str] = {
    Seat: """SELECT event_id::text, leg, seat_idx, status, version, hold_id::text, held_until,
                    order_line_id::text, changed_at_version
             FROM seats WHERE status <> 0 OR version > 0 OR changed_at_version > 0""",
    Pool: """SELECT id::text, event_id::text, leg, pool_idx, capacity, held, sold, blocked,
                    changed_at_version FROM pools""",
    Claim: """SELECT id::text, event_id::text, pool_id::text, hold_id::text, quantity, status,
                     order_line_id::text, leg FROM pool_claims""",
    Hold: """SELECT id::text, event_id::text, buyer_id::text, status, seat_idxs, pool_ids::text[],
                    pool_quantities, leg_first, leg_last, places, expires_at, version
             FROM holds""",
    Change: "SELECT event_id::text, version, places FROM inventory_changes",
    Clock: "SELECT event_id::text, stream, version, ruled_at_version FROM event_clock",
    Order: """SELECT id::text, event_id::text, hold_id::text, buyer_id::text, status, total_minor
              FROM orders""",
    OrderLine: """SELECT id::text, order_id::text, event_id::text, leg_first, leg_last, seat_idx,
                         pool_id::text, quantity, unit_price_minor, live FROM order_lines""",
    Ticket: """SELECT id::text, event_id::text, order_id::text, order_line_id::text, leg_first,
                      leg_last, seat_idx, status FROM tickets""",
    Payment: """SELECT id::text, order_id::text, status, amount_minor, refunded_minor, provider
                FROM payments""",
    Refund: "SELECT id::text, payment_id::text, amount_minor, status FROM refunds",
    OutboxRow: """SELECT coalesce(id::text, told ->> 'id'), position, type,
                         coalesce(subject, told ->> 'subject'),
                         published_at IS NOT NULL, handled_at IS NOT NULL, parked_at IS NOT NULL,
                         coalesce(data ->> 'event_id', told -> 'data' ->> 'event_id'),
                         coalesce(data ->> 'version', told -> 'data' ->> 'version')::bigint
                  FROM outbox LEFT JOIN LATERAL json_array_elements(bundle) WITH ORDINALITY
                       AS bundled (told, nth) ON true ORDER BY position, nth""",
    Told: """SELECT type, coalesce(data::text, told ->> 'data')
             FROM outbox LEFT JOIN LATERAL json_array_elements(bundle) WITH ORDINALITY
                  AS bundled (told, nth) ON true
             WHERE type LIKE 'inventory.%' ORDER BY position, nth""",
    Scan: """SELECT id::text, event_id::text, version, ticket_id::text, result,
                   undone_at IS NOT NULL AS is_undone FROM scans""",
}


async def read(
    database_url: str,
    journal: Path,
    redis_url: str | None = None,
    event_log: Path | None = None,
) -> Facts:
    """`event_log`: ids, one a line, that were in the log before it was emptied."""
    accounts = read_accounts(journal)
    logged = _event_log(redis_url, event_log)
    connection = await asyncpg.connect(database_url)

    async def rows(row: type[Row]) -> list[Row]:
        return [row(*record) for record in await connection.fetch(_SQL[row])]

    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            totals = await connection.fetch(
                """SELECT event_id::text, count(*) FILTER (WHERE leg = 0), max(leg) + 1
                   FROM seats GROUP BY 1"""
            )
            return Facts(
                await connection.fetchval("SELECT now()"),
                {event_id: count for event_id, count, _ in totals},
                {event_id: legs for event_id, _, legs in totals},
                await rows(Seat), await rows(Pool), await rows(Claim), await rows(Hold),
                await rows(Change), await rows(Clock), await rows(Order), await rows(OrderLine),
                await rows(Ticket), await rows(Payment), await rows(Refund), await rows(OutboxRow),
                await rows(Told), await rows(Scan),
                accounts, logged,
            )  # fmt: skip
    finally:
        await connection.close()


def read_accounts(journal: Path) -> list[Account]:
    """The journal as the gateway itself adds it up."""
    done = subprocess.run(
        [sys.executable, "-m", "server.payments.sandbox.journal", str(journal)],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        check=True,
    )
    return [msgspec.json.decode(line, type=Account) for line in done.stdout.splitlines()]


def _event_log(redis_url: str | None, earlier: Path | None) -> list[str] | None:
    if redis_url is None:
        return None
    ids = earlier.read_text().split() if earlier is not None and earlier.exists() else []
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        return ids + log_ids(client.xrange(STREAM))


def log_ids(entries: Any) -> list[str]:
    return [fields["id"] for _, fields in entries]
