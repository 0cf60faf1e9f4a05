"""From money to tickets, for one event: `make bench-orders`.

    python -m loadtests.bench.orders [--quick] [--out FILE] [--profile]

A crowd holds and checks out; then a web process takes the provider's signed webhooks; then one
worker confirms each order and issues its tickets. PostgreSQL is durable. Beside them, in the same
run, the ceiling: one connection that writes the same rows, decides nothing and asks nobody. Writes
`loadtests/results/orders.json`. Exit status 1 when an order was confirmed or issued otherwise than
once. `--profile` also tells where the worker's CPU time went.
"""

import argparse
import asyncio
import datetime as dt
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import msgspec
import uvloop

from loadtests.bench.bank import WEBHOOK_SECRET, Bank, webhook
from loadtests.bench.ceiling import write_rows
from loadtests.bench.engine import wanted
from loadtests.bench.figures import Goal, Hotspot
from loadtests.bench.house import ORG_ID, Event
from loadtests.bench.machine import Machine, Watch, cpu_s, fsync_per_s, tree_cpu_s
from loadtests.bench.stage import ROOT, Stage, open_stage
from loadtests.bench.wire import SERVE, BenchError, Web
from server.catalog.service import Catalog
from server.checkout.models import CheckoutRequest
from server.checkout.service import Checkout
from server.embedded import ChildError
from server.embedded.child import end, spawn
from server.inventory.combiner import Combiner
from server.inventory.models import Selection
from server.kernel import context
from server.kernel.db import Database
from server.payments.service import Payments

RESULT = Path("loadtests/results/orders.json")
QUICK_RESULT = Path("loadtests/results/orders-quick.json")
SEATS = 2
"""Of each order."""
SIDE_BY_SIDE = 32
"""Connections that webhooks come by, and buyers who check out at once."""
GOAL_PER_MIN = 10_000.0
DRAINED_MAX_S = 300.0
LOOK_S = 0.1
LOG_MB = 512
"""What a run writes to PostgreSQL's log, about."""

_SETTLED = """
    SELECT count(*) FILTER (WHERE o.status = 'confirmed') AS confirmed,
           (SELECT count(*) FROM tickets WHERE event_id = $1) AS tickets,
           (SELECT count(*) FROM outbox WHERE handled_at IS NULL
              AND type IN ('payment.captured', 'order.confirmed')) AS waiting
    FROM orders o WHERE o.event_id = $1"""
_LEFT_ALONE = """
    UPDATE payments p SET next_check_at = 'infinity' FROM orders o
    WHERE o.id = p.order_id AND o.event_id = $1"""
_FIRST = "SELECT min(settled_at) FROM payments WHERE settled_at >= $1"
_AMISS = """
    SELECT (SELECT count(*) FROM orders WHERE event_id = $1 AND status <> 'confirmed')
         + (SELECT count(*) FROM order_lines WHERE event_id = $1 AND NOT live)
         + (SELECT count(*) FROM seats s WHERE event_id = $1 AND status <> 0
            AND NOT EXISTS (SELECT FROM order_lines l
                            WHERE l.id = s.order_line_id AND l.seat_idx = s.seat_idx))
         + (SELECT count(*) FROM order_lines l WHERE event_id = $1
            AND 1 <> (SELECT count(*) FROM tickets t WHERE t.order_line_id = l.id))
         + (SELECT count(*) FROM (SELECT FROM outbox_events
            WHERE type IN ('order.confirmed', 'fulfillment.issued') AND data->>'event_id' = $1::text
            GROUP BY type, subject HAVING count(*) <> 1) AS told_amiss)
         + abs((SELECT count(DISTINCT subject) FROM outbox_events
                WHERE type = 'fulfillment.issued' AND data->>'event_id' = $1::text)
             - (SELECT count(*) FROM orders WHERE event_id = $1))"""


class Results(msgspec.Struct):
    """`orders_per_min`: confirmed and issued; `ceiling_per_min`: whose rows were only written;
    `webhooks_per_s`: verified, stored and answered by one web process. `cpu_us` per order (or
    webhook), by process. `amiss`: orders, lines, seats and events that are not as they must be."""

    orders_per_min: float
    ceiling_per_min: float
    orders_vs_ceiling: float
    webhooks_per_s: float
    orders: int
    cpu_us: dict[str, float]
    amiss: int
    goals: dict[str, Goal]
    profile: list[Hotspot]
    machine: Machine
    measured_at: str
    is_quick: bool
    duration_s: float


class Crowd:
    """Buyers of one event, each with an order of two seats and a payment that is under way."""

    def __init__(self, db: Database, event: Event) -> None:
        self._event = event
        self._combiner = Combiner(db)
        payments = Payments(db, {Bank.name: Bank()}, "http://127.0.0.1")
        self._checkout = Checkout(db, Catalog(db), payments, "http://127.0.0.1")

    async def check_out(self, orders: int) -> None:
        seats = iter(range(0, orders * SEATS, SEATS))
        await _side_by_side(self._one(seat) for seat in seats)

    async def _one(self, seat: int) -> None:
        request = wanted(self._event, Selection(seats=[seat, seat + 1]))
        hold = await self._combiner.submit(self._event.id, request)
        wish = CheckoutRequest(hold_id=hold.id, email="buyer@example.com", name="Bench Buyer")
        await self._checkout.start(request.buyer_id, wish, None)


async def _side_by_side(works: Iterable[Awaitable[None]]) -> None:
    left = iter(works)

    async def go_on() -> None:
        for work in left:
            await work

    await asyncio.gather(*(go_on() for _ in range(SIDE_BY_SIDE)))


async def _webhooks(stage: Stage, event: Event) -> tuple[float, dict[str, float]]:
    """All payments of the event are captured: webhooks per second, CPU microseconds of each."""
    rows = await stage.sql.fetch(
        """SELECT p.id, p.provider_ref, p.amount_minor FROM payments p
           JOIN orders o ON o.id = p.order_id WHERE o.event_id = $1""",
        event.id,
    )
    web = Web(stage, SERVE)
    await web.ready()
    requests = iter([webhook(web.port, row["id"], row["provider_ref"], row["amount_minor"])
                     for row in rows])  # fmt: skip

    async def deliver() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        for request in requests:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise BenchError(f"a webhook was answered {head[:200]!r}")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
        writer.close()

    try:
        before = {"web": cpu_s(web.pid), "postgres (webhook)": tree_cpu_s(stage.postgres.pid)}
        started = time.monotonic()
        await asyncio.gather(*(deliver() for _ in range(SIDE_BY_SIDE)))
        elapsed = time.monotonic() - started
        after = {"web": cpu_s(web.pid), "postgres (webhook)": tree_cpu_s(stage.postgres.pid)}
    finally:
        await web.stop()
    used = {name: (after[name] - before[name]) / len(rows) * 1e6 for name in after}
    return len(rows) / elapsed, used


class Worker:
    """One worker process, from the first order that it settles to the last ticket."""

    def __init__(self, stage: Stage, profile: Path | None) -> None:
        self._stage, self._profile = stage, profile

    async def drain(self, event: Event, orders: int) -> tuple[float, dict[str, float]]:
        """Orders per minute, CPU microseconds of each. Raises BenchError."""
        stage = self._stage
        log = stage.folder / "worker.log"
        of = ["-m", "server", "worker"]
        if self._profile:
            of = ["-m", "loadtests.bench.profiled", str(self._profile)]
        begun = await stage.sql.fetchval("SELECT clock_timestamp()")
        postgres = tree_cpu_s(stage.postgres.pid)
        child = spawn([sys.executable, *of], log=log, env=stage.environ, cwd=ROOT)
        try:
            deadline = time.monotonic() + DRAINED_MAX_S
            while True:
                await asyncio.sleep(LOOK_S)
                row = await stage.sql.fetchrow(_SETTLED, event.id)
                if row["tickets"] >= orders * SEATS and not row["waiting"]:
                    break
                if child.poll() is not None or time.monotonic() > deadline:
                    raise BenchError(f"{dict(row)}: {log.read_text()[-3000:]}")
            ended = await stage.sql.fetchval("SELECT clock_timestamp()")
            first = await stage.sql.fetchval(_FIRST, begun)
            used = {
                "worker": cpu_s(child.pid) / orders * 1e6,
                "postgres": (tree_cpu_s(stage.postgres.pid) - postgres) / orders * 1e6,
            }
        finally:
            await asyncio.to_thread(end, child, signal.SIGTERM, 15)
        return orders / (ended - first).total_seconds() * 60, used


async def measure(orders: int, *, is_quick: bool, is_profiled: bool) -> Results:
    """Raises ChildError, BenchError."""
    started, watch = time.monotonic(), Watch()
    async with open_stage(0, LOG_MB) as stage:
        stage.environ |= {
            "SANDBOX_URL": "http://127.0.0.1:9",
            "SANDBOX_SECRET": "unused",
            "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "LOG_LEVEL": "WARNING",
        }
        fsync_rate = fsync_per_s(stage.folder, 0.2)
        db = await Database.open(stage.postgres.url)
        context.act_for(ORG_ID)
        try:
            for event in (stage.house, stage.twin):
                await _timed(f"{orders} orders", Crowd(db, event).check_out, orders)
        finally:
            await db.close()
        await stage.sql.execute(_LEFT_ALONE, stage.twin.id)
        per_s, webhook_us = await _webhooks(stage, stage.house)
        print(f"  webhooks {per_s:,.0f} /s", flush=True)
        await stage.sql.execute("VACUUM ANALYZE")
        profile = stage.folder / "profile.json" if is_profiled else None
        per_min, worker_us = await Worker(stage, profile).drain(stage.house, orders)
        print(f"  orders {per_min:,.0f} /min", flush=True)
        ceiling = await write_rows(stage.sql, stage.twin.id) * 60
        print(f"  ceiling {ceiling:,.0f} /min", flush=True)
        return Results(
            orders_per_min=per_min,
            ceiling_per_min=ceiling,
            orders_vs_ceiling=per_min / ceiling,
            webhooks_per_s=per_s,
            orders=orders,
            cpu_us=webhook_us | worker_us,
            amiss=await stage.sql.fetchval(_AMISS, stage.house.id),
            goals={"orders_per_min": Goal(per_min, GOAL_PER_MIN, per_min >= GOAL_PER_MIN)},
            profile=msgspec.json.decode(profile.read_bytes(), type=list[Hotspot])
            if profile
            else [],
            machine=watch.read(fsync_rate),
            measured_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            is_quick=is_quick,
            duration_s=round(time.monotonic() - started, 1),
        )


async def _timed(what: str, work: Callable[[int], Awaitable[None]], count: int) -> None:
    started = time.monotonic()
    await work(count)
    print(f"  {what} checked out in {time.monotonic() - started:.1f} s", flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench.orders")
    parser.add_argument("--quick", action="store_true", help="few orders, for the laws")
    parser.add_argument("--orders", type=int, default=6_000, help="how many")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    parser.add_argument("--profile", action="store_true", help="where the worker's time went")
    given = parser.parse_args(arguments)
    if not sys.platform.startswith("linux"):
        print("bench-orders: it reads CPU times from /proc, so it needs Linux", file=sys.stderr)
        return 1
    orders = 200 if given.quick else given.orders
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results = runner.run(measure(orders, is_quick=given.quick, is_profiled=given.profile))
    except (ChildError, BenchError) as error:
        print(f"bench-orders: {error}", file=sys.stderr)
        return 1
    out = given.out or (QUICK_RESULT if given.quick else RESULT)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    print(out.read_text(), f"written: {out}", sep="\n")
    if results.amiss:
        print(f"BROKEN: {results.amiss} rows are not as they must be", file=sys.stderr)
    return 1 if results.amiss else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
